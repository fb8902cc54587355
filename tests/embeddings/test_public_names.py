import os
import subprocess
import sys
from pathlib import Path

import pytest

import embeddings
from embeddings import RECOMMENDED, ModelCard, available_models, models
from embeddings.companions import required_companions
from embeddings.lite import LiteEncoder
from embeddings.weights import HubFile

HEAVY = (
    "torch",
    "open_clip",
    "timm",
    "sentence_transformers",
    "transformers",
    "PIL",
    "huggingface_hub",
    "httpx",
)


def fresh_process(code: str, **environment: str) -> str:
    command, variables = [sys.executable, "-c", code], {**os.environ, **environment}
    ran = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60, env=variables)
    return ran.stdout.strip()


def test_all_is_sorted_and_importable() -> None:
    assert embeddings.__all__ == sorted(embeddings.__all__, key=lambda name: (not name.isupper(), name))
    assert all(hasattr(embeddings, name) for name in embeddings.__all__)


def test_importing_loads_no_heavy_library() -> None:
    code = f"import sys, embeddings; print([name for name in {HEAVY} if name in sys.modules])"
    assert fresh_process(code) == "[]"


def test_importing_brings_in_no_library_but_numpy() -> None:
    code = (
        "import sys, numpy, numpy.typing; before = set(sys.modules); import embeddings;"
        "loaded = {name for name, module in sys.modules.items() if module is not None};"
        "new = {name.partition('.')[0] for name in loaded - before};"
        "print(sorted(new - sys.stdlib_module_names))"
    )
    assert fresh_process(code) == "['embeddings']"


def test_a_lite_text_vector_needs_no_torch() -> None:
    code = (
        "import sys, embeddings; print(embeddings.load().encode_texts(['a whale']).shape,"
        " [name for name in ('torch', 'timm', 'transformers') if name in sys.modules])"
    )
    assert fresh_process(code) == "(1, 384) []"


def test_listing_models_needs_no_torch() -> None:
    code = "import sys, embeddings; embeddings.available_models(); print('torch' in sys.modules)"
    assert fresh_process(code) == "False"


def test_lite_and_its_sentences_are_always_here(hub_cache: Path) -> None:
    cards = {card.name: card for card in available_models()}
    assert [name for name, card in cards.items() if card.here] == ["lite", "all-MiniLM-L6-v2"]


def test_a_model_is_here_once_the_cache_has_it(hub_cache: Path) -> None:
    root = hub_cache / "models--laion--CLIP-ViT-B-32-laion2B-s34B-b79K"
    (root / "refs").mkdir(parents=True)
    (root / "refs" / "main").write_text("0123")
    (root / "snapshots" / "0123").mkdir(parents=True)
    (root / "snapshots" / "0123" / "open_clip_model.safetensors").touch()
    assert {card.name: card.here for card in available_models()}[RECOMMENDED]


ON_HUB = [model.card for model in models.LISTED_MODELS if isinstance(model.files, HubFile)]


@pytest.mark.parametrize("card", ON_HUB, ids=lambda card: card.name)
def test_the_models_are_those_open_clip_knows(card: ModelCard) -> None:
    import open_clip

    architecture, tag = card.name.split("/")
    file, _ = models.hub_weights(card.name)
    assert open_clip.get_model_config(architecture)["embed_dim"] == card.dim
    assert open_clip.get_pretrained_cfg(architecture, tag)["hf_hub"] == f"{file.repo}/"
    companions = required_companions(open_clip.get_model_config(architecture), None).files()
    assert list(models.hub_companions(card.name)) == companions


def test_absent_weights_are_told_with_their_size_before_torch_is_imported(hub_cache: Path) -> None:
    code = (
        "import sys, embeddings\n"
        "try: embeddings.load(embeddings.RECOMMENDED)\n"
        "except embeddings.WeightsNotFoundError as error: print(error, 'torch' in sys.modules)"
    )
    output = fresh_process(code, HF_HUB_CACHE=str(hub_cache))
    assert "605 MB" in output
    assert "hf download laion/CLIP-ViT-B-32-laion2B-s34B-b79K" in output
    assert output.endswith("False")


def test_lite_is_the_encoder_when_none_is_named(lite: LiteEncoder) -> None:
    assert isinstance(embeddings.load(None), LiteEncoder)
    assert embeddings.load("lite").fingerprint == lite.fingerprint
