"""What answers to a question should be: kept with the question, so that every answer is compared with it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from service.structured.work import measure

__all__ = ["Expected", "expected_problem"]

MOST_CHARS = 100_000
MOST_LEVELS = 100


@dataclass(frozen=True, slots=True)
class Expected:
    """An expected value; null is one, too.

    Attributes:
        value: As `json.loads` returns it.
    """

    value: Any

    def to_json(self) -> dict[str, Any]:
        """Return it as a JSON value that is never null."""
        return {"value": self.value}

    @classmethod
    def from_json(cls, told: Mapping[str, Any] | None) -> Expected | None:
        """Return what a JSON value says; `None` stays `None`."""
        return None if told is None else cls(told["value"])


def expected_problem(value: Any) -> str | None:
    """Return why a value cannot be kept as an expected one, in a sentence; `None` when it can."""
    if measure(value, MOST_LEVELS).depth > MOST_LEVELS:
        return f"It has more than {MOST_LEVELS} lists and objects inside each other."
    try:
        written = json.dumps(value, ensure_ascii=False, allow_nan=False)
    except (TypeError, ValueError):
        return "It holds a number that JSON cannot write."
    if len(written) > MOST_CHARS:
        return f"It has {len(written):,} characters, and at most {MOST_CHARS:,} are kept."
    return None
