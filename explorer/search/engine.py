"""Runs a query: plan, one batch of legs, exact scores of every candidate in every leg, fusion, hits."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from math import inf
from typing import cast

import numpy as np

from embeddings.known_words import known_words
from explorer.catalog.picture_store import PictureStore
from explorer.catalog.records import FigureRecord, ItemRecord
from explorer.catalog.store import Catalog
from explorer.index import Index, Leg, Nearest, StoredPoint, Vector
from explorer.representation.encoders import QueryEncoders
from explorer.representation.fields import figure_terms, heading_and_text
from explorer.representation.legs import FIGURE, ITEM, KEYPOINTS, PICTURE_QUERY_LEGS, REGIONS, TERMS
from explorer.search.calibration import ScoreCalibrator
from explorer.search.confidence import CALIBRATED, Judgement, from_similarity, from_zscore
from explorer.search.copies import copies_of, records_of
from explorer.search.fusion import Weights, fuse
from explorer.search.geometry import VERIFIED, verify_geometry
from explorer.search.hits import Hit, Reason, Region, Result
from explorer.search.legs import EncodedQuery, encode_query, plan_legs
from explorer.search.listing import Entry, Listing
from explorer.search.query import Query
from explorer.search.spelling import Vocabulary, corrections

# Candidates of one leg for the first page, and how many of them are there for what another leg may lift: what stands
# behind the first hundred of every leg is hardly ever among the first twenty of all.
POOL = 100
CANDIDATES = 75
RANKED_LEAVING_ONE_OUT = 500
# Copies that the index is told to leave out when it is asked for more; beyond, it is asked for more at once.
MOST_COPIES = 30_000


@dataclass(frozen=True, slots=True)
class _Found:
    """A candidate and what every leg that it has says of it."""

    id: str
    score: float
    why: Mapping[str, Reason]
    deviations: Mapping[str, float]
    """By leg; also of legs that say something by not finding it."""


@dataclass(frozen=True, slots=True)
class _Judged:
    """What one leg says of every candidate; `without` is what counts for those it says nothing of."""

    name: str
    reasons: Mapping[str, Reason]
    without: float | None


class SearchEngine:
    """Searches one generation of an index."""

    def __init__(
        self,
        index: Index,
        catalog: Catalog,
        pictures: PictureStore,
        encoders: QueryEncoders,
        weights: Weights,
    ) -> None:
        self._index = index
        self._catalog = catalog
        self._pictures = pictures
        self._encoders = encoders
        self._weights = weights
        self._calibrator = ScoreCalibrator(index)

    def search(self, query: Query) -> Result:
        """The hits of a query; QueryError when it cannot be understood."""
        query.check()
        started = time.perf_counter()
        if query.include_ids is not None and not query.include_ids:
            return Result((), 0.0)
        encoded = encode_query(query, self._encoders, self._index)
        verified = self._verified(query, encoded)
        page = self._listed(query, encoded, verified, query.offset + query.limit)[query.offset :]
        hits = self._hits(self._located(page, encoded), query, encoded.words)
        return Result(hits, (time.perf_counter() - started) * 1000)

    def _listed(
        self, query: Query, encoded: EncodedQuery, verified: Sequence[_Judged], count: int
    ) -> list[Entry[_Found]]:
        """The first `count` of the one list that every page of this query is a slice of; a picture stands in it once.

        Where figures are searched, those whose picture is missing come last.
        """
        if query.kind != FIGURE:
            return self._in_pieces(query, encoded, verified, count)
        found = self._in_pieces(replace(query, has_picture=True), encoded, verified, count)
        if len(found) < count:
            found += self._in_pieces(replace(query, has_picture=False), encoded, (), count - len(found))
        return found

    def _in_pieces(
        self, query: Query, encoded: EncodedQuery, verified: Sequence[_Judged], count: int
    ) -> list[Entry[_Found]]:
        """The first `count` that a query finds.

        The list is made piece by piece: a piece from twice as many candidates as the one before, which it follows.
        Where copies of what is listed take up the candidates, the same number is asked for again without them.
        """
        listing: Listing[_Found] = Listing()
        copies: frozenset[str] = frozenset()
        pool = POOL
        while True:
            end = pool - CANDIDATES
            others = replace(query, exclude_ids=query.exclude_ids | copies)
            found = self._pooled(others, encoded, verified, pool)
            listing.take(found, self._catalog.duplicates.groups_of([one.id for _, one in found]), end)
            if count <= len(listing) or len(found) < end:
                return listing.first(count)
            known, copies = copies, self._copies(listing)
            if len(listing) == end or len(copies) == len(known):
                pool *= 2

    def _copies(self, listing: Listing[_Found]) -> frozenset[str]:
        """The figures that show a copy of what is listed, as many as are named."""
        showing = self._catalog.duplicates.figures_of(listing.entries) - listing.ids
        return frozenset(sorted(showing)[:MOST_COPIES])

    def _pooled(
        self, query: Query, encoded: EncodedQuery, verified: Sequence[_Judged], pool: int
    ) -> list[tuple[str, _Found]]:
        """The `pool` best of every leg and the figures that were verified, ranked together."""
        weights = self._weights_of(query)
        given = {*query.like, *query.unlike}
        found: list[tuple[str, _Found]] = []
        for kind in (FIGURE, ITEM) if query.kind == "any" else (query.kind,):
            legs = self._plan(query, encoded, kind, pool, weights)
            further = verified if kind == FIGURE else ()
            candidates = self._candidates(legs).union(*(one.reasons for one in further)) - query.exclude_ids
            ranked = self._ranked(legs, kind, weights, candidates, further)
            found += [(kind, one) for one in ranked if one.id not in given]
        return sorted(found, key=lambda pair: -pair[1].score)

    def rank_leave_one_out(self, query: Query, substitute: str, hidden: Collection[str]) -> list[str]:
        """Return the ids of figures, best first, as if `hidden` were not in the index and `substitute` were a figure.

        `substitute` is a point of another kind. It is absent from the list if it has no vector that a leg compares.
        """
        return [one.id for one in self._ranked_leaving_out(query, {substitute}, hidden)]

    def deviations(
        self, query: Query, substitutes: Collection[str] = (), hidden: Collection[str] = ()
    ) -> dict[str, Mapping[str, float]]:
        """What each leg says of the figures that it finds, by their ids: what is fused. The rest as in `rehearse`."""
        return {one.id: one.deviations for one in self._ranked_leaving_out(query, substitutes, hidden)}

    def _ranked_leaving_out(
        self, query: Query, substitutes: Collection[str], hidden: Collection[str]
    ) -> list[_Found]:
        weights = self._weights_of(query)
        encoded = encode_query(query, self._encoders, self._index)
        verified = self._verified(query, encoded)
        legs = self._plan(query, encoded, FIGURE, RANKED_LEAVING_ONE_OUT, weights)
        candidates = self._candidates(legs) - set(hidden) | set(substitutes)
        return [one for one in self._ranked(legs, FIGURE, weights, candidates, verified) if one.why]

    def corrections(self, words: str) -> dict[str, str]:
        """For each word that stands nowhere and is no common word either, the one that was probably meant."""
        return corrections(
            words,
            lambda: self._vocabulary,
            lambda word: self._stands(word) or word.casefold() in known_words(),
        )

    def _stands(self, word: str) -> bool:
        """Whether the word stands anywhere in the library, in whatever form."""
        [found] = self._index.search([Leg(TERMS, Nearest(self._encoders.terms.query(word)), 1)])
        return bool(found)

    @cached_property
    def _vocabulary(self) -> Vocabulary:
        return Vocabulary.of(self._catalog.full_text)

    def _weights_of(self, query: Query) -> Weights:
        """The fitted weights, or the query's own; those of its pictures' legs as heavy as its pictures."""
        by_picture = dict.fromkeys(PICTURE_QUERY_LEGS, query.picture_weight)
        fitted = {leg: weight * by_picture.get(leg, 1.0) for leg, weight in self._weights.items()}
        return {**fitted, **query.weights}

    def _plan(
        self, query: Query, encoded: EncodedQuery, kind: str, reach: int, weights: Weights
    ) -> list[Leg]:
        """The legs that count."""
        return [leg for leg in plan_legs(query, encoded, self._encoders, kind, reach) if weights[leg.name]]

    def _candidates(self, legs: Sequence[Leg]) -> set[str]:
        return {scored.id for ranking in self._index.search(legs) for scored in ranking}

    def _ranked(
        self,
        legs: Sequence[Leg],
        kind: str,
        weights: Weights,
        candidates: Collection[str],
        verified: Sequence[_Judged] = (),
    ) -> list[_Found]:
        """Every candidate, judged by all legs that it has."""
        scores = self._index.score(legs, candidates)
        judged = [self._judge(leg, kind, by_id) for leg, by_id in zip(legs, scores, strict=True)]
        judged += verified
        return sorted(
            (_fused(point, judged, weights) for point in candidates), key=lambda one: (-one.score, one.id)
        )

    def _judge(self, leg: Leg, kind: str, scores: Mapping[str, float]) -> _Judged:
        spread = self._calibrator.spread(leg, kind, scores)
        ranked = sorted(scores, key=lambda point: (-scores[point], point))
        reasons = {
            point: Reason(rank, scores[point], spread.of(scores[point]))
            for rank, point in enumerate(ranked, 1)
        }
        # Every point has words: to share none with the query says something, where to lack a vector does not.
        return _Judged(leg.name, reasons, spread.of(0.0) if leg.name == TERMS else None)

    def _verified(self, query: Query, encoded: EncodedQuery) -> list[_Judged]:
        """For each picture of the query, those that look like it, in whole or in part, and share its details.

        Nothing where details do not count.
        """
        if not query.example_images or query.kind == ITEM or not self._weights_of(query)[KEYPOINTS]:
            return []
        assert encoded.visual is not None  # a query that shows pictures was encoded
        leg = Leg(REGIONS, Nearest(encoded.visual), VERIFIED, query.where(FIGURE))
        nearest = [scored.id for scored in self._index.search([leg])[0]]
        figures = self._catalog.figures.by_id(nearest)
        alike = {id: sha256 for id in nearest if id in figures and (sha256 := figures[id].sha256)}
        return [
            _Judged(KEYPOINTS, verify_geometry(one, alike, self._pictures), None)
            for one in query.example_images
        ]

    def _located(self, page: Sequence[Entry[_Found]], encoded: EncodedQuery) -> list[Entry[_Found]]:
        """The same; where a part is nearer to the query's pictures than the whole, its reason says which it is."""
        by_parts = [one.best.id for one in page if REGIONS in one.best.why]
        if encoded.visual is None or not by_parts:
            return list(page)
        stored = {point.id: point for point in self._index.fetch(by_parts, [REGIONS])}
        return [
            replace(one, best=_with_region(one.best, stored[one.best.id], encoded.visual))
            if one.best.id in stored
            else one
            for one in page
        ]

    def _hits(self, page: Sequence[Entry[_Found]], query: Query, words: str | None) -> tuple[Hit, ...]:
        records = records_of(page, self._catalog)
        by_words = (
            words
            and not query.example_images
            and not query.like
            and self._encoders.sentences.name == CALIBRATED
        )
        sure = from_similarity if by_words else from_zscore
        content = self._encoders.terms.content_words(words or "")
        copies = copies_of(page, records, self._catalog)
        hits = []
        for rank, entry in enumerate(page, query.offset + 1):
            one = entry.best
            if one.id not in records:
                continue  # forgotten by an ingest that is under way: the index still knows it, the catalog does not
            record = records[one.id]
            matched = (
                self._encoders.terms.matches(words, _text_of(record)) if words and TERMS in one.why else {}
            )
            judged = Judgement(
                one.score,
                self._calibrator.count(entry.kind),
                one.why,
                says_all=bool(matched) and content <= matched.keys(),
            )
            sureness = sure(judged)
            hits.append(
                Hit(rank, entry.kind, one.id, one.score, sureness, one.why, record, matched, *copies[one.id])
            )
        return tuple(hits)


def _text_of(record: FigureRecord | ItemRecord) -> str:
    return figure_terms(record) if isinstance(record, FigureRecord) else heading_and_text(record)


def _with_region(one: _Found, stored: StoredPoint, visual: Vector) -> _Found:
    nearest = int(np.argmax(np.atleast_2d(stored.vectors[REGIONS]) @ visual))
    if nearest == 0:  # the whole stands first
        return one
    left, top, right, bottom = cast(list[Region], stored.payload[REGIONS])[nearest]
    return replace(
        one, why={**one.why, REGIONS: replace(one.why[REGIONS], region=(left, top, right, bottom))}
    )


def _fused(point: str, judged: Sequence[_Judged], weights: Weights) -> _Found:
    why: dict[str, Reason] = {}
    deviations: dict[str, float] = {}
    for leg in judged:
        reason = leg.reasons.get(point)
        if reason is not None and reason.deviation > deviations.get(leg.name, -inf):
            why[leg.name], deviations[leg.name] = reason, reason.deviation
        elif leg.without is not None:
            deviations.setdefault(leg.name, leg.without)
    return _Found(point, fuse(deviations, weights), why, deviations)
