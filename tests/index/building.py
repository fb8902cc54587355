"""Builds on the index of a folder until it is done or killed: `python building.py FOLDER READY`."""

import sys
from pathlib import Path

import numpy as np
from index_builders import RECIPE, point

from explorer.index import Point, open_store


def state(number: int) -> list[Point]:
    """What the index holds after build `number`: most points stay, some change, some go."""
    rng = np.random.default_rng(5)
    vectors = rng.standard_normal((600, 3))
    return [
        point(str(n), *vector, issue=n + (number if n % 5 == 0 else 0))
        for n, vector in enumerate(vectors)
        if number == 1 or n % 11
    ]


def build(folder: Path, number: int) -> None:
    with open_store(folder).build(RECIPE) as begun:
        after = {one.id: one for one in state(number)}
        begun.delete(begun.digests.keys() - after.keys())
        changed = [one for one in after.values() if begun.digests.get(one.id) != one.digest]
        for start in range(0, len(changed), 10):
            begun.upsert(changed[start : start + 10])
        begun.commit()


if __name__ == "__main__":
    Path(sys.argv[2]).touch()
    build(Path(sys.argv[1]), 2)
