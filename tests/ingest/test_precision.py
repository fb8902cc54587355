"""The precision of encoders, measured on the sample archive, and the embedding while the archive is read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import embeddings
from embeddings import EncoderPrecision
from embeddings.runtimes import supported_precisions
from explorer import Library
from explorer.errors import EncoderUnavailableError
from explorer.ingest.concurrent import ConcurrentEmbedder, NewPicture
from explorer.ingest.embedding import CachedEmbedder

SAMPLE = Path(__file__).resolve().parents[2] / "examples" / "sample-archive"
FASTEST_FOR_SENTENCES = supported_precisions()[0]


@pytest.fixture
def empty_library(tmp_path: Path) -> Iterator[Library]:
    with Library.create(tmp_path / "library") as library:
        yield library


def precision_of(library: Library) -> EncoderPrecision:
    return library._context.indexes.encoders().precision


def test_a_new_library_gets_the_fastest_precision_that_is_near_f32(empty_library: Library) -> None:
    report = empty_library.archives.ingest(SAMPLE, encoder="lite")
    chosen = EncoderPrecision("f32", FASTEST_FOR_SENTENCES)  # bf16 moves the pictures of lite too far
    assert precision_of(empty_library) == chosen
    assert report.precision == empty_library.status().precision == str(chosen)


def test_a_sync_keeps_the_precision_of_the_index(empty_library: Library, tmp_path: Path) -> None:
    archive = tmp_path / "archive"
    archive.mkdir()
    (archive / "1.md").write_text("# One\n\nA lighthouse at night.\n")
    empty_library.archives.ingest(archive, encoder="lite", precision="f32")
    for number in range(2, 40):
        (archive / f"{number}.md").write_text(f"# Issue {number}\n\nThe harbour number {number}.\n")
    empty_library.archives.sync()
    assert precision_of(empty_library) == EncoderPrecision()
    assert empty_library.search("the harbour number 7", kind="item").hits


def test_too_few_pictures_and_texts_stay_in_f32(empty_library: Library, tmp_path: Path) -> None:
    (tmp_path / "1.md").write_text("# One\n\nA lighthouse at night.\n")
    empty_library.archives.ingest(tmp_path / "1.md", encoder="lite")
    assert precision_of(empty_library) == EncoderPrecision()


def test_a_requested_precision_embeds_the_library_again(empty_library: Library, tmp_path: Path) -> None:
    if "bf16" not in supported_precisions():
        pytest.skip("this processor does not compute in bf16")
    (tmp_path / "1.md").write_text("# One\n\nA lighthouse at night.\n")
    first = empty_library.archives.ingest(tmp_path / "1.md", encoder="lite")
    second = empty_library.archives.ingest(tmp_path / "1.md", encoder="lite", precision="bf16")
    assert (first.precision, second.precision) == ("f32", "bf16")
    assert second.generation > first.generation
    assert empty_library.search("a lighthouse", kind="item").hits


def test_an_unknown_precision_is_refused_with_the_choices(empty_library: Library) -> None:
    with pytest.raises(EncoderUnavailableError, match=r"'f8'\. Choose one of: .*f32"):
        empty_library.archives.ingest(SAMPLE, encoder="lite", precision="f8")


def test_pictures_are_embedded_while_the_archive_is_read(
    empty_library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a known precision, nothing is left for the time after the reading."""
    left: list[str] = []
    embed_pictures = CachedEmbedder.embed_pictures

    def spy(self: CachedEmbedder, sha256s: list[str], progress: object) -> None:
        left.extend(self.missing_pictures(sha256s))
        embed_pictures(self, sha256s, progress)

    monkeypatch.setattr(CachedEmbedder, "embed_pictures", spy)
    empty_library.archives.ingest(SAMPLE, encoder="lite", precision="f32")
    assert left == []


def test_an_error_of_the_encoder_while_reading_is_reported_and_the_ingest_ends(
    empty_library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise embeddings.EncodingError("lite cannot encode pictures (no more memory).")

    monkeypatch.setattr("embeddings.lite.LiteEncoder.encode_pictures", fail)
    with pytest.raises(EncoderUnavailableError, match="no more memory"):
        empty_library.archives.ingest(SAMPLE, encoder="lite", precision="f32")
    monkeypatch.undo()
    assert empty_library.archives.ingest(SAMPLE, encoder="lite", precision="f32").pictures == 65


def test_reading_never_waits_for_a_thread_that_stopped() -> None:
    def fail() -> None:
        raise RuntimeError("whatever it is")

    with ConcurrentEmbedder(fail, fail, fail, needs_samples=False) as embedder:
        for number in range(100):
            embedder.add(NewPicture(str(number), None))
    assert embedder.encoders is None
