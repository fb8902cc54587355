"""What every home promises, with the answers written down. Nothing here knows which home it is."""

import threading
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest
from index_builders import RECIPE, SCHEMA, filled, ids, near, point, uid, uids

from explorer.errors import IndexMissingError, SearchIndexError, WrongEncoderError
from explorer.index import (
    EVERYTHING,
    Between,
    Equals,
    Filter,
    HasId,
    HasVector,
    Leg,
    Manifest,
    Nearest,
    Recommend,
    Sparse,
    TermVectors,
)

E1, E2, E3 = np.eye(3, dtype=np.float32)


def where(*must) -> Filter:
    return Filter(must)


def matching(index, condition) -> set[str]:
    return set(ids(index.search([near(1, 1, 1, where=where(condition))])[0]))


# Searching


def test_the_nearest_comes_first_with_its_cosine(store):
    index = filled(store, point("far", 0, 5, 0), point("near", 2, 0, 0), point("between", 1, 1, 0))
    [hits] = index.search([near(3, 0, 0)])
    assert ids(hits) == uids("near", "between", "far")
    assert [hit.score for hit in hits] == pytest.approx([1, 2**-0.5, 0], abs=1e-3)


def test_points_of_equal_score_are_all_found(store):
    index = filled(store, *(point(name, 1, 0, 0) for name in "abcd"), point("e", 0, 1, 0))
    [hits] = index.search([near(1, 0, 0, limit=4)])
    assert set(ids(hits)) == set(uids(*"abcd"))


def test_an_opposite_vector_is_found_with_a_negative_score(store):
    [hits] = filled(store, point("a", -1, 0, 0)).search([near(1, 0, 0)])
    assert hits[0].score == pytest.approx(-1, abs=1e-3)


def test_graphs_change_no_answer_of_a_small_index(store):
    before = filled(store, point("a", 1, 0, 0), point("b", 1, 1, 0), point("c", 0, 0, 1))
    [expected] = before.search([near(1, 0, 0)])
    assert store.build_graphs(print) is None
    [hits] = store.open().search([near(1, 0, 0)])
    assert ids(hits) == ids(expected)


def test_a_limit_is_kept(store):
    index = filled(store, point("a", 1, 0, 0), point("b", 0, 1, 0), point("c", 0, 0, 1))
    found = index.search([near(1, 0, 0, limit=limit) for limit in (0, 1, 3, 1000)])
    assert [len(hits) for hits in found] == [0, 1, 3, 3]


def test_legs_are_answered_each_in_its_place(store):
    index = filled(store, point("a", 1, 0, 0, terms={7: 1}), point("b", 0, 1, 0))
    nothing = Leg("terms", Nearest(Sparse((), ())), 10)
    terms = Leg("terms", Nearest(Sparse((7,), (1.0,))), 10)
    found = index.search(
        [near(0, 1, 0, limit=1), nothing, terms, near(1, 0, 0, limit=0), near(1, 0, 0, limit=1)]
    )
    assert [ids(hits) for hits in found] == [uids("b"), [], uids("a"), [], uids("a")]


def test_no_leg_has_no_answer(store):
    assert filled(store, point("a", 1, 0, 0)).search([]) == []


def test_an_empty_index_answers_everything_with_nothing(store):
    index = filled(store)
    legs = [near(1, 0, 0), Leg("terms", Nearest(Sparse((7,), (1.0,))), 10)]
    assert index.search(legs) == [[], []]
    assert index.score(legs, uids("a")) == [{}, {}]
    assert (index.count(), index.facet("kind"), index.digests(), index.sample("picture", 5)) == (
        0,
        [],
        {},
        [],
    )


def test_a_point_without_the_vector_is_never_found_by_it(store):
    index = filled(store, point("blind", kind="item"), point("seen", 1, 0, 0))
    assert ids(index.search([near(1, 0, 0)])[0]) == uids("seen")
    assert index.count() == 2


def test_a_zero_vector_is_like_nothing(store):
    [hits] = filled(store, point("zero", 0, 0, 0), point("a", 1, 0, 0)).search([near(1, 0, 0)])
    assert hits[1].id == uid("zero")
    assert hits[1].score == pytest.approx(0, abs=1e-3)


def test_several_vectors_answer_by_the_best_for_each_of_the_query(store):
    index = filled(
        store,
        point("both", meaning=[[2, 0, 0], [0, 2, 0]]),
        point("one", meaning=[[1, 1, 0]]),
        point("other", meaning=[[0, 0, 1]]),
    )
    [hits] = index.search([Leg("meaning", Nearest(np.array([[1, 0, 0], [0, 1, 0]], np.float32)), 10)])
    assert ids(hits) == uids("both", "one", "other")
    assert [hit.score for hit in hits] == pytest.approx([2, 2 * 2**-0.5, 0], abs=1e-3)


def test_one_vector_asks_a_multivector_field_too(store):
    [hits] = filled(store, point("a", meaning=[[0, 1, 0], [3, 4, 0]])).search(
        [Leg("meaning", Nearest(E1), 10)]
    )
    assert hits[0].score == pytest.approx(0.6, abs=1e-3)


def test_a_rare_term_outranks_a_common_one(store):
    common = [point(f"common {number}", terms={1: 1}) for number in range(8)]
    index = filled(store, *common, point("rare", terms={2: 1}), point("neither", terms={3: 1}))
    [hits] = index.search([Leg("terms", Nearest(Sparse((1, 2), (1.0, 1.0))), 20)])
    assert hits[0].id == uid("rare")
    assert set(ids(hits[1:])) == {one.id for one in common}
    # BM25's rarity of a term in n of 10 texts: ln(1 + (10 - n + 0.5) / (n + 0.5))
    assert [hits[0].score, hits[1].score] == pytest.approx([np.log(22 / 3), np.log(22 / 17)], abs=1e-3)


def test_words_find_their_text_by_stem_number_and_accent(store):
    terms = TermVectors()
    texts = {"paper": "The Café's 2 neural networks beat GPT-4", "other": "A photograph of the sea"}
    points = [replace(point(name), sparse={"terms": terms.document(text)}) for name, text in texts.items()]
    index = filled(store, *points)
    for words in ("network", "cafe", "GPT-4", "what did the networks do"):
        assert ids(index.search([Leg("terms", Nearest(terms.query(words)), 10)])[0]) == uids("paper")


def test_recommending_adds_what_is_liked_and_takes_away_what_is_not(store):
    index = filled(
        store, point("x", 1, 0, 0), point("xy", 1, 1, 0), point("xz", 1, 0, 1), point("z", 0, 0, 1)
    )
    [hits] = index.search([Leg("picture", Recommend((2 * E1, 5 * E2), (E3,)), 10)])
    assert ids(hits) == uids("xy", "x", "xz", "z")
    assert [hit.score for hit in hits] == pytest.approx([2**0.5, 1, 0, -1], abs=1e-3)


def test_recommending_from_dislikes_alone_puts_the_least_alike_first(store):
    index = filled(store, point("x", 1, 0, 0), point("y", 0, 1, 0), point("against", -1, 0, 0))
    assert ids(index.search([Leg("picture", Recommend(negative=(E1,)), 10)])[0]) == uids("against", "y", "x")


def test_recommending_works_where_a_point_has_several_vectors(store):
    index = filled(store, point("a", meaning=[[1, 0, 0], [0, 1, 0]]), point("b", meaning=[[0, 0, 1]]))
    [hits] = index.search([Leg("meaning", Recommend((E2,), (E3,)), 10)])
    assert [(hit.id, round(hit.score, 3)) for hit in hits] == [(uid("a"), 1), (uid("b"), -1)]


def test_threads_may_search_at_once(store):
    index = filled(store, *(point(str(number), 1, number, 0) for number in range(20)))
    answers: list[list[str]] = []
    threads = [
        threading.Thread(target=lambda: answers.append(ids(index.search([near(0, 1, 0, limit=5)])[0])))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [uids("19", "18", "17", "16", "15")] * 8


# Filters


CONDITIONS = {
    "equal word": (Equals("kind", "figure"), "ab"),
    "equal number": (Equals("issue", 2), "b"),
    "true": (Equals("shown", True), "a"),
    "false": (Equals("shown", False), "b"),
    "in a list": (Equals("tags", "map"), "ac"),
    "at least": (Between("issue", at_least=2), "bc"),
    "at most": (Between("issue", at_most=2), "ab"),
    "between": (Between("issue", 2, 2), "b"),
    "these points": (HasId((uid("c"), uid("a"), uid("unknown"))), "ac"),
    "no point": (HasId(()), ""),
    "with a dense vector": (HasVector("meaning"), "c"),
    "with a sparse vector": (HasVector("terms"), "b"),
    "no match": (Equals("kind", "nothing"), ""),
}


EVERY_KIND = replace(
    SCHEMA,
    fields={"kind": "keyword", "issue": "integer", "tags": "keyword", "shown": "bool"},
)


@pytest.fixture(scope="module")
def three(shared_store):
    return filled(
        shared_store,
        point("a", 1, 0, 0, kind="figure", issue=1, tags=["map", "chart"], shown=True, date="2024-02-01"),
        point("b", 0, 1, 0, terms={1: 1}, kind="figure", issue=2, tags=[], shown=False, date="2024-03-01"),
        point("c", 0, 0, 1, meaning=[[1, 0, 0]], kind="item", issue=3, tags=["map"], date="2024-03-02"),
        point("bare", 1, 1, 1),
        config=replace(RECIPE, schema=EVERY_KIND),
    )


def test_every_condition_keeps_what_it_says(three):
    for name, (condition, raw_points) in CONDITIONS.items():
        assert matching(three, condition) == set(uids(*raw_points)), name
        assert three.count(where(condition)) == len(raw_points), name


def test_must_not_keeps_what_does_not_hold(three):
    not_figures = Filter(must_not=(Equals("kind", "figure"),))
    assert set(ids(three.search([near(1, 1, 1, where=not_figures)])[0])) == set(uids("c", "bare"))


def test_conditions_hold_together(three):
    both = Filter((Equals("kind", "figure"),)).also(Equals("tags", "map"))
    assert three.count(both) == 1


def test_a_misspelt_field_is_an_error_and_not_an_empty_answer(three):
    for ask in (
        lambda: three.count(where(Equals("knid", "figure"))),
        lambda: three.facet("knid"),
        lambda: three.facet("date"),
        lambda: three.count(where(HasVector("pictures"))),
        lambda: three.search([Leg("pictures", Nearest(E1), 1)]),
        lambda: three.sample("pictures", 1),
        lambda: three.fetch(uids("a"), ["pictures"]),
    ):
        with pytest.raises(SearchIndexError, match=r"knid|date|pictures"):
            ask()


def test_a_leg_that_does_not_fit_the_field_is_an_error(three):
    for leg in (
        near(1, 0),
        near(1, 0, float("nan")),
        near(1, 0, 0, limit=-1),
        Leg("picture", Nearest(np.ones((2, 3), np.float32)), 1),
        Leg("picture", Nearest(Sparse((1,), (1.0,))), 1),
        Leg("terms", Nearest(E1), 1),
        Leg("picture", Recommend(), 1),
        near(1, 0, 0, where=where(HasId(("not an id",)))),
    ):
        with pytest.raises(SearchIndexError):
            three.search([leg])


# Scoring, reading, sampling, counting


def test_given_points_are_scored_exactly_and_those_without_the_vector_are_absent(store):
    index = filled(
        store,
        point("a", 1, 1, 0, meaning=[[1, 0, 0]], terms={1: 2}),
        point("b", 0, 1, 0),
        point("blind", terms={2: 1}),
        *(point(f"better {number}", 1, 0, 0) for number in range(30)),
    )
    legs = [
        near(1, 0, 0, limit=0),
        Leg("meaning", Nearest(E1), 1),
        Leg("terms", Nearest(Sparse((1,), (1.0,))), 1),
    ]
    pictures, meanings, terms = index.score(legs, uids("b", "a", "blind", "unknown"))
    assert pictures == {uid("a"): pytest.approx(2**-0.5, abs=1e-5), uid("b"): pytest.approx(0, abs=1e-5)}
    assert meanings == {uid("a"): pytest.approx(1, abs=1e-5)}
    assert set(terms) == {uid("a")}
    assert index.score(legs, []) == [{}, {}, {}]


def test_a_score_is_the_one_that_the_search_gave(store):
    index = filled(store, *(point(str(n), 1, n, 0, terms={1: 1, n + 2: 1}) for n in range(6)))
    legs = [near(1, 2, 3), Leg("terms", Nearest(Sparse((1, 4), (1.0, 1.0))), 10)]
    searched = [{hit.id: pytest.approx(hit.score, abs=1e-5) for hit in hits} for hits in index.search(legs)]
    assert index.score(legs, [uid(str(n)) for n in range(6)]) == searched


def test_payloads_come_back_as_they_were_stored(store):
    payload = {
        "kind": "figure",
        "nothing": None,
        "caption": "Ein Vermeer — 漢字 🐈\u200d⬛ " * 2000,
        "size": [640, 480],
        "ratio": 1.5,
        "yes": True,
        "deep": {"list": [1, None, {"a": "b"}], "empty": {}},
    }
    index = filled(store, point("a", 1, 0, 0, **payload))
    assert index.fetch(uids("a"))[0].payload == payload


def test_points_are_fetched_in_the_order_asked_for_without_the_unknown(store):
    index = filled(store, point("a", 3, 4, 0, meaning=[[0, 2, 0], [1, 0, 0]]), point("b", 0, 1, 0))
    found = index.fetch(uids("b", "unknown", "a"), ["picture", "meaning"])
    assert ids(found) == uids("b", "a")
    assert set(found[0].vectors) == {"picture"}
    np.testing.assert_allclose(found[1].vectors["picture"], [0.6, 0.8, 0], atol=1e-6)
    np.testing.assert_allclose(found[1].vectors["meaning"], [[0, 1, 0], [1, 0, 0]], atol=1e-6)
    assert found[1].vectors["picture"].dtype == np.float32
    assert index.fetch([]) == []
    assert index.fetch(uids("a"))[0].vectors == {}


def test_a_sample_is_the_same_each_time_and_of_those_that_have_the_vector(store):
    points = [point(str(n), 1, n, 0, kind="figure" if n % 2 else "item") for n in range(40)]
    index = filled(store, *points, point("blind"))
    sample = index.sample("picture", 10)
    assert len(sample) == 10
    np.testing.assert_array_equal(sample, index.sample("picture", 10))
    assert len(index.sample("picture", 1000)) == 40
    assert len(index.sample("picture", 1000, where(Equals("kind", "figure")))) == 20
    assert index.sample("picture", 0) == []


def test_a_sample_of_a_multivector_field_has_all_vectors_of_its_points(store):
    index = filled(store, point("a", meaning=[[1, 0, 0], [0, 1, 0]]))
    assert [vectors.shape for vectors in index.sample("meaning", 5)] == [(2, 3)]


def test_a_facet_counts_values_the_most_frequent_first(three):
    assert three.facet("kind") == [("figure", 2), ("item", 1)]
    assert three.facet("tags")[0] == ("map", 2)
    assert three.facet("kind", where(Equals("tags", "map"))) == [("figure", 1), ("item", 1)]
    assert sorted(three.facet("issue")) == [(1, 1), (2, 1), (3, 1)]
    assert sorted(three.facet("shown")) == [(False, 1), (True, 1)]
    assert [len(three.facet("tags", limit=limit)) for limit in (0, 1, 9)] == [0, 1, 2]


def test_digests_name_every_point_and_change_with_it(store):
    many = [point(str(n), 1, n, 0) for n in range(2500)]
    assert filled(store, *many).digests() == {one.id: one.digest for one in many}


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param(point("a", 1, 2, 4, meaning=[[1, 0, 0]], terms={1: 1}, kind="x"), id="picture"),
        pytest.param(point("a", 1, 2, 3, meaning=[[1, 0, 0]] * 2, terms={1: 1}, kind="x"), id="meaning"),
        pytest.param(point("a", 1, 2, 3, meaning=[[1, 0, 0]], terms={1: 2}, kind="x"), id="terms"),
        pytest.param(point("a", 1, 2, 3, meaning=[[1, 0, 0]], terms={1: 1}, kind="y"), id="payload"),
        pytest.param(point("a", 1, 2, 3, terms={1: 1}, kind="x"), id="one less"),
    ],
)
def test_a_digest_covers_everything(changed):
    before = point("a", 1, 2, 3, meaning=[[1, 0, 0]], terms={1: 1}, kind="x")
    assert changed.digest != before.digest
    assert replace(before).digest == before.digest


# Writing


def test_the_same_id_twice_is_one_point_the_last(store):
    with store.build(RECIPE) as build:
        build.upsert([point("a", 1, 0, 0, kind="first"), point("a", 0, 1, 0, kind="second")])
        build.upsert([point("a", 0, 0, 1, kind="third")])
        build.commit()
    index = store.open()
    assert index.count() == 1
    assert ids(index.search([near(0, 0, 1)])[0]) == uids("a")
    assert index.fetch(uids("a"))[0].payload == {"kind": "third"}


def test_a_point_is_replaced_whole(store):
    filled(store, point("a", 1, 0, 0, terms={1: 1}, kind="old"), point("b", 1, 0, 0))
    with store.build(RECIPE) as build:
        build.upsert([point("a", meaning=[[1, 0, 0]], tags=["new"])])
        build.commit()
    index = store.open()
    assert ids(index.search([near(1, 0, 0)])[0]) == uids("b")
    [read] = index.fetch(uids("a"), ["picture", "meaning"])
    assert (set(read.vectors), read.payload) == ({"meaning"}, {"tags": ["new"]})
    assert index.facet("kind") == []


def test_writing_and_deleting_nothing_is_no_error(store):
    with store.build(RECIPE) as build:
        build.upsert([])
        build.delete([])
        build.delete(uids("unknown"))
        assert build.commit().points == 0


def test_deleting_removes_these_points_only(store):
    with store.build(RECIPE) as build:
        build.upsert([point(name, 1, 0, 0) for name in "abc"])
        build.delete(uids("b", "unknown"))
        assert set(build.digests) == set(uids("a", "c"))
        build.commit()
    assert set(store.open().digests()) == set(uids("a", "c"))


BAD = {
    "too short": point("bad", 1, 0),
    "not a number": point("bad", 1, 0, float("nan")),
    "infinite": point("bad", 1, 0, float("inf")),
    "infinite among several": point("bad", meaning=[[1, 0, 0], [0, float("inf"), 0]]),
    "several in a single field": replace(point("bad"), vectors={"picture": np.ones((2, 3), np.float32)}),
    "none in a multi field": replace(point("bad"), vectors={"meaning": np.ones((0, 3), np.float32)}),
    "unknown field": replace(point("bad"), vectors={"pictures": E1}),
    "unknown terms": replace(point("bad"), sparse={"words": Sparse((1,), (1.0,))}),
    "term twice": replace(point("bad"), sparse={"terms": Sparse((1, 1), (1.0, 1.0))}),
    "term without weight": replace(point("bad"), sparse={"terms": Sparse((1, 2), (1.0,))}),
    "term with no finite weight": point("bad", terms={1: float("nan")}),
    "term out of range": point("bad", terms={2**32: 1}),
    "not an id": replace(point("bad"), id="figure 1"),
    "an id in another form": replace(point("bad"), id=uid("bad").upper()),
    "payload that is not JSON": point("bad", kind=object()),
    "payload that is not a number": point("bad", kind=float("nan")),
    "reserved key": point("bad", _digest="x"),
}


def test_a_point_that_does_not_fit_stores_nothing_of_its_batch(store):
    with store.build(RECIPE) as build:
        for name, bad in BAD.items():
            with pytest.raises(SearchIndexError):
                build.upsert([point("good", 1, 0, 0), bad])
            assert not build.digests, name
        assert build.commit().points == 0
    assert store.open().count() == 0


def test_a_wrong_dimension_is_named_with_both_numbers(store):
    with (
        store.build(RECIPE) as build,
        pytest.raises(SearchIndexError, match="'picture' expected 3 numbers, got 2"),
    ):
        build.upsert([point("bad", 1, 0)])


# Generations


def test_where_nothing_was_built_there_is_no_generation_and_the_error_names_the_command(store):
    assert store.current_generation() is None
    with pytest.raises(IndexMissingError, match="explorer ingest"):
        store.open()


def test_an_index_can_be_opened_again_after_it_was_closed(store):
    filled(store, point("a", 1, 0, 0)).close()
    assert ids(store.open().search([near(1, 0, 0)])[0]) == uids("a")


def test_a_closed_index_says_so(store):
    index = filled(store, point("a", 1, 0, 0))
    index.close()
    index.close()
    for ask in (
        index.count,
        index.digests,
        lambda: index.search([near(1, 0, 0)]),
        lambda: index.search([]),
        lambda: index.score([near(1, 0, 0)], uids("a")),
        lambda: index.fetch(uids("a")),
        lambda: index.facet("kind"),
        lambda: index.sample("picture", 1),
    ):
        with pytest.raises(SearchIndexError, match="closed"):
            ask()


def test_an_open_reader_keeps_its_generation_and_can_notice_the_next(store):
    reader = filled(store, point("old", 1, 0, 0))
    assert store.current_generation() == reader.manifest.generation == 1
    with store.build(RECIPE) as build:
        build.delete(uids("old"))
        build.upsert([point("new", 1, 0, 0)])
        assert ids(reader.search([near(1, 0, 0)])[0]) == uids("old")
        assert store.current_generation() == 1
        build.commit()
    assert ids(reader.search([near(1, 0, 0)])[0]) == uids("old")
    assert store.current_generation() == 2
    assert ids(store.open().search([near(1, 0, 0)])[0]) == uids("new")


def test_a_build_that_is_left_without_a_commit_leaves_nothing(store):
    filled(store, point("kept", 1, 0, 0))
    with store.build(RECIPE) as build:
        build.upsert([point("lost", 1, 0, 0)])
    with pytest.raises(ZeroDivisionError), store.build(RECIPE) as build:
        build.upsert([point("lost", 1, 0, 0)])
        raise ZeroDivisionError
    assert store.current_generation() == 1
    with store.build(RECIPE) as build:
        assert set(build.digests) == set(uids("kept"))
        assert build.commit().generation == 2


def test_the_first_build_that_is_left_leaves_no_generation(store):
    with store.build(RECIPE) as build:
        build.upsert([point("lost", 1, 0, 0)])
    assert store.current_generation() is None


def test_changing_some_points_equals_building_all_of_them(store):
    before = [
        point(str(n), 1, n, 0, meaning=[[n, 1, 0]], terms={1: 1, n + 2: 1}, issue=n) for n in range(200)
    ]
    after = [
        replace(one, payload={"issue": 500}) if n % 9 == 0 else one for n, one in enumerate(before) if n % 7
    ]
    filled(store, *before)
    with store.build(RECIPE) as build:
        changed = [one for one in after if build.digests.get(one.id) != one.digest]
        gone = build.digests.keys() - {one.id for one in after}
        assert len(changed) < 25
        build.upsert(changed)
        build.delete(gone)
        build.commit()
    assert_same(store.open(), filled(store, *after), [one.id for one in before])


def assert_same(left, right, some_ids):
    assert left.digests() == right.digests()
    legs = [near(1, 50, 0, limit=30), Leg("terms", Nearest(Sparse((1, 8, 99), (1.0, 1.0, 1.0))), 300)]
    for mine, other in zip(left.score(legs, some_ids), right.score(legs, some_ids), strict=True):
        assert mine == {point_id: pytest.approx(score, abs=1e-5) for point_id, score in other.items()}
    names = ["picture", "meaning"]
    for mine, other in zip(left.fetch(some_ids, names), right.fetch(some_ids, names), strict=True):
        assert (mine.id, mine.payload) == (other.id, other.payload)
        for name in names:
            np.testing.assert_allclose(mine.vectors[name], other.vectors[name], atol=1e-6)
    assert left.facet("issue", EVERYTHING, 500) == right.facet("issue", EVERYTHING, 500)


def test_a_build_with_another_recipe_begins_empty(store):
    filled(store, point("a", 1, 0, 0))
    with store.build(replace(RECIPE, fingerprint="weights-2")) as build:
        assert not build.digests
        build.commit()
    assert store.open().manifest.config.fingerprint == "weights-2"


def test_a_fresh_build_begins_empty(store):
    filled(store, point("a", 1, 0, 0))
    with store.build(RECIPE, fresh=True) as build:
        assert not build.digests


def test_many_generations_keep_the_newest_only_and_count_up(store):
    for number in range(1, 6):
        assert filled(store, point(str(number), 1, 0, 0)).manifest.generation == number
    assert ids(store.open().search([near(1, 0, 0)])[0]) == uids("5")


def test_a_finished_build_takes_no_more_points(store):
    with store.build(RECIPE) as build:
        build.commit()
    index = store.open()
    with pytest.raises(SearchIndexError):
        build.upsert([point("late", 1, 0, 0)])
    assert index.count() == 0


# The manifest


def test_the_manifest_says_what_made_the_index(store):
    manifest = filled(store, point("a", 1, 0, 0), point("b")).manifest
    assert (manifest.config, manifest.generation, manifest.points) == (RECIPE, 1, 2)
    assert abs(datetime.fromisoformat(manifest.created) - datetime.now(UTC)).total_seconds() < 60
    manifest.check(RECIPE)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        pytest.param(
            replace(RECIPE, encoder="huge"), "made with tiny, and the query with huge", id="encoder"
        ),
        pytest.param(replace(RECIPE, fingerprint="w2"), "weights or the preprocessing of tiny", id="weights"),
        pytest.param(replace(RECIPE, sentences="s2"), "another sentence encoder", id="sentences"),
        pytest.param(replace(RECIPE, version=2), "another version of Archive Explorer", id="version"),
        pytest.param(replace(RECIPE, schema=replace(SCHEMA, sparse=())), "other fields", id="schema"),
    ],
)
def test_a_query_of_another_recipe_is_refused_with_the_way_out(asked, said):
    manifest = Manifest(RECIPE, 1, "2025-01-01T00:00:00+00:00", 0)
    with pytest.raises(WrongEncoderError, match=rf"{said}.*explorer ingest --rebuild"):
        manifest.check(asked)
