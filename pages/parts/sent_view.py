"""What was written and what will be sent: side by side in a dialog, below each other where the settings are one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from pages.parts.plain import literal
from pages.parts.raw_view import as_json
from pages.parts.response_format_choice import FormatKeys
from pages.parts.state import opened_dialog
from service.structured import Strict, StrictChange
from service.structured.words import plural

__all__ = ["show_sent"]

TITLE = "What you wrote, what will be sent"


def show_sent(keys: FormatKeys, written: Mapping[str, Any], sent: Strict) -> None:
    """Draw what opens both schemas; over the drawer of a narrow page there is no room for a second dialog."""
    if opened_dialog() == "settings":
        with st.expander(TITLE, type="compact"):
            _show_changes(sent.changes)
            _show_schema("What you wrote", written)
            _show_schema("What will be sent", sent.schema)
    elif st.button(TITLE, icon=":material/compare:", key=f"{keys.schema}.compare", type="tertiary"):
        _side_by_side(written, sent)


@st.dialog(TITLE, width="large")
def _side_by_side(written: Mapping[str, Any], sent: Strict) -> None:
    _show_changes(sent.changes)
    left, right = st.columns(2)
    with left:
        _show_schema("What you wrote", written)
    with right:
        _show_schema("What will be sent", sent.schema)


def _show_changes(changes: Sequence[StrictChange]) -> None:
    st.markdown(f"**{plural(len(changes), 'change')}**, so that the provider takes it:")
    st.markdown("\n".join(f"- {_place(change)}: {literal(change.message)}" for change in changes))


def _place(change: StrictChange) -> str:
    """Name a field without the words of JSON Schema around it."""
    return f"**{literal(change.path.replace('properties.', ''))}**" if change.path else "The whole answer"


def _show_schema(title: str, schema: Mapping[str, Any]) -> None:
    st.caption(title)
    st.code(as_json(schema), language="json", wrap_lines=True)
