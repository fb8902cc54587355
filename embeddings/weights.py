"""Files of models: given by path, in the hub's cache, or downloaded from the hub if that is allowed.

A missing network causes no long waits: the cache is read without contacting the hub, and a short request checks before
a download whether the hub answers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from embeddings.errors import DownloadError, UnknownModelError, WeightsNotFoundError

PROBE_SECONDS = 3.0
WAY_OUT = "or use --encoder lite, which needs no download"


@dataclass(frozen=True)
class HubFile:
    """A file of a repository on the Hugging Face hub; the first existing name counts."""

    repo: str
    names: tuple[str, ...]

    def cached(self) -> Path | None:
        """Return the path in the hub's cache, or None; needs no network. Raises UnknownModelError for a bad name."""
        from huggingface_hub import try_to_load_from_cache
        from huggingface_hub.errors import HFValidationError

        try:
            paths = [try_to_load_from_cache(self.repo, name) for name in self.names]
        except HFValidationError as error:
            raise UnknownModelError(
                f"{self.repo!r} is not the name of a model on the hub: {error}"
            ) from error
        return next((Path(path) for path in paths if isinstance(path, str)), None)


def require_file(path: Path) -> Path:
    """Return the path if the file exists. Raises WeightsNotFoundError."""
    if not path.is_file():
        raise WeightsNotFoundError(f"There is no file of weights at {path}. Check the path, {WAY_OUT}.")
    return path


def obtain(file: HubFile, *, model: str, allow_download: bool) -> Path:
    """Return the file from the cache, or download it from the hub if that is allowed; `model` is named in messages.

    Raises:
        WeightsNotFoundError: The file is missing and downloads are not allowed.
        DownloadError: The download failed.
    """
    return obtain_all([file], model=model, allow_download=allow_download)[0]


def obtain_all(files: Sequence[HubFile], *, model: str, allow_download: bool) -> list[Path]:
    """Obtain several files like `obtain`; one error names all missing files."""
    missing = [file for file in files if file.cached() is None]
    if missing and not allow_download:
        raise WeightsNotFoundError(missing_files_message(missing, model))
    return [file.cached() or _download_file(file, model) for file in files]


def missing_files_message(missing: Sequence[HubFile], model: str) -> str:
    """Return a sentence that names the missing files and the commands to fetch them."""
    names: dict[str, list[str]] = {}
    for file in missing:
        names.setdefault(file.repo, []).append(file.names[0])
    needed = _join_with_and([f"{_join_with_and(file_names)} of {repo}" for repo, file_names in names.items()])
    commands = _join_with_and(
        [f"`hf download {' '.join((repo, *file_names))}`" for repo, file_names in names.items()]
    )
    are, them = ("is", "it") if len(missing) == 1 else ("are", "them")
    return (
        f"{model} needs {needed}, which {are} not on this machine: fetch {them} with {commands}, {WAY_OUT}."
    )


def _join_with_and(words: Sequence[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def _download_file(file: HubFile, model: str) -> Path:
    for name in file.names:
        path = fetch(file.repo, [name], model=model) / name
        if path.is_file():
            return path
    raise DownloadError(
        f"{file.repo} has no {' or '.join(file.names[:2])}, which {model} needs. Name another model."
    )


def fetch(repo: str, patterns: Sequence[str], *, model: str) -> Path:
    """Download the matching files of a repository and return their folder in the hub's cache.

    Raises DownloadError, within seconds if the hub cannot be reached.
    """
    import httpx
    from huggingface_hub import constants

    if constants.HF_HUB_OFFLINE:
        raise DownloadError(f"HF_HUB_OFFLINE forbids fetching {model}. Unset it, {WAY_OUT}.")
    with _translate_network_errors(model):
        httpx.head(constants.ENDPOINT, timeout=PROBE_SECONDS)
        return download(repo, patterns)


def download(repo: str, patterns: Sequence[str]) -> Path:
    """Download files into the hub's cache and return their folder; all downloads of this package go through here."""
    from huggingface_hub import snapshot_download

    return Path(snapshot_download(repo, allow_patterns=list(patterns)))


@contextmanager
def _translate_network_errors(model: str) -> Iterator[None]:
    import httpx

    try:
        yield
    except (OSError, httpx.HTTPError) as error:
        raise DownloadError(
            f"{model} could not be fetched: {error}. Check the network and try again, {WAY_OUT}."
        ) from error
