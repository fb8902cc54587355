"""Addresses in texts of an archive."""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit


def web_address(address: str | None) -> str | None:
    """Return an address on the web; None for any other, for example of a script."""
    try:
        return address if address and urlsplit(address).scheme in {"http", "https"} else None
    except ValueError:
        return None


def join_address(base: str, reference: str) -> str:
    """Return an address that is absolute by `base`; "" if one of them is invalid."""
    try:
        return urljoin(base, reference)
    except ValueError:  # brackets without an IPv6 address
        return ""
