"""An editor for a JSON object, which keeps every half-typed text and says where it breaks."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from pages.parts.json_text import JsonObject, marked_line
from pages.parts.markdown import safe_markdown

__all__ = ["json_input"]


def json_input(
    label: str,
    *,
    key: str,
    read: Callable[[str], JsonObject],
    check: Callable[[JsonObject], str | None] = lambda read: None,
    placeholder: str,
    help: str,
    height: int,
    on_change: Callable[[], None] | None = None,
) -> JsonObject:
    """Draw an editor and return what its text says; what is wrong is said under it.

    `key` ends in `_json`; `check` returns a sentence when an object that could be read cannot be used.
    """
    text = st.text_area(
        label,
        key=key,
        placeholder=placeholder,
        help=help,
        height=height,
        on_change=on_change,
        persist_state="session",
    )
    result = read(text)
    if result.value is not None and (problem := check(result)) is not None:
        result = JsonObject(problem=problem)
    if result.problem is not None:
        st.error(safe_markdown(result.problem), icon=":material/error:")
    if result.line is not None and result.column is not None:
        st.code(marked_line(text, result.line, result.column), language=None)
    return result
