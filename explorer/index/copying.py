"""Copy the current generation of one store to another: from a folder to a server, and back.

Points go over as they are kept, vectors and payload, so that no encoder is needed. Only those that the other home
does not have yet are sent; to go on after a crash is to do it again.
"""

from collections.abc import Sequence

from explorer.errors import SearchIndexError
from explorer.index.manifest import Manifest
from explorer.index.store import Build, Index, IndexStore

POINTS_AT_ONCE = 256
"""Points with all their vectors in memory: a few requests to a server, which takes them side by side."""


def copy_index(source: IndexStore, target: IndexStore) -> Manifest:
    """Makes the current generation of `source` that of `target`; IndexMissingError where there is none.

    Where the target shows it already, its generation stays.
    """
    index = source.open()
    try:
        made, there = index.manifest, target.manifest()
        wanted = index.digests()
        with target.build(made.config) as build:
            missing = [id for id, digest in wanted.items() if build.digests.get(id) != digest]
            gone = build.digests.keys() - wanted.keys()
            if (
                there
                and not missing
                and not gone
                and (there.config, there.revision) == (made.config, made.revision)
            ):
                return there
            build.delete(gone)
            for start in range(0, len(missing), POINTS_AT_ONCE):
                _carry(index, build, missing[start : start + POINTS_AT_ONCE])
            return build.commit(made.revision)
    finally:
        index.close()


def _carry(index: Index, build: Build, ids: Sequence[str]) -> None:
    found = index.raw_points(ids)
    if len(found) != len(ids):
        raise SearchIndexError(
            f"{len(ids) - len(found)} points were gone while they were copied. Is another program building there? Try again."
        )
    build.carry(found)
