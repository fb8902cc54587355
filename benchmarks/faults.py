"""Kills what changes a library at random moments, and counts what does not come out of it whole.

    python benchmarks/faults.py [--kills 200] [--seed 1] [--json]

Each verb (a first ingest, an ingest of changes, sync, encode, use, backup, restore) is done by a process of its own
with encoders that cost nothing, and killed by SIGKILL at a moment drawn evenly from the time that it takes when
nobody disturbs it. Then the library must open, answer, have no wounds but leftovers, and be completed by the same
verb to exactly what an undisturbed run makes: every row of the catalog, every number of every vector.
"""

# ruff: noqa: E402
from __future__ import annotations

import argparse
import importlib
import json
import multiprocessing
import os
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
# What is done, and on what, stands with the tests.
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "tests" / "faults")]

import killing
from killing import VERBS, Place
from library.made_archive import copied

from explorer.library.library import Library

OUTCOMES = ("killed", "done before", "whole", "broken")
PATIENCE_S = 120.0
# A child begins as a copy of this process, which itself never opens a library: threads do not outlive a fork.
FORKED = multiprocessing.get_context("fork")


def main() -> None:
    options = _options()
    killing.use_fake_encoders()
    drawn = random.Random(options.seed)
    counts = {verb: Counter(dict.fromkeys(OUTCOMES, 0)) for verb in VERBS}
    told: list[str] = []
    begun = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="explorer-faults-") as folder:
        root = Path(folder)
        for name in in_child(prepared, root):
            with suppress(ImportError):
                importlib.import_module(name)  # once, and not in every child
        clean = {verb: undisturbed(verb, root) for verb in VERBS}
        for number in range(options.kills):
            verb = list(VERBS)[number % len(VERBS)]
            seconds, expected = clean[verb]
            copy = copied(root / verb, root / f"{verb}-{number}")
            after = drawn.uniform(0, seconds)
            was_killed = killed(verb, copy, after)
            counts[verb]["killed" if was_killed else "done before"] += 1
            try:
                in_child(check, verb, copy, expected)
                counts[verb]["whole"] += 1
            except RuntimeError as broken:
                counts[verb]["broken"] += 1
                told.append(f"{verb}, killed after {after:.3f} of {seconds:.3f} s: {broken}")
            shutil.rmtree(copy)
            print(f"\r{number + 1} of {options.kills}", end="", file=sys.stderr)
    print(file=sys.stderr)
    report(counts, clean, told, time.perf_counter() - begun, as_json=options.json)


def prepared(root: Path) -> list[str]:
    """The modules that it takes to prepare `root`."""
    killing.prepare(root)
    return list(sys.modules)


def undisturbed(verb: str, root: Path) -> tuple[float, dict[str, object]]:
    """How long a verb takes in a process of its own, and what it makes of its place."""
    copy = copied(root / verb, root / f"undisturbed-{verb}")
    begun = time.perf_counter()
    in_child(VERBS[verb], Place(copy))
    return time.perf_counter() - begun, in_child(killing.contents, copy / "library")


def killed(verb: str, folder: Path, after: float) -> bool:
    """Whether the verb, begun here and killed so many seconds later, was still at it."""
    process = FORKED.Process(target=_quietly, args=(VERBS[verb], Place(folder)))
    process.start()
    process.join(after)
    process.kill()
    process.join()
    return process.exitcode != 0


def check(verb: str, folder: Path, expected: dict[str, object]) -> None:
    """Raises AssertionError, or what the library raises, where something is lost."""
    place = Place(folder)
    if Library.is_at(place.library) and (place.library / "catalog.sqlite").exists():
        assert (wounds := killing.wounds(place.library)) == [], wounds
    VERBS[verb](place)
    found = killing.contents(place.library)
    differing = [name for name in expected.keys() | found.keys() if expected.get(name) != found.get(name)]
    assert not differing, f"not as undisturbed: {', '.join(differing)}"
    assert (wounds := killing.wounds(place.library)) == [], wounds


def in_child(do: Callable[..., Any], *arguments: object) -> Any:  # noqa: ANN401
    """What `do` returns in a process of its own; RuntimeError with what it raised."""
    here, there = FORKED.Pipe(duplex=False)
    process = FORKED.Process(target=_answer, args=(there, do, arguments))
    process.start()
    there.close()
    try:
        is_done, answer = here.recv() if here.poll(PATIENCE_S) else (False, "it hangs")
    except EOFError:
        is_done, answer = False, "the process died"
    process.kill()
    process.join()
    if not is_done:
        raise RuntimeError(answer)
    return answer


def _answer(line: Connection, do: Callable[..., Any], arguments: tuple[object, ...]) -> None:
    try:
        line.send((True, do(*arguments)))
    except Exception as error:  # noqa: BLE001  whatever it is, it is the finding
        line.send((False, f"{type(error).__name__}: {error}"))


def _quietly(do: Callable[[Place], None], place: Place) -> None:
    do(place)
    os._exit(0)


def report(
    counts: dict[str, Counter[str]], clean: dict[str, tuple[float, dict[str, object]]], told: list[str],
    seconds: float, *, as_json: bool,
) -> None:  # fmt: skip
    """Prints a row for each verb, and every library that was not whole."""
    if as_json:
        print(json.dumps({"verbs": {verb: dict(found) for verb, found in counts.items()}, "broken": told,
                          "seconds": round(seconds, 1)}))  # fmt: skip
        return
    print(f"{'verb':14}{'takes s':>9}" + "".join(f"{name:>13}" for name in OUTCOMES))
    for verb, found in counts.items():
        print(f"{verb:14}{clean[verb][0]:9.2f}" + "".join(f"{found[name]:13}" for name in OUTCOMES))
    total = sum(counts.values(), Counter())
    print(f"{'all':23}" + "".join(f"{total[name]:13}" for name in OUTCOMES))
    print(f"took {seconds:.0f} s")
    print(*told, sep="\n")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--kills", type=int, default=200, help="how many in all (default 200)")
    parser.add_argument("--seed", type=int, default=1, help="of the moments (default 1)")
    parser.add_argument("--json", action="store_true", help="one line of JSON")
    return parser.parse_args()


if __name__ == "__main__":
    main()
