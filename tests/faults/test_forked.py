"""A process that was forked from one that has a library open is told so; it does not wait for threads that it lacks."""

import subprocess
import sys
from pathlib import Path

import pytest

CHILD = """
import os, signal, sys, warnings
warnings.simplefilter("ignore")
from pathlib import Path
from explorer.errors import LibraryError
from explorer.library.library import Library

library = Library.open(sys.argv[1])
if sys.argv[3] == "searched":
    library.search("boat")
child = os.fork()
if not child:
    signal.alarm(30)
    try:
        with library:
            print(eval(sys.argv[2]))
    except LibraryError as problem:
        print("told:", problem)
    sys.exit(0)
ended = os.waitpid(child, 0)[1]
print("ended with", ended)
print("here:", len(library.search("boat").hits))
"""


@pytest.mark.parametrize("before", ["searched", "only opened"])
@pytest.mark.parametrize(
    "asked",
    [
        "library.search('boat')",
        "library.browse.figures()",
        "library.editing.audit()",
        "library.status()",
        "library.archives.ingest(['.'])",
    ],
)
def test_a_library_from_before_the_fork_is_refused(library_folder, asked, before):
    out = _run(library_folder, asked, before)
    assert "told: The library" in out
    assert "Open it here again" in out
    assert "ended with 0" in out
    assert "here: " in out


def test_a_library_that_is_opened_after_the_fork_answers(library_folder):
    out = _run(library_folder, "len(Library.open(sys.argv[1]).search('boat').hits)", "searched")
    assert "told" not in out
    assert "ended with 0" in out


def _run(folder, asked, before):
    done = subprocess.run(
        [sys.executable, "-c", CHILD, str(folder), asked, before],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[2],
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
