import subprocess
import sys

import pytest

import explorer.index
from explorer.index import EmbeddingConfig, Manifest, Schema, VectorField

HEAVY = ("qdrant_client", "qdrant_edge", "torch", "grpc", "pydantic", "filelock")


def test_importing_the_package_imports_no_engine_and_no_client():
    script = f"import sys, explorer.index; print([name for name in {HEAVY} if name in sys.modules])"
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert loaded.stdout.strip() == "[]"


def test_every_public_name_exists_and_they_are_sorted():
    assert all(hasattr(explorer.index, name) for name in explorer.index.__all__)
    assert explorer.index.__all__ == sorted(
        explorer.index.__all__, key=lambda name: (not name.isupper(), name)
    )


def test_a_manifest_survives_being_written():
    schema = Schema(
        (VectorField("picture", 3), VectorField("words", 4, multi=True)), ("terms",), {"n": "integer"}
    )
    manifest = Manifest(EmbeddingConfig("tiny", "w", "s", schema, 3), 7, "2025-01-01T00:00:00+00:00", 12)
    assert Manifest.from_json(manifest.to_json()) == manifest


@pytest.mark.parametrize("text", ["", "{", "{}", "[]", "null", '{"recipe": {}}'])
def test_what_is_no_manifest_is_a_value_error(text):
    with pytest.raises(ValueError):
        Manifest.from_json(text)
