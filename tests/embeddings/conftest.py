import json
import socket
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from embeddings import Encoder, PictureVectors, SentenceEncoder, Vectors
from embeddings.adapter import AdaptedEncoder, Adapter
from embeddings.lite import LiteEncoder
from embeddings.minilm import MiniLM
from embeddings.openclip import OpenClipEncoder
from embeddings.vectors import unit

TINY = {
    "embed_dim": 16,
    "vision_cfg": {"image_size": 32, "layers": 1, "width": 32, "head_width": 16, "patch_size": 16},
    "text_cfg": {"context_length": 24, "vocab_size": 49408, "width": 32, "heads": 2, "layers": 1},
}


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object) -> None:
        raise OSError(f"a test asked for the network: {args}")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)


@pytest.fixture
def hub_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache of the hub, in place of the user's own."""
    from huggingface_hub import constants, file_download

    folder = tmp_path / "hub"
    for module in (constants, file_download.constants):
        monkeypatch.setattr(module, "HF_HUB_CACHE", str(folder))
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    return folder


@pytest.fixture(scope="session")
def tiny_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real CLIP model, very small, in a folder as the hub serves models: config and safetensors."""
    import open_clip
    import torch
    from safetensors.torch import save_file

    folder = tmp_path_factory.mktemp("tiny")
    registered = folder / "tiny-clip.json"
    registered.write_text(json.dumps(TINY))
    open_clip.add_model_config(registered)
    (folder / "open_clip_config.json").write_text(json.dumps({"model_cfg": TINY, "preprocess_cfg": {}}))
    torch.manual_seed(0)
    state = open_clip.create_model("tiny-clip", load_weights=False).state_dict()
    save_file(
        {name: tensor.contiguous() for name, tensor in state.items()}, folder / "open_clip_model.safetensors"
    )
    torch.save(state, folder / "weights.pt")
    return folder


@pytest.fixture(scope="session")
def tiny(tiny_folder: Path) -> OpenClipEncoder:
    return OpenClipEncoder(f"tiny-clip:{tiny_folder / 'weights.pt'}", device="cpu", batch_size=2)


@pytest.fixture(scope="session")
def lite() -> LiteEncoder:
    return LiteEncoder(batch_size=2)


@pytest.fixture(scope="session")
def minilm() -> MiniLM:
    return MiniLM()


class HandMade:
    """Vectors one can work out by hand: a picture is its mean colour, a text the count of three words."""

    name = "hand-made"
    fingerprint = "0123456789abcdef"
    dim = 3
    visual_dim: int | None = None
    sentences: SentenceEncoder | None = None

    def encode_pictures(self, pictures: list[Image.Image]) -> PictureVectors:
        colours = [np.asarray(picture, dtype=np.float32).mean(axis=(0, 1)) for picture in pictures]
        return PictureVectors(unit(np.array(colours).reshape(-1, 3)))

    def encode_texts(self, texts: list[str]) -> Vectors:
        counts = [[text.count(word) for word in ("red", "green", "blue")] for text in texts]
        return unit(np.array(counts, dtype=np.float32).reshape(-1, 3))

    def windows(self, text: str) -> list[str]:
        return [text]


@pytest.fixture
def hand_made() -> HandMade:
    return HandMade()


@pytest.fixture(scope="session")
def adapted(lite: LiteEncoder) -> AdaptedEncoder:
    """The lite encoder with an adapter that learned from chance."""
    chance = np.random.default_rng(0)
    visual, texts = unit(chance.random((20, lite.visual_dim or 0))), unit(chance.normal(size=(20, lite.dim)))
    return AdaptedEncoder(lite, Adapter.fit(lite.fingerprint, visual, texts, [10.0])[0])


@pytest.fixture
def adapted_hand_made(hand_made: HandMade) -> AdaptedEncoder:
    """An encoder without looks of its own, with an adapter."""
    vectors = unit(np.random.default_rng(0).random((20, hand_made.dim)))
    return AdaptedEncoder(hand_made, Adapter.fit(hand_made.fingerprint, vectors, vectors[::-1], [10.0])[0])


@pytest.fixture(params=["lite", "tiny", "hand_made", "adapted", "adapted_hand_made"])
def encoder(request: pytest.FixtureRequest) -> Encoder:
    return request.getfixturevalue(request.param)
