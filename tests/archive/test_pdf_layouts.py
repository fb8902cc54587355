"""PDFs as houses set them: labels on lines of their own, captions beside and sideways, plates, tables over charts."""

import pytest
from pdf_builders import LOREM, Pdf, jpeg, photo, width_of
from test_pdf import captions, read, seen, shows, texts

LEFT, WIDTH = 60, 475
TITLE = "Letters that the mail boat brought"


def page_of_text(pdf):
    """A page that begins with running text; where its next line would begin."""
    page = pdf.page()
    return page, page.paragraph(LEFT, 60, WIDTH, LOREM)


def size(figure):
    return seen(figure).size


# --- labels on lines of their own -------------------------------------------------------------------------


@pytest.mark.parametrize("bold", [True, False])
@pytest.mark.parametrize("gap", [2, 5, 8])
@pytest.mark.parametrize("words", [TITLE, f"{TITLE} {LOREM}"], ids=["short", "long"])
def test_a_label_above_its_title_below_a_chart(bold, gap, words):
    pdf = Pdf()
    page, top = page_of_text(pdf)
    page.chart(120, top + 20, 250, 150)
    page.text(LEFT, top + 215, "Figure 1", 9, bold=bold)
    end = page.paragraph(LEFT, top + 217 + gap, WIDTH, words, 9)
    page.paragraph(LEFT, end + 25, WIDTH, LOREM)

    assert captions(read(pdf)) == [f"Figure 1 {words}".strip()]


@pytest.mark.parametrize("label", ["Figure 1", "Abbildung 1.", "Obr. 1:", "Kuva 1", "Figura 1", "FIG. 1"])
def test_a_label_and_a_title_above_a_chart(label):
    pdf = Pdf()
    page, top = page_of_text(pdf)
    page.text(LEFT, top + 30, label, bold=True)
    page.text(LEFT, top + 45, TITLE)
    page.chart(120, top + 70, 250, 150)
    page.paragraph(LEFT, top + 280, WIDTH, LOREM)
    [figure] = read(pdf).figures

    assert figure.caption == f"{label} {TITLE}"
    assert figure.status == "kept"


@pytest.mark.parametrize("side", ["centred", "right"])
def test_a_label_that_is_not_set_flush_left(side):
    pdf = Pdf()
    page, top = page_of_text(pdf)
    page.chart(120, top + 20, 250, 150)
    for words, baseline in (("Figure 1", top + 215), (TITLE, top + 228)):
        width = len(words) * 4.3
        page.text(LEFT + (WIDTH - width) / (2 if side == "centred" else 1), baseline, words, 9)
    page.paragraph(LEFT, top + 260, WIDTH, LOREM)

    assert captions(read(pdf)) == [f"Figure 1 {TITLE}"]


def test_a_label_without_a_title_takes_no_running_text():
    pdf = Pdf()
    page, top = page_of_text(pdf)
    page.chart(120, top + 20, 250, 150)
    page.text(LEFT, top + 215, "Figure 1", 9)
    page.paragraph(LEFT, top + 232, WIDTH, LOREM)

    issue = read(pdf)
    assert captions(issue) == ["Figure 1"]
    assert texts(issue).count("seven geese") == 2


@pytest.mark.parametrize(
    "words",
    [
        "Figure 1 shows the mill.",
        "Abbildung 1 zeigt die Mühle.",
        "La figure 1 montre le moulin.",
        "Figura 1 muestra el molino.",
    ],
)
def test_running_text_that_begins_with_a_label_is_no_caption(words):
    pdf = Pdf()
    page, top = page_of_text(pdf)
    page.picture(150, top + 12, 240, 180, jpeg(photo()))
    page.paragraph(LEFT, top + 205, WIDTH, f"{words} {LOREM}")
    issue = read(pdf)

    assert captions(issue) == [None]
    assert words in texts(issue)


# --- beside -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("side", ["left", "right"])
@pytest.mark.parametrize("drawn", [True, False], ids=["chart", "photograph"])
def test_a_caption_beside_its_figure(side, drawn):
    pdf = Pdf()
    page, top = page_of_text(pdf)
    at = 240 if side == "left" else LEFT + 20
    if drawn:
        page.chart(at, top + 20, 260, 150)
    else:
        page.picture(at, top + 20, 260, 150, jpeg(photo()))
    words = "Figure 1. A caption that stands beside its figure, in the margin of the page."
    page.paragraph(LEFT if side == "left" else 360, top + 60, 150, words, 9)
    page.paragraph(LEFT, top + 220, WIDTH, LOREM)
    issue = read(pdf)

    assert captions(issue) == [words]
    assert size(issue.figures[0])[0] > 1.3 * size(issue.figures[0])[1]
    assert "0 10 20" not in texts(issue)


def test_figures_side_by_side_with_a_caption_each():
    pdf = Pdf()
    page, top = page_of_text(pdf)
    for n, left in enumerate((LEFT, 310), start=1):
        page.picture(left, top + 12, 220, 160, jpeg(photo(seed=n)))
        page.paragraph(
            left, top + 178, 210, f"Fig. {n}. The mill, seen from the bank of the river, number {n}.", 9
        )
    page.paragraph(LEFT, top + 220, WIDTH, LOREM)
    first, second = read(pdf).figures

    assert [first.caption, second.caption] == [
        f"Fig. {n}. The mill, seen from the bank of the river, number {n}." for n in (1, 2)
    ]
    assert shows(first, photo(seed=1))
    assert shows(second, photo(seed=2))


def test_panels_with_one_caption_and_a_credit():
    pdf = Pdf()
    page, top = page_of_text(pdf)
    for n, left in enumerate((LEFT, 310)):
        page.picture(left, top + 12, 220, 160, jpeg(photo(seed=n)))
    page.paragraph(LEFT, top + 178, WIDTH, "Fig. 1. The mill before and after. Photos: Ann Lee.", 9)
    page.paragraph(LEFT, top + 210, WIDTH, LOREM)
    [figure] = read(pdf).figures

    assert (figure.caption, figure.credit) == ("Fig. 1. The mill before and after.", "Photos: Ann Lee.")
    assert size(figure)[0] > 2 * size(figure)[1]


# --- sideways ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["upwards", "downwards"])
def test_a_page_that_one_turns_to_read(way):
    pdf = Pdf()
    page_of_text(pdf)
    page = pdf.page()
    page.picture(110, 120, 330, 560, jpeg(photo(240, 320).transpose(2)))
    words = "Figure 3. The quay, printed across the page."
    page.text(*((470, 680) if way == "upwards" else (90, 120)), words, 9, **{way: True})
    [figure] = read(pdf).figures

    assert figure.caption == words
    assert size(figure)[0] > 1.5 * size(figure)[1]  # as one sees it who turns the page


@pytest.mark.parametrize("way", ["upwards", "downwards"])
def test_a_figure_on_its_side_among_running_text(way):
    pdf = Pdf()
    page, top = page_of_text(pdf)
    page.picture(150, top + 20, 180, 260, jpeg(photo(180, 260)))
    words = "Figure 3. The quay on its side."
    page.text(*((345, top + 280) if way == "upwards" else (138, top + 20)), words, 9, **{way: True})
    page.paragraph(LEFT, top + 300, WIDTH, LOREM)
    issue = read(pdf)

    assert captions(issue) == [words]
    assert issue.figures[0].status == "kept"
    assert texts(issue).count("seven geese") == 2


def test_a_page_turned_by_the_file():
    pdf = Pdf()
    page = pdf.page(rotate=90)
    page.picture(110, 120, 330, 560, jpeg(photo(240, 320)))
    page.text(470, 680, "Figure 3. The quay, printed across the page.", 9, upwards=True)
    [figure] = read(pdf).figures

    assert figure.caption == "Figure 3. The quay, printed across the page."


def test_the_name_of_an_axis_turns_no_page():
    pdf = Pdf()
    page, top = page_of_text(pdf)
    page.chart(120, top + 20, 250, 150)
    page.paragraph(LEFT, top + 205, WIDTH, "Figure 1. A chart.", 9)

    assert captions(read(pdf)) == ["Figure 1. A chart."]


# --- plates -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("box", "baseline"),
    [((20, 20, 555, 780), 822), ((0, 40, 595, 802), 30), ((0, 0, 595, 842), 800)],
    ids=["caption below", "caption above", "caption on it"],
)
def test_a_plate_that_fills_its_page_is_kept_whole(box, baseline):
    pdf = Pdf()
    page_of_text(pdf)
    page = pdf.page()
    page.picture(*box, jpeg(photo(600, 840)))
    page.text(LEFT, baseline, "Plate 1. The mill in winter.", 9)
    [figure] = read(pdf).figures
    width, height = size(figure)

    assert figure.caption == "Plate 1. The mill in winter."
    assert 0.6 < width / height < 0.82


def test_a_plate_without_a_word_is_a_figure():
    pdf = Pdf()
    page_of_text(pdf)
    pdf.page().picture(0, 0, 595, 842, jpeg(photo(600, 840)))
    [figure] = read(pdf).figures

    assert (figure.caption, figure.status) == (None, "kept")


def test_the_ground_of_pages_is_no_figure():
    pdf = Pdf()
    ground = jpeg(photo(600, 840))
    for n in range(4):
        page = pdf.page()
        page.picture(0, 0, 595, 842, ground)
        page.text(LEFT, 100 + 30 * n, f"The mills of the river, part {n}", 20)
        page.paragraph(LEFT, 300, WIDTH, LOREM if n else "A short word.")

    assert read(pdf).figures == ()


# --- tables -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ruled", ["cells", "rules"])
@pytest.mark.parametrize("label", ["Table 1. Mills.", "Tabelle 1: Mühlen", "Tab. 1. Mlýny"])
def test_a_labelled_table_above_a_chart_is_no_part_of_it(ruled, label):
    pdf = Pdf()
    page, top = page_of_text(pdf)
    page.text(LEFT, top + 20, label, 9)
    end = page.table(LEFT, top + 28, 5, ruled=ruled)
    page.chart(120, end + 30, 250, 150)
    page.paragraph(LEFT, end + 215, WIDTH, "Figure 2. Corn as a curve.", 9)
    issue = read(pdf)

    assert captions(issue) == ["Figure 2. Corn as a curve."]
    assert 1.2 < size(issue.figures[0])[0] / size(issue.figures[0])[1] < 2
    assert "Corn 3" in texts(issue)


def test_a_grid_without_a_label_above_a_chart_is_no_part_of_it():
    pdf = Pdf()
    page, top = page_of_text(pdf)
    end = page.table(LEFT, top + 28, 5)
    page.chart(120, end + 30, 250, 150)
    page.paragraph(LEFT, end + 215, WIDTH, "Figure 2. Corn as a curve.", 9)
    issue = read(pdf)

    assert captions(issue) == ["Figure 2. Corn as a curve."]
    assert "Corn 3" in texts(issue)


def test_a_grid_with_the_caption_of_a_figure_is_one():
    pdf = Pdf()
    page, top = page_of_text(pdf)
    end = page.table(LEFT, top + 28, 5)
    page.paragraph(LEFT, end + 12, WIDTH, "Figure 2. The mills, laid out.", 9)
    [figure] = read(pdf).figures

    assert (figure.caption, figure.status) == ("Figure 2. The mills, laid out.", "kept")


# --- columns ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("gap", "is_read_across"), [(3, True), (5, True), (6, True), (7, True), (12, False)])
def test_a_gap_of_a_few_points_is_no_boundary_of_columns(gap, is_read_across):
    pdf = Pdf()
    page = pdf.page()
    for n in range(40):
        one = f"The mill of line {n} stands at the"
        page.text(290 - width_of(one, 10), 80 + 12 * n, one)
        page.text(290 + gap, 80 + 12 * n, "bank and grinds the corn all day long.")
    text = " ".join(texts(read(pdf)).split())

    assert ("line 3 stands at the bank and grinds" in text) == is_read_across
