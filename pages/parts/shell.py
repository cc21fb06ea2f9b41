"""What every page has around it."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from pages.parts.connection import connection
from pages.parts.state import is_demo

__all__ = ["open_page", "set_up"]

ICON = Path(__file__).with_name("icon.svg")


def set_up() -> None:
    """Set what belongs to the app and not to a page."""
    st.set_page_config(page_title="OpenRouter Playground", page_icon=ICON, layout="centered")


def open_page(title: str) -> None:
    """Begin a page: its title, the session's own key, and in demo mode the word that nothing here is real."""
    st.title(title)
    with st.sidebar.expander("Connection", icon=":material/key:"):
        connection()
    if is_demo():
        st.info(
            "**Demo mode.** Answers are simulated on this computer; no model is asked and nothing is charged. "
            "For real answers, paste a key under Connection in the sidebar, or set `OPENROUTER_API_KEY` in `.env` and "
            "start again ([get a key](https://openrouter.ai/settings/keys)).",
            icon=":material/science:",
        )
