"""The library is the one door: what opens it, what it refuses, and that every refusal is a sentence."""

import json
import os
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from library.fake_encoders import FakeEncoder, use_fakes
from library.made_archive import drawn, figures_by_image, png

import explorer
from explorer import is_library
from explorer.catalog.records import FigureRecord, ItemRecord, Selection
from explorer.errors import (
    EncoderUnavailableError,
    ExplorerError,
    IndexMissingError,
    LibraryError,
    QueryError,
    ServerError,
)
from explorer.library.library import Library
from explorer.search.example_pictures import preview_picture

CLIP = "ViT-B-32/laion2b_s34b_b79k"


# --- opening --------------------------------------------------------------------------------------------


def test_what_is_no_library_is_told_with_the_command_that_makes_one(tmp_path):
    (tmp_path / "file").write_text("x")

    for place in (tmp_path / "nowhere", tmp_path, tmp_path / "file"):
        with pytest.raises(LibraryError, match=r"There is no library at .*explorer ingest ARCHIVE --library"):
            Library.open(place)
        assert not is_library(place)
    assert sorted(it.name for it in tmp_path.iterdir()) == ["file"]


def test_a_folder_with_other_things_in_it_is_not_made_a_library(tmp_path):
    (tmp_path / "diary.txt").write_text("mine")

    for place in (tmp_path, tmp_path / "diary.txt"):
        with pytest.raises(LibraryError, match="Name another folder"):
            Library.create(place)
    assert [it.name for it in tmp_path.iterdir()] == ["diary.txt"]


def test_a_process_killed_in_making_a_library_is_no_obstacle(tmp_path):
    (tmp_path / "library.json.4711").write_text('{"collec')

    Library.create(tmp_path).close()
    Library.open(tmp_path).close()


def test_a_library_without_its_catalog_is_told(own_folder):
    (own_folder / "catalog.sqlite").unlink()

    with pytest.raises(LibraryError, match=r"no catalog .*explorer ingest ARCHIVE"):
        Library.open(own_folder)


def test_a_library_of_a_newer_explorer_is_refused_with_the_way_out(own_folder):
    newer = json.loads((own_folder / "library.json").read_text()) | {"version": 3, "something": "new"}
    (own_folder / "library.json").write_text(json.dumps(newer))

    for enter in (Library.open, Library.create):
        with pytest.raises(LibraryError, match=r"newer version.*version 3.*pip install -U archive-explorer"):
            enter(own_folder)


@pytest.mark.parametrize(
    "written", ["", "{", "[]", '"text"', '{"version": "x"}', '{"version": 1, "other": 2}', "\xff"]
)
def test_a_damaged_manifest_is_told_by_its_file(own_folder, written):
    (own_folder / "library.json").write_text(written, encoding="latin-1")

    with pytest.raises(LibraryError, match=r"library.json cannot be read: .*make the library again"):
        Library.open(own_folder)


def test_a_library_in_the_folder_is_not_moved_to_a_server_in_passing(own_folder):
    with pytest.raises(LibraryError, match="is in the folder itself, not at http://localhost:6333"):
        Library.create(own_folder, qdrant_url="http://localhost:6333")


def test_a_library_on_a_server_stays_there(tmp_path):
    Library.create(tmp_path / "l", qdrant_url="http://localhost:6333").close()
    Library.create(tmp_path / "l", qdrant_url="http://localhost:6333").close()

    with pytest.raises(LibraryError, match="is at http://localhost:6333, not at http://elsewhere:1"):
        Library.create(tmp_path / "l", qdrant_url="http://elsewhere:1")


def test_a_server_that_does_not_answer_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr("explorer.index.server.connection.ATTEMPTS", 1)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
    with (
        Library.create(tmp_path / "l", qdrant_url=url) as library,
        pytest.raises(ServerError, match="that it is running"),
    ):
        library.search("boat")


def test_a_library_with_nothing_in_it_says_how_to_fill_it(tmp_path):
    with Library.create(tmp_path / "l") as library:
        with pytest.raises(IndexMissingError, match=r"is empty. Read an archive: explorer ingest"):
            library.search("boat")
        assert library.browse.figures() == []
        status = library.status()
        assert (status.generation, status.points, status.encoder, status.dates) == (
            None,
            None,
            None,
            (None, None),
        )


def test_a_closed_library_says_so(own_folder):
    library = Library.open(own_folder)
    library.search("boat")
    library.close()

    with pytest.raises(ExplorerError):
        library.browse.figures()
    with pytest.raises(ExplorerError):
        library.search("boat")
    library.close()  # twice is no harm


# --- encoders -------------------------------------------------------------------------------------------


@pytest.fixture
def hub(monkeypatch, tmp_path):
    """A hub that takes calls and never answers, and an empty cache."""
    from huggingface_hub import constants

    silent = socket.create_server(("127.0.0.1", 0))
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr(constants, "ENDPOINT", f"http://127.0.0.1:{silent.getsockname()[1]}")
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    yield silent
    silent.close()


def test_a_model_that_is_not_here_and_a_hub_that_is_silent_are_told_within_seconds(tmp_path, archive, hub):
    started = time.monotonic()

    with (
        Library.create(tmp_path / "l") as library,
        pytest.raises(EncoderUnavailableError, match="--encoder lite"),
    ):
        library.archives.ingest([archive], encoder=CLIP)

    assert time.monotonic() - started < 5
    with Library.open(tmp_path / "l") as library:
        assert library.browse.ledger().issues == 0  # told before the archive is read


def test_without_a_name_and_without_a_hub_it_is_lite_and_says_so(tmp_path, archive, hub):
    told = []
    tomatoes = archive / "2023-11-stars.txt"
    started = time.monotonic()

    with Library.create(tmp_path / "l") as library:
        report = library.archives.ingest([tomatoes], tell=told.append)

    assert report.encoder == "lite"
    assert time.monotonic() - started < 15
    assert [line.partition(" ")[0] for line in told] == ["Looking", "Using"]
    assert told[1].startswith(f"Using lite, the bundled encoder, because {CLIP} is not available: ")
    assert all("\n" not in line for line in told)


def test_an_encoder_nobody_knows_is_told(tmp_path, archive):
    with (
        Library.create(tmp_path / "l") as library,
        pytest.raises(EncoderUnavailableError, match="There is no model"),
    ):
        library.archives.ingest([archive], encoder="no/such")


def test_a_library_keeps_the_encoder_it_was_made_with(own_library, archive):
    assert own_library.archives.ingest([archive]).encoder == "lite"


# --- many at once ---------------------------------------------------------------------------------------


def test_threads_share_a_library(library):
    asked = ["tomatoes", "boat", "honey", "XR-7742"] * 6
    alone = {words: [hit.id for hit in library.search(words).hits] for words in set(asked)}

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda words: [hit.id for hit in library.search(words).hits], asked))
        counts = list(pool.map(lambda _: len(library.browse.figures()), range(40)))

    assert answers == [alone[words] for words in asked]
    assert set(counts) == {12}


def test_the_first_search_may_come_from_many_threads(library_folder):
    with Library.open(library_folder) as library, ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: library.search("boat").hits[0].record.image, range(12)))

    assert answers == ["images/boat.png"] * 12


def test_a_library_is_searched_while_the_same_object_ingests(tmp_path, monkeypatch, archive):
    use_fakes(monkeypatch, FakeEncoder("fake"))
    stop, failed = threading.Event(), []

    def keep_searching(library):
        while not stop.is_set():
            try:
                assert library.search("tomatoes").hits
                library.browse.figures(Selection(text="tomatoes"))
            except (ExplorerError, AssertionError) as error:
                failed.append(error)

    with Library.create(tmp_path / "l") as library:
        library.archives.ingest([archive], encoder="fake")
        reader = threading.Thread(target=keep_searching, args=(library,))
        reader.start()
        for kind in ("night", "sunset"):
            (archive / "images" / f"{kind}.png").write_bytes(png(drawn(kind)))
            (archive / f"more-{kind}.md").write_text(f"# More\n\n![Tomatoes and {kind}](images/{kind}.png)\n")
            library.archives.ingest([archive])
        stop.set()
        reader.join()
        found = library.search("tomatoes", limit=100).hits

    assert failed == []
    assert {"more-night.md", "more-sunset.md"} <= {hit.record.document for hit in found}


def test_another_reader_notices_a_new_generation(tmp_path, monkeypatch, archive):
    use_fakes(monkeypatch, FakeEncoder("fake"))
    with Library.create(tmp_path / "l") as writer:
        writer.archives.ingest([archive], encoder="fake")
        with Library.open(tmp_path / "l") as reader:
            before = len(reader.search("kite", limit=100).hits)
            (archive / "images" / "kite.png").write_bytes(png(drawn("night")))
            (archive / "kite.md").write_text("# A kite\n\n![A kite](images/kite.png)\n")
            writer.archives.ingest([archive])

            assert len(reader.search("kite", limit=100).hits) == before + 1
            assert reader.status().generation == 2


# --- looking into it ------------------------------------------------------------------------------------


def test_a_figure_or_item_is_found_by_the_beginning_of_its_id(library):
    figure, item = library.browse.figures()[0], library.browse.items()[0]

    assert (
        library.browse.find(figure.id)
        == library.browse.find(figure.id[:13])
        == library.browse.figure(figure.id)
        == figure
    )
    assert library.browse.find(item.id[:13]) == library.browse.item(item.id) == item
    assert isinstance(library.browse.find(figure.id), FigureRecord)
    assert isinstance(library.browse.find(item.id), ItemRecord)


@pytest.mark.parametrize(
    ("ask", "told"),
    [
        pytest.param(
            lambda it: it.browse.figure("nope"), "no figure 'nope'. List them: explorer figures", id="figure"
        ),
        pytest.param(
            lambda it: it.browse.item("nope"), "no item 'nope'. List them: explorer items", id="item"
        ),
        pytest.param(lambda it: it.browse.find("nope"), "no figure or item 'nope'", id="either"),
        pytest.param(lambda it: it.browse.find(""), "no figure or item ''", id="nothing"),
        pytest.param(
            lambda it: it.browse.figures(Selection(date_from="soon")), "'soon' is not a date", id="figures"
        ),
        pytest.param(
            lambda it: it.browse.count_figures(Selection(date_to="soon")), "'soon' is not a date", id="count"
        ),
        pytest.param(
            lambda it: it.browse.items(Selection(date_to="soon")), "'soon' is not a date", id="items"
        ),
        pytest.param(
            lambda it: it.browse.issues(Selection(date_to="soon")), "'soon' is not a date", id="issues"
        ),
    ],
)
def test_what_cannot_be_looked_up_is_told(library, ask, told):
    with pytest.raises(QueryError, match=told):
        ask(library)


def test_ids_that_begin_alike_are_told_apart_by_more_letters(own_library):
    starts = {figure.id[0] for figure in own_library.browse.figures()}
    twice = [
        letter
        for letter in starts
        if sum(one.id[0] == letter for one in [*own_library.browse.figures(), *own_library.browse.items()])
        > 1
    ]
    if not twice:
        pytest.skip("no two ids of this library begin alike")

    with pytest.raises(QueryError, match="more than one"):
        own_library.browse.find(twice[0])


def test_the_pictures_of_a_figure_are_files(library):
    shown = figures_by_image(library)["images/boat.png"]

    assert library.browse.picture_path(shown.sha256, "original").read_bytes() == png(drawn("boat"))
    assert library.browse.picture_path(shown.sha256).read_bytes()[8:12] == b"WEBP"
    assert library.browse.picture_path(shown.sha256, "large").exists()
    assert (library.browse.picture(shown.sha256).format, library.browse.picture("0" * 64)) == ("png", None)


def test_a_preview_is_a_small_webp_and_what_is_no_picture_is_told():
    assert preview_picture(png(drawn("boat")))[8:12] == b"WEBP"
    with pytest.raises(QueryError):
        preview_picture(b"no picture")


def test_the_status_counts_what_is_there(library):
    status = library.status()

    assert (status.encoder, status.generation, status.qdrant_url) == ("lite", 1, None)
    assert status.dates == ("2023-11", "2024-02-20")
    assert status.points == 12 + len(library.browse.items())


def test_the_readme_s_first_lines_work(library_folder):
    with explorer.Library.open(library_folder) as library:
        (best, *_) = library.search("sailing boat").hits

    assert (best.rank, best.record.label, best.confidence) == (
        1,
        "A sailing boat crossing the harbour",
        "strong",
    )


@pytest.mark.skipif(not os.environ.get("QDRANT_TEST_URL"), reason="QDRANT_TEST_URL names no Qdrant server")
def test_a_library_whose_index_lives_on_a_server(tmp_path, archive):
    with Library.create(tmp_path / "l", qdrant_url=os.environ["QDRANT_TEST_URL"]) as library:
        try:
            assert library.archives.ingest([archive], encoder="lite").generation == 1
            assert library.search("sailing boat").hits[0].record.image == "images/boat.png"
            assert library.search(picture=drawn("rings")).hits[0].record.image == "images/rings.png"
        finally:
            library._context.index_store._generations.drop(lambda number: True)
