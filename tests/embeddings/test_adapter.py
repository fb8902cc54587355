"""What an adapter learns, keeps and refuses."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from PIL import Image
from safetensors.numpy import save
from sklearn.linear_model import Ridge

from embeddings import EncoderError, PictureVectors, Vectors, split_encoder_name
from embeddings.adapter import MAX_DEVIATIONS, AdaptedEncoder, Adapter
from embeddings.encoder import Encoder
from embeddings.errors import WeightsDamagedError, WeightsNotFoundError
from embeddings.vectors import unit


def drawn(rows: int, dim: int, seed: int = 0) -> Vectors:
    return unit(np.random.default_rng(seed).normal(size=(rows, dim)))


def learned(rows: int = 60, features: int = 8, dim: int = 5, penalty: float = 0.5) -> Adapter:
    return Adapter.fit("base", drawn(rows, features), drawn(rows, dim, 1), [penalty])[0]


@pytest.mark.parametrize("rows", [pytest.param(12, id="fewer pairs than features"), 60])
@pytest.mark.parametrize("penalty", [0.1, 10.0])
def test_the_closed_form_is_ridge_regression(rows: int, penalty: float) -> None:
    features, texts = drawn(rows, 20), drawn(rows, 5, 1)

    adapter = Adapter.fit("base", features, texts, [penalty])[0]

    deviations = (features - features.mean(axis=0)) / features.std(axis=0)
    ridge = Ridge(alpha=penalty * rows, fit_intercept=False)
    ridge.fit(np.clip(deviations, -MAX_DEVIATIONS, MAX_DEVIATIONS), texts - texts.mean(axis=0))
    assert_allclose(adapter.weights, ridge.coef_.T, atol=1e-5)


def test_a_relation_that_was_made_is_found_in_pictures_that_were_not_seen() -> None:
    visual, relation = drawn(400, 16), np.random.default_rng(7).normal(size=(16, 12))
    texts = unit(visual @ relation)
    base = PictureVectors(drawn(400, 12, 3), visual)

    adapter = Adapter.fit("base", visual[:300], texts[:300], [0.1])[0].with_strength(4)

    unseen = PictureVectors(base.picture[300:], visual[300:])
    scores = adapter.apply(unseen).picture @ texts[300:].T
    assert (scores.argmax(axis=0) == np.arange(100)).mean() > 0.9
    assert ((unseen.picture @ texts[300:].T).argmax(axis=0) == np.arange(100)).mean() < 0.1


def test_the_same_pairs_give_the_same_adapter() -> None:
    assert learned().fingerprint == learned().fingerprint
    assert learned().fingerprint != learned(penalty=0.6).fingerprint
    assert learned().fingerprint != learned().with_strength(2).fingerprint
    assert learned().fingerprint != replace(learned(), base="another").fingerprint


def test_a_feature_that_never_varies_says_nothing() -> None:
    features = drawn(30, 4)
    features[:, 2] = 0.25

    adapter = Adapter.fit("base", features, drawn(30, 3, 1), [1.0])[0]

    assert_array_equal(adapter.weights[2], 0)
    assert np.isfinite(adapter.head(features)).all()


def test_a_picture_unlike_all_others_stays_bounded() -> None:
    adapter = learned()
    far = np.full((1, 8), 1e6, np.float32)

    assert_allclose(adapter.head(far), adapter.head(far * 1000))


def test_what_is_saved_is_loaded_alike(tmp_path: Path) -> None:
    adapter = learned().with_strength(0.25)
    file = tmp_path / "adapters" / "a.safetensors"

    adapter.save(file)
    again = Adapter.load(file)

    assert again.fingerprint == adapter.fingerprint
    assert (again.base, again.strength) == ("base", 0.25)
    assert_array_equal(again.weights, adapter.weights)
    assert [path.name for path in file.parent.iterdir()] == ["a.safetensors"]


def tensors(**other: np.ndarray) -> dict[str, np.ndarray]:
    good = {name: np.ones(4, np.float32) for name in ("centre", "spread")}
    return {**good, "weights": np.ones((4, 3), np.float32), **other}


GOOD = {"base": "base", "strength": "1.0"}


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"\x80\x04\x95cos\nsystem\n(S'true'\ntR.", id="a pickle"),
        pytest.param(b"\xff" * 64, id="a header beyond the file"),
        pytest.param(save(tensors())[:-9], id="cut short"),
        pytest.param(save(tensors()), id="of no base"),
        pytest.param(save({"weights": np.ones((4, 3), np.float32)}, GOOD), id="incomplete"),
        pytest.param(save(tensors(), {"base": "base", "strength": "much"}), id="a strength in words"),
        pytest.param(save(tensors(), {"base": "base", "strength": "nan"}), id="a strength of nan"),
        pytest.param(save(tensors(), {"base": "base", "strength": "-1"}), id="a negative strength"),
        pytest.param(save(tensors(spread=np.zeros(4, np.float32)), GOOD), id="a spread of zero"),
        pytest.param(save(tensors(centre=np.full(4, np.nan, np.float32)), GOOD), id="nan"),
        pytest.param(save(tensors(centre=np.ones(5, np.float32)), GOOD), id="shapes that differ"),
        pytest.param(save(tensors(weights=np.ones((4, 3), np.float64)), GOOD), id="other numbers"),
    ],
)
def test_a_file_that_is_no_adapter_is_refused_by_name(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "bad.safetensors"
    file.write_bytes(content)

    with pytest.raises(WeightsDamagedError, match=r"bad\.safetensors is not an adapter"):
        Adapter.load(file)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(WeightsNotFoundError, match="There is no adapter at"):
        Adapter.load(tmp_path / "none.safetensors")
    with pytest.raises(EncoderError):
        Adapter.load(tmp_path)


def test_an_adapter_of_another_encoder_is_refused(hand_made: Encoder) -> None:
    right = Adapter.fit(hand_made.fingerprint, drawn(9, 3), drawn(9, 3, 1), [1.0])[0]

    AdaptedEncoder(hand_made, right)
    for wrong in (replace(right, base="another"), replace(learned(), base=hand_made.fingerprint)):
        with pytest.raises(WeightsDamagedError, match="another encoder than hand-made"):
            AdaptedEncoder(hand_made, wrong)


def test_an_adapted_encoder_compares_pictures_with_pictures_as_its_base_does(hand_made: Encoder) -> None:
    adapter = Adapter.fit(hand_made.fingerprint, drawn(9, 3), drawn(9, 3, 1), [1.0])[0]
    encoder = AdaptedEncoder(hand_made, adapter)
    pictures = [Image.new("RGB", (4, 4), colour) for colour in ("red", "navy")]

    vectors = encoder.encode_pictures(pictures)

    assert vectors.visual is not None
    assert_array_equal(vectors.visual, hand_made.encode_pictures(pictures).picture)
    assert not np.allclose(vectors.picture, vectors.visual, atol=1e-3)
    assert_array_equal(encoder.encode_texts(["red"]), hand_made.encode_texts(["red"]))


def test_the_name_tells_base_and_adapter(hand_made: Encoder) -> None:
    adapter = Adapter.fit(hand_made.fingerprint, drawn(9, 3), drawn(9, 3, 1), [1.0])[0]

    assert split_encoder_name(AdaptedEncoder(hand_made, adapter).name) == ("hand-made", adapter.fingerprint)
    for plain in ("lite", "ViT-B-32:/models/a+b.pt", "lite+adapter:xyz", "+adapter:0123456789abcdef"):
        assert split_encoder_name(plain) == (plain, None)
