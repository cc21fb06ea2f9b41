"""What is said of a parameter beside its value: what holds while it is not set, and what a model has against it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pages.parts.parameters import Parameter, is_taken
from service import ModelInfo

__all__ = ["is_mandatory", "note_on", "resting_text"]


def resting_text(parameter: Parameter, info: ModelInfo | None, configured: Mapping[str, Any]) -> str:
    """Say what holds while a parameter is not set."""
    if not is_taken(parameter, info):
        return "Not taken by this model"
    if parameter.name in configured:
        return f"Server's setting: {configured[parameter.name]}"
    default = _default(parameter, info)
    if parameter.name == "reasoning_effort" and is_mandatory(info):
        return "Always on" if default is None else f"Always on, default {default}"
    return "Not set" if default is None else f"Default {default}"


def note_on(parameter: Parameter, value: Any, info: ModelInfo | None) -> str:
    """Say what the model's entry has against a value that is sent all the same."""
    if info is None:
        return ""
    if parameter.name == "max_tokens" and info.max_completion_tokens and value > info.max_completion_tokens:
        return f":material/warning: This model writes at most {info.max_completion_tokens:,} tokens."
    efforts = (info.reasoning or {}).get("supported_efforts")
    if parameter.name == "reasoning_effort" and isinstance(efforts, list) and value not in efforts:
        return f":material/warning: This model lists only: {', '.join(map(str, efforts))}."
    return ""


def is_mandatory(info: ModelInfo | None) -> bool:
    """Whether a model thinks whatever it is told."""
    return info is not None and (info.reasoning or {}).get("mandatory") is True


def _default(parameter: Parameter, info: ModelInfo | None) -> Any:
    if info is None:
        return None
    if parameter.name == "reasoning_effort":
        return (info.reasoning or {}).get("default_effort")
    return info.default_parameters.get(parameter.name)
