"""A library, a backup or an export may come from a stranger: it names no file outside, and runs nothing."""

import http.server
import io
import json
import os
import shutil
import sqlite3
import stat
import struct
import subprocess
import sys
import tarfile
import threading
from contextlib import closing, suppress

import numpy as np
import pyarrow as pa
import pytest
from library.made_archive import figures_by_image
from pyarrow import parquet

from explorer.catalog.picture_store import PictureStore
from explorer.cli import main
from explorer.errors import LibraryError
from explorer.ingest.vector_tables import schema
from explorer.library.library import Library
from explorer.maintain import parquet_check

BOAT = "images/boat.png"
NO_ID = "11111111-1111-1111-1111-111111111111"
NO_NAMES = {
    "a path up": "../../../../secret.txt",
    "upper case": "AB" * 32,
    "too long": "ab" * 33,
    "a line end": "ab" * 32 + "\n",
    "digits of another script": "\u0661" * 64,
    "a NUL": "ab" * 20 + "\0/../../../../../secret.tx",
    "a NUL after 64 digits": "ab" * 32 + "\0/../../../secret.txt",
    "blanks between": "ab " * 21 + "a",
}


@pytest.fixture
def exported(library, tmp_path):
    library.maintenance.export(tmp_path / "out")
    return tmp_path / "out"


@pytest.fixture
def backed_up(library, tmp_path):
    library.maintenance.backup(tmp_path / "kept.tar")
    return tmp_path / "kept.tar"


def change(file, *statements, values=()):
    """Changes a database behind the explorer's back."""
    with closing(sqlite3.connect(file)) as database, database:
        for statement in statements:
            database.execute(statement, values)


def lines(file):
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def rewrite(file, rows):
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


# --- what names a file ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [*NO_NAMES.values(), b"ab" * 32, None], ids=[*NO_NAMES, "bytes", "nothing"])
def test_only_a_sha256_names_a_picture(name, tmp_path):
    store = PictureStore(tmp_path / "a" / "b" / "pictures")
    asked = (
        store.original,
        store.has,
        store.read,
        store.keypoints,
        store.forget,
        lambda it: store.thumbnail(it, "small"),
        lambda it: store.keep(it, b"x", {"small": b"x"}),
    )
    for ask in asked:
        with pytest.raises(LibraryError, match="is not the name of a picture"):
            ask(name)
    assert list(tmp_path.rglob("*")) == []


@pytest.mark.parametrize("name", [*NO_NAMES.values(), b"ab" * 32], ids=[*NO_NAMES, "bytes"])
@pytest.mark.parametrize("table", ["picture", "figure"])
def test_a_catalog_that_names_a_file_elsewhere_is_not_opened(table, name, own_folder):
    statement = {
        "picture": "INSERT INTO picture SELECT ?, 9, 9, 'png', 9, 1, '', '[]'",
        "figure": f"UPDATE figure SET sha256 = ? WHERE image = '{BOAT}'",
    }[table]
    change(own_folder / "catalog.sqlite", statement, values=(name,))
    with pytest.raises(LibraryError, match=rf"not a catalog of Archive Explorer.*'{table}'.*not a SHA-256"):
        Library.open(own_folder)


def test_repairing_never_takes_away_a_file_outside_the_library(own_folder, tmp_path):
    outside = tmp_path / "outside"
    shutil.move(own_folder / "pictures", outside)
    (own_folder / "pictures").symlink_to(outside)
    kept = [file for file in outside.rglob("*") if file.is_file()]
    for file in kept:
        file.write_bytes(b"somebody's own file")
    (outside / "tmp-of-somebody").write_text("mine")
    with Library.open(own_folder) as library:
        found = library.maintenance.repair()
    assert found
    assert not any(one.mended for one in found if one.part in ("picture", "thumbnail", "leftover"))
    assert {file.read_bytes() for file in kept} == {b"somebody's own file"}
    assert (outside / "tmp-of-somebody").read_text() == "mine"


def test_repairing_makes_no_index_outside_the_library(own_folder, tmp_path):
    outside = tmp_path / "outside"
    shutil.move(own_folder / "index", outside)
    (own_folder / "index").symlink_to(outside)
    (outside / "CURRENT").write_text("no number")
    (outside / "generations" / "000099").mkdir()
    (outside / "generations" / "000099" / "thesis.tex").write_text("years of work")
    with Library.open(own_folder) as library:
        assert not any(one.mended for one in library.maintenance.repair())
    assert (outside / "generations" / "000099" / "thesis.tex").read_text() == "years of work"


@pytest.mark.parametrize("kind", ["original", "small", "large"])
def test_a_link_in_the_place_of_a_picture_is_not_followed(kind, own_folder, tmp_path):
    """Else the app would hand out what it leads to, as the original or in the place of a thumbnail."""
    secret = tmp_path / "secret.txt"
    secret.write_text("nobody's business")
    with Library.open(own_folder) as library:
        boat = figures_by_image(library)[BOAT]
        file = library.browse.picture_path(boat.sha256, kind)
        file.unlink()
        file.symlink_to(secret)
        with pytest.raises(LibraryError, match="is a symbolic link, not a file"):
            library.browse.picture_path(boat.sha256, kind)
        with suppress(LibraryError):
            library.maintenance.export(tmp_path / "out")
        assert not [it for it in tmp_path.rglob("out/pictures/*") if it.read_bytes() == secret.read_bytes()]
        assert {one.where for one in library.maintenance.examine()} == {str(file)}
        library.maintenance.repair()
        assert not file.is_symlink()
    assert secret.read_text() == "nobody's business"


def test_an_import_into_a_folder_with_files_in_it_leaves_them_alone(exported, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.tex").write_text("years of work")
    with pytest.raises(LibraryError, match="is not empty"):
        Library.from_export(exported, tmp_path / "mine")
    assert (tmp_path / "mine" / "thesis.tex").read_text() == "years of work"


# --- what SQLite would run --------------------------------------------------------------------------

HOSTILE_SCHEMAS = {
    "a virtual table": "CREATE VIRTUAL TABLE evil USING fts5(words)",
    "another column": "ALTER TABLE figure ADD COLUMN evil TEXT",
    "a column that is computed": "ALTER TABLE figure ADD COLUMN evil TEXT AS (hex(caption))",
    "another view": "CREATE VIEW corrected_figure AS SELECT *, '../../secret' AS other FROM figure",
    "another trigger": "CREATE TRIGGER figure_added AFTER INSERT ON figure BEGIN DELETE FROM item; END",
    "a view for a table": "CREATE VIEW search AS SELECT 'x' AS line, 'x' AS asked, 1 AS times",
}


@pytest.mark.parametrize("statement", HOSTILE_SCHEMAS.values(), ids=HOSTILE_SCHEMAS)
def test_a_catalog_with_a_schema_of_a_strangers_is_not_opened(statement, own_folder):
    place = {
        "corrected_figure": "DROP VIEW corrected_figure",
        "figure_added": "DROP TRIGGER figure_added",
        "VIEW search": "DROP TABLE search",
    }
    dropped = [drop for name, drop in place.items() if name in statement]
    change(own_folder / "catalog.sqlite", *dropped, statement)
    with pytest.raises(LibraryError, match="not a catalog of Archive Explorer"):
        Library.open(own_folder)


def test_a_statement_in_what_looks_like_a_comment_is_none_of_ours(own_folder):
    """`'--' || (SELECT …) || '` up to the end of the line is no comment: it begins within a text."""
    file = own_folder / "catalog.sqlite"
    with closing(sqlite3.connect(file)) as database:
        [view] = database.execute("SELECT sql FROM sqlite_master WHERE name = 'corrected_figure'").fetchone()
    hostile = view.replace("''", "'--' || (SELECT count(*) FROM search) || '\n'", 1)
    assert hostile != view
    change(file, "DROP VIEW corrected_figure", hostile)
    with pytest.raises(LibraryError, match="'corrected_figure'"):
        Library.open(own_folder)


@pytest.mark.parametrize("how", ["a view", "a trigger", "numbers that are none", "a shape that is none"])
def test_a_cache_of_vectors_of_a_strangers_is_made_anew(how, own_folder):
    nan = struct.pack("<f", float("nan")).hex()
    statements = {
        "a view": (
            "ALTER TABLE vectors RENAME TO kept",
            "CREATE VIEW vectors AS SELECT kept.* FROM kept, (SELECT randomblob(9))",
        ),
        "a trigger": ("CREATE TRIGGER evil AFTER INSERT ON vectors BEGIN DELETE FROM vectors; END",),
        "numbers that are none": (f"UPDATE vectors SET shape = '1', numbers = x'{nan}'",),
        "a shape that is none": ("UPDATE vectors SET shape = '1,1,1,1', numbers = x'00000000'",),
    }[how]
    change(own_folder / "vectors.sqlite", *statements)
    with Library.open(own_folder) as library:
        assert [one.part for one in library.maintenance.examine()] == ["vectors"]
        assert all(one.mended for one in library.maintenance.repair())
        assert library.maintenance.examine() == []


# --- what else a value may be -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("table", "odd"),
    [
        ("figure", {"alt": "\ud800"}),
        ("issue", {"date": "<script>alert(1)</script>"}),
        ("picture", {"format": "../png"}),
        ("picture_text", {"recipe": "r", "text": "x", "lines": '[["x", NaN, [0, 0, 1, 1]]]'}),
        ("picture_kind", {"recipe": "r", "probabilities": "[0.5]"}),
        ("picture_kind", {"recipe": "r", "probabilities": "[2, 0, 0, 0, 0, 0, 0]"}),
        ("picture_kind", {"recipe": "r", "probabilities": "[NaN, 0, 0, 0, 0, 0, 0]"}),
        ("trash", {"issue_id": NO_ID, "archive_id": 1, "document": "gone.md", "title": None, "figures": 1,
                   "deleted": "2030-01-01T00:00:00+00:00", "rows": '{"figure": [["../../x"]]}'}),
    ],
)  # fmt: skip
def test_an_export_with_odd_values_is_refused_in_a_sentence(table, odd, exported, tmp_path):
    file = exported / "catalog" / f"{table}.jsonl"
    rows = lines(file)
    picture = (
        {"sha256": lines(exported / "catalog" / "picture.jsonl")[0]["sha256"]}
        if table == "picture_text"
        else {}
    )
    rewrite(file, [*rows[:-1], {**(rows[-1] if rows else picture), **odd}])
    with pytest.raises(LibraryError):
        Library.from_export(exported, tmp_path / "made")
    assert not (tmp_path / "made").exists()


@pytest.mark.parametrize(
    "line", [b'{"id": NaN}', b'{"id": ' + b"9" * 5000 + b"}", b"\xff\xfe", b'{"id": 1e999}']
)
def test_an_export_with_odd_lines_is_refused_in_a_sentence(line, exported, tmp_path):
    with (exported / "catalog" / "archive.jsonl").open("ab") as file:
        file.write(line + b"\n")
    with pytest.raises(LibraryError):
        Library.from_export(exported, tmp_path / "made")
    assert not (tmp_path / "made").exists()


def test_an_export_with_two_rows_of_one_id_is_not_called_a_damaged_catalog(exported, tmp_path):
    file = exported / "catalog" / "figure.jsonl"
    rewrite(file, [*lines(file), lines(file)[0]])
    with pytest.raises(LibraryError, match="A row of figure contradicts other rows of the import"):
        Library.from_export(exported, tmp_path / "made")
    assert not (tmp_path / "made").exists()


@pytest.mark.parametrize("encoder", ["", 7, None, ["lite"], "a\nb", "x" * 10_000])
def test_an_export_that_names_no_encoder_is_refused(encoder, exported, tmp_path):
    (exported / "library.json").write_text(json.dumps({"encoder": encoder}))
    with pytest.raises(LibraryError, match="is not a readable export"):
        Library.from_export(exported, tmp_path / "made")
    assert not (tmp_path / "made").exists()


@pytest.mark.parametrize(
    "written", ['{"version": 1e999}', '{"version": 2, "hooks": "rm"}', "[]", "[" * 100_000]
)
def test_a_manifest_that_is_none_is_told_in_a_sentence(written, own_folder):
    (own_folder / "library.json").write_text(written)
    with pytest.raises(LibraryError, match=r"library\.json cannot be read"):
        Library.open(own_folder)


def test_an_issue_in_the_trash_that_no_explorer_discarded_disturbs_no_reading(own_folder, archive):
    """An issue that comes back takes the ids of its figures from the trash."""
    file = own_folder / "catalog.sqlite"
    with closing(sqlite3.connect(file)) as database:
        rows = database.execute("SELECT id, archive_id, document FROM issue").fetchall()
    for rows_kept in ("[]", '{"figure": [[1]]}', "no JSON", '{"figure": 7}'):
        change(file, *(f"DELETE FROM {table}" for table in ("trash", "figure", "item", "issue", "restored")))
        for id, number, document in rows:
            change(
                file,
                "INSERT INTO trash VALUES (?, ?, ?, NULL, 1, '2030-01-01T00:00:00+00:00', ?)",
                values=(id, number, document, rows_kept),
            )
        with Library.open(own_folder) as library:
            assert library.archives.ingest([archive], encoder="lite").figures > 0


def as_varint(number, width=0):
    """A number as Thrift writes it, in so many bytes at least."""
    low, rest = number & 127, number >> 7
    return bytes([low | 128]) + as_varint(rest, width - 1) if rest or width > 1 else bytes([low])


def test_a_table_of_vectors_that_lies_about_its_size_is_refused(exported, tmp_path, monkeypatch):
    """A kilobyte that says it has three numbers, and has 32 million."""
    count, file = 32 << 20, exported / "vectors.parquet"
    columns = {"content": ["a" * 64], "encoder": ["e"], "kind": ["k"], "shape": [[count]]}
    table = pa.table({**columns, "numbers": [np.zeros(count, np.float32)]}, schema())
    parquet.write_table(table, file, compression="zstd", data_page_size=1 << 30, write_statistics=False)
    told, lie = as_varint(2 * count), as_varint(2 * 3, len(as_varint(2 * count)))
    data = file.read_bytes()
    size = int.from_bytes(data[-8:-4], "little") + 8
    file.write_bytes(data[:-size] + data[-size:].replace(told, lie))
    described = parquet.ParquetFile(file).metadata.row_group(0)
    assert described.column(4).num_values == 3
    assert file.stat().st_size < 10_000

    real = subprocess.run
    limit = f"from explorer.maintain import parquet_check as it; it.MAX_MEMORY_BYTES = {256 << 20}; raise SystemExit(it._main())"
    monkeypatch.setattr(
        parquet_check.subprocess, "run", lambda given, **how: real([given[0], "-c", limit, given[-1]], **how)
    )
    with pytest.raises(LibraryError, match="it contains more data than its size suggests"):
        Library.from_export(exported, tmp_path / "made")
    assert not (tmp_path / "made").exists()


def test_a_table_of_very_many_equal_rows_is_refused(exported, tmp_path):
    count = 1_000_000
    columns = {
        "content": ["a" * 64] * count,
        "encoder": ["e"] * count,
        "kind": ["k"] * count,
        "shape": [[1]] * count,
    }
    table = pa.table({**columns, "numbers": [[0.0]] * count}, schema())
    parquet.write_table(table, exported / "vectors.parquet", compression="zstd")
    with pytest.raises(LibraryError, match=r"has 1,000,000 rows, too many for its size"):
        Library.from_export(exported, tmp_path / "made")


# --- backups ----------------------------------------------------------------------------------------


def with_member(backup, to, name, **fields):
    shutil.copy(backup, to)
    member = tarfile.TarInfo(name)
    for field, value in fields.items():
        setattr(member, field, value)
    with tarfile.open(to, "a") as tar:
        tar.addfile(member, io.BytesIO(b"7\n" if member.isreg() else b""))
    return to


@pytest.mark.parametrize(
    "name", ["index/CURRENT", "./index/CURRENT", "Index-2/CURRENT", "pictures/../index/CURRENT", ".//index/x"]
)
def test_a_backup_plants_no_index(name, backed_up, tmp_path):
    hostile = with_member(backed_up, tmp_path / "hostile.tar", name, size=2)
    try:
        Library.from_backup(hostile, tmp_path / "made").close()
    except LibraryError as problem:
        assert "neither a file nor a folder of a library" in str(problem)
        assert not (tmp_path / "made").exists()
    else:
        written = {file.read_bytes() for file in (tmp_path / "made").rglob("*") if file.is_file()}
        assert b"7\n" not in written


def test_a_backup_holds_no_file_that_is_larger_than_it_is(backed_up, tmp_path):
    hole = {
        "GNU.sparse.major": "1",
        "GNU.sparse.minor": "0",
        "GNU.sparse.name": "pictures/hole",
        "GNU.sparse.realsize": str(1 << 40),
    }
    data = b"1\n0\n0\n".ljust(512, b"\0")
    member = tarfile.TarInfo("pictures/hole")
    member.size, member.pax_headers = len(data), hole
    shutil.copy(backed_up, tmp_path / "hostile.tar")
    with tarfile.open(tmp_path / "hostile.tar", "a", format=tarfile.PAX_FORMAT) as tar:
        tar.addfile(member, io.BytesIO(data))
    with pytest.raises(LibraryError, match="neither a file nor a folder of a library"):
        Library.from_backup(tmp_path / "hostile.tar", tmp_path / "made")
    assert not (tmp_path / "made").exists()


def test_a_library_of_ones_own_passes_every_check(own_library, tmp_path):
    own_library.editing.correct(figures_by_image(own_library)[BOAT].id, caption="Our own dinghy")
    own_library.search("boats")
    assert own_library.maintenance.examine() == []
    own_library.maintenance.backup(tmp_path / "kept.tar")
    with Library.from_backup(tmp_path / "kept.tar", tmp_path / "again") as again:
        assert again.maintenance.examine() == []
        again.maintenance.export(tmp_path / "out")
    with Library.from_export(tmp_path / "out", tmp_path / "made") as made:
        assert made.maintenance.examine() == []


def test_copies_of_a_library_are_for_its_owner_alone(library, exported, backed_up):
    assert stat.S_IMODE(backed_up.stat().st_mode) == 0o600
    assert stat.S_IMODE(exported.stat().st_mode) == 0o700


def test_whoever_restores_a_library_is_told_what_a_sync_would_read(backed_up, tmp_path, capsys, monkeypatch):
    hostile = tmp_path / "changed.sqlite"
    with tarfile.open(backed_up) as tar:
        hostile.write_bytes(tar.extractfile("catalog.sqlite").read())
    change(hostile, "UPDATE archive SET location = '/home/somebody/.ssh'")
    with tarfile.open(backed_up) as old, tarfile.open(tmp_path / "hostile.tar", "w") as new:
        for member in old:
            if member.name != "catalog.sqlite":
                new.addfile(member, old.extractfile(member) if member.isfile() else None)
        new.add(hostile, "catalog.sqlite")
    words = ["restore", str(tmp_path / "hostile.tar"), "--library", str(tmp_path / "made")]
    monkeypatch.setattr(sys, "argv", ["explorer", *words])
    with pytest.raises(SystemExit) as ended:
        main()
    assert not ended.value.code
    assert "explorer sync will read archive at /home/somebody/.ssh" in capsys.readouterr().out


@pytest.mark.parametrize(
    "told",
    [
        {},
        {"caption_to_figure": 7},
        {"caption_to_figure": {"fused": {"all": {"mrr": {"value": "<b>", "low": 0, "high": 1}}}}},
        {"caption_to_figure": {"fused": {}}},
        {"captions": "<script>"},
        {"date": 7},
    ],
)
def test_a_selftest_of_a_strangers_is_none(told, own_folder):
    summary = {"queries": 1, "mrr": {"value": 0.5, "low": 0.4, "high": 0.6}}
    sound = {
        "date": "2030-01-01", "encoder": "lite", "generation": 1, "captions": 1, "left_out": {},
        "caption_to_figure": {"fused": {"all": summary}}, "figure_to_caption": {"fused": {"all": summary}},
    }  # fmt: skip
    (own_folder / "selftests.jsonl").write_text(json.dumps(sound | told) + "\n")
    with Library.open(own_folder) as library:
        assert (library.evaluation.last_selftest() is None) is bool(told)


# --- the model hub ----------------------------------------------------------------------------------


class Hub(http.server.BaseHTTPRequestHandler):
    """A model hub that has nothing, and remembers what it was asked."""

    def answer(self):
        self.server.asked.append(f"{self.command} {self.path}")
        self.send_response(404)
        self.end_headers()

    do_GET = do_HEAD = do_POST = answer  # noqa: N815

    def log_message(self, *_):
        pass


@pytest.mark.slow
@pytest.mark.parametrize("name", ["hf-hub:somebody/model", "ViT-B-32/laion2b_s34b_b79k"])
def test_an_encoder_that_a_library_names_is_fetched_only_when_somebody_asks_for_it(
    name, own_folder, archive, tmp_path
):
    manifest = json.loads((own_folder / "library.json").read_text())
    named = {"encoder": name, "indexes": {name: "index"}}
    (own_folder / "library.json").write_text(json.dumps(manifest | named))
    with Library.open(own_folder) as library:
        library.maintenance.backup(tmp_path / "hostile.tar")
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hub) as hub:
        hub.asked = []
        threading.Thread(target=hub.serve_forever, daemon=True).start()
        environment = {
            **os.environ,
            "HF_ENDPOINT": f"http://127.0.0.1:{hub.server_port}",
            "HF_HOME": str(tmp_path / "hub"),
        }
        environment.pop("HF_HUB_OFFLINE", None)

        def explorer(*words):
            command = [sys.executable, "-c", "from explorer.cli import main; main()", *map(str, words)]
            return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

        explorer("restore", tmp_path / "hostile.tar", "--library", tmp_path / "restored")
        for library in (own_folder, tmp_path / "restored"):
            for words in (
                ["search", "boat"],
                ["status"],
                ["doctor"],
                ["doctor", "--repair"],
                ["sync"],
                ["ingest", archive],
            ):
                done = explorer(*words, "--library", library)
                assert "Traceback" not in done.stderr, done.stderr
        assert hub.asked == []
        explorer("encode", "--encoder", name, "--library", own_folder)
        assert hub.asked  # so it would have been seen
        hub.shutdown()
