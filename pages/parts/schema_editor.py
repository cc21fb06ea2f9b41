"""Making a schema: begun from something that is there, then edited as a table, in one line or as JSON."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from pages.parts.json_input import json_input
from pages.parts.json_text import JsonObject, read_schema
from pages.parts.markdown import safe_markdown
from pages.parts.response_format_choice import FormatKeys, text_of
from pages.parts.saved_schemas import saved_schemas
from pages.parts.schema_begun import show_begun
from pages.parts.schema_copy import copy_button, copy_dialog
from pages.parts.schema_start import start_button, start_dialog
from pages.parts.schema_steps import can_redo, can_undo, note_typed, note_typed_from, redo, undo
from pages.parts.schema_table import schema_table
from pages.parts.schema_views import VIEWS, schema_of, sync_notation, take_notation
from pages.parts.schema_wide import wide_button, wide_dialog
from pages.parts.state import opened_dialog, start_with

__all__ = ["fields_editor", "schema_editor"]

DIALOGS = {"schema": start_dialog, "fields": wide_dialog, "copy": copy_dialog}
EXAMPLE = "name, age int 0..120,\ntags list: short labels"


def schema_editor(keys: FormatKeys) -> JsonObject:
    """Draw the editor and return what the schema says, or what is wrong with it; half-typed text is kept."""
    _bar(keys)
    show_begun(keys)
    read = _views(keys, is_within=False)
    if (dialog := DIALOGS.get(opened_dialog() or "")) is not None:
        dialog(keys)
    return read


def fields_editor(keys: FormatKeys) -> JsonObject:
    """Draw the views of a schema alone, without what opens dialogs, for a place within one."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"{keys.kind}.bar"):
        _steps(keys)
    return _views(keys, is_within=True)


def _views(keys: FormatKeys, *, is_within: bool) -> JsonObject:
    start_with(keys.view, "table")
    view = st.segmented_control(
        "Edit as",
        list(VIEWS),
        key=keys.view,
        format_func=lambda view: VIEWS[view],
        required=True,
        label_visibility="collapsed",
        persist_state="session",
        width="stretch",
    )
    return _as(view, keys, is_within=is_within)


def _bar(keys: FormatKeys) -> None:
    """Draw what stands beside the views: where to begin, and how to take a change back."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"{keys.kind}.bar"):
        start_button(keys)
        saved_schemas(keys)
        _steps(keys)
        copy_button(keys)


def _steps(keys: FormatKeys) -> None:
    _step_button(keys, "Undo", undo, is_there=can_undo(keys))
    _step_button(keys, "Redo", redo, is_there=can_redo(keys))


def _step_button(keys: FormatKeys, what: str, act: Callable[[FormatKeys], None], *, is_there: bool) -> None:
    st.button(
        what,
        icon=f":material/{what.lower()}:",
        key=f"{keys.schema}.{what.lower()}",
        type="tertiary",
        disabled=not is_there,
        on_click=act,
        args=(keys,),
    )


def _as(view: str | None, keys: FormatKeys, *, is_within: bool) -> JsonObject:
    if view == "line":
        return _as_line(keys)
    if view == "json":
        return _as_json(keys)
    read = schema_table(keys, place="within" if is_within else "panel")
    if not is_within:
        wide_button(keys)
    return read


def _as_json(keys: FormatKeys) -> JsonObject:
    note_typed_from(keys)
    return json_input(
        "JSON schema",
        key=keys.schema,
        read=read_schema,
        placeholder='{"type": "object", "properties": …}',
        help="The shape of the answer, as a JSON Schema. Ctrl+Enter or a click elsewhere takes it over.",
        height=240,
        on_change=partial(note_typed, keys),
    )


def _as_line(keys: FormatKeys) -> JsonObject:
    if (problem := sync_notation(keys)) is not None:
        st.error(safe_markdown(f"The JSON has to be corrected first. {problem}"), icon=":material/error:")
        return JsonObject(problem=problem)
    text = st.text_area(
        "Fields",
        key=keys.notation,
        placeholder=EXAMPLE,
        height=160,
        help="A name and a type for each field, with commas or lines between: text, int, number, bool, date, email, "
        "list. `?` behind a name: may be missing. `(a | b)`: one of these. `{ … }`: fields within. Behind a colon: "
        "what it is.",
        on_change=take_notation,
        args=(keys,),
        persist_state="session",
    )
    problem = schema_of(text)[1]
    if problem is not None:
        st.error(safe_markdown(problem), icon=":material/error:")
        return JsonObject(problem=problem)
    return read_schema(text_of(keys))
