"""A schema from an answer that is there: of this conversation, or of the history."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

import streamlit as st

from pages.parts.clock import moment
from pages.parts.response_format_choice import FormatKeys
from pages.parts.schema_described import KIND
from pages.parts.schema_found import Found
from pages.parts.state import library, owner
from service import InvalidSchemaError, StorageError
from service.structured import infer_schema, read_json

__all__ = ["answer_source"]

MOST = 20
LOOKED_AT = 100


def answer_source(keys: FormatKeys) -> Found:
    """Draw the choice among the newest answers that hold an object or a list in JSON."""
    try:
        answers = dict(islice(_answers(), MOST))
    except StorageError as error:
        return Found(problem=f"{error.message} {error.hint}")
    if not answers:
        st.caption("No answer holds JSON yet. Ask for a JSON object first, then begin with what came.")
        return Found()
    labels = {ident: label for ident, (label, _) in answers.items()}
    chosen = st.selectbox("Answer", list(answers), format_func=lambda ident: labels[ident], key=f"{keys.kind}.answer")
    try:
        return Found(infer_schema([answers[chosen][1]], closed=True), note="Read from this answer.")
    except InvalidSchemaError as error:
        return Found(problem=error.message)


def _answers() -> Iterator[tuple[str, tuple[str, Any]]]:
    for run in library().runs(owner(), limit=LOOKED_AT):
        value = _value(run.text)
        if value and run.kind != KIND:
            yield run.id, (f"{run.headline} · {moment(run.created_at)}", value)


def _value(text: str) -> dict[str, Any] | list[Any] | None:
    """Return the object or list that an answer is."""
    if text.lstrip()[:1] not in ("{", "[", "`"):
        return None
    try:
        value = read_json(text).value
    except ValueError:
        return None
    return value if isinstance(value, dict | list) else None
