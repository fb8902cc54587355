import errno
import json
import logging
import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import checkpoint_builders as build
import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from PIL import Image

import embeddings
from embeddings import (
    DeviceUnavailableError,
    EncoderError,
    UnknownModelError,
    WeightsDamagedError,
    WeightsNotFoundError,
)
from embeddings.openclip import OpenClipEncoder

PICTURE = Image.linear_gradient("L").convert("RGB")


def load(name: str) -> OpenClipEncoder:
    return OpenClipEncoder(name, device="cpu")


def test_vectors_are_those_of_open_clip_itself(tiny: OpenClipEncoder, tiny_folder: Path) -> None:
    import open_clip
    import torch

    model, preprocess = open_clip.create_model_from_pretrained("tiny-clip", str(tiny_folder / "weights.pt"))
    tokens = open_clip.get_tokenizer("tiny-clip")(["a red barn"])
    with torch.inference_mode():
        picture = model.eval().encode_image(preprocess(PICTURE)[None], normalize=True)
        text = model.encode_text(tokens, normalize=True)
    assert_allclose(tiny.encode_pictures([PICTURE]).picture, picture.numpy(), atol=1e-5)
    assert_allclose(tiny.encode_texts(["a red barn"]), text.numpy(), atol=1e-5)


def test_weights_load_from_a_folder_as_the_hub_serves_it(tiny: OpenClipEncoder, tiny_folder: Path) -> None:
    encoder = load(f"local-dir:{tiny_folder}")
    assert_array_equal(encoder.encode_texts(["barn"]), tiny.encode_texts(["barn"]))
    assert encoder.name == f"local-dir:{tiny_folder}"


def in_hub_cache(cache: Path, repo: str, folder: Path) -> Path:
    """The files of a folder laid out as the hub's cache keeps a repository."""
    root = cache / f"models--{repo.replace('/', '--')}"
    snapshot = root / "snapshots" / "0123abcd"
    snapshot.mkdir(parents=True)
    (root / "refs").mkdir()
    (root / "refs" / "main").write_text("0123abcd")
    for name in ("open_clip_config.json", "open_clip_model.safetensors"):
        shutil.copy(folder / name, snapshot)
    return snapshot


def test_a_model_in_the_hubs_cache_loads_without_the_network(
    tiny: OpenClipEncoder, tiny_folder: Path, hub_cache: Path
) -> None:
    in_hub_cache(hub_cache, "someone/tiny", tiny_folder)
    assert_array_equal(load("hf-hub:someone/tiny").encode_texts(["barn"]), tiny.encode_texts(["barn"]))


def test_weights_of_transformers_in_the_hubs_cache_are_not_taken_for_those_of_open_clip(
    tiny_folder: Path, hub_cache: Path
) -> None:
    snapshot = in_hub_cache(hub_cache, "someone/tiny", tiny_folder)
    (snapshot / "open_clip_model.safetensors").rename(snapshot / "model.safetensors")
    with pytest.raises(WeightsNotFoundError, match=r"hf download someone/tiny open_clip_model\.safetensors"):
        load("hf-hub:someone/tiny")


@pytest.mark.parametrize("name", ["mine.safetensors", "epoch_9.pth"])
def test_a_repository_in_the_hubs_cache_may_call_its_weights_as_it_likes(
    tiny: OpenClipEncoder, tiny_folder: Path, hub_cache: Path, name: str
) -> None:
    snapshot = in_hub_cache(hub_cache, "someone/tiny", tiny_folder)
    (snapshot / "open_clip_model.safetensors").unlink()
    source = "open_clip_model.safetensors" if name.endswith("safetensors") else "weights.pt"
    shutil.copy(tiny_folder / source, snapshot / name)
    assert_array_equal(load("hf-hub:someone/tiny").encode_texts(["barn"]), tiny.encode_texts(["barn"]))


def test_a_tag_loads_from_the_hubs_cache_with_the_tags_preprocessing(
    tiny_folder: Path, hub_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from open_clip import pretrained

    published = {"hf_hub": "someone/tiny/", "mean": (0.1, 0.1, 0.1), "std": (1.0, 1.0, 1.0)}
    monkeypatch.setitem(pretrained._PRETRAINED, "tiny-clip", {"test": published})
    in_hub_cache(hub_cache, "someone/tiny", tiny_folder)
    by_tag = embeddings.load("tiny-clip/test", device="cpu")
    by_path = load(f"tiny-clip:{tiny_folder / 'open_clip_model.safetensors'}")
    assert by_tag.fingerprint == by_path.fingerprint
    other = {**published, "mean": (0.9, 0.9, 0.9)}
    monkeypatch.setitem(pretrained._PRETRAINED, "tiny-clip", {"test": other})
    assert load("tiny-clip/test").fingerprint != by_tag.fingerprint


def test_the_fingerprint_is_that_of_the_weights(
    tiny: OpenClipEncoder, tiny_folder: Path, tmp_path: Path
) -> None:
    import torch

    weights = tiny_folder / "weights.pt"
    assert load(f"tiny-clip:{weights}").fingerprint == tiny.fingerprint
    state = torch.load(weights, weights_only=True)
    state["logit_scale"] = state["logit_scale"] + 1
    torch.save(state, tmp_path / "other.pt")
    assert load(f"tiny-clip:{tmp_path / 'other.pt'}").fingerprint != tiny.fingerprint


def test_threads_get_the_vectors_one_thread_gets(tiny: OpenClipEncoder) -> None:
    texts = [f"figure {number} " * (number + 1) for number in range(24)]
    with ThreadPoolExecutor(4) as threads:
        together = list(threads.map(lambda text: tiny.encode_texts([text])[0], texts))
    assert_allclose(together, tiny.encode_texts(texts), atol=1e-5)


def test_a_tokenizer_of_hugging_face_loads_from_the_models_folder(tiny_folder: Path, tmp_path: Path) -> None:
    from embeddings.packaged import MINILM_TOKENIZER

    folder = tmp_path / "with_tokenizer"
    shutil.copytree(tiny_folder, folder)
    for name in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copy(MINILM_TOKENIZER.path.with_name(name), folder)
    config = json.loads((folder / "open_clip_config.json").read_text())
    config["model_cfg"]["text_cfg"]["hf_tokenizer_name"] = "someone/elsewhere"
    (folder / "open_clip_config.json").write_text(json.dumps(config))
    encoder = load(f"local-dir:{folder}")
    text = "A red barn stood on the green hill. " * 20
    assert len(encoder.windows(text)) > 1
    assert " ".join(encoder.windows(text)).split() == text.split()
    assert encoder.windows("word " * 22) == ["word " * 22]
    assert len(encoder.windows("word " * 23)) == 2
    with ThreadPoolExecutor(4) as threads:
        assert len(list(threads.map(lambda word: encoder.encode_texts([word * 9]), "abcdefgh"))) == 8


def test_a_tokenizer_that_is_not_here_is_named(tiny_folder: Path, tmp_path: Path, hub_cache: Path) -> None:
    folder = tmp_path / "without_tokenizer"
    shutil.copytree(tiny_folder, folder)
    config = json.loads((folder / "open_clip_config.json").read_text())
    config["model_cfg"]["text_cfg"]["hf_tokenizer_name"] = "someone/elsewhere"
    (folder / "open_clip_config.json").write_text(json.dumps(config))
    with pytest.raises(WeightsNotFoundError, match=r"tokenizer\.json of someone/elsewhere.*--encoder lite"):
        load(f"local-dir:{folder}")


@pytest.mark.parametrize("file", ["weights.pt", "open_clip_model.safetensors"])
def test_a_file_cut_short_is_named(tiny_folder: Path, tmp_path: Path, file: str) -> None:
    cut = tmp_path / file
    cut.write_bytes((tiny_folder / file).read_bytes()[:50_000])
    with pytest.raises(WeightsDamagedError, match=f"{cut} is cut short"):
        load(f"tiny-clip:{cut}")


def test_a_file_that_would_run_code_is_refused(tmp_path: Path) -> None:
    import pickle

    class Payload:
        def __reduce__(self) -> tuple[object, ...]:
            return Path.touch, (tmp_path / "ran",)

    (tmp_path / "weights.pt").write_bytes(pickle.dumps({"state_dict": Payload()}))
    with pytest.raises(WeightsDamagedError):
        load(f"tiny-clip:{tmp_path / 'weights.pt'}")
    assert not (tmp_path / "ran").exists()


def test_weights_of_another_architecture_are_told_from_damaged_ones(
    tiny_folder: Path, tmp_path: Path
) -> None:
    import open_clip

    other = json.loads((tiny_folder / "tiny-clip.json").read_text())
    other["vision_cfg"]["width"] = 48
    (tmp_path / "wide-clip.json").write_text(json.dumps(other))
    open_clip.add_model_config(tmp_path / "wide-clip.json")
    with pytest.raises(WeightsDamagedError, match=r"weights\.pt contains weights of another architecture"):
        load(f"wide-clip:{tiny_folder / 'weights.pt'}")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        pytest.param("ViT-B-23/laion2b_s34b_b79k", "Did you mean .*ViT-B-32", id="no such architecture"),
        pytest.param("ViT-B-32", "ViT-B-32/laion2b_s34b_b79k", id="no tag"),
        pytest.param("ViT-B-32/laion9b", "ViT-B-32/laion2b_s34b_b79k", id="no such tag"),
        pytest.param("ViT-B-23:/weights.pt", "Did you mean", id="a file for no architecture"),
        pytest.param("hf-hub:not a name!", "not the name of a model", id="no name of a repository"),
        pytest.param("", "There is no model ''", id="empty"),
    ],
)
def test_an_unknown_name_is_answered_with_known_ones(name: str, message: str) -> None:
    with pytest.raises(UnknownModelError, match=message):
        load(name)


@pytest.mark.parametrize("name", ["tiny-clip:/nowhere/weights.pt", "local-dir:/nowhere"])
def test_a_path_to_nothing_is_named(tiny_folder: Path, name: str) -> None:
    with pytest.raises(WeightsNotFoundError, match="/nowhere"):
        load(name)


@pytest.mark.parametrize("name", ["tiny-clip:/{}/weights.pt", "local-dir:/{}", "hf-hub:{}", "{}"])
def test_a_path_longer_than_any_may_be_is_refused(tiny_folder: Path, name: str) -> None:
    with pytest.raises(EncoderError, match="xxx"):
        load(name.format("x" * 5000))


def test_a_folder_that_may_not_be_read_is_named(tiny_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def closed(path: Path) -> bool:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))

    monkeypatch.setattr(Path, "is_dir", closed)  # tests may run as root, whom no folder is closed to
    with pytest.raises(
        WeightsNotFoundError, match=r"/closed/model.* Permission denied.*Check the path and its permissions"
    ):
        load("tiny-clip:/closed/model/weights.pt")


def test_a_model_that_gives_the_vectors_of_its_tokens_too_is_read(
    tiny: OpenClipEncoder, tiny_folder: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "model"
    shutil.copytree(tiny_folder, folder)
    build.with_config(folder, model_cfg__vision_cfg__output_tokens=True)
    pictures = [Image.new("RGB", (32, 32), "red"), Image.new("RGB", (40, 20), "blue")]
    made = load(f"local-dir:{folder}/open_clip_model.safetensors").encode_pictures(pictures).picture
    assert_allclose(made, tiny.encode_pictures(pictures).picture, atol=1e-5)


def test_a_folder_without_a_description_is_refused(tmp_path: Path) -> None:
    (tmp_path / "open_clip_config.json").write_text('{"model_cfg": {}}')
    with pytest.raises(WeightsDamagedError, match="does not describe an open_clip model"):
        load(f"local-dir:{tmp_path}")


def test_a_device_that_is_not_here_is_answered_with_those_that_are(tiny_folder: Path) -> None:
    with pytest.raises(DeviceUnavailableError, match=r"no device 'tpu'.*cpu"):
        OpenClipEncoder(f"local-dir:{tiny_folder}", device="tpu")


def test_loading_leaves_logging_and_the_terminal_alone(
    tiny_folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    handlers = list(logging.getLogger().handlers)
    load(f"local-dir:{tiny_folder}")
    assert logging.getLogger().handlers == handlers
    assert logging.root.manager.disable == logging.NOTSET
    assert capfd.readouterr() == ("", "")


def test_a_picture_of_any_shape_is_encoded(tiny: OpenClipEncoder) -> None:
    wide, tall = Image.new("RGB", (900, 3), "red"), Image.new("RGB", (1, 700), "blue")
    assert np.isfinite(tiny.encode_pictures([wide, tall]).picture).all()
