"""`explorer selftest`: how well a library finds its own figures, with its captions as labels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from explorer.catalog.records import FigureRecord
from explorer.catalog.store import Catalog
from explorer.evaluate.caption_ablation import CaptionAblation, caption_ablation
from explorer.evaluate.evaluation import FUSED, grouped, only
from explorer.evaluate.labels import labels_of
from explorer.evaluate.metrics import Ranking, Summary, metrics_of
from explorer.ingest.embedding import CachedEmbedder
from explorer.ingest.report import Progress
from explorer.representation.legs import CLIP_TEXT, CONTEXT, PICTURE

LISTS: Mapping[str, Mapping[str, float]] = {FUSED: {}, PICTURE: only(PICTURE), CONTEXT: only(CONTEXT)}

Scores = Mapping[str, Mapping[str, Summary]]
"""By list (fused, or a leg alone), by archive (all, or one)."""


@dataclass(frozen=True, slots=True)
class SelfTest:
    """How a library did. `captions` were asked; `left_out` counts those that were not, by reason."""

    date: str
    encoder: str
    captions: int
    left_out: Mapping[str, int]
    caption_to_figure: Scores
    figure_to_caption: Scores

    def plain(self) -> dict[str, object]:
        """The same as an object with stable keys."""
        return {
            "date": self.date,
            "encoder": self.encoder,
            "captions": self.captions,
            "left_out": dict(self.left_out),
            "caption_to_figure": _plain(self.caption_to_figure),
            "figure_to_caption": _plain(self.figure_to_caption),
        }


def selftest(catalog: Catalog, embedder: CachedEmbedder, progress: Progress) -> SelfTest:
    """Asks for every labelled figure by its caption, with the caption hidden, and for every caption by its picture."""
    labels = labels_of(catalog.figures.select())
    archives = catalog.archives.names_by_issue()
    sources = [archives.get(figure.issue_id, "") for figure in labels.figures]
    with caption_ablation(catalog, embedder, labels.figures, progress) as stage:
        by_caption = _by_caption(stage, labels.figures, progress)
        by_picture = {CLIP_TEXT: [stage.figure_to_caption(figure) for figure in labels.figures]}
    return SelfTest(
        date=datetime.now(UTC).isoformat(timespec="seconds"),
        encoder=embedder.encoders.encoder.name,
        captions=len(labels.figures),
        left_out=labels.left_out,
        caption_to_figure=_scores(by_caption, sources),
        figure_to_caption=_scores(by_picture, sources),
    )


def _by_caption(
    stage: CaptionAblation, figures: Sequence[FigureRecord], progress: Progress
) -> dict[str, list[Ranking]]:
    rankings: dict[str, list[Ranking]] = {listed: [] for listed in LISTS}
    with progress.track(figures, "Asking by caption") as work:
        for figure in work:
            for listed, weights in LISTS.items():
                rankings[listed].append(stage.caption_to_figure(figure, weights))
    return rankings


def _plain(scores: Scores) -> dict[str, object]:
    return {
        listed: {source: one.plain() for source, one in by_source.items()}
        for listed, by_source in scores.items()
    }


def _scores(rankings: Mapping[str, Sequence[Ranking]], sources: Sequence[str]) -> Scores:
    return {listed: grouped(metrics_of(ones), sources) for listed, ones in rankings.items()}
