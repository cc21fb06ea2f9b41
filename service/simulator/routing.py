"""Why OpenRouter would not route a request: the checks between a known model and its answer."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from service.simulator import refusals
from service.simulator.ask import Ask
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
_EITHER = {"max_tokens": "max_completion_tokens", "max_completion_tokens": "max_tokens"}


def refused(ask: Ask) -> Response | None:
    """Return OpenRouter's refusal of a request, or `None` when an endpoint can take it."""
    provider = ask.body.get("provider")
    preferences = provider if isinstance(provider, Mapping) else {}
    return _abilities(ask) or _preferences(ask, preferences) or _limits(ask)


def _abilities(ask: Ask) -> Response | None:
    if ask.functions and not ask.model.supports("tools"):
        return refusals.no_tool_use(str(ask.functions[0].get("name", "")))
    if _forces_a_tool(ask) and not ask.model.supports("tool_choice"):
        return refusals.no_tool_choice()
    if any(part.get("type") == "image_url" for part in ask.parts) and "image" not in ask.model.inputs:
        return refusals.no_image_input()
    if ask.model.reasoning_is_mandatory and _switches_reasoning_off(ask.body):
        return refusals.mandatory_reasoning()
    return None


def _forces_a_tool(ask: Ask) -> bool:
    return bool(ask.functions) and ask.body.get("tool_choice") not in (None, "auto", "none")


def _switches_reasoning_off(body: Mapping[str, Any]) -> bool:
    reasoning = body.get("reasoning")
    given = reasoning if isinstance(reasoning, Mapping) else {}
    return "none" in (given.get("effort"), body.get("reasoning_effort")) or given.get("enabled") is False


def _preferences(ask: Ask, provider: Mapping[str, Any]) -> Response | None:
    if provider.get("data_collection") == "deny" and ask.model.is_free:
        return refusals.data_policy()
    only = provider.get("only")
    if isinstance(only, list) and only and "simulator" not in [str(name).lower() for name in only]:
        return refusals.no_allowed_provider(str(ask.model.entry["canonical_slug"]), [str(name) for name in only])
    if provider.get("require_parameters") is True and _lacking(ask):
        return refusals.no_required_parameters()
    ceilings = provider.get("max_price")
    if isinstance(ceilings, Mapping) and _too_dear(ask, ceilings):
        return refusals.above_max_price()
    return None


def _lacking(ask: Ask) -> list[str]:
    asked = [name for name in ROUTED_PARAMETERS if ask.body.get(name) is not None]
    if ask.asked_format == "json_object":
        asked.append("response_format")
    if ask.asked_format == "json_schema":
        asked.append("structured_outputs")
    supports = ask.model.supports
    return [name for name in asked if not supports(name) and not supports(_EITHER.get(name, name))]


def _too_dear(ask: Ask, ceilings: Mapping[str, Any]) -> bool:
    """Compare with `max_price`, in USD per million tokens."""
    for name in ("prompt", "completion"):
        try:
            if ask.model.price(name).scaleb(6) > Decimal(str(ceilings[name])):
                return True
        except (KeyError, InvalidOperation):
            continue
    return False


def _limits(ask: Ask) -> Response | None:
    limit = ask.model.context_length
    if limit is not None and ask.prompt_tokens > limit:
        return refusals.context_too_long(limit, ask.prompt_tokens)
    return None
