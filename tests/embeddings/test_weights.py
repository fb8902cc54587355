import time
from pathlib import Path

import pytest

import embeddings
from embeddings import DownloadError, WeightsNotFoundError, weights
from embeddings.packaged import file_sha256
from embeddings.weights import HubFile

FILE = HubFile("someone/model", ("open_clip_model.safetensors", "open_clip_pytorch_model.bin"))


class Hub:
    """In place of the one function that downloads: has one file, and counts what it is asked for."""

    def __init__(self, cache: Path, has: str) -> None:
        self.cache, self.has, self.asked = cache, has, []

    def download(self, repo: str, patterns: list[str]) -> Path:
        self.asked.append((repo, *patterns))
        folder = snapshot(self.cache, repo)
        if self.has in patterns:
            (folder / self.has).write_bytes(b"weights")
        return folder


def snapshot(cache: Path, repo: str) -> Path:
    root = cache / f"models--{repo.replace('/', '--')}"
    (root / "refs").mkdir(parents=True, exist_ok=True)
    (root / "refs" / "main").write_text("0123abcd")
    folder = root / "snapshots" / "0123abcd"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture
def hub(hub_cache: Path, monkeypatch: pytest.MonkeyPatch) -> Hub:
    made = Hub(hub_cache, FILE.names[0])
    monkeypatch.setattr(weights, "download", made.download)
    monkeypatch.setattr("httpx.head", lambda *_args, **_options: None)
    return made


def test_a_given_file_is_taken_as_it_is(hub: Hub, tmp_path: Path) -> None:
    (tmp_path / "weights.pt").touch()
    assert weights.require_file(tmp_path / "weights.pt") == tmp_path / "weights.pt"
    assert hub.asked == []


@pytest.mark.parametrize("allow_download", [False, True])
def test_a_cached_file_is_never_asked_for_again(hub: Hub, hub_cache: Path, allow_download: bool) -> None:
    cached = snapshot(hub_cache, FILE.repo) / FILE.names[1]
    cached.touch()
    assert weights.obtain(FILE, model="a model", allow_download=allow_download) == cached
    assert hub.asked == []


def test_an_allowed_download_asks_once_and_then_is_cached(hub: Hub) -> None:
    first = weights.obtain(FILE, model="a model", allow_download=True)
    assert first.read_bytes() == b"weights"
    assert weights.obtain(FILE, model="a model", allow_download=True) == first
    assert hub.asked == [(FILE.repo, FILE.names[0])]


def test_the_second_name_is_tried_when_the_hub_has_not_the_first(hub: Hub) -> None:
    hub.has = FILE.names[1]
    assert weights.obtain(FILE, model="a model", allow_download=True).name == FILE.names[1]
    assert len(hub.asked) == 2


def test_a_hub_without_the_file_is_told(hub: Hub) -> None:
    hub.has = "something else"
    with pytest.raises(DownloadError, match=r"someone/model has no open_clip_model\.safetensors or"):
        weights.obtain(FILE, model="a model", allow_download=True)


def test_a_download_not_allowed_is_not_tried_and_the_message_has_both_ways_out(hub: Hub) -> None:
    command = "hf download someone/model open_clip_model.safetensors"
    with pytest.raises(WeightsNotFoundError, match=rf"{command}.*--encoder lite"):
        weights.obtain(FILE, model="a model", allow_download=False)
    assert hub.asked == []


def test_offline_mode_is_obeyed_at_once(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(DownloadError, match="HF_HUB_OFFLINE"):
        weights.obtain(FILE, model="a model", allow_download=True)
    assert hub.asked == []


@pytest.mark.parametrize(
    ("allow_download", "error"),
    [pytest.param(False, WeightsNotFoundError), pytest.param(True, DownloadError)],
)
def test_without_a_network_the_answer_takes_no_five_seconds(
    hub_cache: Path, tiny_folder: Path, allow_download: bool, error: type[Exception]
) -> None:
    started = time.monotonic()
    with pytest.raises(error, match=r"ViT-B-32/laion2b_s34b_b79k.*--encoder lite"):
        embeddings.load("ViT-B-32/laion2b_s34b_b79k", device="cpu", allow_download=allow_download)
    assert time.monotonic() - started < 5


def test_a_download_that_breaks_off_is_told_with_its_reason(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(repo: str, patterns: list[str]) -> Path:
        raise OSError("No space left on device")

    monkeypatch.setattr(weights, "download", broken)
    with pytest.raises(DownloadError, match="a model could not be fetched: No space left on device"):
        weights.obtain(FILE, model="a model", allow_download=True)


def test_a_file_the_hub_named_by_its_checksum_is_not_read_for_it(tmp_path: Path) -> None:
    blob = tmp_path / "blobs" / ("ab" * 32)
    blob.parent.mkdir()
    blob.write_bytes(b"content of which this is not the checksum")
    link = tmp_path / "model.safetensors"
    link.symlink_to(blob)
    assert file_sha256(link) == "ab" * 32
    plain = tmp_path / "plain"
    plain.write_bytes(b"abc")
    assert file_sha256(plain).startswith("ba7816bf8f01cfea")
