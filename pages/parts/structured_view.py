"""An answer in a shape: as a form for people, as JSON, and as it came."""

from __future__ import annotations

import re
from typing import Any

import streamlit as st

from pages.parts.markdown import safe_markdown
from pages.parts.raw_view import as_json
from pages.parts.value_tree import show_value
from service import ChatResult
from service.structured import read_json
from service.structured.words import clean

__all__ = ["show_structured"]

_LOOKS_LIKE_JSON = re.compile(r"\s*(?:[{\[]|```)")


def show_structured(result: ChatResult) -> None:
    """Draw the value in tabs: form, JSON, raw; what is no JSON to its end is drawn as it came."""
    verdict = result.verdict
    if not result.text.strip():
        return
    if verdict is None or verdict.kind not in ("valid", "fenced", "wrong_shape"):
        _show_source(result.text)
        return
    value: Any = result.parsed if verdict.is_usable else read_json(result.text).value
    form, as_code, raw = st.tabs(["Form", "JSON", "Raw"])
    with form:
        show_value(value, verdict.issues)
    with as_code:
        st.code(_pretty(value, result.text), language="json", wrap_lines=True)
    with raw:
        st.code(clean(result.text), language=None, wrap_lines=True)


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
