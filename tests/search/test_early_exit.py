"""A picture query stops comparing keypoints as soon as its first hit is certain: real pictures, real keypoints."""

import pytest
from PIL import ImageOps
from search.test_geometry import drawn

import images
from explorer.catalog.picture_store import PictureStore
from explorer.search.geometry import (
    VERIFY_ALL,
    ExitRule,
    KeypointVerifier,
    LookAlike,
    default_exit_rule,
)

PICTURES = 12
RULE = ExitRule(0.3)


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    """A store with the keypoints of twelve drawings, and the drawings by SHA-256."""
    store = PictureStore(tmp_path_factory.mktemp("pictures"))
    drawings = {f"{seed:064x}": drawn(seed) for seed in range(PICTURES)}
    for sha256, drawing in drawings.items():
        store.keep_keypoints(sha256, images.detect_keypoints(drawing))
    return store, drawings


@pytest.fixture
def compared(monkeypatch):
    """The number of comparisons of keypoints so far."""
    calls = []
    match = images.match_keypoints
    monkeypatch.setattr(images, "match_keypoints", lambda *pair: calls.append(pair) or match(*pair))
    return calls


def look_alikes(drawings, *, first=0, closeness=0.9, group=None):
    """Figures of all drawings, that of number `first` first, equally close."""
    order = sorted(drawings, key=lambda sha256: int(sha256, 16) != first)
    return [LookAlike(f"figure {int(one, 16)}", one, group or one, closeness) for one in order]


def part_of(drawing):
    return drawing.crop((200, 100, 600, 420))


def test_a_clear_match_ends_the_comparison_after_the_first_batch(stored, compared):
    store, drawings = stored

    reasons = KeypointVerifier(part_of(drawn(5)), store).verify(look_alikes(drawings, first=5), RULE)

    assert list(reasons) == ["figure 5"]
    assert len(compared) == RULE.batch


def test_an_undecided_comparison_goes_on_to_the_close_pictures_of_later_batches(stored):
    store, drawings = stored
    last = look_alikes(drawings, first=0)

    reasons = KeypointVerifier(part_of(drawn(PICTURES - 1)), store).verify(last, RULE)

    assert list(reasons) == [f"figure {PICTURES - 1}"]


def test_without_a_close_picture_only_the_first_batch_is_compared_and_nothing_mirrored(stored, compared):
    store, drawings = stored
    far = look_alikes(drawings, closeness=0.1)

    assert KeypointVerifier(drawn(99), store).verify(far, RULE) == {}
    assert len(compared) == RULE.batch


def test_a_mirrored_picture_is_recognised_in_its_batch(stored, compared):
    store, drawings = stored

    reasons = KeypointVerifier(ImageOps.mirror(drawn(5)), store).verify(look_alikes(drawings, first=5), RULE)

    assert list(reasons) == ["figure 5"]
    assert len(compared) == 2 * RULE.batch


def test_charts_of_one_series_are_all_compared(tmp_path, compared):
    """All have the same frame, so a match with the first ones does not decide."""
    store, frame = PictureStore(tmp_path), drawn(1)
    charts = {f"{number:064x}": frame.copy() for number in range(8)}
    for number, chart in enumerate(charts.values()):
        chart.paste(drawn(number + 50).resize((200, 150)), (100, 100))
        sha256 = f"{number:064x}"
        store.keep_keypoints(sha256, images.detect_keypoints(chart))

    KeypointVerifier(charts[f"{7:064x}"], store).verify(look_alikes(charts), RULE)

    assert len(compared) == 8


def test_copies_of_one_picture_do_not_make_its_match_doubtful(tmp_path, compared):
    store = PictureStore(tmp_path)
    copies = {f"{number:064x}": drawn(1).resize((640 - number, 480 - number)) for number in range(8)}
    for sha256, copy in copies.items():
        store.keep_keypoints(sha256, images.detect_keypoints(copy))

    KeypointVerifier(drawn(1), store).verify(look_alikes(copies, group="one group"), RULE)

    assert len(compared) == RULE.batch


def test_full_verification_compares_everything_and_finds_the_same(stored, compared):
    store, drawings = stored
    verifier = KeypointVerifier(part_of(drawn(5)), store)
    candidates = look_alikes(drawings, first=5)

    early, full = verifier.verify(candidates, RULE), verifier.verify(candidates, VERIFY_ALL)

    assert max(early, key=lambda id: early[id].deviation) == max(full, key=lambda id: full[id].deviation)
    assert len(compared) == PICTURES  # what the first one compared is not compared again


def test_figures_of_one_picture_share_its_comparison(stored, compared):
    store, drawings = stored
    figures = [LookAlike(f"figure {number}", f"{3:064x}", f"{3:064x}", 0.9) for number in range(20)]

    reasons = KeypointVerifier(part_of(drawings[f"{3:064x}"]), store).verify(figures, RULE)

    assert len(reasons) == 20
    assert len(compared) == 1


def test_an_encoder_whose_scale_is_unknown_leaves_out_no_picture():
    assert default_exit_rule("lite").closeness > 0
    assert default_exit_rule("ViT-B-32/laion2b").closeness == VERIFY_ALL.closeness


def test_a_picture_that_is_gone_is_passed_over(stored):
    store, drawings = stored
    gone = LookAlike("gone", "f" * 64, "f" * 64, 0.95)

    reasons = KeypointVerifier(part_of(drawn(5)), store).verify([gone, *look_alikes(drawings, first=5)], RULE)

    assert list(reasons) == ["figure 5"]
