"""Finding files of models: given by path, in the hub's cache, or fetched from the hub where that is allowed.

Nothing here waits for a network that is not there: the cache is read without asking the hub, and before a
download one short request sees whether the hub answers at all.
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
    """A file of a repository on the Hugging Face hub, under the first of these names that it has there."""

    repo: str
    names: tuple[str, ...]

    def cached(self) -> Path | None:
        """Where the hub's cache has it, or None; no network. Raises UnknownModelError for an impossible name."""
        from huggingface_hub import try_to_load_from_cache
        from huggingface_hub.errors import HFValidationError

        try:
            found = [try_to_load_from_cache(self.repo, name) for name in self.names]
        except HFValidationError as error:
            raise UnknownModelError(f"{self.repo!r} is no name of a model on the hub: {error}") from error
        return next((Path(path) for path in found if isinstance(path, str)), None)


def given(path: Path) -> Path:
    """The path, if a file is there; raises WeightsNotFoundError."""
    if not path.is_file():
        raise WeightsNotFoundError(f"There is no file of weights at {path}. Check the path, {WAY_OUT}.")
    return path


def obtain(file: HubFile, *, model: str, allow_download: bool) -> Path:
    """The file from the cache, else from the hub if that is allowed; `model` is what messages call it.

    Raises WeightsNotFoundError where it is not allowed, DownloadError where it does not work.
    """
    return obtain_all([file], model=model, allow_download=allow_download)[0]


def obtain_all(files: Sequence[HubFile], *, model: str, allow_download: bool) -> list[Path]:
    """The same for several files; where some are missing, one message names them all."""
    absent = [file for file in files if file.cached() is None]
    if absent and not allow_download:
        raise WeightsNotFoundError(absence(absent, model))
    return [file.cached() or _downloaded(file, model) for file in files]


def absence(absent: Sequence[HubFile], model: str) -> str:
    """The sentence that names the missing files and how to fetch them."""
    names: dict[str, list[str]] = {}
    for file in absent:
        names.setdefault(file.repo, []).append(file.names[0])
    needed = _joined([f"{_joined(some)} of {repo}" for repo, some in names.items()])
    commands = _joined([f"`hf download {' '.join((repo, *some))}`" for repo, some in names.items()])
    are, them = ("is", "it") if len(absent) == 1 else ("are", "them")
    return (
        f"{model} needs {needed}, which {are} not on this machine: fetch {them} with {commands}, {WAY_OUT}."
    )


def _joined(words: Sequence[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def _downloaded(file: HubFile, model: str) -> Path:
    for name in file.names:
        path = fetch(file.repo, [name], model=model) / name
        if path.is_file():
            return path
    raise DownloadError(
        f"{file.repo} has no {' or '.join(file.names[:2])}, which {model} needs. Name another model."
    )


def fetch(repo: str, patterns: Sequence[str], *, model: str) -> Path:
    """The folder in the hub's cache, once the repository's files with matching names are there.

    Raises DownloadError, within seconds where the hub cannot be reached.
    """
    import httpx
    from huggingface_hub import constants

    if constants.HF_HUB_OFFLINE:
        raise DownloadError(f"HF_HUB_OFFLINE forbids fetching {model}. Unset it, {WAY_OUT}.")
    with _network_errors(model):
        httpx.head(constants.ENDPOINT, timeout=PROBE_SECONDS)
        return download(repo, patterns)


def download(repo: str, patterns: Sequence[str]) -> Path:
    """Fetches files into the hub's cache, returns their folder; the only place here that downloads."""
    from huggingface_hub import snapshot_download

    return Path(snapshot_download(repo, allow_patterns=list(patterns)))


@contextmanager
def _network_errors(model: str) -> Iterator[None]:
    import httpx

    try:
        yield
    except (OSError, httpx.HTTPError) as error:
        raise DownloadError(
            f"{model} could not be fetched: {error}. Try again with a network, {WAY_OUT}."
        ) from error
