"""The HTML templates: what is escaped, and what is not."""

from pathlib import Path

import pytest
from jinja2 import UndefinedError
from markupsafe import Markup

import explorer.web
from explorer.web.templating import ENVIRONMENT, render

TEMPLATES = sorted(path.name for path in (Path(explorer.web.__file__).parent / "templates").iterdir())


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_template_compiles(name):
    assert ENVIRONMENT.get_template(name)


def test_strings_are_escaped_and_html_of_other_templates_is_not():
    assert render("paragraph.html", text="<b> & 'c'") == "<p>&lt;b&gt; &amp; &#39;c&#39;</p>"
    assert render("paragraph.html", text=render("paragraph.html", text="a")) == "<p><p>a</p></p>"
    assert isinstance(render("paragraph.html", text="a"), Markup)


def test_a_value_that_is_missing_is_an_error():
    with pytest.raises(UndefinedError, match="text"):
        render("paragraph.html")


def test_no_component_or_page_contains_tags():
    files = Path(explorer.web.__file__).parent.rglob("*.py")
    assert [str(path) for path in files if "</" in path.read_text(encoding="utf-8")] == []
