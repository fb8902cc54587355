"""Covers and galleries that front matter names, and pictures that are named without their suffix."""

import pytest
from archive_builders import captions, figures, images, issue

FILES = ["static/cover.png", "static/rye.png", "static/wheat.png"]
COVERS = {
    "PaperMod": '---\ncover:\n  image: /cover.png\n  alt: "Boat"\n  caption: "The *night* boat"\n---\nText.',
    "PaperMod in TOML": '+++\n[cover]\nimage = "/cover.png"\nalt = "Boat"\ncaption = "The *night* boat"\n+++\nText.',
    "PaperMod in JSON": '{"cover": {"image": "/cover.png", "alt": "Boat", "caption": "The night boat"}}\n\nText.',
    "Chirpy": '---\nimage:\n  path: /cover.png\n  alt: Boat\n  caption: The night boat\n---\nText.',
    "Minimal Mistakes": (
        '---\nheader:\n  image: /cover.png\n  image_description: Boat\n  caption: "The night boat"\n---\nText.'
    ),
    "overlay": "---\nheader:\n  overlay_image: /cover.png\n  image_description: Boat\n  caption: The night boat\n---\nText.",
    "flat lines": "---\nfeatured_image: /cover.png\nfeatured_image_alt: Boat\nfeatured_image_caption: The night boat\n---\nText.",
    "camel case": "---\ncoverImage: /cover.png\ncoverImageAlt: Boat\ncoverImageCaption: The night boat\n---\nText.",
    "list of images": "---\nimages:\n  - src: /cover.png\n    alt: Boat\n    caption: The night boat\n---\nText.",
    "remote": "---\ncover:\n  image: https://x.example/cover.png\n  alt: Boat\n  caption: The night boat\n---\nText.",
}  # fmt: skip


@pytest.mark.parametrize("source", COVERS.values(), ids=COVERS.keys())
def test_a_cover_with_words_of_its_own_is_a_figure(source):
    [figure] = figures(source, "post.md", FILES)

    assert (figure.image.rpartition("/")[2], figure.caption, figure.alt) == (
        "cover.png",
        "The night boat",
        "Boat",
    )


def test_a_cover_that_the_text_shows_is_one_figure():
    source = "---\ncover:\n  image: /cover.png\n  caption: The boat\n---\n![Boat](/cover.png)\n*The boat at night.*"

    assert captions(source, "post.md", FILES) == [("static/cover.png", "The boat at night.")]


@pytest.mark.parametrize(
    "named",
    [
        "image: /cover.png",
        "thumbnail: /cover.png",
        "images: [/cover.png]",
        "header:\n  teaser: /cover.png",
        "og_image:\n  url: /cover.png\n  alt: Boat",
        "resources:\n- src: cover.png\n  params:\n    description: Boat",
        "author:\n  image: /cover.png\n  alt: Me",
        "cover:\n  image: /cover.png\n  alt: Boat\n  hidden: true",
    ],
)
def test_what_lists_show_of_an_issue_is_in_the_ledger(named):
    read = issue(f"---\n{named}\n---\nText.", "post.md", FILES)

    assert read.figures == ()
    assert [mention.address.rpartition("/")[2] for mention in read.mentioned] == ["cover.png"]


GALLERY = "gallery:\n  - image_path: /rye.png\n    alt: Rye\n  - image_path: /wheat.png\n    alt: Wheat\n"
INCLUDES = {
    "by its name": (GALLERY, '{% include gallery caption="Two *loaves*." %}', "Two loaves."),
    "with a suffix": (GALLERY, '{% include gallery.html caption="Two loaves." %}', "Two loaves."),
    "without a caption": (GALLERY, "{% include gallery %}", None),
    "by an identifier": (GALLERY.replace("gallery", "loaves"), '{% include gallery id="loaves" %}', None),
    "another include": (
        GALLERY.replace("gallery", "feature_row").replace("image_path", "src"),
        "{% include feature_row %}",
        None,
    ),
}


@pytest.mark.parametrize(("named", "tag", "caption"), INCLUDES.values(), ids=INCLUDES.keys())
def test_a_gallery_is_shown_where_the_text_includes_it(named, tag, caption):
    read = issue(f"---\n{named}---\nBefore it.\n\n{tag}\n\nAfter the loaves, a paragraph.", "post.md", FILES)

    assert [(one.image, one.alt, one.caption, one.before) for one in read.figures] == [
        ("static/rye.png", "Rye", caption, None),
        ("static/wheat.png", "Wheat", caption, None),
    ]
    assert [one.after for one in read.figures] == ["After the loaves, a paragraph."] * 2


def test_a_gallery_names_the_larger_picture_and_its_title():
    source = "---\ngallery:\n  - url: /cover.png\n    image_path: /rye.png\n    title: Rye bread\n---\n{% include gallery %}"

    [figure] = figures(source, "post.md", FILES)

    assert (figure.image, figure.caption) == ("static/rye.png", "Rye bread")
    assert figure.candidates == ("static/cover.png", "static/rye.png")


def test_a_gallery_that_is_included_a_thousand_times_is_shown_once():
    entries = "".join(f"  - image_path: /{number}.png\n" for number in range(400))

    assert len(images(f"---\ngallery:\n{entries}---\n" + "{% include gallery %}\n" * 1000, "post.md")) == 400


def test_nested_variables_are_filled_in():
    source = "---\nheader:\n  teaser: /rye.png\n---\n![Rye]({{ page.header.teaser }})"

    assert images(source, "post.md", FILES) == ["static/rye.png"]


BUNDLE = [
    "content/harbour/harbour.png",
    "content/harbour/fig.1.svg",
    "static/img/mole.webp",
    "other/quay.png",
]
BY_STEM = {
    "imgproc with a caption": (
        '{{< imgproc harbour Fill "600x300" >}}\nThe harbour.\n{{< /imgproc >}}',
        ("content/harbour/harbour.png", "The harbour."),
    ),
    "imgproc, closed in itself": ('{{< imgproc "harbour" Resize "600x" />}}', ("content/harbour/harbour.png", None)),
    "imgproc with a suffix": (
        '{{< imgproc harbour.png Fit "600x300 q50" >}}The harbour.{{< /imgproc >}}',
        ("content/harbour/harbour.png", "The harbour."),
    ),
    "figure": ('{{< figure src="harbour" caption="The harbour." >}}', ("content/harbour/harbour.png", "The harbour.")),
    "img": ('{{< img "harbour" >}}', ("content/harbour/harbour.png", None)),
    "Markdown": ("![Harbour](harbour)", ("content/harbour/harbour.png", None)),
    "any suffix, as Sphinx has it": ("```{figure} harbour.*\nThe harbour.\n```", ("content/harbour/harbour.png", "The harbour.")),
    "a number at the end": ("![Harbour](fig.1)", ("content/harbour/fig.1.svg", None)),
    "from the root": ('<img src="/img/mole">', ("static/img/mole.webp", None)),
    "nowhere in this folder": ("![Quay](quay)", ("content/harbour/quay", None)),
}  # fmt: skip


@pytest.mark.parametrize(("source", "expected"), BY_STEM.values(), ids=BY_STEM.keys())
def test_an_address_without_a_suffix_means_the_picture_in_its_folder(source, expected):
    assert captions(f"Text.\n\n{source}\n\nMore text.", "content/harbour/index.md", BUNDLE) == [expected]


def test_a_shortcode_that_shows_no_picture_is_none_without_a_suffix_either():
    assert (
        images(
            "{{< youtube abc >}} {{< note harbour >}} {{< ref other >}}", "content/harbour/index.md", BUNDLE
        )
        == []
    )


def test_a_picture_that_comes_later_is_asked_for_by_its_stem():
    assert "harbour.png" in issue("![Harbour](harbour)", "post.md").requested_files
