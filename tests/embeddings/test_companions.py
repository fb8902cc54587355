"""What a model needs beside its weights: found beside them, or named, all at once, where it is missing."""

import gzip
import json
import shutil
from pathlib import Path

import checkpoint_builders as build
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import embeddings
from embeddings import EncoderError, UnknownModelError, WeightsDamagedError, WeightsNotFoundError
from embeddings.openclip import OpenClipEncoder
from embeddings.packaged import MINILM_TOKENIZER

WORDPIECE = MINILM_TOKENIZER.path.parent
TEXTS = ["a red barn", "Über the moon"]


def load(name: str) -> OpenClipEncoder:
    return OpenClipEncoder(name, device="cpu")


@pytest.fixture
def folder(tiny_folder: Path, tmp_path: Path, hub_cache: Path) -> Path:
    """The tiny model in a folder of its own; the hub's cache is empty."""
    folder = tmp_path / "model"
    folder.mkdir()
    for name in ("open_clip_config.json", "open_clip_model.safetensors"):
        shutil.copy(tiny_folder / name, folder)
    return folder


@pytest.fixture
def elsewhere(folder: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """An architecture whose tokenizer is on the hub."""
    import open_clip

    config = json.loads((folder / "open_clip_config.json").read_text())["model_cfg"]
    config["text_cfg"]["hf_tokenizer_name"] = "someone/elsewhere"
    get = open_clip.get_model_config
    monkeypatch.setattr(
        open_clip, "get_model_config", lambda name: config if name == "elsewhere-clip" else get(name)
    )
    monkeypatch.setitem(open_clip.factory._MODEL_CONFIGS, "elsewhere-clip", config)
    return "elsewhere-clip"


def put(folder: Path, *names: str, **files: object) -> None:
    for name in names:
        shutil.copy(WORDPIECE / name, folder)
    for name, content in files.items():
        (folder / f"{name}.json").write_text(json.dumps(content))


# A tokenizer beside the weights.


@pytest.mark.parametrize(
    ("names", "files"),
    [
        pytest.param(["tokenizer.json", "tokenizer_config.json"], {}, id="as the hub has it"),
        pytest.param(["tokenizer.json"], {}, id="tokenizer.json alone"),
        pytest.param(["vocab.txt", "tokenizer_config.json"], {}, id="vocabulary"),
        pytest.param(["vocab.txt"], {"config": {"model_type": "bert"}}, id="vocabulary of a model"),
    ],
)
def test_the_tokenizer_of_an_architecture_is_taken_from_beside_its_weights(
    folder: Path, elsewhere: str, names: list[str], files: dict[str, object]
) -> None:
    put(folder, *names, **files)
    by_file = load(f"{elsewhere}:{folder / 'open_clip_model.safetensors'}")
    build.with_config(folder, model_cfg__text_cfg__hf_tokenizer_name="someone/elsewhere")
    by_folder = load(f"local-dir:{folder}")
    assert_array_equal(by_file.encode_texts(TEXTS), by_folder.encode_texts(TEXTS))
    tokens = by_file._tokenizer(["a red barn"])[0, :5].tolist()
    assert tokens == [101, 1037, 2417, 8659, 102]


def test_files_that_make_an_empty_tokenizer_are_no_tokenizer(folder: Path, elsewhere: str) -> None:
    put(folder, "tokenizer_config.json")
    with pytest.raises(WeightsNotFoundError, match=r"tokenizer\.json of someone/elsewhere"):
        load(f"{elsewhere}:{folder / 'open_clip_model.safetensors'}")


def test_another_tokenizer_beside_the_weights_replaces_the_one_of_open_clip(
    folder: Path, tiny: OpenClipEncoder
) -> None:
    put(folder, "tokenizer.json")
    encoder = load(f"tiny-clip:{folder / 'open_clip_model.safetensors'}")
    assert encoder._tokenizer(["a red barn"])[0, :5].tolist() == [101, 1037, 2417, 8659, 102]
    (folder / "tokenizer.json").unlink()
    plain = load(f"tiny-clip:{folder / 'open_clip_model.safetensors'}")
    assert_array_equal(plain.encode_texts(TEXTS), tiny.encode_texts(TEXTS))
    assert encoder.fingerprint != plain.fingerprint


def in_the_form_of_hugging_face(folder: Path) -> None:
    """CLIP's own tokenizer, as it lies in the folders that LAION publishes."""
    import open_clip
    from transformers import CLIPTokenizer

    own = open_clip.SimpleTokenizer()
    names = {"<start_of_text>": "<|startoftext|>", "<end_of_text>": "<|endoftext|>"}
    vocabulary = {names.get(token, token): number for token, number in own.encoder.items()}
    CLIPTokenizer(vocab=vocabulary, merges=list(own.bpe_ranks)).save_pretrained(folder)


def test_the_same_tokenizer_in_another_form_changes_nothing(folder: Path, tiny: OpenClipEncoder) -> None:
    in_the_form_of_hugging_face(folder)
    for name in ("open_clip_pytorch_model.bin", "model.safetensors"):
        (folder / name).write_bytes(b"never opened")
    encoder = load(f"tiny-clip:{folder / 'open_clip_model.safetensors'}")
    assert_array_equal(encoder.encode_texts(TEXTS), tiny.encode_texts(TEXTS))
    (folder / "tokenizer.json").unlink()
    assert encoder.fingerprint == load(f"tiny-clip:{folder / 'open_clip_model.safetensors'}").fingerprint


def test_a_vocabulary_of_clip_beside_the_weights_is_used(folder: Path, tiny: OpenClipEncoder) -> None:
    from open_clip.tokenizer import default_bpe

    own = folder / "bpe_simple_vocab_16e6.txt.gz"
    file = folder / "open_clip_model.safetensors"
    shutil.copy(default_bpe(), own)
    same = load(f"tiny-clip:{file}")
    assert_array_equal(same.encode_texts(TEXTS), tiny.encode_texts(TEXTS))
    merges = gzip.decompress(own.read_bytes()).decode().split("\n")
    own.write_bytes(gzip.compress("\n".join([merges[0], *merges[5000:20000]]).encode()))
    other = load(f"tiny-clip:{file}")
    assert (other.encode_texts(TEXTS) != tiny.encode_texts(TEXTS)).any()
    assert other.fingerprint != same.fingerprint


@pytest.mark.parametrize(
    "content",
    [b"", b"no gzip", gzip.compress(b"\0" * 20_000_000), gzip.compress(b"a")[:9]],
    ids=["empty", "no gzip", "a bomb", "cut off"],  # gzip writes the time, and names must not change
)
def test_a_vocabulary_that_is_none_is_named(folder: Path, content: bytes) -> None:
    (folder / "bpe_simple_vocab_16e6.txt.gz").write_bytes(content)
    with pytest.raises(WeightsDamagedError, match=r"bpe_simple_vocab_16e6\.txt\.gz cannot be used"):
        load(f"tiny-clip:{folder / 'open_clip_model.safetensors'}")


def test_a_tokenizer_among_several_models_is_not_guessed_to_belong_to_one(folder: Path) -> None:
    put(folder, "tokenizer.json")
    shutil.copy(folder / "open_clip_model.safetensors", folder / "other.safetensors")
    with pytest.raises(WeightsNotFoundError, match="It is unknown to which it belongs"):
        load(f"tiny-clip:{folder / 'other.safetensors'}")


def test_a_tokenizer_with_more_tokens_than_the_model_is_refused(folder: Path) -> None:
    put(folder, "tokenizer.json")
    described = json.loads((folder / "tokenizer.json").read_text())
    vocabulary = described["model"]["vocab"]
    vocabulary |= {f"word{number}": number for number in range(len(vocabulary), 60_000)}
    (folder / "tokenizer.json").write_text(json.dumps(described))
    with pytest.raises(WeightsDamagedError, match="60000 tokens, but the model has 49408"):
        load(f"tiny-clip:{folder / 'open_clip_model.safetensors'}")


@pytest.mark.parametrize("content", ["", "{}", '{"model": 3}', "[" * 5000])
def test_a_tokenizer_that_is_none_is_named(folder: Path, elsewhere: str, content: str) -> None:
    (folder / "tokenizer.json").write_text(content)
    with pytest.raises(WeightsDamagedError, match=f"tokenizer in {folder} cannot be used"):
        load(f"{elsewhere}:{folder / 'open_clip_model.safetensors'}")


@pytest.mark.parametrize("made_by", ["bert", "clip"])
def test_a_text_model_of_hugging_face_is_made_from_the_folder_where_it_is_described_there(
    folder: Path, made_by: str
) -> None:
    import open_clip
    import torch

    put(folder, "tokenizer.json")
    small = {"hidden_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 32}
    put(folder, config={"model_type": made_by, "vocab_size": 30522, **small})
    text = {"hf_tokenizer_name": "someone/text", "hf_model_name": "someone/text"}
    build.with_config(folder, model_cfg__text_cfg={"context_length": 24, "hf_proj_type": "linear", **text})
    if made_by == "clip":  # the repository's own, which is no text model
        with pytest.raises(WeightsNotFoundError, match=r"config\.json of someone/text"):
            load(f"local-dir:{folder}")
        return
    described = json.loads((folder / "open_clip_config.json").read_text())["model_cfg"]
    own = {**described["text_cfg"], "hf_model_name": str(folder), "hf_model_pretrained": False}
    model = open_clip.model.CustomTextCLIP(**{**described, "text_cfg": own})
    torch.save(model.state_dict(), folder / "weights.pt")
    encoder = load(f"local-dir:{folder / 'weights.pt'}")
    tokens = encoder._tokenizer(TEXTS)
    with torch.inference_mode():
        expected = model.eval().encode_text(tokens, normalize=True)
    assert_allclose(encoder.encode_texts(TEXTS), expected.numpy(), atol=1e-5)


# Programs in a folder.


@pytest.mark.parametrize("asked_for", [True, False])
def test_no_program_of_a_folder_is_run_nor_is_anybody_asked_to(
    folder: Path, monkeypatch: pytest.MonkeyPatch, asked_for: bool
) -> None:
    monkeypatch.setattr("builtins.input", lambda *_: pytest.fail("somebody was asked"))
    (folder / "planted.py").write_text(
        f"from pathlib import Path\nPath({str(folder / 'ran')!r}).touch()\nclass Planted: pass\n"
    )
    put(
        folder,
        "tokenizer.json",
        tokenizer_config={
            "tokenizer_class": "Planted",
            "auto_map": {"AutoTokenizer": ["planted.Planted", None]},
        },
        config={"model_type": "planted", "auto_map": {"AutoConfig": "planted.Planted"}},
    )
    text = {"hf_tokenizer_name": "someone/elsewhere"}
    if asked_for:
        text["tokenizer_kwargs"] = {"trust_remote_code": True}
    build.with_config(folder, **{f"model_cfg__text_cfg__{key}": value for key, value in text.items()})
    with pytest.raises(EncoderError):
        load(f"local-dir:{folder}")
    build.with_config(folder, model_cfg__text_cfg__hf_model_name="someone/elsewhere")
    with pytest.raises(EncoderError):
        load(f"local-dir:{folder}")
    assert not (folder / "ran").exists()


# What is missing.


def test_all_companions_that_are_missing_are_named_at_once(folder: Path) -> None:
    text = {"hf_tokenizer_name": "someone/words", "hf_model_name": "someone/text"}
    build.with_config(folder, **{f"model_cfg__text_cfg__{key}": value for key, value in text.items()})
    (folder / "open_clip_model.safetensors").unlink()
    with pytest.raises(WeightsNotFoundError) as raised:
        load(f"local-dir:{folder}")
    for part in (
        "contains no weights",
        "tokenizer_config.json and tokenizer.json of someone/words and config.json of someone/text",
        "`hf download someone/words tokenizer_config.json tokenizer.json`",
        "`hf download someone/text config.json`",
    ):
        assert part in str(raised.value)


def test_an_architecture_by_path_names_its_companions_and_its_missing_file(
    elsewhere: str, hub_cache: Path
) -> None:
    with pytest.raises(
        WeightsNotFoundError, match=r"/nowhere/weights\.pt.*tokenizer\.json of someone/elsewhere"
    ):
        load(f"{elsewhere}:/nowhere/weights.pt")


def test_a_repository_names_its_description_and_its_weights(hub_cache: Path) -> None:
    command = "hf download someone/model open_clip_config.json open_clip_model.safetensors"
    with pytest.raises(WeightsNotFoundError, match=command):
        load("hf-hub:someone/model")


def test_a_known_model_names_its_tokenizer_with_its_weights(hub_cache: Path) -> None:
    names = "open_clip_model.safetensors tokenizer_config.json tokenizer.json"
    with pytest.raises(WeightsNotFoundError, match=f"hf download timm/ViT-B-16-SigLIP2 {names}"):
        embeddings.load("ViT-B-16-SigLIP2/webli")


def test_a_name_of_the_hub_that_is_none_is_refused_in_a_description(folder: Path) -> None:
    build.with_config(folder, model_cfg__text_cfg__hf_tokenizer_name="../no name")
    with pytest.raises(UnknownModelError, match="not the name of a model on the hub"):
        load(f"local-dir:{folder}")


@pytest.mark.parametrize("key", ["hf_tokenizer_name", "hf_model_name"])
@pytest.mark.parametrize("value", [5, ["someone/words"], {"name": "someone/words"}])
def test_a_name_that_is_no_text_is_named_with_its_file(folder: Path, key: str, value: object) -> None:
    build.with_config(folder, **{f"model_cfg__text_cfg__{key}": value})
    with pytest.raises(WeightsDamagedError, match=rf"open_clip_config\.json.*{key} is not a name"):
        load(f"local-dir:{folder}")
