"""A tool, edited in a dialog: what is entered counts at once, so that closing it loses nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages.parts.markdown import safe_markdown
from pages.parts.response_format_choice import FormatKeys
from pages.parts.schema_dialogs import leave_if_closed
from pages.parts.schema_editor import fields_editor
from pages.parts.state import close_dialog, input_value, put_input
from pages.parts.tool_settings import ToolSetting, fault_of, kept_tools, read_tools

__all__ = ["edit_tool", "tool_dialog"]


def edit_tool(page: str, tool: ToolSetting) -> None:
    """Say which tool the dialog is about; to be called before it is drawn."""
    keys = _keys(page)
    put_input(_edited(page), tool.id)
    put_input(keys.name, tool.name)
    put_input(keys.schema, tool.schema)
    put_input(f"{page}.tool.description", tool.description)
    put_input(f"{page}.tool.canned", tool.canned)
    for key in (keys.table, keys.notation, keys.notation_of, keys.before, keys.after):
        put_input(key, None)


@st.dialog("Tool", width="large", on_dismiss=close_dialog)
def tool_dialog(page: str, remove: Callable[[str], None]) -> None:
    """Draw the tool that is being edited; `remove` takes it away, by its id."""
    leave_if_closed("tool")
    ident = str(input_value(_edited(page)))
    place_of_fault = _inputs(page)
    edited = _take(page, ident)
    if edited is not None and (fault := fault_of(edited)) is not None and not fault.startswith("The parameters"):
        place_of_fault.error(safe_markdown(fault), icon=":material/error:")
    with st.container(horizontal=True, horizontal_alignment="distribute"):
        if st.button("Remove this tool", icon=":material/delete:", type="tertiary", key=f"{page}.tool.remove"):
            remove(ident)
            st.rerun()
        if st.button("Done", type="primary", key=f"{page}.tool.done"):
            close_dialog()
            st.rerun()


def _inputs(page: str) -> DeltaGenerator:
    """Draw what a tool says, and return the place for what is wrong with that."""
    keys = _keys(page)
    st.text_input(
        "Name",
        key=keys.name,
        placeholder="get_weather",
        help="What the model calls it by: letters, digits, _ and -.",
        persist_state="session",
    )
    place_of_fault = st.empty()
    st.text_input(
        "Description",
        key=f"{page}.tool.description",
        placeholder="Tell the weather of a city as it is now",
        help="The model decides by this when to call it.",
        persist_state="session",
    )
    st.markdown("Parameters")
    fields_editor(keys)
    st.text_area(
        "Result that answers by itself",
        key=f"{page}.tool.canned",
        placeholder="Leave it empty to type the result when the model calls the tool.",
        help="Every call gets this result at once, and the conversation goes on by itself.",
        height=96,
        persist_state="session",
    )
    return place_of_fault


def _take(page: str, ident: str) -> ToolSetting | None:
    """Let the list say what the dialog says; return the tool, `None` where it is not in the list any more."""
    keys, tools = _keys(page), read_tools(input_value(f"{page}.tools") or [])
    entered = {
        "name": str(input_value(keys.name) or "").strip(),
        "description": str(input_value(f"{page}.tool.description") or ""),
        "schema": str(input_value(keys.schema) or ""),
        "canned": str(input_value(f"{page}.tool.canned") or ""),
    }
    changed = [replace(tool, **entered) if tool.id == ident else tool for tool in tools]
    put_input(f"{page}.tools", kept_tools(changed))
    return next((tool for tool in changed if tool.id == ident), None)


def _edited(page: str) -> str:
    return f"{page}.tool.edited"


def _keys(page: str) -> FormatKeys:
    kind = f"{page}.tool"
    return FormatKeys(kind, f"{kind}.name", f"{kind}.strict", f"{kind}.schema_json")
