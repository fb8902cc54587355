"""The network of the bundled encoder, against timm's, and the file of its weights."""

import pickle
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from embeddings import efficientnet
from embeddings.packaged import EFFICIENTNET_LITE0
from embeddings.runtimes import open_network
from embeddings.torch_file import read_tensors


def test_the_network_gives_what_timm_gives_with_the_same_weights() -> None:
    import timm
    import torch

    network = timm.create_model("tf_efficientnet_lite0", pretrained=False).eval()
    weights = torch.load(EFFICIENTNET_LITE0.path, map_location="cpu", weights_only=True)
    network.load_state_dict(dict(zip(network.state_dict(), weights.values(), strict=True)))
    pictures = np.random.default_rng(0).uniform(-1, 1, (3, 3, 224, 224)).astype(np.float32)
    with torch.inference_mode():
        features = network.forward_head(network.forward_features(torch.from_numpy(pictures)), pre_logits=True)
        scores = network.get_classifier()(features)
    found_features, found_scores = open_network(efficientnet.definition())(pictures)
    assert_allclose(found_features, features.numpy(), atol=1e-4)
    assert_allclose(found_scores, scores.numpy(), atol=1e-4)


def test_a_file_of_weights_is_read_as_torch_reads_it() -> None:
    import torch

    weights = torch.load(EFFICIENTNET_LITE0.path, map_location="cpu", weights_only=True)
    for expected, tensor in zip(weights.values(), read_tensors(EFFICIENTNET_LITE0.path), strict=True):
        assert_array_equal(tensor, expected.numpy())


def test_a_file_of_weights_cannot_run_anything(tmp_path: Path) -> None:
    class Harmful:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return eval, ("1",)

    file = tmp_path / "weights.pth"
    file.write_bytes(b"".join(pickle.dumps(value, 2) for value in (1, 2, 3, Harmful(), [])))
    with pytest.raises(pickle.UnpicklingError, match=r"eval"):
        read_tensors(file)


@pytest.mark.skipif(
    not Path("/proc/self/status").exists(), reason="only Linux tells the peak of a process so"
)
def test_pictures_are_encoded_without_torch_and_its_memory() -> None:
    """torch alone needs a gigabyte for these."""
    code = (
        "import re, sys\n"
        "from pathlib import Path\n"
        "from PIL import Image\n"
        "from embeddings import load\n"
        "load('lite').encode_pictures([Image.new('RGB', (300, 200), (9 * n, 0, 0)) for n in range(20)])\n"
        "peak = re.search(r'VmHWM:\\s+(\\d+)', Path('/proc/self/status').read_text())\n"
        "print('torch' in sys.modules, int(peak[1]) >> 10)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    has_torch, peak_mb = done.stdout.split()
    assert has_torch == "False"
    assert int(peak_mb) < 500
