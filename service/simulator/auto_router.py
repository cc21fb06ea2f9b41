"""OpenRouter's Auto Router: the plugin `auto-router` says among which models it chooses, and how dear they may be."""

from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

from service.simulator.ask import mappings
from service.simulator.catalogue import ROUTED_TO, Catalogue, Model, Named

AUTO = "openrouter/auto"
TIERS = ("low", "medium", "high", "xhigh", "max")


def chosen(named: Named, name: str, body: Mapping[str, Any], catalogue: Catalogue) -> Named | None:
    """Return the model that serves a request: of another name than the router's, and without the plugin, as it was.

    `None` where the plugin leaves none.
    """
    settings = next((one for one in mappings(body.get("plugins")) if one.get("id") == "auto-router"), None)
    if name != AUTO or settings is None or settings.get("enabled") is False:
        return named
    left = _left(catalogue, _texts(settings.get("allowed_models")), _texts(settings.get("excluded_models")))
    if not left:
        return None
    model = _by_cost(left, settings.get("cost_tier"))
    return Named(model, model.id, named.options, named.searches_web)


def _left(catalogue: Catalogue, allowed: Sequence[str], excluded: Sequence[str]) -> list[Model]:
    """Return the models that may be chosen; those of the simulator's own that fail on purpose only by name."""
    ordinary = [model for model in catalogue.models if model.outputs == ["text"] and _is_model(model)]
    wanted = [model for model in ordinary if _matches(model, allowed)] if allowed else _usual(ordinary)
    return [model for model in wanted if not _matches(model, excluded)]


def _is_model(model: Model) -> bool:
    return not model.id.startswith(("openrouter/", "~")) and not model.is_free


def _usual(models: Sequence[Model]) -> list[Model]:
    return [model for model in models if model.id == ROUTED_TO or not model.id.startswith("sim/")]


def _matches(model: Model, patterns: Sequence[str]) -> bool:
    return any(fnmatchcase(model.id, pattern) for pattern in patterns)


def _by_cost(models: Sequence[Model], tier: Any) -> Model:
    """Return the first of a fifth, ordered by price; without a tier the one that serves otherwise, else the first."""
    if tier not in TIERS:
        return next((model for model in models if model.id == ROUTED_TO), models[0])
    ordered = sorted(models, key=lambda model: model.price("completion"))
    return ordered[min(len(ordered) - 1, len(ordered) * TIERS.index(tier) // len(TIERS))]


def _texts(value: Any) -> list[str]:
    return [text for text in value if isinstance(text, str)] if isinstance(value, list) else []
