"""The kind of a picture, from the probabilities of its pixels and from what is written about it."""

import pytest

from embeddings.picture_kinds import PICTURE_KINDS as CLASSIFIED_KINDS
from explorer.catalog.filters import PICTURE_KINDS, UNSURE
from explorer.catalog.picture_kinds import kind_of


def probabilities(**shares):
    """The given shares, and the rest divided among the other kinds."""
    rest = (1 - sum(shares.values())) / (len(PICTURE_KINDS) - len(shares))
    return [shares.get(kind, rest) for kind in PICTURE_KINDS]


NOTHING_SEEN = probabilities()


def test_the_kinds_are_in_the_order_of_the_classifier():
    assert PICTURE_KINDS == CLASSIFIED_KINDS


@pytest.mark.parametrize("kind", PICTURE_KINDS)
def test_clear_pixels_need_no_words(kind):
    assert kind_of(probabilities(**{kind: 0.8}), [None, ""]) == kind


def test_without_evidence_the_kind_is_unsure():
    assert kind_of(NOTHING_SEEN, ["A walk in May"]) == UNSURE
    assert kind_of(probabilities(photo=0.45, drawing=0.45), []) == UNSURE


@pytest.mark.parametrize(
    ("caption", "kind"),
    [
        ("Photo: Ann Lee", "photo"),
        ("A photograph of the harbour", "photo"),
        ("Foto: dpa", "photo"),
        ("An engraving by Doré", "drawing"),
        ("Bar chart of the sales", "plot"),
        ("A heat map of the errors", "plot"),
        ("Flow chart of the process", "diagram"),
        ("Our site map", "diagram"),
        ("Screen shot of the new home page", "screenshot"),
        ("Capture d’écran du site", "screenshot"),
        ("Map of the county", "map"),
        ("Carte de la région", "map"),
        ("Tabelle der Ergebnisse", "table"),
    ],
)
def test_words_decide_between_two_likely_kinds(caption, kind):
    other = "drawing" if kind != "drawing" else "photo"
    likely = probabilities(**{kind: 0.4, other: 0.4})
    assert kind_of(likely, []) == UNSURE
    assert kind_of(likely, [caption]) == kind


def test_words_do_not_outweigh_clear_pixels():
    assert kind_of(probabilities(photo=0.97), ["The chart on the wall of the office"]) == "photo"


def test_the_first_name_counts_most():
    likely = probabilities(screenshot=0.4, map=0.4)
    assert kind_of(likely, ["A screenshot of a map", None]) == "screenshot"
    assert kind_of(likely, ["A map, as in the screenshot"]) == "map"


def test_parts_of_words_name_no_kind():
    likely = probabilities(map=0.45, table=0.45)
    assert kind_of(likely, ["Mapping a stable, comfortable roadmap"]) == UNSURE
