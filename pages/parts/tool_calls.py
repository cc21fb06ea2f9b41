"""Calls of tools as people read them: each with its arguments as fields, checked against what the tool takes."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from pages.parts.plain import literal
from service import InvalidSchemaError, Issue, Tool, ToolCall
from service.structured import validate
from service.structured.form import Form
from service.structured.words import clean

__all__ = ["faults_of_call", "show_tool_calls"]


def show_tool_calls(
    calls: Sequence[ToolCall],
    tools: Sequence[Tool],
    *,
    key: str,
    below: Callable[[int, ToolCall], None] | None = None,
) -> None:
    """Draw each call.

    Args:
        calls: The calls of an answer.
        tools: What was offered to the model.
        key: Unique on the page.
        below: Draws what stands below a call, by its number.
    """
    offered = {tool.name: tool for tool in tools if tool.type == "function"}
    for number, call in enumerate(calls):
        with st.container(border=True, key=f"{key}.call.{number}", gap="small"):
            st.markdown(f":material/build: Calls **{literal(call.name)}**")
            _show_arguments(call, offered.get(call.name))
            if below is not None:
                below(number, call)


def faults_of_call(call: ToolCall, tool: Tool | None) -> tuple[Issue, ...]:
    """Return what is wrong with the arguments of a call, by what the tool takes."""
    if call.parsed is None or tool is None or tool.parameters is None:
        return ()
    try:
        return tuple(validate(call.parsed, tool.parameters))
    except InvalidSchemaError:
        return ()


def _show_arguments(call: ToolCall, tool: Tool | None) -> None:
    if call.parsed is None:
        st.code(clean(call.arguments), language="json", wrap_lines=True)
        st.caption(":material/warning: These arguments are no JSON object; perhaps they were cut off.")
        return
    if not call.parsed:
        st.caption("Without arguments.")
    else:
        st.html(_form(call.parsed, tool, faults_of_call(call, tool)))
    for issue in faults_of_call(call, tool):
        said = str(issue) if issue.path else f"The arguments {issue.message}"
        st.caption(f":material/rule: {literal(said.replace('`', ''))}")
    if tool is None:
        st.caption(":material/warning: No tool of this name was offered to the model.")
    if call.parsed:
        with st.expander("As JSON", type="compact"):
            st.code(_pretty(call), language="json", wrap_lines=True)


def _form(value: dict[str, Any], tool: Tool | None, issues: Sequence[Issue]) -> str:
    schema = tool.parameters if tool is not None else None
    drawn = Form(schema)
    drawn.fill(value, issues, is_checked=schema is not None)
    return f'<div class="orp-form" role="group" aria-label="Arguments">{drawn.html()}</div>'


def _pretty(call: ToolCall) -> str:
    try:
        return clean(json.dumps(call.parsed, indent=2, ensure_ascii=False))
    except RecursionError:
        return clean(call.arguments)
