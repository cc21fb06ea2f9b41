"""Which provider a request goes to, or why OpenRouter would not route it: between a known model and its answer."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import Any

from service.simulator import refusals
from service.simulator.ask import Ask
from service.simulator.catalogue import Model
from service.simulator.providers import Endpoint, endpoints_of
from service.simulator.steps import Response

ROUTED_PARAMETERS = (
    "frequency_penalty",
    "include_reasoning",
    "logit_bias",
    "logprobs",
    "max_completion_tokens",
    "max_tokens",
    "min_p",
    "parallel_tool_calls",
    "prediction",
    "presence_penalty",
    "reasoning",
    "reasoning_effort",
    "repetition_penalty",
    "seed",
    "stop",
    "structured_outputs",
    "temperature",
    "tool_choice",
    "tools",
    "top_a",
    "top_k",
    "top_logprobs",
    "top_p",
    "verbosity",
    "web_search_options",
)
Endpoints = Sequence[Endpoint]
_EITHER = {"max_tokens": "max_completion_tokens", "max_completion_tokens": "max_tokens"}


def routed(ask: Ask) -> Ask | Response:
    """Return the request as the provider gets it that serves it, or OpenRouter's refusal where none can take it."""
    provider = ask.body.get("provider")
    preferences = provider if isinstance(provider, Mapping) else {}
    found = _able(ask, endpoints_of(ask.model))
    for step in (_allowed, _fitting, _long_enough):
        if isinstance(found, Response):
            return found
        found = step(ask, found, preferences)
    if isinstance(found, Response):
        return found
    chosen = _in_order(ask, found, preferences)[0]
    return replace(ask, model=chosen.served, head=replace(ask.head, provider=chosen.provider.name))


def _able(ask: Ask, endpoints: Endpoints) -> Endpoints | Response:
    if ask.functions and not (endpoints := [found for found in endpoints if found.served.supports("tools")]):
        return refusals.no_tool_use(str(ask.functions[0].get("name", "")))
    if (kind := _forced(ask)) and not (endpoints := [found for found in endpoints if _can_be_forced(found, kind)]):
        return refusals.no_tool_choice()
    if any(part.get("type") == "image_url" for part in ask.parts) and "image" not in ask.model.inputs:
        return refusals.no_image_input()
    if ask.model.reasoning_is_mandatory and _switches_reasoning_off(ask.body):
        return refusals.mandatory_reasoning()
    return endpoints


def _forced(ask: Ask) -> str | None:
    """Return which kind of call is forced: any (`required`) or a certain one (`function`)."""
    choice = ask.body.get("tool_choice")
    if not ask.functions or choice in (None, "auto", "none"):
        return None
    return "required" if choice == "required" else "function"


def _can_be_forced(endpoint: Endpoint, kind: str) -> bool:
    return endpoint.served.supports("tool_choice") and endpoint.takes_tool_choice(kind)


def _switches_reasoning_off(body: Mapping[str, Any]) -> bool:
    reasoning = body.get("reasoning")
    given = reasoning if isinstance(reasoning, Mapping) else {}
    return "none" in (given.get("effort"), body.get("reasoning_effort")) or given.get("enabled") is False


def _allowed(ask: Ask, endpoints: Endpoints, provider: Mapping[str, Any]) -> Endpoints | Response:
    if provider.get("data_collection") == "deny" and ask.model.is_free:
        return refusals.data_policy()
    only, ignored = _slugs(provider, "only"), _slugs(provider, "ignore")
    left = [found for found in endpoints if (not only or found.is_named(only)) and not found.is_named(ignored)]
    if provider.get("allow_fallbacks") is False and (order := _slugs(provider, "order")):
        left = [found for found in left if found.is_named(order)]
    if precisions := _slugs(provider, "quantizations"):
        left = [found for found in left if found.provider.quantization in precisions]
    if not left:
        tags = [found.tag for found in endpoints]
        return refusals.no_allowed_provider(str(ask.model.entry["canonical_slug"]), tags, only)
    return left


def _fitting(ask: Ask, endpoints: Endpoints, provider: Mapping[str, Any]) -> Endpoints | Response:
    if provider.get("require_parameters") is True:
        endpoints = [found for found in endpoints if not _lacking(ask, found.served)]
        if not endpoints:
            return refusals.no_required_parameters()
    ceilings = provider.get("max_price")
    if isinstance(ceilings, Mapping):
        endpoints = [found for found in endpoints if not _too_dear(found.served, ceilings)]
    return endpoints or refusals.above_max_price()


def _long_enough(ask: Ask, endpoints: Endpoints, provider: Mapping[str, Any]) -> Endpoints | Response:
    limits = [found.served.context_length for found in endpoints]
    fitting = [
        found for found, limit in zip(endpoints, limits, strict=True) if limit is None or ask.prompt_tokens <= limit
    ]
    return fitting or refusals.context_too_long(max(limit or 0 for limit in limits), ask.prompt_tokens)


def _in_order(ask: Ask, endpoints: Endpoints, provider: Mapping[str, Any]) -> Endpoints:
    """Sort by the order that is asked for, then by what takes the response format, by health and by price."""
    order = _slugs(provider, "order")

    def place(endpoint: Endpoint) -> tuple[Any, ...]:
        named = next((at for at, slug in enumerate(order) if endpoint.is_named([slug])), len(order))
        served, is_down = endpoint.served, endpoint.provider.status < 0
        lacks_format = bool(_format_needed(ask)) and not all(map(served.supports, _format_needed(ask)))
        figures = {"latency": endpoint.provider.first_word, "throughput": -endpoint.provider.speed}
        return named, lacks_format, is_down, figures.get(_sort(provider), 0), served.price("prompt")

    return sorted(endpoints, key=place)


def _sort(provider: Mapping[str, Any]) -> str:
    sort = provider.get("sort")
    return str(sort.get("by") if isinstance(sort, Mapping) else sort)


def _slugs(provider: Mapping[str, Any], name: str) -> list[str]:
    value = provider.get(name)
    return [str(slug).lower() for slug in value] if isinstance(value, list) else []


def _format_needed(ask: Ask) -> list[str]:
    return {"json_object": ["response_format"], "json_schema": ["structured_outputs"]}.get(str(ask.asked_format), [])


def _lacking(ask: Ask, served: Model) -> list[str]:
    asked = [name for name in ROUTED_PARAMETERS if ask.body.get(name) is not None] + _format_needed(ask)
    supports = served.supports
    return [name for name in asked if not supports(name) and not supports(_EITHER.get(name, name))]


def _too_dear(served: Model, ceilings: Mapping[str, Any]) -> bool:
    """Compare with `max_price`, in USD per million tokens."""
    for name in ("prompt", "completion"):
        try:
            if served.price(name).scaleb(6) > Decimal(str(ceilings[name])):
                return True
        except (KeyError, InvalidOperation):
            continue
    return False
