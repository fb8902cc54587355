"""Kill operations on a library at random moments, and count the libraries that do not recover.

    python benchmarks/faults.py [--kills 200] [--seed 1] [--json]

Each operation (a first ingest, an ingest of changes, sync, encode, use, backup, restore) runs in its own process with
fake encoders. SIGKILL ends the process at a random moment, drawn uniformly from the duration of an undisturbed run. The
library must then open, answer, and have no damage except leftover files. A second run of the operation must complete it
to the result of an undisturbed run: all rows of the catalog and all vectors must be equal.
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
# The operations and their folders are defined in the tests.
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "tests" / "faults")]

import killing
from killing import VERBS, Place
from library.made_archive import copied

from explorer import is_library

OUTCOMES = ("killed", "done before", "whole", "broken")
TIMEOUT_S = 120.0
# A child process is a fork of this process, which never opens a library itself, because threads do not survive a fork.
FORKED = multiprocessing.get_context("fork")


def main() -> None:
    options = _options()
    killing.use_fake_encoders()
    moments = random.Random(options.seed)
    counts = {verb: Counter(dict.fromkeys(OUTCOMES, 0)) for verb in VERBS}
    failures: list[str] = []
    started = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="explorer-faults-") as folder:
        root = Path(folder)
        for name in in_child(prepare, root):
            with suppress(ImportError):
                importlib.import_module(name)  # once here, instead of in each child process
        clean = {verb: undisturbed(verb, root) for verb in VERBS}
        for number in range(options.kills):
            verb = list(VERBS)[number % len(VERBS)]
            seconds, expected = clean[verb]
            copy = copied(root / verb, root / f"{verb}-{number}")
            after = moments.uniform(0, seconds)
            was_killed = kill_after(verb, copy, after)
            counts[verb]["killed" if was_killed else "done before"] += 1
            try:
                in_child(check, verb, copy, expected)
                counts[verb]["whole"] += 1
            except RuntimeError as error:
                counts[verb]["broken"] += 1
                failures.append(f"{verb}, killed after {after:.3f} of {seconds:.3f} s: {error}")
            shutil.rmtree(copy)
            print(f"\r{number + 1} of {options.kills}", end="", file=sys.stderr)
    print(file=sys.stderr)
    report(counts, clean, failures, time.perf_counter() - started, as_json=options.json)


def prepare(root: Path) -> list[str]:
    """Prepare the folders below `root`, and return the names of the imported modules."""
    killing.prepare(root)
    return list(sys.modules)


def undisturbed(verb: str, root: Path) -> tuple[float, dict[str, object]]:
    """Return the duration of an operation in its own process, and the content of the resulting library."""
    copy = copied(root / verb, root / f"undisturbed-{verb}")
    started = time.perf_counter()
    in_child(VERBS[verb], Place(copy))
    return time.perf_counter() - started, in_child(killing.contents, copy / "library")


def kill_after(verb: str, folder: Path, after: float) -> bool:
    """Start an operation and kill it after the given seconds. Return whether it was still running."""
    process = FORKED.Process(target=_run_and_exit, args=(VERBS[verb], Place(folder)))
    process.start()
    process.join(after)
    process.kill()
    process.join()
    return process.exitcode != 0


def check(verb: str, folder: Path, expected: dict[str, object]) -> None:
    """Raise AssertionError, or the error of the library, if data is lost."""
    place = Place(folder)
    if is_library(place.library) and (place.library / "catalog.sqlite").exists():
        assert (wounds := killing.wounds(place.library)) == [], wounds
    VERBS[verb](place)
    actual = killing.contents(place.library)
    differing = [name for name in expected.keys() | actual.keys() if expected.get(name) != actual.get(name)]
    assert not differing, f"differs from the undisturbed run: {', '.join(differing)}"
    assert (wounds := killing.wounds(place.library)) == [], wounds


def in_child(function: Callable[..., Any], *arguments: object) -> Any:  # noqa: ANN401
    """Call a function in a child process and return its result. Raises RuntimeError if the function fails."""
    receiver, sender = FORKED.Pipe(duplex=False)
    process = FORKED.Process(target=_send_result, args=(sender, function, arguments))
    process.start()
    sender.close()
    try:
        has_result, result = receiver.recv() if receiver.poll(TIMEOUT_S) else (False, "the process hangs")
    except EOFError:
        has_result, result = False, "the process died"
    process.kill()
    process.join()
    if not has_result:
        raise RuntimeError(result)
    return result


def _send_result(sender: Connection, function: Callable[..., Any], arguments: tuple[object, ...]) -> None:
    try:
        sender.send((True, function(*arguments)))
    except Exception as error:  # noqa: BLE001  any error is a result of the benchmark
        sender.send((False, f"{type(error).__name__}: {error}"))


def _run_and_exit(operation: Callable[[Place], None], place: Place) -> None:
    operation(place)
    os._exit(0)


def report(
    counts: dict[str, Counter[str]], clean: dict[str, tuple[float, dict[str, object]]], failures: list[str],
    seconds: float, *, as_json: bool,
) -> None:  # fmt: skip
    """Print a row for each operation, and all libraries that did not recover."""
    if as_json:
        print(json.dumps({"verbs": {verb: dict(outcomes) for verb, outcomes in counts.items()}, "broken": failures,
                          "seconds": round(seconds, 1)}))  # fmt: skip
        return
    print(f"{'operation':14}{'seconds':>9}" + "".join(f"{name:>13}" for name in OUTCOMES))
    for verb, outcomes in counts.items():
        print(f"{verb:14}{clean[verb][0]:9.2f}" + "".join(f"{outcomes[name]:13}" for name in OUTCOMES))
    total = sum(counts.values(), Counter())
    print(f"{'all':23}" + "".join(f"{total[name]:13}" for name in OUTCOMES))
    print(f"took {seconds:.0f} s")
    print(*failures, sep="\n")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--kills", type=int, default=200, help="number of kills (default 200)")
    parser.add_argument("--seed", type=int, default=1, help="seed of the random moments (default 1)")
    parser.add_argument("--json", action="store_true", help="one line of JSON")
    return parser.parse_args()


if __name__ == "__main__":
    main()
