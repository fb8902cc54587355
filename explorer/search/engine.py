"""Runs a query: plan, one batch of legs, exact scores of every candidate in every leg, fusion, hits."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil, inf

from explorer.catalog.records import FigureRecord, ItemRecord
from explorer.catalog.store import Catalog
from explorer.index import Index, Leg
from explorer.search.background import Background
from explorer.search.fields import FIGURE, ITEM, TERMS, figure_terms, item_words
from explorer.search.fusion import Weights, confidence, fuse
from explorer.search.hits import Hit, Reason, Result
from explorer.search.legs import Tools, ask, plan
from explorer.search.query import Query

# Candidates of one leg beyond the page asked for: what another leg lifts is nearly always among them.
CANDIDATES = 200
# The pool of candidates grows in steps: pages that share a pool are slices of one list.
POOL = 500


@dataclass(frozen=True, slots=True)
class _Found:
    """A candidate and what every leg that it has says of it."""

    id: str
    score: float
    why: Mapping[str, Reason]


@dataclass(frozen=True, slots=True)
class _Judged:
    """What one leg says of every candidate; `without` is what counts for those it says nothing of."""

    name: str
    reasons: Mapping[str, Reason]
    without: float | None


class SearchEngine:
    """Searches one generation of an index."""

    def __init__(self, index: Index, catalog: Catalog, tools: Tools, weights: Weights) -> None:
        self._index = index
        self._catalog = catalog
        self._tools = tools
        self._weights = weights
        self._background = Background(index)

    def search(self, query: Query) -> Result:
        """The hits of a query; QueryProblem when it cannot be understood."""
        query.check()
        started = time.perf_counter()
        asked = ask(query, self._tools, self._index)
        reach = ceil((query.offset + query.limit + CANDIDATES) / POOL) * POOL
        weights = {**self._weights, **query.weights}
        given = {*query.like, *query.unlike}
        found: list[tuple[str, _Found]] = []
        for kind in (FIGURE, ITEM) if query.kind == "any" else (query.kind,):
            legs = [leg for leg in plan(query, asked, self._tools, kind, reach) if weights[leg.name]]
            found += [(kind, one) for one in self._ranked(legs, kind, weights) if one.id not in given]
        found.sort(key=lambda pair: -pair[1].score)
        page = found[query.offset : query.offset + query.limit]
        hits = self._hits(page, query.offset, asked.words)
        return Result(hits, (time.perf_counter() - started) * 1000)

    def _ranked(self, legs: Sequence[Leg], kind: str, weights: Weights) -> list[_Found]:
        """Every candidate of any leg, judged by all legs that it has."""
        if not legs:
            return []
        candidates = {scored.id for ranking in self._index.search(legs) for scored in ranking}
        scores = self._index.score(legs, candidates)
        judged = [self._judge(leg, kind, by_id) for leg, by_id in zip(legs, scores, strict=True)]
        return sorted(
            (_fused(point, judged, weights) for point in candidates), key=lambda one: (-one.score, one.id)
        )

    def _judge(self, leg: Leg, kind: str, scores: Mapping[str, float]) -> _Judged:
        spread = self._background.spread(leg, kind, scores)
        ranked = sorted(scores, key=lambda point: (-scores[point], point))
        reasons = {
            point: Reason(rank, scores[point], spread.of(scores[point]))
            for rank, point in enumerate(ranked, 1)
        }
        # Every point has words: to share none with the query says something, where to lack a vector does not.
        return _Judged(leg.name, reasons, spread.of(0.0) if leg.name == TERMS else None)

    def _hits(self, page: Sequence[tuple[str, _Found]], offset: int, words: str | None) -> tuple[Hit, ...]:
        records: dict[str, FigureRecord | ItemRecord] = {
            **self._catalog.figures_by_id([one.id for kind, one in page if kind == FIGURE]),
            **self._catalog.items_by_id([one.id for kind, one in page if kind == ITEM]),
        }
        hits = []
        for rank, (kind, one) in enumerate(page, offset + 1):
            if one.id not in records:
                continue  # forgotten by an ingest that is under way: the index still knows it, the catalog does not
            record = records[one.id]
            sure = confidence(one.score, self._background.count(kind))
            hits.append(
                Hit(
                    rank,
                    kind,
                    one.id,
                    one.score,
                    sure,
                    one.why,
                    record,
                    self._matched(words, record, one.why),
                )
            )
        return tuple(hits)

    def _matched(
        self, words: str | None, record: FigureRecord | ItemRecord, why: Mapping[str, Reason]
    ) -> Mapping[str, tuple[str, ...]]:
        if not words or TERMS not in why:
            return {}
        text = figure_terms(record) if isinstance(record, FigureRecord) else item_words(record)
        return self._tools.terms.matches(words, text)


def _fused(point: str, judged: Sequence[_Judged], weights: Weights) -> _Found:
    why: dict[str, Reason] = {}
    deviations: dict[str, float] = {}
    for leg in judged:
        reason = leg.reasons.get(point)
        if reason is not None and reason.deviation > deviations.get(leg.name, -inf):
            why[leg.name], deviations[leg.name] = reason, reason.deviation
        elif leg.without is not None:
            deviations.setdefault(leg.name, leg.without)
    return _Found(point, fuse(deviations, weights), why)
