"""`explorer selftest`: how well a library finds its own figures, with its captions as labels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from explorer.catalog.records import FigureRecord
from explorer.catalog.store import Catalog
from explorer.evaluate.caption_ablation import CaptionAblation, caption_ablation
from explorer.evaluate.early_exit import EarlyExit, measure_pictures
from explorer.evaluate.evaluation import FUSED, only_leg, summarize_by_group
from explorer.evaluate.labels import labels_of
from explorer.evaluate.leg_gains import leg_gains
from explorer.evaluate.metrics import Ranking, Summary, metrics_of
from explorer.ingest.embedding import CachedEmbedder
from explorer.ingest.report import Progress
from explorer.representation.legs import CLIP_TEXT, CONTEXT, PICTURE
from explorer.search.engine import SearchEngine

LISTS: Mapping[str, Mapping[str, float]] = {FUSED: {}, PICTURE: only_leg(PICTURE), CONTEXT: only_leg(CONTEXT)}

Scores = Mapping[str, Mapping[str, Summary]]
"""By list (fused, or one leg alone), by archive (all, or one)."""


@dataclass(frozen=True, slots=True)
class SelfTest:
    """The result. `captions` is the number of captions tested, `left_out` that of the others by reason.

    `gains` has the gain in MRR of each leg that was tested. `early_exit` is None for a library of few pictures.
    """

    date: str
    encoder: str
    captions: int
    left_out: Mapping[str, int]
    caption_to_figure: Scores
    figure_to_caption: Scores
    gains: Mapping[str, float]
    early_exit: EarlyExit | None

    def plain(self) -> dict[str, object]:
        """Return the result as a dictionary with stable keys, for JSON."""
        return {
            "date": self.date,
            "encoder": self.encoder,
            "captions": self.captions,
            "left_out": dict(self.left_out),
            "caption_to_figure": _plain(self.caption_to_figure),
            "figure_to_caption": _plain(self.figure_to_caption),
            "gains": {leg: round(gain, 4) for leg, gain in self.gains.items()},
            "early_exit": self.early_exit and asdict(self.early_exit),
        }


def selftest(
    catalog: Catalog, embedder: CachedEmbedder, engine: SearchEngine, progress: Progress
) -> SelfTest:
    """Search for every labelled figure by its caption, which is hidden, and for every caption by its picture.

    Modified pictures are searched for with `engine`, which searches the library itself.
    """
    labels = labels_of(catalog.figures.select())
    archives = catalog.archives.names_by_issue()
    sources = [archives.get(figure.issue_id, "") for figure in labels.figures]
    with caption_ablation(catalog, embedder, labels.figures, progress) as ablation:
        by_caption = _by_caption(ablation, labels.figures, progress)
        by_picture = {CLIP_TEXT: [ablation.figure_to_caption(figure) for figure in labels.figures]}
        gains = leg_gains(ablation, labels.figures, progress)
    by_modified = measure_pictures(catalog, embedder.pictures, engine, progress)
    return SelfTest(
        date=datetime.now(UTC).isoformat(timespec="seconds"),
        encoder=embedder.encoders.encoder.name,
        captions=len(labels.figures),
        left_out=labels.left_out,
        caption_to_figure=_scores(by_caption, sources),
        figure_to_caption=_scores(by_picture, sources),
        gains={**gains, **(by_modified.gains if by_modified else {})},
        early_exit=by_modified.early_exit if by_modified else None,
    )


def _by_caption(
    ablation: CaptionAblation, figures: Sequence[FigureRecord], progress: Progress
) -> dict[str, list[Ranking]]:
    rankings: dict[str, list[Ranking]] = {list_name: [] for list_name in LISTS}
    with progress.track(figures, "Asking by caption") as work:
        for figure in work:
            for list_name, weights in LISTS.items():
                rankings[list_name].append(ablation.caption_to_figure(figure, weights))
    return rankings


def _plain(scores: Scores) -> dict[str, object]:
    return {
        list_name: {source: summary.plain() for source, summary in by_source.items()}
        for list_name, by_source in scores.items()
    }


def _scores(rankings: Mapping[str, Sequence[Ranking]], sources: Sequence[str]) -> Scores:
    return {
        list_name: summarize_by_group(metrics_of(list_rankings), sources)
        for list_name, list_rankings in rankings.items()
    }
