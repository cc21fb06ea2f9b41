"""Simulated tokens: short runs of characters, counted the same way wherever a number is needed."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

CHARACTERS_PER_TOKEN = 4
TOKENS_PER_MESSAGE = 4
TOKENS_PER_MEDIUM = 258

_TOKEN = re.compile(r"\s*(?:\w{1,6}|[^\w\s]{1,3})|\s+")


def split(text: str) -> list[str]:
    """Cut an answer into tokens; joined again they are the text."""
    return _TOKEN.findall(text)


def estimate(text: str) -> int:
    """Estimate the tokens of a prompt's text, at four characters each."""
    return -(-len(text) // CHARACTERS_PER_TOKEN)


def prompt_tokens(messages: Sequence[Mapping[str, Any]], tools: Sequence[Any] = ()) -> int:
    """Estimate the tokens of a whole prompt: texts, attachments (258 each) and tool definitions."""
    total = sum(TOKENS_PER_MESSAGE + _content_tokens(message.get("content")) for message in messages)
    return total + (estimate(json.dumps(tools)) if tools else 0)


def _content_tokens(content: Any) -> int:
    if isinstance(content, str):
        return estimate(content)
    if not isinstance(content, list):
        return 0
    return sum(estimate(part["text"]) if "text" in part else TOKENS_PER_MEDIUM for part in content)
