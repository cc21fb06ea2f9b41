"""A guess at the tokens of a request, without any model's tokenizer.

Measured on common tokenizers, English text has about four characters to a token, code and other Latin languages a
little less, Chinese, Japanese and Korean about one and a half, other scripts about two and a half. The guess is meant
to be right within a quarter; what was really counted comes back in `Usage`.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping
from typing import Any

from service.types import ChatRequest, ContentPart, Message

__all__ = ["assumed_completion_tokens", "estimate_request_tokens", "estimate_text_tokens"]

PER_MESSAGE = 4
"""Tokens that role and separators of a message take."""

PER_IMAGE = 1_000
"""Tokens of an image of ordinary size; providers differ from 85 to 1,600."""

AUDIO_PER_SECOND = 32
"""Tokens of a second of sound, as Google counts; others count fewer."""

_WAV_BYTES_PER_SECOND = 32_000
"""16,000 samples of 16 bits, as the page's microphone records and models listen."""

_BYTES_PER_SECOND = 16_000
"""128 kbit/s, of a recording that is compressed."""

ASSUMED_COMPLETION_TOKENS = 500
"""How long an answer is taken to be where nothing limits it."""

_CJK = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]")
_WIDE = re.compile("[\u0370-\u1fff\u2c00-\u2fff\U00010000-\U0010ffff]")


def estimate_text_tokens(text: str) -> int:
    """Return about how many tokens a text has."""
    if text.isascii():
        return math.ceil(len(text) / 4)
    dense = len(_CJK.findall(text))
    wide = len(_WIDE.findall(text))
    return math.ceil(dense / 1.5 + wide / 2.5 + (len(text) - dense - wide) / 3.6)


def estimate_request_tokens(request: ChatRequest) -> int:
    """Return about how many prompt tokens a request has: messages, tools and schema."""
    total = sum(_message_tokens(message) for message in request.messages)
    extras = [tool.model_dump() for tool in request.tools]
    if request.response_format is not None and request.response_format.definition:
        extras.append(request.response_format.definition)
    return total + sum(estimate_text_tokens(json.dumps(extra, ensure_ascii=False)) for extra in extras)


def assumed_completion_tokens(request: ChatRequest) -> int:
    """Return how long an answer is taken to be: as long as it may be, or 500 tokens where nothing limits it."""
    limits = (request.parameters.max_completion_tokens, request.parameters.max_tokens)
    return next((limit for limit in limits if limit is not None), ASSUMED_COMPLETION_TOKENS)


def _message_tokens(message: Message) -> int:
    parts: str | Iterable[ContentPart] = message.content or ()
    tokens = PER_MESSAGE + estimate_text_tokens(message.name or "")
    if isinstance(parts, str):
        tokens += estimate_text_tokens(parts)
    else:
        tokens += sum(_part_tokens(part) for part in parts)
    for call in message.tool_calls or ():
        tokens += estimate_text_tokens(call.function.name + call.function.arguments)
    return tokens


def _part_tokens(part: ContentPart) -> int:
    if part.type == "text":
        return estimate_text_tokens(part.payload["text"])
    if part.type == "image_url":
        return PER_IMAGE
    content = part.payload.get(part.type) or {}
    size = _bytes_of(content.get("file_data") or content.get("data") or content.get("url") or "")
    if part.type == "input_audio":
        seconds = size / (_WAV_BYTES_PER_SECOND if content.get("format") == "wav" else _BYTES_PER_SECOND)
        return math.ceil(seconds * AUDIO_PER_SECOND)
    # Of a file, a token takes about four bytes.
    return max(PER_IMAGE, size // 4)


def _bytes_of(data: str | Mapping[str, Any]) -> int:
    """Return how many bytes a file or a recording has; 0 where it lies elsewhere."""
    if isinstance(data, Mapping):
        # The store names a file by what it is known by, and says its size.
        return int(data.get("size") or 0)
    return 0 if data.startswith("http") else len(data) * 3 // 4
