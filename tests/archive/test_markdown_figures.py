"""Markdown of every house: which pictures are figures, under which address, and what stands below them."""

import pytest
from archive_builders import captions, figures, images, issue

from explorer.archive.convert.markdown.front_matter import split_front_matter

CAPTIONED = {
    "inline": ("![A cat](a.png)", [("a.png", None)]),
    "inline with a title": ('![A cat](a.png "A cat asleep")', [("a.png", "A cat asleep")]),
    "reference": ("![A cat][one]\n\n[one]: a.png 'A cat asleep'", [("a.png", "A cat asleep")]),
    "short reference": ("![cat]\n\n[cat]: a.png", [("a.png", None)]),
    "angle brackets and spaces": ("![x](<my cat.png>)", [("my cat.png", None)]),
    "spaces without brackets": ("![x](my cat.png)", [("my cat.png", None)]),
    "HTML": ('<img src="a.png" alt="A cat">', [("a.png", None)]),
    "HTML figure": (
        "<figure>\n<img src=a.png>\n<figcaption>A *cat*</figcaption>\n</figure>",
        [("a.png", "A *cat*")],
    ),
    "Markdown in an HTML figure": (
        "<figure markdown>\n\n![A cat](a.png)\n\n<figcaption>A cat</figcaption>\n</figure>",
        [("a.png", "A cat")],
    ),
    "Markdown right inside an HTML figure": (
        "<figure>\n![A cat](a.png)\n<figcaption>A cat</figcaption>\n</figure>",
        [("a.png", "A cat")],
    ),
    "italic line right below": ("![x](a.png)\n*A cat asleep.*\n\nText.", [("a.png", "A cat asleep.")]),
    "italic line with underscores": ("![x](a.png)\n_A cat asleep._\n\nText.", [("a.png", "A cat asleep.")]),
    "italic paragraph after": ("![x](a.png)\n\n*A cat asleep.*\n\nText.", [("a.png", "A cat asleep.")]),
    "labelled line right below": ("![x](a.png)\nFig. 3: A cat.\n\nText.", [("a.png", "Fig. 3: A cat.")]),
    "labelled paragraph after": ("![x](a.png)\n\nFig. 3: A cat.\n\nText.", [("a.png", "Fig. 3: A cat.")]),
    "italic label, then words": (
        "![x](a.png)\n\n*Figure 3:* A cat.\n\nText.",
        [("a.png", "Figure 3: A cat.")],
    ),
    "bold label, then words": (
        "![x](a.png)\n\n**Figure 3.** A cat.\n\nText.",
        [("a.png", "Figure 3. A cat.")],
    ),
    "label without a number": ("![x](a.png)\n\n_Figure: A cat._\n\nText.", [("a.png", "Figure: A cat.")]),
    "a sentence about the figure": ("![x](a.png)\n\nFigure 3 shows a cat.", [("a.png", None)]),
    "a line of text right below": ("![x](a.png)\nWe went to the sea, and came back.", [("a.png", None)]),
    "small print after": ("![](a.png)\n<small>A cat.</small>\n\nText.", [("a.png", "A cat.")]),
    "small print in a paragraph of its own": (
        "![](a.png)\n\n<small>A cat.</small>\n\nText.",
        [("a.png", "A cat.")],
    ),
    "sub as small print": ("![](a.png)\n<sub>A cat.</sub>\n\nText.", [("a.png", "A cat.")]),
    "centred paragraph of HTML": (
        '<p align="center">\n  <img src="a.png" width="80%">\n  <br>\n  <em>A cat.</em>\n</p>\n\nText.',
        [("a.png", "A cat.")],
    ),
    "two centred paragraphs of HTML": (
        '<p align="center">\n<img src="a.png">\n</p>\n<p align="center">\n<b>Figure 1</b>: A cat.\n</p>\n\nText.',
        [("a.png", "Figure 1: A cat.")],
    ),
    "picture, break, label": ("<img src=a.png><br>**Figure 1.** A cat.", [("a.png", "Figure 1. A cat.")]),
    "italics around bold": (
        '<p style="text-align:center;">\n<img src="a.png" width="50%">\n<br />\n<i><b>Figure 1:</b> A cat.</i>\n</p>',
        [("a.png", "Figure 1: A cat.")],
    ),
    "linked picture, italic below": (
        "[![x](a.png)](big.png)\n*A cat.*",
        [("a.png", "A cat.")],
    ),
    "quoted caption": ("![x](a.png)\n\n> *A cat.*\n\nText.", [("a.png", "A cat.")]),
    "pictures side by side in a table over their captions": (
        "| | |\n|:-:|:-:|\n| ![](a.png) | ![](b.png) |\n| A cat | A dog |",
        [("a.png", "A cat"), ("b.png", "A dog")],
    ),
    "pictures in the head of a table over their captions": (
        "| ![](a.png) | ![](b.png) |\n|:-:|:-:|\n| A cat | A dog |",
        [("a.png", "A cat"), ("b.png", "A dog")],
    ),
    "one picture in the head of a table over its caption": (
        "| ![x](a.png) |\n|:--:|\n| *A cat.* |\n\nText.",
        [("a.png", "A cat.")],
    ),
    "one picture in the head of a table over a plain caption": (
        "| ![x](a.png) |\n|:--:|\n| A cat. |\n\nText.",
        [("a.png", "A cat.")],
    ),
    "Jekyll include with filename": (
        '{% include figure.html filename="a.png" caption="A cat." alt="cat" %}',
        [("a.png", "A cat.")],
    ),
    "Jekyll include with url and description": (
        '{% include image.html url="/images/a.png" description="A cat." %}',
        [("images/a.png", "A cat.")],
    ),
    "Jekyll include with image_path": (
        '{% include figure image_path="/assets/a.png" alt="cat" caption="A *cat*." %}',
        [("assets/a.png", "A cat.")],
    ),
    "Jekyll include with src over several lines": (
        '{% include figure.html\n  src="a.png"\n  caption="A cat."\n%}',
        [("a.png", "A cat.")],
    ),
    "Jekyll include with figure.liquid and path": (
        '{% include figure.liquid loading="eager" path="assets/img/a.jpg" title="hover" class="img-fluid" %}',
        [("assets/img/a.jpg", "hover")],
    ),
    "Liquid tag with positional arguments": ('{% image "a.png" "A cat" %}', [("a.png", None)]),
    "Liquid tag with named and comma arguments": (
        '{% Img src="a.png", alt="A cat", width="800" %}',
        [("a.png", None)],
    ),
    "Hexo asset": ("{% asset_img a.png A cat %}", [("a.png", None)]),
    "Octopress picture": ('{% img center /images/a.png 300 200 "A cat" "cat" %}', [("images/a.png", None)]),
    "Liquid block with a body": (
        '{% figure src="a.png" %}A cat.{% endfigure %}\n\nText.',
        [("a.png", "A cat.")],
    ),
    "Liquid block around a picture": (
        '{% figure caption:"A *cat*." %}\n![x](a.png)\n{% endfigure %}\n\nText.',
        [("a.png", "A cat.")],
    ),
    "Hugo figure": ('{{< figure src="a.png" caption="A cat." >}}', [("a.png", "A cat.")]),
    "Hugo figure with a title": ('{{< figure src="a.png" title="A cat." >}}', [("a.png", "A cat.")]),
    "Hugo figure with title and caption": (
        '{{< figure src="a.png" title="Cats" caption="A cat asleep." >}}',
        [("a.png", "Cats. A cat asleep.")],
    ),
    "Hugo figure, self-closing, percent, backquotes": (
        '{{% figure src=`a.png` caption=`A "big" cat.` /%}}',
        [("a.png", 'A "big" cat.')],
    ),
    "Hugo img": ('{{< img src="a.png" alt="A cat" >}}', [("a.png", None)]),
    "Hugo shortcode with a body": (
        '{{< imgproc src="a.png" >}}\nA cat.\n{{< /imgproc >}}\n\nText.',
        [("a.png", "A cat.")],
    ),
    "Zola shortcode": ('{{ figure(src="a.png", caption="A cat.") }}', [("a.png", "A cat.")]),
    "MyST backtick directive": (
        "```{figure} a.png\n:name: cat\n:alt: cat\n\nA **cat**.\n\nA legend.\n```",
        [("a.png", "A cat.")],
    ),
    "MyST colon directive": (":::{figure} a.png\n:width: 80%\nA cat.\n:::", [("a.png", "A cat.")]),
    "MyST directive with a YAML block": (
        "```{figure} a.png\n---\nname: cat\nalt: cat\n---\nA cat.\n```",
        [("a.png", "A cat.")],
    ),
    "MyST directive without a caption": ("```{figure} a.png\n:name: cat\n```", [("a.png", None)]),
    "MyST image": ("```{image} a.png\n:alt: cat\n```", [("a.png", None)]),
    "MyST figure-md": ("```{figure-md} cat\n![x](a.png)\n\nA cat.\n```", [("a.png", "A cat.")]),
    "Quarto figure": ("![A cat.](a.png){#fig-cat}", [("a.png", "A cat.")]),
    "Quarto figure with fig-cap and fig-alt": (
        '![](a.png){#fig-cat fig-cap="A cat." fig-alt="cat"}',
        [("a.png", "A cat.")],
    ),
    "caption and alt of the Carpentries": ("![A cat.](a.png){alt='A grey cat'}", [("a.png", "A cat.")]),
    "Pandoc fenced division": ("::: {#fig-cat}\n![](a.png)\n\nA cat.\n:::\n\nText.", [("a.png", "A cat.")]),
    "Kramdown attributes after a picture": ('![x](a.png){: .center width="50%"}\n\nText.', [("a.png", None)]),
    "Kramdown attributes below a picture": (
        '![x](a.png)\n{: style="width: 60%;" class="center"}\n*Fig. 1. A cat.*\n\nText.',
        [("a.png", "Fig. 1. A cat.")],
    ),
    "Kramdown caption class": ("![x](a.png)\n\nA cat.\n{: .caption}\n\nText.", [("a.png", "A cat.")]),
    "Kramdown figcaption class right below": (
        "![x](a.png)\n\nA cat.\n{:.figcaption}\n\nText.",
        [("a.png", "A cat.")],
    ),
    "Kramdown attributes of an italic line": (
        "![x](a.png)\n*A cat.*{: .caption}\n\nText.",
        [("a.png", "A cat.")],
    ),
    "Obsidian": ("![[a.png|A cat]]", [("a.png", None)]),
    "Obsidian with a size": ("![[a.png|300]]", [("a.png", None)]),
    "MDX Image": ('<Image src="a.png" alt="A cat" width={300} />', [("a.png", None)]),
    "MDX figure component": ('<Figure src="/img/a.png" caption="A cat." />', [("img/a.png", "A cat.")]),
    "Docusaurus root": ("![x](@site/static/img/a.png)", [("static/img/a.png", None)]),
    "Docusaurus require": ("<img src={require('./a.png').default} alt='A cat' />", [("a.png", None)]),
    "Docusaurus base URL": ("<img src={useBaseUrl('/img/a.png')} />", [("img/a.png", None)]),
    "MDX imported picture": (
        "import cat from './a.png';\n\n<img src={cat} alt='A cat' />",
        [("a.png", None)],
    ),
    "video is no picture": ("{{< video src=a.mp4 >}} ![](a.mp4)", []),
    "Pelican static address": ("![x]({static}/images/a.png)", [("images/a.png", None)]),
    "WordPress shortcode in Markdown": (
        '[caption id="x" width="300"]![cat](a.png) A cat.[/caption]',
        [("a.png", "A cat.")],
    ),
    "picture inside a list": (
        "1. Do this:\n\n   ![x](a.png)\n\n   *A cat.*\n\n2. Then.",
        [("a.png", "A cat.")],
    ),
    "picture inside a details element": (
        "<details>\n<summary>More</summary>\n\n![x](a.png)\n\n</details>",
        [("a.png", None)],
    ),
    "escaped quotes in a caption": (
        '{{< figure src="a.png" caption="The \\"big\\" cat." >}}',
        [("a.png", 'The "big" cat.')],
    ),
    "links in a caption": (
        '{{< figure src="a.png" caption="A cat by [Ann](https://ann.example)." >}}',
        [("a.png", "A cat by Ann.")],
    ),
}


@pytest.mark.parametrize(("source", "expected"), CAPTIONED.values(), ids=CAPTIONED.keys())
def test_captions_are_read(source, expected):
    assert captions(source, "post.md") == expected


NO_FIGURES = {
    "fenced code": "```\n![x](a.png)\n<img src=a.png>\n{% include figure.html src='a.png' %}\n```",
    "tilde fence": "~~~html\n<img src=a.png>\n~~~",
    "indented code": "Text.\n\n    ![x](a.png)\n",
    "inline code": "Write `![x](a.png)` or `{{< figure src=\"a.png\" >}}` or `![[a.png]]`.",
    "raw Liquid": "{% raw %}{% include figure.html src='a.png' %}{% endraw %}",
    "highlighted Liquid": "{% highlight html %}\n<img src=\"a.png\">\n{% endhighlight %}",
    "commented shortcode": "{{</* figure src=\"a.png\" */>}}",
    "HTML comment": "<!-- ![x](a.png)\n<img src=a.png> -->",
    "Liquid comment": "{% comment %}![x](a.png){% endcomment %}",
    "comment of an MDX page": "{/* <img src='a.png' /> */}",
    "code fence inside a list": "- Do:\n\n  ```md\n  ![x](a.png)\n  ```\n",
    "escaped": "\\![x](a.png)",
}  # fmt: skip


@pytest.mark.parametrize("source", NO_FIGURES.values(), ids=NO_FIGURES.keys())
def test_what_only_shows_how_to_write_a_picture_is_no_figure(source):
    assert images(source, "post.md") == []


def test_a_shortcode_gives_alt_and_credit():
    [figure] = figures(
        '{{< figure src="a.png" caption="A cat." alt="cat" attr="Source: The shelter" attrlink="https://x.example" >}}',
        "post.md",
    )

    assert (figure.caption, figure.credit, figure.alt) == ("A cat.", "Source: The shelter", "cat")


def test_a_shortcode_credit_needs_no_word_that_says_so():
    [figure] = figures('{{< figure src="a.png" caption="A cat." attr="Ann Lee" >}}', "post.md")

    assert (figure.caption, figure.credit) == ("A cat.", "Ann Lee")


def test_positional_words_of_a_tag_are_its_alt():
    assert [figure.alt for figure in figures('{% image "a.png" "A cat" %}', "post.md")] == ["A cat"]
    assert [figure.alt for figure in figures("![[a.png|A cat|300]]", "post.md")] == ["A cat"]
    assert [figure.alt for figure in figures("![A *grey* cat](a.png)", "post.md")] == ["A grey cat"]


def test_a_lone_picture_is_captioned_by_its_words_in_pandoc_only():
    source = "![A cat.](a.png)\n\nText ![small](b.png) goes on."

    assert captions(source, "post.qmd") == [("a.png", "A cat."), ("b.png", None)]
    assert captions(source, "post.md") == [("a.png", None), ("b.png", None)]


FRONT_MATTER = {
    "YAML": ("---\ntitle: A\ndate: 2024-03-09\n---\nText", {"title": "A", "date": "2024-03-09"}),
    "TOML": ('+++\ntitle = "A"\n+++\nText', {"title": "A"}),
    "Windows lines and a BOM": ("\ufeff---\ntitle: A\n---\nText", {"title": "A"}),
    "closed by dots": ("---\ntitle: A\n...\nText", {"title": "A"}),
    "broken YAML": ('---\ntitle: A: b: c\nauthor: "Ann\n---\nText', {"title": "A: b: c", "author": "Ann"}),
    "tags that construct things": ("---\ntitle: !!python/object:os.system A\n---\nText", {"title": "A"}),
    "JSON": ('{\n  "title": "A"\n}\n\nText', {"title": "A"}),
    "Pelican's bare lines": (
        "Title: A\nDate: 2010-12-03\nAuthor: Ann\n\nText", {"title": "A", "date": "2010-12-03", "author": "Ann"}),
}  # fmt: skip


@pytest.mark.parametrize(("source", "expected"), FRONT_MATTER.values(), ids=FRONT_MATTER.keys())
def test_front_matter_is_read_and_is_no_text(source, expected):
    front_matter, body = split_front_matter(source)

    assert front_matter == expected
    assert body.strip() == "Text"


def test_a_bomb_of_aliases_does_not_grow():
    levels = "\n".join(f"x{n}: &x{n} [*x{n - 1}, *x{n - 1}]" for n in range(1, 60))
    front_matter, _ = split_front_matter(f"---\nx0: &x0 boom\n{levels}\ntitle: A\n---\nText")

    assert front_matter["title"] == "A"
    assert len(repr(front_matter)) < 10_000


def test_a_text_that_opens_with_a_rule_is_no_front_matter():
    read = issue("---\n\nWe went to the sea.\n\n---\n\nAnd came back.", "post.md")

    assert "We went to the sea." in "\n".join(item.text for item in read.items)


def test_front_matter_variables_are_filled_in():
    source = "---\nhero: /img/a.png\n---\n![x]({{ page.hero }})\n\n{% include figure.html src=page.hero %}"

    assert images(source, "post.md") == ["img/a.png", "img/a.png"]


def test_items_follow_the_headings():
    read = issue("Hello.\n\n# 1. One\n\nText.\n\n## Two {#two}\n\n![x](a.png)\n\nMore.", "post.md")

    assert [(item.heading, item.number, item.level) for item in read.items] == [
        (None, None, 0),
        ("1. One", 1, 1),
        ("Two", None, 2),
    ]
    assert [(figure.heading, figure.item, figure.after) for figure in read.figures] == [("Two", 2, None)]
