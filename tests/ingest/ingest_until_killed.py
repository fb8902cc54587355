"""Runs one ingest with the fake encoder in a process of its own, which dies by SIGKILL at the n-th thing it does to a file.

    python ingest_until_killed.py LIBRARY ARCHIVE N

With N = 0 it lives, and prints how many things it did.
"""

import os
import signal
import sys
from pathlib import Path

from library.fake_encoders import FakeEncoder, FakeSentences

import embeddings
from explorer.library.library import Library

DEEDS = {
    "open",
    "os.rename",
    "os.remove",
    "os.mkdir",
    "os.rmdir",
    "sqlite3.connect",
    "shutil.rmtree",
    "os.chmod",
    "tempfile.mkstemp",
}


def main(folder: str, archive: str, last: int) -> None:
    encoder, sentences = FakeEncoder("fake"), FakeSentences()
    load = embeddings.load
    embeddings.load = lambda name, **how: encoder if name == encoder.name else load(name, **how)
    embeddings.load_sentences = lambda **_: sentences
    done = 0

    def watch(event: str, arguments: tuple) -> None:
        nonlocal done
        if event in DEEDS and arguments and str(arguments[0]).startswith(folder):
            done += 1
            if done == last:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(watch)
    with Library.open(Path(folder)) as library:
        library.archives.ingest([Path(archive)])
    sys.stdout.write(f"{done}\n")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
