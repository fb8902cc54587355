"""Copy the current generation of one store to another: from a folder to a server, and back.

Points are copied as they are stored, vectors and payload, so that no encoder is needed. Only points that the target
lacks are sent: after a crash, run it again.
"""

from collections.abc import Sequence

from explorer.errors import SearchIndexError
from explorer.index.store import Build, Index, IndexStore, Manifest

POINTS_AT_ONCE = 256
"""Points with all their vectors in memory at once: a few requests to a server, which takes them in parallel."""


def copy_index(source: IndexStore, target: IndexStore) -> Manifest:
    """Copy the current generation of `source` to `target`, where it becomes current, and return its manifest there.

    An equal current generation of the target stays. Raises IndexMissingError if the source has no generation.
    """
    index = source.open()
    try:
        source_manifest, target_manifest = index.manifest, target.manifest()
        source_digests = index.digests()
        with target.build(source_manifest.config) as build:
            missing = [
                point_id
                for point_id, digest in source_digests.items()
                if build.digests.get(point_id) != digest
            ]
            obsolete = build.digests.keys() - source_digests.keys()
            if (
                target_manifest
                and not missing
                and not obsolete
                and (target_manifest.config, target_manifest.revision)
                == (source_manifest.config, source_manifest.revision)
            ):
                return target_manifest
            build.delete(obsolete)
            for start in range(0, len(missing), POINTS_AT_ONCE):
                _copy_points(index, build, missing[start : start + POINTS_AT_ONCE])
            return build.commit(source_manifest.revision)
    finally:
        index.close()


def _copy_points(index: Index, build: Build, ids: Sequence[str]) -> None:
    points = index.raw_points(ids)
    if len(points) != len(ids):
        raise SearchIndexError(
            f"{len(ids) - len(points)} points disappeared while the index was copied. "
            "Perhaps another program is building the index. Try again."
        )
    build.upsert_raw(points)
