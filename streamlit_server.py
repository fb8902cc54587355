"""The server of the web app: Streamlit's, whose first answer says where it lies. `explorer app` runs this file."""

from pathlib import Path

from streamlit.starlette import App

from explorer.web.front_page import ROUTES
from explorer.web.request_guards import GUARDS

app = App(Path(__file__).with_name("streamlit_app.py"), routes=ROUTES, middleware=GUARDS)
