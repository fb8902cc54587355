"""Pictures are looked at on Ray: the same vectors under the same keys, by whichever way they were made."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from library.made_archive import copied

from embeddings import EncoderPrecision, VectorCache, VectorKey
from explorer.catalog.picture_store import PictureStore
from explorer.errors import EncoderUnavailableError
from explorer.ingest import on_ray
from explorer.ingest.picture_embedder import PictureEmbedder
from explorer.ingest.vector_tables import vectors_of
from explorer.library.library import Library

# As many threads as an actor has: in other batches a vector differs in its last bits.
ENVIRONMENT = {**os.environ, "OMP_NUM_THREADS": "1"}


def explorer(*arguments: object) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own: Ray starts others, and speaks to them by the machine's own address."""
    command = [sys.executable, "-c", "from explorer.cli import main; main()", *map(str, arguments)]
    return subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, timeout=280)


def seen(folder: Path) -> dict[VectorKey, np.ndarray]:
    with VectorCache(folder / "vectors.sqlite") as cache:
        return {key: vector for key, vector in cache.items() if key.kind != "text"}


def forget(folder: Path, keep: int = 0) -> None:
    """As if nothing had been seen, or only a few pictures."""
    kept = dict(list(seen(folder).items())[:keep])
    for file in folder.glob("vectors.sqlite*"):
        file.unlink()
    with VectorCache(folder / "vectors.sqlite") as cache:
        cache.put_many(kept)


@pytest.mark.slow
def test_ray_sees_what_this_machine_sees(library_folder, tmp_path):
    pytest.importorskip("ray")
    here, there = (copied(library_folder, tmp_path / name) for name in ("here", "there"))
    forget(here)
    forget(there, keep=5)
    assert explorer("encode", "--encoder", "lite", "--library", here).returncode == 0
    done = explorer("encode", "--encoder", "lite", "--ray", "local", "--library", there)
    assert done.returncode == 0, done.stderr

    ours, theirs = seen(here), seen(there)
    assert ours.keys() == theirs.keys()
    assert len(ours) > 20
    for key, vector in ours.items():
        # Other pictures in the batch, and other numbers of threads, change the last bits.
        np.testing.assert_allclose(theirs[key], vector, atol=1e-5, err_msg=str(key))


def test_an_address_where_no_ray_is_is_told_soon(own_folder):
    pytest.importorskip("ray")
    forget(own_folder)
    with (
        Library.open(own_folder) as library,
        pytest.raises(
            EncoderUnavailableError, match=r"There is no Ray cluster at 127\.0\.0\.1:9: .*--ray local"
        ),
    ):
        library.encoders.add("lite", ray="127.0.0.1:9")


def test_without_ray_the_way_to_it_is_told(own_folder, monkeypatch):
    forget(own_folder)
    monkeypatch.setitem(sys.modules, "ray", None)
    with (
        Library.open(own_folder) as library,
        pytest.raises(EncoderUnavailableError, match=r"pip install 'archive-explorer\[ray\]'"),
    ):
        library.encoders.add("lite", ray="local")


def test_where_everything_was_seen_no_cluster_is_asked(own_library, monkeypatch):
    monkeypatch.setitem(sys.modules, "ray", None)
    assert own_library.encoders.add("lite", ray="local").encoder == "lite"


def test_an_actor_returns_what_the_picture_embedder_returns(library, library_folder):
    encoders = library._context.indexes.encoders()
    pictures = library_folder / "pictures"
    sha256s = [figure.sha256 for figure in library.browse.figures() if figure.sha256][:4]
    encoder = encoders.encoder
    asked = on_ray.ActorConfig(encoder.name, encoders.precision, encoder.fingerprint, pictures)
    back = vectors_of(on_ray.EmbeddingActor(asked)(pa.table({on_ray.BATCH: [sha256s]})))

    expected = PictureEmbedder(encoder, PictureStore(pictures)).embed(sha256s)
    assert back.keys() == expected.keys()
    for key, vector in expected.items():
        np.testing.assert_array_equal(back[key], vector)


def test_a_node_with_other_weights_refuses(library_folder):
    asked = on_ray.ActorConfig("lite", EncoderPrecision(), "other weights", library_folder / "pictures")
    with pytest.raises(RuntimeError, match="lite has other weights here"):
        on_ray.EmbeddingActor(asked)
