"""The table of fields over the whole page, with its one-line notation below it."""

from __future__ import annotations

import streamlit as st

from pages.parts.response_format_choice import FormatKeys
from pages.parts.schema_dialogs import dialog_button, leave_if_closed
from pages.parts.schema_steps import can_undo, undo
from pages.parts.schema_table import schema_table
from pages.parts.state import close_dialog, opened_dialog
from service.structured import schema_to_notation

__all__ = ["wide_button", "wide_dialog"]


def wide_button(keys: FormatKeys) -> None:
    """Draw the button that opens the wide table; a drawer is as wide as it gets."""
    if opened_dialog() == "settings":
        return
    dialog_button("Open as a wide table", "fields", icon="open_in_full", key=f"{keys.table}.open")


@st.dialog("Fields of the answer", width="large", on_dismiss=close_dialog)
def wide_dialog(keys: FormatKeys) -> None:
    """Draw the wide table."""
    leave_if_closed("fields")
    read = schema_table(keys, place="wide")
    if read.value is not None:
        with st.expander("One line", expanded=True):
            st.code(schema_to_notation(read.value, width=90), language=None, wrap_lines=True)
    with st.container(horizontal=True, horizontal_alignment="distribute"):
        st.button(
            "Undo",
            icon=":material/undo:",
            key=f"{keys.table}.wide.undo",
            disabled=not can_undo(keys),
            on_click=undo,
            args=(keys,),
        )
        if st.button("Done", type="primary", key=f"{keys.table}.wide.done"):
            close_dialog()
            st.rerun()
