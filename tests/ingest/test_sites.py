"""A site as an archive: copied as its owner allows, asked again only for what changed, read like any other."""

import gzip
import hashlib
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest
from library.fake_encoders import FakeEncoder, use_fakes
from library.made_archive import drawn, png

from explorer.archive.site import copying
from explorer.archive.site.remote import WebClient
from explorer.archive.site.sitemaps import listing_of
from explorer.errors import ArchiveError
from explorer.library.library import Library

BLOG = "http://blog.example/blog"


def page(title, picture):
    return f"""<html><head><title>{title}</title></head><body><h1>{title}</h1><p>What {title} is about, at length.</p>
    <figure><img src="{picture}" width=160 height=120><figcaption>The picture of {title}</figcaption></figure>
    </body></html>""".encode()


def sitemap(*addresses, changed=""):
    lastmod = f"<lastmod>{changed}</lastmod>" if changed else ""
    listed = "".join(f"<url><loc>{address}</loc>{lastmod}</url>" for address in addresses)
    return f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{listed}</urlset>'.encode()


class Host:
    """What a site answers, by path; and what it was asked."""

    def __init__(self):
        self.asked, self.sent, self.answers = [], [], {}
        self.put("/robots.txt", b"User-agent: *\nDisallow: /blog/private/\n", "text/plain")
        self.put("/blog", b"<html><body>The blog</body></html>")
        names = ("one", "two", "private/three")
        self.put("/sitemap.xml", sitemap(*(f"{BLOG}/{name}" for name in names)), "application/xml")
        for name in names:
            self.put(f"/blog/{name}", page(name, f"/img/{name}.png"))
            self.put(f"/img/{name}.png", png(drawn("night")), "image/png")

    def put(self, path, data, kind="text/html; charset=utf-8", status=200, **headers):
        self.answers[path] = (status, kind, data, headers)

    def forget_requests(self):
        self.asked.clear()
        self.sent.clear()


@pytest.fixture
def host(monkeypatch, tmp_path):
    """A real server for blog.example, to which the library's own way to the web leads."""
    served = Host()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            served.asked.append(self.path)
            status, kind, data, headers = served.answers.get(self.path, (404, "text/html", b"gone", {}))
            etag = f'"{hashlib.sha256(data).hexdigest()[:16]}"'
            if status == 200 and self.headers.get("If-None-Match") == etag:
                self.send_response(304)
                self.end_headers()
                return
            served.sent.append(self.path)
            self.send_response(status)
            for name, value in {"Content-Type": kind, "ETag": etag, **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_):
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    web = connected(server.server_port)
    monkeypatch.setattr("explorer.library.ingest.WebClient", lambda pause=None: web())
    use_fakes(monkeypatch, FakeEncoder("fake"))
    yield served
    server.shutdown()
    server.server_close()


def connected(port):
    class ToLoopback(httpx.BaseTransport):
        def __init__(self):
            self._http = httpx.HTTPTransport()

        def handle_request(self, request):
            url = request.url.copy_with(scheme="http", host="127.0.0.1", port=port)
            return self._http.handle_request(httpx.Request(request.method, url, headers=request.headers))

        def close(self):
            self._http.close()

    def resolve(name, _port):
        return ["93.184.215.14"] if name == "blog.example" else ["10.0.0.7"]

    return lambda: WebClient(resolve=resolve, transport=ToLoopback(), pause=0)


@pytest.fixture
def library(host, tmp_path):
    with Library.create(tmp_path / "library") as made:
        made.archives.ingest([BLOG], encoder="fake")
        yield made


def documents(library):
    return sorted(issue.document for issue in library.browse.issues())


def test_a_site_is_read_as_its_sitemap_lists_it(library):
    assert documents(library) == ["blog.example/blog/one.html", "blog.example/blog/two.html"]
    assert {figure.caption for figure in library.browse.figures()} == {
        "The picture of one",
        "The picture of two",
    }
    assert {figure.status for figure in library.browse.figures()} == {"kept"}
    assert library.status().archives == (("blog.example", BLOG),)


def test_an_issue_of_a_site_knows_its_address(library):
    [copy] = library.path.glob("sites/*/blog.example/blog/one.html")

    assert f'<link rel="canonical" href="{BLOG}/one">' in copy.read_text(encoding="utf-8-sig")


def test_what_robots_txt_forbids_is_not_asked_for(library, host):
    assert not [path for path in host.asked if "private" in path]


def test_a_site_that_wants_no_programs_is_left_alone(host, tmp_path):
    host.put("/robots.txt", b"User-agent: *\nDisallow: /\n", "text/plain")

    with Library.create(tmp_path / "other") as library, pytest.raises(ArchiveError, match=r"robots\.txt"):
        library.archives.ingest([BLOG], encoder="fake")
    assert host.asked == ["/robots.txt"]


def test_a_server_in_trouble_is_left_alone(host, tmp_path):
    host.put("/robots.txt", b"", status=503)

    with (
        Library.create(tmp_path / "other") as library,
        pytest.raises(ArchiveError, match="Try again later"),
    ):
        library.archives.ingest([BLOG], encoder="fake")


@pytest.mark.parametrize(
    "line",
    [
        f"Crawl-delay: {'9' * 5000}",
        "Crawl-delay: ²",
        "Request-rate: ²/1",
        "Disallow: http://[::1",
        "\ud800\x00",
    ],
)
def test_a_line_of_robots_txt_that_cannot_be_read_leaves_the_others_in_force(host, tmp_path, line):
    rules = f"User-agent: *\n{line}\nDisallow: /blog/private/\n"
    host.put("/robots.txt", rules.encode("utf-8", "surrogatepass"), "text/plain")
    with Library.create(tmp_path / "library") as library:
        assert library.archives.ingest([BLOG], encoder="fake").issues == 2
    assert "/blog/private/three" not in host.asked


def test_a_robots_txt_without_end_counts_as_far_as_its_bound(host, tmp_path):
    first = "User-agent: *\nDisallow: /blog/private/\nCrawl-delay: 0\n"
    host.put("/robots.txt", (first + "Allow: /nowhere\n" * 200_000 + "Disallow: /\n").encode(), "text/plain")
    with Library.create(tmp_path / "library") as library:
        assert library.archives.ingest([BLOG], encoder="fake").issues == 2
    assert "/blog/private/three" not in host.asked


def test_sitemaps_that_name_each_other_end(host, tmp_path, monkeypatch):
    monkeypatch.setattr(copying, "MAX_SITEMAPS", 10)

    def index(*names):
        listed = "".join(f"<sitemap><loc>http://blog.example/{name}.xml</loc></sitemap>" for name in names)
        return f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{listed}</sitemapindex>'.encode()

    host.put("/sitemap.xml", index("sitemap", "maps0", "pages"), "application/xml")
    host.put("/pages.xml", sitemap(f"{BLOG}/one"), "application/xml")
    for number in range(30):
        host.put(f"/maps{number}.xml", index(*(f"maps{other}" for other in range(30))), "application/xml")
    with Library.create(tmp_path / "library") as library:
        assert library.archives.ingest([BLOG], encoder="fake").issues == 1
    assert sum(path.endswith(".xml") for path in host.asked) <= 12


def test_sitemaps_are_followed_no_longer_than_a_run_may_last(host, tmp_path, monkeypatch):
    monkeypatch.setattr(copying, "MAX_SECONDS", 0)
    host.put("/robots.txt", b"Sitemap: http://blog.example/sitemap.xml", "text/plain")
    with (
        Library.create(tmp_path / "library") as library,
        pytest.raises(ArchiveError, match="lists no page"),
    ):
        library.archives.ingest([BLOG], encoder="fake")
    assert "/sitemap.xml" not in host.asked


def test_a_packed_sitemap_that_grows_without_end_costs_one_line(host, tmp_path, monkeypatch):
    monkeypatch.setattr("explorer.archive.site.sitemaps.MAX_XML_BYTES", 100_000)
    bomb = gzip.compress(b"<urlset>" + b"<url><loc>http://blog.example/x</loc></url>" * 100_000)
    host.put(
        "/robots.txt",
        b"Sitemap: http://blog.example/bomb.xml.gz\nSitemap: http://blog.example/sitemap.xml",
        "text/plain",
    )
    host.put("/bomb.xml.gz", bomb, "application/gzip")
    with Library.create(tmp_path / "library") as library:
        assert library.archives.ingest([BLOG], encoder="fake").issues == 3


def test_a_sync_is_sent_only_what_changed(library, host):
    host.put("/blog/two", page("two, mended", "/img/two.png"))
    host.forget_requests()

    report = library.archives.sync()

    assert [path for path in host.sent if path.startswith(("/blog/", "/img/"))] == ["/blog/two"]
    assert report.archives[0].changes.changed == ("blog.example/blog/two.html",)
    assert "The picture of two, mended" in {figure.caption for figure in library.browse.figures()}


def test_a_page_whose_sitemap_says_that_it_is_as_it_was_is_not_asked_for(library, host):
    host.put("/sitemap.xml", sitemap(f"{BLOG}/one", changed="2024-03-09"), "application/xml")
    library.archives.sync()
    host.forget_requests()

    library.archives.sync()

    assert "/blog/one" not in host.asked


def test_a_page_that_is_gone_goes_to_the_trash(library, host):
    del host.answers["/blog/two"]

    library.archives.sync()

    assert documents(library) == ["blog.example/blog/one.html"]
    assert [one.document for one in library.archives.trash()] == ["blog.example/blog/two.html"]


def test_a_site_that_does_not_answer_loses_nothing(library, host):
    host.answers.clear()
    host.put("/robots.txt", b"", status=500)
    told = []

    library.archives.sync(tell=told.append)

    assert len(documents(library)) == 2
    assert "Try again later" in told[0]


def test_looking_at_what_a_sync_would_do_asks_the_site_nothing(library, host):
    host.forget_requests()

    library.archives.sync(dry_run=True)

    assert host.asked == []


def test_a_copy_that_was_stopped_goes_on(host, tmp_path, monkeypatch):
    copy_picture = copying._SiteCopier._copy_picture

    def stopped(self, picture):
        if picture.address.endswith("two.png"):
            raise KeyboardInterrupt
        copy_picture(self, picture)

    with Library.create(tmp_path / "stopped") as library:
        with monkeypatch.context() as patched:
            patched.setattr(copying._SiteCopier, "_copy_picture", stopped)
            with pytest.raises(KeyboardInterrupt):
                library.archives.ingest([BLOG], encoder="fake")
        host.forget_requests()
        library.archives.ingest([BLOG], encoder="fake")
        assert len(documents(library)) == 2
    assert [path for path in host.asked if path.startswith(("/blog/", "/img/"))] == ["/img/two.png"]


def test_a_page_that_moved_within_its_site_is_followed_and_out_of_it_not(host, tmp_path):
    host.put("/blog/one", b"", status=301, Location="/blog/moved")
    host.put("/blog/moved", page("moved", "/img/one.png"))
    host.put("/blog/two", b"", status=302, Location="http://intranet.example/blog/two")

    with Library.create(tmp_path / "other") as library:
        library.archives.ingest([BLOG], encoder="fake")
        assert documents(library) == ["blog.example/blog/moved.html"]


def test_pages_that_lead_in_a_circle_end(host, tmp_path):
    host.put("/blog/one", b"", status=301, Location="/blog/two")
    host.put("/blog/two", b"", status=301, Location="/blog/one")

    with Library.create(tmp_path / "other") as library:
        library.archives.ingest([BLOG], encoder="fake")
        assert documents(library) == []


def test_without_a_sitemap_the_feed_of_the_page_is_read(host, tmp_path):
    del host.answers["/sitemap.xml"]
    host.put(
        "/blog", b'<html><head><link rel="alternate" type="application/rss+xml" href="/feed"></head></html>'
    )
    host.put(
        "/feed", f"<rss><channel><item><link>{BLOG}/one</link></item></channel></rss>".encode(), "text/xml"
    )

    with Library.create(tmp_path / "other") as library:
        library.archives.ingest([BLOG], encoder="fake")
        assert documents(library) == ["blog.example/blog/one.html"]


def test_a_site_that_lists_nothing_is_told_what_helps(host, tmp_path):
    del host.answers["/sitemap.xml"]

    with (
        Library.create(tmp_path / "other") as library,
        pytest.raises(ArchiveError, match="sitemap or feed"),
    ):
        library.archives.ingest([BLOG], encoder="fake")


def test_more_pages_than_the_bound_are_left(host, tmp_path, monkeypatch):
    monkeypatch.setattr(copying, "MAX_PAGES", 1)

    with Library.create(tmp_path / "other") as library:
        library.archives.ingest([BLOG], encoder="fake")
        assert documents(library) == ["blog.example/blog/one.html"]


def test_an_index_of_packed_sitemaps_is_followed():
    packed = gzip.compress(b"<sitemapindex><sitemap><loc>/a.xml.gz</loc></sitemap></sitemapindex>")

    listing = listing_of(packed, "https://blog.example/sitemap.xml.gz")

    assert [one.address for one in listing.sitemaps] == ["https://blog.example/a.xml.gz"]


def test_a_sitemap_that_grows_without_end_is_refused(monkeypatch):
    monkeypatch.setattr("explorer.archive.site.sitemaps.MAX_XML_BYTES", 10_000)
    bomb = gzip.compress(b"<urlset>" + b" " * 1_000_000 + b"</urlset>")

    with pytest.raises(ArchiveError):
        listing_of(bomb, "https://blog.example/sitemap.xml")
