"""Answers kept for a while, so that the very same request need not be paid for twice."""

from __future__ import annotations

import hashlib
import json
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from service.results import ChatResult
from service.wire.replay import to_body

__all__ = ["CachedAnswer", "ResponseCache"]

_NOT_ASKED_FOR = ("stream", "stream_options")
"""How an answer is sent makes no other of it."""


@dataclass(frozen=True)
class CachedAnswer:
    """An answer as a server would send it, at no cost, and what it had cost in USD."""

    body: dict[str, Any]
    original_cost: Decimal | None


class ResponseCache:
    """Whole answers by the exact request; the least recently used go first. Used on one event loop.

    An answer is found again with the key that paid for it alone: what one asked is nobody else's business.

    Args:
        ttl: Seconds an answer is kept.
        max_bytes: How much all of them may take.
        clock: Seconds on a clock that never goes back.
    """

    def __init__(self, *, ttl: float, max_bytes: int, clock: Callable[[], float]) -> None:
        self._ttl, self._max_bytes, self._clock = ttl, max_bytes, clock
        self._kept: OrderedDict[str, tuple[float, bytes]] = OrderedDict()
        self._bytes = 0

    def __len__(self) -> int:
        return len(self._kept)

    @staticmethod
    def name_of(payload: Mapping[str, Any], base_url: str, key: str, headers: Mapping[str, str] | None = None) -> str:
        """Return the name of a request, from which nothing of it can be read.

        Its body counts, its extra headers, where it goes, and who pays.
        """
        asked = {name: value for name, value in payload.items() if name not in _NOT_ASKED_FOR}
        beside = {name.lower(): value for name, value in (headers or {}).items()}
        text = json.dumps([base_url, key, asked, beside], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()

    def get(self, name: str) -> CachedAnswer | None:
        """Return the answer to a request; `None` where there is none, or none any more."""
        expires_at, kept = self._kept.get(name, (0.0, b""))
        if not kept:
            return None
        if self._clock() >= expires_at:
            self._drop(name)
            return None
        self._kept.move_to_end(name)
        found = json.loads(kept)
        cost = found["cost"]
        return CachedAnswer(found["body"], None if cost is None else Decimal(cost))

    def put(self, name: str, result: ChatResult) -> None:
        """Keep an answer, if it is whole and good; one that is larger than all there is room for is not kept."""
        if not _is_worth_keeping(result):
            return
        cost = result.usage.cost if result.usage is not None else None
        kept = json.dumps({"body": to_body(result), "cost": None if cost is None else str(cost)}).encode()
        self._drop(name)
        if len(kept) > self._max_bytes:
            return
        self._kept[name] = (self._clock() + self._ttl, kept)
        self._bytes += len(kept)
        while self._bytes > self._max_bytes:
            self._drop(next(iter(self._kept)))

    def _drop(self, name: str) -> None:
        _, kept = self._kept.pop(name, (0.0, b""))
        self._bytes -= len(kept)


def _is_worth_keeping(result: ChatResult) -> bool:
    """Whether an answer came to its proper end: neither cut off nor refused, with nothing left out."""
    is_whole = not result.is_partial and result.finish_reason in ("stop", "tool_calls") and not result.warnings
    has_answer = bool(result.text or result.tool_calls or result.images or result.audio)
    return is_whole and has_answer and result.refusal is None and result.cache is None
