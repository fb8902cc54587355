"""The text around a picture, on pages with paragraphs and without."""

from archive_builders import issue

from explorer.archive.html.extract import MAX_CHARS

SENTENCE = "The harvest of number {} was weighed at the mill and written down. "


def page_without_paragraphs(figures: int) -> str:
    """As pages were written before there were style sheets: everything stands in the body, parted by line breaks."""
    return "<body>" + "".join(
        f"{SENTENCE.format(n) * 5}<br><br><img src={n}.png alt='Mill {n}'><br><br>" for n in range(figures)
    )


def test_the_paragraphs_before_and_after_are_those_next_to_the_picture() -> None:
    (figure,) = issue(
        "<p>Far away it was.<p>The mill stands on a hill.<p><img src=a.png><p>It was built in 1820."
    ).figures
    assert (figure.before, figure.after) == ("The mill stands on a hill.", "It was built in 1820.")


def test_a_picture_in_a_paragraph_has_that_paragraph() -> None:
    (figure,) = issue("<p>Far away it was.<p>The mill <img src=a.png> stands on a hill.").figures
    assert figure.before == "The mill stands on a hill."


def test_on_a_page_without_paragraphs_a_figure_has_the_words_next_to_it() -> None:
    figures = issue(page_without_paragraphs(200)).figures
    assert [figure.image for figure in figures] == [f"{n}.png" for n in range(200)]
    for n, figure in enumerate(figures):
        assert figure.before == (SENTENCE.format(n) * 5).strip()
        assert figure.after == ((SENTENCE.format(n + 1) * 5).strip() if n < 199 else None)


def test_of_a_very_long_paragraph_a_figure_has_what_stands_nearest() -> None:
    text = "".join(SENTENCE.format(n) for n in range(1000))
    (figure,) = issue(f"<p>{text}</p><p><img src=a.png></p><p>{text}</p>").figures
    assert figure.before
    assert figure.before.startswith("The harvest of number")
    assert figure.before.endswith("number 999 was weighed at the mill and written down.")
    assert figure.after
    assert figure.after.startswith("The harvest of number 0 was weighed")
    assert figure.after.endswith("written down.")
    assert MAX_CHARS // 2 < len(figure.before) <= MAX_CHARS
    assert MAX_CHARS // 2 < len(figure.after) <= MAX_CHARS
