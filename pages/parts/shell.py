"""What every page has around it: its head, the place for run settings beside it, and the dialogs over it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.navigation.page import StreamlitPage

from pages.parts.connection import connection
from pages.parts.problems import show_storage_error
from pages.parts.session_key import Connection, session_connection
from pages.parts.state import close_dialog, is_demo, library, open_dialog, opened_dialog
from service import StorageError

__all__ = ["Frame", "open_page", "run_page", "set_up"]

_HERE = Path(__file__).parent
_STYLE = "".join(f"<style>{(_HERE / name).read_text(encoding='utf-8')}</style>" for name in ("shell.css", "form.css"))
SIDEBAR_WIDTH = 272


@dataclass(frozen=True)
class Frame:
    """The places of a page: at the left its list, in the centre what it shows, at the right run settings.

    `problem` is what it says is wrong with the database.
    """

    sidebar: DeltaGenerator
    centre: DeltaGenerator
    panel: DeltaGenerator
    problem: str | None


def set_up() -> None:
    """Set what belongs to the app and not to a page."""
    st.set_page_config(
        page_title="OpenRouter Playground",
        page_icon=_HERE / "icon.svg",
        layout="wide",
        initial_sidebar_state=SIDEBAR_WIDTH,
    )
    st.logo(_HERE / "logo.svg", icon_image=_HERE / "icon.svg", size="large")


def run_page(page: StreamlitPage) -> None:
    """Run a page; where the database cannot be read it says so, and keeps what was drawn before."""
    try:
        page.run()
    except StorageError as error:
        show_storage_error(error)


def open_page(title: str, *, has_settings: bool = True) -> Frame:
    """Begin a page and return its places; run settings are a column beside a wide page, a drawer over a narrow one."""
    st.html(_STYLE)
    frame = Frame(
        st.sidebar.container(),
        st.container(key="centre"),
        st.container(key="panel" if has_settings else "no_panel"),
        library().problem,
    )
    with frame.centre:
        _head(title, has_settings=has_settings)
        # One place, whether something is in it or not: what stands below keeps its own.
        with st.container():
            if frame.problem is not None:
                st.warning(frame.problem, icon=":material/database_off:")
            if is_demo():
                _demo_banner()
    with st.sidebar.container(key="sidebar_foot"):
        _connection_button()
    if opened_dialog() == "connection":
        _connection_dialog(session_connection())
    return frame


def _head(title: str, *, has_settings: bool) -> None:
    with st.container(key="page_head", horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.title(title, anchor=False, width="content")
        if has_settings:
            st.button(
                "Run settings", icon=":material/tune:", key="open_settings", on_click=open_dialog, args=("settings",)
            )


def _connection_button() -> None:
    """Draw the button that says whose key is in use, and opens the dialog to change that."""
    connected = session_connection()
    label = f"Key {connected.service.config.api_key}" if connected is not None else "Connection"
    st.button(
        "Demo mode" if is_demo() else label,
        icon=":material/science:" if is_demo() else ":material/key:",
        key="open_connection",
        type="tertiary",
        help="Whose key pays for answers",
        on_click=open_dialog,
        args=("connection",),
    )


def _demo_banner() -> None:
    with st.container(
        key="demo", horizontal=True, horizontal_alignment="distribute", vertical_alignment="center", gap="small"
    ):
        st.markdown(
            "**Demo mode.** Answers are simulated on this computer; no model is asked and nothing is charged.",
            width="stretch",
        )
        st.button(
            "Connect a key",
            icon=":material/key:",
            key="demo_connect",
            type="tertiary",
            on_click=open_dialog,
            args=("connection",),
        )


@st.dialog("Connection", icon=":material/key:", on_dismiss=close_dialog)
def _connection_dialog(before: Connection | None) -> None:
    """Draw the dialog; `before` is what was connected when the page was drawn, which is to follow a change."""
    if session_connection() is not before:
        st.rerun()
    connection()
