"""Kept values as an input takes them; what is kept may come from an imported file, so nothing of it is believed."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any, TypeVar

from pages.parts.advanced_choices import CHOICES, PRECISIONS
from pages.parts.advanced_settings import FIELDS
from pages.parts.parameters import Parameter, Value
from pages.parts.tool_settings import kept_tools, read_tools
from service.headers import may_name_secret
from service.types import REASONING_EFFORTS

__all__ = ["one_of", "read_choice", "read_flag", "read_headers", "read_kept_tools", "read_parameter", "read_text"]

_T = TypeVar("_T")
LARGEST = 2**53 - 1
"""The largest whole number that a browser knows exactly."""


def read_choice(name: str) -> Callable[[Any], Any]:
    """Return what reads an input of Advanced, by its name."""
    if name in CHOICES:
        return one_of(CHOICES[name])
    return {str: read_text, bool: read_flag, float: read_amount, list: read_precisions}[FIELDS[name]]


def read_amount(value: Any) -> float:
    """Return a number that is not below zero."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e9:
        raise ValueError(value)
    return float(value)


def read_precisions(value: Any) -> list[str]:
    """Return precisions that are known."""
    return [name for name in PRECISIONS if name in _of(list, value)]


def read_headers(value: Any) -> str:
    """Return what was typed as extra headers; nothing of it where it holds a key, whole or half-typed."""
    typed = read_text(value)
    return "" if may_name_secret(typed) else typed


def read_text(value: Any) -> str:
    """Return a text."""
    return _of(str, value)


def read_kept_tools(value: Any) -> list[dict[str, Any]]:
    """Return tools as the page keeps them, each known by an id of its own."""
    tools = read_tools(value)
    if len({tool.id for tool in tools}) < len(tools):
        raise ValueError(value)
    return kept_tools(tools)


def read_flag(value: Any) -> bool:
    """Return yes or no."""
    return _of(bool, value)


def _of(kind: type[_T], value: Any) -> _T:
    if not isinstance(value, kind):
        raise ValueError(value)
    return value


def one_of(known: Collection[str]) -> Callable[[Any], str]:
    """Return what reads one of these."""

    def read(value: Any) -> str:
        if value not in known:
            raise ValueError(value)
        return str(value)

    return read


def read_parameter(parameter: Parameter, value: Any) -> Value:
    """Return the value of a parameter within its bounds."""
    if parameter.kind == "lines":
        return read_text(value)
    if parameter.kind == "effort":
        return one_of(REASONING_EFFORTS)(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or not parameter.low <= value <= LARGEST:
        raise ValueError(value)
    return int(value) if parameter.kind == "number" else min(float(value), parameter.high)
