"""Making a schema: from a template, in one line, or as JSON, with what the chosen model's provider would refuse."""

from __future__ import annotations

import streamlit as st

from pages.parts.json_input import json_input
from pages.parts.json_text import JsonObject, read_schema
from pages.parts.markdown import safe_markdown
from pages.parts.response_format_choice import FormatKeys
from pages.parts.saved_schemas import saved_schemas
from pages.parts.schema_views import (
    VIEWS,
    begin_with_template,
    has_before,
    schema_of,
    sync_notation,
    take_notation,
    undo,
)
from pages.parts.state import input_value, start_with
from service.structured import templates

__all__ = ["schema_editor"]

EXAMPLE = "name, age int 0..120,\ntags list: short labels"


def schema_editor(keys: FormatKeys) -> JsonObject:
    """Draw the editor and return what the schema says, or what is wrong with it; half-typed text is kept."""
    _start(keys)
    start_with(keys.view, "json")
    view = st.segmented_control(
        "Edit as",
        list(VIEWS),
        key=keys.view,
        format_func=lambda view: VIEWS[view],
        required=True,
        label_visibility="collapsed",
        persist_state="session",
    )
    return _as_line(keys) if view == "line" else _as_json(keys)


def _start(keys: FormatKeys) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom", gap="xsmall"):
        known = {template.title: template for template in templates()}
        key = f"{keys.schema}.template"
        st.menu_button(
            "Start from a template",
            list(known),
            icon=":material/auto_awesome:",
            key=key,
            type="tertiary",
            on_click=lambda: begin_with_template(keys, known[str(input_value(key))]),
        )
        if has_before(keys):
            st.button(
                "Undo", icon=":material/undo:", key=f"{keys.schema}.undo", type="tertiary", on_click=undo, args=(keys,)
            )
        saved_schemas(keys)


def _as_json(keys: FormatKeys) -> JsonObject:
    return json_input(
        "JSON schema",
        key=keys.schema,
        read=read_schema,
        placeholder='{"type": "object", "properties": …}',
        help="The shape of the answer, as a JSON Schema. Ctrl+Enter or a click elsewhere takes it over.",
        height=240,
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
    return read_schema(str(input_value(keys.schema) or ""))
