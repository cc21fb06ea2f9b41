"""A result written as the body that it was read from, so that it can be read again."""

from __future__ import annotations

from typing import Any

from service.results import ChatResult, Usage

__all__ = ["to_body"]


def to_body(result: ChatResult) -> dict[str, Any]:
    """Return an answer as a server sends it whole, with its tokens and at no cost."""
    message = {
        "role": "assistant",
        "content": result.text,
        "reasoning": result.reasoning,
        "reasoning_details": list(result.reasoning_details),
        "tool_calls": [{"index": index, **call.to_wire()} for index, call in enumerate(result.tool_calls)],
        "refusal": result.refusal,
        "images": list(result.images),
        "annotations": list(result.annotations),
        "audio": result.audio,
    }
    choice = {
        "index": 0,
        "message": {name: value for name, value in message.items() if value},
        "finish_reason": result.finish_reason,
        "native_finish_reason": result.native_finish_reason,
    }
    body: dict[str, Any] = {
        "id": result.id,
        "created": result.created,
        "model": result.model,
        "provider": result.provider,
        "choices": [choice],
    }
    return body if result.usage is None else {**body, "usage": _usage(result.usage)}


def _usage(usage: Usage) -> dict[str, Any]:
    return {
        "prompt_tokens": usage.prompt_tokens,
        "completion_tokens": usage.completion_tokens,
        "total_tokens": usage.total_tokens,
        "prompt_tokens_details": {
            "cached_tokens": usage.cached_tokens,
            "cache_write_tokens": usage.cache_write_tokens,
        },
        "completion_tokens_details": {"reasoning_tokens": usage.reasoning_tokens},
        "cost": 0,
    }
