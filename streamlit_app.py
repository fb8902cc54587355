"""The web app: `explorer app` serves this file."""

from pathlib import Path

import streamlit as st

import explorer.web
from explorer.web.pages import PAGES
from explorer.web.state import sign_in

# The icon is a local file: the browser would fetch one of Streamlit's own icons from the internet.
ICON = Path(explorer.web.__file__).with_name("static") / "icon.svg"

st.set_option("client.showErrorDetails", "none")  # a traceback contains paths; it is in the log
st.set_page_config(page_title="Archive Explorer", page_icon=ICON, layout="wide")

STREAMLIT_PAGES = [
    st.Page(
        f"explorer/web/pages/{page.name}.py",
        title=page.title,
        url_path=page.name,
        default=page is PAGES[0],
        visibility="visible" if page.is_in_menu else "hidden",
    )
    for page in PAGES
]

if sign_in.is_signed_in():
    sign_in.remember()
    st.navigation(STREAMLIT_PAGES, position="top").run()
else:
    st.navigation(STREAMLIT_PAGES, position="hidden")  # the URL stays the same for the page after sign-in
    sign_in.ask()
