"""The encoders worth knowing by name, for a user who chooses one; any other open_clip model works too."""

from __future__ import annotations

from dataclasses import dataclass, replace
from importlib import import_module
from typing import Literal, cast

from embeddings.companions import TOKENIZER_FILES
from embeddings.encoder import Encoder
from embeddings.model_folders import HUB_WEIGHTS
from embeddings.packaged import EFFICIENTNET_LITE0, MINILM, PackagedFile
from embeddings.weights import HubFile

RECOMMENDED = "ViT-B-32/laion2b_s34b_b79k"
"""The CLIP model to begin with: small, permissively licensed, and the one most others are compared with."""


@dataclass(frozen=True)
class ModelCard:
    """What a user wants to know before choosing an encoder."""

    name: str
    """As `load`, or for kind `sentences` `load_sentences`, takes it."""
    kind: Literal["pictures", "sentences"]
    dim: int
    size_mb: int
    """Weights on disk, in millions of bytes: what a download costs."""
    speed: str
    quality: str
    """A published or measured figure, with its source."""
    licence: str
    here: bool = False
    """Whether the weights are on this machine."""


@dataclass(frozen=True)
class Known:
    """A card, and the files by which one sees whether the model is here."""

    card: ModelCard
    files: HubFile | tuple[PackagedFile, ...]
    companions: tuple[HubFile, ...] = ()
    """What else of the hub the model needs: its tokenizer, where open_clip brings none."""
    encoder: str = "embeddings.openclip:OpenClipEncoder"
    """The class that loads the model: module and name."""

    def here(self) -> bool:
        """Whether the files are on this machine; they are not opened, and the hub is not asked."""
        if isinstance(self.files, HubFile):
            return all(file.cached() is not None for file in (self.files, *self.companions))
        return all(file.here for file in self.files)


def available_models() -> list[ModelCard]:
    """The known models; sees whether their weights are here without loading them or asking the hub."""
    return [replace(known.card, here=known.here()) for known in KNOWN]


def own_class(name: str) -> type[Encoder] | None:
    """Return the class of a known model that is not open_clip's, and None for any other name."""
    known = _known(name)
    if known is None or known.encoder == Known.encoder or known.card.kind != "pictures":
        return None
    module, _, found = known.encoder.partition(":")
    return cast("type[Encoder]", getattr(import_module(module), found))


def on_hub(name: str) -> tuple[HubFile, int] | None:
    """The weights of a known model on the hub and their size in MB, or None; open_clip is not imported."""
    known = _known(name)
    return (known.files, known.card.size_mb) if known and isinstance(known.files, HubFile) else None


def companions_on_hub(name: str) -> tuple[HubFile, ...]:
    """What else of the hub a known model needs; none for another name."""
    known = _known(name)
    return known.companions if known else ()


def _known(name: str) -> Known | None:
    return next((known for known in KNOWN if known.card.name == name), None)


OPEN_CLIP_RESULTS = "ImageNet zero-shot, open_clip's results"
"""https://github.com/mlfoundations/open_clip/blob/main/docs/openclip_results.csv"""

KNOWN = (
    Known(
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
    Known(
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
    Known(
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
    Known(
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
    Known(
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
    Known(
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
    Known(
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
    Known(
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
    Known(
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
