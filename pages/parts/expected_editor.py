"""The editor of an expected value: opened at an answer, whose value is what it begins with."""

from __future__ import annotations

from typing import cast

import streamlit as st

from pages.parts.comparison import Comparison
from pages.parts.conversation_state import edited_message
from pages.parts.expected_text import problem_of, read_expected
from pages.parts.json_input import json_input
from pages.parts.json_text import JsonObject
from pages.parts.raw_view import as_json
from pages.parts.state import input_value, put_input
from service.store import Expected
from service.structured.words import clean

__all__ = ["is_editor_open", "open_editor", "removed_value", "show_editor", "take_back"]

OPEN = "chat.expected"
"""The answer at which the editor is open."""

REMOVED = "chat.expected.removed"
"""The question whose expected value was removed last, and that value."""


def open_editor(shown: Comparison) -> None:
    """Open the editor at an answer; what was typed there before and not saved is still there."""
    if not input_value(_text_key(shown)):
        put_input(_text_key(shown), _first_text(shown))
    put_input(OPEN, shown.answer.id)


def is_editor_open(shown: Comparison) -> bool:
    """Whether the editor is open at an answer."""
    return input_value(OPEN) == shown.answer.id


def show_editor(shown: Comparison) -> None:
    """Draw the editor; what cannot be kept is said, and stays as it was typed."""
    key = f"{shown.key}.editor"
    with st.container(border=True, key=key, gap="small"):
        json_input(
            "Expected value",
            key=_text_key(shown),
            read=read_expected,
            check=lambda read: _problem(read, shown),
            placeholder='{"name": "Ada"}',
            help="As JSON. It has to follow the schema that this answer was asked for.",
            height=180,
        )
        st.caption("Every answer to this question is compared with it, also those still to come.")
        with st.container(horizontal=True, gap="small"):
            # A message that is being edited has the same shortcut.
            shortcut = "Ctrl+Enter" if edited_message() is None else None
            st.button("Save", key=f"{key}.save", type="primary", shortcut=shortcut, on_click=_save, args=(shown,))
            st.button("Cancel", key=f"{key}.cancel", on_click=_close, args=(shown,))
            if shown.expected is not None:
                st.button("Remove", key=f"{key}.remove", type="tertiary", on_click=_remove, args=(shown,))


def removed_value(shown: Comparison) -> Expected | None:
    """Return what was expected here and was removed last; `None` where that is nothing."""
    question, removed = cast(tuple[str, Expected] | None, input_value(REMOVED)) or ("", None)
    return removed if question == shown.question else None


def take_back(shown: Comparison, removed: Expected) -> None:
    """Expect again what was removed."""
    shown.expect(removed)
    put_input(REMOVED, None)


def _save(shown: Comparison) -> None:
    read = read_expected(str(input_value(_text_key(shown)) or ""))
    if read.value is not None and _problem(read, shown) is None:
        shown.expect(Expected.from_json(read.value))
        _close(shown)


def _close(shown: Comparison) -> None:
    put_input(_text_key(shown), "")
    put_input(OPEN, None)


def _remove(shown: Comparison) -> None:
    put_input(REMOVED, (shown.question, shown.expected))
    shown.expect(None)
    _close(shown)


def _problem(read: JsonObject, shown: Comparison) -> str | None:
    expected = Expected.from_json(read.value)
    return None if expected is None else problem_of(expected.value, shown.schema)


def _first_text(shown: Comparison) -> str:
    value = shown.value if shown.expected is None else shown.expected.value
    try:
        return as_json(value)
    except RecursionError:
        return clean(shown.result.text)


def _text_key(shown: Comparison) -> str:
    return f"{shown.key}_json"
