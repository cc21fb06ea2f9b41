"""What comes out of a request: the result, its usage, timings and verdict, and the events of a stream."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

__all__ = [
    "Annotation",
    "AnnotationDelta",
    "ChatResult",
    "Finished",
    "ImageDelta",
    "Issue",
    "ReasoningDelta",
    "StreamEvent",
    "TextDelta",
    "Timings",
    "ToolCall",
    "ToolCallDelta",
    "Usage",
    "Verdict",
    "VerdictKind",
]

Annotation = dict[str, Any]
"""A citation or a parsed file, in OpenRouter's form: `{"type": "url_citation", "url_citation": {…}}`."""


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens by the provider's own tokenizer, and what they cost.

    `reasoning_tokens` are part of `completion_tokens`, `cached_tokens` and `cache_write_tokens` of `prompt_tokens`.
    `cost` is in USD as OpenRouter reported it; `None` where it did not. `web_searches` and `server_tool_calls` are what
    OpenRouter ran itself while the model answered, `server_tool_cost` what of the cost is for that.
    """

    prompt_tokens: int = 0
    completion_tokens: int = 0
    total_tokens: int = 0
    reasoning_tokens: int = 0
    cached_tokens: int = 0
    cache_write_tokens: int = 0
    cost: Decimal | None = None
    web_searches: int = 0
    server_tool_calls: int = 0
    server_tool_cost: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Timings:
    """Seconds spent: `queued` before sending, `first_token` from sending to the first output, `total` in all."""

    queued: float = 0.0
    first_token: float | None = None
    total: float = 0.0


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A call the model asks for; `arguments` as it was sent, `parsed` when that is a JSON object, else `None`."""

    id: str
    name: str
    arguments: str
    parsed: dict[str, Any] | None = None

    def to_wire(self) -> dict[str, Any]:
        """Return the call as an assistant message sends it back."""
        return {"id": self.id, "type": "function", "function": {"name": self.name, "arguments": self.arguments}}

    @staticmethod
    def parse(arguments: str) -> dict[str, Any] | None:
        """Return arguments as a dict; `None` when they are no JSON object (perhaps cut off)."""
        try:
            value = json.loads(arguments or "{}")
        except (ValueError, RecursionError):
            return None
        return value if isinstance(value, dict) else None


VerdictKind = Literal[
    "stopped", "provider_error", "refused", "cut_off", "empty", "not_json", "wrong_shape", "fenced", "valid"
]


@dataclass(frozen=True, slots=True)
class Issue:
    """One thing that is wrong, in plain words; `path` is like `items[2].price`, `""` for the whole answer."""

    path: str
    message: str

    def __str__(self) -> str:
        return f"`{self.path}` {self.message}" if self.path else self.message


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an answer is worth: one word (`kind`), one plain sentence, and the issues with their paths."""

    kind: VerdictKind
    sentence: str
    issues: tuple[Issue, ...] = ()

    @property
    def is_usable(self) -> bool:
        """Whether the answer holds a value that satisfies the schema."""
        return self.kind in ("valid", "fenced")


CacheName = Literal["local", "server"]


@dataclass(frozen=True, slots=True)
class ChatResult:
    """A whole answer, or what arrived of one (`is_partial`).

    Attributes:
        id: The generation id (`gen-…`); `""` where the server gave none.
        created: Unix seconds; `None` where the server gave none.
        model: The model that served, as the server named it.
        requested_model: The model that was asked for.
        provider: The provider that served; `None` where unknown.
        text: The answer; `""` when there is none.
        reasoning: What the model thought aloud; `""` when there is none.
        reasoning_details: The same in OpenRouter's form, to send back unmodified with tool results.
        tool_calls: The calls the model asks for, in the order of their indexes.
        refusal: Why the model refused, in its words.
        images: Generated images, in OpenRouter's form.
        annotations: Citations and parsed files, in OpenRouter's form.
        audio: Generated audio (`data` in base64, `transcript`).
        finish_reason: stop, length, tool_calls, content_filter or error; the last one that was not null.
        native_finish_reason: The provider's own word for it.
        usage: Tokens and cost; `None` where the server did not tell.
        timings: Seconds queued, to the first token, and in total.
        attempts: How many times the request was sent.
        is_partial: Whether the answer was stopped or interrupted.
        verdict: What the answer is worth; `None` for a text answer with nothing wrong.
        parsed: The JSON value of a valid structured answer.
        warnings: What the reader should know, in sentences.
        cache: Which response cache it is from: "local" (this service's own), "server" (OpenRouter's), `None` if none.
        original_cost: What an answer from the local cache had cost, in USD; its own cost is zero.
    """

    id: str = ""
    created: int | None = None
    model: str = ""
    requested_model: str = ""
    provider: str | None = None
    text: str = ""
    reasoning: str = ""
    reasoning_details: tuple[dict[str, Any], ...] = ()
    tool_calls: tuple[ToolCall, ...] = ()
    refusal: str | None = None
    images: tuple[dict[str, Any], ...] = ()
    annotations: tuple[Annotation, ...] = ()
    audio: Mapping[str, Any] | None = None
    finish_reason: str | None = None
    native_finish_reason: str | None = None
    usage: Usage | None = None
    timings: Timings = field(default_factory=Timings)
    attempts: int = 1
    is_partial: bool = False
    verdict: Verdict | None = None
    parsed: Any = None
    warnings: tuple[str, ...] = ()
    cache: CacheName | None = None
    original_cost: Decimal | None = None


@dataclass(slots=True)
class TextDelta:
    """More text of the answer."""

    text: str
    type: Literal["text"] = "text"


@dataclass(slots=True)
class ReasoningDelta:
    """More of what the model thinks aloud."""

    text: str
    type: Literal["reasoning"] = "reasoning"


@dataclass(slots=True)
class ToolCallDelta:
    """A fragment of the tool call at `index` (from 0); `id` and `name` come with its first fragment."""

    index: int
    id: str = ""
    name: str = ""
    arguments: str = ""
    type: Literal["tool_call"] = "tool_call"


@dataclass(slots=True)
class AnnotationDelta:
    """A citation, or a file that OpenRouter parsed."""

    annotation: Annotation
    type: Literal["annotation"] = "annotation"


@dataclass(slots=True)
class ImageDelta:
    """A generated image, in OpenRouter's form: `{"type": "image_url", "image_url": {"url": "data:…"}}`."""

    image: dict[str, Any]
    type: Literal["image"] = "image"


@dataclass(slots=True)
class Finished:
    """The end: the whole result."""

    result: ChatResult
    type: Literal["finished"] = "finished"


StreamEvent = TextDelta | ReasoningDelta | ToolCallDelta | AnnotationDelta | ImageDelta | Finished
