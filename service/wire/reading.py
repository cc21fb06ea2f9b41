"""Small tolerant readers that the others share."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

import jiter

from service.results import Usage

__all__ = ["as_int", "as_mapping", "as_text", "decode_json", "money", "read_usage"]


def decode_json(data: bytes) -> Any:
    """Decode JSON, lone surrogates and stray bytes included; white space around it is fine.

    Raises:
        ValueError: It is not JSON, or lists and objects are inside each other more than 200 levels deep.
    """
    try:
        return jiter.from_json(data)
    except ValueError as error:
        if "recursion limit" in str(error):
            raise
    # jiter refuses half an escaped surrogate pair, which servers send when they cut a chunk inside an emoji.
    try:
        return json.loads(data.decode("utf-8-sig", errors="replace"))
    except RecursionError as error:
        raise ValueError("the JSON is nested too deeply") from error


def as_mapping(value: Any) -> Mapping[str, Any]:
    """Return a JSON object, or an empty one for anything else."""
    return value if isinstance(value, Mapping) else {}


def as_text(value: Any) -> str:
    """Return a text, or `""` for anything else."""
    return value if isinstance(value, str) else ""


def as_int(value: Any) -> int | None:
    """Return a finite number as int; `None` for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value if isinstance(value, int) else int(value) if math.isfinite(value) else None


def money(value: Any) -> Decimal | None:
    """Return an amount in USD exactly as written; `None` when it is absent or not a finite number."""
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        return None
    try:
        amount = Decimal(str(value))
    except (InvalidOperation, ValueError):
        return None
    return amount if amount.is_finite() else None


def read_usage(raw: Any) -> Usage | None:
    """Read `usage`; `None` when it is null or missing, as most chunks of a stream have it."""
    if not isinstance(raw, Mapping) or not raw:
        return None
    prompt = as_int(raw.get("prompt_tokens")) or 0
    completion = as_int(raw.get("completion_tokens")) or 0
    total = as_int(raw.get("total_tokens"))
    prompt_details = as_mapping(raw.get("prompt_tokens_details"))
    completion_details = as_mapping(raw.get("completion_tokens_details"))
    return Usage(
        prompt_tokens=prompt,
        completion_tokens=completion,
        total_tokens=prompt + completion if total is None else total,
        reasoning_tokens=as_int(completion_details.get("reasoning_tokens")) or 0,
        cached_tokens=as_int(prompt_details.get("cached_tokens")) or 0,
        cache_write_tokens=as_int(prompt_details.get("cache_write_tokens")) or 0,
        cost=money(raw.get("cost")),
    )
