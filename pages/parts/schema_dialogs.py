"""Opening the dialogs of run settings, and leaving those that were closed."""

from __future__ import annotations

from typing import Literal

import streamlit as st

from pages.parts.state import Dialog, input_value, open_dialog, opened_dialog, put_input

__all__ = ["dialog_button", "leave_if_closed", "was_opened"]


OPENED = "schema.dialog_was_opened"
Name = Literal["schema", "fields", "copy"]


def dialog_button(label: str, name: Name, *, icon: str, key: str) -> None:
    """Draw a button that opens a dialog, also from a drawer, whose place it takes."""
    if st.button(label, icon=f":material/{icon}:", key=key, type="tertiary"):
        put_input(OPENED, True)
        open_dialog(name)
        # A click in a drawer runs the drawer alone again, and a dialog cannot stand in one.
        st.rerun()


def was_opened() -> bool:
    """Whether one was opened in this session: a drawer that comes back is then open where it was left."""
    return input_value(OPENED) is True


def leave_if_closed(name: Dialog) -> None:
    """Run the page again where the dialog that is being drawn was closed; to be called before anything is drawn in it.

    What is typed last and the Escape behind it come in one go, which runs the dialog alone.
    """
    if opened_dialog() != name:
        st.rerun()
