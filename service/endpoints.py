"""A model's providers: what each takes, costs and how it fares, and which of them a request may go to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from service.errors import OpenRouterError
from service.pricing import Pricing
from service.wire.reading import as_mapping, money

__all__ = ["EndpointInfo", "EndpointList", "allowed_endpoints", "first_asked", "is_named"]


@dataclass(frozen=True)
class EndpointInfo:
    """A model at one provider; whatever the server does not tell is `None`.

    `tag` is what `provider.order`, `only` and `ignore` name it by (`deepinfra/fp8`), `provider` what people call it.
    Lengths are in tokens. `tool_choices` are the kinds of `tool_choice` that it takes: none, auto, required, function.
    `status` is 0 where all is well and below where OpenRouter sends it less. `uptime` is in percent, of the last half
    hour where that is told, else of the last five minutes or the last day. `latency` is the median wait for the first
    token in seconds, `throughput` the median in tokens per second; OpenRouter tells both to those with a key alone.
    """

    tag: str
    provider: str
    name: str = ""
    model: str = ""
    context_length: int | None = None
    max_completion_tokens: int | None = None
    max_prompt_tokens: int | None = None
    pricing: Pricing = field(default_factory=Pricing)
    quantization: str | None = None
    supported_parameters: frozenset[str] | None = None
    tool_choices: frozenset[str] | None = None
    status: int | None = None
    uptime: float | None = None
    latency: float | None = None
    throughput: float | None = None
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)

    def supports(self, parameter: str) -> bool | None:
        """Whether it takes a parameter (`structured_outputs`, `tools`, …); `None` when unknown."""
        return None if self.supported_parameters is None else parameter in self.supported_parameters

    def takes_tool_choice(self, kind: str) -> bool | None:
        """Whether `tool_choice` may be of a kind (none, auto, required, function); `None` when unknown."""
        return None if self.tool_choices is None else kind in self.tool_choices

    @property
    def is_degraded(self) -> bool:
        """Whether OpenRouter says that it is in trouble, and asks it last."""
        return self.status is not None and self.status < 0


@dataclass(frozen=True)
class EndpointList:
    """What is known of a model's providers at a moment.

    `endpoints` is `None` until they were told, and empty where nothing is known about them; `error` is why the last
    attempt to ask failed.
    """

    endpoints: tuple[EndpointInfo, ...] | None = None
    is_loading: bool = False
    error: OpenRouterError | None = None


def is_named(endpoint: EndpointInfo, slugs: Sequence[str]) -> bool:
    """Whether one of these names it; a slug without its last part stands for all its variants and regions."""
    tag = endpoint.tag.lower()
    return any(tag == slug.lower() or tag.startswith(f"{slug.lower()}/") for slug in slugs)


def allowed_endpoints(
    endpoints: Sequence[EndpointInfo], provider: Mapping[str, Any] | None
) -> tuple[EndpointInfo, ...]:
    """Return those that a request's `provider` lets OpenRouter ask.

    By `only`, `ignore`, `order` without fallbacks, `quantizations` and `max_price`; what cannot be told of a provider
    from outside, such as its data policy, is left out.
    """
    only, ignored = _slugs(provider, "only"), _slugs(provider, "ignore")
    precisions, ceilings = _slugs(provider, "quantizations"), as_mapping((provider or {}).get("max_price"))
    order = _slugs(provider, "order") if (provider or {}).get("allow_fallbacks") is False else []
    return tuple(
        found
        for found in endpoints
        if (not only or is_named(found, only))
        and (not order or is_named(found, order))
        and not is_named(found, ignored)
        and (not precisions or (found.quantization or "unknown") in precisions)
        and not _is_too_dear(found.pricing, ceilings)
    )


def first_asked(endpoints: Sequence[EndpointInfo], provider: Mapping[str, Any] | None) -> EndpointInfo | None:
    """Return the one that is asked first: the first of `order`, else the cheapest of those allowed.

    `None` where the request names none, none of those named serves the model, or something else than the price
    decides.
    """
    order = _slugs(provider, "order")
    if not order and not _slugs(provider, "only"):
        return None
    allowed = allowed_endpoints(endpoints, provider)
    for slug in order:
        if named := [found for found in allowed if is_named(found, [slug])]:
            return _cheapest(named)
    decides = (provider or {}).get("sort")
    by = decides.get("by") if isinstance(decides, Mapping) else decides
    return _cheapest(allowed) if by in (None, "price") or len(allowed) == 1 else None


def _slugs(provider: Mapping[str, Any] | None, name: str) -> list[str]:
    value = (provider or {}).get(name)
    return [slug for slug in value if isinstance(slug, str)] if isinstance(value, list | tuple) else []


def _is_too_dear(pricing: Pricing, ceilings: Mapping[str, Any]) -> bool:
    """Compare with `max_price`, in USD per million tokens; an unknown price passes."""
    prices = {"prompt": pricing.prompt_per_million, "completion": pricing.completion_per_million}
    limits = {name: money(ceilings.get(name)) for name in prices}
    return any(
        price is not None and (limit := limits[name]) is not None and price > limit for name, price in prices.items()
    )


def _cheapest(endpoints: Sequence[EndpointInfo]) -> EndpointInfo | None:
    """Return the cheapest of those that are well, as OpenRouter prefers them; an unknown price comes last."""

    def place(endpoint: EndpointInfo) -> tuple[bool, bool, Decimal]:
        prompt, completion = endpoint.pricing.prompt, endpoint.pricing.completion
        return endpoint.is_degraded, prompt is None, (prompt or Decimal(0)) + (completion or Decimal(0))

    return min(endpoints, key=place, default=None)
