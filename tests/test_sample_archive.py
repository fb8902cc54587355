"""The committed sample archive is what the program draws, and has in it what the examples promise."""

import importlib
import json
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

ROOT = Path(__file__).parent.parent
EXAMPLES = ROOT / "examples"
ARCHIVE = EXAMPLES / "sample-archive"
LISTS = ("sample-archive-truth.jsonl", "sample-queries.jsonl")
RASTER = {".png", ".jpg", ".webp", ".gif"}


def rows(name):
    return [json.loads(line) for line in (EXAMPLES / name).read_text("utf-8").splitlines()]


def files(folder, suffixes):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.suffix in suffixes)


@pytest.fixture
def program(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT))
    return importlib.import_module("examples.draw_sample_archive.archive")


@pytest.fixture(scope="module")
def truth():
    return rows("sample-archive-truth.jsonl")


def test_texts_and_lists_are_what_the_program_writes(program, tmp_path):
    program.write_texts(tmp_path)

    texts = {".html", ".md", ".txt"}
    assert files(tmp_path / "sample-archive", texts) == files(ARCHIVE, texts)
    for name in files(ARCHIVE, texts):
        assert (tmp_path / "sample-archive" / name).read_bytes() == (ARCHIVE / name).read_bytes(), name
    for name in LISTS:
        assert (tmp_path / name).read_bytes() == (EXAMPLES / name).read_bytes(), name


def test_vector_pictures_are_what_the_program_draws(program, tmp_path):
    program.write_pictures(tmp_path, files(ARCHIVE, {".svg"}))

    for name in files(ARCHIVE, {".svg"}):
        assert (tmp_path / name).read_bytes() == (ARCHIVE / name).read_bytes(), name
        assert ElementTree.parse(tmp_path / name).getroot().tag.endswith("svg")


@pytest.mark.slow
def test_raster_pictures_are_what_the_program_draws(program, tmp_path):
    program.write_pictures(tmp_path, program.PICTURES)

    assert sorted({*program.PICTURES, program.TORN}) == files(ARCHIVE, RASTER | {".svg"})
    for name in files(tmp_path, RASTER):
        assert_look_alike(tmp_path / name, ARCHIVE / name)


@pytest.mark.parametrize(
    "name", ["2024-01/bicycles.png", "2024-01/coffee.webp", "images/evening.jpg", "images/gears.gif"]
)
def test_one_picture_of_each_format_is_what_the_program_draws(program, tmp_path, name):
    program.write_pictures(tmp_path, [name])

    assert_look_alike(tmp_path / name, ARCHIVE / name)


def assert_look_alike(drawn, committed):
    """Encoders and the text layout differ from one Pillow to the next, but no shape may move."""
    with Image.open(drawn) as one, Image.open(committed) as other:
        assert (one.size, getattr(one, "n_frames", 1)) == (other.size, getattr(other, "n_frames", 1)), (
            committed
        )
        away = np.abs(np.asarray(one.convert("RGB"), int) - np.asarray(other.convert("RGB"), int))
        assert away.mean() < 3, committed
        small = [np.asarray(image.convert("RGB").resize((24, 24)), int) for image in (one, other)]
        assert np.abs(small[0] - small[1]).max() < 20, committed


def test_there_are_issues_enough_in_three_formats(truth):
    assert Counter(Path(name).suffix for name in {row["document"] for row in truth}) == {
        ".html": 5,
        ".md": 5,
        ".txt": 2,
    }


def test_every_kept_picture_opens_and_every_picture_is_used(truth):
    kept = {row["image"] for row in truth if row["status"] == "kept"}
    large = {row["large"] for row in truth if "large" in row}

    assert len(kept) == 65
    for name in kept | large:
        if Path(name).suffix in RASTER:
            with Image.open(ARCHIVE / name) as image:
                image.load()
    furniture = {name for name in files(ARCHIVE, RASTER | {".svg"}) if name.startswith("assets/")}
    assert len(furniture) == 4
    assert set(files(ARCHIVE, RASTER | {".svg"})) == kept | large | furniture | {"images/boiler.png"}


def test_the_lighthouse_stands_in_three_issues_with_three_captions(truth):
    shown = [row for row in truth if row["image"] == "images/lighthouse.jpg"]

    assert len({row["document"] for row in shown}) == 3
    assert len({row["caption"] for row in shown}) == 3


def test_one_picture_is_missing_one_is_torn_and_one_is_elsewhere(truth):
    named = {
        status: [row["image"] for row in truth if row["status"] == status and row["image"]]
        for status in ("missing", "unreadable", "remote")
    }

    assert named == {
        "missing": ["images/snow-depth.png"],
        "unreadable": ["images/boiler.png"],
        "remote": ["https://example.org/harbour/webcam.jpg"],
    }
    assert not (ARCHIVE / "images/snow-depth.png").exists()
    with pytest.raises(OSError, match="truncated"), Image.open(ARCHIVE / "images/boiler.png") as image:
        image.load()


def test_text_issues_have_captions_without_pictures(truth):
    letters = [row for row in truth if row["document"].endswith(".txt")]

    assert len(letters) == 6
    assert all(row["image"] is None and row["caption"] and row["status"] == "missing" for row in letters)


def test_captions_and_alt_texts_are_missing_in_every_combination(truth):
    combinations = {(bool(row["caption"]), bool(row["alt"])) for row in truth}

    assert combinations == {(True, True), (True, False), (False, True), (False, False)}


def test_captions_stand_in_the_issues_they_are_said_to_stand_in(truth):
    for row in truth:
        text = " ".join((ARCHIVE / row["document"]).read_text("utf-8").replace("&#x27;", "'").split())
        for words in (row["caption"], row["credit"], row["alt"]):
            assert words in text, row


def test_the_gif_moves():
    with Image.open(ARCHIVE / "images/gears.gif") as gears:
        assert gears.n_frames > 10


def test_every_question_has_an_answer_in_the_archive(truth):
    kept = {row["image"] for row in truth if row["status"] == "kept"}

    questions = rows("sample-queries.jsonl")
    assert len(questions) >= 30
    for question in questions:
        assert question["kind"] == "words"
        assert question["relevant"]
        assert set(question["relevant"]) <= kept, question


def test_the_archive_stays_small():
    assert sum(path.stat().st_size for path in ARCHIVE.rglob("*") if path.is_file()) < 6_000_000
