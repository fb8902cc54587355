"""What is fuzzed: every row of explorer/archive/formats, containers too, and the opener of pictures; with real samples."""

from __future__ import annotations

import io
import json
import random
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

TESTS = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS / folder) for folder in ("archive", "images")]

from book_builders import docx, epub, paragraph, zipped  # noqa: E402
from feed_builders import atom, entry, item, json_feed, json_item, rss  # noqa: E402
from letter_builders import letter, mbox, with_picture  # noqa: E402
from notebook_builders import code, markdown, notebook, output  # noqa: E402
from pdf_builders import Pdf  # noqa: E402
from picture_builders import drawing, encoded, gif_with_frames, svg  # noqa: E402
from web_archive_builders import answer, mhtml, squeezed, wacz, warc  # noqa: E402
from wordpress_builders import export, post, upload  # noqa: E402

import images  # noqa: E402
from explorer.archive.convert.formats import CONTAINERS, FORMATS  # noqa: E402
from explorer.archive.model import Issue  # noqa: E402
from explorer.archive.reader import read_issues  # noqa: E402
from explorer.archive.storage.unpacked import open_archive  # noqa: E402
from explorer.errors import ArchiveError  # noqa: E402
from images.description import read_description  # noqa: E402

PICTURE = encoded(drawing(), "PNG")
PAGE = (
    '<html><head><title>On mills</title><meta name="date" content="2024-03-09"></head><body><h1>Mills</h1>'
    '<p>Before it.</p><figure><img src="a.png" alt="A mill" srcset="b.png 2x"><figcaption>Fig. 1. The mill. '
    'Photo: Ann</figcaption></figure><table><tr><td><img src="c.png"><td>x<tr><th>One<th>Two</table>'
    '<noscript><img src="d.png"></noscript><svg width="90" height="90"><path d="M0 0"/></svg></body></html>'
)
MARKDOWN = (
    "---\ntitle: On mills\ndate: 2024-03-09\ntags: [a, b]\n---\n# Mills\n\n![A mill](a.png 'The mill')\n*A mill.*\n\n"
    "{% include image.html src='b.png' caption='Two' %}\n\n{{< figure src=\"c.png\" caption=\"C\" >}}\n\n"
    ":::{figure} d.png\n:alt: D\nA caption\n:::\n\n| a | b |\n|--|--|\n| ![](e.png) | x |\n"
)
TEXT = "ON MILLS\n\nWords of it.\n\n[Image: a mill by the river]\n\nFig. 1. A mill\n\n* one\n* two\n"


@dataclass(frozen=True, slots=True)
class Subject:
    """One reader: its samples, and what reads an input. Whatever it raises is a fault."""

    name: str
    samples: tuple[bytes, ...]
    read: Callable[[bytes], None]


def subjects() -> list[Subject]:
    """Every subject, in the order of the formats; their samples are the same each time."""
    kinds = (*FORMATS, *CONTAINERS)
    with _without_clock_and_chance():
        found = [Subject(kind.name, _SAMPLES[kind.name](), _reader(kind.suffixes[0])) for kind in kinds]
        return [*found, Subject("picture", _pictures(), _read_picture)]


@contextmanager
def _without_clock_and_chance() -> Iterator[None]:
    """Zips hold the time at which they are made, and letters a boundary that is drawn by chance."""
    before = random.getstate()
    random.seed(0)
    with patch("time.time", return_value=1_710_000_000.0):
        yield
    random.setstate(before)


def _reader(suffix: str) -> Callable[[bytes], None]:
    """Reads an input as an archive of one file, as `explorer ingest FILE` would."""

    def read(data: bytes) -> None:
        with TemporaryDirectory() as folder:
            file = Path(folder) / f"input{suffix}"
            file.write_bytes(data)
            try:
                with closing(open_archive(file)) as files:
                    for issue in read_issues(files):
                        if isinstance(issue, Issue):
                            _read_figures(issue)
            except ArchiveError:
                return

    return read


def _read_figures(issue: Issue) -> None:
    for figure in issue.figures:
        try:
            if figure.data is not None:
                figure.data()
        except ArchiveError:
            continue
    repr((issue.metadata, issue.items)).encode(errors="surrogatepass")


def _read_picture(data: bytes) -> None:
    read_description(io.BytesIO(data))
    try:
        picture = images.read_picture(data)
    except images.PictureError:
        return
    images.thumbnail(picture.image, "small")


def _pictures() -> tuple[bytes, ...]:
    drawn = drawing()
    formats = ("PNG", "JPEG", "GIF", "WEBP", "TIFF", "BMP")
    return (
        *(encoded(drawn, format) for format in formats),
        encoded(drawn.convert("P"), "PNG"),
        encoded(drawn.convert("CMYK"), "JPEG"),
        gif_with_frames(3),
        svg('<rect width="9" height="9" fill="url(#a)"/><text x="1">A</text>'),
    )


def _pdf() -> bytes:
    pdf = Pdf(Title="On mills")
    page = pdf.page()
    page.text(72, 700, "Mills", size=20)
    page.paragraph(72, 680, 400, "Words of the mill and of the river. " * 8)
    page.picture(72, 400, 200, 150, drawing())
    page.text(72, 380, "Figure 1. The mill")
    return pdf.bytes()


def _ghost() -> bytes:
    told = {"id": "p1", "title": "Mill", "slug": "mill", "status": "published", "html": PAGE, "type": "post"}
    return json.dumps({"db": [{"meta": {"version": "5.0"}, "data": {"posts": [told], "users": []}}]}).encode()


def _json_feed() -> bytes:
    attached = {"url": "b.png", "mime_type": "image/png", "title": "The wheel"}
    told = json_item(content_html=PAGE, image="c.png", attachments=[attached], authors=[{"name": "Ann"}])
    return json_feed(told, json_item(id=2, content_text=TEXT), language="en").encode()


def _letters() -> tuple[bytes, ...]:
    pictured = with_picture(letter(html='<p>A<img src="cid:a"></p>', text="A"), PICTURE, "a")
    return bytes(pictured), bytes(letter(text=TEXT))


_ANSWERS = (
    answer("https://x.org/a", PAGE),
    answer("https://x.org/a.png", PICTURE, "image/png"),
    *(
        answer(f"https://x.org/{it}", squeezed(PAGE, it), Content_Encoding=it)
        for it in ("br", "zstd", "gzip")
    ),
)
_SAMPLES: dict[str, Callable[[], tuple[bytes, ...]]] = {
    "HTML": lambda: (PAGE.encode(), PAGE.encode("utf-16")),
    "Markdown": lambda: (MARKDOWN.encode(),),
    "Pandoc or Quarto": lambda: (MARKDOWN.encode(),),
    "plain text": lambda: (TEXT.encode(),),
    "e-mail": _letters,
    "Jupyter notebook": lambda: (notebook(markdown("# A\n![a](a.png)"), code("plot()", output(PICTURE))),),
    "saved page": lambda: (bytes(mhtml(PAGE, (("https://x.org/a.png", PICTURE),))),),
    "EPUB": lambda: (epub("<h1>A</h1><p><img src='../img/a b.png'/></p>", "<p>B</p>"),),
    "Word": lambda: (docx(paragraph("<w:r><w:t>Words</w:t></w:r>")),),
    "pictures": lambda: (PAGE.encode(),),
    "PDF": lambda: (_pdf(),),
    "zip": lambda: (zipped({"a.html": PAGE, "b/a.png": PICTURE, "c.md": MARKDOWN}),),
    "mbox": lambda: (mbox(letter(html=PAGE), letter(text=TEXT)),),
    "WARC": lambda: (warc(*_ANSWERS), warc(*_ANSWERS, packed=False)),
    "WACZ": lambda: (wacz(warc(*_ANSWERS)),),
    "WordPress export": lambda: (export(post(PAGE), upload(2, "a.png", "A", "B")),),
    "feed": lambda: (rss(item(content=PAGE)), atom(entry("&lt;p&gt;A&lt;/p&gt;"))),
    "JSON Feed": lambda: (_json_feed(),),
    "Ghost export": lambda: (_ghost(),),
}
