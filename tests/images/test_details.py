import io

import pytest
from PIL import Image, ImageDraw, ImageFilter, ImageOps

import images
from images import Keypoints


def drawn(seed: int) -> Image.Image:
    """A figure of many lines and discs, another one for each seed."""
    import random

    chance = random.Random(seed)
    picture = Image.new("RGB", (600, 400), "white")
    draw = ImageDraw.Draw(picture)
    for _ in range(60):
        x, y, size = chance.randrange(560), chance.randrange(360), chance.randrange(8, 60)
        colour = tuple(chance.randrange(230) for _ in range(3))
        draw.ellipse((x, y, x + size, y + size // 2), outline=colour, width=3)
        draw.line((x, y, chance.randrange(600), chance.randrange(400)), fill=colour, width=2)
    return picture


def recompressed(picture: Image.Image) -> Image.Image:
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=40)
    return Image.open(file).convert("RGB")


CHANGES = {
    "a crop of a third": lambda picture: picture.crop((200, 100, 550, 350)),
    "half the size, recompressed": lambda picture: recompressed(picture.resize((300, 200))),
    "a frame": lambda picture: ImageOps.expand(picture, 60, (230, 230, 230)),
    "turned by 3 degrees": lambda picture: picture.rotate(3, fillcolor="white"),
    "turned upright": lambda picture: picture.rotate(90, expand=True),
    "grey": lambda picture: picture.convert("L").convert("RGB"),
    "a little blurred": lambda picture: picture.filter(ImageFilter.GaussianBlur(1)),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_a_changed_picture_shares_its_details_with_the_original_and_with_no_other(change):
    original, others = drawn(1), [drawn(seed) for seed in range(2, 8)]
    changed = images.detect_keypoints(change(original))

    match = images.match_keypoints(changed, images.detect_keypoints(original))
    other_counts = [images.match_keypoints(changed, images.detect_keypoints(other)).count for other in others]

    assert match.count >= 15
    assert match.count > 2 * max(other_counts)


def test_a_match_says_where_the_part_lies_in_the_whole():
    whole = drawn(1)
    match = images.match_keypoints(
        images.detect_keypoints(whole.crop((150, 100, 450, 300))), images.detect_keypoints(whole)
    )

    assert match.region == pytest.approx((0.25, 0.25, 0.75, 0.75), abs=0.02)


def test_a_whole_that_is_larger_covers_all_of_its_part():
    whole = drawn(1)
    match = images.match_keypoints(
        images.detect_keypoints(whole), images.detect_keypoints(whole.crop((150, 100, 450, 300)))
    )

    assert match.region == pytest.approx((0, 0, 1, 1), abs=0.02)


def test_mirrored_pictures_share_no_arrangement():
    picture = drawn(1)
    assert (
        images.match_keypoints(
            images.detect_keypoints(ImageOps.mirror(picture)), images.detect_keypoints(picture)
        ).count
        < 15
    )


@pytest.mark.parametrize("size", [(1, 1), (1, 5000), (64, 64)])
def test_a_picture_of_one_tone_has_no_details_and_matches_nothing(size):
    plain = images.detect_keypoints(Image.new("RGB", size, "teal"))

    assert len(plain.points) == len(plain.descriptors) == 0
    assert images.match_keypoints(plain, images.detect_keypoints(drawn(1))).count == 0
    assert images.match_keypoints(images.detect_keypoints(drawn(1)), plain).count == 0
    assert images.match_keypoints(plain, plain).region is None


def test_the_same_question_gets_the_same_answer():
    part, original = (
        images.detect_keypoints(drawn(1).crop((90, 0, 600, 400))),
        images.detect_keypoints(drawn(1)),
    )

    assert len({images.match_keypoints(part, original) for _ in range(5)}) == 1


def test_details_come_back_as_they_were_kept():
    keypoints = images.detect_keypoints(drawn(3))
    read = Keypoints.from_bytes(keypoints.to_bytes())

    assert read.size == keypoints.size
    assert (read.points == keypoints.points).all()
    assert (read.descriptors == keypoints.descriptors).all()


@pytest.mark.parametrize(
    "data", [b"", b"\x93NUMPY", b"no file of ours", images.detect_keypoints(drawn(1)).to_bytes()[:-1]]
)
def test_a_file_that_is_none_of_ours_is_told(data):
    with pytest.raises(ValueError):
        Keypoints.from_bytes(data)
