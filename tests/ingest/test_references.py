"""What an issue says of a figure elsewhere than around it is found by the figure's number, and where words point."""

import pytest
from library.fake_encoders import FakeEncoder, use_fakes

from explorer.ingest.references import caption_numbers, find_references, referenced_numbers
from explorer.library.library import Library


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("Figure 3 shows the mill.", {"3"}),
        ("The mill (see Fig. 2) stood by the river.", {"2"}),
        ("FIG. 12.—The wheel", {"12"}),
        ("Figs. 3-5 and 7a show wheels.", {"3", "4", "5", "7a"}),
        ("Figures 1, 2, and 4 are by the author.", {"1", "2", "4"}),
        ("Figure 2.4 and figure 2.15 of the report", {"2.4", "2.15"}),
        ("Figure 2-4 is of the second chapter.", {"2-4"}),
        ("Wie Abb. 3 und Abbildung 4 zeigen", {"3", "4"}),
        ("Abbildungen 3 bis 5", {"3", "4", "5"}),
        ("La figura 6 muestra el molino; les figures 7 et 8 aussi.", {"6", "7", "8"}),
        ("Рис. 9, 図10", {"9", "10"}),
        ("如图1所示，図２と第3図", {"1", "2", "3"}),
        ("그림 2에서 보듯이, 그림 3과", {"2", "3"}),
        ("A 3. ábrán látható, az 5–6. ábrák is; (žr. 9 pav.)", {"3", "5", "6", "9"}),
        ("На рисунке 4 и рис. 5; na rysunku 6, kuvassa 7, joonisel 8", {"4", "5", "6", "7", "8"}),
        ("انظر الشكل ٣، شكل رقم (4)", {"3", "4"}),
        ("See Plate IV, Table 2 and Figure A.1", {"plate iv", "table 2", "a.1"}),
        ("We figured 3 of them out; a config 4; it is figurative.", set()),
        ("In 1881 the figure was unknown.", set()),
        ("Fig. 3" + ", " * 10_000 + "x", {"3"}),
        ("1.1" * 40_000, set()),
        ("Figs. 1-" + "9" * 5000, {"1-" + "9" * 5000}),
    ],
)
def test_a_text_names_figures_by_number(text, numbers):
    assert referenced_numbers(text) == numbers


@pytest.mark.parametrize(
    ("caption", "numbers"),
    [
        ("FIG. 3, 4, 5 and 6", {"3", "4", "5", "6"}),
        ("Figure 1: the mill", {"1"}),
        ("(Abb. 2) Die Mühle", {"2"}),
        ("【図２】渡し船", {"2"}),
        ("3. ábra. A malom", {"3"}),
        ("Table 3: mills", {"table 3"}),
        ("The mill of Figure 1, from behind", set()),
        (None, set()),
    ],
)
def test_a_figure_has_the_number_with_which_its_caption_begins(caption, numbers):
    assert caption_numbers(caption) == numbers


@pytest.fixture
def referring(tmp_path, monkeypatch):
    """What refers to each figure of an issue, by the figure's image."""
    use_fakes(monkeypatch, FakeEncoder("fake"))

    def referring(text):
        (tmp_path / "issue.md").write_text(text, encoding="utf-8")
        with Library.create(tmp_path / "library") as library:
            library.archives.ingest([tmp_path / "issue.md"], encoder="fake")
            figures = library.browse.figures()
            found = find_references(figures, library.browse.items())
            return {figure.image: found.get(figure.id) for figure in figures}

    return referring


def test_a_sentence_far_away_belongs_to_the_figure_whose_number_it_names(referring):
    found = referring(
        "# Mills\n\n## One\n\n![](a.png)\n\n*Figure 1: a mill*\n\n![](b.png)\n\n*Figure 2: another*\n\n"
        "## Two\n\nMills are old and people like to look at them. "
        "The sails of Figure 2 were made of canvas in 1720. Nobody knows who made them.\n"
    )

    assert found["b.png"] == "The sails of Figure 2 were made of canvas in 1720."
    assert found["a.png"] is None


def test_in_a_magazine_a_number_means_the_figure_of_its_own_article(referring):
    found = referring(
        "# Magazine\n\n## Mills\n\nThe sails of Fig. 1 were made of canvas and of wood.\n\n![](mill.png)\n\n*Fig. 1*\n\n"
        "## Ships\n\nThe hull in Fig. 1 was built of oak and of pitch pine.\n\n![](ship.png)\n\n*Fig. 1*\n"
    )

    assert found["mill.png"] == "The sails of Fig. 1 were made of canvas and of wood."
    assert found["ship.png"] == "The hull in Fig. 1 was built of oak and of pitch pine."


@pytest.mark.parametrize(
    "pointing",
    [
        "The plot below shows how the velocity of it increases.",
        "This situation is illustrated in the following figure.",
        "Das folgende Diagramm zeigt, wie der Preis gestiegen ist.",
        "La imagen siguiente muestra el molino de viento antiguo.",
        "Le graphique ci-dessous montre la hausse de tous les prix.",
    ],
)
def test_a_sentence_before_a_figure_points_down_to_it(referring, pointing):
    found = referring(
        f"# One\n\nEverybody has wondered about this for a very long time. {pointing}\n\n![](a.png)\n"
    )

    assert found["a.png"] == pointing


def test_a_sentence_after_a_figure_points_up_to_it(referring):
    found = referring(
        "# One\n\n![](a.png)\n\nAs seen above, it rose from year to year. Then came the great flood of 1881.\n"
    )

    assert found["a.png"] == "As seen above, it rose from year to year."


def test_what_lies_below_in_the_world_points_to_nothing(referring):
    found = referring(
        "# One\n\nThe sun stood 18° below the horizon when they left the harbour.\n\n![](a.png)\n"
    )

    assert found["a.png"] is None


def test_a_figure_is_found_by_what_is_said_of_it_elsewhere(tmp_path, monkeypatch):
    use_fakes(monkeypatch, FakeEncoder("fake"))
    (tmp_path / "issue.md").write_text(
        "# One\n\n## Pictures\n\n![](a.png)\n\n*Figure 1*\n\n![](b.png)\n\n*Figure 2*\n\n"
        "## Text\n\nNothing is said of the other one. In Figure 2 an old oak stands behind the house.\n",
        encoding="utf-8",
    )
    with Library.create(tmp_path / "library") as library:
        library.archives.ingest([tmp_path / "issue.md"], encoder="fake")

        best = library.search("tree").hits[0]

    assert best.record.image == "b.png"
    assert best.why["context"].rank == 1
