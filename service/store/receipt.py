"""How an answer came to be mended: kept with it, for it stays a version of an answer that was bad."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

__all__ = ["Receipt", "ReceiptStep"]

ReceiptStep = Literal["local", "reask", "healing", "model"]
"""Mended here, asked for again, mended by OpenRouter, or asked of another model."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """Which step mended an answer, and what was wrong.

    Attributes:
        step: The step.
        message_id: The version that was bad; `None` where it is not known any more.
        changes: What was changed here, in plain words.
        violations: How many violations were named when it was asked for again.
    """

    step: ReceiptStep
    message_id: str | None
    changes: tuple[str, ...] = ()
    violations: int = 0

    def to_json(self) -> dict[str, Any]:
        """Return the receipt as a JSON value; what is empty is left out."""
        told = {"of": self.message_id, "changes": list(self.changes), "violations": self.violations}
        return {"step": self.step, **{name: value for name, value in told.items() if value}}

    @classmethod
    def from_json(cls, told: Mapping[str, Any] | None) -> Receipt | None:
        """Return the receipt of a JSON value; `None` stays `None`."""
        if told is None:
            return None
        return cls(told["step"], told.get("of"), tuple(told.get("changes", ())), told.get("violations", 0))
