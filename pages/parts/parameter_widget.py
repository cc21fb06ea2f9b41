"""The input of a parameter, by its kind."""

from __future__ import annotations

from typing import Any, assert_never

import streamlit as st

from pages.parts.parameters import Parameter
from service.types import REASONING_EFFORTS

__all__ = ["parameter_widget"]


def parameter_widget(parameter: Parameter, key: str, *, disabled: bool) -> Any:
    """Draw the input of a parameter by its kind, and return what is entered."""
    label = f"{parameter.label}, value"
    shared: dict[str, Any] = {
        "key": key,
        "disabled": disabled,
        "label_visibility": "collapsed",
        "persist_state": "session",
    }
    match parameter.kind:
        case "slider":
            return st.slider(label, parameter.low, parameter.high, step=parameter.step, **shared)
        case "number":
            return st.number_input(label, min_value=int(parameter.low), value=None, step=1, **shared)
        case "lines":
            return st.text_area(label, height=96, placeholder="One a line, for example: END", **shared)
        case "effort":
            return st.selectbox(label, REASONING_EFFORTS, format_func=str.capitalize, **shared)
    assert_never(parameter.kind)
