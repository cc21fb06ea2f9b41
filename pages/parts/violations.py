"""What is wrong with an answer, one line each; a line opens to the place in the answer and to the rule it breaks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import streamlit as st

from pages.parts.plain import literal
from service import Issue, OpenRouterError
from service.structured import Validator
from service.structured.lines import Excerpt, excerpt_at, excerpt_of

__all__ = ["SHOWN", "fold_key", "show_violations"]

SHOWN = 8
"""The most lines; what is beyond them is marked in the form."""


def fold_key(key: str, number: int = 0) -> str:
    """Return the key of a line, from 0; `key` is that of all lines."""
    return f"{key}.violation.{number}"


def show_violations(issues: Sequence[Issue], value: Any, schema: Mapping[str, Any] | None, *, key: str) -> None:
    """Draw the lines.

    Args:
        issues: What is wrong, each at its place.
        value: The answer.
        schema: What it has to follow; `None` where there is none.
        key: Unique on the page.
    """
    if not issues:
        return
    with st.container(gap="xxsmall", key=f"{key}.violations"):
        for number, issue in enumerate(issues[:SHOWN]):
            _show(issue, value, schema, key=fold_key(key, number))
        if len(issues) > SHOWN:
            st.caption(f"{len(issues) - SHOWN} more are marked in the form.")


def _show(issue: Issue, value: Any, schema: Mapping[str, Any] | None, *, key: str) -> None:
    said = str(issue).replace("`", "") if issue.path else f"The answer {issue.message}"
    fold = st.expander(literal(said), type="compact", icon=":material/rule:", key=key, on_change="rerun")
    if not fold.open:
        return
    with fold:
        _draw("In the answer", excerpt_at(value, issue.path))
        if schema is not None:
            _draw("In the schema", _rule(issue, value, schema))


def _rule(issue: Issue, value: Any, schema: Mapping[str, Any]) -> Excerpt | None:
    try:
        path = Validator(schema).rule_of(issue, value)
    except OpenRouterError:
        return None
    return excerpt_of(dict(schema), path) if path is not None else None


def _draw(title: str, excerpt: Excerpt | None) -> None:
    if excerpt is None:
        st.caption(f"{title}: it would take too long to find the place.")
        return
    marked = (
        f"line {excerpt.marked[0]}"
        if len(excerpt.marked) == 1
        else (f"lines {excerpt.marked[0]} to {excerpt.marked[-1]}")
    )
    st.caption(f"{title}, {marked}")
    st.html(f'<div class="orp-lines">{"".join(_lines(excerpt))}</div>')


def _lines(excerpt: Excerpt) -> list[str]:
    return [
        f'<div class="{"orp-marked" if number in excerpt.marked else ""}"><span>{number}</span>{escape(line)}</div>'
        for number, line in enumerate(excerpt.lines, excerpt.first)
    ]
