"""How a run came out, in a short word: its verdict, and where it failed, at whose door that lies.

`Verdict.kind` says `provider_error` of every request that failed. People read that as the provider's fault, which no
network, a wrong key and our own limits are not. So whoever shows a failure asks here, by the class of the error.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

__all__ = ["FAILURES", "NOT_SENT", "OUTCOMES", "PROVIDER_ERROR", "outcome_name"]

PROVIDER_ERROR: Final = "provider_error"
NOT_SENT: Final = "not_sent"

FAILURES: Final[Mapping[str, tuple[str, ...]]] = {
    NOT_SENT: ("ConfigurationError", "LocalLimitError", "CircuitOpenError"),
    "no_connection": ("NetworkError",),
    "timed_out": ("RequestTimeoutError",),
    "wrong_key": ("AuthenticationError",),
    "not_allowed": ("PermissionDeniedError",),
    "no_credits": ("InsufficientCreditsError",),
    "rate_limited": ("RateLimitError",),
    "not_accepted": (
        "InvalidRequestError",
        "InvalidSchemaError",
        "ContextLengthError",
        "UnsupportedFeatureError",
        "ModerationError",
        "ModelNotFoundError",
    ),
    "broke_off": ("StreamInterruptedError",),
}
"""Failures that are not the provider's, or not surely so, each with the classes of its errors."""

OUTCOMES: Final[Mapping[str, str]] = {
    "valid": "Valid",
    "wrong_shape": "Wrong shape",
    "not_json": "Not JSON",
    "fenced": "JSON in a fence",
    "cut_off": "Cut off",
    "refused": "Refused",
    "empty": "Empty",
    "stopped": "Stopped",
    PROVIDER_ERROR: "Provider error",
    NOT_SENT: "Not sent",
    "no_connection": "No connection",
    "timed_out": "Timed out",
    "wrong_key": "Wrong key",
    "not_allowed": "Not allowed",
    "no_credits": "No credits",
    "rate_limited": "Rate limited",
    "not_accepted": "Not accepted",
    "broke_off": "Broke off",
}
"""The words, by name."""

_NAMES = {kind: name for name, kinds in FAILURES.items() for kind in kinds}


def outcome_name(verdict: str, error: str | None, attempts: int) -> str:
    """Return the name of an outcome.

    Args:
        verdict: The kind of the verdict.
        error: The name of the error's class; `None` where there was none.
        attempts: How many times the request was sent: what never was has no other fault.
    """
    if verdict != PROVIDER_ERROR or error is None:
        return verdict
    return _NAMES.get(error, PROVIDER_ERROR) if attempts else NOT_SENT
