"""Run a query: plan, one batch of legs, exact scores of every candidate in every leg, fusion, hits."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
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
from explorer.search.spelling import corrections, nearest_in

# Candidates of one leg for the first page, and how many of them are there for the benefit of other legs: a point behind
# the first hundred of every leg is hardly ever among the first twenty of all.
POOL = 100
CANDIDATES = 75
RANKED_LEAVING_ONE_OUT = 500
# Copies that are excluded by id when the index is asked for more. Beyond that, it is asked for more candidates.
MOST_COPIES = 30_000


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A candidate with the results of every leg that it has."""

    id: str
    score: float
    why: Mapping[str, Reason]
    deviations: Mapping[str, float]
    """By leg, including legs in which not to be found counts too."""


@dataclass(frozen=True, slots=True)
class _LegResult:
    """The reasons of one leg by candidate. `without` is the deviation of candidates without a reason; None: they have none."""

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
        """Return the hits of a query. Raise QueryError for a query that is not valid."""
        query.check()
        started = time.perf_counter()
        if query.include_ids is not None and not query.include_ids:
            return Result((), 0.0)
        encoded = encode_query(query, self._encoders, self._index)
        hits = self._page(query, encoded)
        of_items = replace(query, kind=ITEM, limit=query.items, offset=0)
        items = self._page(of_items, encoded) if query.items else ()
        return Result(hits, (time.perf_counter() - started) * 1000, items=items)

    def _page(self, query: Query, encoded: EncodedQuery) -> tuple[Hit, ...]:
        verified = self._verified(query, encoded)
        page = self._listed(query, encoded, verified, query.offset + query.limit)[query.offset :]
        return self._hits(self._located(page, encoded), query, encoded.words)

    def _listed(
        self, query: Query, encoded: EncodedQuery, verified: Sequence[_LegResult], count: int
    ) -> list[Entry[_Candidate]]:
        """Return the first `count` entries of the list of all pages of this query. Each picture occurs in it once.

        Figures whose picture is missing come last.
        """
        if query.kind != FIGURE:
            return self._in_pieces(query, encoded, verified, count)
        entries = self._in_pieces(replace(query, has_picture=True), encoded, verified, count)
        if len(entries) < count:
            entries += self._in_pieces(replace(query, has_picture=False), encoded, (), count - len(entries))
        return entries

    def _in_pieces(
        self, query: Query, encoded: EncodedQuery, verified: Sequence[_LegResult], count: int
    ) -> list[Entry[_Candidate]]:
        """Return the first `count` entries of a query.

        The list is made piece by piece, each from twice as many candidates as the one before. If copies of listed
        pictures take up the candidates, the same number is asked for again without the copies.
        """
        listing: Listing[_Candidate] = Listing()
        copies: frozenset[str] = frozenset()
        pool = POOL
        while True:
            end = pool - CANDIDATES
            others = replace(query, exclude_ids=query.exclude_ids | copies)
            candidates = self._pooled(others, encoded, verified, pool)
            groups = self._catalog.duplicates.groups_of([candidate.id for _, candidate in candidates])
            listing.take(candidates, groups, end)
            if count <= len(listing) or len(candidates) < end:
                return listing.first(count)
            excluded, copies = copies, self._copies(listing)
            if len(listing) == end or len(copies) == len(excluded):
                pool *= 2

    def _copies(self, listing: Listing[_Candidate]) -> frozenset[str]:
        """Return figures that show a copy of a listed picture, at most MOST_COPIES."""
        figures = self._catalog.duplicates.figures_of(listing.entries) - listing.ids
        return frozenset(sorted(figures)[:MOST_COPIES])

    def _pooled(
        self, query: Query, encoded: EncodedQuery, verified: Sequence[_LegResult], pool: int
    ) -> list[tuple[str, _Candidate]]:
        """Return the `pool` best of every leg and the verified figures, ranked together, with their kinds."""
        weights = self._weights_of(query)
        examples = {*query.like, *query.unlike}
        pooled: list[tuple[str, _Candidate]] = []
        for kind in (FIGURE, ITEM) if query.kind == "any" else (query.kind,):
            legs = self._plan(query, encoded, kind, pool, weights)
            also = verified if kind == FIGURE else ()
            ids = self._candidates(legs).union(*(result.reasons for result in also)) - query.exclude_ids
            ranked = self._ranked(legs, kind, weights, ids, also)
            pooled += [(kind, candidate) for candidate in ranked if candidate.id not in examples]
        return sorted(pooled, key=lambda pair: -pair[1].score)

    def rank_leave_one_out(self, query: Query, substitute: str, hidden: Collection[str]) -> list[str]:
        """Return the ids of figures, best first, as if `hidden` were not in the index and `substitute` were a figure.

        `substitute` is a point of another kind. It is absent from the list if it has no vector that a leg compares.
        """
        return [candidate.id for candidate in self._ranked_leaving_out(query, {substitute}, hidden)]

    def deviations(
        self, query: Query, substitutes: Collection[str] = (), hidden: Collection[str] = ()
    ) -> dict[str, Mapping[str, float]]:
        """Return the deviation of each figure in each leg, by id, as `rank_leave_one_out` fuses them."""
        ranked = self._ranked_leaving_out(query, substitutes, hidden)
        return {candidate.id: candidate.deviations for candidate in ranked}

    def _ranked_leaving_out(
        self, query: Query, substitutes: Collection[str], hidden: Collection[str]
    ) -> list[_Candidate]:
        weights = self._weights_of(query)
        encoded = encode_query(query, self._encoders, self._index)
        verified = self._verified(query, encoded)
        legs = self._plan(query, encoded, FIGURE, RANKED_LEAVING_ONE_OUT, weights)
        ids = self._candidates(legs) - set(hidden) | set(substitutes)
        ranked = self._ranked(legs, FIGURE, weights, ids, verified)
        return [candidate for candidate in ranked if candidate.why]

    def corrections(self, words: str) -> dict[str, str]:
        """Return a correction for each word that occurs neither in the library nor in the list of common words."""
        return corrections(
            words,
            lambda word: nearest_in(self._catalog.full_text, word),
            lambda word: self._occurs(word) or word.casefold() in known_words(),
        )

    def _occurs(self, word: str) -> bool:
        """Return whether any form of the word occurs in the library."""
        [ranking] = self._index.search([Leg(TERMS, Nearest(self._encoders.terms.query(word)), 1)])
        return bool(ranking)

    def _weights_of(self, query: Query) -> Weights:
        """Return the weights of the query, else the fitted ones. Legs asked by picture get the weight of the pictures."""
        by_picture = dict.fromkeys(PICTURE_QUERY_LEGS, query.picture_weight)
        fitted = {leg: weight * by_picture.get(leg, 1.0) for leg, weight in self._weights.items()}
        return {**fitted, **query.weights}

    def _plan(
        self, query: Query, encoded: EncodedQuery, kind: str, reach: int, weights: Weights
    ) -> list[Leg]:
        """Return the legs with a weight above 0."""
        return [leg for leg in plan_legs(query, encoded, self._encoders, kind, reach) if weights[leg.name]]

    def _candidates(self, legs: Sequence[Leg]) -> set[str]:
        return {scored.id for ranking in self._index.search(legs) for scored in ranking}

    def _ranked(
        self,
        legs: Sequence[Leg],
        kind: str,
        weights: Weights,
        ids: Collection[str],
        verified: Sequence[_LegResult] = (),
    ) -> list[_Candidate]:
        """Return the candidates with these ids, scored by all legs that they have, best first."""
        scores = self._index.score(legs, ids)
        results = [self._result_of(leg, kind, by_id) for leg, by_id in zip(legs, scores, strict=True)]
        results += verified
        candidates = (_fused(id, results, weights) for id in ids)
        return sorted(candidates, key=lambda candidate: (-candidate.score, candidate.id))

    def _result_of(self, leg: Leg, kind: str, scores: Mapping[str, float]) -> _LegResult:
        distribution = self._calibrator.distribution(leg, kind, scores)
        ranked = sorted(scores, key=lambda id: (-scores[id], id))
        reasons = {
            id: Reason(rank, scores[id], distribution.zscore(scores[id])) for rank, id in enumerate(ranked, 1)
        }
        # Every point has words: to share none with the query is evidence against it. To lack a vector is not.
        return _LegResult(leg.name, reasons, distribution.zscore(0.0) if leg.name == TERMS else None)

    def _verified(self, query: Query, encoded: EncodedQuery) -> list[_LegResult]:
        """Return, for each picture of the query, the figures that look like it or a part of it and share keypoints.

        Empty if keypoints have no weight.
        """
        if not query.example_images or query.kind == ITEM or not self._weights_of(query)[KEYPOINTS]:
            return []
        assert encoded.visual is not None  # a query that shows pictures was encoded
        leg = Leg(REGIONS, Nearest(encoded.visual), VERIFIED, query.where(FIGURE))
        nearest = [scored.id for scored in self._index.search([leg])[0]]
        figures = self._catalog.figures.by_id(nearest)
        look_alikes = {id: sha256 for id in nearest if id in figures and (sha256 := figures[id].sha256)}
        return [
            _LegResult(KEYPOINTS, verify_geometry(image, look_alikes, self._pictures), None)
            for image in query.example_images
        ]

    def _located(self, page: Sequence[Entry[_Candidate]], encoded: EncodedQuery) -> list[Entry[_Candidate]]:
        """Return the page with the region of each hit: the part that is nearer to the query's pictures than the whole."""
        by_regions = [entry.best.id for entry in page if REGIONS in entry.best.why]
        if encoded.visual is None or not by_regions:
            return list(page)
        stored = {point.id: point for point in self._index.fetch(by_regions, [REGIONS])}
        return [
            replace(entry, best=_with_region(entry.best, stored[entry.best.id], encoded.visual))
            if entry.best.id in stored
            else entry
            for entry in page
        ]

    def _hits(self, page: Sequence[Entry[_Candidate]], query: Query, words: str | None) -> tuple[Hit, ...]:
        records = records_of(page, self._catalog)
        by_words = (
            words
            and not query.example_images
            and not query.like
            and self._encoders.sentences.name == CALIBRATED
        )
        confidence_of = from_similarity if by_words else from_zscore
        content = self._encoders.terms.content_words(words or "")
        copies = copies_of(page, records, self._catalog)
        hits = []
        for rank, entry in enumerate(page, query.offset + 1):
            best = entry.best
            if best.id not in records:
                continue  # deleted by an ingest in progress: the index still has it, the catalog does not
            record = records[best.id]
            matched = (
                self._encoders.terms.matches(words, _text_of(record)) if words and TERMS in best.why else {}
            )
            has_all_words = bool(matched) and content <= matched.keys()
            judgement = Judgement(
                best.score, self._calibrator.count(entry.kind), best.why, has_all_words=has_all_words
            )
            confidence = confidence_of(judgement)
            hits.append(
                Hit(
                    rank, entry.kind, best.id, best.score, confidence, best.why, record, matched,
                    *copies[best.id],
                )
            )  # fmt: skip
        return tuple(hits)


def _text_of(record: FigureRecord | ItemRecord) -> str:
    return figure_terms(record) if isinstance(record, FigureRecord) else heading_and_text(record)


def _with_region(candidate: _Candidate, stored: StoredPoint, visual: Vector) -> _Candidate:
    nearest = int(np.argmax(np.atleast_2d(stored.vectors[REGIONS]) @ visual))
    if nearest == 0:  # the first vector is that of the whole picture
        return candidate
    left, top, right, bottom = cast(list[Region], stored.payload[REGIONS])[nearest]
    reason = replace(candidate.why[REGIONS], region=(left, top, right, bottom))
    return replace(candidate, why={**candidate.why, REGIONS: reason})


def _fused(id: str, results: Sequence[_LegResult], weights: Weights) -> _Candidate:
    why: dict[str, Reason] = {}
    deviations: dict[str, float] = {}
    for leg in results:
        reason = leg.reasons.get(id)
        if reason is not None and reason.deviation > deviations.get(leg.name, -inf):
            why[leg.name], deviations[leg.name] = reason, reason.deviation
        elif leg.without is not None:
            deviations.setdefault(leg.name, leg.without)
    return _Candidate(id, fuse(deviations, weights), why, deviations)
