"""The small pieces that pages are made of: passages, examples, uploads."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.catalog.records import FigureRecord
from explorer.errors import QueryError
from explorer.web.components.example_searches import example_searches
from explorer.web.components.passages import passage
from explorer.web.components.thumbnails import image
from explorer.web.state.uploads import Uploads

FIGURE = FigureRecord(
    id="1", issue_id="i", document="d", order=0, image=None, sha256=None, status="missing", caption=None, alt=None,
    credit=None, heading=None, width=None, height=None, before=None, after=None, item_id=None, issue_title=None,
    issue_number=None, date=None,
)  # fmt: skip


def test_a_passage_shows_the_word_it_was_found_by():
    text = "word " * 200 + "the zebra crosses " + "word " * 200
    shown = passage(text, {"zebra"}, 100)
    assert "<mark>zebra</mark>" in shown
    assert shown.startswith("… ")
    assert shown.endswith(" …")


def test_a_short_text_is_shown_whole():
    assert passage("A  short\n text.", {"absent"}) == "A short text."


def test_only_whole_words_are_marked():
    assert passage("map mapping <map>", {"map"}) == "<mark>map</mark> mapping &lt;<mark>map</mark>&gt;"


@given(st.text(), st.sets(st.text(min_size=1), max_size=3), st.integers(10, 50))
def test_a_passage_is_never_html_but_for_its_marks(text, words, length):
    shown = re.sub(r"</?mark>", "", passage(text, words, length))
    assert "<" not in shown
    assert ">" not in shown


def test_examples_are_short_phrases_of_different_issues():
    figures = [
        replace(FIGURE, id="1", issue_id="a", caption="A map of the old town, drawn by hand"),
        replace(FIGURE, id="2", issue_id="a", caption="A tall and narrow tower"),
        replace(FIGURE, id="3", issue_id="b", caption="Three ships at anchor"),
        replace(FIGURE, id="4", issue_id="c", caption="Fig. 3"),
    ]
    assert example_searches(figures, 2) == ["A map of the old town", "Three ships at anchor"]


@pytest.mark.parametrize("end", ["</script>", "</style>", "-->", "--!>", "]]>"])
def test_an_attribute_holds_nothing_that_a_sanitiser_throws_away(end):
    shown = image(b"", f'a {end} "b"')
    kept = unescape(re.search(r'alt="([^"]*)"', shown)[1])
    assert end not in kept
    assert kept.replace("\u2060", "") == f'a {end} "b"'


def test_the_longest_unused_upload_goes_first():
    uploads = Uploads(max_total_bytes=10)
    first, second = uploads.add(b"12345"), uploads.add(b"abcde")
    assert uploads.get(first) == b"12345"
    uploads.add(b"!")
    assert uploads.get(first) == b"12345"
    with pytest.raises(QueryError, match="no longer exists"):
        uploads.get(second)


def test_one_large_upload_is_kept():
    uploads = Uploads(max_total_bytes=3)
    assert uploads.get(uploads.add(b"12345")) == b"12345"
