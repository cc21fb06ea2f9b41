"""An answer, put together from chunks or read from one body.

The accumulator is pure: JSON in, events out, and at any time what has arrived so far. It never raises on an odd
shape; what it cannot read it leaves out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from service.results import (
    AnnotationDelta,
    ChatResult,
    ImageDelta,
    ReasoningDelta,
    StreamEvent,
    TextDelta,
    ToolCall,
    ToolCallDelta,
    Usage,
)
from service.wire.faults import Fault, read_fault
from service.wire.reading import as_int, as_mapping, as_text, has_half_characters, mend, read_usage, sendable

__all__ = ["Answer"]

_DETAIL_TEXTS = ("text", "summary", "data")


@dataclass(slots=True, eq=False)
class _CallFragments:
    index: int
    id: str = ""
    name: str = ""
    arguments: list[str] = field(default_factory=list)

    def is_another(self, ident: str, name: str, arguments: str) -> bool:
        """Whether a fragment begins another call, although its index is this one's or missing.

        Ollama numbered every parallel call 0 (its issue 15457) or not at all (7881), as Gemini's OpenAI-compatible
        route does. Without ids, a name that is repeated for the same call is told from the next call's by whether
        the arguments are whole already.
        """
        if not name or not self.name:
            return False
        if ident and self.id:
            return ident != self.id
        return name != self.name or (bool(arguments) and ToolCall.parse("".join(self.arguments) or "-") is not None)


class Answer:
    """What has arrived of choice 0, and of usage and identity around it.

    Attributes:
        fault: The error that a chunk or the body held; `None` while there is none.
        has_choice: Whether any choice 0 was seen.
        has_output: Whether anything of the answer itself has arrived: text, reasoning, a call, an image, …
        finish_reason: The last one that was not null.
    """

    def __init__(self) -> None:
        self.fault: Fault | None = None
        self.has_choice = False
        self.has_output = False
        self.finish_reason: str | None = None
        self.native_finish_reason: str | None = None
        self.usage: Usage | None = None
        self._id = ""
        self._created: int | None = None
        self._model = ""
        self._provider: str | None = None
        self._text: list[str] = []
        self._reasoning: list[str] = []
        self._details: list[dict[str, Any]] = []
        self._calls: list[_CallFragments] = []
        self._call_at: dict[int, _CallFragments] = {}
        self._refusal: list[str] = []
        self._images: list[dict[str, Any]] = []
        self._annotations: list[dict[str, Any]] = []
        self._audio: dict[str, Any] = {}
        self._half_pairs = {"text": "", "reasoning": ""}

    @property
    def id(self) -> str:
        """The generation id; `""` while unknown."""
        return self._id

    @property
    def is_failed(self) -> bool:
        """Whether it held an error."""
        return self.fault is not None

    @property
    def provider(self) -> str | None:
        """The provider that serves; `None` where unknown."""
        return self._provider

    @property
    def text(self) -> str:
        """The text so far."""
        return "".join(self._text)

    @property
    def reasoning(self) -> str:
        """The reasoning so far."""
        return "".join(self._reasoning)

    def add(self, chunk: Any, *, event: str = "") -> list[StreamEvent]:
        """Take in a chunk of a stream, or a whole body, and return what is new in it.

        `event` is the name of the server-sent event; `error` makes its data an error whatever it looks like. Behind
        an error only the usage counts.
        """
        if self.is_failed:
            self.usage = read_usage(as_mapping(chunk).get("usage")) or self.usage
            return []
        if not isinstance(chunk, dict):
            self.fault = self.fault or read_fault(chunk) or (_named_error(chunk) if event == "error" else None)
            return []
        if not self._id or not self._model or (self._provider is None and "provider" in chunk):
            self._read_identity(chunk)
        if (raw := chunk.get("usage")) is not None:
            self.usage = read_usage(raw) or self.usage
        out: list[StreamEvent] = []
        choices = chunk.get("choices")
        for choice in choices if isinstance(choices, list) else ():
            if isinstance(choice, dict) and not _index(choice.get("index")):
                self._add_choice(choice, out)
        if chunk.get("error") or event == "error" or "choices" not in chunk:
            self.fault = self.fault or read_fault(chunk) or (_named_error(chunk) if event == "error" else None)
        if out:
            self.has_output = True
        return out

    def _read_identity(self, chunk: Mapping[str, Any]) -> None:
        self._id = self._id or as_text(chunk.get("id"))
        self._model = self._model or as_text(chunk.get("model"))
        self._provider = self._provider or as_text(chunk.get("provider")) or None
        # Azure's first chunk, about its content filter, has no choices, an empty id and the year 1970.
        if not self._created:
            self._created = as_int(chunk.get("created"))

    def _add_choice(self, choice: Mapping[str, Any], out: list[StreamEvent]) -> None:
        self.has_choice = True
        if reason := choice.get("finish_reason"):
            self.finish_reason = as_text(reason) or self.finish_reason
        if reason := choice.get("native_finish_reason"):
            self.native_finish_reason = as_text(reason) or self.native_finish_reason
        delta = choice.get("delta")
        if isinstance(delta, dict):
            self._add_delta(delta, out)
        elif isinstance(message := choice.get("message"), dict):
            self._add_delta(message, out, is_whole=True)
        elif text := as_text(choice.get("text")):
            self._add_text(text, out)
        if choice.get("error") and self.fault is None:
            self.fault = read_fault(choice)

    def _add_delta(self, delta: Mapping[str, Any], out: list[StreamEvent], *, is_whole: bool = False) -> None:
        content = delta.get("content")
        if len(delta) > ("role" in delta) + ("content" in delta):
            self._add_rare(delta, out, is_whole)
        if isinstance(content, str):
            if content:
                self._add_text(content, out)
        elif content is not None:
            self._add_parts(content if isinstance(content, list) else [content], out)

    def _add_rare(self, delta: Mapping[str, Any], out: list[StreamEvent], is_whole: bool) -> None:
        self._add_reasoning(delta, out, is_whole)
        for call in _items(delta.get("tool_calls")):
            self._add_call(call, out, is_whole)
        if isinstance(legacy := delta.get("function_call"), dict):
            self._add_call({"index": 0, "function": legacy}, out, is_whole)
        if refusal := as_text(delta.get("refusal")):
            self._refusal.append(refusal)
            self.has_output = True
        for image in _items(delta.get("images")):
            self._add_image(image, out)
        for annotation in _items(delta.get("annotations")):
            self._annotations.append(dict(annotation))
            out.append(AnnotationDelta(dict(annotation)))
        self._add_audio(delta.get("audio"))

    def _add_text(self, text: str, out: list[StreamEvent]) -> None:
        if not text.isascii() or self._half_pairs["text"]:
            text = self._whole_characters("text", text)
        if text:
            self._text.append(text)
            out.append(TextDelta(text))

    def _whole_characters(self, kind: str, text: str) -> str:
        """Mend an emoji whose escaped surrogate pair was cut between two chunks (seen with llama.cpp's look-alikes)."""
        half = self._half_pairs[kind]
        if not half and not has_half_characters(text):
            return text
        text = half + text
        ends_in_half = "\ud800" <= text[-1:] <= "\udbff"
        self._half_pairs[kind] = text[-1] if ends_in_half else ""
        return mend(text[:-1] if ends_in_half else text)

    def _add_parts(self, parts: list[Any], out: list[StreamEvent]) -> None:
        """Read content given as a list of parts, as Mistral's reasoning models answer."""
        for part in parts:
            if isinstance(part, str):
                self._add_text(part, out)
            elif isinstance(part, dict):
                self._add_part(part, out)

    def _add_part(self, part: Mapping[str, Any], out: list[StreamEvent]) -> None:
        if part.get("type") == "image_url":
            self._add_image(part, out)
        elif (thought := part.get("thinking")) is not None:
            self._add_thought(_text_of_parts(thought), out)
        elif text := as_text(part.get("text")):
            self._add_text(text, out)

    def _add_reasoning(self, delta: Mapping[str, Any], out: list[StreamEvent], is_whole: bool) -> None:
        details = _items(delta.get("reasoning_details"))
        for detail in details:
            self._add_detail(detail, is_whole)
        # `reasoning_content` is DeepSeek's, vLLM's and llama.cpp's name; OpenRouter may send both.
        text = _text_of_parts(delta.get("reasoning")) or _text_of_parts(delta.get("reasoning_content"))
        if not text:
            text = "".join(as_text(detail.get("text")) or as_text(detail.get("summary")) for detail in details)
        self._add_thought(text, out)
        if details:
            self.has_output = True

    def _add_thought(self, text: str, out: list[StreamEvent]) -> None:
        text = self._whole_characters("reasoning", text)
        if text:
            self._reasoning.append(text)
            out.append(ReasoningDelta(text))

    def _add_detail(self, detail: Mapping[str, Any], is_whole: bool) -> None:
        """Merge a fragment of reasoning_details into the one of the same type and index; a new id begins a new one."""
        kind, index, name = detail.get("type"), detail.get("index"), detail.get("id")
        for known in () if is_whole else reversed(self._details):
            same_id = name is None or known.get("id") in (None, name)
            if known.get("type") == kind and known.get("index") == index and same_id:
                _merge_detail(known, detail)
                return
        self._details.append(dict(detail))

    def _add_call(self, call: Mapping[str, Any], out: list[StreamEvent], is_whole: bool) -> None:
        function = as_mapping(call.get("function"))
        ident, name = as_text(call.get("id")), as_text(function.get("name"))
        text = _arguments_text(function.get("arguments"))
        index = _index(call.get("index"))
        fragments = self._fragments_of(index, ident)
        if fragments is None or is_whole or fragments.is_another(ident, name, text):
            fragments = self._begin_call(index)
        first_name = "" if fragments.name else name
        fragments.id = fragments.id or ident
        fragments.name = fragments.name or name
        if text:
            fragments.arguments.append(text)
        out.append(ToolCallDelta(self._calls.index(fragments), ident, first_name, text))

    def _fragments_of(self, index: int | None, ident: str) -> _CallFragments | None:
        """Return the call a fragment most likely belongs to: the last one of its index, or an earlier one of its id."""
        last = self._call_at.get(index) if index is not None else next(reversed(self._calls), None)
        if last is None or not ident or last.id in ("", ident):
            return last
        of_index = (call for call in reversed(self._calls) if index is None or call.index == index)
        return next((call for call in of_index if call.id == ident), last)

    def _begin_call(self, index: int | None) -> _CallFragments:
        """Begin a call; indexes may start at 1, be missing, or be 0 for every call."""
        fragments = _CallFragments(len(self._calls) if index is None else index)
        self._calls.append(fragments)
        self._call_at[fragments.index] = fragments
        return fragments

    def _add_image(self, image: Mapping[str, Any], out: list[StreamEvent]) -> None:
        self._images.append(dict(image))
        out.append(ImageDelta(dict(image)))

    def _add_audio(self, audio: Any) -> None:
        if not isinstance(audio, dict):
            return
        self.has_output = True
        for name, value in audio.items():
            if name in ("data", "transcript") and isinstance(value, str):
                self._audio[name] = self._audio.get(name, "") + value
            elif value is not None:
                self._audio[name] = value

    @property
    def has_text(self) -> bool:
        """Whether the text has begun."""
        return bool(self._text)

    def text_since(self, position: int) -> tuple[str, int]:
        """Return the text behind a position and the position behind it; begin with 0. Safe from any thread."""
        pieces = self._text[position:]
        return "".join(pieces), position + len(pieces)

    def reasoning_since(self, position: int) -> tuple[str, int]:
        """Return the reasoning behind a position, likewise."""
        pieces = self._reasoning[position:]
        return "".join(pieces), position + len(pieces)

    @property
    def has_arrived(self) -> bool:
        """Whether anything at all has arrived: some of the answer, its usage, or an id."""
        return self.has_output or self.usage is not None or bool(self._id)

    def result(self, **known: Any) -> ChatResult:
        """Return what has arrived; `known` are the fields that only the sender knows (timings, attempts, …)."""
        return ChatResult(
            id=self._id,
            created=self._created,
            model=self._model,
            provider=self._provider,
            text=self.text,
            reasoning=self.reasoning,
            reasoning_details=tuple(map(sendable, self._details)),
            tool_calls=tuple(self._finished_call(call, at) for at, call in enumerate(self._ordered_calls())),
            refusal=mend("".join(self._refusal)) or None,
            images=tuple(map(sendable, self._images)),
            annotations=tuple(map(sendable, self._annotations)),
            audio=sendable(self._audio) or None,
            finish_reason=self.finish_reason,
            native_finish_reason=self.native_finish_reason,
            usage=self.usage,
            **known,
        )

    def _ordered_calls(self) -> list[_CallFragments]:
        return sorted(self._calls, key=lambda call: call.index)

    @staticmethod
    def _finished_call(call: _CallFragments, position: int) -> ToolCall:
        arguments = mend("".join(call.arguments))
        # Ollama's older versions send no id; one is needed to answer the call.
        return ToolCall(call.id or f"call_{position}", call.name, arguments, ToolCall.parse(arguments))


def _items(value: Any) -> list[Mapping[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _index(value: Any) -> int | None:
    """Return an index; some servers write it as text."""
    return int(value) if isinstance(value, str) and re.fullmatch("[0-9]{1,9}", value) else as_int(value)


def _arguments_text(value: Any) -> str:
    """Return arguments as text; some servers send them as an object already."""
    if value is None or isinstance(value, str):
        return value or ""
    try:
        return json.dumps(value, ensure_ascii=False)
    except RecursionError:
        return ""


def _text_of_parts(value: Any) -> str:
    if isinstance(value, list):
        return "".join(item if isinstance(item, str) else as_text(as_mapping(item).get("text")) for item in value)
    return as_text(value)


def _merge_detail(known: dict[str, Any], more: Mapping[str, Any]) -> None:
    for name, value in more.items():
        if name in _DETAIL_TEXTS and isinstance(value, str) and isinstance(known.get(name), str):
            known[name] += value
        elif value not in (None, "") or name not in known:
            known[name] = value


def _named_error(data: Any) -> Fault:
    """Read the data of an event named `error` that does not say so itself: an error object, or plain words."""
    return read_fault({"error": data}) or Fault()
