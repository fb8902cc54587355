"""What changes a library, done with cheap encoders in a process of its own that dies by SIGKILL on the way.

    python killing.py VERB PLACE N

does VERB at PLACE, and dies at the N-th thing that it does to a file or a database there; with N = 0 it lives, and
prints how many things it did.
"""

from __future__ import annotations

import os
import signal
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from library.fake_encoders import FakeEncoder, FakeSentences
from library.made_archive import copied, write_archive, write_second_version

import embeddings
from explorer import is_library
from explorer.library.library import Library

FILE_DEEDS = {
    "open",
    "os.rename",
    "os.remove",
    "os.mkdir",
    "os.rmdir",
    "os.truncate",
    "shutil.rmtree",
    "tempfile.mkstemp",
}
DATABASE_DEEDS = ("BEGIN", "COMMIT", "ROLLBACK")


@dataclass(frozen=True, slots=True)
class Place:
    """A folder with an archive and what is made of it."""

    folder: Path

    @property
    def archive(self) -> Path:
        return self.folder.parent / "archive"

    @property
    def library(self) -> Path:
        return self.folder / "library"

    @property
    def backup(self) -> Path:
        return self.folder / "kept.tar"


def ingest(place: Place) -> None:
    with Library.create(place.library) as library:
        library.archives.ingest([place.archive], encoder="fake")


def sync(place: Place) -> None:
    with Library.open(place.library) as library:
        library.archives.sync()


def encode(place: Place) -> None:
    with Library.open(place.library) as library:
        library.encoders.add("other")


def use(place: Place) -> None:
    with Library.open(place.library) as library:
        library.encoders.use("other")


def backup(place: Place) -> None:
    place.backup.unlink(missing_ok=True)
    with Library.open(place.library) as library:
        library.maintenance.backup(place.backup)


def restore(place: Place) -> None:
    if not is_library(place.library):
        Library.from_backup(place.backup, place.library).close()
    sync(place)


VERBS: dict[str, Callable[[Place], None]] = {
    "first-ingest": ingest,
    "ingest": ingest,
    "sync": sync,
    "encode": encode,
    "use": use,
    "backup": backup,
    "restore": restore,
}


def use_fake_encoders() -> None:
    """From now on `fake` and `other` are encoders, beside the real ones; and nobody waits for the disk.

    What a process that is killed has written the system has: only a power failure needs more.
    """
    os.fsync = lambda file: None
    named, sentences = {name: FakeEncoder(name) for name in ("fake", "other")}, FakeSentences()
    load = embeddings.load
    embeddings.load = lambda name, **how: named.get(name) or load(name, **how)
    embeddings.load_sentences = lambda **_: sentences


def prepare(root: Path) -> None:
    """At `root` the archive in its second version, and for each verb a place where it has something to do."""
    write_archive(root / "archive")
    (root / "first-ingest").mkdir()
    read = Place(root / "ingest")
    ingest(read)
    for name in ("sync", "encode", "use", "backup", "restore"):
        (root / name).mkdir()
        copied(read.library, root / name / "library")
    encode(Place(root / "use"))
    write_over(root / "archive")
    sync(Place(root / "use"))
    backup(Place(root / "restore"))
    (root / "restore" / "library").rename(root / "restore" / "before")


def write_over(archive: Path) -> None:
    """The second version of the archive in the place of the first."""
    new = write_second_version(archive.with_name("new"))
    archive.rename(archive.with_name("old"))
    new.rename(archive)


def contents(library: Path) -> dict[str, object]:
    """All that a library holds, down to the last number of the last vector of each of its indexes."""
    with Library.open(library) as opened:
        found: dict[str, object] = {
            table: sorted(repr([value for name, value in zip(columns, row, strict=True) if name != "deleted"]) for row in rows)
            for table, columns, rows in opened._context.catalog.content.tables()
        }  # fmt: skip
        found["encoder"] = opened._context.indexes.manifest.encoder
        for encoder in opened._context.indexes.manifest.index_places:
            with closing(opened._context.indexes.store_of(encoder).open()) as index:
                ids = sorted(index.digests())
                names = [field.name for field in index.manifest.config.schema.vectors]
                found[f"points of {encoder}"] = [
                    (one.id, one.payload, {name: vector.tolist() for name, vector in sorted(one.vectors.items())})
                    for one in index.fetch(ids, names)
                ]  # fmt: skip
    return found


def wounds(library: Path) -> list[str]:
    """What is wrong with a library beyond what a program that was stopped leaves behind, and will be gone."""
    with Library.open(library) as opened:
        findings = opened.maintenance.examine()
        if opened._context.index_store.current_generation() is not None:
            shown = {hit.record.image for hit in opened.search("sailing boat", limit=50).hits}
            assert {"images/boat.png", "images/rain.png"} <= shown
    return [
        f"{one.part}: {one.where}: {one.what}"
        for one in findings
        if one.part != "leftover" and one.what != "it was never finished"
    ]


def die_at(folder: str, last: int) -> Callable[[], int]:
    """From now on things done in `folder` are counted, and the `last` of them is the end."""
    done = 0

    def count() -> None:
        nonlocal done
        done += 1
        if done == last:
            os.kill(os.getpid(), signal.SIGKILL)

    def look(statement: str) -> None:
        if statement.startswith(DATABASE_DEEDS):
            count()

    def watch(event: str, arguments: tuple) -> None:
        if event in FILE_DEEDS and arguments and str(arguments[0]).startswith(folder):
            count()

    def connect(*arguments: object, **named: object) -> sqlite3.Connection:
        opened = plain_connect(*arguments, **named)
        opened.set_trace_callback(look)
        return opened

    plain_connect, sqlite3.connect = sqlite3.connect, connect
    sys.addaudithook(watch)
    return lambda: done


def main(verb: str, folder: str, last: int) -> None:
    use_fake_encoders()
    done = die_at(folder, last)
    VERBS[verb](Place(Path(folder)))
    sys.stdout.write(f"{done()}\n")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
