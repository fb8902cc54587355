"""Pages of results: a page is added to those before it, up to five together."""

import pytest

from explorer.web.components.paging import Paging


def address(page: int) -> str:
    return f"?page={page}"


@pytest.mark.parametrize(
    ("page", "offset", "shown"), [(1, 0, 10), (2, 0, 20), (5, 0, 50), (6, 50, 10), (8, 50, 30)]
)
def test_a_page_is_shown_below_those_before_it(page, offset, shown):
    paging = Paging(page, 10)
    assert (paging.offset, paging.shown) == (offset, shown)


def test_more_comes_until_five_pages_are_shown():
    assert Paging(4, 10).more(address, has_next=True) == "?page=5"
    assert Paging(5, 10).more(address, has_next=True) is None
    assert Paging(4, 10).more(address, has_next=False) is None


def test_links_lead_to_the_pages_before_and_after_those_that_are_shown():
    links = Paging(7, 10).links(address, has_next=True)
    assert 'href="?page=5"' in links
    assert 'href="?page=8"' in links
    assert "Pages 6 to 7" in links


def test_a_single_page_needs_no_links():
    assert not Paging(1, 10).links(address, has_next=False)
