"""A text finds the figures that would illustrate it; a figure finds where other issues talk about it."""

import pytest
from library.made_archive import copied, figures_by_image

from explorer.errors import QueryError
from explorer.library.library import Library
from explorer.representation.fields import passages_of, sentences_of

TEXT = """
In the greenhouse the tomatoes ripened on the vine long before anybody had expected it.

Down at the harbour a sailing boat crossed in a light wind, and the regatta began. It was late.
Nobody spoke of the craters.
"""


# --- sentences ----------------------------------------------------------------------------------------------


def test_a_text_falls_into_sentences_at_their_ends_only():
    text = 'Dr. Smith met J. Adams in the old town hall. "It rose e.g. by 3.5 per cent in a single year." Then\nit fell back'

    assert sentences_of(text) == [
        "Dr. Smith met J. Adams in the old town hall.",
        '"It rose e.g. by 3.5 per cent in a single year."',
        "Then it fell back",
    ]


def test_a_sentence_too_short_to_say_anything_stands_with_the_next():
    assert sentences_of("It grew. It grew again. The tomatoes were ripe in the second week of July.") == [
        "It grew. It grew again. The tomatoes were ripe in the second week of July."
    ]


def test_a_paragraph_ends_a_sentence_and_a_text_without_words_has_none():
    assert sentences_of("A heading\n\nThe text under it") == ["A heading", "The text under it"]
    assert sentences_of(" \n\n ") == []


def test_a_long_text_has_no_more_passages_than_are_wanted_and_loses_none_of_its_words():
    sentences = [f"This is the sentence that bears the number {n} among all." for n in range(100)]
    passages = passages_of(" ".join(sentences), 24)

    assert len(passages) <= 24
    assert " ".join(passages) == " ".join(sentences)


# --- illustrate ---------------------------------------------------------------------------------------------


def test_each_figure_comes_with_the_passage_that_it_fits(library):
    found = {one.hit.record.image: one for one in library.editing.illustrate(TEXT)}

    assert "tomatoes ripened" in found["images/tomatoes.png"].passage
    assert "sailing boat" in found["images/boat.png"].passage
    assert [one.hit.rank for one in found.values()] == list(range(1, len(found) + 1))
    scores = [one.hit.score for one in library.editing.illustrate(TEXT)]
    assert scores == sorted(scores, reverse=True)
    first = {one.hit.record.image for one in library.editing.illustrate(TEXT, limit=3)}
    assert {"images/tomatoes.png", "images/boat.png"} <= first


def test_a_picture_comes_once_however_many_figures_show_it(library):
    shown = [one.hit.record.group for one in library.editing.illustrate(TEXT) if one.hit.record.group]

    assert len(shown) == len(set(shown))
    tomatoes = figures_by_image(library)["images/tomatoes.png"]
    assert len(library.browse.appearances(tomatoes)) == 2


def test_an_empty_text_is_told(library):
    with pytest.raises(QueryError, match="The text is empty"):
        library.editing.illustrate("  \n ")


# --- discussed ----------------------------------------------------------------------------------------------


@pytest.fixture
def discussing(made_archive, library_folder, tmp_path):
    """The library with one issue more, in which the harvest is talked about."""
    archive = copied(made_archive, tmp_path / "archive")
    (archive / "2024-05-harvest.md").write_text(
        "---\ntitle: The harvest\ndate: 2024-05-01\n---\n\n## Accounts\n\n"
        "The books of the whole year were closed in the last week of April. "
        "Ripe tomatoes from the vine in the greenhouse were weighed every single morning. Nothing was owed.\n",
        encoding="utf-8",
    )
    with Library.create(tmp_path / "library") as library:
        library.archives.ingest([archive], encoder="lite")
        yield library


def test_a_figure_is_discussed_where_other_issues_talk_of_what_it_shows(discussing):
    tomatoes = next(
        one for one in discussing.browse.figures() if one.caption and "Ripe tomatoes" in one.caption
    )
    first, *_ = discussing.editing.related_texts(tomatoes.id[:10])

    assert first.hit.record.document == "2024-05-harvest.md"
    assert first.passage.startswith("Ripe tomatoes from the vine")
    documents = {one.hit.record.document for one in discussing.editing.related_texts(tomatoes.id)}
    assert tomatoes.document not in documents


def test_what_is_no_figure_is_discussed_nowhere(library):
    with pytest.raises(QueryError, match="is an item"):
        library.editing.related_texts(library.browse.items()[0].id)
