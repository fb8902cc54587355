"""Directives, divisions, admonitions and callouts: what holds Markdown is text and pictures, code stays code."""

import pytest
from archive_builders import captions, images, issue

CONTENT = "The last boat leaves at six.\n\n![Timetable of the boat](times.png)"
INDENTED = "\n".join(f"    {line}" if line else "" for line in CONTENT.split("\n"))
QUOTED = "\n".join(f"> {line}".rstrip() for line in CONTENT.split("\n"))
CONTAINERS = {
    "MyST, backticks": f"```{{note}}\n{CONTENT}\n```",
    "MyST, colons": f":::{{warning}}\n{CONTENT}\n:::",
    "MyST, tildes": f"~~~{{tip}}\n{CONTENT}\n~~~",
    "MyST, options": f"```{{admonition}} Remember\n:class: dropdown\n:name: x\n\n{CONTENT}\n```",
    "MyST, options in YAML": f"```{{admonition}} Remember\n---\nclass: dropdown\nname: x\n---\n{CONTENT}\n```",
    "MyST, an option over two lines": f":::{{admonition}} Remember\n:class: dropdown\n  wide\n{CONTENT}\n:::",
    "MyST, margin": f"```{{margin}}\n{CONTENT}\n```",
    "MyST, an unknown directive": f":::{{harbour:rule}} One\n{CONTENT}\n:::",
    "sphinx-design, tabs": f"::::{{tab-set}}\n:::{{tab-item}} Summer\n:sync: a\n{CONTENT}\n:::\n::::",
    "sphinx-design, a card in a grid": (
        f"`````{{grid}} 1 2 2 3\n:gutter: 2\n\n````{{grid-item-card}} Boat\n{CONTENT}\n````\n`````"
    ),
    "sphinx-design, dropdown": f":::{{dropdown}} More\n:open:\n\n{CONTENT}\n:::",
    "backticks in colons": f"::::{{note}}\n```{{tip}}\n{CONTENT}\n```\n::::",
    "MkDocs": f'!!! note "Remember"\n\n{INDENTED}',
    "MkDocs, no title": f'!!! danger ""\n{INDENTED}',
    "MkDocs, classes": f'!!! note inline end "Remember"\n\n{INDENTED}',
    "MkDocs, folded": f'??? note "Remember"\n\n{INDENTED}',
    "MkDocs, unfolded": f"???+ note\n\n{INDENTED}",
    "MkDocs, tab": f'=== "Summer"\n\n{INDENTED}',
    "MkDocs, nested": '!!! note\n\n    === "Summer"\n\n' + INDENTED.replace("    ", "        "),
    "MkDocs, in a list": "1. First\n\n    !!! note\n\n" + INDENTED.replace("    ", "        "),
    "MkDocs, tabs": "!!! note\n\n" + INDENTED.replace("    ", "\t"),
    "PyMdown details": f"/// details | More\n    type: note\n\n{CONTENT}\n///",
    "PyMdown tab": f"/// tab | Summer\n{CONTENT}\n///",
    "PyMdown, nested": f"//// note | More\n/// tab | Summer\n{CONTENT}\n///\n////",
    "GitHub callout": f"> [!NOTE]\n{QUOTED}",
    "Obsidian callout": f"> [!tip]- Remember\n{QUOTED}",
    "Obsidian, nested": "> [!note]\n" + "\n".join(f"> {line}" for line in f"> [!tip]\n{QUOTED}".split("\n")),
    "Docusaurus": f":::tip\n\n{CONTENT}\n\n:::",
    "Docusaurus with a title": f":::tip[Remember]{{.wide}}\n\n{CONTENT}\n\n:::",
    "VitePress": f"::: details Remember\n{CONTENT}\n:::",
    "Quarto callout": f'::: {{.callout-note title="Remember"}}\n{CONTENT}\n:::',
    "Quarto column": f"::: {{.column-margin width=40%}}\n{CONTENT}\n:::",
    "Pandoc, nested": f":::: {{.columns}}\n::: {{.column width=40%}}\n{CONTENT}\n:::\n::::",
    "a list of a table": f"```{{list-table}}\n* - {CONTENT.replace(chr(10), chr(10) + '    ')}\n```",
}


@pytest.mark.parametrize("source", CONTAINERS.values(), ids=CONTAINERS.keys())
def test_what_is_in_a_container_is_text_and_pictures(source):
    read = issue(f"# Guide\n\nBefore it.\n\n{source}\n\nAfter it.", "guide.md")

    [figure] = read.figures
    text = "\n".join(item.text for item in read.items)
    assert (figure.image, figure.alt, figure.caption) == ("times.png", "Timetable of the boat", None)
    assert text.startswith("Before it.")
    assert text.endswith("After it.")
    assert "The last boat leaves at six." in text
    assert not any(
        mark in text for mark in ("![", ":::", "```", "~~~", "!!!", "???", "===", "///", "[!", "{")
    )


FIGURES = {
    "MyST figure without a path": (
        ":::{figure}\n:label: two\n\n![Bow](a.png)\n![Stern](b.png)\n\nFrom both ends.\n:::",
        [("a.png", "From both ends."), ("b.png", "From both ends.")],
    ),
    "MyST figure of directives": (
        "::::{figure}\n:::{image} a.png\n:::\n:::{image} b.png\n:::\n\nFrom both ends.\n::::",
        [("a.png", "From both ends."), ("b.png", "From both ends.")],
    ),
    "MyST figures in a figure": (
        "::::{figure}\n:::{figure} a.png\nThe bow\n:::\n:::{figure} b.png\nThe stern.\n:::\n\nFrom both ends.\n::::",
        [("a.png", "The bow. From both ends."), ("b.png", "The stern. From both ends.")],
    ),
    "subfigure": (
        "```{subfigure} AB\n:name: x\n\n![Bow](a.png)\n\n![Stern](b.png)\n\nFrom both ends.\n```",
        [("a.png", "From both ends."), ("b.png", "From both ends.")],
    ),
    "Quarto panels": (
        "::: {#fig-x layout-ncol=2}\n\n![Bow](a.png){#fig-a}\n\n![Stern](b.png){#fig-b width=50%}\n\nFrom both ends\n:::",
        [("a.png", "Bow. From both ends"), ("b.png", "Stern. From both ends")],
    ),
    "Quarto panels without captions": (
        '::: {#fig-x layout="[[1,1]]"}\n![](a.png)\n\n![](b.png)\n\nFrom both ends.\n:::',
        [("a.png", "From both ends."), ("b.png", "From both ends.")],
    ),
    "Quarto divisions in a division": (
        "::: {#fig-x}\n::: {#fig-a}\n![](a.png)\n\nThe bow.\n:::\n\n::: {#fig-b}\n![](b.png)\n\nThe stern.\n:::\n\nBoth.\n:::",
        [("a.png", "The bow. Both."), ("b.png", "The stern. Both.")],
    ),
    "Quarto panels without an overall caption": (
        "::: {#fig-x layout-ncol=2}\n![Bow](a.png){#fig-a}\n\n![Stern](b.png){#fig-b}\n:::",
        [("a.png", "Bow"), ("b.png", "Stern")],
    ),
    "caption of PyMdown": ("![x](a.png){ width=50% }\n/// caption\nA boat.\n///", [("a.png", "A boat.")]),
    "caption of PyMdown with options": (
        "![x](a.png)\n/// figure-caption | #id\n    attrs: {id: x}\n\nA boat.\n///",
        [("a.png", "A boat.")],
    ),
    "card with a picture": (
        "```{card} The boat\n:img-top: a.png\n:img-alt: White boat\n\nIt leaves at six.\n+++\nFoot\n```",
        [("a.png", None)],
    ),
    "carousel": ("```{card-carousel} 2\n:::{card}\n:img-background: a.png\n:::\n```", [("a.png", None)]),
    "figure in a list": (
        "- Look:\n\n  ```{figure} a.png\n  :alt: x\n\n  A boat.\n  ```\n\n- On.",
        [("a.png", "A boat.")],
    ),
    "figure in a quotation": ("> ```{figure} a.png\n> A boat.\n> ```", [("a.png", "A boat.")]),
    "figure in a note": ("````{note}\n```{figure} a.png\nA boat.\n```\n````", [("a.png", "A boat.")]),
    "division with a caption in its attributes": (
        '::: {#fig-x fig-cap="A boat."}\n![](a.png)\n:::',
        [("a.png", "A boat.")],
    ),
}


@pytest.mark.parametrize(("source", "expected"), FIGURES.values(), ids=FIGURES.keys())
def test_figures_of_blocks_have_their_captions(source, expected):
    assert captions(f"Before it.\n\n{source}\n\nAfter it.", "post.md") == expected


@pytest.mark.parametrize(
    "source",
    [
        ":::{figure} #tide\n:name: x\nAn output.\n:::",
        "![](#tide)",
        "![An output.](#fig:tide)",
        "![a][b]\n\n[b]: #tide",
    ],
)
def test_a_reference_to_what_is_shown_elsewhere_is_no_picture(source):
    read = issue(f"{source}\n\nText.", "post.md")

    assert (read.figures, read.left_out) == ((), ())


def test_the_legend_of_a_figure_is_text():
    read = issue("```{figure} a.png\nA boat.\n\nDrawn from the quay.\n```\n\nText.", "post.md")

    assert [figure.caption for figure in read.figures] == ["A boat."]
    assert read.items[0].text == "Drawn from the quay.\n\nText."


CODE = {
    "directive of code": "```{code-block} md\n![x](a.png)\n```",
    "directive of code between colons": ":::{code} md\n![x](a.png)\n:::",
    "cell": "```{code-cell} ipython3\n:tags: [x]\n# ![x](a.png)\n```",
    "engine": "```{r boats, echo=TRUE}\n# ![x](a.png)\n```",
    "attributes": "```{.markdown #x}\n![x](a.png)\n```",
    "directive shown in code": "````md\n```{figure} a.png\n```\n````",
    "longer fence in a note": "`````{note}\n````md\n```{image} a.png\n```\n````\n`````",
    "code in an admonition": "!!! note\n\n    ```md\n    ![x](a.png)\n    ```",
    "code in a tab": '=== "A"\n\n        ![x](a.png)\n',
    "indented admonition": "Text.\n\n    !!! note\n\n        ![x](a.png)\n",
    "indented directive": "Text.\n\n    ```{figure} a.png\n    ```\n",
    "comment": "<!--\n:::{figure} a.png\n:::\n-->",
}


@pytest.mark.parametrize("source", CODE.values(), ids=CODE.keys())
def test_code_stays_code(source):
    assert images(source, "post.md") == []


def test_a_cell_of_quarto_is_no_directive():
    assert images("```{note}\n![x](a.png)\n```", "post.qmd") == []


@pytest.mark.parametrize(
    "words", ["!!! What a day", "??? who knows", "Title\n===", "::: ", "> [link](x.html) said"]
)
def test_words_that_only_look_like_blocks_stay_with_what_follows(words):
    read = issue(f"{words}\n\n![A boat](a.png)\n\nText.", "post.md")

    assert [figure.image for figure in read.figures] == ["a.png"]
    assert read.items[-1].text.endswith("Text.")


def test_a_division_that_is_never_closed_hides_nothing():
    read = issue("::: {#fig-x}\n![A boat](a.png)\n\nText.\n\nMore text.", "post.md")

    assert [figure.image for figure in read.figures] == ["a.png"]
    assert read.items[0].text == "Text.\n\nMore text."


@pytest.mark.parametrize("opening", ["callout-note", "{.callout-note}", "{.callout-tip collapse=true}"])
def test_the_heading_of_a_callout_is_its_title_and_begins_no_section(opening):
    read = issue(
        f"# Guide\n\n::: {opening}\n## Mind the steps {{#x}}\n\nThey are wet.\n:::\n\nAfter it.", "guide.qmd"
    )

    assert [(item.heading, item.text) for item in read.items] == [
        ("Guide", "Mind the steps\n\nThey are wet.\n\nAfter it.")
    ]


def test_a_challenge_of_the_carpentries_is_read_with_its_solution():
    source = (
        "::::::::::::: challenge\n\n## Challenge 1\n\nWhat is it?\n\n![A boat.](a.png){alt='White boat'}\n\n"
        "::::::: solution\n\n## Solution\n\nA boat.\n\n:::::::\n\n:::::::::::::\n\n## Next\n\nText."
    )
    read = issue(source, "episode.md")

    assert [(item.heading, item.text) for item in read.items] == [
        ("Challenge 1", "What is it?"), ("Solution", "A boat."), ("Next", "Text."),
    ]  # fmt: skip
    assert [(one.caption, one.alt) for one in read.figures] == [("A boat.", "White boat")]


def test_roles_of_myst_are_their_words():
    source = "See {ref}`the boat` and {numref}`Figure %s <boat>`, written `{note}` or `:::{note}`."

    assert issue(source, "post.md").items[0].text == (
        "See the boat and Figure %s <boat>, written {note} or :::{note}."
    )


def test_a_shortcode_may_end_as_a_quotation_begins():
    assert captions('{{< figure\n  src="a.png"\n  caption="A boat."\n>}}', "post.md") == [
        ("a.png", "A boat.")
    ]


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "piece",
    [
        ":::{note}\n",
        "```{note}\n",
        "!!! note\n\n    ",
        "> ",
        ">",
        "/// tab\n",
        "::: {#fig-x}\n![a](b.png)\n",
        "- ",
    ],
)
@pytest.mark.parametrize("end", ["", "\n:::\n" * 3000], ids=["open", "closed"])
def test_blocks_without_end_cost_no_square(piece, end):
    issue(piece * 3000 + "Words." + end, "post.md")


@pytest.mark.parametrize("document", ["index.qmd", "post.md"])
@pytest.mark.parametrize("around", ["<details>\n<summary>Source</summary>", "<div class='code'>"])
def test_code_right_behind_html_ends_where_it_ends(document, around):
    source = (
        f"# Tables\n\n{around}\n````markdown\n---\nformat: pdf\n---\n\nText.\n\n```{{{{python}}}}\nprint()\n```\n````\n"
        "</details>\n\n![](table.png)\n\nThe end.\n"
    )
    assert images(source, document, ["table.png"]) == ["table.png"]
    assert "The end." in issue(source, document, ["table.png"]).items[-1].text
