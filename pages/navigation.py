"""The main script: it runs on every visit and hands over to the page that was asked for."""

import streamlit as st

from pages.parts.shell import run_page, set_up

set_up()
page = st.navigation(
    [
        st.Page("chat.py", title="Chat", icon=":material/chat:", default=True),
        st.Page("history.py", title="History", icon=":material/history:"),
    ]
)
run_page(page)
