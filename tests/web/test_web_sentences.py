from __future__ import annotations

import pytest
from markdown_it import MarkdownIt

from explorer.web.state.error_messages import escape_markdown


@pytest.mark.parametrize(
    "hostile",
    [
        "**bold** _thin_ `code` ~gone~",
        "[x](javascript:alert(1))",
        "![x](http://tracker.example/1.png)",
        "<script>alert(1)</script>",
        "# heading",
        "- list",
        "> quote",
        "a\\b C:\\temp\\new",
        "http://example.org and www.example.org",
        "&lt; stays &lt;",
        "| a | b |",
    ],
)
def test_markdown_shows_exactly_the_text(hostile):
    [_, inline, _] = MarkdownIt("gfm-like", {"linkify": False}).parse(escape_markdown(hostile))
    assert {child.type for child in inline.children} <= {"text", "text_special"}
    assert "".join(child.content for child in inline.children).replace("\u2060", "") == hostile


@pytest.mark.parametrize("command", ["$x^2$", ":red[hot]", ":material/home:", ":smile:"])
def test_what_streamlit_adds_to_markdown_is_disarmed(command):
    assert not set("$:[") & set(
        escape_markdown(command).replace("\\$", "").replace("\\:", "").replace("\\[", "")
    )
