"""Encoders by name: the recommended ones, and all other open_clip models."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib import import_module
from typing import Literal, cast

from embeddings import weights
from embeddings.companions import TOKENIZER_FILES
from embeddings.encoder import Encoder, SentenceEncoder
from embeddings.model_folders import HUB_WEIGHTS
from embeddings.packaged import EFFICIENTNET_LITE0, MINILM, PackagedFile
from embeddings.runtimes import F32, EncoderPrecision, Precision
from embeddings.weights import HubFile

BUNDLED_SENTENCES = ("all-MiniLM-L6-v2", "sentence-transformers/all-MiniLM-L6-v2")
_NAME = re.compile(r"(?P<base>.+)\+adapter:(?P<adapter>[0-9a-f]{16})")

RECOMMENDED = "ViT-B-32/laion2b_s34b_b79k"
"""The CLIP model to start with: small, permissively licensed, and a common baseline."""


@dataclass(frozen=True)
class ModelCard:
    """Facts for the choice of an encoder."""

    name: str
    """The name for `load`, or for `load_sentences` if the kind is `sentences`."""
    kind: Literal["pictures", "sentences"]
    dim: int
    size_mb: int
    """The size of the weights and of the download, in millions of bytes."""
    speed: str
    quality: str
    """A published or measured figure, with its source."""
    licence: str
    here: bool = False
    """Whether the weights are on this machine."""


@dataclass(frozen=True)
class ListedModel:
    """A model card, and the files of the model."""

    card: ModelCard
    files: HubFile | tuple[PackagedFile, ...]
    companions: tuple[HubFile, ...] = ()
    """Other files of the hub that the model needs: its tokenizer if open_clip does not contain it."""
    encoder: str = "embeddings.openclip:OpenClipEncoder"
    """The class that loads the model: module and name."""

    def is_available(self) -> bool:
        """Return whether the files are on this machine, without opening them and without the network."""
        if isinstance(self.files, HubFile):
            return all(file.cached() is not None for file in (self.files, *self.companions))
        return all(file.is_installed for file in self.files)


def load(
    name: str | None = "lite",
    *,
    device: str | None = None,
    allow_download: bool = False,
    precision: EncoderPrecision | None = None,
) -> Encoder:
    """Load the encoder of this name: `lite` (also for None), or an open_clip model under a name of OpenClipEncoder.

    Args:
        name: The name of the encoder.
        device: cuda, cuda:1, mps or cpu; None selects the best available one. `lite` always runs on the CPU.
        allow_download: Whether missing weights may be fetched from the network.
        precision: The precision on the CPU; None is f32.

    Raises:
        EncoderError: If the encoder cannot be loaded.
    """
    name, precision = name or "lite", precision or EncoderPrecision()
    encoder_class = special_encoder_class(name)
    if encoder_class is not None:
        return encoder_class(precision)
    listed_weights = hub_weights(name)
    if listed_weights:
        # Missing files are reported before the import of open_clip, which takes seconds.
        file, size_mb = listed_weights
        files = (file, *hub_companions(name))
        weights.obtain_all(files, model=f"{name} ({size_mb} MB)", allow_download=allow_download)
    from embeddings.openclip import OpenClipEncoder

    return OpenClipEncoder(name, device=device, allow_download=allow_download, precision=precision.encoder)


def load_sentences(
    name: str | None = None,
    *,
    device: str | None = None,
    allow_download: bool = False,
    precision: Precision = F32,
) -> SentenceEncoder:
    """Load a sentence encoder: the bundled all-MiniLM-L6-v2 (also for None), or a model of sentence-transformers.

    The bundled one needs no torch and always runs on the CPU. Raises EncoderError.
    """
    if name is None or name in BUNDLED_SENTENCES:
        from embeddings.minilm import MiniLM

        return MiniLM(precision=precision)
    from embeddings.sentences import SentenceTransformerEncoder

    return SentenceTransformerEncoder(name, device=device, allow_download=allow_download)


def split_encoder_name(name: str) -> tuple[str, str | None]:
    """Return the name of the base encoder and the fingerprint of the adapter, or None without an adapter."""
    match = _NAME.fullmatch(name)
    return (match["base"], match["adapter"]) if match else (name, None)


def available_models() -> list[ModelCard]:
    """Return the listed models and whether their weights are on this machine, without loading them or the network."""
    return [replace(model.card, here=model.is_available()) for model in LISTED_MODELS]


def special_encoder_class(name: str) -> Callable[[EncoderPrecision], Encoder] | None:
    """Return the class of a listed model that open_clip does not load; None for any other name."""
    model = _find_listed(name)
    if model is None or model.encoder == ListedModel.encoder or model.card.kind != "pictures":
        return None
    module, _, class_name = model.encoder.partition(":")
    return cast("Callable[[EncoderPrecision], Encoder]", getattr(import_module(module), class_name))


def hub_weights(name: str) -> tuple[HubFile, int] | None:
    """Return the weights of a listed model on the hub and their size in MB, or None; open_clip is not imported."""
    model = _find_listed(name)
    return (model.files, model.card.size_mb) if model and isinstance(model.files, HubFile) else None


def hub_companions(name: str) -> tuple[HubFile, ...]:
    """Return the other files of a listed model on the hub; () for any other name."""
    model = _find_listed(name)
    return model.companions if model else ()


def _find_listed(name: str) -> ListedModel | None:
    return next((model for model in LISTED_MODELS if model.card.name == name), None)


OPEN_CLIP_RESULTS = "ImageNet zero-shot, open_clip's results"
"""https://github.com/mlfoundations/open_clip/blob/main/docs/openclip_results.csv"""

LISTED_MODELS = (
    ListedModel(
        ModelCard(
            name="lite",
            kind="pictures",
            dim=384,
            size_mb=110,
            speed="about 25 pictures/s on two CPU cores",
            quality="31 % of described figures in the first ten of 149 (18F blog); knows ImageNet's 1,000 things",
            licence="Apache-2.0",
        ),
        (EFFICIENTNET_LITE0, MINILM),
        encoder="embeddings.lite:LiteEncoder",
    ),
    ListedModel(
        ModelCard(
            name=RECOMMENDED,
            kind="pictures",
            dim=512,
            size_mb=605,
            speed="about 8 pictures/s on two CPU cores",
            quality=f"66.6 % ({OPEN_CLIP_RESULTS})",
            licence="MIT",
        ),
        HubFile("laion/CLIP-ViT-B-32-laion2B-s34B-b79K", HUB_WEIGHTS),
    ),
    ListedModel(
        ModelCard(
            name="MobileCLIP2-S0/dfndr2b",
            kind="pictures",
            dim=512,
            size_mb=300,
            speed="about 9 pictures/s on two CPU cores",
            quality="71.5 % (ImageNet zero-shot, Faghri et al., 2025)",
            licence="Apple model research licence: research only",
        ),
        HubFile("timm/MobileCLIP2-S0-OpenCLIP", HUB_WEIGHTS),
    ),
    ListedModel(
        ModelCard(
            name="MobileCLIP2-B/dfndr2b",
            kind="pictures",
            dim=512,
            size_mb=599,
            speed="about 2.5 pictures/s on two CPU cores",
            quality="79.4 % (ImageNet zero-shot, Faghri et al., 2025)",
            licence="Apple model research licence: research only",
        ),
        HubFile("timm/MobileCLIP2-B-OpenCLIP", HUB_WEIGHTS),
    ),
    ListedModel(
        ModelCard(
            name="EVA02-B-16/merged2b_s8b_b131k",
            kind="pictures",
            dim=512,
            size_mb=599,
            speed="about 2.5 pictures/s on two CPU cores",
            quality=f"74.7 % ({OPEN_CLIP_RESULTS})",
            licence="MIT",
        ),
        HubFile("timm/eva02_base_patch16_clip_224.merged2b_s8b_b131k", HUB_WEIGHTS),
    ),
    ListedModel(
        ModelCard(
            name="ViT-B-16-SigLIP2/webli",
            kind="pictures",
            dim=768,
            size_mb=1501,
            speed="about 2.5 pictures/s on two CPU cores",
            quality="78.2 %, many languages (ImageNet zero-shot, Tschannen et al., 2025)",
            licence="Apache-2.0",
        ),
        HubFile("timm/ViT-B-16-SigLIP2", HUB_WEIGHTS),
        tuple(HubFile("timm/ViT-B-16-SigLIP2", (name,)) for name in TOKENIZER_FILES),
    ),
    ListedModel(
        ModelCard(
            name="PE-Core-B-16/meta",
            kind="pictures",
            dim=1024,
            size_mb=1791,
            speed="about 2.5 pictures/s on two CPU cores",
            quality="78.4 % (ImageNet zero-shot, Bolya et al., 2025)",
            licence="Apache-2.0",
        ),
        HubFile("timm/PE-Core-B-16", HUB_WEIGHTS),
    ),
    ListedModel(
        ModelCard(
            name="ViT-L-14/datacomp_xl_s13b_b90k",
            kind="pictures",
            dim=768,
            size_mb=1710,
            speed="about 0.5 pictures/s on two CPU cores",
            quality=f"79.2 % ({OPEN_CLIP_RESULTS})",
            licence="MIT",
        ),
        HubFile("laion/CLIP-ViT-L-14-DataComp.XL-s13B-b90K", HUB_WEIGHTS),
    ),
    ListedModel(
        ModelCard(
            name="all-MiniLM-L6-v2",
            kind="sentences",
            dim=384,
            size_mb=91,
            speed="about 25 to 250 texts/s on two CPU cores",
            quality="English; trained on a billion pairs of sentences",
            licence="Apache-2.0",
        ),
        (MINILM,),
    ),
)
