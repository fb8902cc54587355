from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.catalog.filters import Filters
from explorer.representation.legs import LEGS
from explorer.web.state.views import CaptionsView, CompareView, SearchView, SimilarView

words = st.none() | st.text(min_size=1).map(str.strip).filter(bool)
numbers = st.none() | st.integers(1, 10**9)
pages = st.integers(1, 10**9)
ids = st.lists(st.uuids().map(str), max_size=3, unique=True).map(tuple)
filters = st.builds(
    Filters,
    date_from=words,
    date_to=words,
    number=numbers,
    has_caption=st.sampled_from([None, True, False]),
    issue_id=words,
)
weights = st.dictionaries(st.sampled_from(LEGS), st.integers(0, 30)).map(
    lambda tenths: tuple((leg, tenths[leg] / 10) for leg in LEGS if leg in tenths)
)
edges = st.lists(st.integers(0, 100), min_size=2, max_size=2, unique=True).map(sorted)
boxes = st.none() | st.tuples(edges, edges).map(
    lambda sides: (sides[0][0] / 100, sides[1][0] / 100, sides[0][1] / 100, sides[1][1] / 100)
)
searches = st.builds(
    SearchView,
    words,
    st.sampled_from(["figure", "item", "any"]),
    filters,
    pages,
    st.booleans(),
    weights,
)
similars = st.builds(SimilarView, words, words, words, ids, ids, pages, boxes, weights)
comparisons = st.builds(CompareView, weights, weights)
lists = st.builds(
    CaptionsView,
    words,
    st.sampled_from(["date", "issue", "caption"]),
    st.sampled_from(["grid", "list"]),
    filters,
    pages,
)


@given(searches | similars | lists | comparisons)
def test_a_view_is_its_address(view):
    assert type(view).of(view.params()) == view


@pytest.mark.parametrize("view", [SearchView, SimilarView, CaptionsView, CompareView])
def test_the_plain_page_has_a_plain_address(view):
    assert view().params() == {}


@given(
    st.dictionaries(
        st.sampled_from(
            [
                "q",
                "kind",
                "page",
                "from",
                "to",
                "number",
                "caption",
                "issue",
                "order",
                "as",
                "like",
                "w",
                "box",
            ]
        ),
        st.lists(st.text()),
    )
)
def test_no_address_is_an_error(params):
    for view in (SearchView, SimilarView, CaptionsView, CompareView):
        assert view.of(view.of(params).params()) == view.of(params)


@pytest.mark.parametrize("page", ["", "0", "-1", "1_0", "٣x", "1.5", "9" * 5000])
def test_a_page_that_is_none_is_the_first(page):
    assert SearchView.of({"page": [page]}).page == 1


def test_the_figure_begins_the_liked_and_is_liked_once():
    assert SimilarView(figure="a", like=("b", "a")).liked == ("a", "b")
