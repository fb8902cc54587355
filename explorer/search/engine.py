"""Runs a query: plan, one batch of legs, exact scores of every candidate in every leg, fusion, hits."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import inf
from typing import TYPE_CHECKING

from embeddings.known_words import known_words
from explorer.catalog.pictures import PictureStore
from explorer.catalog.records import FigureRecord, ItemRecord
from explorer.catalog.store import Catalog
from explorer.index import Index, Leg, Nearest
from explorer.search.background import Background
from explorer.search.confidence import CALIBRATED, Judgement, by_meaning, by_standing_out
from explorer.search.fields import (
    DETAILS,
    FIGURE,
    ITEM,
    LOOKS,
    PICTURE,
    TERMS,
    WORDS,
    figure_terms,
    item_words,
)
from explorer.search.fusion import Weights, fuse
from explorer.search.hits import Hit, Reason, Result
from explorer.search.legs import Asked, Tools, ask, plan
from explorer.search.query import Query
from explorer.search.spelling import Vocabulary, corrections
from explorer.search.verifying import VERIFIED, verify

if TYPE_CHECKING:
    from PIL.Image import Image

# Candidates of one leg for the first page, and how many of them are there for what another leg may lift: what stands
# behind the first hundred of every leg is hardly ever among the first twenty of all.
POOL = 100
CANDIDATES = 75
REHEARSED = 500


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

    def __init__(
        self, index: Index, catalog: Catalog, pictures: PictureStore, tools: Tools, weights: Weights
    ) -> None:
        self._index = index
        self._catalog = catalog
        self._pictures = pictures
        self._tools = tools
        self._weights = weights
        self._background = Background(index)

    def search(self, query: Query) -> Result:
        """The hits of a query; QueryProblem when it cannot be understood."""
        query.check()
        started = time.perf_counter()
        if query.only is not None and not query.only:
            return Result((), 0.0)
        asked = ask(query, self._tools, self._index)
        page = self._listed(query, asked, query.offset + query.limit)[query.offset :]
        hits = self._hits(page, query, asked.words)
        return Result(hits, (time.perf_counter() - started) * 1000)

    def _listed(self, query: Query, asked: Asked, count: int) -> list[tuple[str, _Found]]:
        """The first `count` of the one list that every page of this query is a slice of.

        The list is made piece by piece: a piece from twice as many candidates as the one before, which it follows.
        """
        listed: dict[str, tuple[str, _Found]] = {}
        pool = POOL
        while True:
            end = pool - CANDIDATES
            for kind, one in self._pooled(query, asked, pool):
                if len(listed) < end:
                    listed.setdefault(one.id, (kind, one))
            if count <= len(listed) or len(listed) < end:
                return list(listed.values())[:count]
            pool *= 2

    def _pooled(self, query: Query, asked: Asked, pool: int) -> list[tuple[str, _Found]]:
        """The `pool` best of every leg, ranked together."""
        weights = self._weights_of(query)
        given = {*query.like, *query.unlike}
        found: list[tuple[str, _Found]] = []
        for kind in (FIGURE, ITEM) if query.kind == "any" else (query.kind,):
            legs = self._plan(query, asked, kind, pool, weights)
            ranked = self._ranked(legs, kind, weights, self._candidates(legs), query.shown)
            found += [(kind, one) for one in ranked if one.id not in given]
        return sorted(found, key=lambda pair: -pair[1].score)

    def rehearse(self, query: Query, stand_in: str, hidden: Collection[str]) -> list[str]:
        """The ids of the figures that a search ranks, best first, as if `hidden` were not in the index and
        `stand_in`, a point of another kind, were a figure. It is absent where no leg says anything of it."""
        weights = self._weights_of(query)
        asked = ask(query, self._tools, self._index)
        legs = self._plan(query, asked, FIGURE, REHEARSED, weights)
        candidates = self._candidates(legs) - set(hidden) | {stand_in}
        return [one.id for one in self._ranked(legs, FIGURE, weights, candidates) if one.why]

    def corrections(self, words: str) -> dict[str, str]:
        """For each word that stands nowhere and is no common word either, the one that was probably meant."""
        return corrections(
            words,
            lambda: self._vocabulary,
            lambda word: self._stands(word) or word.casefold() in known_words(),
        )

    def _stands(self, word: str) -> bool:
        """Whether the word stands anywhere in the library, in whatever form."""
        [found] = self._index.search([Leg(TERMS, Nearest(self._tools.terms.query(word)), 1)])
        return bool(found)

    @cached_property
    def _vocabulary(self) -> Vocabulary:
        return Vocabulary.of(self._catalog)

    def _weights_of(self, query: Query) -> Weights:
        """The fitted weights, or the query's own; those of its pictures' legs as heavy as its pictures."""
        shown = dict.fromkeys((self._tools.looks_field, DETAILS, WORDS), query.picture_weight)
        fitted = {leg: weight * shown.get(leg, 1.0) for leg, weight in self._weights.items()}
        return {**fitted, **query.weights}

    def _plan(self, query: Query, asked: Asked, kind: str, reach: int, weights: Weights) -> list[Leg]:
        """The legs that count; the look-alikes also where only their details do."""
        needed = {leg for leg, weight in weights.items() if weight}
        if DETAILS in needed and query.shown:
            needed.add(self._tools.looks_field)
        return [leg for leg in plan(query, asked, self._tools, kind, reach) if leg.name in needed]

    def _candidates(self, legs: Sequence[Leg]) -> set[str]:
        return {scored.id for ranking in self._index.search(legs) for scored in ranking}

    def _ranked(
        self,
        legs: Sequence[Leg],
        kind: str,
        weights: Weights,
        candidates: Collection[str],
        pictures: Sequence[Image] = (),
    ) -> list[_Found]:
        """Every candidate, judged by all legs that it has."""
        if not legs:
            return []
        scores = self._index.score(legs, candidates)
        judged = [self._judge(leg, kind, by_id) for leg, by_id in zip(legs, scores, strict=True)]
        if pictures and kind == FIGURE and weights[DETAILS]:
            # With CLIP, words ask the same field as pictures do; the plan puts the pictures last.
            alike = [by_id for leg, by_id in zip(legs, scores, strict=True) if _compares_pictures(leg)][-1]
            judged += [_Judged(DETAILS, self._verified(one, alike), None) for one in pictures]
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

    def _verified(self, picture: Image, alike: Mapping[str, float]) -> Mapping[str, Reason]:
        nearest = sorted(alike, key=lambda point: (-alike[point], point))[:VERIFIED]
        figures = self._catalog.figures_by_id(nearest)
        shown = {id: figure.sha256 for id, figure in figures.items() if figure.sha256}
        return verify(picture, shown, self._pictures)

    def _hits(self, page: Sequence[tuple[str, _Found]], query: Query, words: str | None) -> tuple[Hit, ...]:
        records: dict[str, FigureRecord | ItemRecord] = {
            **self._catalog.figures_by_id([one.id for kind, one in page if kind == FIGURE]),
            **self._catalog.items_by_id([one.id for kind, one in page if kind == ITEM]),
        }
        by_words = words and not query.shown and not query.like and self._tools.sentences.name == CALIBRATED
        sure = by_meaning if by_words else by_standing_out
        content = self._tools.terms.content_words(words or "")
        hits = []
        for rank, (kind, one) in enumerate(page, query.offset + 1):
            if one.id not in records:
                continue  # forgotten by an ingest that is under way: the index still knows it, the catalog does not
            record = records[one.id]
            matched = self._tools.terms.matches(words, _text_of(record)) if words and TERMS in one.why else {}
            judged = Judgement(
                one.score,
                self._background.count(kind),
                one.why,
                says_all=bool(matched) and content <= matched.keys(),
            )
            hits.append(Hit(rank, kind, one.id, one.score, sure(judged), one.why, record, matched))
        return tuple(hits)


def _text_of(record: FigureRecord | ItemRecord) -> str:
    return figure_terms(record) if isinstance(record, FigureRecord) else item_words(record)


def _compares_pictures(leg: Leg) -> bool:
    return leg.name in (LOOKS, PICTURE) and isinstance(leg.query, Nearest)


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
