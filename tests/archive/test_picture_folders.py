"""A folder of pictures is an issue: a figure for each, with the caption beside it or in it."""

import io
import json
import tempfile
from pathlib import Path

import pytest
from archives_on_disk import captions_in, everything_in, issues_in
from book_builders import zipped
from damage import damaged
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image


def jpeg(**saved):
    stream = io.BytesIO()
    Image.new("RGB", (60, 40), "teal").save(stream, "JPEG", **saved)
    return stream.getvalue()


def with_description(words, artist="", day=""):
    exif = Image.Exif()
    exif[0x010E], exif[0x013B], exif[0x0132] = words, artist, day
    return jpeg(exif=exif.tobytes())


def the_gallery(tmp_path, files):
    [read] = issues_in(tmp_path / "Mills of Kent", files)
    return read


def test_texts_beside_pictures_are_their_captions(tmp_path):
    files = {
        "photos/b.jpg": jpeg(),
        "photos/b.txt": "The lock.\n",
        "photos/a.jpg": jpeg(),
        "photos/a.txt": "The wheel.",
        "one.md": "# One",
    }
    read, problems = everything_in(tmp_path, files)

    assert ([one.document for one in read], problems) == (["one.md", "photos/pictures.gallery"], {})
    assert captions_in(read[1]) == [("photos/a.jpg", "The wheel."), ("photos/b.jpg", "The lock.")]
    assert read[1].metadata.title == "photos"
    assert read[1].figures[0].candidates == ("photos/a.jpg",)


XMP = """<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/"><rdf:Description
photoshop:Credit="Mill Agency"><dc:description><rdf:Alt><rdf:li xml:lang="x-default">The wheel.</rdf:li></rdf:Alt>
</dc:description>
<dc:creator><rdf:Seq><rdf:li>Ada Miller</rdf:li></rdf:Seq></dc:creator><photoshop:DateCreated>2019-03-09</photoshop:DateCreated>
</rdf:Description></rdf:RDF></x:xmpmeta>"""
TAKEOUT = {"title": "a.jpg", "description": "The wheel.", "photoTakenTime": {"timestamp": "1552125600"}}


@pytest.mark.parametrize(
    "sidecar",
    [
        {"a.txt": "The wheel."},
        {"a.jpg.txt": "The wheel."},
        {"a.json": '{"caption": "The wheel."}'},
        {"a.jpg.json": json.dumps(TAKEOUT)},
        {"a.xmp": XMP},
        {"captions.csv": "File,Caption\na.jpg,The wheel.\n"},
        {"captions.jsonl": '{"file_name": "a.jpg", "text": "The wheel."}\nbroken\n'},
        {"metadata.jsonl": '{"file_name": "a.jpg", "text": "The wheel."}'},
        {"captions.json": '{"a.jpg": "The wheel."}'},
        {"captions.json": '[{"image": "a.jpg", "caption": "The wheel."}]'},
    ],
    ids=lambda sidecar: next(iter(sidecar)),
)
def test_a_caption_may_stand_in_any_file_beside_it(tmp_path, sidecar):
    for place in ({**sidecar, "a.jpg": jpeg()}, {"album.zip": zipped({**sidecar, "a.jpg": jpeg()})}):
        [figure] = the_gallery(tmp_path / str(len(place)), place).figures

        assert figure.caption == "The wheel."


def test_credit_and_date_are_read_from_sidecars(tmp_path):
    read = the_gallery(tmp_path, {"a.jpg": jpeg(), "a.xmp": XMP})

    assert (read.figures[0].credit, read.metadata.date, read.metadata.author) == (
        "Ada Miller / Mill Agency",
        "2019-03-09",
        "Ada Miller",
    )


def test_an_archive_of_nothing_but_pictures_is_a_gallery_for_each_folder(tmp_path):
    read = issues_in(tmp_path / "Mills", {"a.jpg": jpeg(), "trip/b.jpg": jpeg(), "trip/#1 100%.jpg": jpeg()})

    assert [(one.document, one.metadata.title) for one in read] == [
        ("pictures.gallery", "Mills"), ("trip/pictures.gallery", "trip"),
    ]  # fmt: skip
    assert [one.candidates for one in read[1].figures] == [("trip/#1 100%.jpg",), ("trip/b.jpg",)]


def test_pictures_speak_for_themselves_where_nothing_stands_beside_them(tmp_path):
    files = {
        "a.jpg": with_description("The wheel.", "Ada Miller", "2019:03:09 10:00:00"),
        "b.jpg": jpeg(xmp=XMP.encode()),
        "c.jpg": with_description("M__hle").replace(b"M__hle", "Mühle".encode()),
        "d.jpg": with_description("OLYMPUS DIGITAL CAMERA         "),
    }
    read = the_gallery(tmp_path, files)

    assert captions_in(read) == [
        ("a.jpg", "The wheel."),
        ("b.jpg", "The wheel."),
        ("c.jpg", "Mühle"),
        ("d.jpg", None),
    ]
    assert (read.figures[0].credit, read.metadata.date) == ("Ada Miller", "2019-03-09")


def test_what_stands_beside_a_picture_wins_over_what_it_says(tmp_path):
    read = the_gallery(tmp_path, {"a.jpg": with_description("Old.", "Ada Miller"), "a.txt": "New."})

    assert (read.figures[0].caption, read.figures[0].credit) == ("New.", "Ada Miller")


@pytest.mark.parametrize(
    "files",
    [
        {"img/a.jpg": with_description("Unused."), "img/b.jpg": jpeg()},
        {"img/a.jpg": jpeg(), "img/b.jpg": jpeg(), "img/c.jpg": jpeg(), "img/a.txt": "A note about it."},
        {"img/a.jpg": jpeg(), "img/a.json": '{"width": 3}'},
    ],
    ids=["unused pictures", "one note", "data of a chart"],
)
def test_the_pictures_of_a_blog_are_no_gallery(tmp_path, files):
    read = issues_in(tmp_path, {"post.md": "# One", **files})

    assert [one.document for one in read if one.document.endswith(".gallery")] == []


def test_words_that_look_like_markup_are_words(tmp_path):
    read = the_gallery(tmp_path, {"a.jpg": jpeg(), "a.txt": 'Mills <b>&</b> "locks" <img src=x>'})

    assert captions_in(read) == [("a.jpg", 'Mills <b>&</b> "locks" <img src=x>')]


WHOLE = with_description("The wheel.", "Ada", "2019:03:09 10:00:00")


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    picture=damaged(WHOLE),
    beside=st.binary(max_size=60),
    suffix=st.sampled_from([".txt", ".json", ".xmp"]),
    table=st.text(max_size=40),
)
def test_any_picture_and_any_sidecar_is_read(tmp_path, picture, beside, suffix, table):
    rows = ("file,caption\na.jpg," + table).encode(errors="replace")
    fresh = Path(tempfile.mkdtemp(dir=tmp_path))
    read, _ = everything_in(fresh, {"a.jpg": picture, "a" + suffix: beside, "captions.csv": rows})

    assert "pictures.gallery" in [one.document for one in read] or suffix == ".txt"
