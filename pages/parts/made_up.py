"""The result of a tool that the model makes up, for trying a conversation without the tool."""

from __future__ import annotations

import streamlit as st

from pages.parts.live_view import live_view
from pages.parts.plain import literal
from pages.parts.run_settings import RunSettings
from pages.parts.state import input_value, is_demo, library, owner, put_input, service
from pages.parts.words import is_simulated, paid
from service import OpenRouterError, Run, Tool, ToolCall
from service.made_up import made_up_request

__all__ = ["KIND", "made_up", "make_up_button"]

KIND = "tool"
"""What such a run is started for; it stands in the history like any other."""


def made_up(key: str) -> str:
    """Put what was made up into the box of that key, to be called before the box is drawn; return what to say of it."""
    run = input_value(f"{key}.run")
    if isinstance(run, Run) and run.is_ended and run.result is not None:
        put_input(f"{key}.run", None)
        if run.error is not None:
            put_input(f"{key}.note", f":material/error: {literal(run.error.message)} {literal(run.error.hint)}")
        else:
            put_input(key, run.result.text.strip())
            amount = run.result.usage.cost if run.result.usage is not None else None
            price = paid(amount, is_simulated=is_simulated(run.result.provider))
            put_input(f"{key}.note", f":material/draw: Made up by {literal(run.model)} · {price}")
    return str(input_value(f"{key}.note") or "")


def make_up_button(key: str, tool: Tool | None, call: ToolCall, settings: RunSettings) -> None:
    """Draw the button that asks the model for a result, or what it is writing."""
    run = input_value(f"{key}.run")
    if isinstance(run, Run):
        live_view([run], key=run.id)
        st.button("Stop", icon=":material/stop_circle:", key=f"{key}.stop", type="tertiary", on_click=run.stop)
        return
    price = "The simulator writes it; no model is asked." if is_demo() else "It costs what a short answer costs."
    st.button(
        "Let the model make one up",
        icon=":material/draw:",
        key=f"{key}.make_up",
        type="tertiary",
        help=price,
        on_click=_start,
        args=(key, tool, call, settings),
    )


def _start(key: str, tool: Tool | None, call: ToolCall, settings: RunSettings) -> None:
    put_input(f"{key}.note", None)
    takes_json = settings.info is not None and settings.info.supports("response_format") is True
    try:
        request = made_up_request(call, tool, model=settings.model, as_json=takes_json)
        run = service().start(request, session=owner())
        library().record(owner(), run, kind=KIND)
        put_input(f"{key}.run", run)
    except OpenRouterError as error:
        put_input(f"{key}.note", f":material/error: {literal(error.message)} {literal(error.hint)}")
