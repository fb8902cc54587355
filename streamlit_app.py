"""The web app: `explorer app` serves this file."""

from pathlib import Path

import streamlit as st

import explorer.web
from explorer.web.pages import PAGES
from explorer.web.state import sign_in

# A file, since the browser would fetch an icon of Streamlit from another server.
ICON = Path(explorer.web.__file__).with_name("static") / "icon.svg"

st.set_option("client.showErrorDetails", "none")  # a traceback shows paths; the log has it
st.set_page_config(page_title="Archive Explorer", page_icon=ICON, layout="wide")

NAVIGATION = [
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
    sign_in.set_cookie()
    st.navigation(NAVIGATION, position="top").run()
else:
    st.navigation(NAVIGATION, position="hidden")  # keeps the address for after the sign-in
    sign_in.show_form()
