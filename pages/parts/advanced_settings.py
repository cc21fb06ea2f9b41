"""What stands under Advanced: where a request may go, who stands in, and what OpenRouter does besides."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from pages.parts.advanced_choices import CHOICES, PLUGINS
from pages.parts.plain import literal
from service import ModelInfo

__all__ = ["FIELDS", "faults_of_fields", "fields_of", "is_auto", "makes_pictures", "names_in"]

_PROVIDER = re.compile(r"[a-zA-Z0-9][\w./-]*")
_MODEL = re.compile(r"[~@\w][\w.~@:/-]*/[\w.~@:/=,-]+")
_MODELS = re.compile(r"(?=.*[/*])[~@\w*][\w.~@:/*-]*")
_PRESET = re.compile(r"[\w-]+")

Value = Callable[[str], Any]
"""Returns what an input says, by its name in `FIELDS`."""


def names_in(text: str) -> list[str]:
    """Return the names of a list with commas, blanks or lines between them."""
    return [name for name in re.split(r"[\s,]+", text) if name]


def is_auto(model: str) -> bool:
    """Whether OpenRouter chooses the model for each prompt, and may be told among which."""
    return model == "openrouter/auto"


def makes_pictures(info: ModelInfo | None) -> bool:
    """Whether answers of a model may hold pictures."""
    return info is not None and "image" in info.output_modalities


def fields_of(value: Value, model: str = "", info: ModelInfo | None = None) -> dict[str, Any]:
    """Return the fields of a request; what is not set, or has no meaning for the model, is not in them."""
    plugins = [{"id": name} for name in PLUGINS if value(f"plugin.{name}")]
    found = {
        "provider": _provider(value),
        "models": tuple(names_in(str(value("models") or ""))),
        "plugins": (*plugins, *([auto] if is_auto(model) and (auto := _auto_router(value)) else [])),
        "service_tier": value("service_tier"),
        "preset": str(value("preset") or "").strip(),
        **(_pictures(value, info) if makes_pictures(info) else {}),
    }
    return {name: item for name, item in found.items() if item}


def _provider(value: Value) -> dict[str, Any]:
    sort = value("sort")
    found = {
        **{name: names_in(str(value(name) or "")) for name in _LISTS},
        "sort": {"by": sort, "partition": "none"} if sort and value("sort_together") else sort,
        "quantizations": list(value("quantizations") or ()),
        "preferred_min_throughput": value("min_throughput"),
        "preferred_max_latency": value("max_latency"),
        "data_collection": value("data_collection"),
        "zdr": value("zdr"),
        "enforce_distillable_text": value("distillable"),
        "max_price": {name: price for name in _PRICES if (price := value(f"max_price_{name}")) is not None},
    }
    provider = {name: item for name, item in found.items() if item}
    return provider | ({"allow_fallbacks": False} if value("no_fallbacks") else {})


def _auto_router(value: Value) -> dict[str, Any]:
    lists = {f"{name}_models": names_in(str(value(f"auto.{name}") or "")) for name in _AUTO_LISTS}
    found = {name: item for name, item in {**lists, "cost_tier": value("auto.cost_tier")}.items() if item}
    return {"id": "auto-router", **found} if found else {}


def _pictures(value: Value, info: ModelInfo | None) -> dict[str, Any]:
    """Return what kinds an answer may hold, where a model has several, and the shape of its pictures."""
    writes = info is not None and "text" in info.output_modalities
    kinds = tuple(str(value("output") or "").split("+")) if writes and value("output") else ()
    return {
        "modalities": kinds,
        "image_config": {"aspect_ratio": ratio} if (ratio := value("aspect_ratio")) else {},
    }


def faults_of_fields(value: Value, model: str = "") -> dict[str, str]:
    """Say what is wrong, by the name of the input."""
    faults = {}
    for name, pattern, example in (*_CHECKED, *(_CHECKED_OF_AUTO if is_auto(model) else ())):
        wrong = [entry for entry in names_in(str(value(name) or "")) if not pattern.fullmatch(entry)]
        if wrong:
            faults[name] = f"{literal(wrong[0])} does not look like {example}."
    for some, others in (("only", "ignore"), *((("auto.allowed", "auto.excluded"),) if is_auto(model) else ())):
        wanted, unwanted = (set(names_in(str(value(name) or ""))) for name in (some, others))
        if both := sorted(wanted & unwanted):
            faults.setdefault(others, f"{literal(both[0])} is also among the only ones. Take it out of one of the two.")
    if len(names_in(str(value("preset") or ""))) > 1:
        faults["preset"] = "A preset has one name, without blanks."
    return faults


_LISTS = ("order", "only", "ignore")
_AUTO_LISTS = ("allowed", "excluded")
_PRICES = ("prompt", "completion")
_FLAGS = ("zdr", "no_fallbacks", "sort_together", "distillable", *(f"plugin.{name}" for name in PLUGINS))
_NUMBERS = ("min_throughput", "max_latency", *(f"max_price_{name}" for name in _PRICES))
_CHECKED = (
    *((name, _PROVIDER, "a provider's name, such as openai") for name in _LISTS),
    ("models", _MODEL, "a model id, such as vendor/model"),
    ("preset", _PRESET, "a preset's name: letters, digits, - and _"),
)
_CHECKED_OF_AUTO = tuple(
    (f"auto.{name}", _MODELS, "a model id or several of a vendor, such as vendor/*") for name in _AUTO_LISTS
)
FIELDS: Mapping[str, type] = {
    **dict.fromkeys((*_LISTS, "models", "preset", *(f"auto.{name}" for name in _AUTO_LISTS), *CHOICES), str),
    **dict.fromkeys(_FLAGS, bool),
    **dict.fromkeys(_NUMBERS, float),
    "quantizations": list,
}
"""The inputs, each with what its value is."""
