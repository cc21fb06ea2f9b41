"""The parameters of a run: what each is, whether a model takes it, and what of it is sent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from pydantic import ValidationError

from service import ModelInfo, ModelParameters

__all__ = ["BUDGET", "PARAMETERS", "Parameter", "Value", "as_field", "first_fault", "is_taken", "read_value"]

Value = float | int | str | None
BUDGET = "reasoning_budget"


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
    Parameter(
        "reasoning_budget",
        "Reasoning budget",
        "number",
        1024,
        "How many tokens the model may think, instead of an effort. They count as output and within max tokens.",
        low=1,
        listed_as=("reasoning",),
    ),
)


def is_taken(parameter: Parameter, info: ModelInfo | None) -> bool:
    """Whether a model takes a parameter, as far as is known."""
    if info is None or info.supported_parameters is None:
        return True
    return any(info.supports(name) for name in parameter.listed_as or (parameter.name,))


def read_value(parameter: Parameter, entered: Any) -> tuple[Any, str | None]:
    """Return what was entered as it is to be sent, or what is wrong with it; the browser's limits are no guarantee."""
    value = entered
    if parameter.kind == "slider":
        value = round(entered, 2)
    elif parameter.kind == "lines":
        value = tuple(line for line in entered.split("\n") if line.strip()) or None
        if value is not None and len(value) > 4:
            return None, f"At most 4 are taken, got {len(value)}. Remove some."
    if parameter.name == BUDGET and value is None:
        return None, None
    try:
        ModelParameters(**as_field(parameter.name, value))
    except ValidationError as error:
        return None, first_fault(error)
    return value, None


def as_field(name: str, value: Any) -> dict[str, Any]:
    """Return the field of a request that a parameter's value is sent in."""
    return {"reasoning": {"max_tokens": value}} if name == BUDGET else {name: value}


def first_fault(error: ValidationError) -> str:
    """Return the sentence of the first thing that a check of ours found wrong."""
    first = error.errors(include_url=False)[0]
    return str(first.get("ctx", {}).get("error") or first["msg"])
