"""PDFs: the figures that people see on their pages, with the captions they stand with, and the text around them."""

import io
import tracemalloc

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pdf_builders import LOREM, Pdf, jpeg, photo
from PIL import Image, ImageChops, ImageStat

from explorer.archive.convert.pdf import limits
from explorer.archive.convert.pdf import reader as reader
from explorer.archive.convert.pdf.reader import PDF
from explorer.archive.convert.pdf.worker import BROKEN, ENCRYPTED
from explorer.archive.links.addresses import AddressResolver
from explorer.archive.model import Issue, LedgerEntry, Status
from explorer.archive.reader import parse_issue, read_issues
from explorer.archive.storage.unpacked import open_archive
from explorer.errors import ArchiveError

LEFT, RIGHT, COLUMN = 60, 310, 225


def read(pdf):
    return parse_issue(PDF.convert(pdf.bytes(), "paper.pdf"), "paper.pdf", AddressResolver(["paper.pdf"]))


def seen(figure):
    with Image.open(io.BytesIO(figure.data())) as picture:
        return picture.convert("RGB")


def shows(figure, picture):
    """Whether a figure is the picture, whatever its size and coding."""
    found = seen(figure).resize((32, 24))
    return max(ImageStat.Stat(ImageChops.difference(found, picture.resize((32, 24)))).mean) < 12


def captions(issue):
    return [figure.caption for figure in issue.figures]


def texts(issue):
    return "\n".join(item.text for item in issue.items)


# --- figures and captions ---------------------------------------------------------------------------------


def test_a_picture_gets_the_caption_below_it():
    pdf = Pdf()
    page = pdf.page()
    top = page.paragraph(LEFT, 60, 475, LOREM)
    page.picture(150, top + 12, 240, 180, jpeg(photo()))
    top = page.paragraph(LEFT, top + 200, 475, "Figure 1: The mill in spring.", size=9)
    page.paragraph(LEFT, top + 16, 475, LOREM)
    [figure] = read(pdf).figures

    assert figure.caption == "Figure 1: The mill in spring."
    assert figure.image == "paper.pdf#page-1/figure-1.png"
    assert figure.data() == jpeg(photo())
    assert figure.before.startswith("The mill stands")
    assert figure.after.startswith("The mill stands")


def test_captions_that_stand_above_their_pictures_are_theirs():
    pdf = Pdf()
    page = pdf.page()
    top = 60
    for number in (1, 2, 3):
        top = page.paragraph(LEFT, top, 475, f"Figure {number}. Wheel number {number} of the mill.", size=9)
        page.picture(150, top + 8, 160, 120, jpeg(photo(seed=number)))
        top = page.paragraph(LEFT, top + 150, 475, LOREM) + 16
    figures = read(pdf).figures

    assert [figure.caption for figure in figures] == [
        f"Figure {n}. Wheel number {n} of the mill." for n in (1, 2, 3)
    ]
    assert all(shows(figure, photo(seed=n)) for n, figure in enumerate(figures, start=1))


def test_a_drawing_of_lines_is_found_by_its_caption():
    pdf = Pdf()
    page = pdf.page()
    top = page.paragraph(LEFT, 60, 475, LOREM)
    page.chart(150, top + 30, 200, 120)
    page.paragraph(LEFT, top + 190, 475, "Fig. 7. Height of the water.", size=9)
    issue = read(pdf)
    [figure] = issue.figures
    drawn = seen(figure)

    assert figure.caption == "Fig. 7. Height of the water."
    assert drawn.width > 550
    assert (
        0.005
        < 1 - ImageStat.Stat(drawn.convert("L").point(lambda grey: 255 * (grey > 128))).mean[0] / 255
        < 0.2
    )
    assert "time in days" not in texts(issue)
    assert "grinding corn" in texts(issue)


def test_the_words_along_an_axis_belong_to_the_drawing():
    pdf = Pdf()
    page = pdf.page()
    page.chart(150, 80, 200, 120)
    page.paragraph(LEFT, 240, 475, "Figure 1: Height of the water.", size=9)
    [figure] = read(pdf).figures

    assert seen(figure).width / 200 * 72 == pytest.approx(200 + 18 + 12, abs=12)


def two_columns():
    """A title over both columns, a drawing in the left one, a picture in the right one, a wide figure below."""
    pdf = Pdf()
    page = pdf.page()
    page.text(LEFT, 60, "Mills of the North", 20, bold=True)
    top = page.paragraph(LEFT, 75, 475, f"Abstract. {LOREM}")
    left = page.paragraph(LEFT, top + 14, COLUMN, "1. The first mill", 12, bold=True)
    left = page.paragraph(LEFT, left + 4, COLUMN, f"Alpha begins. {LOREM} Alpha ends.")
    page.chart(LEFT + 30, left + 18, 160, 80)
    left = page.paragraph(
        LEFT, left + 130, COLUMN, "Figure 1: Height of the water, in two lines of words that go on.", 8
    )
    page.paragraph(LEFT, left + 14, COLUMN, f"Beta begins. {LOREM} Beta ends.")
    right = page.paragraph(RIGHT, top + 14, COLUMN, f"Gamma begins. {LOREM} Gamma ends.")
    page.picture(RIGHT + 20, right + 10, 160, 120, jpeg(photo(seed=2)))
    right = page.paragraph(RIGHT, right + 140, COLUMN, "Figure 2: The daughter and her geese.", 8)
    page.paragraph(RIGHT, right + 14, COLUMN, f"Delta begins. {LOREM} Delta ends.")
    page.picture(LEFT + 40, 620, 180, 90, jpeg(photo(seed=3)))
    page.picture(RIGHT, 620, 180, 90, jpeg(photo(seed=4)))
    page.text(LEFT + 120, 722, "(a)", 8)
    page.text(RIGHT + 80, 722, "(b)", 8)
    page.paragraph(LEFT, 730, 475, f"Figure 3: Two wheels side by side. {LOREM[:150]}", 8)
    return pdf


def test_columns_are_read_one_after_the_other():
    text = texts(read(two_columns()))
    places = [text.index(name) for name in ("Abstract", "Alpha begins", "Alpha ends", "Beta begins", "Beta ends",
                                            "Gamma begins", "Gamma ends", "Delta begins", "Delta ends")]  # fmt: skip

    assert places == sorted(places)


def test_in_columns_each_caption_is_at_the_figure_of_its_column():
    drawing, picture, wide = read(two_columns()).figures

    assert drawing.caption == "Figure 1: Height of the water, in two lines of words that go on."
    assert seen(drawing).width / 200 * 72 < COLUMN
    assert picture.caption == "Figure 2: The daughter and her geese."
    assert picture.data() == jpeg(photo(seed=2))
    assert wide.caption.startswith("Figure 3: Two wheels")
    assert seen(wide).width / 200 * 72 > 390


def test_words_that_are_written_line_by_line_across_two_columns_are_still_two_columns():
    pdf = Pdf()
    page = pdf.page()
    for row in range(30):
        page.text(LEFT, 80 + 12 * row, f"left column of the newsletter, row {row}")
        page.text(RIGHT, 80 + 12 * row, f"right column of the newsletter, row {row}")
    text = texts(read(pdf))

    assert text.index("left column of the newsletter, row 29") < text.index(
        "right column of the newsletter, row 0"
    )


def test_panels_over_one_caption_are_one_figure():
    pdf = Pdf()
    page = pdf.page()
    for number, (left, top) in enumerate([(80, 80), (320, 80), (80, 230), (320, 230)]):
        page.picture(left, top, 180, 120, jpeg(photo(seed=number)))
        page.text(left + 80, top + 132, f"({'abcd'[number]})", 9)
    page.paragraph(LEFT, 380, 475, "Figure 4. Four seasons of the mill.", 9)
    page.paragraph(LEFT, 410, 475, LOREM)
    [figure] = read(pdf).figures

    assert figure.caption == "Figure 4. Four seasons of the mill."
    assert seen(figure).size == pytest.approx((426 * 200 / 72, 286 * 200 / 72), abs=20)


def test_two_figures_side_by_side_have_a_caption_each():
    pdf = Pdf()
    page = pdf.page()
    top = page.paragraph(LEFT, 60, 475, LOREM) + 12
    for number, left in ((1, LEFT), (2, 310)):
        page.picture(left, top, 200, 150, jpeg(photo(seed=number)))
        page.paragraph(
            left, top + 158, 200, f"Figure {number}: Picture number {number} with words that go on and on.", 9
        )
    page.paragraph(LEFT, top + 200, 475, LOREM)
    one, two = read(pdf).figures

    assert one.caption == "Figure 1: Picture number 1 with words that go on and on."
    assert two.caption == "Figure 2: Picture number 2 with words that go on and on."
    assert (one.data(), two.data()) == (jpeg(photo(seed=1)), jpeg(photo(seed=2)))


def test_tiles_of_one_picture_are_one_figure():
    pdf = Pdf()
    page = pdf.page()
    whole = photo()
    for strip in range(4):
        page.picture(100, 100 + 45 * strip, 240, 45, whole.crop((0, 60 * strip, 320, 60 * strip + 60)))
    page.paragraph(LEFT, 400, 475, LOREM)
    [figure] = read(pdf).figures

    assert shows(figure, whole)


def test_a_figure_in_a_form_is_found_where_the_form_is_placed():
    pdf = Pdf()
    page = pdf.page()
    form = pdf.drawing(200, 150)
    form.picture(20, 15, 160, 120, photo(seed=5))
    page.form(100, 100, 1.5, form)
    page.paragraph(LEFT, 340, 475, "Figure 1: A wheel.", 9)
    page.paragraph(LEFT, 370, 475, LOREM)
    [figure] = read(pdf).figures

    assert figure.caption == "Figure 1: A wheel."
    assert shows(figure, photo(seed=5))


def test_what_is_clipped_away_is_not_part_of_the_figure():
    pdf = Pdf()
    page = pdf.page()
    form = pdf.drawing(200, 120)
    form.chart(30, 10, 150, 80).line((-300, 5), (900, 5))
    page.form(150, 100, 1, form)
    page.paragraph(LEFT, 240, 475, "Figure 1: A curve.", 9)
    page.paragraph(LEFT, 280, 475, LOREM)
    [figure] = read(pdf).figures

    assert seen(figure).width / 200 * 72 < 230


def test_a_picture_with_a_mask_is_drawn_as_people_see_it():
    pdf = Pdf()
    page = pdf.page()
    page.picture(100, 100, 240, 180, jpeg(photo()), mask=Image.new("L", (320, 240), 0))
    page.paragraph(LEFT, 300, 475, "Figure 1: Snow.", 9)
    [figure] = read(pdf).figures

    assert ImageStat.Stat(seen(figure)).mean == pytest.approx([255, 255, 255], abs=1)


def test_a_picture_with_words_over_it_is_drawn_with_them():
    pdf = Pdf()
    page = pdf.page()
    page.picture(100, 100, 240, 180, jpeg(Image.new("RGB", (320, 240), "white")))
    page.text(150, 190, "The wheel", 30)
    page.paragraph(LEFT, 300, 475, "Figure 1: The wheel, with its name.", 9)
    issue = read(pdf)

    assert ImageStat.Stat(seen(issue.figures[0])).extrema[0][0] < 50
    assert "The wheel" not in texts(issue)


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a_page_that_is_turned_is_read_as_it_is_shown(turn):
    pdf = Pdf()
    page = pdf.page(size=(842, 595) if turn != 180 else (595, 842), rotate=turn)
    words, caption = "The mill stands on the bank.", "Figure 1: The wheel."
    place = {90: "0 1 -1 0 {down} {across}", 180: "-1 0 0 -1 {left} {up}", 270: "0 -1 1 0 {up} {left}"}[turn]
    width, height = (595, 842)

    def at(across, down):
        return place.format(
            across=across, down=down, left=width - across, up=down if turn == 180 else height - down
        )

    for line, baseline in ((words, 60), (caption, 330)):
        page.content.append(f"BT /R 10 Tf {at(80, baseline)} Tm ({line}) Tj ET".encode())
    name = pdf.picture(photo(seed=6))
    page.resources[name] = name
    corner = {90: "0 240 -180 0 {0} 100", 180: "-240 0 0 -180 {1} {0}", 270: "0 -240 180 0 {2} {1}"}[turn]
    page.content.append(f"q {corner.format(300, width - 100, height - 300)} cm /X{name} Do Q".encode())
    issue = read(pdf)

    assert captions(issue) == [caption]
    assert shows(issue.figures[0], photo(seed=6))
    assert texts(issue) == words


def test_a_caption_without_a_picture_stays_a_figure_that_is_missing():
    pdf = Pdf()
    page = pdf.page()
    top = page.paragraph(LEFT, 60, 475, LOREM)
    top = page.paragraph(LEFT, top + 20, 475, "Figure 9: A picture that was never set.", 8)
    page.paragraph(LEFT, top + 20, 475, LOREM)
    [figure] = read(pdf).figures

    assert (figure.status, figure.caption) == (Status.MISSING, "Figure 9: A picture that was never set.")


def test_a_sentence_about_a_figure_is_no_caption():
    pdf = Pdf()
    page = pdf.page()
    top = page.paragraph(LEFT, 60, 475, LOREM)
    top = page.paragraph(LEFT, top + 14, 475, f"Figure 3 shows the mill. {LOREM}")
    page.paragraph(LEFT, top + 14, 475, "Table 1: The geese of the miller, by name.", 9)

    assert read(pdf).figures == ()


def test_a_picture_without_a_caption_is_a_figure_still():
    pdf = Pdf()
    page = pdf.page()
    top = page.paragraph(LEFT, 60, 475, LOREM)
    page.picture(100, top + 10, 160, 120, jpeg(photo()))
    page.paragraph(LEFT, top + 150, 475, LOREM)
    [figure] = read(pdf).figures

    assert figure.caption is None
    assert figure.data() == jpeg(photo())


def test_logos_ribbons_and_grounds_are_no_figures():
    pdf = Pdf()
    logo = jpeg(photo(60, 60, seed=9))
    for number in range(4):
        page = pdf.page()
        page.rectangle(0, 0, 595, 842, fill="0.9 0.9 0.8")
        page.picture(500, 20, 40, 40, logo)
        page.picture(60, 780, 475, 3, photo(300, 4, seed=number))
        page.picture(60, 60, 10, 10, photo(30, 30, seed=number))
        page.paragraph(LEFT, 100, 475, LOREM)

    assert read(pdf).figures == ()


@pytest.mark.parametrize(
    "caption",
    [
        "Abb. 3: Das Mühlrad.",
        "Figura 2. El molino.",
        "FIGURE 5 — The wheel.",
        "Figure A.1: The wheel.",
        "Plate II. The mill.",
    ],
)
def test_captions_of_other_houses_and_languages_are_captions(caption):
    pdf = Pdf()
    page = pdf.page()
    page.picture(100, 100, 160, 120, jpeg(photo()))
    top = page.paragraph(LEFT, 230, 475, caption)
    page.paragraph(LEFT, top + 20, 475, LOREM)

    assert captions(read(pdf)) == [caption]


def test_a_scan_without_words_is_a_figure_for_every_page():
    pdf = Pdf()
    for seed in (1, 2):
        pdf.page().picture(0, 0, 595, 842, jpeg(photo(seed=seed)))
    one, two = read(pdf).figures

    assert (one.alt, two.alt) == ("Page 1", "Page 2")
    assert (one.data(), two.data()) == (jpeg(photo(seed=1)), jpeg(photo(seed=2)))


# --- text -------------------------------------------------------------------------------------------------


def test_words_parted_at_the_end_of_a_line_are_made_whole():
    pdf = Pdf()
    page = pdf.page()
    for row, line in enumerate(
        ["The miller of this mill was well-", "known, and his daugh-", "ter was well-known as well."]
    ):
        page.text(LEFT, 80 + 12 * row, line)

    assert (
        texts(read(pdf)) == "The miller of this mill was well-known, and his daughter was well-known as well."
    )


def test_running_heads_and_page_numbers_are_left_out():
    pdf = Pdf()
    for number in range(1, 5):
        page = pdf.page()
        page.text(LEFT, 30, "Journal of Mills, volume 3", 8)
        page.text(500, 30, f"{number + 10}", 8)
        page.text(290, 820, f"- {number} -", 8)
        page.paragraph(LEFT, 80, 475, LOREM)
    text = texts(read(pdf))

    assert "Journal" not in text
    assert "13" not in text
    assert "- 2 -" not in text
    assert text.count("grinding corn") == 4


def test_a_paragraph_that_goes_on_after_a_page_is_one():
    pdf = Pdf()
    pdf.page().paragraph(LEFT, 760, 475, "The mill has been grinding corn for three")
    pdf.page().paragraph(LEFT, 60, 475, "hundred years, they say.")
    [item] = read(pdf).items

    assert item.text == "The mill has been grinding corn for three hundred years, they say."


def test_headings_part_the_text_into_items():
    pdf = Pdf()
    page = pdf.page()
    page.text(LEFT, 60, "All about mills", 22, bold=True)
    top = 90
    for heading in ("1 Wheels", "2 Stones"):
        top = page.paragraph(LEFT, top, 475, heading, 14, bold=True)
        top = page.paragraph(LEFT, top + 4, 475, f"Of {heading[2:].lower()}. {LOREM}") + 18
    top = page.paragraph(LEFT, top, 475, "2.1 Of granite", 10, bold=True)
    page.paragraph(LEFT, top + 4, 475, LOREM)
    items = read(pdf).items

    assert [(item.heading, item.level) for item in items] == [
        ("All about mills", 1),
        ("1 Wheels", 2),
        ("2 Stones", 2),
        ("2.1 Of granite", 3),
    ]
    assert items[1].text.startswith("Of wheels.")


# --- what it says of itself -------------------------------------------------------------------------------


def test_title_author_date_and_language_are_what_the_file_says():
    pdf = Pdf(Title="Mills of the north", Author="Ann Lee", CreationDate="D:20210304120000Z")
    pdf.catalog = "/Lang (en-GB)"
    pdf.page().paragraph(LEFT, 60, 475, LOREM)
    said = read(pdf).metadata

    assert (said.title, said.author, said.date, said.language) == (
        "Mills of the north",
        "Ann Lee",
        "2021-03-04",
        "en-gb",
    )


@pytest.mark.parametrize(
    "title", ["Microsoft Word - mills_final.docx", "untitled", "paper.dvi", "about:blank", " "]
)
def test_a_title_that_says_nothing_gives_way_to_the_largest_words(title):
    pdf = Pdf(Title=title)
    page = pdf.page()
    page.text(LEFT, 50, "Newsletter", 9)
    page.text(LEFT, 80, "How mills were made", 24)
    page.paragraph(LEFT, 110, 475, LOREM)

    assert read(pdf).metadata.title == "How mills were made"


def test_reading_twice_gives_the_same():
    assert read(two_columns()) == read(two_columns())


# --- what cannot be read ----------------------------------------------------------------------------------


def problem(tmp_path, data):
    (tmp_path / "paper.pdf").write_bytes(data)
    [found] = read_issues(open_archive(tmp_path))
    assert isinstance(found, LedgerEntry)
    return found.reason


def test_an_encrypted_file_is_told(tmp_path):
    pdf = Pdf()
    pdf.page().text(LEFT, 60, "secret")
    pdf.trailer = (
        f"/Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <{'ab' * 32}> /U <{'cd' * 32}> >> /ID [<00> <00>]"
    )

    assert problem(tmp_path, pdf.bytes()) == ENCRYPTED


@pytest.mark.parametrize(
    "data", [b"", b"%PDF-1.7", b"no PDF at all", b"\x89PNG\r\n\x1a\n" * 99, b"%PDF-1.4\n" + b"\0" * 9999]
)
def test_a_broken_file_is_told(tmp_path, data):
    assert problem(tmp_path, data) == BROKEN


def test_a_file_that_is_cut_off_is_read_as_far_as_it_goes_or_told(tmp_path):
    whole = two_columns().bytes()
    for share in (0.3, 0.6, 0.9):
        (tmp_path / "paper.pdf").write_bytes(whole[: int(len(whole) * share)])
        [found] = read_issues(open_archive(tmp_path))
        assert isinstance(found, Issue | LedgerEntry)


def test_too_many_pages_are_told(tmp_path):
    pdf = Pdf()
    for _ in range(2001):
        pdf.page((100, 100))

    assert "2,001 pages" in problem(tmp_path, pdf.bytes())


def test_a_page_that_is_damaged_spoils_no_other():
    pdf = Pdf()
    for words in ("First of three.", "Second of three.", "Third of three."):
        pdf.page().text(LEFT, 60, words)
    data = pdf.bytes().replace(b"/Type /Page /Parent", b"/Type /Pxge /Parxnt", 1)
    text = texts(parse_issue(PDF.convert(data, "a.pdf"), "a.pdf", AddressResolver(["a.pdf"])))

    assert "Second of three." in text
    assert "Third of three." in text


def test_a_page_as_large_as_a_field_is_drawn_small():
    pdf = Pdf()
    page = pdf.page((14000, 14000))
    page.rectangle(10, 10, 13000, 12000, fill="0.2 0.4 0.9")
    [figure] = read(pdf).figures

    assert max(seen(figure).size) <= 6000


def test_a_picture_that_would_unpack_to_gigabytes_costs_its_own_process_only():
    pdf = Pdf()
    page = pdf.page()
    page.text(LEFT, 60, "The mill stands on the bank of the river.")
    page.picture(100, 100, 240, 180, photo())
    data = pdf.bytes().replace(b"/Width 320 /Height 240", b"/Width 90000 /Height 90000")
    tracemalloc.start()
    converted = PDF.convert(data, "a.pdf")
    for picture in converted.parts.values():
        try:
            picture()
        except ArchiveError as told:
            assert "cannot be drawn" in str(told)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert "The mill stands" in converted.html
    assert peak < 64 * 1024 * 1024


@pytest.fixture
def worker_that(monkeypatch, tmp_path):
    """A worker that does something else."""

    def does(lines):
        (tmp_path / "other_worker.py").write_text(lines, encoding="utf-8")
        monkeypatch.syspath_prepend(tmp_path)
        monkeypatch.setattr(reader, "_WORKER", "other_worker")

    return does


DIES = "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"


def test_a_file_that_kills_its_reader_is_a_problem(tmp_path, worker_that):
    worker_that(DIES)

    assert problem(tmp_path, b"%PDF-1.7") == reader.LIMIT_EXCEEDED


def test_a_picture_that_kills_its_drawer_spoils_no_other(worker_that):
    worker_that(
        "import sys, json, base64, os, signal\n"
        "for one in json.loads(sys.argv[1]):\n"
        "    if one == 2: os.kill(os.getpid(), signal.SIGKILL)\n"
        "    print(base64.b64encode(b'picture %d' % one).decode(), flush=True)"
    )
    pictures = reader.PictureRenderer(b"", {"a": 1, "b": 2, "c": 3})

    assert pictures.read("a") == b"picture 1"
    with pytest.raises(ArchiveError, match="b cannot be drawn"):
        pictures.read("b")
    assert pictures.read("c") == b"picture 3"
    assert pictures.read("a") == b"picture 1"


def test_a_file_that_always_kills_its_drawer_is_not_tried_for_ever(worker_that, tmp_path):
    tries = tmp_path / "tries"
    worker_that(f"open({str(tries)!r}, 'a').write('x')\n{DIES}")
    pictures = reader.PictureRenderer(b"", {str(number): {} for number in range(100)})
    for name in map(str, range(100)):
        with pytest.raises(ArchiveError):
            pictures.read(name)

    assert len(tries.read_text()) == reader.MAX_FAILURES


def test_the_process_that_reads_may_not_take_more_than_its_memory(worker_that, tmp_path):
    pytest.importorskip("resource")
    worker_that(
        "from explorer.archive.convert.pdf import limits\n"
        "limits.limit_process()\n"
        f"data = bytearray({limits.MAX_MEMORY_BYTES})\n"
        "print('{}')"
    )

    assert problem(tmp_path, b"%PDF-1.7") == reader.LIMIT_EXCEEDED


WHOLE = two_columns().bytes()


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    data=st.binary(max_size=200)
    | st.lists(
        st.tuples(st.integers(0, len(WHOLE) - 1), st.binary(min_size=1, max_size=8)), min_size=1, max_size=12
    ).map(lambda changes: changed(WHOLE, changes))
)
def test_any_bytes_are_an_issue_or_a_problem(data):
    try:
        converted = PDF.convert(data, "paper.pdf")
    except ArchiveError as told:
        assert str(told)
        return
    for picture in converted.parts.values():
        try:
            assert picture().startswith((b"\x89PNG", b"\xff\xd8"))
        except ArchiveError as told:
            assert "cannot be drawn" in str(told)


def changed(data, changes):
    for place, piece in changes:
        data = data[:place] + piece + data[place + len(piece) :]
    return data
