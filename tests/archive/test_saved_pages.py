"""Pages that a browser saved, into one file or with a folder of their pictures beside them."""

import pytest
from archive_builders import issue, issues_in
from hypothesis import given, settings
from hypothesis import strategies as st
from letter_builders import png
from web_archive_builders import mhtml

from explorer.archive.model import Issue, LedgerEntry, Status

FIGURE = (
    '<!doctype html><title>The mill</title><figure><img src="{}"><figcaption>The wheel.</figcaption></figure>'
)


@pytest.fixture
def saved(tmp_path):
    def write(data, name="mill.mhtml"):
        (tmp_path / name).write_bytes(data)
        return tmp_path

    return write


ADDRESSES = {
    "absolute": ("https://x.org/img/wheel.png", "https://x.org/img/wheel.png"),
    "relative": ("../img/wheel.png", "https://x.org/img/wheel.png"),
    "from the root": ("/img/wheel.png", "https://x.org/img/wheel.png"),
    "of another host": ("//cdn.y.net/wheel.png?w=1", "https://cdn.y.net/wheel.png?w=1"),
    "relative on both sides": ("wheel.png", "wheel.png"),
    "by its id": ("cid:wheel@x", "<wheel@x>"),
    "escaped": ("/m%C3%BChle%201.png", "https://x.org/m%C3%BChle%201.png"),
}


@pytest.mark.parametrize(("shown", "kept"), ADDRESSES.values(), ids=ADDRESSES.keys())
def test_the_pictures_in_a_saved_page_are_found(saved, shown, kept):
    [read] = issues_in(saved(mhtml(FIGURE.format(shown), [(kept, png())])))
    [figure] = read.figures

    assert figure.caption == "The wheel."
    assert figure.image == f"mill.mhtml#{shown}"
    assert figure.data() == png()


def test_a_saved_page_says_its_title_address_and_day(saved):
    said = issues_in(saved(mhtml(FIGURE.format("a.png"))))[0].metadata

    assert (said.title, said.address, said.date) == (
        "The mill",
        "https://x.org/posts/mill.html",
        "2024-03-09",
    )


def test_the_date_in_a_saved_page_comes_before_the_day_on_which_it_was_saved(saved):
    [read] = issues_in(saved(mhtml('<meta name="date" content="2023-01-02"><p>We went.')))

    assert read.metadata.date == "2023-01-02"


def test_a_picture_that_was_not_saved_stays_remote(saved):
    [figure] = issues_in(saved(mhtml(FIGURE.format("https://x.org/a.png"))))[0].figures

    assert (figure.image, figure.status) == ("https://x.org/a.png", Status.REMOTE)


def test_a_saved_page_in_another_charset_is_read(saved):
    [read] = issues_in(saved(mhtml("<p>Мельница на реке</p>", charset="windows-1251"), "mill.mht"))

    assert read.items[0].text == "Мельница на реке"


def test_what_holds_no_page_is_told(saved):
    [problem] = issues_in(saved(b"\x00\x01 nothing"))

    assert "contains no page" in problem.reason


WHOLE = mhtml(FIGURE.format("/a.png"), [("https://x.org/a.png", png(side=2))])


@settings(max_examples=100, deadline=None)
@given(start=st.integers(0, len(WHOLE)), length=st.integers(0, 60), put=st.binary(max_size=20))
def test_a_damaged_saved_page_is_an_issue_or_a_problem(tmp_path_factory, start, length, put):
    folder = tmp_path_factory.mktemp("saved")
    (folder / "mill.mhtml").write_bytes(WHOLE[:start] + put + WHOLE[start + length :])
    [read] = issues_in(folder)

    assert isinstance(read, Issue | LedgerEntry)
    for figure in read.figures if isinstance(read, Issue) else ():
        assert figure.data is None or isinstance(figure.data(), bytes)


# --- with a folder ------------------------------------------------------------------------------------

FOLDERS = {
    "Chrome": ("The mill.html", "The mill_files/wheel.png", "./The%20mill_files/wheel.png"),
    "Firefox": ("The mill.html", "The mill_files/wheel.png", "The%20mill_files/wheel.png"),
    "as it is": ("The mill.html", "The mill_files/wheel.png", "./The mill_files/wheel.png"),
    "quotes": ("Ann's “mill”.html", "Ann's “mill”_files/wheel(1).png", "./Ann's%20%E2%80%9Cmill%E2%80%9D_files/wheel(1).png"),
    "a hash": ("Issue #7.html", "Issue #7_files/wheel.png", "./Issue%20%237_files/wheel.png"),
    "a percent sign": ("100% mill.html", "100% mill_files/wheel.png", "./100%25%20mill_files/wheel.png"),
    "a question mark": ("Mill?.html", "Mill?_files/wheel.png", "./Mill%3F_files/wheel.png"),
    "no suffix": ("Mill.html", "Mill_files/wheel", "./Mill_files/wheel"),
    "a Mac's accents": ("Mu\u0308hle.html", "Mu\u0308hle_files/wheel.png", "./M%C3%BChle_files/wheel.png"),
}  # fmt: skip


@pytest.mark.parametrize(("document", "file", "shown"), FOLDERS.values(), ids=FOLDERS.keys())
def test_the_pictures_in_the_folder_of_a_saved_page_are_found(document, file, shown):
    [figure] = issue(FIGURE.format(shown), document, [file]).figures

    assert figure.candidates == (file,)


@pytest.mark.parametrize(
    "comment",
    [
        "<!-- saved from url=(0029)https://x.org/posts/mill.html -->",
        "<!--\n Page saved with SingleFile \n url: https://x.org/posts/mill.html \n saved date: Sat Mar 09 2024\n-->",
    ],
    ids=["browser", "SingleFile"],
)
def test_a_saved_page_knows_its_address(comment):
    assert (
        issue(f"<!doctype html>\n{comment}\n<p>We went.").metadata.address == "https://x.org/posts/mill.html"
    )


@pytest.mark.parametrize("folder", ["The mill_files", "The mill-Dateien"])
def test_the_frames_of_a_saved_page_are_no_issues(tmp_path, folder):
    (tmp_path / folder).mkdir()
    (tmp_path / folder / "saved_resource.html").write_text("<p>Buy a mill!")
    (tmp_path / "The mill.html").write_text("<p>We went.")
    (tmp_path / "my_files").mkdir()
    (tmp_path / "my_files" / "one.md").write_text("# One")
    read = issues_in(tmp_path)

    assert [it.document for it in read] == ["The mill.html", "my_files/one.md"]


def test_a_mirror_of_a_site_has_the_pictures_of_other_hosts_beside_it():
    page = '<link rel="canonical" href="https://x.org/posts/mill.html">' + FIGURE.format(
        "https://cdn.y.net/i/wheel.png"
    )
    files = ["mirror/cdn.y.net/i/wheel.png", "mirror/x.org/i/wheel.png"]

    assert issue(page, "mirror/x.org/posts/mill.html", files).figures[0].candidates == (files[0],)
