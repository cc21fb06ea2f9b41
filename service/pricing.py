"""Prices, exactly as the catalogue's strings say: USD per token, as decimals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from service.tokens import assumed_completion_tokens, estimate_request_tokens
from service.types import ChatRequest
from service.wire.reading import as_int, as_mapping, money

__all__ = ["CostEstimate", "Pricing", "cost_estimate", "read_pricing"]


@dataclass(frozen=True)
class Pricing:
    """What a model costs; `None` is unknown, which is not free.

    `prompt` and `completion` are USD per token, `request` USD per request. `overrides` are OpenRouter's: each with a
    lower bound `min_prompt_tokens`, strictly above which its prices hold; the later of two that hold wins. Overrides
    by time of day are left out here, since they depend on when the request arrives.
    """

    prompt: Decimal | None = None
    completion: Decimal | None = None
    request: Decimal | None = None
    is_variable: bool = False
    overrides: tuple[tuple[int, Mapping[str, Decimal]], ...] = ()
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)

    @property
    def prompt_per_million(self) -> Decimal | None:
        """USD for a million prompt tokens."""
        return None if self.prompt is None else self.prompt * 1_000_000

    @property
    def completion_per_million(self) -> Decimal | None:
        """USD for a million completion tokens."""
        return None if self.completion is None else self.completion * 1_000_000

    def cost(self, prompt_tokens: int, completion_tokens: int) -> Decimal | None:
        """Return the price in USD of so many tokens; `None` when a price is unknown."""
        prompt, completion = self.prompt, self.completion
        for above, prices in self.overrides:
            if prompt_tokens > above:
                prompt = prices.get("prompt", prompt)
                completion = prices.get("completion", completion)
        if prompt is None or completion is None:
            return None
        return prompt * prompt_tokens + completion * completion_tokens + (self.request or 0)


@dataclass(frozen=True)
class CostEstimate:
    """What a request will probably cost, in USD, and what that assumes; `None` where the price is unknown.

    `provider` is whose price it is; `None`: that of the cheapest provider, as the model list has it.
    """

    total: Decimal | None
    prompt: Decimal | None
    completion: Decimal | None
    prompt_tokens: int
    assumed_completion_tokens: int
    provider: str | None = None


def cost_estimate(request: ChatRequest, pricing: Pricing | None, provider: str | None = None) -> CostEstimate:
    """Return what a request will probably cost at these prices; `provider` is whose they are."""
    prompt_tokens, completion_tokens = estimate_request_tokens(request), assumed_completion_tokens(request)
    if pricing is None:
        return CostEstimate(None, None, None, prompt_tokens, completion_tokens)
    total = pricing.cost(prompt_tokens, completion_tokens)
    prompt = pricing.cost(prompt_tokens, 0)
    completion = None if total is None or prompt is None else total - prompt
    return CostEstimate(total, prompt, completion, prompt_tokens, completion_tokens, provider)


def read_pricing(raw: Any) -> Pricing:
    """Read the `pricing` of a model entry; routers say "-1", which means that it varies."""
    prices = as_mapping(raw)
    prompt, completion = money(prices.get("prompt")), money(prices.get("completion"))
    varies = any(price is not None and price < 0 for price in (prompt, completion))
    overrides = []
    listed = prices.get("overrides")
    for entry in listed if isinstance(listed, list) else ():
        bound = as_int(as_mapping(entry).get("min_prompt_tokens"))
        if bound is not None:
            known = {name: price for name in ("prompt", "completion") if (price := money(entry.get(name))) is not None}
            overrides.append((bound, known))
    return Pricing(
        prompt=None if varies else prompt,
        completion=None if varies else completion,
        request=money(prices.get("request")),
        is_variable=varies,
        overrides=tuple(overrides),
        raw=prices,
    )
