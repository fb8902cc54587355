"""A library that somebody else made: nothing in its files leads out of its folder, to a server or into a statement."""

import contextlib
import http.server
import io
import json
import os
import re
import shutil
import sqlite3
import stat
import tarfile
import threading
from contextlib import closing

import numpy as np
import pyarrow as pa
import pytest
from library.made_archive import png
from PIL import Image
from pyarrow import parquet

from explorer import ExplorerError, Library
from explorer.catalog.picture_store import PictureStore
from explorer.errors import LibraryError
from explorer.ingest.vector_tables import schema
from explorer.library.manifest import LibraryManifest

KEY = "the-users-own-key"
SECRET = "/etc/passwd"


@pytest.fixture
def exported(own_library, tmp_path):
    """An export, to be tampered with."""
    own_library.maintenance.export(tmp_path / "exported")
    return tmp_path / "exported"


def tampered_backup(library, folder, change):
    """A backup of the library whose files `change` was given, unpacked."""
    library.maintenance.backup(folder / "honest.tar")
    with tarfile.open(folder / "honest.tar") as tar:
        tar.extractall(folder / "unpacked", filter="data")
    change(folder / "unpacked")
    with tarfile.open(folder / "hostile.tar", "w") as tar:
        for path in sorted((folder / "unpacked").iterdir()):
            tar.add(path, path.name)
    return folder / "hostile.tar"


def edited(**fields):
    def change(folder):
        file = folder / "library.json"
        file.write_text(json.dumps(json.loads(file.read_text()) | fields))

    return change


def statement(*sql):
    def change(folder):
        with closing(sqlite3.connect(folder / "catalog.sqlite")) as database, database:
            database.execute("PRAGMA foreign_keys = OFF")
            for one in sql:
                database.execute(one)

    return change


# --- names of pictures ----------------------------------------------------------------------------------

NO_NAMES = ["../../../etc/passwd", SECRET, "", "a" * 63, "A" * 64, "a" * 64 + "\n", "..", "a/" * 32]


@pytest.mark.parametrize("name", NO_NAMES)
@pytest.mark.parametrize("method", ["original", "has", "read", "forget", "keypoints"])
def test_what_is_no_sha256_names_no_picture(tmp_path, method, name):
    with pytest.raises(LibraryError, match="is not the name of a picture"):
        getattr(PictureStore(tmp_path), method)(name)
    with pytest.raises(LibraryError, match="is not the name of a picture"):
        PictureStore(tmp_path).thumbnail(name, "small")
    with pytest.raises(LibraryError, match="is not a size"):
        PictureStore(tmp_path).thumbnail("a" * 64, "../..")


TO_A_SECRET = (
    f"UPDATE picture SET sha256 = '{SECRET}' WHERE rowid = 1",
    f"UPDATE figure SET sha256 = '{SECRET}' WHERE sha256 NOT IN (SELECT sha256 FROM picture)",
)


def test_a_backup_cannot_name_a_file_of_the_disk_as_a_picture(own_library, tmp_path):
    hostile = tampered_backup(own_library, tmp_path, statement(*TO_A_SECRET))

    with pytest.raises(LibraryError, match="is not a SHA-256"):
        Library.from_backup(hostile, tmp_path / "restored")
    assert not (tmp_path / "restored").exists()


def test_a_library_that_names_a_file_of_the_disk_is_not_opened(own_folder):
    statement(*TO_A_SECRET)(own_folder)

    with pytest.raises(LibraryError, match="not a catalog of Archive Explorer"):
        Library.open(own_folder)


def test_an_export_cannot_name_a_file_of_the_disk_as_a_picture(exported, tmp_path):
    victim = tmp_path / "victim.txt"
    victim.write_text("mine")
    for table in ("picture", "figure"):
        file = exported / "catalog" / f"{table}.jsonl"
        rows = [json.loads(line) for line in file.read_text().splitlines()]
        first = next(row for row in rows if row["sha256"])
        first["sha256"] = f"../../../{victim}"
        file.write_text("".join(json.dumps(row) + "\n" for row in rows))

    with pytest.raises(LibraryError, match=r"picture\.sha256 cannot be"):
        Library.from_export(exported, tmp_path / "made")
    assert not (tmp_path / "made").exists()
    assert victim.read_text() == "mine"


# --- other fields ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"indexes": {"lite": "../../x"}}, id="an index outside"),
        pytest.param({"indexes": {"lite": "/tmp/x"}}, id="an index anywhere"),
        pytest.param({"indexes": {"lite": "index-0"}}, id="no number"),
        pytest.param({"indexes": {"lite": "index/../../x"}}, id="an index above"),
        pytest.param({"indexes": {"lite": "pictures"}}, id="another folder"),
        pytest.param({"indexes": {"lite": "index", "other": "index"}}, id="one for two"),
        pytest.param({"indexes": ["index"]}, id="no mapping"),
        pytest.param({"encoder": 7}, id="an encoder that is no text"),
        pytest.param({"encoder": "a\nb"}, id="an encoder of two lines"),
        pytest.param({"collection": "../x"}, id="a collection with a path"),
        pytest.param({"qdrant_url": "file:///etc"}, id="no server"),
        pytest.param({"qdrant_url": 7}, id="an address that is no text"),
        pytest.param({"server": {"timeout": "long"}}, id="a timeout that is no number"),
        pytest.param({"server": {"shards": -1}}, id="fewer shards than none"),
        pytest.param({"server": {"quantisation": "other"}}, id="another quantisation"),
        pytest.param({"version": "x"}, id="no version"),
    ],
)
def test_a_manifest_holds_only_what_an_explorer_writes(own_library, tmp_path, fields):
    hostile = tampered_backup(own_library, tmp_path, edited(**fields))

    with pytest.raises(LibraryError, match="cannot be read"):
        Library.from_backup(hostile, tmp_path / "restored")
    assert not (tmp_path / "restored").exists()
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        ("issue", "id", "../x"),
        ("issue", "number", "36"),
        ("issue", "number", 1 << 70),
        ("issue", "title", ["a"]),
        ("figure", "status", "stolen"),
        ("figure", "id", "x'); DROP TABLE figure; --"),
        ("figure", "position", 1.5),
        ("figure", "caption", {"a": 1}),
        ("picture", "width", True),
        ("picture", "colours", '["red;background:url(//x)"]'),
        ("picture", "colours", "no JSON"),
    ],
)
def test_a_row_of_an_export_holds_only_what_an_explorer_writes(exported, tmp_path, table, column, value):
    file = exported / "catalog" / f"{table}.jsonl"
    rows = [json.loads(line) for line in file.read_text().splitlines()]
    rows[0][column] = value
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))

    with pytest.raises(LibraryError, match=f"{table}.{column} cannot be"):
        Library.from_export(exported, tmp_path / "made")
    assert not (tmp_path / "made").exists()


@pytest.mark.parametrize(
    "line", ["[1]", '"text"', "7", "{", "[" * 100_000, '{"sha256": "a"}', '{"id) VALUES (1); --": 1}']
)
def test_a_line_of_an_export_that_is_no_row_is_refused(exported, tmp_path, line):
    (exported / "catalog" / "issue.jsonl").write_text(line + "\n")

    with pytest.raises(LibraryError):
        Library.from_export(exported, tmp_path / "made")
    assert not (tmp_path / "made").exists()


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE TRIGGER evil AFTER INSERT ON search BEGIN DELETE FROM figure; END",
        "CREATE VIEW evil AS SELECT load_extension('x')",
        "CREATE TABLE evil (a)",
        "CREATE INDEX evil ON figure (abs(position))",
    ],
)
def test_a_catalog_with_statements_of_its_own_is_not_opened(own_folder, sql):
    statement(sql)(own_folder)

    with pytest.raises(LibraryError, match="'evil' that no catalog has"):
        Library.open(own_folder)


def test_a_view_in_place_of_a_table_is_not_opened(own_folder):
    statement("DROP VIEW corrected_figure", "CREATE VIEW corrected_figure AS SELECT 1 AS id")(own_folder)

    with pytest.raises(LibraryError, match="'corrected_figure' that no catalog has"):
        Library.open(own_folder)


def test_the_trash_gives_back_only_what_it_was_given(own_folder):
    statement(
        "INSERT INTO trash VALUES ('00000000-0000-0000-0000-000000000000', 1, 'a.md', 'A', 1, '2024-01-01', "
        f"""'{{"picture": [["{SECRET}", 1, 1, "png", 1, 1, "0", "[]"]]}}')"""
    )(own_folder)

    with (
        Library.open(own_folder) as library,
        pytest.raises(LibraryError, match="not written by Archive Explorer"),
    ):
        library.archives.restore("a.md")


@pytest.mark.parametrize(
    "change",
    [
        lambda it: it.update(numbers=[[float("nan")] * 3]),
        lambda it: it.update(numbers=[[float("inf"), 0.0, 0.0]]),
        lambda it: it.update(shape=[[-1, 7]]),
        lambda it: it.update(shape=[[1 << 30]]),
        lambda it: it.update({next(iter(it)): [None]}),
    ],
)
def test_vectors_of_an_export_are_numbers_in_their_shape(exported, tmp_path, change):
    columns = {field.name: [["x"]][0] for field in schema()} | {"shape": [[3]], "numbers": [[1.0, 2.0, 3.0]]}
    change(columns)
    parquet.write_table(pa.table(columns, schema()), exported / "vectors.parquet")

    with pytest.raises(LibraryError, match="is not a readable export"):
        Library.from_export(exported, tmp_path / "made")


def test_a_small_file_of_very_many_equal_numbers_is_refused(exported, tmp_path, monkeypatch):
    monkeypatch.setattr("explorer.maintain.exporting.MAX_NUMBERS_PER_GROUP", 1 << 20)
    columns = {field.name: ["x"] for field in schema()} | {"shape": [[2 << 20]]}
    columns["numbers"] = [np.zeros(2 << 20, np.float32)]
    parquet.write_table(pa.table(columns, schema()), exported / "vectors.parquet", compression="zstd")
    assert (exported / "vectors.parquet").stat().st_size < 10_000

    with pytest.raises(LibraryError, match="more than 1,048,576 numbers"):
        Library.from_export(exported, tmp_path / "made")


def test_a_picture_of_an_export_that_is_no_file_is_refused(exported, tmp_path):
    os.mkfifo(exported / "pictures" / ("f" * 64))

    with pytest.raises(LibraryError, match="is not a file"):
        Library.from_export(exported, tmp_path / "made")


@pytest.mark.parametrize(
    "fields",
    [{"name": "../x"}, {"threshold": "low"}, {"threshold": float("nan")}, {"like": [7]}, {"words": 7}, {"words": "a " * 200},
     {"pictures": "/etc"}],
)  # fmt: skip
def test_a_saved_search_holds_only_what_an_explorer_writes(own_library, own_folder, fields):
    own_library.saved_searches.save("boats", words="boat")
    file = own_folder / "navigators" / "boats.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | fields))

    with pytest.raises(ExplorerError, match=r"boats\.json cannot be read"):
        own_library.saved_searches.get("boats")


def test_a_saved_search_waits_for_nothing_that_is_no_file(own_library, own_folder, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    own_library.saved_searches.save("boats", words="boat")
    file = own_folder / "navigators" / "boats.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | {"pictures": [str(tmp_path / "pipe")]}))

    assert own_library.saved_searches.run("boats").gone == (str(tmp_path / "pipe"),)


def test_a_backup_holds_files_alone_and_brings_no_index(own_library, tmp_path):
    def with_index(folder):
        (folder / "index").mkdir()
        (folder / "index" / "planted").write_text("x")

    hostile = tampered_backup(own_library, tmp_path, with_index)
    with Library.from_backup(hostile, tmp_path / "restored"):
        assert not (tmp_path / "restored" / "index" / "planted").exists()

    for link in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE):
        with tarfile.open(hostile, "a") as tar:
            member = tarfile.TarInfo(f"link{link.decode()}")
            member.type, member.linkname = link, "library.json"
            tar.addfile(member)
        with pytest.raises(LibraryError, match="neither a file nor a folder"):
            Library.from_backup(hostile, tmp_path / f"again{link.decode()}")


def test_a_backup_writes_nothing_outside(own_library, tmp_path):
    for name in ("../outside", f"{tmp_path}/outside"):
        own_library.maintenance.backup(tmp_path / "hostile.tar")
        with tarfile.open(tmp_path / "hostile.tar", "a") as tar:
            member = tarfile.TarInfo(name)
            member.size = 1
            tar.addfile(member, io.BytesIO(b"x"))

        with contextlib.suppress(LibraryError):
            Library.from_backup(tmp_path / "hostile.tar", tmp_path / "restored").close()
        assert not (tmp_path / "outside").exists()
        shutil.rmtree(tmp_path / "restored", ignore_errors=True)
        (tmp_path / "hostile.tar").unlink()


def test_an_encoder_that_a_restored_library_names_is_fetched_by_nobody(own_library, tmp_path):
    """The guard of all tests fails whatever leaves the machine."""
    for name in ("hf-hub:somebody/model", "ViT-B-32/laion2b_s34b_b79k"):
        folder = tmp_path / name.replace("/", "-").replace(":", "-")
        folder.mkdir()
        hostile = tampered_backup(own_library, folder, edited(encoder=name, indexes={name: "index"}))
        with pytest.raises(ExplorerError, match=re.escape(name)):
            Library.from_backup(hostile, folder / "restored")


# --- servers and the key --------------------------------------------------------------------------------


@pytest.fixture
def listener():
    """A server of somebody's, and what it was sent: the key of each request."""
    keys = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def answer(self):
            keys.append(self.headers.get("api-key"))
            self.send_response(401)
            self.end_headers()

        do_GET = do_POST = do_PUT = answer  # noqa: N815

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", keys
        server.shutdown()


@pytest.fixture(autouse=True)
def own_settings(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "settings"))
    monkeypatch.setenv("QDRANT_API_KEY", KEY)


def test_a_restored_library_contacts_no_server(own_library, tmp_path, listener):
    url, keys = listener
    hostile = tampered_backup(own_library, tmp_path, edited(qdrant_url=url))

    with Library.from_backup(hostile, tmp_path / "restored") as restored:
        assert restored.search("boat").hits
        assert restored.status().qdrant_url is None
    assert keys == []


def test_the_key_is_not_sent_to_a_server_that_only_a_copied_library_names(own_folder, listener):
    url, keys = listener
    edited(qdrant_url=url)(own_folder)

    with (
        Library.open(own_folder) as library,
        pytest.raises(ExplorerError, match="only the library names") as problem,
    ):
        library.search("boat")
    assert keys
    assert set(keys) == {None}
    assert f"explorer push {url}" in str(problem.value)


def test_the_key_is_sent_to_the_server_that_the_user_named_for_this_library(own_folder, tmp_path, listener):
    url, keys = listener
    with Library.open(own_folder) as library, pytest.raises(ExplorerError, match="requires an API key"):
        library.maintenance.push(url)
    assert set(keys) == {KEY}

    keys.clear()
    shutil.copytree(own_folder, tmp_path / "copy")
    edited(qdrant_url=url)(tmp_path / "copy")
    with Library.open(tmp_path / "copy") as copy:
        with pytest.raises(ExplorerError, match="only the library names"):
            copy.search("boat")
        assert set(keys) == {None}
        copy.maintenance.push(url)
        keys.clear()
        with pytest.raises(ExplorerError, match=r"requires an API key\. Set"):
            copy.search("boat")
        assert set(keys) == {KEY}


@pytest.mark.parametrize(("allowed", "is_sent"), [("", False), ("1", True)])
def test_the_key_is_not_sent_over_http_to_another_machine(own_folder, monkeypatch, allowed, is_sent):
    from explorer.index.server import connection

    monkeypatch.setenv("QDRANT_API_KEY_OVER_HTTP", allowed)
    line = connection.Connection.to("http://qdrant.example:6333", 1, may_have_key=True)
    assert (line.key_withheld is None) is is_sent
    assert connection.Connection.to("https://qdrant.example:6333", 1, may_have_key=True).key_withheld is None
    for here in ("127.0.0.1", "localhost", "[::1]", "127.1.2.3"):
        assert connection.Connection.to(f"http://{here}:6333", 1, may_have_key=True).key_withheld is None
    if not is_sent:
        assert "QDRANT_API_KEY_OVER_HTTP=1" in line.key_withheld


def test_a_password_of_an_older_library_is_written_nowhere(own_folder, tmp_path):
    edited(qdrant_url="https://user:pass-word@127.0.0.1:9/qdrant")(own_folder)

    with Library.open(own_folder) as library:
        assert library.status().qdrant_url == "https://127.0.0.1:9/qdrant"
        assert "pass-word" not in str(library.status())
        library.maintenance.backup(tmp_path / "backup.tar")
        library.maintenance.export(tmp_path / "export")
    assert b"pass-word" not in (tmp_path / "backup.tar").read_bytes()
    for file in (tmp_path / "export").rglob("*.json*"):
        assert "pass-word" not in file.read_text()
    LibraryManifest.read(own_folder).write(own_folder)
    assert "pass-word" not in (own_folder / "library.json").read_text()


def test_a_library_is_for_its_owner_alone(tmp_path, own_library):
    Library.create(tmp_path / "deep" / "made").close()
    own_library.maintenance.backup(tmp_path / "backup.tar")
    Library.from_backup(tmp_path / "backup.tar", tmp_path / "restored").close()

    for folder in (tmp_path / "deep" / "made", tmp_path / "restored"):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_picture_is_still_kept_under_its_own_name(own_library):
    figure = next(one for one in own_library.browse.figures() if one.sha256)
    assert own_library.browse.picture_path(figure.sha256, "original").is_file()
    assert png(Image.open(own_library.browse.picture_path(figure.sha256, "small")))
