"""A picture is known by its suffix, whichever it is, wherever a suffix is looked at: one list, the picture opener's."""

import pytest
from archives_on_disk import captions_in, issues_in

from explorer.archive.html.caption_marks import is_descriptive
from explorer.archive.site.copy_paths import PICTURE_TYPES
from explorer.search.grammar import PictureFile, parse
from images import PICTURE_SUFFIXES

SUFFIXES = [*PICTURE_SUFFIXES, "JP2", "Pgm"]


@pytest.fixture(params=SUFFIXES)
def suffix(request):
    return request.param


def test_a_folder_of_them_is_a_gallery(tmp_path, suffix):
    [read] = issues_in(tmp_path, {f"maps/a.{suffix}": b"P5 1 1 255 x"})

    assert [figure.image for figure in read.figures] == [f"maps/a.{suffix}"]


def test_a_text_beside_one_is_its_caption(tmp_path, suffix):
    read = issues_in(tmp_path, {"one.md": "# One", f"a.{suffix}": b"x", "a.txt": "The wheel."})

    assert captions_in(read[-1]) == [(f"a.{suffix}", "The wheel.")]


@pytest.mark.parametrize(
    "written",
    [
        "![[{}|The wheel.]]",
        '{{{{< figure src="{}" caption="The wheel." >}}}}',
        '{{% include image.html url="{}" caption="The wheel." %}}',
        '{{{{ figure(src="{}", caption="The wheel.") }}}}',
        '<Figure src="{}" caption="The wheel." />',
    ],
    ids=["wiki link", "Hugo", "Liquid", "Zola", "component"],
)
def test_a_short_form_that_names_one_shows_it(tmp_path, suffix, written):
    [read] = issues_in(tmp_path, {"one.md": "# One\n\n" + written.format(f"a.{suffix}"), f"a.{suffix}": b"x"})

    assert [figure.image for figure in read.figures] == [f"a.{suffix}"]


def test_a_query_line_takes_one(suffix):
    assert list(parse(f"./a.{suffix}").tokens) == [PictureFile(f"./a.{suffix}")]


def test_its_name_is_no_alt_text(suffix):
    assert not is_descriptive(f"mill-wheel.{suffix}")


def test_every_suffix_that_a_copy_of_the_web_gives_is_one():
    assert {suffix.removeprefix(".") for suffix in PICTURE_TYPES.values()} <= set(PICTURE_SUFFIXES)
