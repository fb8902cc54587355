"""Archive Explorer: search the pictures in your archive.

from explorer import Library

with Library.open("library") as library:
    for hit in library.search("attention diagram").hits:
        print(hit.rank, hit.record.label, hit.confidence)
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from explorer.errors import ExplorerError

if TYPE_CHECKING:
    from explorer.catalog.filters import active_filters
    from explorer.evaluate.question_lines import parse_questions
    from explorer.library.library import Library
    from explorer.search.example_pictures import crop_picture, preview_picture
    from explorer.search.grammar import describe_token, line_of
    from explorer.search.query import check_dates, check_weights
    from explorer.types import (
        Confidence,
        FigureRecord,
        Filters,
        Hit,
        IngestReport,
        IssueRecord,
        ItemRecord,
        Reason,
        Result,
        Selection,
    )

__all__ = [
    "Confidence",
    "ExplorerError",
    "FigureRecord",
    "Filters",
    "Hit",
    "IngestReport",
    "IssueRecord",
    "ItemRecord",
    "Library",
    "Reason",
    "Result",
    "Selection",
    "active_filters",
    "check_dates",
    "check_weights",
    "crop_picture",
    "describe_token",
    "line_of",
    "parse_questions",
    "preview_picture",
]
_MODULES = {
    "explorer.library.library": ("Library",),
    "explorer.types": (
        "Confidence",
        "FigureRecord",
        "Filters",
        "Hit",
        "IngestReport",
        "IssueRecord",
        "ItemRecord",
        "Reason",
        "Result",
        "Selection",
    ),
    "explorer.catalog.filters": ("active_filters",),
    "explorer.evaluate.question_lines": ("parse_questions",),
    "explorer.search.example_pictures": (
        "crop_picture",
        "preview_picture",
    ),
    "explorer.search.grammar": (
        "describe_token",
        "line_of",
    ),
    "explorer.search.query": (
        "check_dates",
        "check_weights",
    ),
}
_MODULE_OF = {name: module for module, names in _MODULES.items() for name in names}


def __getattr__(name: str) -> object:
    """Import a public name from its module when it is first used: `explorer --help` must not wait for Qdrant."""
    if name not in _MODULE_OF:
        raise AttributeError(f"module 'explorer' has no attribute {name!r}")
    return getattr(import_module(_MODULE_OF[name]), name)
