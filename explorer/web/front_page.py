"""The HTML page of every view: that of Streamlit, with the address of the server.

Streamlit would look for the server below the address of the view first ("/captions/_stcore/health"), where nothing
answers.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Final

import streamlit
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import BaseRoute, Route

from explorer.web.pages import PAGES
from explorer.web.state import sign_in
from explorer.web.templating import render


def front_page(_request: Request) -> HTMLResponse:
    """Return the HTML page of Streamlit with the address of the server."""
    return HTMLResponse(_html(), headers={"Cache-Control": "no-cache"})


@cache
def _html() -> str:
    page = Path(streamlit.__file__).parent / "static" / "index.html"
    begin = "<head>" + str(render("server_address.html"))
    return page.read_text(encoding="utf-8").replace("<head>", begin, 1)


ROUTES: Final[Sequence[BaseRoute]] = [
    *(Route(f"/{view}", front_page) for view in ("", *(page.name for page in PAGES))),
    Route("/session", sign_in.exchange_ticket, methods=["POST"]),
]
