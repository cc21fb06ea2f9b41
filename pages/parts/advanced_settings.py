"""What stands under Advanced: where a request may go, who stands in, and what OpenRouter does besides."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from pages.parts.plain import literal

__all__ = ["FIELDS", "PLUGINS", "POLICIES", "SORTS", "TIERS", "faults_of_fields", "fields_of", "names_in"]

SORTS = {
    "": "OpenRouter decides",
    "price": "Cheapest first",
    "throughput": "Most tokens per second",
    "latency": "Quickest first word",
}
POLICIES = {"": "As the account says", "deny": "No providers that keep data", "allow": "Any provider"}
TIERS = {"": "Usual", "flex": "Flex: cheaper and slower", "priority": "Priority: dearer and quicker"}
PLUGINS = {"response-healing": "Mend JSON answers", "context-compression": "Shorten prompts that are too long"}

_PROVIDER = re.compile(r"[a-zA-Z0-9][\w./-]*")
_MODEL = re.compile(r"[~@\w][\w.~@:/-]*/[\w.~@:/=,-]+")
_PRESET = re.compile(r"[\w-]+")


def names_in(text: str) -> list[str]:
    """Return the names of a list with commas, blanks or lines between them."""
    return [name for name in re.split(r"[\s,]+", text) if name]


def fields_of(value: Callable[[str], Any]) -> dict[str, Any]:
    """Return the fields of a request; what is not set is not in it.

    Args:
        value: Returns what an input says, by its name in `FIELDS`.
    """
    provider: dict[str, Any] = {name: names for name in _LISTS if (names := names_in(str(value(name) or "")))}
    if sort := value("sort"):
        provider["sort"] = sort
    if policy := value("data_collection"):
        provider["data_collection"] = policy
    if value("zdr"):
        provider["zdr"] = True
    if value("no_fallbacks"):
        provider["allow_fallbacks"] = False
    prices = {name: value(f"max_price_{name}") for name in ("prompt", "completion")}
    if known := {name: price for name, price in prices.items() if price is not None}:
        provider["max_price"] = known
    plugins = tuple({"id": name} for name in PLUGINS if value(f"plugin.{name}"))
    models = tuple(names_in(str(value("models") or "")))
    found = {
        "provider": provider,
        "models": models,
        "plugins": plugins,
        "service_tier": value("service_tier"),
        "preset": str(value("preset") or "").strip(),
    }
    return {name: item for name, item in found.items() if item}


def faults_of_fields(value: Callable[[str], Any]) -> dict[str, str]:
    """Say what is wrong, by the name of the input."""
    faults = {}
    for name, pattern, example in _CHECKED:
        wrong = [entry for entry in names_in(str(value(name) or "")) if not pattern.fullmatch(entry)]
        if wrong:
            faults[name] = f"{literal(wrong[0])} does not look like {example}."
    only, ignored = (set(names_in(str(value(name) or ""))) for name in ("only", "ignore"))
    if both := sorted(only & ignored):
        faults.setdefault("ignore", f"{literal(both[0])} is also among the only ones. Take it out of one of the two.")
    if len(names_in(str(value("preset") or ""))) > 1:
        faults["preset"] = "A preset has one name, without blanks."
    return faults


_LISTS = ("order", "only", "ignore")
_CHECKED = (
    *((name, _PROVIDER, "a provider's name, such as openai") for name in _LISTS),
    ("models", _MODEL, "a model id, such as vendor/model"),
    ("preset", _PRESET, "a preset's name: letters, digits, - and _"),
)
FIELDS: Mapping[str, type] = {
    **dict.fromkeys((*_LISTS, "sort", "data_collection", "models", "service_tier", "preset"), str),
    **dict.fromkeys(("zdr", "no_fallbacks", *(f"plugin.{name}" for name in PLUGINS)), bool),
    **dict.fromkeys(("max_price_prompt", "max_price_completion"), float),
}
"""The inputs, each with what its value is."""
