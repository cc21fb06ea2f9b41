"""A fold of the run settings that says, open or closed, what is set in it."""

from __future__ import annotations

import re

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages.parts.state import input_value, put_input
from service.structured.words import clean

__all__ = ["fold", "lazy_fold", "said_in"]

_PLAIN = re.compile(r"[^A-Za-z0-9 ]")


def fold(label: str, *, key: str, says: str = "", is_open: bool = False) -> DeltaGenerator:
    """Return a fold, all of which is drawn: it opens at once, without a run of the page.

    Args:
        label: What it holds.
        key: Unique on the page.
        says: What is set in it, as plain text; nothing where all is as usual.
        is_open: Whether it is open at first.
    """
    # Streamlit takes a fold with another label for another fold: whoever types in it would be thrown out.
    st.html(said_in(key, says))
    return st.expander(label, expanded=is_open, key=key)


def lazy_fold(label: str, *, key: str, says: str = "", is_open: bool = False) -> DeltaGenerator:
    """Return a fold, whose inputs need be drawn only while it is open.

    Args:
        label: What it holds.
        key: Unique on the page.
        says: What is set in it, as plain text; nothing where all is as usual.
        is_open: Whether it is open at first, and where it comes back to the page.
    """
    was_open = input_value(key)
    put_input(key, is_open if was_open is None else was_open is True)
    st.html(said_in(key, says))
    return st.expander(label, key=key, on_change="rerun")


def said_in(key: str, says: str) -> str:
    """Return the style that writes behind a fold's label what is set in it; where that is nothing, an empty one."""
    if not says:
        return "<style></style>"
    text = _PLAIN.sub(lambda sign: f"\\{ord(sign[0]):x} ", clean(f" · {says}"))
    name = re.sub(r"[^A-Za-z0-9_-]", "-", key)
    behind = f".st-key-{name} > .stExpander > details > summary p::after"
    return f'<style>{behind} {{ content: "{text}"; font-weight: 400; }}</style>'
