"""Messages know whom they are told to: the owner is told what to do, a visitor no command, no option and no path."""

from __future__ import annotations

import re

import pytest
from page_reading import html_of

from explorer.cli import command_line
from explorer.errors import EncoderUnavailableError, LibraryError, ServerError
from explorer.library.browse import LibraryBrowser
from explorer.library.library import Library
from explorer.web.state import audience

FOR_OWNERS = re.compile(r"(?<!the )explorer [a-z]+\b(?! app)|--[a-z]|max_pixels|/tmp/|/home/")
PAGES = [
    "search",
    "similar",
    "illustrate",
    "issues",
    "issue",
    "captions",
    "map",
    "library",
    "compare",
    "saved",
]


@pytest.fixture(autouse=True)
def library_at(monkeypatch):
    monkeypatch.setenv("EXPLORER_LIBRARY", "/srv/secret/our library")
    monkeypatch.setattr(audience.current, "is_visitor_on_this_machine", lambda: False)


def said(app):
    """All that a page says, in HTML, messages, tables and code."""
    parts = [*app.markdown, *app.info, *app.warning, *app.error, *app.caption, *app.code, *app.success]
    tables = [table.value.to_string() for table in app.dataframe]
    html = re.sub(r"<style>.*?</style>| style=\"[^\"]*\"", "", html_of(app), flags=re.DOTALL)
    return "\n".join([html, *(str(part.value) for part in parts), *tables])


@pytest.mark.parametrize(
    ("told", "to_visitors"),
    [
        (
            "There is no catalog at /srv/secret/our library/c.sqlite. Make one: explorer ingest ARCHIVE",
            "There is no catalog at this library/c.sqlite.",
        ),
        ("outside the archive: explorer ingest --fetch-remote downloads it", "outside the archive"),
        (
            "/srv/a/b has no index of lite. To build one: explorer encode --encoder lite",
            "b has no index of lite.",
        ),
        (
            "It is larger than 80 pixels: scale it down, or raise max_pixels",
            "It is larger than 80 pixels: scale it down",
        ),
        (
            "To find figures for a text, use Illustrate (explorer illustrate FILE).",
            "To find figures for a text, use Illustrate.",
        ),
        (r"C:\Users\me\lib is damaged", "lib is damaged"),
        ("file:///home/me/x.png cannot be read", "x.png cannot be read"),
        ("~/lib/x cannot be read", "x cannot be read"),
        ("ViT-B-32:/srv/models/own.pt", "ViT-B-32:own.pt"),
        (
            "The explorer reads a/b and https://example.org/a/b.",
            "The explorer reads a/b and https://example.org/a/b.",
        ),
        ("Make it again: explorer doctor --repair", "Make it again"),
        ("explorer doctor --repair", audience.NOT_POSSIBLE_HERE),
        ("Set QDRANT_API_KEY to the key.", audience.NOT_POSSIBLE_HERE),
    ],
)
def test_a_visitor_is_told_no_command_and_no_path(told, to_visitors):
    assert audience.adapt_message(told) == to_visitors
    assert audience.adapt_message(LibraryError(told)) == to_visitors


@pytest.mark.parametrize("told", ["Do it: explorer sync /srv/a/b", "a: explorer ingest --x"])
def test_the_owner_is_told_all_of_it(told, monkeypatch):
    monkeypatch.setattr(audience.current, "is_visitor_on_this_machine", lambda: True)
    assert audience.adapt_message(told) == told


def test_where_the_index_lives_is_not_told_when_it_does_not_answer():
    assert audience.adapt_message(ServerError("http://10.0.0.7:6333 does not answer")) == audience.NO_ANSWER


@pytest.mark.parametrize(
    "name", sorted(one.name or one.callback.__name__ for one in command_line().registered_commands)
)
def test_every_command_is_known_as_one(name):
    assert "explorer" not in audience.shorten_for_visitors(
        f"It is gone. Bring it back: explorer {name.replace('_', '-')} X"
    )


def test_long_messages_take_no_time():
    for long in (
        "/" * 100_000,
        "/a" * 100_000,
        "a: " * 100_000,
        "(" * 100_000,
        ". A" * 100_000,
        "explorer " * 50_000,
    ):
        audience.shorten_for_visitors(long)


@pytest.mark.parametrize("page", PAGES)
def test_no_page_shows_a_visitor_what_is_the_owners(open_page, page, library):
    app = open_page(page, at_home=False)
    assert not app.exception
    assert not FOR_OWNERS.search(said(app))
    assert str(library.path) not in said(app)


def test_an_empty_library_says_so_to_a_visitor_and_no_more(open_page, tmp_path):
    app = open_page(library=tmp_path / "none", at_home=False)
    assert "nothing in this library yet" in said(app)
    assert not FOR_OWNERS.search(said(app))


def test_an_error_is_told_to_a_visitor_without_its_command(open_page, monkeypatch):
    def ask(*args, **kwargs):
        raise EncoderUnavailableError(
            "The encoder x is not here. Bring it: explorer encode --library /srv/a/b"
        )

    monkeypatch.setattr(Library, "ask", ask)
    assert open_page(q="map", at_home=False).error[0].value == "The encoder x is not here."
    assert "explorer encode" in open_page(q="map").error[0].value


def test_a_picture_that_is_gone_is_told_without_a_command(open_page, monkeypatch, library):
    monkeypatch.setattr(LibraryBrowser, "picture_path", lambda self, sha256, size: library.path / "none")
    app = open_page("captions", at_home=False)
    assert "The picture&#39;s file is missing" in html_of(app)
    assert not FOR_OWNERS.search(said(app))
