"""What was spent, and what /generation can say about it afterwards."""

from collections import Counter, OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from service.simulator import wire
from service.simulator.chance import seeded

KEEP = 10_000
_NIL = "00000000-0000-0000-0000-000000000000"


@dataclass(slots=True)
class Generation:
    """One answer that was begun, without its prompt; times are Unix seconds."""

    id: str
    slug: str
    streamed: bool
    is_free: bool
    usage: Mapping[str, Any]
    key: str
    agent: str | None
    referer: str | None
    user: str | None
    session_id: str | None
    began: float
    finish: str | None = None
    native: str | None = None
    provider: str = wire.PROVIDER
    ended: float | None = None
    cancelled: bool = False
    asked_for: int = 0

    @property
    def cost(self) -> Decimal:
        """The cost in USD."""
        return Decimal(repr(self.usage["cost"]))

    def body(self) -> dict[str, Any]:
        """Build the body of /generation, in the recorded key order."""
        usage = self.usage
        milliseconds = max(1, round(1000 * ((self.ended or self.began) - self.began)))
        rng = seeded(self.id)
        upstream = wire.token(rng, 22)
        stamp = datetime.fromtimestamp(self.began, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        attempt = {
            "endpoint_id": _NIL,
            "id": upstream,
            "is_byok": False,
            "latency": milliseconds,
            "model_permaslug": self.slug,
            "provider_name": self.provider,
            "status": 200,
        }
        data = {
            "created_at": stamp,
            "model": self.slug,
            "app_id": 0,
            "external_user": self.user,
            "streamed": self.streamed,
            "cancelled": self.cancelled,
            "latency": milliseconds,
            "moderation_latency": None,
            "generation_time": milliseconds,
            "tokens_prompt": usage["prompt_tokens"],
            "tokens_completion": usage["completion_tokens"],
            "native_tokens_prompt": usage["prompt_tokens"],
            "native_tokens_completion": usage["completion_tokens"],
            "native_tokens_completion_images": None,
            "native_tokens_reasoning": usage["completion_tokens_details"]["reasoning_tokens"],
            "native_tokens_cached": 0,
            "num_media_prompt": None,
            "num_input_audio_prompt": None,
            "num_media_completion": 0,
            "num_search_results": None,
            "num_fetches": None,
            "web_search_engine": None,
            "origin": self.referer or "",
            "is_byok": False,
            "finish_reason": None if self.cancelled else self.finish,
            "native_finish_reason": None if self.cancelled else self.native,
            "service_tier": "default",
            "usage": usage["cost"],
            "router": None,
            "user_agent": self.agent,
            "http_referer": self.referer,
            "request_id": f"req-{int(self.began)}-{wire.token(rng, 20)}",
            "session_id": self.session_id,
            "preset_id": None,
            "api_type": "completions",
            "id": self.id,
            "upstream_id": upstream,
            "provider_responses": [attempt],
            "total_cost": usage["cost"],
            "cache_discount": None,
            "upstream_inference_cost": 0,
            "provider_name": self.provider,
            "response_cache_source_id": None,
            "data_region": "global",
            "workspace_id": _NIL,
        }
        return {"data": data}


@dataclass
class Ledger:
    """The last generations, what each key has spent, and how often each request was repeated.

    `misses` is how many times /generation answers 404 for an id before it answers 200.
    """

    misses: int = 1
    credits: Decimal = Decimal(100)
    spent: dict[str, Decimal] = field(default_factory=dict)
    free_requests: Counter[str] = field(default_factory=Counter)
    _generations: OrderedDict[str, Generation] = field(default_factory=OrderedDict)
    _attempts: OrderedDict[str, int] = field(default_factory=OrderedDict)

    def begin(self, generation: Generation) -> None:
        """Enter an answer."""
        self._generations[generation.id] = generation
        while len(self._generations) > KEEP:
            self._generations.popitem(last=False)
        if generation.is_free:
            self.free_requests[generation.key] += 1

    def end(self, generation_id: str | None, now: float, *, complete: bool) -> None:
        """Enter the end of an answer and charge for it; ids of refusals are ignored."""
        generation = self._generations.get(generation_id or "")
        if generation is None:
            return
        generation.ended, generation.cancelled = now, not complete
        self.spent[generation.key] = self.spent.get(generation.key, Decimal(0)) + generation.cost

    def find(self, generation_id: str) -> Generation | None:
        """Return a finished generation, once it was asked for often enough."""
        found = self._generations.get(generation_id)
        if found is None or found.ended is None:
            return None
        found.asked_for += 1
        return found if found.asked_for > self.misses else None

    def attempt(self, fingerprint: str) -> int:
        """Count identical requests, from 1."""
        count = self._attempts.pop(fingerprint, 0) + 1
        self._attempts[fingerprint] = count
        while len(self._attempts) > KEEP:
            self._attempts.popitem(last=False)
        return count

    def clear(self) -> None:
        """Forget everything."""
        for part in (self.spent, self.free_requests, self._generations, self._attempts):
            part.clear()

    def key_body(self, key: str) -> dict[str, Any]:
        """Build the body of /key; the last two fields are newer than the recording of 2026-10."""
        usage = float(self.spent.get(key, 0))
        used = self.free_requests.get(key, 0)
        data = {
            "label": label(key),
            "is_management_key": False,
            "is_provisioning_key": False,
            "limit": None,
            "limit_reset": None,
            "limit_remaining": None,
            "include_byok_in_limit": False,
            "usage": usage,
            "usage_daily": usage,
            "usage_weekly": usage,
            "usage_monthly": usage,
            "byok_usage": 0,
            "byok_usage_daily": 0,
            "byok_usage_weekly": 0,
            "byok_usage_monthly": 0,
            "is_free_tier": False,
            "expires_at": None,
            "creator_user_id": "user_simulated",
            "organization_id": None,
            "workspace_id": _NIL,
            "allowed_data_regions": ["global"],
            "free_model_daily_requests": {"used": used, "limit": 1000, "remaining": max(0, 1000 - used)},
            "rate_limit": {
                "requests": -1,
                "interval": "10s",
                "note": "This field is deprecated and safe to ignore.",
            },
            "budgets": [],
            "effective_budget": None,
        }
        return {"data": data}

    def credits_body(self) -> dict[str, Any]:
        """Build the body of /credits."""
        used = float(sum(self.spent.values()))
        return {"data": {"total_credits": float(self.credits), "total_usage": used}}


def label(key: str) -> str:
    """Mask a key as OpenRouter does: `sk-or-v1-abc...123`."""
    secret = key.removeprefix("sk-or-v1-")
    return f"sk-or-v1-{secret[:3]}...{secret[-3:]}" if len(secret) > 12 else "sk-or-v1-..."
