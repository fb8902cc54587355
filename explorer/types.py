"""The plain data that the library accepts and returns.

Command line, web app and programs import it from here; each name is imported from its module when it is first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from explorer.system.lazy_names import lazy_names

if TYPE_CHECKING:
    from explorer.archive.convert.formats import CONTAINERS, FORMATS
    from explorer.catalog.filters import (
        FILTERS,
        NO_FILTERS,
        PICTURE_KINDS,
        UNSURE,
        Filters,
        FilterSpec,
        FilterValue,
    )
    from explorer.catalog.reading_order import Section
    from explorer.catalog.records import (
        Appearance,
        Collection,
        FacetValue,
        FigureOrder,
        FigureRecord,
        IssueRecord,
        ItemRecord,
        Ledger,
        LedgerRecord,
        PictureRecord,
        Selection,
        TextLine,
    )
    from explorer.catalog.searches import SearchRecord
    from explorer.catalog.trash import KEPT_DAYS
    from explorer.curate.audit import Audit
    from explorer.curate.caption_desk import DeskEntry
    from explorer.curate.figure_map import FigureMap, MapOrder, MapPoint
    from explorer.curate.illustrate import Illustration
    from explorer.curate.map_areas import MapArea
    from explorer.curate.misplaced import Misplaced
    from explorer.curate.related_texts import Discussion
    from explorer.curate.saved_searches import SavedSearch, SearchUpdate
    from explorer.evaluate.adapting import DECIDING_METRIC, MIN_CAPTIONS, AdaptReport
    from explorer.evaluate.comparison import ChangedQuery, Comparison
    from explorer.evaluate.evaluation import Evaluation
    from explorer.evaluate.metrics import Estimate, Summary
    from explorer.evaluate.modality import ModalityGap
    from explorer.evaluate.questions import Question, SkippedQuestion
    from explorer.evaluate.ranking_overlap import RankedRecord, RankingChange, RankingOverlap
    from explorer.evaluate.selftest import SelfTest
    from explorer.evaluate.stores.comparison import StoreComparison, StoreResult
    from explorer.evaluate.stores.measuring import StoreMeasurement
    from explorer.ingest.ocr import EnrichReport
    from explorer.ingest.report import IngestReport, Progress, SilentProgress, Work
    from explorer.ingest.syncing import ArchiveChanges, SyncReport
    from explorer.library.browse import LibraryStatus
    from explorer.library.manifest import CATALOG_FILE, ServerLayout
    from explorer.maintain.costs import CostReport, Country
    from explorer.representation.legs import LABELS, LEGS
    from explorer.representation.old_names import PRESENT_LEG_NAMES
    from explorer.search.answer import Answer, query_line
    from explorer.search.example_pictures import Box
    from explorer.search.hits import Confidence, Hit, Reason, Region, Result
    from explorer.search.query import NOTHING_ASKED, ONLY_NOT, Kind
    from explorer.search.timings import Percentiles

__all__ = [
    "CATALOG_FILE",
    "CONTAINERS",
    "DECIDING_METRIC",
    "FILTERS",
    "FORMATS",
    "KEPT_DAYS",
    "LABELS",
    "LEGS",
    "MIN_CAPTIONS",
    "NOTHING_ASKED",
    "NO_FILTERS",
    "ONLY_NOT",
    "PICTURE_KINDS",
    "PRESENT_LEG_NAMES",
    "UNSURE",
    "AdaptReport",
    "Answer",
    "Appearance",
    "ArchiveChanges",
    "Audit",
    "Box",
    "ChangedQuery",
    "Collection",
    "Comparison",
    "Confidence",
    "CostReport",
    "Country",
    "DeskEntry",
    "Discussion",
    "EnrichReport",
    "Estimate",
    "Evaluation",
    "FacetValue",
    "FigureMap",
    "FigureOrder",
    "FigureRecord",
    "FilterSpec",
    "FilterValue",
    "Filters",
    "Hit",
    "Illustration",
    "IngestReport",
    "IssueRecord",
    "ItemRecord",
    "Kind",
    "Ledger",
    "LedgerRecord",
    "LibraryStatus",
    "MapArea",
    "MapOrder",
    "MapPoint",
    "Misplaced",
    "ModalityGap",
    "Percentiles",
    "PictureRecord",
    "Progress",
    "Question",
    "RankedRecord",
    "RankingChange",
    "RankingOverlap",
    "Reason",
    "Region",
    "Result",
    "SavedSearch",
    "SearchRecord",
    "SearchUpdate",
    "Section",
    "Selection",
    "SelfTest",
    "ServerLayout",
    "SilentProgress",
    "SkippedQuestion",
    "StoreComparison",
    "StoreMeasurement",
    "StoreResult",
    "Summary",
    "SyncReport",
    "TextLine",
    "Work",
    "query_line",
]

__getattr__ = lazy_names(
    __name__,
    {
        "explorer.archive.convert.formats": (
            "CONTAINERS",
            "FORMATS",
        ),
        "explorer.catalog.filters": (
            "FILTERS",
            "FilterSpec",
            "FilterValue",
            "Filters",
            "NO_FILTERS",
            "PICTURE_KINDS",
            "UNSURE",
        ),
        "explorer.catalog.records": (
            "Appearance",
            "Collection",
            "FacetValue",
            "FigureMap",
            "FigureOrder",
            "FigureRecord",
            "IssueRecord",
            "ItemRecord",
            "Ledger",
            "LedgerRecord",
            "PictureRecord",
            "Selection",
            "TextLine",
        ),
        "explorer.catalog.reading_order": ("Section",),
        "explorer.catalog.searches": ("SearchRecord",),
        "explorer.catalog.trash": ("KEPT_DAYS",),
        "explorer.curate.audit": ("Audit",),
        "explorer.curate.caption_desk": ("DeskEntry",),
        "explorer.curate.figure_map": ("FigureMap", "MapOrder", "MapPoint"),
        "explorer.curate.illustrate": ("Illustration",),
        "explorer.curate.map_areas": ("MapArea",),
        "explorer.curate.misplaced": ("Misplaced",),
        "explorer.curate.related_texts": ("Discussion",),
        "explorer.curate.saved_searches": (
            "SavedSearch",
            "SearchUpdate",
        ),
        "explorer.evaluate.adapting": (
            "AdaptReport",
            "DECIDING_METRIC",
            "MIN_CAPTIONS",
        ),
        "explorer.evaluate.comparison": (
            "ChangedQuery",
            "Comparison",
        ),
        "explorer.evaluate.evaluation": ("Evaluation",),
        "explorer.evaluate.metrics": (
            "Estimate",
            "Summary",
        ),
        "explorer.evaluate.modality": ("ModalityGap",),
        "explorer.evaluate.questions": (
            "Question",
            "SkippedQuestion",
        ),
        "explorer.evaluate.ranking_overlap": (
            "RankedRecord",
            "RankingOverlap",
            "RankingChange",
        ),
        "explorer.evaluate.selftest": ("SelfTest",),
        "explorer.evaluate.stores.comparison": (
            "StoreComparison",
            "StoreResult",
        ),
        "explorer.evaluate.stores.measuring": ("StoreMeasurement",),
        "explorer.ingest.ocr": ("EnrichReport",),
        "explorer.ingest.report": (
            "IngestReport",
            "Progress",
            "SilentProgress",
            "Work",
        ),
        "explorer.ingest.syncing": (
            "ArchiveChanges",
            "SyncReport",
        ),
        "explorer.library.browse": ("LibraryStatus",),
        "explorer.library.manifest": ("CATALOG_FILE", "ServerLayout"),
        "explorer.maintain.costs": ("CostReport", "Country"),
        "explorer.representation.legs": (
            "LABELS",
            "LEGS",
        ),
        "explorer.representation.old_names": ("PRESENT_LEG_NAMES",),
        "explorer.search.answer": ("Answer", "query_line"),
        "explorer.search.example_pictures": ("Box",),
        "explorer.search.hits": (
            "Confidence",
            "Hit",
            "Reason",
            "Region",
            "Result",
        ),
        "explorer.search.query": (
            "Kind",
            "NOTHING_ASKED",
            "ONLY_NOT",
        ),
        "explorer.search.timings": ("Percentiles",),
    },
)
