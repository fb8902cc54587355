"""Archive Explorer: search the pictures in your archive.

from explorer import Library

with Library.open("library") as library:
    for hit in library.search("attention diagram").hits:
        print(hit.rank, hit.record.label, hit.confidence)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from explorer.errors import ExplorerError
from explorer.system.lazy_names import lazy_names

if TYPE_CHECKING:
    from explorer.catalog.filters import active_filters
    from explorer.evaluate.question_lines import parse_questions
    from explorer.library.library import Library
    from explorer.library.manifest import is_library
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
    "is_library",
    "line_of",
    "parse_questions",
    "preview_picture",
]
__getattr__ = lazy_names(
    __name__,
    {
        "explorer.library.library": ("Library",),
        "explorer.library.manifest": ("is_library",),
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
    },
)
"""Public names are imported when they are first used: `explorer --help` must not wait for Qdrant."""
