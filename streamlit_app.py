"""The web app: `explorer app` serves this file."""

from pathlib import Path

import streamlit as st

import explorer.web
from explorer.web.state import sign_in

# A file: the browser would fetch an icon of Streamlit's from elsewhere.
ICON = Path(explorer.web.__file__).with_name("static") / "icon.svg"

st.set_option("client.showErrorDetails", "none")  # a traceback shows paths; the log has it
st.set_page_config(page_title="Archive Explorer", page_icon=ICON, layout="wide")

PAGES = [
    st.Page("explorer/web/pages/search.py", title="Search", url_path="search", default=True),
    st.Page("explorer/web/pages/similar.py", title="Similar", url_path="similar"),
    st.Page("explorer/web/pages/illustrate.py", title="Illustrate", url_path="illustrate"),
    st.Page("explorer/web/pages/captions.py", title="Captions", url_path="captions"),
    st.Page("explorer/web/pages/library.py", title="Library", url_path="library"),
    st.Page(
        "explorer/web/pages/compare.py", title="Measure and compare", url_path="compare", visibility="hidden"
    ),
    st.Page("explorer/web/pages/saved.py", title="Saved searches", url_path="saved", visibility="hidden"),
    st.Page("explorer/web/pages/figure.py", title="Figure", url_path="figure", visibility="hidden"),
]

if sign_in.is_signed_in():
    sign_in.remember()
    st.navigation(PAGES, position="top").run()
else:
    st.navigation(PAGES, position="hidden")  # the address stays what it is, for after the token is shown
    sign_in.ask()
