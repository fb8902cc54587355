"""Notebooks: their text, the pictures in their Markdown, and those that their code made."""

import json
from base64 import b64encode

import pytest
from archive_builders import issues_in
from hypothesis import given, settings
from hypothesis import strategies as st
from notebook_builders import code, markdown, notebook, output, read_notebook

from explorer.archive.model import Issue, LedgerEntry

PICTURE = b"\x89PNG picture"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"/>'


def test_the_markdown_of_a_notebook_is_read_and_its_code_is_not():
    read = read_notebook(
        notebook(markdown("# Mills\n\nWe went."), code("import mills"), markdown("It rained."))
    )

    assert read.metadata.title == "Mills"
    assert [(item.heading, item.text) for item in read.items] == [("Mills", "We went.\n\nIt rained.")]


def test_the_metadata_and_the_front_matter_of_a_notebook_are_read():
    said = read_notebook(notebook(markdown("Text."), title="Mills", authors=[{"name": "Ann Lee"}])).metadata
    head = {"cell_type": "raw", "source": "---\ntitle: The mills\ndate: 2024-03-09\n---\n"}

    assert (said.title, said.author) == ("Mills", "Ann Lee")
    assert read_notebook(notebook(head, markdown("Text."))).metadata.title == "The mills"
    assert read_notebook(notebook(head, markdown("Text."))).metadata.date == "2024-03-09"


def test_a_picture_beside_the_notebook_is_found():
    [figure] = read_notebook(notebook(markdown('![A wheel](mill.png "The mill")'))).figures

    assert (figure.candidates, figure.alt, figure.caption) == (("mill.png",), "A wheel", "The mill")


@pytest.mark.parametrize("name", ["mill.png", "Mühle am Bach (1).png"])
def test_a_picture_that_was_pasted_into_a_cell_is_read(name):
    cell = markdown(
        f"![A wheel](<attachment:{name}>)", attachments={name: {"image/png": b64encode(PICTURE).decode()}}
    )
    [figure] = read_notebook(notebook(cell)).figures

    assert figure.alt == "A wheel"
    assert figure.data() == PICTURE


def test_a_picture_that_code_made_is_a_figure_with_the_caption_below_it():
    cells = code("plot()", output(PICTURE)), markdown("Figure 1: Mills by year.\n\nThere were many.")
    [figure] = read_notebook(notebook(markdown("The mills of the valley."), *cells)).figures

    assert figure.image == "work.ipynb#cell-2/output-1.png"
    assert figure.caption == "Figure 1: Mills by year."
    assert figure.before == "The mills of the valley."
    assert figure.after is None or "many" in figure.after
    assert figure.data() == PICTURE


CAPTIONS = {
    "Quarto": code(
        '#| label: fig-a\n#| fig-cap: "Mills by year."\n#| fig-alt: A curve\nplot()', output(PICTURE)
    ),
    "MyST-NB": code(
        "plot()",
        output(PICTURE),
        metadata={"mystnb": {"figure": {"caption": "Mills by year."}, "image": {"alt": "A curve"}}},
    ),
}


@pytest.mark.parametrize("cell", CAPTIONS.values(), ids=CAPTIONS.keys())
def test_the_caption_that_a_cell_says_is_read(cell):
    [figure] = read_notebook(notebook(cell)).figures

    assert (figure.caption, figure.alt) == ("Mills by year.", "A curve")


def test_pictures_of_every_kind_are_read_once():
    both = output(PICTURE)
    both["data"]["image/svg+xml"] = [SVG.decode()]
    cells = code("", both), code("", output(SVG, "image/svg+xml")), code("", output(PICTURE, "image/jpeg"))
    read = read_notebook(notebook(*cells))

    assert [figure.data() for figure in read.figures] == [PICTURE, SVG, PICTURE]


def test_a_figure_keeps_its_address_when_a_cell_is_put_before_it():
    cell = code("plot()", output(PICTURE), id="a1b2")
    [before] = read_notebook(notebook(cell)).figures
    [after] = read_notebook(notebook(markdown("# New"), cell)).figures

    assert before.image == after.image == "work.ipynb#a1b2/output-1.png"


def test_notebooks_of_format_3_are_read():
    plot = {"output_type": "display_data", "png": b64encode(PICTURE).decode()}
    cells = [
        {"cell_type": "heading", "level": 1, "source": ["Mills"]},
        {"cell_type": "code", "input": "plot()", "outputs": [plot]},
    ]
    read = read_notebook(
        json.dumps({"nbformat": 3, "metadata": {"name": ""}, "worksheets": [{"cells": cells}]}).encode()
    )

    assert read.metadata.title == "Mills"
    assert read.figures[0].data() == PICTURE


def test_a_damaged_picture_costs_no_other(tmp_path):
    broken = {"output_type": "display_data", "data": {"image/png": "A"}}
    read = read_notebook(notebook(code("", broken, output(PICTURE))))

    assert read.figures[1].data() == PICTURE
    with pytest.raises(Exception, match="is damaged"):
        read.figures[0].data()


@pytest.mark.timeout(60)
def test_an_option_of_very_many_blanks_is_read():
    option = "#| fig-cap: The mill" + " " * 200_000 + "x"

    assert read_notebook(notebook(code(option, output(PICTURE)))).figures[0].caption.endswith(" x")


BROKEN = {"no JSON": b"{", "no notebook": b"[1]", "no cells": b"{}", "deep": b"[" * 200_000, "nothing": b""}


@pytest.mark.parametrize("data", BROKEN.values(), ids=BROKEN.keys())
def test_what_is_no_notebook_is_told(tmp_path, data):
    (tmp_path / "work.ipynb").write_bytes(data)
    [problem] = issues_in(tmp_path)

    assert isinstance(problem, LedgerEntry)
    assert "is not a notebook" in problem.reason


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.sampled_from(["markdown", "code", "<img src=a>"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["cells", "worksheets", "cell_type", "source", "outputs", "data", "image/png", "attachments", "id",
                             "metadata", "mystnb", "figure", "caption", "title", "authors", "level", "text/html"]),
            inner, max_size=5)
    ),
    max_leaves=15,
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(cells=st.lists(VALUES, max_size=4), metadata=VALUES)
def test_any_notebook_is_an_issue_or_a_problem(tmp_path_factory, cells, metadata):
    folder = tmp_path_factory.mktemp("notebooks")
    (folder / "work.ipynb").write_text(json.dumps({"cells": cells, "metadata": metadata}))
    [read] = issues_in(folder)

    assert isinstance(read, Issue | LedgerEntry)


CAPTIONS_OF_TWO = {
    "list": ('#| fig-cap:\n#|   - "Letters."\n#|   - "Parcels."\nplot()', {}, ["Letters.", "Parcels."]),
    "flow list": ('#| fig-cap: ["Letters.", "Parcels."]\nplot()', {}, ["Letters.", "Parcels."]),
    "literal block": (
        "#| fig-cap: |\n#|   Letters\n#|   and parcels.\nplot()",
        {},
        ["Letters and parcels."] * 2,
    ),
    "folded block": (
        "#| fig-cap: >\n#|   Letters\n#|   and parcels.\nplot()",
        {},
        ["Letters and parcels."] * 2,
    ),
    "sub-captions": (
        "#| fig-cap: Post.\n#| fig-subcap:\n#|   - Letters\n#|   - Parcels\nplot()",
        {},
        ["Letters. Post.", "Parcels. Post."],
    ),
    "metadata": ("plot()", {"fig-cap": ["Letters.", "Parcels."]}, ["Letters.", "Parcels."]),
    "metadata of knitr": ("plot()", {"fig.cap": "Post."}, ["Post.", "Post."]),
    "metadata of MyST-NB": ("plot()", {"mystnb": {"figure": {"caption": "Post."}}}, ["Post.", "Post."]),
}


@pytest.mark.parametrize(("source", "said", "expected"), CAPTIONS_OF_TWO.values(), ids=CAPTIONS_OF_TWO.keys())
def test_options_of_a_cell_caption_each_of_its_pictures(source, said, expected):
    cell = code(source, output(PICTURE), output(PICTURE), metadata=said)

    assert [figure.caption for figure in read_notebook(notebook(cell)).figures] == expected


def test_each_picture_of_a_cell_has_its_own_alternative_text():
    cell = code("#| fig-alt: [Bars, Lines]\nplot()", output(PICTURE), output(PICTURE))

    assert [figure.alt for figure in read_notebook(notebook(cell)).figures] == ["Bars", "Lines"]


@pytest.mark.parametrize(
    "source", ["Image('mill.png')", "display(Image(filename='mill.png'))", 'SVG("mill.png")']
)
def test_a_cell_whose_outputs_were_cleared_shows_the_file_that_it_names(source):
    [figure] = read_notebook(notebook(code(f"#| fig-cap: The mill.\n{source}"))).figures

    assert (figure.candidates, figure.caption) == (("mill.png",), "The mill.")


def test_a_cell_that_shows_a_file_has_one_figure_with_its_output():
    [figure] = read_notebook(notebook(code("Image('mill.png')", output(PICTURE)))).figures

    assert figure.data() == PICTURE
