"""The server of the web app: that of Streamlit, with a front page that contains its address. `explorer app` runs this file."""

from pathlib import Path

from streamlit.starlette import App

from explorer.web.front_page import ROUTES
from explorer.web.request_guards import GUARDS

app = App(Path(__file__).with_name("streamlit_app.py"), routes=ROUTES, middleware=GUARDS)
