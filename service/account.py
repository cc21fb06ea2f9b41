"""What a key may still spend, and whether the server answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

from service.errors import NetworkError, OpenRouterError, RequestTimeoutError
from service.guard.breaker import BreakerState
from service.redact import redact
from service.wire.reading import as_int, as_mapping, as_text, money

__all__ = ["Contact", "Health", "KeyStatus", "is_answer", "read_key_status"]


@dataclass(frozen=True)
class KeyStatus:
    """A key's limit and use, in USD; `limit` and `remaining` are `None` when it has no limit.

    `usage` lags by minutes at OpenRouter. The `free_requests_*` count today's requests to free models; `None` where
    the server does not tell.
    """

    label: str
    limit: Decimal | None = None
    remaining: Decimal | None = None
    limit_reset: str | None = None
    usage: Decimal | None = None
    usage_daily: Decimal | None = None
    usage_monthly: Decimal | None = None
    is_free_tier: bool = False
    free_requests_used: int | None = None
    free_requests_limit: int | None = None
    expires_at: str | None = None
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)


def read_key_status(body: Any) -> KeyStatus:
    """Read the answer of `GET /key`."""
    data = as_mapping(as_mapping(body).get("data"))
    free = as_mapping(data.get("free_model_daily_requests"))
    return KeyStatus(
        label=as_text(data.get("label")),
        limit=money(data.get("limit")),
        remaining=money(data.get("limit_remaining")),
        limit_reset=as_text(data.get("limit_reset")) or None,
        usage=money(data.get("usage")),
        usage_daily=money(data.get("usage_daily")),
        usage_monthly=money(data.get("usage_monthly")),
        is_free_tier=data.get("is_free_tier") is True,
        free_requests_used=as_int(free.get("used")),
        free_requests_limit=as_int(free.get("limit")),
        expires_at=as_text(data.get("expires_at")) or None,
        raw=redact(data),
    )


@dataclass(frozen=True)
class Contact:
    """What the server did when it was last asked, for whatever reason: nothing is asked to find that out.

    `at` is on the service's clock. A server that answers with a refusal answers; one that answers 500 or above fails.
    """

    state: Literal["unknown", "answers", "fails"] = "unknown"
    at: float | None = None

    def after(self, error: OpenRouterError | None, now: float) -> Contact:
        """Return what is known after the server was asked; `None` stands for an answer without an error."""
        if error is None:
            return Contact("answers", now)
        if error.status_code is None and not isinstance(error, NetworkError | RequestTimeoutError):
            return self
        return Contact("answers" if is_answer(error) else "fails", now)


def is_answer(error: OpenRouterError) -> bool:
    """Whether an error is a refusal by a server that works."""
    return error.status_code is not None and error.status_code < 500


@dataclass(frozen=True)
class Health:
    """Whether the server answers: how fast (seconds), what the breaker says, and the last thing that went wrong.

    A server that refuses the key, or asks to slow down, can be reached; one that answers 500 or above cannot serve.
    `is_key_refused` says whether the server refused the key when it was last asked with it.
    """

    is_reachable: bool
    latency: float | None
    breaker: BreakerState
    last_error: OpenRouterError | None
    runs_in_flight: int
    runs_waiting: int
    is_key_refused: bool = False
