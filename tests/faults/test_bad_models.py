"""A model that cannot be used: the command ends with a sentence about it, and nothing is indexed."""

import json

import pytest
from library.made_archive import write_archive
from typer.testing import CliRunner

from explorer.cli import command_line
from explorer.library.library import Library

TINY = {
    "embed_dim": 16,
    "vision_cfg": {"image_size": 32, "layers": 1, "width": 32, "head_width": 16, "patch_size": 16},
    "text_cfg": {"context_length": 24, "vocab_size": 49408, "width": 32, "heads": 2, "layers": 1},
}


@pytest.fixture
def archive(tmp_path):
    return write_archive(tmp_path / "archive")


@pytest.fixture
def model(tmp_path):
    """A folder with a tiny model."""
    import open_clip
    import torch

    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "open_clip_config.json").write_text(json.dumps({"model_cfg": TINY}))
    torch.manual_seed(0)
    model = open_clip.create_model(f"local-dir:{folder}", load_weights=False)
    torch.save(model.state_dict(), folder / "epoch_1.pth")
    return folder


def changed(model, name, value):
    import torch

    state = torch.load(model / "epoch_1.pth", weights_only=True)
    state[name] = torch.full_like(state[name], value)
    torch.save(state, model / "epoch_1.pth")


def ingest(archive, library, model):
    arguments = ["ingest", str(archive), "--encoder", f"local-dir:{model}", "--library", str(library)]
    return CliRunner().invoke(command_line(), arguments)


def test_a_folder_with_a_checkpoint_makes_a_library(archive, model, tmp_path):
    ended = ingest(archive, tmp_path / "library", model)
    assert ended.exit_code == 0, ended.output


@pytest.mark.parametrize(
    ("layer", "value", "message"),
    [
        pytest.param(
            "visual.proj", float("nan"), "visual.proj contains values that are NaN or infinite", id="weights"
        ),
        pytest.param("visual.ln_post.weight", 3e38, "cannot encode pictures", id="pictures"),
        pytest.param("ln_final.weight", 3e38, "cannot encode texts", id="texts"),
    ],
)
def test_a_model_without_numbers_indexes_nothing(archive, model, tmp_path, layer, value, message):
    changed(model, layer, value)
    ended = ingest(archive, tmp_path / "library", model)
    assert (ended.exit_code, isinstance(ended.exception, SystemExit)) == (1, True), ended.output
    assert message in " ".join(ended.stderr.split())
    if (tmp_path / "library").exists():
        with Library.open(tmp_path / "library") as library:
            assert library.status().generation is None


def test_a_model_that_is_missing_reads_nothing(archive, tmp_path):
    ended = ingest(archive, tmp_path / "library", tmp_path / "nowhere")
    assert ended.exit_code == 1
    assert "There is no" in ended.stderr
    assert not (tmp_path / "library").exists()
