"""Small tolerant readers that the others share."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

import jiter

from service.results import Usage

__all__ = [
    "as_int",
    "as_mapping",
    "as_text",
    "decode_json",
    "has_half_characters",
    "mend",
    "money",
    "read_usage",
    "sendable",
]

_ESCAPED_HALF = re.compile(r"\\u[dD][89a-fA-F][0-9a-fA-F]{2}")
_SURROGATE = re.compile("[\ud800-\udfff]")

_SMALLEST = Decimal("1e-12")
"""USD; what is left below are errors of the floating point."""


def decode_json(data: bytes) -> Any:
    """Decode JSON, lone surrogates and stray bytes included; white space around it is fine.

    Raises:
        ValueError: It is not JSON, or lists and objects are inside each other more than 200 levels deep.
    """
    try:
        return jiter.from_json(data)
    except ValueError as error:
        _refuse_depth(error)
    # jiter refuses half an escaped surrogate pair, which servers send when they cut a chunk inside an emoji.
    text = data.decode("utf-8-sig", errors="replace")
    try:
        jiter.from_json(_ESCAPED_HALF.sub(r"\\u0020", text).encode())
    except ValueError as error:
        _refuse_depth(error)
    try:
        return json.loads(text)
    except RecursionError as error:
        raise ValueError("the JSON is nested too deeply") from error


def _refuse_depth(error: ValueError) -> None:
    if "recursion limit" in str(error):
        raise error


def as_mapping(value: Any) -> Mapping[str, Any]:
    """Return a JSON object, or an empty one for anything else."""
    return value if isinstance(value, Mapping) else {}


def as_text(value: Any) -> str:
    """Return a text, or `""` for anything else."""
    return value if isinstance(value, str) else ""


def has_half_characters(text: str) -> bool:
    """Whether a text holds surrogates, which have no UTF-8 each on its own."""
    return not text.isascii() and _SURROGATE.search(text) is not None


def mend(text: str) -> str:
    """Return a text with surrogate pairs as the characters they are, and single ones replaced."""
    if not has_half_characters(text):
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", errors="replace")


def sendable(value: Any) -> Any:
    """Return a copy of a JSON value that can be sent back: texts mended, null for what is no finite number."""
    if isinstance(value, str):
        return mend(value)
    if isinstance(value, Mapping):
        return {mend(name): sendable(item) for name, item in value.items()}
    if isinstance(value, list):
        return [sendable(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


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
    tools = as_mapping(raw.get("server_tool_use_details"))
    searches, calls = (as_int(tools.get(name)) or 0 for name in ("web_search_requests", "tool_calls_executed"))
    return Usage(
        prompt_tokens=prompt,
        completion_tokens=completion,
        total_tokens=prompt + completion if total is None else total,
        reasoning_tokens=as_int(completion_details.get("reasoning_tokens")) or 0,
        cached_tokens=as_int(prompt_details.get("cached_tokens")) or 0,
        cache_write_tokens=as_int(prompt_details.get("cache_write_tokens")) or 0,
        cost=money(raw.get("cost")),
        web_searches=searches,
        # A search that OpenRouter ran is counted as a call, too; one of the provider's own engine is not.
        server_tool_calls=max(0, calls - searches),
        server_tool_cost=_tool_cost(raw) if searches or calls else None,
    )


def _tool_cost(raw: Mapping[str, Any]) -> Decimal | None:
    """Return what of the cost is for neither prompt nor completion, as recorded of searches and of an advisor."""
    details = as_mapping(raw.get("cost_details"))
    names = ("upstream_inference_prompt_cost", "upstream_inference_completions_cost")
    cost, prompt, completion = money(raw.get("cost")), *(money(details.get(name)) for name in names)
    if cost is None or prompt is None or completion is None or raw.get("is_byok") is True:
        return None
    return max(Decimal(0), cost - prompt - completion).quantize(_SMALLEST)
