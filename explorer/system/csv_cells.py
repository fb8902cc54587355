"""Cells of CSV files that a spreadsheet shows as they are."""

from __future__ import annotations

from typing import Final

# A spreadsheet interprets cells with these beginnings as formulas: https://owasp.org/www-community/attacks/CSV_Injection
_FORMULA_PREFIXES: Final = ("=", "+", "-", "@", "\t", "\r", "\n")


def escape_formula(value: object) -> object:
    """Return the value of a cell, with an apostrophe in front of a text that a spreadsheet would calculate."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA_PREFIXES) else value
