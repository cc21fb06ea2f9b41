"""Messages and the parts they are made of."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import (
    BeforeValidator,
    ConfigDict,
    SerializerFunctionWrapHandler,
    model_serializer,
    model_validator,
)

from service.types.base import Frozen, Json, Text

__all__ = ["AudioFormat", "ContentPart", "FunctionCall", "Message", "Role", "ToolCallRequest"]

Role = Literal["system", "developer", "user", "assistant", "tool"]
PartType = Literal["text", "image_url", "input_audio", "file", "video_url", "input_video"]
AudioFormat = Literal["wav", "mp3", "aiff", "aac", "ogg", "flac", "m4a", "pcm16", "pcm24"]
ImageDetail = Literal["auto", "low", "high", "original"]


class ContentPart(Frozen):
    """One part of a message: text, image, file, audio or video. Make it with the class methods."""

    type: PartType
    payload: Json

    @classmethod
    def text(cls, text: str, *, cache_control: Mapping[str, Any] | None = None) -> ContentPart:
        """Make a text part; `cache_control` marks a prompt-cache breakpoint (`{"type": "ephemeral"}`)."""
        payload: dict[str, Any] = {"text": text}
        if cache_control is not None:
            payload["cache_control"] = dict(cache_control)
        return cls(type="text", payload=payload)

    @classmethod
    def image(
        cls, source: str | bytes, *, media_type: str = "image/png", detail: ImageDetail | None = None
    ) -> ContentPart:
        """Make an image part from an http(s) URL, a data URL, or the bytes of a png, jpeg, webp or gif."""
        image: dict[str, Any] = {"url": _as_url(source, media_type)}
        if detail is not None:
            image["detail"] = detail
        return cls(type="image_url", payload={"image_url": image})

    @classmethod
    def file(cls, source: str | bytes, *, filename: str, media_type: str = "application/pdf") -> ContentPart:
        """Make a file part from an http(s) URL, a data URL, or the file's bytes."""
        return cls(type="file", payload={"file": {"filename": filename, "file_data": _as_url(source, media_type)}})

    @classmethod
    def audio(cls, source: str | bytes, *, format: AudioFormat) -> ContentPart:
        """Make an audio part from bytes or base64 text; OpenRouter takes no URLs here."""
        data = base64.b64encode(source).decode() if isinstance(source, bytes) else source
        return cls(type="input_audio", payload={"input_audio": {"data": data, "format": format}})

    @classmethod
    def video(cls, source: str | bytes, *, media_type: str = "video/mp4") -> ContentPart:
        """Make a video part from a URL, a data URL, or bytes."""
        return cls(type="video_url", payload={"video_url": {"url": _as_url(source, media_type)}})

    @model_validator(mode="before")
    @classmethod
    def _from_wire(cls, value: Any) -> Any:
        if isinstance(value, Mapping) and "payload" not in value:
            return {"type": value.get("type"), "payload": {k: v for k, v in value.items() if k != "type"}}
        return value

    @model_validator(mode="after")
    def _check_payload(self) -> ContentPart:
        content = self.payload.get(self.type)
        wanted, missing = _PART_FIELDS[self.type]
        if wanted is str and not isinstance(content, str):
            raise ValueError(f'a {self.type} part needs "{self.type}": a text')
        if wanted is dict and not (isinstance(content, Mapping) and any(name in content for name in missing)):
            names = " or ".join(f'"{name}"' for name in missing)
            raise ValueError(f'a {self.type} part needs "{self.type}": an object with {names}')
        return self

    @model_serializer
    def _to_wire(self) -> dict[str, Any]:
        return {"type": self.type, **self.payload}


_PART_FIELDS: dict[str, tuple[type, tuple[str, ...]]] = {
    "text": (str, ()),
    "image_url": (dict, ("url",)),
    "input_audio": (dict, ("data",)),
    "file": (dict, ("file_data", "file_id")),
    "video_url": (dict, ("url",)),
    "input_video": (dict, ("url", "data")),
}


def _as_url(source: str | bytes, media_type: str) -> str:
    if isinstance(source, bytes):
        return f"data:{media_type};base64,{base64.b64encode(source).decode()}"
    if not source.startswith(("http://", "https://", "data:")):
        raise ValueError("source must be bytes, an http(s) URL, or a data: URL")
    return source


class FunctionCall(Frozen):
    """The function of a tool call; `arguments` is JSON text as the model wrote it, perhaps cut off."""

    name: str
    arguments: Text = "{}"


class ToolCallRequest(Frozen):
    """A tool call inside an assistant message, as it is sent back to the model."""

    model_config = ConfigDict(frozen=True, extra="allow", hide_input_in_errors=True)

    id: str
    type: Literal["function"] = "function"
    function: FunctionCall


def _tool_calls_from(value: Any) -> Any:
    """Accept the tool calls of a result (`ToolCall`) as well as the wire's form."""
    if not isinstance(value, Sequence) or isinstance(value, str):
        return value
    return [call.to_wire() if hasattr(call, "to_wire") else call for call in value]


class Message(Frozen):
    """One message of a conversation. Make it with the class methods.

    An assistant message takes back everything a model may want to see again: `tool_calls`, `reasoning`,
    `reasoning_details` (unmodified, in order), `annotations`, `images`, `refusal`, `audio`.
    """

    role: Role
    content: Text | tuple[ContentPart, ...] | None = None
    name: str | None = None
    tool_call_id: str | None = None
    tool_calls: Annotated[tuple[ToolCallRequest, ...] | None, BeforeValidator(_tool_calls_from)] = None
    reasoning: Text | None = None
    reasoning_details: tuple[Json, ...] | None = None
    reasoning_content: Text | None = None
    refusal: Text | None = None
    annotations: tuple[Json, ...] | None = None
    images: tuple[Json, ...] | None = None
    audio: Json | None = None
    model: str | None = None
    cache_control: Json | None = None

    @classmethod
    def system(cls, content: str | Sequence[ContentPart]) -> Message:
        """Make a system message: how the model is to behave."""
        return cls(role="system", content=_content(content))

    @classmethod
    def developer(cls, content: str | Sequence[ContentPart]) -> Message:
        """Make a developer message: what newer OpenAI models take instead of a system message."""
        return cls(role="developer", content=_content(content))

    @classmethod
    def user(cls, content: str | Sequence[ContentPart], *, name: str | None = None) -> Message:
        """Make a user message from a text or from content parts."""
        return cls(role="user", content=_content(content), name=name)

    @classmethod
    def assistant(cls, content: str | Sequence[ContentPart] | None = None, **fields: Any) -> Message:
        """Make an assistant message; `fields` are those of the class (`tool_calls`, `reasoning_details`, …)."""
        return cls(role="assistant", content=_content(content), **fields)

    @classmethod
    def tool(cls, tool_call_id: str, content: str | Sequence[ContentPart]) -> Message:
        """Make the answer to the tool call of that id."""
        return cls(role="tool", tool_call_id=tool_call_id, content=_content(content))

    @model_validator(mode="after")
    def _check_role(self) -> Message:
        if self.role == "tool" and not self.tool_call_id:
            raise ValueError("a tool message needs tool_call_id: the id of the call it answers")
        if self.role != "assistant" and self.tool_calls:
            raise ValueError("only an assistant message has tool_calls")
        if self.content is None and not (self.role == "assistant"):
            raise ValueError(f"a {self.role} message needs content: a text or a list of parts")
        return self

    @property
    def chars(self) -> int:
        """The number of characters of its text."""
        if isinstance(self.content, str):
            return len(self.content)
        return sum(len(part.payload["text"]) for part in self.content or () if part.type == "text")

    @model_serializer(mode="wrap")
    def _to_wire(self, serialize: SerializerFunctionWrapHandler) -> dict[str, Any]:
        fields = ((name, value) for name, value in serialize(self).items() if value is not None)
        wire = {name: list(value) if isinstance(value, tuple) else value for name, value in fields}
        if self.role == "assistant":
            wire.setdefault("content", None)
        return wire


def _content(content: str | Sequence[ContentPart] | None) -> str | tuple[ContentPart, ...] | None:
    return content if content is None or isinstance(content, str) else tuple(content)
