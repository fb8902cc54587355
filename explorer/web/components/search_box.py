"""The search box for words and a picture, with suggestions while a line is typed.

The field for words is one of Streamlit. The component in the browser (static/search_box.js) adds the rest.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from typing import Final

import streamlit as st

from explorer import Library, preview_picture
from explorer.errors import ExplorerError, QueryError
from explorer.web.components.scripts import read_scripts
from explorer.web.components.thumbnails import image
from explorer.web.state import address, audience
from explorer.web.state.error_messages import escape_markdown
from explorer.web.state.uploads import uploads
from explorer.web.templating import render

KEY: Final = "search_picture"
LABEL: Final = "What do you remember of the picture?"
SUGGESTED_SEARCHES: Final = 50
SUGGESTED_WORDS: Final = 3000
_VOCABULARY_SECONDS: Final = 600.0
_PROBLEM: Final = "search_picture_problem"
_MOUNT: Final = st.components.v2.component(
    "explorer_search_box",
    js=read_scripts("element.js", "search_box.js"),
    isolate_styles=False,
)


def show_search_box(
    library: Library, words: str | None, *, on_words: Callable[[], None], on_picture: Callable[[str], None]
) -> None:
    """Show the box. The words are in the session under `search_words`.

    `on_picture` is called with the name of the upload when the visitor gives a picture.
    """
    address.fill("search_words", words or "")
    with st.container(key="search_box"):
        st.text_input(
            LABEL,
            key="search_words",
            type="search",
            placeholder="a map of the underground, bar chart of rents, sunset over a lake …",
            on_change=on_words,
        )
        _MOUNT(
            key=KEY,
            data={"words": _words(library, str(library.path.absolute())), "recent": _recent(library)},
            on_picture_change=lambda: _take(on_picture),
        )
    problem = st.session_state.pop(_PROBLEM, None)
    if problem:
        st.error(escape_markdown(problem))


def show_query_picture(upload: str, *, href: str) -> None:
    """Show the picture of the query as a chip; `href` is the address without it. Raises QueryError if it is gone."""
    picture = image(preview_picture(uploads().get(upload), "small"), "The picture that you search by")
    st.html(render("query_picture.html", picture=picture, href=href))


def _take(on_picture: Callable[[str], None]) -> None:
    """Store the uploaded picture, and search by it. Keep the error for a file that is not a picture."""
    sent = (st.session_state.get(KEY) or {}).get("picture")
    try:
        content = base64.b64decode(sent, validate=True) if isinstance(sent, str) else b""
        preview_picture(content, "small")
        on_picture(uploads().add(content))
    except (ExplorerError, binascii.Error) as error:
        message = (
            error
            if isinstance(error, ExplorerError)
            else QueryError("The picture did not arrive. Try again.")
        )
        st.session_state[_PROBLEM] = audience.adapt_message(message)


def _recent(library: Library) -> list[str]:
    """Return the owner's recent searches. Other visitors do not see them."""
    if not audience.is_owner():
        return []
    return [search.line for search in library.history.searches(limit=SUGGESTED_SEARCHES)]


@st.cache_data(ttl=_VOCABULARY_SECONDS, max_entries=8, show_spinner=False)
def _words(_library: Library, folder: str) -> list[str]:  # noqa: ARG001  the cache's key
    return _library.history.vocabulary(limit=SUGGESTED_WORDS)
