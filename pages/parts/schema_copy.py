"""A schema as what developers take with them: JSON Schema, Pydantic classes, TypeScript."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import streamlit as st

from pages.parts.json_text import read_schema
from pages.parts.plain import literal
from pages.parts.response_format_choice import FormatKeys, pretty, text_of
from pages.parts.schema_dialogs import dialog_button
from pages.parts.state import close_dialog, input_value
from service import InvalidSchemaError
from service.structured import (
    schema_from_pydantic,
    schema_from_typescript,
    schema_to_pydantic,
    schema_to_typescript,
)

__all__ = ["copy_button", "copy_dialog", "what_is_lost"]

HEIGHT = 320
UNCHECKED = {
    "Pydantic": ("json_schema_extra", "What stands in json_schema_extra is kept, but Pydantic does not check it."),
    "TypeScript": (
        r"(?m)(?:/\*\*|^ *\*) @",
        "What stands in comments is kept, but TypeScript does not check it.",
    ),
}


def copy_button(keys: FormatKeys) -> None:
    """Draw the button that opens the dialog; nothing where there is no schema."""
    if _schema(keys) is not None:
        dialog_button("Copy as…", "copy", icon="content_copy", key=f"{keys.kind}.copy")


@st.dialog("Copy as…", width="medium", on_dismiss=close_dialog)
def copy_dialog(keys: FormatKeys) -> None:
    """Draw the schema in three languages, each with what is lost."""
    schema = _schema(keys)
    if schema is not None:
        _show(schema, str(input_value(keys.name) or "").strip() or None)


def _schema(keys: FormatKeys) -> dict[str, Any] | None:
    return read_schema(text_of(keys)).value


def _show(schema: dict[str, Any], name: str | None) -> None:
    as_json, as_pydantic, as_typescript = st.tabs(["JSON Schema", "Pydantic", "TypeScript"])
    with as_json:
        st.code(pretty(schema), language="json", height=HEIGHT)
        st.caption("Nothing is lost: this is the schema itself.")
    with as_pydantic:
        _show_source("Pydantic", schema, lambda: schema_to_pydantic(schema, name), schema_from_pydantic)
    with as_typescript:
        _show_source("TypeScript", schema, lambda: schema_to_typescript(schema, name), schema_from_typescript)


def _show_source(language: str, schema: Any, write: Callable[[], str], read: Callable[[str], Any]) -> None:
    try:
        source = write()
    except InvalidSchemaError as error:
        st.error(literal(error.message), icon=":material/error:")
        return
    st.code(source, language="python" if language == "Pydantic" else "typescript", height=HEIGHT)
    st.caption(literal(what_is_lost(language, source, schema, read)))


def what_is_lost(language: str, source: str, schema: Any, read: Callable[[str], Any]) -> str:
    """Say in a sentence or two what a source does not say of its schema, found by reading it back."""
    mark, unchecked = UNCHECKED[language]
    said = unchecked if re.search(mark, source) else ""
    if not _is_read_back(source, schema, read):
        differs = (
            f"Read back, this gives another schema: some of it has no place in {language}, or is written otherwise."
        )
        return f"{differs} {said}".strip()
    return f"Nothing is lost. {said}".strip()


def _is_read_back(source: str, schema: Any, read: Callable[[str], Any]) -> bool:
    try:
        return bool(read(source) == schema)
    except InvalidSchemaError:
        return False
