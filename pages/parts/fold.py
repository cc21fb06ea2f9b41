"""A fold of the run settings that says when it is closed how much is set in it."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages.parts.state import input_value, put_input

__all__ = ["fold"]


def fold(label: str, *, key: str, set_count: int, what: str = "set") -> DeltaGenerator:
    """Return a fold, whose inputs need be drawn only while it is open.

    Args:
        label: What it holds.
        key: Unique on the page.
        set_count: How much is set in it.
        what: What that is called.
    """
    # Streamlit takes a fold with another label for another fold, which would be closed.
    put_input(key, input_value(key) is True)
    shown = f"{label} · {set_count} {what}" if set_count else label
    return st.expander(shown, key=key, on_change="rerun")
