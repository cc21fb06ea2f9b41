"""An answer in a shape: as a form for people, as a table, as JSON, and as it came."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import streamlit as st

from pages.parts.answer_table import show_table
from pages.parts.markdown import safe_markdown
from pages.parts.raw_view import as_json
from service import ChatResult, ResponseFormat
from service.spreadsheet import csv_text, lists_in, table_of
from service.structured import read_json
from service.structured.as_written import asked_by
from service.structured.form import Form, LiveForm
from service.structured.words import clean

__all__ = ["download_buttons", "is_json", "rules_of", "show_structured", "value_of"]

_LOOKS_LIKE_JSON = re.compile(r"\s*(?:[{\[]|```)")


def show_structured(result: ChatResult, asked: ResponseFormat, *, key: str) -> None:
    """Draw the value in tabs; what broke off is a form as far as it came, and what is no JSON is drawn as it came.

    Args:
        result: The answer.
        asked: The response format it was asked for.
        key: Unique on the page.
    """
    if not result.text.strip():
        return
    if not is_json(result):
        _show_part(result, asked)
        return
    value = value_of(result)
    lists = lists_in(value)
    form, *table, as_code, raw = st.tabs(["Form", *(["Table"] if lists else []), "JSON", "Raw"])
    with form:
        st.html(_form(result, asked, value))
    for tab in table:
        with tab:
            show_table(lists, key=key)
    as_code.code(_pretty(value, result.text), language="json", wrap_lines=True, line_numbers=True)
    raw.code(clean(result.text), language=None, wrap_lines=True)


def download_buttons(result: ChatResult, asked: ResponseFormat | None, *, key: str) -> None:
    """Draw what hands an answer over as a file: JSON, and a spreadsheet where there is a list of objects in it."""
    if asked is None or not asked.wants_json or not result.text.strip() or not is_json(result):
        return
    value, name = value_of(result), asked.schema_name or "answer"
    _download("JSON", lambda: _pretty(value, result.text), f"{name}.json", "application/json", f"{key}.json")
    lists = lists_in(value)
    if lists:
        longest = max(lists.values(), key=len)
        _download("CSV", lambda: csv_text(table_of(longest)), f"{name}.csv", "text/csv", f"{key}.csv")


def _download(what: str, write: Callable[[], str], name: str, kind: str, key: str) -> None:
    """Draw a button whose file is written once it is pressed: an answer may be long, and most are not downloaded."""
    st.download_button(
        what,
        write,
        name,
        kind,
        key=key,
        help=f"Download as {what}",
        icon=":material/download:",
        type="tertiary",
        on_click="ignore",
    )


def is_json(result: ChatResult) -> bool:
    """Whether an answer is JSON to its end, be it of the wrong shape."""
    return result.verdict is not None and result.verdict.kind in ("valid", "fenced", "wrong_shape")


def value_of(result: ChatResult) -> Any:
    """Return the value of an answer that is JSON."""
    is_usable = result.verdict is not None and result.verdict.is_usable
    return result.parsed if is_usable else read_json(result.text).value


def rules_of(asked: ResponseFormat) -> Any:
    """Return the schema that the answer was judged by."""
    return asked_by(asked.written) if asked.written is not None else asked.schema_body


def _form(result: ChatResult, asked: ResponseFormat, value: Any) -> str:
    drawn = Form(rules_of(asked))
    issues = result.verdict.issues if result.verdict is not None else ()
    drawn.fill(value, issues, is_checked=asked.schema_body is not None)
    return _as_form(drawn.html())


def _as_form(fields: str) -> str:
    return f'<div class="orp-form" role="group" aria-label="Answer">{fields}</div>'


def _show_part(result: ChatResult, asked: ResponseFormat) -> None:
    """Show what broke off as its reader saw it come, in a form that calls nothing right; else as it came."""
    live = LiveForm(rules_of(asked))
    if _broke_off(result):
        live.feed(result.text)
    if not live.has_begun or not live.is_json:
        _show_source(result.text)
        return
    form, raw = st.tabs(["Form", "Raw"])
    with form:
        st.html(_as_form(live.stopped()))
    raw.code(clean(result.text), language=None, wrap_lines=True)


def _broke_off(result: ChatResult) -> bool:
    kind = result.verdict.kind if result.verdict is not None else None
    return result.is_partial or kind in ("stopped", "cut_off", "provider_error")


def _show_source(text: str) -> None:
    """Show what was to be JSON and is not, or not to its end."""
    if _LOOKS_LIKE_JSON.match(text):
        st.code(clean(text), language="json", wrap_lines=True)
    else:
        st.markdown(safe_markdown(clean(text)))


def _pretty(value: Any, text: str) -> str:
    try:
        return as_json(value)
    except RecursionError:
        return clean(text)
