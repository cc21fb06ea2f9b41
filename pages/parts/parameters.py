"""The parameters of a run: what each is, whether a model takes it, and what of it is sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import ValidationError

from service import ModelInfo, ModelParameters

__all__ = ["PARAMETERS", "Parameter", "Value", "first_fault", "is_taken", "note_on", "read_value", "resting_text"]

Value = float | int | str | None


@dataclass(frozen=True)
class Parameter:
    """A parameter and its input; `start` is what the input shows when it is switched on for the first time.

    `listed_as` are the names under which a model may list that it takes it.
    """

    name: str
    label: str
    kind: Literal["slider", "number", "lines", "effort"]
    start: Value
    help: str
    low: float = 0.0
    high: float = 1.0
    step: float = 0.01
    listed_as: tuple[str, ...] = ()


_PENALTY = {"low": -2.0, "high": 2.0, "step": 0.1}

PARAMETERS = (
    Parameter("temperature", "Temperature", "slider", 1.0, "Low: matter-of-fact. High: varied.", high=2.0, step=0.05),
    Parameter("top_p", "Top P", "slider", 1.0, "Only the likeliest words that together have this probability."),
    Parameter(
        "max_tokens",
        "Max tokens",
        "number",
        1024,
        "The longest answer, in tokens, reasoning included. What is longer is cut off.",
        low=1,
        listed_as=("max_tokens", "max_completion_tokens"),
    ),
    Parameter(
        "frequency_penalty",
        "Frequency penalty",
        "slider",
        0.0,
        "Above 0: what was often said is said less.",
        **_PENALTY,
    ),
    Parameter(
        "presence_penalty", "Presence penalty", "slider", 0.0, "Above 0: what was said at all is said less.", **_PENALTY
    ),
    Parameter("top_k", "Top K", "number", 40, "Only this many of the likeliest words; 0 is all."),
    Parameter("min_p", "Min P", "slider", 0.05, "No word below this share of the likeliest word's probability."),
    Parameter(
        "repetition_penalty", "Repetition penalty", "slider", 1.0, "Above 1: less is repeated.", high=2.0, step=0.05
    ),
    Parameter(
        "seed",
        "Seed",
        "number",
        42,
        "The same seed and settings give the same answer where possible.",
        low=-(2**53) + 1,
    ),
    Parameter("stop", "Stop sequences", "lines", "", "The answer ends before any of these, up to 4, one a line."),
    Parameter(
        "reasoning_effort",
        "Reasoning effort",
        "effort",
        "medium",
        "How much the model thinks before it answers. Thinking is charged as output.",
        listed_as=("reasoning_effort", "reasoning"),
    ),
)


def is_taken(parameter: Parameter, info: ModelInfo | None) -> bool:
    """Whether a model takes a parameter, as far as is known."""
    if info is None or info.supported_parameters is None:
        return True
    return any(info.supports(name) for name in parameter.listed_as or (parameter.name,))


def resting_text(parameter: Parameter, info: ModelInfo | None, configured: Mapping[str, Any]) -> str:
    """Say what holds while a parameter is not set."""
    if not is_taken(parameter, info):
        return "Not taken by this model"
    if parameter.name in configured:
        return f"Server's setting: {configured[parameter.name]}"
    default = _default(parameter, info)
    return "Not set" if default is None else f"Default {default}"


def read_value(parameter: Parameter, entered: Any) -> tuple[Any, str | None]:
    """Return what was entered as it is to be sent, or what is wrong with it; the browser's limits are no guarantee."""
    value = entered
    if parameter.kind == "slider":
        value = round(entered, 2)
    elif parameter.kind == "lines":
        value = tuple(line for line in entered.split("\n") if line.strip()) or None
        if value is not None and len(value) > 4:
            return None, f"At most 4 are taken, got {len(value)}. Remove some."
    try:
        ModelParameters(**{parameter.name: value})
    except ValidationError as error:
        return None, first_fault(error)
    return value, None


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


def first_fault(error: ValidationError) -> str:
    """Return the sentence of the first thing that a check of ours found wrong."""
    first = error.errors(include_url=False)[0]
    return str(first.get("ctx", {}).get("error") or first["msg"])


def _default(parameter: Parameter, info: ModelInfo | None) -> Any:
    if info is None:
        return None
    if parameter.name == "reasoning_effort":
        return (info.reasoning or {}).get("default_effort")
    return info.default_parameters.get(parameter.name)
