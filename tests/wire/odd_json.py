"""JSON as no server should send it, made of the names that the reader looks for."""

import json
from typing import Any

from hypothesis import strategies as st

__all__ = ["ANYTHING", "CHUNKS", "escaped"]

ODD_NAMES = [
    "choices",
    "delta",
    "message",
    "content",
    "index",
    "finish_reason",
    "native_finish_reason",
    "error",
    "code",
    "metadata",
    "raw",
    "headers",
    "usage",
    "cost",
    "prompt_tokens",
    "completion_tokens_details",
    "reasoning",
    "reasoning_content",
    "reasoning_details",
    "type",
    "text",
    "summary",
    "data",
    "id",
    "tool_calls",
    "function",
    "name",
    "arguments",
    "function_call",
    "refusal",
    "images",
    "annotations",
    "audio",
    "thinking",
    "provider",
    "model",
    "created",
    "detail",
    "object",
    "provider_name",
    "retry_after_seconds",
    "limit_source",
    "reasons",
    "path",
    "issues",
    "http_status",
]
ODD_TEXTS = st.sampled_from(
    [
        "",
        "error",
        "stop",
        "ZodError",
        "reasoning.text",
        "429",
        "²",
        "1e999",
        "NaN",
        '{"error": 1}',
        '[{"path": 5}]',
        "\ud83d",
    ]
)
SCALARS = st.none() | st.booleans() | st.integers() | st.just(10**400) | st.floats() | ODD_TEXTS | st.text(max_size=5)
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(ODD_NAMES), inner, max_size=5),
    max_leaves=12,
)
DELTAS = st.dictionaries(st.sampled_from(ODD_NAMES), ANYTHING, max_size=5)
CHUNKS = ANYTHING | st.builds(lambda delta, error: {"choices": [{"delta": delta}], "error": error}, DELTAS, ANYTHING)


def escaped(value: Any) -> bytes:
    """Return the JSON of a value in ASCII, half characters and all."""
    return json.dumps(value).encode()
