"""A visitor without a browser: speaks to the app's WebSocket as the browser does, and may say what no browser would."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from google.protobuf.message import Message
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.sync.client import ClientConnection, connect

BUTTONS = ("button", "form_submit_button", "download_button")
FIELDS = ("text_input", "text_area")
SECONDS = 60


@dataclass
class Page:
    """What a page holds: the widgets by kind and id, and every message that it was drawn by."""

    widgets: dict[str, str] = field(default_factory=dict)
    messages: list[Message] = field(default_factory=list)
    session: str = ""

    def said(self) -> str:
        """All of it, as text."""
        return "\n".join(map(str, self.messages))


class Visitor:
    """A connection to the app."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket

    def opens(self, page: str, query: str = "", widgets: Sequence[WidgetState] = ()) -> Page:
        """The page as the app draws it for these states of its widgets."""
        asked = BackMsg()
        asked.rerun_script.query_string = query
        asked.rerun_script.page_name = page
        asked.rerun_script.widget_states.widgets.extend(widgets)
        self._socket.send(asked.SerializeToString())
        return self._drawn()

    def _drawn(self) -> Page:
        page = Page()
        while True:
            message = ForwardMsg()
            message.ParseFromString(self._socket.recv(timeout=SECONDS))
            page.messages.append(message)
            kind = message.WhichOneof("type")
            if kind == "new_session":
                page.session = message.new_session.initialize.session_id
                page.widgets.clear()
            if kind == "delta" and message.delta.WhichOneof("type") == "new_element":
                element = message.delta.new_element
                widget = element.WhichOneof("type")
                if widget and getattr(getattr(element, widget), "id", ""):
                    page.widgets[getattr(element, widget).id] = widget
            if kind == "script_finished":
                return page


@contextmanager
def visiting(url: str, **headers: str) -> Iterator[Visitor]:
    """A visitor of the app at an address, who sends these headers."""
    place = urlsplit(url).netloc
    with connect(
        f"ws://{place}/_stcore/stream", origin=f"http://{place}", additional_headers=headers, max_size=None
    ) as socket:
        yield Visitor(socket)


def pressed(widgets: dict[str, str], text: str) -> list[WidgetState]:
    """The states of these widgets with every button pressed and a text in every field."""
    return [
        *(WidgetState(id=id, string_value=text) for id, kind in widgets.items() if kind in FIELDS),
        *(WidgetState(id=id, trigger_value=True) for id, kind in widgets.items() if kind in BUTTONS),
    ]
