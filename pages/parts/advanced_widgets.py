"""The inputs of Advanced: each keeps what it says for the session, under its name in `FIELDS`."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from pages.parts.markdown import safe_markdown

__all__ = ["advanced_key", "choice", "flag", "number", "several", "text"]


def advanced_key(page: str, name: str) -> str:
    """Return the key of an input by its name in `FIELDS`."""
    return f"{page}.advanced.{name}"


def text(page: str, name: str, label: str, example: str, faults: Mapping[str, str], help: str | None = None) -> None:
    """Draw a line of names, and below it what is wrong with them."""
    st.text_input(label, key=advanced_key(page, name), placeholder=example, help=help, persist_state="session")
    if name in faults:
        st.error(safe_markdown(faults[name]), icon=":material/error:")


def flag(page: str, name: str, label: str, help: str, *, disabled: bool = False) -> None:
    """Draw a switch."""
    st.checkbox(label, key=advanced_key(page, name), help=help, disabled=disabled, persist_state="session")


def choice(page: str, name: str, label: str, options: Mapping[str, str], help: str | None = None) -> None:
    """Draw a choice of one; what is sent stands for what is shown."""
    st.selectbox(
        label,
        list(options),
        key=advanced_key(page, name),
        format_func=options.__getitem__,
        help=help,
        persist_state="session",
    )


def several(page: str, name: str, label: str, options: Mapping[str, str], help: str) -> None:
    """Draw a choice of any number."""
    st.multiselect(
        label,
        list(options),
        key=advanced_key(page, name),
        format_func=options.__getitem__,
        placeholder="Any",
        help=help,
        persist_state="session",
    )


def number(page: str, name: str, label: str, help: str | None = None) -> None:
    """Draw a number that is not below zero and may be left empty."""
    st.number_input(
        label, min_value=0.0, value=None, format="%g", key=advanced_key(page, name), help=help, persist_state="session"
    )
