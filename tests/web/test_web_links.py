from __future__ import annotations

import pytest

from explorer.web.state import links
from explorer.web.state.views import SearchView


def test_a_search_is_a_relative_link():
    assert links.search(SearchView(words="a & b")) == "./?q=a+%26+b"


def test_the_way_back_is_where_one_was():
    way = links.encode_back("search", SearchView(words="a & b", page=3).params())
    assert links.decode_back(way) == links.search(SearchView(words="a & b", page=3))


@pytest.mark.parametrize(
    "way", [None, "", "https://evil.example", "//evil.example?x=1", "javascript:alert(1)", "library/../x?y"]
)
def test_a_way_that_is_not_ours_is_none(way):
    assert links.decode_back(way) is None


def test_a_link_is_escaped():
    html = links.anchor('x?a="b"', "<b>", about='"quoted"')
    assert "<b>" not in html
    assert html.count('"') == 6
