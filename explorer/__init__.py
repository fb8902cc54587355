"""Archive Explorer: search the pictures in your archive.

from explorer import Library

with Library.open("library") as library:
    for hit in library.search("attention diagram").hits:
        print(hit.rank, hit.record.label, hit.confidence)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from explorer.errors import ExplorerError

if TYPE_CHECKING:
    from explorer.catalog.filters import Filters
    from explorer.catalog.records import FigureRecord, IssueRecord, ItemRecord, Selection
    from explorer.ingest.report import IngestReport
    from explorer.library.library import Library
    from explorer.search.hits import Confidence, Hit, Reason, Result

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
]
_HOMES = {
    "Library": "explorer.library.library",
    "IngestReport": "explorer.ingest.report",
    **dict.fromkeys(("FigureRecord", "IssueRecord", "ItemRecord", "Selection"), "explorer.catalog.records"),
    **dict.fromkeys(("Confidence", "Hit", "Reason", "Result"), "explorer.search.hits"),
    "Filters": "explorer.catalog.filters",
}


def __getattr__(name: str) -> object:
    """Public names come from their homes when first used: `explorer --help` must not wait for Qdrant."""
    if name not in _HOMES:
        raise AttributeError(f"module 'explorer' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)
