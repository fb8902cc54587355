"""The encoder of a library is gone: the doctor says so, what is refused names the ways out, and nothing is half changed."""

import json

import pytest
from library.fake_encoders import FakeEncoder, use_fakes
from library.made_archive import copied, figures_by_image, write_archive
from typer.testing import CliRunner

import embeddings
from explorer.cli import command_line
from explorer.errors import EncoderUnavailableError, SearchIndexError
from explorer.library.library import Library
from explorer.representation.encoders import ADAPTERS

BOAT = "images/boat.png"
GONE = {
    "weights": embeddings.WeightsNotFoundError("The weights of fake are not on this machine."),
    "damaged": embeddings.WeightsDamagedError("The weights of fake are cut short."),
    "package": ModuleNotFoundError("No module named 'open_clip'", name="open_clip"),
}


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A library of an encoder called fake, from which one issue is gone."""
    folder = tmp_path_factory.mktemp("encoder")
    with pytest.MonkeyPatch.context() as patched:
        use_fakes(patched, FakeEncoder("fake"))
        archive = write_archive(folder / "archive")
        with Library.create(folder / "library") as library:
            library.archives.ingest([archive], encoder="fake")
            (archive / "2023-11-stars.txt").unlink()
            library.archives.sync()
    return folder / "library"


@pytest.fixture
def folder(made, tmp_path):
    return copied(made, tmp_path / "own")


@pytest.fixture(params=GONE)
def lost(request, monkeypatch):
    """The encoder fake is gone; lite is there."""
    load = embeddings.load

    def other(name, **options):
        if name == "fake":
            raise GONE[request.param]
        return load(name, **options)

    monkeypatch.setattr("embeddings.load", other)
    return request.param


def explorer(folder, *words, code=0):
    ended = CliRunner().invoke(command_line(), [*words, "--library", str(folder)])
    assert ended.exit_code == code, ended.output
    return ended


@pytest.mark.usefixtures("lost")
def test_the_doctor_says_that_the_encoder_is_gone(folder):
    told = explorer(folder, "doctor", code=1)
    assert "encoder" in told.stdout
    [found] = [json.loads(line) for line in explorer(folder, "doctor", "--json", code=1).stdout.splitlines()]
    assert (found["part"], found["where"]) == ("encoder", "fake")
    assert "explorer encode --encoder" in found["way_out"]
    explorer(folder, "doctor", "--repair", code=1)


@pytest.mark.usefixtures("lost")
def test_what_is_refused_names_the_ways_out_and_changes_nothing(folder):
    with Library.open(folder) as library:
        figure, before = figures_by_image(library)[BOAT].id, _state(library)
        [issue] = library.archives.trash()
    for words in (
        ["search", "boat"], ["correct", figure, "--caption", "New words"], ["correct", figure, "--reset"],
        ["restore", issue.document], ["forget", "archive"], ["adapt"], ["illustrate", str(folder / "library.json")],
        ["discussed", figure], ["saved", "save", "x", "--words", "boat"],
    ):  # fmt: skip
        told = explorer(folder, *words, code=1).stderr
        assert f"explorer encode --encoder lite --library {folder}" in told, words
        assert f"explorer use lite --library {folder}" in told, words
        assert told.count("\n") == 1
        with Library.open(folder) as library:
            assert _state(library) == before, words


@pytest.mark.usefixtures("lost")
def test_the_ways_out_lead_out(folder):
    explorer(folder, "encode", "--encoder", "lite")
    explorer(folder, "use", "lite")
    with Library.open(folder) as library:
        assert library.search("sailing boat").hits[0].record.image == BOAT
        assert library.maintenance.examine() == []
        library.editing.correct(figures_by_image(library)[BOAT].id, caption="A dinghy")


@pytest.mark.parametrize("before", ["as the archive says", "corrected"])
def test_a_correction_that_the_index_cannot_take_is_taken_back(folder, monkeypatch, before):
    use_fakes(monkeypatch, FakeEncoder("fake"))
    with Library.open(folder) as library:
        figure = figures_by_image(library)[BOAT]
        if before == "corrected":
            library.editing.correct(figure.id, caption="Before", credit="Somebody")
        state = _state(library)

        def full(*_, **__):
            raise SearchIndexError("No space left on device")

        monkeypatch.setattr("explorer.index.edge.shard.EdgeBuild.commit", full)
        for change in (
            lambda: library.editing.correct(figure.id, caption="New words", alt="New"),
            lambda: library.editing.reset_correction(figure.id),
        )[: 2 if before == "corrected" else 1]:
            with pytest.raises(SearchIndexError, match="No space"):
                change()
            assert _state(library) == state


def test_an_adapter_that_is_gone_is_found(folder, monkeypatch):
    use_fakes(monkeypatch, FakeEncoder("fake"))
    manifest = json.loads((folder / "library.json").read_text())
    name = f"fake+adapter:{'0' * 16}"
    (folder / "library.json").write_text(json.dumps(manifest | {"encoder": name, "indexes": {name: "index"}}))
    with Library.open(folder) as library:
        found = {one.part: one for one in library.maintenance.examine()}
        assert str(folder / ADAPTERS) in found["encoder"].what
        assert "explorer use lite" in found["encoder"].what
    with Library.open(folder) as library, pytest.raises(EncoderUnavailableError, match="explorer encode"):
        library.archives.ingest([folder.parent])


def _state(library):
    """What a person can see of it."""
    return (
        library.browse.figures(), library.archives.trash(), library.status().generation, library.saved_searches.list(),
        [library.editing.archive_says(figure.id) for figure in library.browse.figures()],
    )  # fmt: skip
