"""What every runtime promises, for each network that is shipped; and the cache of compiled networks."""

import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose, assert_array_equal
from numpy.typing import NDArray

import embeddings
from embeddings import efficientnet
from embeddings.minilm import MiniLM, definition
from embeddings.precision import fastest_precision
from embeddings.runtimes import (
    Network,
    NetworkDefinition,
    has_openvino,
    open_network,
    supported_precisions,
)
from embeddings.runtimes.conversion import convert
from embeddings.runtimes.network import ConversionError
from embeddings.vectors import unit

Arrays = tuple[NDArray[np.generic], ...]


@pytest.fixture
def cache_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The empty cache of a new user."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache"


def batch_of_pictures() -> Arrays:
    return (np.random.default_rng(0).uniform(-1, 1, (3, 3, 224, 224)).astype(np.float32),)


def batch_of_texts() -> Arrays:
    ids = np.random.default_rng(0).integers(1000, 20000, (3, 9)).astype(np.int32)
    mask = np.array([[1] * 9, [1] * 4 + [0] * 5, [1] + [0] * 8], np.float32)
    return ids, mask


SHIPPED = [
    pytest.param(efficientnet.definition, batch_of_pictures, id="efficientnet"),
    pytest.param(definition, batch_of_texts, id="minilm"),
]
RUNTIMES = ["openvino", "torch"]


@pytest.fixture(params=RUNTIMES)
def runtime(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("EXPLORER_RUNTIME", request.param)
    return str(request.param)


def run_on(runtime: str, network: NetworkDefinition, monkeypatch: pytest.MonkeyPatch) -> Network:
    monkeypatch.setenv("EXPLORER_RUNTIME", runtime)
    return open_network(network)


@pytest.mark.parametrize(("define", "batch"), SHIPPED)
def test_all_runtimes_give_the_same_outputs(
    define: Callable[[], NetworkDefinition], batch: Callable[[], Arrays], monkeypatch: pytest.MonkeyPatch
) -> None:
    outputs = [run_on(name, define(), monkeypatch)(*batch()) for name in RUNTIMES]
    assert [output.dtype for output in outputs[0]] == [np.float32] * len(outputs[1])
    for by_openvino, by_torch in zip(*outputs, strict=True):
        assert_allclose(by_openvino, by_torch, atol=2e-4)


@pytest.mark.parametrize(("define", "batch"), SHIPPED)
def test_a_batch_gives_the_outputs_of_its_rows(
    runtime: str, define: Callable[[], NetworkDefinition], batch: Callable[[], Arrays]
) -> None:
    network = open_network(define())
    together = network(*batch())
    rows = [network(*(values[row : row + 1] for values in batch())) for row in range(3)]
    for number, output in enumerate(together):
        assert_allclose(output, np.concatenate([row[number] for row in rows]), atol=2e-4)


def test_threads_share_a_network(runtime: str) -> None:
    network = open_network(efficientnet.definition())
    (pictures,) = batch_of_pictures()
    expected = network(pictures)[0]
    with ThreadPoolExecutor(4) as pool:
        for features, _ in pool.map(network, [pictures] * 8):
            assert_allclose(features, expected, atol=1e-5)


def test_a_converted_network_is_read_from_the_cache(cache_folder: Path) -> None:
    first = MiniLM().encode_texts(["a whale"])
    (stored,) = cache_folder.rglob("network.bin")
    written = stored.stat().st_mtime_ns
    assert_array_equal(MiniLM().encode_texts(["a whale"]), first)
    assert stored.stat().st_mtime_ns == written


def test_a_damaged_network_in_the_cache_is_converted_again(cache_folder: Path) -> None:
    first = MiniLM().encode_texts(["a whale"])
    (stored,) = cache_folder.rglob("network.bin")
    stored.write_bytes(stored.read_bytes()[:1_000_000])
    assert_array_equal(MiniLM().encode_texts(["a whale"]), first)
    assert stored.stat().st_size > 80_000_000


def test_a_cache_that_cannot_be_written_only_makes_the_start_slower(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert MiniLM().encode_texts(["a whale"]).shape == (1, 384)


def test_bf16_is_near_f32_and_has_another_fingerprint() -> None:
    if "bf16" not in supported_precisions():
        pytest.skip("this processor does not compute in bf16")
    exact, fast = MiniLM(), MiniLM(precision="bf16")
    texts = ["a whale under water", "The harbour of Valparaíso, seen from the hill; " * 9, "Fig. 3"]
    cosines = (exact.encode_texts(texts) * fast.encode_texts(texts)).sum(axis=1)
    assert 0.999 < cosines.min() < 1
    assert exact.fingerprint != fast.fingerprint


def test_a_precision_that_changes_nothing_is_not_chosen() -> None:
    """torch computes it: the fingerprint must not name another precision."""
    vectors = unit(np.random.default_rng(0).random((4, 8)))
    assert fastest_precision(lambda _: [vectors]) == "f32"


def test_an_unknown_runtime_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXPLORER_RUNTIME", "abacus")
    with pytest.raises(embeddings.DeviceUnavailableError, match=r"abacus.*openvino or torch"):
        has_openvino()


def test_without_openvino_torch_computes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("embeddings.runtimes.network.find_spec", lambda _name: None)
    vectors = MiniLM().encode_texts(["a whale", "a large animal of the sea"])
    assert supported_precisions() == ("f32",)
    assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert_allclose(unit(vectors), vectors, atol=1e-6)


def test_a_second_start_needs_no_torch() -> None:
    code = (
        "import sys, embeddings\n"
        "from PIL import Image\n"
        "lite = embeddings.load('lite')\n"
        "lite.encode_texts(['a whale']), lite.encode_pictures([Image.new('RGB', (90, 60))])\n"
        "print(*(name for name in ('torch', 'onnxruntime', 'transformers', 'timm') if name in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


class NotForOpenVINO(torch.nn.Module):
    """A network with an operation that OpenVINO does not have."""

    def forward(self, batch: torch.Tensor) -> torch.Tensor:
        return torch.linalg.eigvals(batch[:, :, None] * batch[:, None, :]).real


def test_torch_runs_a_network_that_cannot_be_converted() -> None:
    module, batch = NotForOpenVINO(), torch.rand(2, 3)
    with pytest.raises(ConversionError):
        convert(module, batch)
    network = open_network(
        NetworkDefinition("eigen", lambda: convert(module, batch), lambda _device: lambda x: (module(x),))
    )
    assert_allclose(network(batch.numpy())[0], module(batch).numpy(), atol=1e-5)


def test_a_model_that_returns_chance_is_not_taken_for_converted() -> None:
    with pytest.raises(ConversionError, match="other vectors"):
        convert(torch.nn.Sequential(torch.nn.Linear(4, 4), Chance()), torch.rand(2, 4))


class Chance(torch.nn.Module):
    def forward(self, batch: torch.Tensor) -> torch.Tensor:
        return batch + torch.rand_like(batch) * 9
