"""Files of weights in the forms in which people have them, and files that only look like them."""

import json
import os
import pickle
import zipfile
from pathlib import Path

import checkpoint_builders as build
import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose, assert_array_equal
from PIL import Image
from safetensors.torch import save_file

from embeddings import EncoderError, EncodingError, WeightsDamagedError, WeightsNotFoundError
from embeddings.openclip import OpenClipEncoder

PICTURE = Image.linear_gradient("L").convert("RGB")


def load(file: Path) -> OpenClipEncoder:
    return OpenClipEncoder(f"tiny-clip:{file}", device="cpu")


@pytest.fixture
def state(tiny_folder: Path) -> dict[str, torch.Tensor]:
    return dict(torch.load(tiny_folder / "weights.pt", weights_only=True))


def assert_same(encoder: OpenClipEncoder, tiny: OpenClipEncoder) -> None:
    assert_array_equal(encoder.encode_texts(["a barn"]), tiny.encode_texts(["a barn"]))
    assert_array_equal(encoder.encode_pictures([PICTURE]).picture, tiny.encode_pictures([PICTURE]).picture)


# TorchScript, as OpenAI publishes CLIP.


def test_an_archive_of_openai_gives_the_vectors_of_its_weights(
    state: dict[str, torch.Tensor], tmp_path: Path
) -> None:
    import open_clip

    encoder = load(build.torchscript(state, tmp_path / "ViT-B-32.pt"))
    model = open_clip.create_model("tiny-clip", load_weights=False, force_quick_gelu=True).eval()
    model.load_state_dict({name: tensor.half().float() for name, tensor in state.items()})
    tokens = open_clip.get_tokenizer("tiny-clip")(["a red barn"])
    with torch.inference_mode():
        text = model.encode_text(tokens, normalize=True)
        picture = model.encode_image(encoder._preprocess(PICTURE)[None], normalize=True)
    assert_allclose(encoder.encode_texts(["a red barn"]), text.numpy(), atol=1e-6)
    assert_allclose(encoder.encode_pictures([PICTURE]).picture, picture.numpy(), atol=1e-6)


def test_an_archive_of_a_resnet_loads(tmp_path: Path) -> None:
    import open_clip

    text = {"context_length": 24, "vocab_size": 49408, "width": 32, "heads": 2, "layers": 1}
    vision = {"image_size": 32, "layers": [1, 1, 1, 1], "width": 8, "head_width": 64}
    config = {"embed_dim": 16, "vision_cfg": vision, "text_cfg": text}
    (tmp_path / "tiny-resnet.json").write_text(json.dumps(config))
    open_clip.add_model_config(tmp_path / "tiny-resnet.json")
    state = open_clip.create_model("tiny-resnet", load_weights=False).state_dict()
    file = build.torchscript(state, tmp_path / "RN50.pt", "tiny-resnet")
    encoder = OpenClipEncoder(f"tiny-resnet:{file}", device="cpu")
    uncounted = {name: tensor for name, tensor in state.items() if "num_batches" not in name}
    torch.save(uncounted, tmp_path / "weights.pt")
    other = OpenClipEncoder(f"tiny-resnet:{tmp_path / 'weights.pt'}", device="cpu")
    vectors = [loaded.encode_pictures([PICTURE]).picture for loaded in (encoder, other)]
    assert_allclose(*vectors, atol=0.02)  # half precision


def test_an_archive_that_was_saved_on_a_gpu_loads(state: dict[str, torch.Tensor], tmp_path: Path) -> None:
    file = build.torchscript(state, tmp_path / "weights.pt")
    vectors = load(file).encode_texts(["barn"])
    pickled = build.record(file, "data.pkl")
    on_gpu = pickled.replace(b"X\x03\x00\x00\x00cpu", b"X\x06\x00\x00\x00cuda:0")
    assert on_gpu != pickled
    assert_array_equal(load(build.repacked(file, {"data.pkl": on_gpu})).encode_texts(["barn"]), vectors)


@pytest.mark.filterwarnings("ignore::FutureWarning")
def test_the_program_in_an_archive_is_not_even_read(state: dict[str, torch.Tensor], tmp_path: Path) -> None:
    file = build.torchscript(state, tmp_path / "weights.pt")
    with zipfile.ZipFile(file) as opened:
        code = {name.partition("/")[2]: b"nonsense" for name in opened.namelist() if "/code/" in name}
    vectors = load(file).encode_texts(["barn"])
    with pytest.raises(RuntimeError):
        torch.jit.load(build.repacked(file, code))
    assert_array_equal(load(file).encode_texts(["barn"]), vectors)


@pytest.mark.parametrize("record", ["data.pkl", "constants.pkl"])
def test_an_archive_that_would_run_code_runs_none(
    state: dict[str, torch.Tensor], tmp_path: Path, record: str
) -> None:
    file = build.torchscript(state, tmp_path / "weights.pt")
    build.repacked(file, {record: build.payload(tmp_path / "ran")})
    if record == "data.pkl":
        with pytest.raises(
            WeightsDamagedError, match=r"weights\.pt cannot be read as weights \(it names posix\.mkdir"
        ):
            load(file)
    else:
        load(file)
    assert not (tmp_path / "ran").exists()


def of_itself() -> bytes:
    """The pickle of a module that is a part of itself."""
    return b"\x80\x02c__torch__\nEndless\nq\x00)\x81q\x01}X\x04\x00\x00\x00selfh\x01sb."


def beyond_its_storage(pickled: bytes) -> bytes:
    """The pickle with a tensor larger than what is stored of it."""
    return pickled.replace(b"K\x18K ", b"M\xff\xffK ", 1)


def test_an_archive_with_impossible_modules_is_refused_at_once(
    state: dict[str, torch.Tensor], tmp_path: Path
) -> None:
    file = build.torchscript(state, tmp_path / "weights.pt")
    pickled = build.record(file, "data.pkl")
    larger = beyond_its_storage(pickled)
    assert larger != pickled
    for bad, reason in (
        (of_itself(), "nested endlessly"),
        (larger, "larger than"),
        (b"", "cannot be read"),
    ):
        with pytest.raises(WeightsDamagedError, match=reason):
            load(build.repacked(file, {"data.pkl": bad}))


def test_an_archive_cut_short_is_called_damaged(state: dict[str, torch.Tensor], tmp_path: Path) -> None:
    file = build.torchscript(state, tmp_path / "weights.pt")
    file.write_bytes(file.read_bytes()[:-5000])
    with pytest.raises(WeightsDamagedError, match=r"weights\.pt is cut short.*Fetch it again"):
        load(file)


# Checkpoints of a training.


@pytest.mark.parametrize("numpy", ["numpy.core", "numpy._core"], ids=["NumPy 1", "NumPy 2"])
@pytest.mark.parametrize("zipped", [True, False], ids=["zip", "pickle"])
def test_a_checkpoint_with_numpy_numbers_loads(
    tiny: OpenClipEncoder, state: dict[str, torch.Tensor], tmp_path: Path, numpy: str, zipped: bool
) -> None:
    file = tmp_path / "epoch_3.pt"
    numbers = {
        "loss": np.float64(0.25),
        "epoch": np.int64(3),
        "best": np.float32(0.5),
        "done": np.bool_(True),
    }
    torch.save({**numbers, "state_dict": state}, file, _use_new_zipfile_serialization=zipped)
    if zipped:
        pickled = build.record(file, "data.pkl").replace(b"numpy._core", numpy.encode())
        build.repacked(file, {"data.pkl": pickled})
    else:
        file.write_bytes(file.read_bytes().replace(b"numpy._core", numpy.encode()))
    assert_same(load(file), tiny)


@pytest.mark.parametrize("key", ["state_dict", "model_state_dict", "model"])
@pytest.mark.parametrize("prefix", ["", "module.", "_orig_mod.", "module._orig_mod."])
def test_a_checkpoint_of_a_training_loads(
    tiny: OpenClipEncoder, state: dict[str, torch.Tensor], tmp_path: Path, key: str, prefix: str
) -> None:
    named = {prefix + name: tensor for name, tensor in state.items()}
    torch.save({"epoch": 3, key: named, "optimizer": {"lr": 0.1}}, tmp_path / "epoch_3.pt")
    assert_same(load(tmp_path / "epoch_3.pt"), tiny)


def test_a_checkpoint_with_other_objects_is_refused_by_their_name(
    state: dict[str, torch.Tensor], tmp_path: Path
) -> None:
    from argparse import Namespace

    torch.save({"args": Namespace(lr=0.1), "state_dict": state}, tmp_path / "epoch_3.pt")
    with pytest.raises(
        WeightsDamagedError, match=r"contains more than weights: argparse\.Namespace.*only the state_dict"
    ):
        load(tmp_path / "epoch_3.pt")


def test_numpys_own_functions_stay_refused(state: dict[str, torch.Tensor], tmp_path: Path) -> None:
    torch.save({"random": np.arange(3), "state_dict": state}, tmp_path / "epoch_3.pt")
    before = set(torch.serialization.get_safe_globals())
    with pytest.raises(WeightsDamagedError, match="contains more than weights: numpy"):
        load(tmp_path / "epoch_3.pt")
    assert set(torch.serialization.get_safe_globals()) == before


def test_a_checkpoint_without_weights_is_named_with_what_it_holds(tmp_path: Path) -> None:
    torch.save({"epoch": 3, "optimizer": {"lr": 0.1}}, tmp_path / "optimizer.pt")
    with pytest.raises(WeightsDamagedError, match="does not contain weights but epoch, optimizer"):
        load(tmp_path / "optimizer.pt")


def test_half_precision_and_names_of_any_kind_load(state: dict[str, torch.Tensor], tmp_path: Path) -> None:
    half = {name: tensor.half() for name, tensor in state.items()}
    torch.save(half, tmp_path / "a.pt")
    save_file(half, tmp_path / "b.safetensors")
    (tmp_path / "c.bin").write_bytes((tmp_path / "b.safetensors").read_bytes())
    (tmp_path / "d.safetensors").write_bytes((tmp_path / "a.pt").read_bytes())
    vectors = [load(file).encode_texts(["barn"]) for file in sorted(tmp_path.iterdir())]
    assert all((vector == vectors[0]).all() for vector in vectors)


# What cannot be used.


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_weights_that_are_no_numbers_are_refused_by_their_name(
    state: dict[str, torch.Tensor], tmp_path: Path, value: float
) -> None:
    state["text_projection"] = state["text_projection"].clone()
    state["text_projection"][3, 4] = value
    torch.save(state, tmp_path / "weights.pt")
    with pytest.raises(
        WeightsDamagedError, match=r"weights\.pt .*text_projection contains values that are NaN or infinite"
    ):
        load(tmp_path / "weights.pt")


@pytest.mark.parametrize(
    ("layer", "what"), [("visual.ln_post.weight", "pictures"), ("ln_final.weight", "texts")]
)
def test_a_model_that_makes_no_numbers_is_refused_with_its_first_batch(
    state: dict[str, torch.Tensor], tmp_path: Path, layer: str, what: str
) -> None:
    state[layer] = torch.full_like(state[layer], 3e38)
    torch.save(state, tmp_path / "weights.pt")
    with pytest.raises(
        EncodingError, match=rf"weights\.pt cannot encode {what} \(it returns values that are NaN"
    ):
        load(tmp_path / "weights.pt").encode_pictures([PICTURE])


def test_what_a_model_raises_is_named_with_the_model(
    tiny_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    encoder = load(tiny_folder / "weights.pt")
    monkeypatch.setattr(encoder, "_preprocess", lambda _: torch.zeros(3, 64, 64))
    with pytest.raises(
        EncodingError, match=r"weights\.pt cannot encode pictures \(.+\)\. Name another model"
    ):
        encoder.encode_pictures([PICTURE])


def test_sentence_encoders_that_hold_no_numbers_are_refused(tmp_path: Path) -> None:
    import shutil

    from safetensors.torch import load_file

    from embeddings.packaged import MINILM
    from embeddings.sentences import SentenceTransformerEncoder

    folder = Path(shutil.copytree(MINILM.path.parent, tmp_path / "minilm"))
    weights = load_file(folder / "model.safetensors")
    weights["encoder.layer.3.output.dense.bias"][3] = float("nan")
    save_file(weights, folder / "model.safetensors", {"format": "pt"})
    with pytest.raises(
        WeightsDamagedError, match=r"layer\.3\.output\.dense\.bias contains values that are NaN or infinite"
    ):
        SentenceTransformerEncoder(str(folder), device="cpu")


def test_what_differs_from_the_named_architecture_is_named(
    state: dict[str, torch.Tensor], tmp_path: Path
) -> None:
    state["visual.conv1.weight"] = torch.zeros(32, 3, 8, 8)
    save_file({name: tensor.contiguous() for name, tensor in state.items()}, tmp_path / "b.safetensors")
    with pytest.raises(WeightsDamagedError, match=r"conv1\.weight is 32×3×8×8 instead of 32×3×16×16"):
        load(tmp_path / "b.safetensors")


def test_arrays_of_another_model_are_refused_by_what_they_lack(tiny_folder: Path, tmp_path: Path) -> None:
    np.savez(tmp_path / "weights.npz", something=np.zeros(3))
    with pytest.raises(WeightsDamagedError, match=r"weights\.npz contains weights of another architecture"):
        load(tmp_path / "weights.npz")


NOT_DAMAGED = [
    pytest.param(b"<!DOCTYPE html><title>Sign in</title>", "is a web page", id="a page of the hub"),
    pytest.param(b"version https://git-lfs.github.com/spec/v1\noid 1", "git lfs pull", id="a pointer of LFS"),
    pytest.param(b"\x08\x07\x12\x0bonnx and so on" * 20, "cannot be read as weights", id="another format"),
    pytest.param(pickle.dumps({"visual": [1, 2]}, protocol=5), "cannot be read as weights", id="a pickle"),
    pytest.param(b"", "is empty", id="nothing"),
]


@pytest.mark.parametrize("name", ["weights.pt", "weights.safetensors"])
@pytest.mark.parametrize(("content", "reason"), NOT_DAMAGED)
def test_what_is_no_file_of_weights_is_named_and_nobody_is_told_to_delete_it(
    tiny_folder: Path, tmp_path: Path, content: bytes, reason: str, name: str
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(EncoderError, match=reason) as raised:
        load(tmp_path / name)
    assert str(tmp_path / name) in str(raised.value)
    assert "elete" not in str(raised.value)
    assert "damaged" not in str(raised.value)


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_file_without_rights_is_not_called_damaged(tiny_folder: Path, tmp_path: Path) -> None:
    (tmp_path / "weights.pt").write_bytes((tiny_folder / "weights.pt").read_bytes())
    (tmp_path / "weights.pt").chmod(0)
    with pytest.raises(WeightsNotFoundError, match="Permission denied"):
        load(tmp_path / "weights.pt")


def test_a_changed_byte_is_called_damage(state: dict[str, torch.Tensor], tmp_path: Path) -> None:
    file = build.torchscript(state, tmp_path / "weights.pt")
    content = bytearray(file.read_bytes())
    with zipfile.ZipFile(file) as opened:
        content[opened.getinfo("weights/data/9").header_offset + 500] ^= 1
    file.write_bytes(content)
    with pytest.raises(WeightsDamagedError, match=r"is damaged: the checksum of weights/data/9"):
        load(file)
