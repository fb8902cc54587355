"""Web archives: the pages that a crawler got, the pictures on them, and what is damaged."""

import gzip
import io
import tracemalloc
import zipfile
import zlib

import pytest
from archive_builders import issues_in, opened
from hypothesis import given, settings
from hypothesis import strategies as st
from letter_builders import png
from web_archive_builders import answer, squeezed, wacz, warc

from explorer.archive.convert.web_archive.content_encodings import decode_content_encoding
from explorer.archive.convert.web_archive.web_archives import WARC
from explorer.archive.model import Issue, LedgerEntry, Status
from explorer.archive.reader import read_issues
from explorer.errors import ArchiveError

PAGE = "https://x.org/posts/mill"


def page(body, head=""):
    return answer(
        PAGE,
        f"<!doctype html><html lang=en><head><title>The mill</title>{head}</head><body>{body}</body></html>",
    )


def picture(address, data=None):
    return answer(address, data or png(), "image/png")


def test_a_page_of_a_web_archive_is_an_issue_that_knows_its_address(written):
    [read] = issues_in(written(warc(page("<p>We went.</p>"))))

    assert read.document == "web.warc.gz/x.org/posts/mill.html"
    assert read.metadata.title == "The mill"
    assert read.metadata.address == PAGE
    assert read.metadata.language == "en"


def test_the_date_of_a_page_is_its_own_or_the_day_on_which_it_was_got(written):
    dated = page("<p>We went.", '<meta name="date" content="2023-01-02">')

    assert [it.metadata.date for it in issues_in(written(warc(dated)))] == ["2023-01-02"]
    assert [it.metadata.date for it in issues_in(written(warc(page("<p>We went."))))] == ["2024-03-09"]


ADDRESSES = {
    "relative": ("wheel.png", "https://x.org/posts/wheel.png"),
    "from the root": ("/img/wheel.png", "https://x.org/img/wheel.png"),
    "absolute": ("https://x.org/img/wheel.png", "https://x.org/img/wheel.png"),
    "of another host": ("https://cdn.y.net/a/wheel.png", "https://cdn.y.net/a/wheel.png"),
    "without a scheme": ("//cdn.y.net/a/wheel.png", "https://cdn.y.net/a/wheel.png"),
    "in the clear": ("http://x.org/img/wheel.png", "https://x.org/img/wheel.png"),
    "without a suffix": ("/media/17", "https://x.org/media/17"),
    "with a query": ("/img?id=2&amp;w=600", "https://x.org/img?id=2&w=600"),
    "with a query and a suffix": ("wheel.png?w=600", "https://x.org/posts/wheel.png?w=600"),
    "with an address in it": ("https://cdn.y.net/f/https%3A%2F%2Fx.org%2Fa.png", "https://cdn.y.net/f/https%3A%2F%2Fx.org%2Fa.png"),
    "escaped": ("/img/m%C3%BChle%20(1).png", "https://x.org/img/mühle%20(1).png"),
    "long": ("/img/" + "a" * 300 + ".png", "https://x.org/img/" + "a" * 300 + ".png"),
    "a port": ("https://x.org:8080/wheel.png", "https://x.org:8080/wheel.png"),
}  # fmt: skip


@pytest.mark.parametrize(("shown", "got"), ADDRESSES.values(), ids=ADDRESSES.keys())
def test_a_picture_that_was_got_is_found_however_the_page_writes_its_address(written, shown, got):
    html = f'<figure><img src="{shown}"><figcaption>The wheel.</figcaption></figure>'
    folder = written(warc(page(html), picture(got)))
    with opened(folder) as archive:
        [read] = read_issues(archive)
        [figure] = read.figures

        assert figure.caption == "The wheel."
        assert [archive.read(path) for path in figure.candidates] == [png()]
        assert set(archive.paths()) == {read.document, *figure.candidates}


def test_pictures_that_differ_in_their_query_are_told_apart(written):
    html = '<p><img src="/i?id=1"></p><p>We went to the mill.</p><p><img src="/i?id=2"></p>'
    folder = written(
        warc(page(html), picture("https://x.org/i?id=1", b"one"), picture("https://x.org/i?id=2", b"two"))
    )
    with opened(folder) as archive:
        [read] = read_issues(archive)

        assert [archive.read(figure.image) for figure in read.figures] == [b"one", b"two"]


def test_a_picture_that_was_not_got_stays_remote(written):
    [read] = issues_in(written(warc(page('<img src="https://cdn.y.net/a.png">'))))

    assert [(it.image, it.status) for it in read.figures] == [("https://cdn.y.net/a.png", Status.REMOTE)]


def test_answers_that_are_no_page_are_left_out(written):
    folder = written(
        warc(
            page("<p>We went.</p>"),
            answer("https://x.org/gone", "<p>Gone.", status="404 Not Found"),
            answer("https://x.org/style.css", "p {}", "text/css"),
            answer("https://x.org/again", "", kind="revisit"),
        )
    )
    with opened(folder) as archive:
        assert archive.paths() == ["web.warc.gz/x.org/posts/mill.html"]


def test_a_picture_that_was_got_again_from_another_address_is_found_there(written):
    elsewhere = "https://cdn.org/mill.png"
    html = f'<figure><img src="{elsewhere}"><figcaption>The mill</figcaption></figure>'
    again = answer(elsewhere, png(), "image/png", kind="revisit")
    page_again = answer(f"{PAGE}/again", html, kind="revisit")
    with opened(
        written(warc(picture("https://x.org/mill.png"), answer(PAGE, html), again, page_again))
    ) as archive:
        [read] = read_issues(archive)
        [figure] = read.figures

        assert [archive.read(path) for path in figure.candidates] == [png()]


def test_the_last_good_answer_counts(written):
    [read] = issues_in(
        written(warc(page("<p>Old."), page("<p>New."), answer(PAGE, "<p>Down.", status="500 Oh no")))
    )

    assert [item.text for item in read.items] == ["New."]


def test_addresses_that_are_written_alike_are_two_pages(written):
    folder = written(warc(answer("https://x.org/a", "<p>One."), answer("https://x.org/a.html", "<p>Two.")))

    assert [read.items[0].text for read in issues_in(folder)] == ["One.", "Two."]


def test_pages_are_unpacked_as_a_browser_would(written):
    html = "<p>Die Mühle.</p>".encode()
    chunked = (
        b"7\r\n" + html[:7] + b"\r\n" + f"{len(html) - 7:x}".encode() + b"\r\n" + html[7:] + b"\r\n0\r\n\r\n"
    )
    folder = written(
        warc(
            answer("https://x.org/1", gzip.compress(html), Content_Encoding="gzip"),
            answer("https://x.org/2", chunked, Transfer_Encoding="chunked"),
            answer("https://x.org/3", "<p>Die Mühle.</p>".encode("latin-1"), "text/html; charset=ISO-8859-1"),
            answer("https://x.org/4", zlib.compress(html), Content_Encoding="deflate"),
            answer("https://x.org/5", zlib.compress(html, wbits=-15), Content_Encoding="deflate"),
        )
    )

    assert [read.items[0].text for read in issues_in(folder)] == ["Die Mühle."] * 5


PACKINGS = [("br",), ("zstd",), ("gzip",), ("gzip", "br"), ("zstd", "gzip", "br")]


@pytest.mark.parametrize("packings", PACKINGS, ids=", ".join)
@pytest.mark.parametrize("size", [1, 100_000])
def test_pages_and_pictures_are_read_however_their_server_packed_them(written, packings, size):
    words, said = "Die Mühle. " * size, ", ".join(packings)
    html = squeezed(f'<p>{words}</p><img src="/a.png" alt="A wheel">', *packings)
    folder = written(
        warc(
            answer(PAGE, html, Content_Encoding=said),
            answer("https://x.org/a.png", squeezed(png(), *packings), "image/png", Content_Encoding=said),
        )
    )
    with opened(folder) as archive:
        [read] = read_issues(archive)

        assert read.items[0].text == words.strip()
        assert archive.read(read.figures[0].image) == png()


@pytest.mark.parametrize("packing", ["br", "zstd", "gzip", "deflate", "compress", "UTF-8", "none"])
@pytest.mark.parametrize("before", ["", "\ufeff", "\n\n ", "\r\n"])
def test_what_the_crawler_unpacked_is_read_though_the_header_is_left(written, packing, before):
    html = f'{before}<p>We went.</p><img src="/a.png" alt="A wheel">'
    folder = written(
        warc(
            answer(PAGE, html, Content_Encoding=packing),
            answer("https://x.org/a.png", png(), "image/png", Content_Encoding=packing),
        )
    )
    with opened(folder) as archive:
        [read] = read_issues(archive)

        assert read.items[0].text == "We went."
        assert archive.read(read.figures[0].image) == png()


WHOLE_PAGE = "<p>We went to the mill, and to the sea.</p>" * 9
UNREADABLE = {
    "br that is none": (b"\x0b\x02", "br", "compressed with br, and damaged"),
    "br that breaks off": (squeezed(WHOLE_PAGE, "br")[:-2], "br", "compressed with br, and damaged"),
    "zstd that breaks off": (squeezed(WHOLE_PAGE, "zstd")[:-2], "zstd", "compressed with zstd, and damaged"),
    "zstd with a dictionary": (b"\x28\xb5\x2f\xfd\x21\x07\x05\0\0\0hello", "zstd", "compressed with zstd"),
    "a way that nobody reads": (b"\x1f\x9d\x90\x3c\xe0\0\x80", "compress", "with compress, which is not supported"),
    "packed over and over": (b"<p>x", "gzip, " * 9, "9 times, which is not supported"),
}  # fmt: skip


@pytest.mark.parametrize(("content", "packing", "reason"), UNREADABLE.values(), ids=UNREADABLE.keys())
def test_an_answer_that_cannot_be_unpacked_is_told_and_costs_no_other(written, content, packing, reason):
    folder = written(
        warc(
            answer("https://x.org/1", content, Content_Encoding=packing),
            answer("https://x.org/a.png", content, "image/png", Content_Encoding=packing),
            page('<p>We went.</p><img src="/a.png" alt="A wheel">'),
        )
    )
    with opened(folder) as archive:
        told, read = read_issues(archive)

        assert reason in told.reason
        assert isinstance(read, Issue)
        with pytest.raises(ArchiveError, match=reason):
            archive.read(read.figures[0].image)


@pytest.mark.parametrize("name", ["web.warc", "web.warc.gz"])
def test_a_web_archive_that_was_named_is_read_and_its_pictures_are_no_issues(written, name):
    data = warc(page('<img src="/a.png">'), picture("https://x.org/a.png"), packed=name.endswith("gz"))
    [read] = issues_in(written(data, name) / name)

    assert read.figures[0].candidates == (f"{name}/x.org/a.png",)


def test_the_files_of_a_wacz_are_one_archive(written):
    folder = written(wacz(warc(page('<img src="/a.png">')), warc(picture("https://x.org/a.png"))), "web.wacz")
    with opened(folder) as archive:
        [read] = read_issues(archive)

        assert read.document == "web.wacz/x.org/posts/mill.html"
        assert archive.read(read.figures[0].image) == png()


def test_a_wacz_that_cannot_be_read_is_told(written):
    written(wacz(warc(page("<p>x")), compression=zipfile.ZIP_DEFLATED), "packed.wacz")
    with opened(written(b"PK\x03\x04 no zip", "broken.wacz")) as archive:
        assert archive.paths() == []
        assert "not a readable zip" in archive.refused["broken.wacz"]
        assert "compressed" in archive.refused["packed.wacz"]


def test_a_web_archive_that_is_packed_by_zstd_is_told(written):
    packed = squeezed(warc(page("<p>x"), packed=False), "zstd")
    written(wacz(packed, suffix=".warc.zst"), "web.wacz")
    folder = written(packed, "web.warc.zst")

    with opened(folder) as archive:
        assert issues_in(folder / "web.warc.zst") == list(read_issues(archive)) == []
        assert "is packed. Unpack it" in archive.skipped["web.warc.zst"]
        assert "data-0.warc.zst compressed with zstd" in archive.refused["web.wacz"]


# --- damage -------------------------------------------------------------------------------------------

WHOLE = warc(
    page("<p>We went.</p>"), *(picture(f"https://x.org/{n}.png", bytes(range(256)) * 40) for n in range(9))
)


def test_a_web_archive_that_breaks_off_is_read_up_to_there_and_told(written):
    told, read = issues_in(written(WHOLE[: len(WHOLE) * 2 // 3]))

    assert isinstance(read, Issue)
    assert isinstance(told, LedgerEntry)
    assert "is damaged after record" in told.reason


BROKEN = {
    "packed in one piece": (gzip.compress(warc(page("<p>x"), page("<p>y"), packed=False)), "gunzip"),
    "no web archive": (b"<html>", "is damaged after record"),
    "a head without an end": (b"WARC/1.0\r\n" + b"A: b\r\n" * 400_000, "no end"),
    "a line without an end": (b"WARC/1.0\r\n" + b"x" * 5_000_000, "no end"),
}


@pytest.mark.parametrize(("data", "reason"), BROKEN.values(), ids=BROKEN.keys())
def test_what_is_no_web_archive_is_told(written, data, reason):
    with opened(written(data)) as archive:
        read = list(read_issues(archive))
        told = [*archive.refused.values(), *(it.reason for it in read if isinstance(it, LedgerEntry))]

    assert any(reason in it for it in told)


def test_nothing_is_written_to_the_terminal(written, capsys):
    issues_in(written(WHOLE[:900] + b"junk" + WHOLE[940:]))
    issues_in(
        written(
            warc(page("<p>x"), packed=False).replace(b"Content-Length: ", b"Content-Length: 1", 1), "b.warc"
        )
    )

    assert capsys.readouterr() == ("", "")


def test_an_absurd_record_is_told_without_being_held_in_memory(written, monkeypatch):
    monkeypatch.setattr("explorer.archive.convert.web_archive.warc_records.ALWAYS_ALLOWED_BYTES", 30_000_000)
    data = warc(page("<p>x"), answer("https://x.org/zeros", b"\0" * 100_000_000, "image/png"))
    tracemalloc.start()
    members = WARC.unpack(io.BytesIO(data), "web.warc.gz")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert len(members) == 2
    assert peak < 90_000_000


@pytest.mark.parametrize("packings", PACKINGS, ids=", ".join)
def test_a_page_that_grows_absurdly_is_told_without_being_held_in_memory(written, packings):
    bomb = squeezed(b"<p>" + b" " * 80_000_000, *packings)
    data = warc(answer("https://x.org/1", bomb, Content_Encoding=", ".join(packings)))
    tracemalloc.start()
    [told] = issues_in(written(data))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert "more than the" in told.reason
    assert peak < 80_000_000


@settings(max_examples=100, deadline=None)
@given(
    packing=st.sampled_from(["br", "zstd", "gzip", "deflate", "br, zstd", "x"]),
    whole=st.sampled_from([squeezed(WHOLE_PAGE, it) for it in ("br", "zstd", "gzip")] + [b""]),
    at=st.floats(0, 1),
    put=st.binary(max_size=30),
)
def test_a_damaged_answer_is_read_or_told(packing, whole, at, put):
    place = int(at * len(whole))
    try:
        data = decode_content_encoding(whole[:place] + put + whole[place + len(put) :], packing, 1000)
    except ArchiveError:
        return

    assert len(data) <= 1000


@settings(max_examples=150, deadline=None)
@given(
    whole=st.sampled_from([WHOLE, warc(page("<p>x"), picture("https://x.org/a.png"), packed=False)]),
    start=st.floats(0, 1),
    length=st.integers(0, 60),
    put=st.binary(max_size=20)
    | st.sampled_from([b"\r\n\r\n", b"WARC/1.0\r\n", b"Content-Length: 99999999999\r\n", b"\x1f\x8b\x08"]),
)  # fmt: skip
def test_a_damaged_web_archive_is_read_as_far_as_it_can_be(tmp_path_factory, whole, start, length, put):
    folder = tmp_path_factory.mktemp("web")
    at = int(start * len(whole))
    (folder / "web.warc").write_bytes(whole[:at] + put + whole[at + length :])
    with opened(folder) as archive:
        for read in read_issues(archive):
            assert isinstance(read, Issue | LedgerEntry)


def html(body):
    return f"<html><head><title>The mill</title></head><body>{body}</body></html>"


def read_of(written, data):
    return issues_in(written(data))


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See", "307 Temporary", "308 Permanent"])
@pytest.mark.parametrize(
    "location", ["https://cdn.example/wheel.png", "//cdn.example/wheel.png", "../wheel-2.png"]
)
def test_a_picture_behind_redirects_is_found(written, status, location):
    there = (
        "https://mills.example/wheel-2.png" if location.startswith("..") else "https://cdn.example/wheel.png"
    )
    [issue] = read_of(
        written,
        warc(
            answer("https://mills.example/a/go", "", status=status, Location=location),
            answer("https://mills.example/first", "", status=status, Location="/a/go"),
            answer("https://mills.example/1", html('<img src="/first" alt="A wheel">')),
            answer(there, png(), type="image/png"),
        ),
    )
    assert [one.status for one in issue.figures] == [Status.KEPT]


def test_redirects_in_a_circle_end(written):
    [issue] = read_of(
        written,
        warc(
            answer("https://x.example/a", "", status="302 Found", Location="/b"),
            answer("https://x.example/b", "", status="302 Found", Location="/a"),
            answer("https://x.example/1", html('<img src="/a" alt="A wheel">')),
        ),
    )
    assert [one.status for one in issue.figures] == [Status.MISSING]


@pytest.mark.parametrize(
    "kind",
    [
        "text/html",
        "text/plain",
        "application/octet-stream",
        "binary/octet-stream",
        "",
        "image/jpeg",
        "image/*",
    ],
)
@pytest.mark.parametrize("address", ["https://cdn.example/blob/77", "https://cdn.example/wheel.png"])
def test_a_picture_is_known_by_its_content_whatever_its_type(written, kind, address):
    [issue] = read_of(
        written,
        warc(
            answer("https://mills.example/1", html(f'<img src="{address}" alt="A wheel">')),
            answer(address, png(), type=kind),
        ),
    )
    assert [one.status for one in issue.figures] == [Status.KEPT]


def test_a_page_is_known_by_its_content(written):
    read = read_of(
        written,
        warc(
            answer(
                "https://mills.example/1", f"<!doctype html>{html('<p>By the river.</p>')}", type="text/plain"
            ),
            answer("https://mills.example/gone.png", html("<p>Not found.</p>"), type="image/png"),
            answer("https://mills.example/2", b"\x00\x01binary", type="text/html"),
        ),
    )
    assert [issue.metadata.address for issue in read] == ["https://mills.example/1"]


def test_what_pages_show_in_frames_is_no_issue(written):
    read = read_of(
        written,
        warc(
            answer(
                "https://mills.example/1",
                html('<p>By the river.</p><iframe src="/map.html"></iframe><a href="/both.html">x</a>'
                     '<iframe src="/both.html"></iframe>'),
            ),
            answer("https://mills.example/map.html", html("<p>A map.</p>")),
            answer("https://mills.example/both.html", html("<p>A page of its own.</p>")),
            answer("https://video.example/embed/xyz", html("<p>A player.</p>")),
        )
    )  # fmt: skip
    assert sorted(issue.metadata.address for issue in read) == [
        "https://mills.example/1",
        "https://mills.example/both.html",
    ]
