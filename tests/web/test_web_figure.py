from __future__ import annotations

import pytest
from page_reading import HOSTILE_CAPTION, html_of, sentences
from PIL import Image, ImageDraw

from explorer.catalog.records import TextLine
from explorer.catalog.store import Catalog
from explorer.errors import IndexMissingError
from explorer.library.library import Library


@pytest.fixture
def trap(library):
    return next(figure for figure in library.browse.figures() if "trap.png" in (figure.image or ""))


def test_everything_that_is_known_is_shown(open_page, night):
    app = open_page("figure", id=night.id)
    assert not app.exception
    shown = html_of(app)
    for known in (night.caption, night.credit, night.issue_title, night.date, night.document, night.heading):
        assert known in shown
    assert night.after in shown
    assert "1,120 × 480 px, JPEG" in shown


def test_the_original_can_be_downloaded(open_page, night):
    button = open_page("figure", id=night.id).get("download_button")[0]
    assert "Download the original (JPEG" in button.proto.label
    assert not button.proto.disabled


def test_similar_figures_are_shown(open_page, night):
    shown = html_of(open_page("figure", id=night.id))
    assert "Similar figures" in shown
    assert f"similar?figure={night.id}" in shown


def test_what_similar_figures_need_may_be_missing(open_page, night, monkeypatch):
    def search(*args, **kwargs):
        raise IndexMissingError("Nothing to search yet.")

    monkeypatch.setattr(Library, "search", search)
    app = open_page("figure", id=night.id)
    assert night.caption in html_of(app)
    assert sentences(app) == ["Nothing to search yet."]


def test_a_figure_without_picture_says_so(open_page, library):
    lost = library.browse.figures(limit=-1, order="caption")
    lost = next(figure for figure in lost if figure.label == "Lost plate 3")
    shown = html_of(open_page("figure", id=lost.id))
    assert "The picture is not in the archive" in shown


def test_the_way_back_leads_where_the_visitor_came_from(open_page, night):
    shown = html_of(open_page("figure", id=night.id, back="search?q=a+city&page=2"))
    assert 'href="./?q=a+city&amp;page=2"' in shown


def test_a_way_back_to_somewhere_else_is_not_taken(open_page, night):
    shown = html_of(open_page("figure", id=night.id, back="https://evil.example/?q=1"))
    assert "evil" not in shown
    assert 'href="captions"' in shown


@pytest.mark.parametrize("params", [{}, {"id": "no-such-figure"}], ids=["no id", "unknown id"])
def test_no_figure_is_told(open_page, params):
    app = open_page("figure", **params)
    assert not app.exception
    assert len(app.info) + len(app.error) == 1


def test_a_hostile_caption_is_text(open_page, trap):
    assert trap.caption == HOSTILE_CAPTION
    shown = html_of(open_page("figure", id=trap.id))
    assert "<script>" not in shown
    assert "<b>Trap" not in shown
    assert "onerror=alert(3)>" not in shown
    assert (
        "&lt;script&gt;alert(1)&lt;/script&gt; **bold** [x](javascript:alert(2)) $x^2$ :red[hot] `code`"
        in shown
    )


@pytest.mark.parametrize(
    ("page", "params"),
    [("search", {}), ("search", {"q": "bold trap"}), ("captions", {}), ("similar", {})],
)
def test_a_hostile_caption_is_text_in_every_list(open_page, page, params):
    app = open_page(page, **params)
    shown = html_of(app)
    assert "<script>alert" not in shown
    assert "onerror=alert(3)>" not in shown
    assert not app.exception


@pytest.fixture
def read(library_folder, night):
    """The night's picture has two lines, one of them by somebody who means harm."""
    lines = (
        TextLine("City lights over <i>Lyon</i>", 0.97, (0.1, 0.2, 0.5, 0.3)),
        TextLine('"><img src=x onerror=alert(4)> harbour', 0.9, (0.25, 0.5, 0.75, 0.6)),
    )
    catalog = Catalog(library_folder / "catalog.sqlite")
    catalog.pictures.save_text(night.sha256, "by hand", lines)
    yield night
    catalog.pictures.save_text(night.sha256, "by hand", ())
    catalog.close()


def test_the_text_in_the_picture_is_shown(open_page, read):
    shown = html_of(open_page("figure", id=read.id))
    assert "Text in the picture" in shown
    assert "City lights over &lt;i&gt;Lyon&lt;/i&gt;<br>" in shown
    assert 'class="ax-read"' not in shown


def test_where_the_words_asked_for_stand_in_the_picture_is_marked(open_page, read):
    shown = html_of(open_page("figure", id=read.id, back="search?q=a+light+by+the+harbours&page=2"))
    assert "left:10.00%;top:20.00%;width:40.00%;height:10.00%" in shown
    assert "left:25.00%;top:50.00%;width:50.00%;height:10.00%" in shown
    assert "City <mark>lights</mark> over" in shown
    assert "onerror=alert(4)>" not in shown
    assert shown.count('class="ax-read"') == 2


def test_a_line_that_holds_none_of_the_words_is_not_marked(open_page, read):
    shown = html_of(open_page("figure", id=read.id, back="search?q=harbour"))
    assert shown.count('class="ax-read"') == 1


@pytest.fixture
def copies(tmp_path):
    """A library whose second issue shows the picture of its first one smaller."""
    picture = Image.linear_gradient("L").resize((400, 300)).convert("RGB")
    ImageDraw.Draw(picture).ellipse((60, 40, 200, 220), "teal", "black", 5)
    for name, size in (("one", (400, 300)), ("two", (200, 150))):
        (tmp_path / "archive").mkdir(exist_ok=True)
        picture.resize(size).save(tmp_path / "archive" / f"{name}.png")
        (tmp_path / "archive" / f"{name}.md").write_text(
            f"# The issue <i>{name}</i> & more\n\n![A teal disc]({name}.png)\n"
        )
    with Library.create(tmp_path / "library") as made:
        made.archives.ingest([tmp_path / "archive"], encoder="lite")
        yield made


def test_a_copy_of_the_picture_is_shown_as_the_same_picture_elsewhere(open_page, copies):
    one, other = copies.browse.figures()
    shown = html_of(open_page("figure", library=copies.path, id=one.id))

    assert "The same picture elsewhere" in shown
    assert f"figure?id={other.id}" in shown


def test_a_result_shows_a_picture_and_its_copy_as_one_card(open_page, copies):
    shown = html_of(open_page(library=copies.path, q="a teal disc"))

    assert shown.count("<figcaption") == 1
    assert "also in The issue one" in shown or "also in The issue two" in shown
    assert "<i>" not in shown.split("also in", 1)[1].split("</p>")[0]
