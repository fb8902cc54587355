"""Whatever is killed, whenever: the library opens, answers as it did, and the next run ends where it would have."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import killing
import pytest
from killing import VERBS, Place
from library.fake_encoders import FakeEncoder, use_fakes
from library.made_archive import copied

from explorer import is_library
from explorer.library.library import Library

TESTS = Path(__file__).resolve().parents[1]
MOMENTS = (0.02, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9, 0.97, 1.0)  # of what is done to files and databases
ALWAYS = {"sync": (0.35, 0.8), "encode": (0.5, 0.97), "use": (0.65, 1.0), "backup": (0.2, 0.9), "restore": (0.35, 0.9),
          "first-ingest": (0.02, 0.65)}  # fmt: skip

pytestmark = pytest.mark.skipif(os.name == "nt", reason="SIGKILL is of POSIX")


def run(verb: str, place: Path, last: int) -> subprocess.CompletedProcess:
    path = os.pathsep.join([str(TESTS.parent), str(TESTS)])
    return subprocess.run(
        [sys.executable, killing.__file__, verb, str(place), str(last)], cwd=TESTS.parent, check=False,
        env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True, timeout=120,
    )  # fmt: skip


@pytest.fixture(scope="module")
def places(tmp_path_factory):
    """For each verb a place where it has something to do."""
    root = tmp_path_factory.mktemp("places")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("os.fsync", lambda file: None)
        use_fakes(patch, FakeEncoder("fake"), FakeEncoder("other"))
        killing.prepare(root)
    return root


@pytest.fixture(scope="module")
def undisturbed(places):
    """What a verb makes of its place when nobody disturbs it, and how many things it does; each worked out once."""
    known: dict[str, tuple[int, dict]] = {}

    def of(verb: str):
        if verb not in known:
            copy = copied(places / verb, places / f"undisturbed-{verb}")
            ended = run(verb, copy, 0)
            assert ended.returncode == 0, ended.stderr
            known[verb] = int(ended.stdout), killing.contents(copy / "library")
        return known[verb]

    return of


@pytest.mark.parametrize(
    ("verb", "moment"),
    [
        pytest.param(verb, moment, marks=() if moment in ALWAYS.get(verb, ()) else pytest.mark.slow)
        for verb in VERBS
        for moment in MOMENTS
    ],
)
def test_killed_at_any_moment_nothing_is_lost_and_the_next_run_completes(
    places, undisturbed, verb, moment, monkeypatch
):
    deeds, expected = undisturbed(verb)
    folder = copied(places / verb, places / f"{verb}-{moment}")

    ended = run(verb, folder, max(1, round(deeds * moment)))

    assert ended.returncode == -signal.SIGKILL, ended.stderr
    monkeypatch.setattr("os.fsync", lambda file: None)
    use_fakes(monkeypatch, FakeEncoder("fake"), FakeEncoder("other"))
    place = Place(folder)
    if is_library(place.library) and (place.library / "catalog.sqlite").exists():
        assert killing.wounds(place.library) == []
    VERBS[verb](place)
    assert killing.contents(place.library) == expected
    assert killing.wounds(place.library) == []
    if verb == "backup":
        with Library.from_backup(place.backup, folder / "again") as again:
            assert again.browse.figures()
        assert killing.contents(folder / "again") == expected
