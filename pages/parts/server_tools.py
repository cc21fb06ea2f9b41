"""Tools that OpenRouter runs itself while the model answers."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

import streamlit as st

from pages.parts.state import input_value, is_demo, service
from pages.parts.words import cost
from service import ModelInfo, Tool

__all__ = ["SERVER_TOOLS", "chosen_server_tools", "server_tool_inputs"]


@dataclass(frozen=True)
class ServerTool:
    """A tool of OpenRouter's: its name there, what it is called here, what it does and what it costs."""

    name: str
    label: str
    help: str
    price: str


SERVER_TOOLS = (
    ServerTool(
        "web_search",
        "Web search",
        "The model searches the web while it answers; its sources stand under the answer.",
        "charged for each search, and what is found is paid for as input",
    ),
    ServerTool(
        "web_fetch",
        "Fetch web pages",
        "The model reads the pages that you name.",
        "a fetch may be charged, and the page is paid for as input",
    ),
    ServerTool("datetime", "Date and time", "The model can look at the clock.", "costs a few tokens"),
)


def chosen_server_tools(page: str) -> tuple[Tool, ...]:
    """Return those that are switched on, where the server is OpenRouter or speaks all of its language."""
    if not service().config.is_openrouter_api:
        return ()
    return tuple(
        Tool.server(f"openrouter:{tool.name}") for tool in SERVER_TOOLS if input_value(_key(page, tool)) is True
    )


def server_tool_inputs(page: str, info: ModelInfo | None, *, disabled: bool) -> None:
    """Draw a switch for each, with what it costs."""
    if not service().config.is_openrouter_api:
        return
    st.caption("Run by OpenRouter" + (", here by its simulator: nothing is searched or fetched." if is_demo() else ":"))
    for tool in SERVER_TOOLS:
        st.toggle(tool.label, key=_key(page, tool), help=tool.help, disabled=disabled, persist_state="session")
        if input_value(_key(page, tool)) is True:
            st.caption(f":material/payments: {_price(tool, info)}")


def _price(tool: ServerTool, info: ModelInfo | None) -> str:
    listed = _listed_price(info) if tool.name == "web_search" else None
    if listed is None:
        return f"{tool.price[0].upper()}{tool.price[1:]}."
    return f"{cost(listed)} for each search of the model's own engine; what is found is paid for as input."


def _listed_price(info: ModelInfo | None) -> Decimal | None:
    """Return what the model list says a search costs."""
    pricing = info.raw.get("pricing") if info is not None else None
    try:
        return Decimal(str(pricing["web_search"])) if isinstance(pricing, dict) else None
    except (KeyError, InvalidOperation):
        return None


def _key(page: str, tool: ServerTool) -> str:
    return f"{page}.server_tool.{tool.name}"
