"""Cells of R Markdown, Quarto and MyST: the files they include are figures, their options are captions and alt texts."""

import pytest
from archive_builders import captions, figures, images, issue


def cell(options, code='knitr::include_graphics("a.png")', engine="r", mark="#|"):
    lines = [f"{mark} {line}" for line in options.split("\n")] if options else []
    return "\n".join([f"```{{{engine}}}", *lines, code, "```"])


INCLUDED = {
    "option lines": (cell('fig-cap: "A boat."\nfig-alt: "White boat"'), [("a.png", "A boat.")]),
    "plain scalar with a colon": (cell("fig-cap: A boat: white\necho: false"), [("a.png", "A boat: white")]),
    "literal block": (cell("fig-cap: |\n  A boat\n  in spring."), [("a.png", "A boat in spring.")]),
    "folded block": (cell("fig-cap: >\n  A boat\n  in spring.\nwidth: 3"), [("a.png", "A boat in spring.")]),
    "knitr's own option line": (cell('echo=FALSE, fig.cap="A boat."'), [("a.png", "A boat.")]),
    "dotted name": (cell("fig.cap: A boat."), [("a.png", "A boat.")]),
    "header": (
        '```{r boat, echo=FALSE, fig.cap="A boat."}\ninclude_graphics("a.png")\n```',
        [("a.png", "A boat.")],
    ),
    "header, single quotes": (
        "```{r fig.cap='A \"white\" boat.'}\ninclude_graphics('a.png')\n```",
        [("a.png", 'A "white" boat.')],
    ),
    "header, escapes": (
        '```{r, fig.cap="A \\"white\\" boat, at sea."}\ninclude_graphics("a.png")\n```',
        [("a.png", 'A "white" boat, at sea.')],
    ),
    "header, braces and brackets": (
        '```{r, fig.cap="A {white} boat (old)."}\ninclude_graphics("a.png")\n```',
        [("a.png", "A {white} boat (old).")],
    ),
    "header, pasted": (
        '```{r, fig.cap=paste("A", "boat.")}\ninclude_graphics("a.png")\n```',
        [("a.png", "A boat.")],
    ),
    "header, raw string": (
        '```{r, fig.cap=r"(A boat.)"}\ninclude_graphics("a.png")\n```',
        [("a.png", "A boat.")],
    ),
    "reference of bookdown": (
        '```{r, fig.cap="(ref:boat)"}\ninclude_graphics("a.png")\n```\n\n(ref:boat) A *white* boat.\n',
        [("a.png", "A white boat.")],
    ),
    "vector of files and captions": (
        '```{r, fig.cap=c("Bow.", "Stern.")}\ninclude_graphics(c("a.png",\n  "b.png"), dpi = 300)\n```',
        [("a.png", "Bow."), ("b.png", "Stern.")],
    ),
    "list of captions": (
        cell("fig-cap:\n  - Bow.\n  - Stern.", 'include_graphics(c("a.png", "b.png"))'),
        [("a.png", "Bow."), ("b.png", "Stern.")],
    ),
    "one caption for two": (
        cell("fig-cap: Both ends.", 'include_graphics("a.png")\ninclude_graphics("b.png")'),
        [("a.png", "Both ends."), ("b.png", "Both ends.")],
    ),
    "sub-captions": (
        cell(
            "fig-cap: Both ends.\nfig-subcap: [Bow, Stern]\nlayout-ncol: 2",
            'include_graphics(c("a.png", "b.png"))',
        ),
        [("a.png", "Bow. Both ends."), ("b.png", "Stern. Both ends.")],
    ),
    "file.path": (cell("", 'include_graphics(file.path("img", "a.png"))'), [("img/a.png", None)]),
    "here": (cell("", 'knitr::include_graphics(here::here("img", "a.png"))'), [("img/a.png", None)]),
    "path=": (cell("", 'knitr::include_graphics(auto_pdf = TRUE, path = "a.png")'), [("a.png", None)]),
    "a name from an earlier cell": (
        '```{r setup, include=FALSE}\ndir <- "img"\n```\n\n```{r}\ninclude_graphics(paste0(dir, "/a.png"))\n```',
        [("img/a.png", None)],
    ),
    "a pipe": (cell("", 'x <- 3\nknitr::include_graphics("a.png") |> print()'), [("a.png", None)]),
    "in a line": ('Look: `r knitr::include_graphics("a.png")` there.', [("a.png", None)]),
    "Python": (
        cell("fig-cap: A boat.", 'from IPython.display import Image\nImage("a.png", width=300)', "python"),
        [("a.png", "A boat.")],
    ),
    "Python, filename": (cell("", "display(Image(filename='a.png'))", "python"), [("a.png", None)]),
    "Observable": (
        cell("fig-cap: A boat.", 'FileAttachment("a.png").image()', "ojs", "//|"),
        [("a.png", "A boat.")],
    ),
    "a picture that the cell makes": (cell("fig-cap: A boat.", "plot(boat)"), [(None, "A boat.")]),
}


@pytest.mark.parametrize(("source", "expected"), INCLUDED.values(), ids=INCLUDED.keys())
def test_cells_show_the_files_that_they_include(source, expected):
    read = issue(f"Before.\n\n{source}\n\nAfter.", "boats.Rmd")

    assert [(figure.image, figure.caption) for figure in read.figures] == expected
    text = "\n".join(item.text for item in read.items)
    assert not any(word in text for word in ("include_graphics", "fig-cap", "fig.cap", "(ref:", "#|"))


ALTS = {
    "option line": cell('fig-alt: "White boat"'),
    "header": '```{r, fig.cap="x", fig.alt="White boat"}\ninclude_graphics("a.png")\n```',
    "list": cell("fig-alt: [White boat]"),
    "block": cell("fig-alt: >-\n  White\n  boat"),
}


@pytest.mark.parametrize("source", ALTS.values(), ids=ALTS.keys())
def test_cells_say_alternative_texts(source):
    assert [figure.alt for figure in figures(source, "boats.qmd")] == ["White boat"]


def test_a_cell_of_myst_shows_a_file_under_the_caption_of_its_options():
    options = "---\ntags: [hide]\nmystnb:\n  figure:\n    caption: A boat.\n  image:\n    alt: White\n---"
    source = f"```{{code-cell}} ipython3\n{options}\nImage('a.png')\n```"

    [figure] = figures(source, "post.md")

    assert (figure.image, figure.caption, figure.alt) == ("a.png", "A boat.", "White")


NOT_SHOWN = {
    "not run": cell("eval: false"),
    "not run, header": '```{r, eval=FALSE}\ninclude_graphics("a.png")\n```',
    "not shown": '```{r, include=FALSE}\ninclude_graphics("a.png")\n```',
    "a comment": cell("", '# include_graphics("a.png")'),
    "only read": cell("", 'plt.imread("a.png")\nImage.open("b.png")', "python"),
    "a language": '```r\ninclude_graphics("a.png")\n```',
    "a class": '```{.r}\ninclude_graphics("a.png")\n```',
    "how a cell is written": '```{{r}}\ninclude_graphics("a.png")\n```',
    "a name that nobody knows": cell("", "include_graphics(boat)"),
}


@pytest.mark.parametrize("source", NOT_SHOWN.values(), ids=NOT_SHOWN.keys())
def test_what_a_cell_does_not_show_is_no_figure(source):
    assert images(source, "boats.qmd") == []


def test_the_code_of_a_cell_is_text_unless_it_is_not_echoed():
    source = f"{cell('echo: true', 'sail(boat)')}\n\n{cell('echo: false', 'row(boat)')}\n\nText."

    assert issue(source, "boats.qmd").items[0].text == "sail(boat)\n\nText."


def test_values_that_double_do_not_grow():
    code = "\n".join(
        ["x <- 'aaaaaaaaaa'", *["x <- paste0(x, x)"] * 200, "include_graphics(paste0(x, '.png'))"]
    )

    [(image, _)] = captions(cell("", code), "boats.Rmd")

    assert len(image) < 10_000


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "piece", ["c(", '"', "include_graphics(", "x <- ", "a=", 'r"(', "#| a: [\n", "(ref:x) "]
)
def test_cells_without_end_cost_no_square(piece):
    issue("```{r}\n" + piece * 5000 + "\n```\n", "boats.Rmd")
