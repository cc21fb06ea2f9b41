"""What can be done about an error, how long to wait before, and what support needs to know of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pages.parts.actions import AcceptAnyProvider, ChooseModel, DropParameter, LowerMaxTokens, OpenSettings, Retry
from service import (
    AuthenticationError,
    CircuitOpenError,
    ConfigurationError,
    ContextLengthError,
    InsufficientCreditsError,
    InvalidRequestError,
    ModelNotFoundError,
    ModerationError,
    OpenRouterError,
    PermissionDeniedError,
    ProviderError,
    RateLimitError,
    UnsupportedFeatureError,
)
from service.redact import redact_text
from service.structured.words import clean

__all__ = ["ErrorStep", "details", "next_steps", "seconds_left"]

ErrorStep = Retry | AcceptAnyProvider | LowerMaxTokens | DropParameter | ChooseModel | OpenSettings

_OTHER_MODEL = (
    UnsupportedFeatureError,
    ModelNotFoundError,
    ModerationError,
    ContextLengthError,
    CircuitOpenError,
    RateLimitError,
    ProviderError,
)
_IN_SETTINGS = (AuthenticationError, InsufficientCreditsError, PermissionDeniedError, ConfigurationError)
_NEVER_DROPPED = frozenset({"messages", "model", "stream", "stream_options", "usage"})
_AFFORDABLE = re.compile(r"can only afford (\d+)")
_CONTEXT = re.compile(r"maximum context length is (\d+) tokens")
_INPUT = re.compile(r"\((\d+) of text input")
_SMALLEST_ANSWER = 16


def next_steps(error: OpenRouterError, *, can_retry: bool = True) -> list[ErrorStep]:
    """Return what a person can do about an error, the likeliest help first; at most three.

    Without `can_retry`, only what does not send the request again.
    """
    steps: list[ErrorStep] = []
    if can_retry:
        room = _room(error)
        is_too_strict = _requires_too_much(error)
        dropped = None if is_too_strict else _named_field(error)
        steps += [Retry()] if error.retryable else []
        steps += [AcceptAnyProvider()] if is_too_strict else []
        steps += [LowerMaxTokens(room)] if room is not None else []
        steps += [DropParameter(dropped)] if dropped is not None else []
    steps += [OpenSettings()] if isinstance(error, _IN_SETTINGS) else []
    steps += [ChooseModel()] if isinstance(error, _OTHER_MODEL) else []
    return steps[:3]


def _requires_too_much(error: OpenRouterError) -> bool:
    """Whether no provider supports everything in a request that asks for one that does."""
    provider = error.context.payload.get("provider")
    is_required = isinstance(provider, Mapping) and provider.get("require_parameters") is True
    return is_required and "requested parameters" in f"{error.message} {error.provider_message}"


def _room(error: OpenRouterError) -> int | None:
    """Return the most tokens an answer may have here, where the server's words tell and it is worth a try.

    OpenRouter says "can only afford N" with a 402, and the context's length and the prompt's with a 400.
    """
    words = f"{error.message} {error.provider_message}"
    limit = _limit(error.context.payload)
    room = None
    if isinstance(error, InsufficientCreditsError) and (afforded := _AFFORDABLE.search(words)):
        room = int(afforded[1])
    elif (
        isinstance(error, ContextLengthError) and (context := _CONTEXT.search(words)) and (sent := _INPUT.search(words))
    ):
        room = int(context[1]) - int(sent[1]) if limit is not None else None
    if room is None or room < _SMALLEST_ANSWER or (limit is not None and room >= limit):
        return None
    return room


def _limit(payload: Mapping[str, Any]) -> int | None:
    limit = payload.get("max_completion_tokens", payload.get("max_tokens"))
    return limit if isinstance(limit, int) else None


def _named_field(error: OpenRouterError) -> str | None:
    """Return the field of the request that the server's words name; a context or a schema is no field to drop."""
    if not isinstance(error, InvalidRequestError | UnsupportedFeatureError) or isinstance(error, ContextLengthError):
        return None
    words = f"{error.message} {error.provider_message}"
    names = sorted(set(error.context.payload) - _NEVER_DROPPED, key=len, reverse=True)
    return next((name for name in names if re.search(rf"(?<![\w.]){re.escape(name)}(?!\w)", words)), None)


def seconds_left(error: OpenRouterError, failed_at: datetime | None, now: datetime) -> float:
    """Return how many seconds are left of what the server asked to wait; 0 when it is over."""
    passed = (now - failed_at).total_seconds() if failed_at is not None else 0.0
    return max(0.0, (error.retry_after or 0.0) - max(0.0, passed))


def details(error: OpenRouterError) -> str:
    """Return what support needs to find the request, a line each; no key and no account id."""
    context = error.context
    known = {
        "Error": type(error).__name__,
        "Message": error.message,
        "Provider's words": error.provider_message,
        "Code": error.code,
        "HTTP status": error.status_code,
        "Provider": error.provider,
        "Model": context.model,
        "Request id": context.request_id,
        "Correlation id": context.correlation_id,
        "Attempts": context.attempt,
        "Seconds": f"{context.elapsed:.1f}" if context.elapsed else None,
    }
    return clean(
        redact_text("\n".join(f"{name}: {value}" for name, value in known.items() if value not in (None, "", 0)))
    )
