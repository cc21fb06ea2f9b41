"""The bytes of OpenRouter's chat API: events, bodies, usage and errors, in the key order of recorded answers.

Recorded between 2025-10 and 2026-10: compact JSON, UTF-8 unescaped, LF only, numbers as JavaScript prints them.
"""

import json
import string
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from service.simulator.chance import Random

COMMENT = b": OPENROUTER PROCESSING\n\n"
DONE = b"data: [DONE]\n\n"
PROVIDER = "Simulator"

quote = json.encoder.encode_basestring

_ALPHABET = string.ascii_letters + string.digits


def encode(value: Any) -> str:
    """Write a JSON value as `JSON.stringify` does: no spaces, `0.00006` for what Python calls `6e-05`."""
    if isinstance(value, str):
        return quote(value)
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, Mapping):
        return "{" + ",".join(f"{quote(str(name))}:{encode(item)}" for name, item in value.items()) + "}"
    return "[" + ",".join(map(encode, value)) + "]"


def _number(value: float) -> str:
    if value.is_integer() and abs(value) < 1e21:
        return str(int(value))
    if abs(value) >= 1e-6:
        return format(Decimal(repr(value)), "f")
    return repr(value).replace("e-0", "e-")


def to_bytes(text: str) -> bytes:
    """Encode as UTF-8; a lone surrogate becomes its JSON escape, as in a well-formed `JSON.stringify`."""
    return text.encode("utf-8", "backslashreplace")


def json_bytes(value: Any) -> bytes:
    """Encode a whole JSON body."""
    return to_bytes(encode(value))


def event(value: Any) -> bytes:
    """Encode one server-sent event."""
    return b"data: " + json_bytes(value) + b"\n\n"


def generation_id(now: float, rng: Random) -> str:
    """Make an id as OpenRouter does: `gen-<unix seconds>-<20 letters and digits>`."""
    return f"gen-{int(now)}-{''.join(rng.choices(_ALPHABET, k=20))}"


def token(rng: Random, length: int) -> str:
    """Make a random run of letters and digits."""
    return "".join(rng.choices(_ALPHABET, k=length))


@dataclass(frozen=True, slots=True)
class Head:
    """What every chunk and body of one answer starts with."""

    id: str
    created: int
    model: str
    provider: str = PROVIDER

    def fields(self, kind: str) -> dict[str, Any]:
        """Return the leading fields, in order; `kind` is the value of `object`."""
        return {
            "id": self.id,
            "object": kind,
            "created": self.created,
            "model": self.model,
            "provider": self.provider,
        }

    def chunk(
        self,
        delta: Mapping[str, Any],
        finish: str | None = None,
        native: str | None = None,
        usage: Mapping[str, Any] | None = None,
    ) -> bytes:
        """Encode one chunk; `content` and `role` come first in every delta, `service_tier` only with usage."""
        value = self.fields("chat.completion.chunk")
        if usage is not None:
            value["service_tier"] = None
        delta = {"content": delta.get("content", ""), "role": "assistant", **delta}
        value["choices"] = [{"index": 0, "delta": delta, "finish_reason": finish, "native_finish_reason": native}]
        if usage is not None:
            value["usage"] = usage
        return event(value)

    def text_frame(self) -> tuple[bytes, bytes]:
        """Return what stands before and after the JSON string of a plain text chunk."""
        marker = "\N{SYMBOL FOR NULL}"
        before, after = self.chunk({"content": marker}).split(to_bytes(quote(marker)))
        return before, after

    def error_chunk(
        self, error: Mapping[str, Any], choices: Sequence[Any], usage: Mapping[str, Any] | None = None
    ) -> bytes:
        """Encode an error inside a stream: the error stands between `provider` and `choices`, as documented."""
        value = {**self.fields("chat.completion.chunk"), "error": error, "choices": choices}
        return event(value if usage is None else {**value, "usage": usage})


def message(
    *,
    content: str | None,
    refusal: str | None = None,
    reasoning: str | None = None,
    extra: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Build the assistant message of a whole body; `extra` holds reasoning_details, tool_calls and so on."""
    return {"role": "assistant", "content": content, "refusal": refusal, "reasoning": reasoning, **(extra or {})}


def body(
    head: Head, message: Mapping[str, Any], finish: str, native: str | None, usage: Mapping[str, Any]
) -> dict[str, Any]:
    """Build a whole non-streaming answer."""
    choice = {
        "index": 0,
        "logprobs": None,
        "finish_reason": finish,
        "native_finish_reason": native,
        "message": message,
    }
    fields = head.fields("chat.completion")
    return {**fields, "system_fingerprint": None, "service_tier": None, "choices": [choice], "usage": usage}


def usage(
    prompt: int,
    completion: int,
    *,
    reasoning: int = 0,
    images: int = 0,
    prompt_cost: Decimal = Decimal(0),
    completion_cost: Decimal = Decimal(0),
    searches: int = 0,
    tool_calls: int = 0,
    tool_cost: Decimal = Decimal(0),
) -> dict[str, Any]:
    """Build the usage object; costs are in USD, counts in tokens."""
    upstream = prompt_cost + completion_cost
    value: dict[str, Any] = {
        "prompt_tokens": prompt,
        "completion_tokens": completion,
        "total_tokens": prompt + completion,
        "cost": float(upstream + tool_cost),
        "is_byok": False,
        "prompt_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0, "audio_tokens": 0, "video_tokens": 0},
        "cost_details": {
            "upstream_inference_cost": float(upstream),
            "upstream_inference_prompt_cost": float(prompt_cost),
            "upstream_inference_completions_cost": float(completion_cost),
        },
        "completion_tokens_details": {"reasoning_tokens": reasoning, "image_tokens": images, "audio_tokens": 0},
    }
    details = {"web_search_requests": searches} if searches else {}
    if tool_calls:
        # As recorded of an advisor, which OpenRouter runs as it does these.
        details |= {"tool_calls_requested": tool_calls, "tool_calls_executed": tool_calls}
    return {**value, "server_tool_use_details": details} if details else value


def error(
    code: int, text: str, metadata: Mapping[str, Any] | None = None, user_id: str | None = None
) -> dict[str, Any]:
    """Build an error body; `user_id` stands on most errors of a request that had a key."""
    inner: dict[str, Any] = {"message": text, "code": code}
    if metadata is not None:
        inner["metadata"] = metadata
    return {"error": inner} if user_id is None else {"error": inner, "user_id": user_id}
