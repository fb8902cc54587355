"""Folders with a model in the forms in which people have them."""

import json
import shutil
from pathlib import Path

import checkpoint_builders as build
import pytest
import torch
from numpy.testing import assert_array_equal
from PIL import Image
from safetensors.torch import save_file

from embeddings import EncoderError, UnknownModelError, WeightsDamagedError, WeightsNotFoundError
from embeddings.openclip import OpenClipEncoder

PICTURE = Image.linear_gradient("L").convert("RGB")


def load(folder: Path) -> OpenClipEncoder:
    return OpenClipEncoder(f"local-dir:{folder}", device="cpu")


def assert_same(encoder: OpenClipEncoder, tiny: OpenClipEncoder) -> None:
    assert_array_equal(encoder.encode_texts(["a barn"]), tiny.encode_texts(["a barn"]))
    assert_array_equal(encoder.encode_pictures([PICTURE]).picture, tiny.encode_pictures([PICTURE]).picture)


@pytest.fixture
def described(tiny_folder: Path, tmp_path: Path) -> Path:
    """A folder with the configuration of the tiny model, and no weights."""
    folder = tmp_path / "model"
    folder.mkdir()
    shutil.copy(tiny_folder / "open_clip_config.json", folder)
    return folder


@pytest.fixture
def state(tiny_folder: Path) -> dict[str, torch.Tensor]:
    state = torch.load(tiny_folder / "weights.pt", weights_only=True)
    return {name: tensor.contiguous() for name, tensor in state.items()}


def save(state: dict[str, torch.Tensor], file: Path) -> None:
    if file.suffix == ".safetensors":
        save_file(state, file)
    else:
        torch.save(state, file)


def save_shards(
    state: dict[str, torch.Tensor], folder: Path, name: str = "model-{}-of-00002"
) -> dict[str, str]:
    """Two shards; which tensor is in which."""
    names = sorted(state)
    where = {}
    for number, some in enumerate((names[:20], names[20:]), start=1):
        file = name.format(f"{number:05}") + ".safetensors"
        save_file({key: state[key] for key in some}, folder / file)
        where |= dict.fromkeys(some, file)
    return where


# Files of weights.


@pytest.mark.parametrize(
    "name",
    [
        "model.pth",
        "open_clip_pytorch_model.pth",
        "epoch_20.pth",
        "epoch_20.pt",
        "mine.safetensors",
        "weights.bin",
    ],
)
def test_the_only_file_of_weights_is_taken_whatever_its_name(
    described: Path, tiny: OpenClipEncoder, state: dict[str, torch.Tensor], name: str
) -> None:
    save(state, described / name)
    for beside in ("optimizer.pt", "training_args.bin", "rng_state_0.pth", "README.md", "tokenizer.bin.txt"):
        (described / beside).write_bytes(b"something else")
    assert_same(load(described), tiny)


def test_the_same_weights_in_two_formats_are_one_model(
    described: Path, tiny: OpenClipEncoder, state: dict[str, torch.Tensor]
) -> None:
    save(state, described / "mine.safetensors")
    (described / "mine.pth").write_bytes(b"never opened")
    assert_same(load(described), tiny)


def test_several_models_are_listed_and_one_can_be_named(
    described: Path, tiny: OpenClipEncoder, state: dict[str, torch.Tensor]
) -> None:
    for name in ("epoch_1.pt", "epoch_2.pth", "best.safetensors"):
        save(state, described / name)
    with pytest.raises(
        WeightsNotFoundError, match=r"best\.safetensors, epoch_1\.pt, epoch_2\.pth.*local-dir:"
    ) as raised:
        load(described)
    assert str(described) in str(raised.value)
    assert_same(load(described / "epoch_1.pt"), tiny)


@pytest.mark.parametrize(
    "index", ["model.safetensors.index.json", "open_clip_model.safetensors.index.json", None]
)
def test_shards_are_one_model(
    described: Path, tiny: OpenClipEncoder, state: dict[str, torch.Tensor], index: str | None
) -> None:
    where = save_shards(state, described)
    if index:
        (described / index).write_text(json.dumps({"metadata": {}, "weight_map": where}))
    assert_same(load(described), tiny)
    by_path = OpenClipEncoder(f"tiny-clip:{described / index if index else described}", device="cpu")
    assert_same(by_path, tiny)


@pytest.mark.parametrize("indexed", [True, False])
def test_missing_shards_are_named_at_once(
    described: Path, state: dict[str, torch.Tensor], indexed: bool
) -> None:
    where = save_shards(state, described, "model-{}-of-00004")
    if indexed:
        missing = {"a": "model-00003-of-00004.safetensors", "b": "model-00004-of-00004.safetensors"}
        (described / "model.safetensors.index.json").write_text(json.dumps({"weight_map": where | missing}))
    with pytest.raises(
        WeightsNotFoundError, match=r"model-00003-of-00004\.safetensors, model-00004-of-00004"
    ):
        load(described)


@pytest.mark.parametrize(
    "index",
    [
        {"weight_map": {"a": "../../secret.safetensors"}},
        {"weight_map": {"a": "/etc/passwd"}},
        {"weight_map": {}},
        {"weight_map": ["a"]},
        ["nothing"],
    ],
    ids=lambda index: json.dumps(index)[:40],
)
def test_an_index_that_leads_out_of_the_folder_is_refused(described: Path, index: object) -> None:
    (described / "model.safetensors.index.json").write_text(json.dumps(index))
    with pytest.raises(WeightsDamagedError, match=r"model\.safetensors\.index\.json"):
        load(described)


def test_a_folder_without_weights_names_what_is_missing(described: Path) -> None:
    with pytest.raises(WeightsNotFoundError, match=r"contains no weights.*\.pth"):
        load(described)


@pytest.mark.parametrize("name", ["{}", "local-dir:{}", "tiny-clip:{}"])
def test_every_way_to_name_a_folder_is_understood_or_corrected(
    described: Path, tiny: OpenClipEncoder, state: dict[str, torch.Tensor], name: str
) -> None:
    save(state, described / "model.pth")
    if name == "{}":
        for path, way in ((described, "local-dir:"), (described / "model.pth", "ViT-B-32:")):
            with pytest.raises(UnknownModelError, match=f"{way}{path}"):
                OpenClipEncoder(str(path), device="cpu")
    else:
        assert_same(OpenClipEncoder(name.format(described), device="cpu"), tiny)


def test_a_model_of_transformers_is_told_from_a_wrong_path(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text('{"model_type": "clip"}')
    with pytest.raises(WeightsNotFoundError, match="model of another library"):
        load(tmp_path)


# Configurations.


@pytest.fixture
def folder(described: Path, state: dict[str, torch.Tensor]) -> Path:
    save(state, described / "open_clip_model.safetensors")
    return described


def test_keys_that_change_nothing_are_passed_over(folder: Path, tiny: OpenClipEncoder) -> None:
    notes = {"model_cfg__description": "a model", "model_cfg___made_by": "us", "model_cfg__name": "tiny"}
    off = {"model_cfg__text_cfg__new_attention": False, "model_cfg__vision_cfg__registers": None}
    old = {"model_cfg__text_cfg__proj": "mlp", "model_cfg__text_cfg__pooler_type": "mean_pooler"}
    build.with_config(folder, **notes, **off, **old, preprocess_cfg__crop_pct=0.9, trained_on="pictures")
    assert_same(load(folder), tiny)


def test_keys_that_may_change_the_model_are_all_named(folder: Path) -> None:
    build.with_config(
        folder, model_cfg__rope=True, model_cfg__text_cfg__gated=4, model_cfg__vision_cfg__registers=8
    )
    with pytest.raises(
        UnknownModelError,
        match=r"rope, vision_cfg\.registers, text_cfg\.gated.*pip install --upgrade open_clip_torch",
    ) as raised:
        load(folder)
    assert str(folder / "open_clip_config.json") in str(raised.value)


def test_a_configuration_without_its_frame_loads(folder: Path, tiny: OpenClipEncoder) -> None:
    file = folder / "open_clip_config.json"
    file.write_text(json.dumps(json.loads(file.read_text())["model_cfg"]))
    assert_same(load(folder), tiny)


@pytest.mark.parametrize("size", [224, [224, 224], [16, 48], "224", {"height": 224}, None])
def test_pictures_are_scaled_to_the_model_whatever_size_is_described(
    folder: Path, tiny: OpenClipEncoder, size: object
) -> None:
    assert_same(load(build.with_config(folder, preprocess_cfg__size=size)), tiny)


@pytest.mark.parametrize("size", [32, [32, 32]])
def test_the_models_own_size_leaves_the_fingerprint_as_it_was(folder: Path, size: object) -> None:
    as_described = load(build.with_config(folder, preprocess_cfg__size=size)).fingerprint
    described = json.loads((folder / "open_clip_config.json").read_text())
    # What the fingerprint was before sizes were compared: over the description as it stands.
    from embeddings import packaged
    from embeddings.openclip import RECIPE

    preprocess = {
        "size": size,
        "mode": "RGB",
        "mean": [0.48145466, 0.4578275, 0.40821073],
        "std": [0.26862954, 0.26130258, 0.27577711],
        "interpolation": "bicubic",
        "resize_mode": "shortest",
        "fill_color": 0,
    }
    parts = json.dumps([described["model_cfg"], preprocess, False], sort_keys=True)
    sha256 = packaged.file_sha256(folder / "open_clip_model.safetensors")
    assert as_described == packaged.fingerprint(RECIPE, parts, sha256)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"model_cfg__embed_dim": "16"}, "lacks embed_dim"),
        ({"model_cfg__vision_cfg": None}, "lacks vision_cfg"),
        ({"preprocess_cfg": [1]}, "preprocess_cfg"),
        ({"preprocess_cfg__mode": "BGR"}, "can build"),
        ({"preprocess_cfg__interpolation": "nearest"}, "can build"),
        ({"preprocess_cfg__mean": [0.1, 0.2]}, "can build"),
        ({"model_cfg__vision_cfg__layers": "many"}, "can build"),
        ({"model_cfg__vision_cfg__width": -4}, "can build"),
        ({"model_cfg__text_cfg__tokenizer_kwargs": {"colour": "red"}}, "describes no tokenizer"),
    ],
    ids=str,
)
def test_a_configuration_that_makes_no_model_is_named(
    folder: Path, changes: dict[str, object], reason: str
) -> None:
    with pytest.raises(EncoderError, match=reason) as raised:
        load(build.with_config(folder, **changes))
    assert str(folder / "open_clip_config.json") in str(raised.value)


@pytest.mark.parametrize("content", ["[]", "3", "{", "\udcff", '{"model_cfg": 3}', "[" * 100_000])
def test_what_is_no_configuration_is_named(folder: Path, content: str) -> None:
    (folder / "open_clip_config.json").write_bytes(content.encode(errors="surrogateescape"))
    with pytest.raises(
        WeightsDamagedError, match=r"open_clip_config\.json does not describe an open_clip model"
    ):
        load(folder)


# Towers of timm.


@pytest.fixture(scope="session")
def with_timm(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model whose pictures are seen by a small tower of timm, which takes 160 x 160 pixels."""
    import open_clip

    vision = {"timm_model_name": "test_vit3", "timm_pool": "", "timm_proj": "linear", "image_size": 160}
    text = {"context_length": 24, "vocab_size": 49408, "width": 32, "heads": 2, "layers": 1}
    config = {"embed_dim": 16, "vision_cfg": vision, "text_cfg": text}
    folder = tmp_path_factory.mktemp("timm")
    (folder / "open_clip_config.json").write_text(json.dumps({"model_cfg": config, "preprocess_cfg": {}}))
    torch.manual_seed(0)
    state = open_clip.create_model(f"local-dir:{folder}", load_weights=False).state_dict()
    save_file({name: tensor.contiguous() for name, tensor in state.items()}, folder / "model.safetensors")
    return folder


def copied(folder: Path, to: Path, **changes: object) -> Path:
    return build.with_config(Path(shutil.copytree(folder, to)), **changes)


def test_a_name_that_timm_does_not_have_is_answered_with_similar_ones(
    with_timm: Path, tmp_path: Path
) -> None:
    folder = copied(with_timm, tmp_path / "model", model_cfg__vision_cfg__timm_model_name="test_vit9000")
    with pytest.raises(
        UnknownModelError, match=r"test_vit9000, a model that timm .* test_vit.*--upgrade timm"
    ):
        load(folder)


@pytest.mark.parametrize(
    "name", ["test_vit3.of_ours", "hf-hub:someone/test_vit3", "timm/test_vit3.r160_in1k"]
)
def test_a_name_of_timm_with_a_tag_of_others_needs_no_network(
    with_timm: Path, tmp_path: Path, name: str
) -> None:
    folder = copied(with_timm, tmp_path / "model", model_cfg__vision_cfg__timm_model_name=name)
    assert_same(load(folder), load(with_timm))


def test_pictures_are_scaled_to_the_tower_whatever_size_is_described(with_timm: Path, tmp_path: Path) -> None:
    folder = copied(with_timm, tmp_path / "model", model_cfg__vision_cfg__image_size=224)
    assert_same(load(folder), load(with_timm))
