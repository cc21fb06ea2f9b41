"""Where the schema in the editor was begun from, said for as long as it is as it came."""

from __future__ import annotations

from typing import Any, cast

import streamlit as st

from pages.parts.plain import literal
from pages.parts.response_format_choice import FormatKeys, text_of
from pages.parts.state import input_value, put_input
from service.structured.words import plural

__all__ = ["note_begun", "show_begun"]


def note_begun(keys: FormatKeys, schema: Any, source: str) -> None:
    """Note what the schema that has just been put into the editor comes from; to be called from a callback."""
    fields = _fields(schema)
    said = f"{plural(len(fields), 'field')} from {source}." if fields else f"From {source}."
    put_input(keys.begun, (said, text_of(keys)) if schema is not None else None)


def show_begun(keys: FormatKeys) -> None:
    """Say what the schema was begun from, until it is changed."""
    said, text = cast(tuple[str, str], input_value(keys.begun) or ("", ""))
    if said and text == text_of(keys):
        st.caption(f":material/check: {literal(said)}")


def _fields(schema: Any) -> dict[str, Any]:
    """Return the fields as people count them: those of an item where the answer is nothing but a list."""
    rule = schema if isinstance(schema, dict) else {}
    fields = rule.get("properties")
    if not isinstance(fields, dict):
        return _fields(rule["items"]) if rule.get("type") == "array" and "items" in rule else {}
    only = next(iter(fields.values())) if len(fields) == 1 else None
    is_list = isinstance(only, dict) and only.get("type") == "array"
    return (_fields(only) if is_list else {}) or fields
