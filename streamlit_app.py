"""The web app: `explorer app` serves this file."""

import streamlit as st

st.set_page_config(page_title="Archive Explorer", page_icon=":material/image_search:", layout="wide")

PAGES = [
    st.Page("explorer/web/search.py", title="Search", url_path="search", default=True),
    st.Page("explorer/web/similar.py", title="Similar", url_path="similar"),
    st.Page("explorer/web/illustrate.py", title="Illustrate", url_path="illustrate"),
    st.Page("explorer/web/captions.py", title="Captions", url_path="captions"),
    st.Page("explorer/web/library.py", title="Library", url_path="library"),
    st.Page("explorer/web/figure.py", title="Figure", url_path="figure", visibility="hidden"),
]

st.navigation(PAGES, position="top").run()
