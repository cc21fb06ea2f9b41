"""The inputs for parameters: each rests at "not set", and what is not set is not sent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from pages.parts.fold import lazy_fold
from pages.parts.markdown import safe_markdown
from pages.parts.parameter_texts import note_on, resting_text
from pages.parts.parameter_widget import parameter_widget
from pages.parts.parameters import PARAMETERS, Parameter, Value, as_field, is_taken, read_value
from pages.parts.reasoning_rules import reasoning_faults
from pages.parts.state import input_value, put_input, start_with
from service import ModelInfo

__all__ = ["parameter_inputs", "put_parameter"]

_BY_NAME = {parameter.name: parameter for parameter in PARAMETERS}


def parameter_inputs(
    page: str, info: ModelInfo | None, configured: Mapping[str, Any]
) -> tuple[dict[str, Any], list[str]]:
    """Draw a fold with a row for each parameter; return what is to be sent, and what is wrong.

    The rows are drawn only while the fold is open: they would be a third of the work of every run of the page.
    `configured` is what the settings of the server send where nothing is set here.
    """
    entered = {parameter.name: _kept(page, parameter, info) for parameter in PARAMETERS}
    set_count = sum(1 for found in entered.values() if found != (None, None))
    drawn = lazy_fold("Parameters", key=f"{page}.parameters", says=f"{set_count} set" if set_count else "")
    faults = reasoning_faults({name: value for name, (value, _) in entered.items()}, info, configured)
    values: dict[str, Any] = {}
    problems = []
    for parameter in PARAMETERS:
        value, problem = entered[parameter.name]
        fault = faults.get(parameter.name)
        if drawn.open:
            with drawn, st.container(gap="xxsmall"):
                value, problem = _row(page, parameter, info, configured, fault)
        if (problem := problem or fault) is not None:
            problems.append(f"{parameter.label}: {problem}")
        elif value is not None:
            values |= as_field(parameter.name, value)
    return values, problems


def put_parameter(page: str, name: str, value: Value) -> None:
    """Set a parameter of a page's panel, or with `None` unset and forget it; to be called from a callback."""
    put_input(f"{page}.{name}", _BY_NAME[name].start if value is None else value)
    put_input(f"{page}.{name}.on", value is not None)


def _kept(page: str, parameter: Parameter, info: ModelInfo | None) -> tuple[Any, str | None]:
    """Return what a row would, without drawing it."""
    key = f"{page}.{parameter.name}"
    if not input_value(f"{key}.on") or not is_taken(parameter, info):
        return None, None
    return read_value(parameter, start_with(key, parameter.start))


def _row(
    page: str, parameter: Parameter, info: ModelInfo | None, configured: Mapping[str, Any], fault: str | None
) -> tuple[Any, str | None]:
    key, taken = f"{page}.{parameter.name}", is_taken(parameter, info)
    is_on = _row_head(key, page, parameter, resting_text(parameter, info, configured), taken)
    if not is_on:
        return None, None
    start_with(key, parameter.start)
    entered = parameter_widget(parameter, key, disabled=not taken)
    if not taken:
        st.caption("Not taken by this model, so it is not sent. The value is kept.")
        return None, None
    value, problem = read_value(parameter, entered)
    if (said := problem or fault) is not None:
        st.error(safe_markdown(said), icon=":material/error:")
    elif note := "Empty, so it is not sent." if value is None else note_on(parameter, value, info):
        st.caption(note)
    return value, problem


def _row_head(key: str, page: str, parameter: Parameter, resting: str, taken: bool) -> bool:
    with st.container(
        key=f"{key}.row", horizontal=True, vertical_alignment="center", horizontal_alignment="distribute", gap="xsmall"
    ):
        is_on = st.checkbox(
            parameter.label,
            key=f"{key}.on",
            help=parameter.help,
            disabled=not taken,
            persist_state="session",
            width="content",
        )
        if is_on:
            st.button(
                "Reset",
                key=f"{key}.reset",
                type="tertiary",
                help=f"{parameter.label}: back to not set",
                on_click=put_parameter,
                args=(page, parameter.name, None),
            )
        else:
            st.caption(resting, width="content")
    return is_on
