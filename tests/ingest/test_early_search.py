"""A long ingest can be searched from its first seconds on, and what is searchable grows while it runs."""

from __future__ import annotations

from contextlib import closing, nullcontext
from pathlib import Path
from threading import Event

import pytest
from library.fake_encoders import FakeEncoder, use_fakes
from library.made_archive import write_archive, write_second_version

from explorer import Library
from explorer.ingest import concurrent
from explorer.types import SilentProgress

ARCHIVE = Path(__file__).resolve().parents[2] / "examples" / "sample-archive" / "posts"


@pytest.fixture
def generations_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first generation is built as soon as something was read."""
    monkeypatch.setattr(concurrent, "FIRST_GENERATION_SECONDS", 0.0)


def vectors_of_points(library: Library) -> dict[str, set[str]]:
    """The names of the vectors of every point."""
    with closing(library._context.index_store.open()) as index:
        return {it.point.id: set(it.point.vectors) for it in index.raw_points(list(index.digests()))}


@pytest.fixture(scope="module")
def complete(tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[str]]:
    """The points of a library whose only generation was built at the end."""
    with (
        pytest.MonkeyPatch.context() as patch,
        Library.create(tmp_path_factory.mktemp("complete") / "library") as library,
    ):
        patch.setattr(concurrent, "FIRST_GENERATION_SECONDS", 1e9)
        library.archives.ingest(ARCHIVE, encoder="lite", precision="f32")
        assert library.status().generation == 1
        return vectors_of_points(library)


@pytest.mark.usefixtures("generations_at_once")
def test_what_was_read_is_found_before_the_ingest_ends(tmp_path: Path, complete: dict[str, set[str]]) -> None:
    found: list[int] = []
    messages: list[str] = []

    def search(message: str) -> None:
        messages.append(message)
        with Library.open(tmp_path / "library") as reader:
            assert reader.search("a diagram", limit=5).hits
            found.append(reader.status().points or 0)

    with Library.create(tmp_path / "library") as library:
        report = library.archives.ingest(ARCHIVE, encoder="lite", precision="f32", tell=search)
        assert report.generation >= len(found)  # equal if the last of them was complete already
        assert vectors_of_points(library) == complete
    assert "can be searched already" in messages[0]
    assert found == sorted(found)
    assert 0 < found[0] <= len(complete)


@pytest.mark.usefixtures("generations_at_once")
def test_an_ingest_that_stops_after_its_first_generation_is_completed_by_the_next(
    tmp_path: Path, complete: dict[str, set[str]]
) -> None:
    searchable = Event()

    class StopsWhenSearchable(SilentProgress):
        """Progress that stops the reading at the third issue, when the first two can be searched."""

        def track(self, work, label):
            return nullcontext(self._first_two(work))

        def _first_two(self, work):
            yield from work[:2]
            assert searchable.wait(60)
            raise KeyboardInterrupt

    with Library.create(tmp_path / "library") as library:
        with pytest.raises(KeyboardInterrupt):
            library.archives.ingest(
                ARCHIVE, encoder="lite", precision="f32",
                tell=lambda _: searchable.set(), progress=StopsWhenSearchable(),
            )  # fmt: skip
        assert 0 < len(vectors_of_points(library)) < len(complete)
        library.archives.ingest(ARCHIVE, encoder="lite", precision="f32")
        assert vectors_of_points(library) == complete


@pytest.mark.usefixtures("generations_at_once")
def test_a_new_encoder_is_used_only_when_all_issues_are_encoded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_fakes(monkeypatch, FakeEncoder("fake"), FakeEncoder("other"))
    write_archive(tmp_path / "archive")
    with Library.create(tmp_path / "library") as library:
        library.archives.ingest(tmp_path / "archive", encoder="fake")
        write_second_version(tmp_path / "second")
        told: list[str] = []
        report = library.archives.ingest(tmp_path / "second", encoder="other", tell=told.append)
        assert (report.encoder, told) == ("other", [])


def test_an_archive_of_texts_is_embedded_while_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its precision is not measured on pictures, of which it has none."""
    monkeypatch.setattr(concurrent, "SAMPLED_ISSUES", 40)
    monkeypatch.setattr(concurrent, "FIRST_GENERATION_SECONDS", 0.0)
    for number in range(60):
        (tmp_path / f"{number}.md").write_text(f"# Issue {number}\n\nThe harbour number {number}.\n")
    told: list[str] = []
    with Library.create(tmp_path / "library") as library:
        library.archives.ingest(
            [tmp_path / f"{number}.md" for number in range(60)], encoder="lite", tell=told.append
        )
        assert library.search("the harbour number 7", kind="item").hits
    assert told
