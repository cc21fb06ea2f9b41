"""The tools of a run: which the model may call, and whether it has to."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import streamlit as st

from pages.parts.fold import lazy_fold
from pages.parts.markdown import safe_markdown
from pages.parts.model_providers import ModelProviders
from pages.parts.plain import literal
from pages.parts.server_tools import chosen_server_tools, server_tool_inputs
from pages.parts.state import close_dialog, input_value, open_dialog, opened_dialog, put_input, service, start_with
from pages.parts.tool_dialog import edit_tool, tool_dialog
from pages.parts.tool_rules import sent_choice, sent_parallel, takes_tools, tool_rules
from pages.parts.tool_settings import TEMPLATES, ToolSetting, faults_of, kept_tools, label_of, read_tools, tool_of
from service import ModelInfo, Tool

__all__ = ["ToolChoice", "tools_input"]


@dataclass(frozen=True)
class ToolChoice:
    """What the fold says: what is sent, the results that answer by themselves, and what is wrong."""

    tools: tuple[Tool, ...] = ()
    choice: Any = None
    parallel: bool | None = None
    canned: dict[str, str] = field(default_factory=dict)
    problems: tuple[str, ...] = ()


def tools_input(page: str, info: ModelInfo | None, providers: ModelProviders) -> ToolChoice:
    """Draw the fold and return what it says; what a model does not take is kept and not sent."""
    tools = _tools(page)
    faults = faults_of(tools, service().config.allowed_tools)
    on = [tool for tool in tools if tool.is_on]
    is_taken = takes_tools(info)
    servers = chosen_server_tools(page)
    on_count = len(on) + len(servers) if is_taken else 0
    drawn = lazy_fold("Tools", key=f"{page}.tools_fold", says=f"{on_count} on" if on_count else "")
    if drawn.open:
        with drawn:
            _draw(page, info, providers, tools, faults)
    if opened_dialog() == "tool":
        tool_dialog(page, lambda tool_id: _remove(page, tool_id))
    if not is_taken or not (on or servers):
        return ToolChoice()
    problems = tuple(f"Tools: {faults[tool.id]}" for tool in on if tool.id in faults)
    sent = () if problems else tuple(tool_of(tool) for tool in on)
    return ToolChoice(
        (*sent, *servers),
        sent_choice(page, on, info),
        sent_parallel(page, on, info),
        {tool.name: tool.canned for tool in on if tool.canned.strip()},
        problems,
    )


def _draw(
    page: str,
    info: ModelInfo | None,
    providers: ModelProviders,
    tools: Sequence[ToolSetting],
    faults: dict[str, str],
) -> None:
    is_taken = takes_tools(info)
    if not is_taken:
        st.caption(":material/block: This model takes no tools, so none are sent. What is set here is kept.")
    if not tools:
        st.caption("A tool is a function the model may ask you to call, such as the weather in a city.")
    for tool in tools:
        with st.container(gap="xxsmall"):
            _row(page, tool, faults.get(tool.id), disabled=not is_taken)
    chosen = st.menu_button(
        "Add a tool", list(TEMPLATES), icon=":material/add:", type="tertiary", key=f"{page}.add_tool"
    )
    if chosen is not None:
        _add(page, TEMPLATES[chosen])
    if any(tool.is_on for tool in tools):
        tool_rules(page, tools, info, providers)
    server_tool_inputs(page, info, disabled=not is_taken)


def _row(page: str, tool: ToolSetting, fault: str | None, *, disabled: bool) -> None:
    key = f"{page}.tools.{tool.id}"
    with st.container(
        horizontal=True, vertical_alignment="center", horizontal_alignment="distribute", key=f"{key}.row", gap="xsmall"
    ):
        put_input(f"{key}.on", tool.is_on)
        st.checkbox(
            label_of(tool.name) or "(no name yet)",
            key=f"{key}.on",
            help=literal(tool.description) or None,
            disabled=disabled,
            on_change=_switch,
            args=(page, tool.id, f"{key}.on"),
            width="content",
        )
        if st.button("Edit", key=f"{key}.edit", type="tertiary", help=f"Edit {label_of(tool.name) or 'the tool'}"):
            _open(page, tool)
    if fault is not None:
        st.error(safe_markdown(fault), icon=":material/error:")
    elif tool.canned.strip():
        st.caption("Answers by itself, with the result you set.")


def _tools(page: str) -> tuple[ToolSetting, ...]:
    return read_tools(start_with(f"{page}.tools", []))


def _put(page: str, tools: Sequence[ToolSetting]) -> None:
    put_input(f"{page}.tools", kept_tools(tools))


def _add(page: str, template: ToolSetting) -> None:
    added = replace(template, id=secrets.token_hex(4))
    _put(page, (*_tools(page), added))
    if not template.name:
        _open(page, added)
    st.rerun()


def _switch(page: str, tool_id: str, key: str) -> None:
    is_on = input_value(key) is True
    _put(page, [replace(tool, is_on=is_on) if tool.id == tool_id else tool for tool in _tools(page)])


def _remove(page: str, tool_id: str) -> None:
    _put(page, [tool for tool in _tools(page) if tool.id != tool_id])
    close_dialog()


def _open(page: str, tool: ToolSetting) -> None:
    edit_tool(page, tool)
    open_dialog("tool")
    # A click in a drawer runs the drawer alone again, and a dialog cannot stand in one.
    st.rerun()
