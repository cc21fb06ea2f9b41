"""Which of the offered tools a model calls, and whether several at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from pages.parts.model_providers import ModelProviders
from pages.parts.provider_words import tool_choice_words, tools_words
from pages.parts.state import input_value, put_input, start_with
from pages.parts.tool_settings import ToolSetting
from service import ModelInfo

__all__ = ["PARALLEL", "sent_choice", "sent_parallel", "takes_tools", "tool_rules"]

CHOICES = {"auto": "The model decides", "required": "It has to call one", "none": "It must not call any"}
PARALLEL = {"default": "The provider decides", "on": "Yes", "off": "No, one at a time"}


def takes_tools(info: ModelInfo | None) -> bool:
    """Whether a model takes tools, as far as is known."""
    return not _is_refused(info, "tools")


def tool_rules(page: str, tools: Sequence[ToolSetting], info: ModelInfo | None, providers: ModelProviders) -> None:
    """Draw which tool is called, whether several at once are, and which providers of the model take that."""
    is_taken = takes_tools(info)
    on = [tool for tool in tools if tool.is_on]
    if is_taken:
        _show(tools_words(providers))
    options = _choices(tools)
    if input_value(f"{page}.tool_choice") not in options:
        put_input(f"{page}.tool_choice", "auto")
    st.selectbox(
        "Which tool is called",
        list(options),
        key=f"{page}.tool_choice",
        format_func=lambda value: options[value],
        disabled=not is_taken or _is_refused(info, "tool_choice"),
        help="Not taken by this model, so it is not sent." if _is_refused(info, "tool_choice") else None,
        persist_state="session",
    )
    if is_taken:
        _show(tool_choice_words(providers, sent_choice(page, on, info)))
    start_with(f"{page}.parallel_tools", "default")
    refused = _is_refused(info, "parallel_tool_calls")
    st.selectbox(
        "Several calls at once",
        list(PARALLEL),
        key=f"{page}.parallel_tools",
        format_func=lambda value: PARALLEL[value],
        disabled=not is_taken or refused,
        help="Not taken by this model, so it is not sent." if refused else None,
        persist_state="session",
    )


def _show(told: tuple[str, bool] | None) -> None:
    if told is None:
        return
    words, goes_through = told
    if goes_through:
        st.caption(f":material/info: {words}")
    else:
        st.warning(words, icon=":material/warning:")


def _choices(tools: Sequence[ToolSetting]) -> dict[str, str]:
    return CHOICES | {f"tool:{tool.name}": f"It has to call {tool.name}" for tool in tools if tool.is_on and tool.name}


def sent_choice(page: str, on: Sequence[ToolSetting], info: ModelInfo | None) -> Any:
    """Return which tool is to be called as it is sent; `None` where the model decides."""
    value = input_value(f"{page}.tool_choice")
    if not on or value not in _choices(on) or value == "auto" or _is_refused(info, "tool_choice"):
        return None
    named = str(value).partition("tool:")[2]
    return {"type": "function", "function": {"name": named}} if named else value


def sent_parallel(page: str, on: Sequence[ToolSetting], info: ModelInfo | None) -> bool | None:
    """Return whether several tools may be called at once; `None` where the provider decides."""
    value = input_value(f"{page}.parallel_tools")
    return None if not on or _is_refused(info, "parallel_tool_calls") else {"on": True, "off": False}.get(str(value))


def _is_refused(info: ModelInfo | None, name: str) -> bool:
    return info is not None and info.supports(name) is False
