"""What a crawl holds is known by its bytes and reached through redirects; what other pages frame is no issue."""

import gzip
import json
import zlib

import pytest
from archive_builders import issues_in, opened
from letter_builders import png
from web_archive_builders import answer, asked, squeezed, wacz, warc

from explorer.archive.model import Issue
from explorer.archive.reader import read_issues

PAGE = "https://x.org/posts/mill"
SVG = '<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" width="90" height="90"><path d="M0 0h9v9"/></svg>'


def page(body, address=PAGE):
    return answer(
        address, f"<!doctype html><html><head><title>The mill</title></head><body>{body}</body></html>"
    )


def figure(address):
    return f'<p>We went.</p><figure><img src="{address}"><figcaption>The wheel.</figcaption></figure>'


def picture(address):
    return answer(address, png(), "image/png")


def moved(address, to, status="302 Found", **more):
    return answer(address, "<p>Moved.</p>", status=status, Location=to, **more)


def picture_shown(folder):
    """The bytes of the one picture that the one issue shows; its address where the archive has none."""
    with opened(folder) as archive:
        [read] = read_issues(archive)
        [shown] = read.figures
        assert shown.caption == "The wheel."
        return archive.read(shown.candidates[0]) if shown.candidates else shown.image


# --- redirects ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 Other", "307 For now", "308 For ever"])
def test_a_picture_is_found_behind_a_redirect(written, status):
    answers = [
        page(figure("/go/7")),
        moved("https://x.org/go/7", "https://cdn.y.net/a.png", status),
        picture("https://cdn.y.net/a.png"),
    ]

    assert picture_shown(written(warc(*answers))) == png()
    assert picture_shown(written(warc(*reversed(answers)))) == png()


LEADING = {
    "from the root": "/media/a.png",
    "relative": "../media/a.png",
    "without a scheme": "//x.org/media/a.png",
    "to the clear": "http://x.org/media/a.png",
    "with a fragment": "https://x.org/media/a.png#whole",
    "with blanks around": "  /media/a.png ",
    "escaped": "/media/%61.png",
    "in capitals": "HTTPS://X.org/media/a.png",
}


@pytest.mark.parametrize("to", LEADING.values(), ids=LEADING.keys())
def test_a_redirect_leads_where_a_browser_would_go(written, to):
    data = warc(page(figure("/go/7")), moved("https://x.org/go/7", to), picture("https://x.org/media/a.png"))

    assert picture_shown(written(data)) == png()


def test_redirects_are_followed_one_after_the_other(written):
    chain = [moved(f"https://x.org/go/{n}", f"/go/{n + 1}") for n in range(6)]
    data = warc(page(figure("/go/0")), *chain, picture("https://x.org/go/6"))

    assert picture_shown(written(data)) == png()


LOOPS = {
    "to itself": [moved("https://x.org/go/0", "/go/0")],
    "in a circle": [moved("https://x.org/go/0", "/go/1"), moved("https://x.org/go/1", "/go/0")],
    "without an end": [moved(f"https://x.org/go/{n}", f"/go/{n + 1}") for n in range(3000)],
    "nowhere": [moved("https://x.org/go/0", "/gone.png")],
    "to no address": [moved("https://x.org/go/0", "http://[::1/a.png")],
    "to a file": [moved("https://x.org/go/0", "file:///etc/passwd")],
}


@pytest.mark.parametrize("moves", LOOPS.values(), ids=LOOPS.keys())
def test_a_redirect_that_leads_to_no_picture_leaves_it_missing(written, moves):
    assert picture_shown(written(warc(page(figure("/go/0")), *moves))) == "go/0"


def test_of_several_redirects_of_an_address_the_one_that_leads_to_a_picture_counts(written):
    """Signed addresses change with every crawl, and a sign-in answers in between."""
    data = warc(
        page(figure("/go/7")),
        moved("https://x.org/go/7", "https://cdn.y.net/a.png?sig=1"),
        picture("https://cdn.y.net/a.png?sig=1"),
        moved("https://x.org/go/7", "/sign-in"),
    )

    assert picture_shown(written(data)) == png()


def test_a_redirect_from_http_to_https_is_no_circle(written):
    data = warc(
        page(figure("http://cdn.y.net/a")),
        moved("http://cdn.y.net/a", "https://cdn.y.net/a", "301 Moved"),
        moved("https://cdn.y.net/a", "https://z.net/b"),
        picture("https://z.net/b"),
    )

    assert picture_shown(written(data)) == png()


def test_a_redirect_that_was_met_again_still_leads_on(written):
    again = moved("https://x.org/go/7", "https://cdn.y.net/a.png", kind="revisit")
    data = warc(page(figure("/go/7")), again, picture("https://cdn.y.net/a.png"))

    assert picture_shown(written(data)) == png()


def test_a_page_behind_a_redirect_is_one_issue(written):
    data = warc(moved("https://x.org/old", PAGE), page("<p>We went."))

    assert [read.document for read in issues_in(written(data))] == ["web.warc.gz/x.org/posts/mill.html"]


def test_redirects_lead_from_one_file_of_a_wacz_into_another(written):
    first = warc(page(figure("/go/7")), moved("https://x.org/go/7", "https://cdn.y.net/a.png"))
    second = warc(picture("https://cdn.y.net/a.png"))

    assert picture_shown(written(wacz(first, second), "web.wacz")) == png()


# --- what was met again -------------------------------------------------------------------------------


def test_a_picture_that_is_kept_in_a_later_file_is_found(written):
    again = answer("https://x.org/a.png", png(), "image/png", kind="revisit")
    data = wacz(warc(page(figure("/a.png")), again), warc(picture("https://cdn.y.net/b.png")))

    assert picture_shown(written(data, "web.wacz")) == png()


def test_a_picture_that_refers_to_another_address_is_found_without_a_digest(written):
    again = answer(
        "https://x.org/a.png", b"", "image/png", kind="revisit", refers_to="https://cdn.y.net/b.png"
    )
    data = warc(page(figure("/a.png")), picture("https://cdn.y.net/b.png"), again)

    assert picture_shown(written(data)) == png()


# --- what it is ---------------------------------------------------------------------------------------

SAID = ["text/html", "text/html; charset=utf-8", "application/octet-stream", "text/plain", "", "picture", "image/*",
        "application/json", "image/jpeg", "binary/octet-stream", "application/x-download", "text/xml", "IMAGE/PNG"]  # fmt: skip
WITH_ADDRESSES = ["https://cdn.y.net/blob/77", "https://x.org/odd.png", "https://x.org/show.php?id=7",
                  "https://x.org/a.html"]  # fmt: skip


@pytest.mark.parametrize("said", SAID)
@pytest.mark.parametrize("address", WITH_ADDRESSES)
def test_a_picture_is_one_whatever_its_server_says(written, said, address):
    assert picture_shown(written(warc(page(figure(address)), answer(address, png(), said)))) == png()


@pytest.mark.parametrize("said", ["text/html", "text/plain", "application/xml", "text/xml", ""])
def test_a_drawing_is_a_picture_whatever_its_server_says(written, said):
    data = warc(page(figure("https://cdn.y.net/d/1")), answer("https://cdn.y.net/d/1", SVG, said))

    assert picture_shown(written(data)) == SVG.encode()


def chunked(data):
    pieces = [data[at : at + 99] for at in range(0, len(data), 99)]
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


PACKED = {
    "gzip": (gzip.compress(png()), {"Content_Encoding": "gzip"}),
    "deflate": (zlib.compress(png()), {"Content_Encoding": "deflate"}),
    "br": (squeezed(png(), "br"), {"Content_Encoding": "br"}),
    "zstd": (squeezed(png(), "zstd"), {"Content_Encoding": "zstd"}),
    "in pieces": (chunked(png()), {"Transfer_Encoding": "chunked"}),
    "gzip in pieces": (chunked(gzip.compress(png())), {"Transfer_Encoding": "chunked", "Content_Encoding": "gzip"}),
    "pieces that the crawler joined": (png(), {"Transfer_Encoding": "chunked"}),
}  # fmt: skip


@pytest.mark.parametrize(("data", "headers"), PACKED.values(), ids=PACKED.keys())
def test_a_picture_is_known_however_it_is_packed(written, data, headers):
    whole = warc(
        page(figure("https://cdn.y.net/7")), answer("https://cdn.y.net/7", data, "text/html", **headers)
    )

    assert picture_shown(written(whole)) == png()


@pytest.mark.parametrize(
    "said", ["text/plain", "", "application/octet-stream", "application/xml", "unknown", "text/html"]
)
def test_a_page_is_an_issue_whatever_its_server_says(written, said):
    html = "\n<!-- made by hand -->\n<!DOCTYPE html>\n<html><title>The mill</title><body><p>We went."
    [read] = issues_in(written(warc(answer(PAGE, html, said))))

    assert [item.text for item in read.items] == ["We went."]


NO_PAGES = {
    "a photograph": b"\xff\xd8\xff\xe0\0\x10JFIF\0\1" + bytes(range(256)) * 9,
    "a font": b"wOF2\0\1\0\0" + bytes(range(256)) * 9,
    "a film": b"\0\0\0\x18ftypmp42" + bytes(range(256)) * 9,
    "a paper": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" + bytes(range(256)) * 9,
    "an answer to a script": b'{"items": [{"id": 7, "title": "The mill"}]}',
    "a long answer to a script": b'{"items": [' + b'{"id": 7},' * 20_000 + b"7]}",
    "numbers for a script": b"[1, 2, 3]",
    "a feed": b'<?xml version="1.0"?><rss version="2.0"><channel><item><title>x</title></item></channel></rss>',
    "a sitemap": b'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>x</loc></url></urlset>',
    "nothing": b"",
    "blanks": b" \r\n\r\n",
}


@pytest.mark.parametrize("data", NO_PAGES.values(), ids=NO_PAGES.keys())
def test_what_is_no_page_is_no_issue_though_its_server_says_so(written, data):
    reads = issues_in(written(warc(page("<p>We went."), answer("https://x.org/odd", data, "text/html"))))

    assert [read.document for read in reads] == ["web.warc.gz/x.org/posts/mill.html"]


PAGES = {
    "a fragment": b"<p>We went to the mill.</p>",
    "words": b"We went to the mill.",
    "words in brackets": b"[1] We went to the mill.",
    "in UTF-16": "<html><body><p>We went to the mill.".encode("utf-16"),
    "with a stray byte": b"<html><body><p>We went to the\x02 mill.",
    "in an old Japanese code": "<p>\u6c34\u8eca</p>".encode("iso-2022-jp"),
    "with a drawing before it": b'<svg xmlns="http://www.w3.org/2000/svg"><symbol id="a"/></svg><html><body><p>We went.',
    "in XHTML": b'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><body><p>We went.</p></body></html>',
}


@pytest.mark.parametrize("data", PAGES.values(), ids=PAGES.keys())
def test_what_is_a_page_stays_an_issue(written, data):
    [read] = issues_in(written(warc(answer(PAGE, data, "text/html"))))

    assert isinstance(read, Issue)
    assert read.items


@pytest.mark.parametrize(
    "said", ["text/javascript", "application/json", "text/css", "application/x-javascript; charset=utf-8"]
)
def test_the_error_page_of_a_script_is_no_issue(written, said):
    error = answer("https://x.org/app.js", "<!doctype html><html><body>Not found", said)

    assert len(issues_in(written(warc(page("<p>We went."), error)))) == 1


def test_a_text_is_no_page(written):
    robots = answer("https://x.org/robots.txt", "User-agent: *", "text/plain")

    assert len(issues_in(written(warc(page("<p>We went."), robots)))) == 1


def part(data, length):
    whole = f"bytes 0-{len(data) - 1}/{length}"
    return answer("https://x.org/a", data, "image/png", "206 Partial Content", Content_Range=whole)


def test_a_picture_that_is_sent_whole_as_a_part_is_found_and_a_part_of_one_is_not(written):
    assert picture_shown(written(warc(page(figure("/a")), part(png(), len(png()))))) == png()
    assert picture_shown(written(warc(page(figure("/a")), part(png()[:50], len(png()))))) == "a"


# --- frames -------------------------------------------------------------------------------------------

EMBED = "https://player.y.net/embed/1"
PLAYER = page('<p>Play</p><img src="/poster.png">', EMBED)
FRAMES = {
    "plain": f'<iframe src="{EMBED}"></iframe>',
    "without a scheme": '<iframe width=9 SRC=//player.y.net/embed/1 allow="x"></iframe>',
    "lazy": f"<iframe data-src='{EMBED}' src='about:blank'></iframe>",
    "escaped": '<iframe src="https://player.y.net/embed/1?a=1&amp;b=2"></iframe>',
    "object": f'<object type="text/html" data="{EMBED}"></object>',
    "old embed": f'<embed src="{EMBED}">',
    "without scripts": f"<noscript><iframe src='{EMBED}'></iframe></noscript>",
}


@pytest.mark.parametrize("frame", FRAMES.values(), ids=FRAMES.keys())
def test_a_page_in_a_frame_of_another_is_no_issue_and_told(written, frame):
    player = page("<p>Play", EMBED + ("?a=1&b=2" if "?" in frame else ""))
    for data in (
        warc(page(f"<p>We went.</p>{frame}"), player),
        warc(player, page(f"<p>We went.</p>{frame}")),
    ):
        with opened(written(data)) as archive:
            [read] = read_issues(archive)

            assert read.document == "web.warc.gz/x.org/posts/mill.html"
            [(path, reason)] = archive.skipped.items()
            assert path.startswith("web.warc.gz/player.y.net/embed/1")
            assert "frame" in reason


def test_the_pictures_of_a_framed_page_are_told(written):
    with opened(written(warc(page(f"<p>We went.</p>{FRAMES['plain']}"), PLAYER))) as archive:
        list(read_issues(archive))
        [framed] = archive.skipped

        assert [it.address for it in archive.mentions_of(framed)] == ["/poster.png"]


def test_a_page_in_a_frame_behind_a_redirect_is_no_issue(written):
    data = warc(
        page('<p>We went.</p><iframe src="/play/1"></iframe>'), moved("https://x.org/play/1", EMBED), PLAYER
    )

    assert len(issues_in(written(data))) == 1


def test_a_page_that_is_framed_and_linked_on_its_own_site_stays_an_issue(written):
    data = warc(
        page('<p>We went.</p><iframe src="/map"></iframe>'),
        page('<p>Home.</p><a href="/map">The map</a>', "https://x.org/"),
        page('<p>The map of all mills.</p><a href="/map">Here</a>', "https://x.org/map"),
    )

    assert len(issues_in(written(data))) == 3


def test_a_framed_page_that_only_itself_links_to_is_no_issue(written):
    data = warc(
        page("<p>The map of all mills.</p><a href='/map'>Here</a>", "https://x.org/map"),
        page('<p>We went.</p><iframe src="/map"></iframe>'),
    )

    assert len(issues_in(written(data))) == 1


def test_a_page_that_another_site_links_to_and_frames_is_no_issue(written):
    data = warc(page(f'<p>We went.</p>{FRAMES["plain"]}<a href="{EMBED}">Play</a>'), PLAYER)

    assert len(issues_in(written(data))) == 1


def test_a_page_that_frames_itself_stays_an_issue(written):
    assert len(issues_in(written(warc(page(f'<p>We went.</p><iframe src="{PAGE}"></iframe>'))))) == 1


def test_the_pages_of_a_frameset_stay_issues(written):
    frames = answer(
        "https://x.org/",
        '<html><frameset><frame src="menu.html"><frame src="main.html"></frameset></html>',
    )
    data = warc(
        frames, page("<p>Menu.", "https://x.org/menu.html"), page("<p>We went.", "https://x.org/main.html")
    )

    assert len(issues_in(written(data))) == 3


def test_what_a_browser_asked_for_in_a_frame_is_no_issue(written):
    data = warc(
        page("<p>We went.</p><script>frame()</script>"),
        asked(PAGE, "document"),
        PLAYER,
        asked(EMBED, "iframe"),
    )

    assert [read.document for read in issues_in(written(data))] == ["web.warc.gz/x.org/posts/mill.html"]


OTHER = "https://ads.z.net/7"
PLAYED = warc(page("<p>We went.</p><script>frame()</script>"), page("<p>Buy", OTHER))


def test_what_is_made_for_frames_is_known_by_its_address_where_no_page_of_its_host_links_to_it(written):
    about = page("<p>How to put the mill into your page.", "https://x.org/embed/")
    linked = page('<p>We went.</p><a href="/embed/">x</a>')

    assert len(issues_in(written(warc(page("<p>We went."), PLAYER)))) == 1
    assert len(issues_in(written(warc(linked, about)))) == 2
    assert len(issues_in(written(warc(PLAYER)))) == 1


def test_pages_of_hosts_that_a_wacz_lists_no_page_of_are_no_issues(written):
    assert len(issues_in(written(wacz(PLAYED, pages=[PAGE]), "web.wacz"))) == 1
    assert len(issues_in(written(wacz(PLAYED), "web.wacz"))) == 2
    assert len(issues_in(written(wacz(PLAYED, pages=["https://www.x.org/", OTHER]), "web.wacz"))) == 2
    assert len(issues_in(written(wacz(PLAYED, pages=["https://other.example/"]), "web.wacz"))) == 2


def test_pages_beside_the_one_that_a_wacz_lists_stay_issues(written):
    data = warc(page("<p>We went."), page("<p>Home.", "https://blog.x.org/"))

    assert len(issues_in(written(wacz(data, pages=["https://x.org/"]), "web.wacz"))) == 2


def test_a_page_that_a_wacz_lists_stays_an_issue_though_it_is_framed(written):
    data = warc(page(f"<p>We went.</p>{FRAMES['plain']}"), PLAYER)

    assert len(issues_in(written(wacz(data, pages=[PAGE, EMBED]), "web.wacz"))) == 2


BROKEN_LISTS = [b"", b"\xff\xfe\0", b"[]\nnull\n7\n{\n", json.dumps({"url": 7}).encode(), b'{"url": "http://[::1"}']  # fmt: skip


@pytest.mark.parametrize("lines", BROKEN_LISTS)
def test_a_broken_list_of_pages_costs_nothing(written, lines):
    assert len(issues_in(written(wacz(PLAYED, page_lines=lines), "web.wacz"))) == 2
