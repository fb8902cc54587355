"""The page "Measure and compare"."""

from __future__ import annotations

import json
import time

import pytest
from page_reading import html_of, sentences

from explorer.evaluate import history


def wait_for_end(app, seconds=120):
    """Looks again, as the page does by itself each second, until it is compared."""
    until = time.monotonic() + seconds
    while any(button.key == "compare_stop" for button in app.button):
        assert time.monotonic() < until, "still comparing"
        time.sleep(0.3)
        app.run()
    return app


def compared(app):
    return wait_for_end(app.button(key="compare_start").click().run())


QUESTIONS = [
    {"query": "subway map in five colours", "relevant": ["images/subway.svg"]},
    {"query": "the anvil wins <b>", "relevant": ["images/summits.png"]},
    {"query": "nothing of the kind", "relevant": ["images/none.png"]},
]


def bring(app, questions):
    app.radio(key="compare_asked").set_value("file").run()
    lines = "\n".join(one if isinstance(one, str) else json.dumps(one) for one in questions)
    return app.file_uploader(key="compare_questions").set_value(
        ("questions.jsonl", lines.encode(), "application/jsonl")
    )


def test_two_settings_are_put_to_the_same_questions(open_page):
    app = open_page("compare", w="sentence:0,terms:0,context:0")
    bring(app, QUESTIONS).run()
    compared(app)

    assert not app.exception
    assert not app.error
    shown = html_of(app)
    assert "“Same words” 0" in shown
    assert 'aria-label="Search quality"' in shown
    assert '<th scope="row">B − A</th>' in shown
    assert 'aria-label="What changed most"' in shown
    assert "the anvil wins &lt;b&gt;" in shown
    assert "Skipped (1)" in [one.label for one in app.expander]


def test_without_questions_the_captions_are_asked(open_page, library):
    app = compared(open_page("compare", w="terms:0"))
    assert not app.error
    assert "<dt>Queries</dt><dd>" in html_of(app)


def test_another_library_is_named_by_its_folder(open_page, library_folder, tmp_path):
    app = open_page("compare")
    app.text_input(key="compare_other").set_value(str(tmp_path / "no [library](x)")).run()
    compared(app)
    assert "no [library](x)" in sentences(app)[0]


def test_a_side_compared_with_itself_is_told(open_page):
    app = compared(open_page("compare"))
    assert "are the same" in sentences(app)[0]


@pytest.mark.parametrize("line", ["no JSON", '{"query": "a"}', '{"relevant": []}'])
def test_a_line_that_is_no_question_is_named(open_page, line):
    app = bring(open_page("compare", w="terms:0"), [line]).run()
    compared(app)
    assert "questions.jsonl, line 1" in sentences(app)[0]


def test_visitors_from_elsewhere_compare_nothing(open_page):
    app = open_page("compare", at_home=False)
    assert not app.button
    assert "Only the owner of this library" in app.info[0].value


def test_moved_weights_are_in_the_address(open_page):
    app = open_page("compare")
    app.slider(key="compare_B_weight_terms").set_value(0.0).run()
    app.slider(key="compare_A_weight_terms").set_value(2.0).run()
    assert (app.query_params["w"], app.query_params["a"]) == ("terms:0", "terms:2")


def test_the_last_selftest_is_shown(open_page, monkeypatch):
    row = {"queries": 3, **{name: {"value": 0.5, "low": 0.25, "high": 0.75} for name in ("recall@1", "mrr")}}
    entry = {
        "date": "2024-05-01T10:00:00", "encoder": "lite", "captions": 3, "caption_to_figure": {"fused": {"all": row}}
    }  # fmt: skip
    monkeypatch.setattr(history, "last", lambda folder: entry)
    shown = html_of(open_page("compare"))
    assert '0.500 <span class="ax-quiet">0.250 to 0.750</span>' in shown


def test_before_the_first_selftest_its_command_is_told(open_page):
    assert "explorer selftest" in open_page("compare").code[0].value


def test_the_library_page_leads_here(open_page):
    assert 'href="compare"' in html_of(open_page("library"))
