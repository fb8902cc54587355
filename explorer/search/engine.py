"""Run a query: plan, one batch of legs, exact scores of every candidate in every leg, fusion, hits."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count
from math import ceil, inf
from typing import cast

import numpy as np

from embeddings.known_words import known_words
from explorer.catalog.picture_store import PictureStore
from explorer.catalog.records import FigureRecord, ItemRecord
from explorer.catalog.store import Catalog
from explorer.index import Index, Leg, Nearest, ScoredPoint, StoredPoint, Vector
from explorer.representation.encoders import QueryEncoders
from explorer.representation.fields import figure_terms, heading_and_text
from explorer.representation.legs import FIGURE, ITEM, KEYPOINTS, PICTURE_QUERY_LEGS, REGIONS, TERMS
from explorer.search.calibration import ScoreCalibrator
from explorer.search.confidence import CALIBRATED, Judgement, from_similarity, from_zscore
from explorer.search.copies import copies_of, records_of
from explorer.search.fusion import Weights, fuse
from explorer.search.geometry import VERIFIED, ExitRule, KeypointVerifier, LookAlike, default_exit_rule
from explorer.search.hits import Hit, Reason, Region, Result
from explorer.search.leg_runs import LegResult, LegRuns, VerifiedResult
from explorer.search.legs import EncodedQuery, encode_query, plan_legs
from explorer.search.listing import Entry, Listing
from explorer.search.query import Query, check_fields_exist
from explorer.search.spelling import corrections, nearest_in
from explorer.search.timings import ENCODING, SearchTiming

# Candidates of one leg for the first page, and how many of them are there for the benefit of other legs: a point behind
# the first hundred of every leg is hardly ever among the first twenty of all.
POOL = 100
CANDIDATES = 75
RANKED_LEAVING_ONE_OUT = 500
# Copies that are excluded by id when the index is asked for more. Beyond that, it is asked for more candidates.
MOST_COPIES = 30_000
# Candidates of one piece, in pools, if copies take up the candidates: a larger ranking costs less than another one.
MOST_GROWTH = 12
# Of 64 searches, the first two are timed leg by leg, which takes longer. A command searches only once.
TIMED_EVERY = 64


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A candidate with the results of every leg that it has."""

    id: str
    score: float
    results: Mapping[str, LegResult | VerifiedResult]
    deviations: Mapping[str, float]
    """By leg, including legs in which not to be found counts too."""

    @property
    def why(self) -> dict[str, Reason]:
        """The result of every leg, by name. It is made for candidates that are listed."""
        return {name: result.reason(self.id) for name, result in self.results.items()}


@dataclass(frozen=True, slots=True, eq=False)
class _Run:
    """One search: the encoded query, the legs that were run for it, and the figures that share keypoints with it."""

    encoded: EncodedQuery
    legs: LegRuns
    verified: Sequence[VerifiedResult] = ()


class SearchEngine:
    """Searches one generation of an index."""

    def __init__(
        self,
        index: Index,
        catalog: Catalog,
        pictures: PictureStore,
        encoders: QueryEncoders,
        weights: Weights,
        exit_rule: ExitRule | None = None,
    ) -> None:
        """Prepare searches. Without an `exit_rule`, that of the encoder is used."""
        self._index = index
        self._catalog = catalog
        self._pictures = pictures
        self._encoders = encoders
        self._weights = weights
        self._calibrator = ScoreCalibrator(index)
        self._exit_rule = exit_rule or default_exit_rule(encoders.encoder.name)
        self._searches = count()
        self.is_warm = False
        """Whether a search has already loaded what the next ones need."""

    def search(self, query: Query) -> Result:
        """Return the hits of a query. Raise QueryError for a query that is not valid."""
        query.check()
        check_fields_exist(query.filters, self._index.manifest.config.schema.fields)
        started = time.perf_counter()
        if query.include_ids is not None and not query.include_ids:
            return Result((), 0.0)
        number = next(self._searches)
        self.is_warm, was_warm = True, self.is_warm
        run = self._encoded(query, apart=number % TIMED_EVERY < 2)
        hits = self._page(query, run)
        of_items = replace(query, kind=ITEM, limit=query.items, offset=0)
        items = self._page(of_items, run) if query.items else ()
        took_ms = (time.perf_counter() - started) * 1000
        timing = SearchTiming(took_ms, was_warm, run.legs.milliseconds)
        return Result(hits, took_ms, items=items, timing=timing)

    def _encoded(self, query: Query, *, apart: bool = False) -> _Run:
        """Start the run of a query: encode it."""
        legs = LegRuns(self._index, apart=apart)
        with legs.timed(ENCODING):
            return _Run(encode_query(query, self._encoders, self._index), legs)

    def _page(self, query: Query, run: _Run) -> tuple[Hit, ...]:
        run = replace(run, verified=self._verified(query, run))
        page = self._listed(query, run, query.offset + query.limit)[query.offset :]
        return self._hits(page, query, run.encoded)

    def _listed(self, query: Query, run: _Run, count: int) -> list[Entry[_Candidate]]:
        """Return the first `count` entries of the list of all pages of this query. Each picture occurs in it once.

        Figures whose picture is missing come last.
        """
        if query.kind != FIGURE:
            return self._in_pieces(query, run, count)
        entries = self._in_pieces(replace(query, has_picture=True), run, count)
        if len(entries) < count:
            without_picture = replace(query, has_picture=False)
            entries += self._in_pieces(without_picture, replace(run, verified=()), count - len(entries))
        return entries

    def _in_pieces(self, query: Query, run: _Run, count: int) -> list[Entry[_Candidate]]:
        """Return the first `count` entries of a query.

        The list is made piece by piece, each from at least twice as many candidates as the one before. If copies of
        listed pictures take up the candidates, they are left out from then on.
        """
        listing: Listing[_Candidate] = Listing()
        copies: frozenset[str] = frozenset()
        pool = POOL
        while True:
            end = pool - CANDIDATES
            others = replace(query, exclude_ids=query.exclude_ids | copies)
            candidates = self._pooled(others, run, pool)
            listed = len(listing)
            self._take(listing, candidates, count if query.kind == FIGURE else inf, end)
            if count <= len(listing) or len(candidates) < end:
                return listing.first(count)
            excluded, copies = copies, self._copies(listing)
            if len(listing) == end or len(copies) == len(excluded):
                pool *= 2
            else:  # as many candidates as the missing entries need, at the rate of the last piece
                rate = max(len(listing) - listed, 1)
                pool = max(pool, min(POOL * MOST_GROWTH, pool * ceil((count - len(listing)) / rate)))

    def _take(
        self,
        listing: Listing[_Candidate],
        candidates: Sequence[tuple[str, _Candidate]],
        count: float,
        end: int,
    ) -> None:
        """Add candidates to the listing, at most up to `end` entries. It may stop at `count` entries.

        Of an item, the others with the same text are collected: then all candidates are needed.
        """
        for start in range(0, len(candidates), POOL):
            batch = candidates[start : start + POOL]
            groups = self._catalog.duplicates.groups_of([candidate.id for _, candidate in batch])
            listing.take(batch, groups, end)
            if count <= len(listing):
                return

    def _copies(self, listing: Listing[_Candidate]) -> frozenset[str]:
        """Return figures that show a copy of a listed picture, at most MOST_COPIES."""
        figures = self._catalog.duplicates.figures_of(listing.entries) - listing.ids
        return frozenset(sorted(figures)[:MOST_COPIES])

    def _pooled(self, query: Query, run: _Run, pool: int) -> list[tuple[str, _Candidate]]:
        """Return the `pool` best of every leg and the verified figures, ranked together, with their kinds."""
        weights = self.weights_of(query)
        examples = {*query.like, *query.unlike}
        pooled: list[tuple[str, _Candidate]] = []
        for kind in (FIGURE, ITEM) if query.kind == "any" else (query.kind,):
            legs = self._plan(query, run.encoded, kind, pool, weights)
            also = run.verified if kind == FIGURE else ()
            ids = _candidates(run.legs.search(legs), also) - query.exclude_ids
            ranked = self._ranked(run.legs, legs, kind, weights, ids, also)
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

    def rank_by_rules(self, query: Query, rules: Sequence[ExitRule | None]) -> list[list[str]]:
        """Return the ids of figures, best first, under each rule for comparing keypoints; None: none are compared.

        The query has one picture.
        """
        [image] = query.example_images
        weights, run = self.weights_of(query), self._encoded(query)
        look_alikes, verifier = self._look_alikes(query, run), KeypointVerifier(image, self._pictures)
        legs = self._plan(query, run.encoded, FIGURE, POOL, weights)
        rankings = run.legs.search(legs)
        lists = []
        for rule in rules:
            reasons = verifier.verify(look_alikes, rule) if rule else {}
            verified = [VerifiedResult(KEYPOINTS, reasons)]
            ids = _candidates(rankings, verified)
            ranked = self._ranked(run.legs, legs, FIGURE, weights, ids, verified)
            lists.append([candidate.id for candidate in ranked])
        return lists

    def _ranked_leaving_out(
        self, query: Query, substitutes: Collection[str], hidden: Collection[str]
    ) -> list[_Candidate]:
        weights = self.weights_of(query)
        run = self._encoded(query)
        legs = self._plan(query, run.encoded, FIGURE, RANKED_LEAVING_ONE_OUT, weights)
        ids = _candidates(run.legs.search(legs)) - set(hidden) | set(substitutes)
        ranked = self._ranked(run.legs, legs, FIGURE, weights, ids, self._verified(query, run))
        return [candidate for candidate in ranked if candidate.results]

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

    def has_leg(self, leg: str, kind: str) -> bool:
        """Return whether any point of a kind can be found by a leg."""
        return leg == KEYPOINTS or self._calibrator.has_vectors(leg, kind)

    def weights_of(self, query: Query) -> Weights:
        """Return the weights of the query, else the fitted ones. Legs asked by picture get the weight of the pictures."""
        by_picture = dict.fromkeys(PICTURE_QUERY_LEGS, query.picture_weight)
        fitted = {leg: weight * by_picture.get(leg, 1.0) for leg, weight in self._weights.items()}
        return {**fitted, **query.weights}

    def _plan(
        self, query: Query, encoded: EncodedQuery, kind: str, reach: int, weights: Weights
    ) -> list[Leg]:
        """Return the legs with a weight above 0 and with vectors in the library."""
        planned = plan_legs(query, encoded, self._encoders, kind, reach)
        return [leg for leg in planned if weights[leg.name] and self._calibrator.has_vectors(leg.name, kind)]

    def _ranked(
        self,
        runs: LegRuns,
        legs: Sequence[Leg],
        kind: str,
        weights: Weights,
        ids: Collection[str],
        verified: Sequence[VerifiedResult] = (),
    ) -> list[_Candidate]:
        """Return the candidates with these ids, scored by all legs that they have, best first."""
        scores = runs.score(legs, ids)
        results: list[LegResult | VerifiedResult] = [
            self._result_of(leg, kind, by_id) for leg, by_id in zip(legs, scores, strict=True)
        ]
        results += verified
        candidates = (_fused(id, results, weights) for id in ids)
        return sorted(candidates, key=lambda candidate: (-candidate.score, candidate.id))

    def _result_of(self, leg: Leg, kind: str, scores: Mapping[str, float]) -> LegResult:
        distribution = self._calibrator.distribution(leg, kind, scores)
        # Every point has words: to share none with the query is evidence against it. To lack a vector is not.
        without = distribution.zscore(0.0) if leg.name == TERMS else None
        return LegResult(leg.name, scores, distribution, without)

    def _verified(self, query: Query, run: _Run) -> list[VerifiedResult]:
        """Return, for each picture of the query, the figures that look like it or a part of it and share keypoints.

        Empty if keypoints have no weight.
        """
        if not query.example_images or query.kind == ITEM or not self.weights_of(query)[KEYPOINTS]:
            return []
        look_alikes = self._look_alikes(query, run)
        verifiers = [KeypointVerifier(image, self._pictures) for image in query.example_images]
        with run.legs.timed(KEYPOINTS):
            return [
                VerifiedResult(KEYPOINTS, verifier.verify(look_alikes, self._exit_rule))
                for verifier in verifiers
            ]

    def _look_alikes(self, query: Query, run: _Run) -> list[LookAlike]:
        """Return the figures that look most like the query's pictures, best first."""
        assert run.encoded.visual is not None  # a query that shows pictures was encoded
        # The first piece of the list runs the same leg.
        where = replace(query, has_picture=True).where(FIGURE)
        leg = Leg(REGIONS, Nearest(run.encoded.visual), POOL, where)
        nearest = run.legs.search([leg])[0][:VERIFIED]
        figures = self._catalog.figures.by_id([scored.id for scored in nearest])
        distribution = self._calibrator.distribution(leg, FIGURE, {})
        return [
            LookAlike(scored.id, sha256, figure.group or sha256, distribution.closeness(scored.score))
            for scored in nearest
            if (figure := figures.get(scored.id)) and (sha256 := figure.sha256)
        ]

    def _regions(self, page: Sequence[Entry[_Candidate]], encoded: EncodedQuery) -> dict[str, Region]:
        """Return, by id, the part of each hit that is nearer to the query's pictures than the whole."""
        by_regions = [entry.best.id for entry in page if REGIONS in entry.best.results]
        if encoded.visual is None or not by_regions:
            return {}
        stored = self._index.fetch(by_regions, [REGIONS])
        regions = {point.id: _nearest_region(point, encoded.visual) for point in stored}
        return {id: region for id, region in regions.items() if region}

    def _hits(
        self, page: Sequence[Entry[_Candidate]], query: Query, encoded: EncodedQuery
    ) -> tuple[Hit, ...]:
        records, regions, words = records_of(page, self._catalog), self._regions(page, encoded), encoded.words
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
            record, why = records[best.id], best.why
            if best.id in regions:
                why[REGIONS] = replace(why[REGIONS], region=regions[best.id])
            matched = self._encoders.terms.matches(words, _text_of(record)) if words and TERMS in why else {}
            has_all_words = bool(matched) and content <= matched.keys()
            points = self._calibrator.count(entry.kind)
            confidence = confidence_of(Judgement(best.score, points, why, has_all_words=has_all_words))
            hits.append(
                Hit(rank, entry.kind, best.id, best.score, confidence, why, record, matched, *copies[best.id])
            )
        return tuple(hits)


def _text_of(record: FigureRecord | ItemRecord) -> str:
    return figure_terms(record) if isinstance(record, FigureRecord) else heading_and_text(record)


def _nearest_region(stored: StoredPoint, visual: Vector) -> Region | None:
    nearest = int(np.argmax(np.atleast_2d(stored.vectors[REGIONS]) @ visual))
    if nearest == 0:  # the first vector is that of the whole picture
        return None
    left, top, right, bottom = cast(list[Region], stored.payload[REGIONS])[nearest]
    return left, top, right, bottom


def _candidates(
    rankings: Sequence[Sequence[ScoredPoint]], verified: Sequence[VerifiedResult] = ()
) -> set[str]:
    ids = {scored.id for ranking in rankings for scored in ranking}
    return ids.union(*(result.reasons for result in verified))


def _fused(id: str, results: Sequence[LegResult | VerifiedResult], weights: Weights) -> _Candidate:
    best: dict[str, LegResult | VerifiedResult] = {}
    deviations: dict[str, float] = {}
    for leg in results:
        deviation = leg.deviations.get(id)
        if deviation is not None and deviation > deviations.get(leg.name, -inf):
            best[leg.name], deviations[leg.name] = leg, deviation
        elif leg.without is not None:
            deviations.setdefault(leg.name, leg.without)
    return _Candidate(id, fuse(deviations, weights), best, deviations)
