from embeddings.vectors import split_into_windows


def words_fit(count: int):
    return lambda text: len(text.split()) <= count


def test_windows_end_after_sentences_where_that_costs_less_than_half() -> None:
    text = "One two three. Four five six seven. Eight nine."
    assert split_into_windows(text, words_fit(5), max_words=5) == [
        "One two three.",
        "Four five six seven.",
        "Eight nine.",
    ]


def test_a_sentence_end_too_early_is_passed_over() -> None:
    assert split_into_windows("One. Two three four five six", words_fit(5), max_words=5) == [
        "One. Two three four five",
        "six",
    ]


def test_the_spaces_inside_a_window_stay_as_they_are() -> None:
    assert split_into_windows("a  b\nc d", words_fit(3), max_words=3) == ["a  b\nc", "d"]


def test_a_word_too_long_is_cut_where_it_stops_fitting() -> None:
    assert split_into_windows("abcdefgh xy", lambda text: len(text) <= 3, max_words=3) == [
        "abc",
        "def",
        "gh",
        "xy",
    ]


def test_a_megabyte_without_a_space_ends() -> None:
    pieces = split_into_windows("x" * 1_000_000, lambda text: len(text) <= 5_000, max_words=256)
    assert "".join(pieces) == "x" * 1_000_000
    assert max(map(len, pieces)) == 5_000


def test_nothing_is_one_empty_window() -> None:
    assert split_into_windows("", words_fit(5), max_words=5) == [""]


def test_a_book_is_never_tried_as_a_whole() -> None:
    """Its tokens alone would take a gigabyte."""
    tried: list[int] = []

    def fit(text: str) -> bool:
        tried.append(len(text))
        return len(text.split()) <= 200

    book = "A whale is no fish at all. " * 100_000
    pieces = split_into_windows(book, fit, max_words=256)
    assert " ".join(pieces) == book.strip()
    assert max(tried) < 2_000
