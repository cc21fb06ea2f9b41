"""One chat request, checked and with everything an answer needs to know about it."""

import json
import math
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from service.simulator import tokens
from service.simulator.catalogue import Model
from service.simulator.wire import Head

SCHEMA_MARK = "JSON Schema:\n"
FormatKind = Literal["text", "json_object", "json_schema"]


@dataclass(frozen=True)
class Ask:
    """A valid chat request for a known model.

    `options` come from the model id's suffix (`sim/bench:n=2000`), `attempt` counts identical requests of one
    key from 1, `retry_after` is what a refusal should ask for, in seconds.
    """

    body: Mapping[str, Any]
    messages: Sequence[Mapping[str, Any]]
    model: Model
    head: Head
    options: Mapping[str, str] = field(default_factory=dict)
    attempt: int = 1
    retry_after: int = 1
    user_id: str | None = None

    @property
    def stream(self) -> bool:
        """Whether the answer is to be streamed."""
        return self.body.get("stream") is True

    @cached_property
    def last_text(self) -> str:
        """The text of the last user message, parts joined by blank lines."""
        users = [message for message in self.messages if message.get("role") == "user"]
        return text_of(users[-1]) if users else ""

    @cached_property
    def asked_text(self) -> str:
        """The same of what was asked first, where the model is asked again for its JSON."""
        users = [message for message in self._first_asked if message.get("role") == "user"]
        return text_of(users[-1]) if users else ""

    @cached_property
    def system_text(self) -> str:
        """The text of all system and developer messages."""
        found = [text_of(message) for message in self.messages if message.get("role") in ("system", "developer")]
        return "\n".join(found).strip()

    @cached_property
    def parts(self) -> list[Mapping[str, Any]]:
        """All content parts that are not text, of all user messages."""
        return [part for message in self.messages for part in _parts(message) if part.get("type") != "text"]

    @cached_property
    def seed(self) -> int:
        """A number that differs between conversations and repeats for the same one, also when it asks again."""
        text = json.dumps([self.body.get("seed"), list(self._first_asked)], sort_keys=True)
        return zlib.crc32(text.encode("utf-8", "backslashreplace"))

    @cached_property
    def _first_asked(self) -> Sequence[Mapping[str, Any]]:
        messages = self.messages
        while _asks_again(messages):
            messages = messages[:-2]
        return messages

    @property
    def asks_again(self) -> bool:
        """Whether the model is shown an answer of its own and told what is wrong with its JSON."""
        return _asks_again(self.messages)

    @cached_property
    def prompt_tokens(self) -> int:
        """The estimated tokens of the prompt."""
        return tokens.prompt_tokens(self.messages, self.tools)

    @property
    def max_tokens(self) -> int | None:
        """The limit for the answer in tokens, reasoning included."""
        found = [self.body.get(name) for name in ("max_completion_tokens", "max_tokens")]
        limits = [value for value in found if isinstance(value, int) and not isinstance(value, bool)]
        return max(0, limits[0]) if limits else None

    @property
    def stop(self) -> list[str]:
        """The stop sequences."""
        value = self.body.get("stop")
        values = [value] if isinstance(value, str) else value if isinstance(value, list) else []
        return [text for text in values if isinstance(text, str) and text]

    @property
    def format(self) -> FormatKind:
        """The response format that the model will follow: unsupported ones are dropped without a word.

        A JSON Schema that a system message tells is followed as well.
        """
        kind = self.asked_format
        if kind == "json_schema" and self.model.supports("structured_outputs"):
            return "json_schema"
        if kind == "json_object" and self.model.supports("response_format"):
            return "json_object"
        return "text" if self.told_schema is None else "json_schema"

    @property
    def asked_format(self) -> Any:
        """The response format that the request names, followed or not."""
        return self._format.get("type")

    @property
    def schema(self) -> Any:
        """The JSON Schema of the response format, else the one that is told; `None` when there is none."""
        definition = self._format.get("json_schema")
        return definition.get("schema") if isinstance(definition, Mapping) else self.told_schema

    @cached_property
    def told_schema(self) -> Any:
        """The JSON Schema behind the words "JSON Schema:" in a system message; `None` when there is none."""
        _, mark, told = self.system_text.partition(SCHEMA_MARK)
        try:
            return json.JSONDecoder().raw_decode(told)[0] if mark else None
        except (ValueError, RecursionError):
            return None

    @property
    def schema_name(self) -> Any:
        """What the response format calls its schema; `None` when there is none."""
        definition = self._format.get("json_schema")
        return definition.get("name") if isinstance(definition, Mapping) else None

    @property
    def _format(self) -> Mapping[str, Any]:
        value = self.body.get("response_format")
        return value if isinstance(value, Mapping) else {}

    @property
    def tools(self) -> list[Mapping[str, Any]]:
        """All tools offered, functions and server tools."""
        return mappings(self.body.get("tools"))

    @property
    def functions(self) -> list[Mapping[str, Any]]:
        """The function tools offered; server tools are left out."""
        return [tool["function"] for tool in self.tools if isinstance(tool.get("function"), Mapping)]

    @property
    def has_tool_result(self) -> bool:
        """Whether the conversation ends with the result of a tool."""
        return bool(self.messages) and self.messages[-1].get("role") == "tool"

    def option(self, name: str, default: float) -> float:
        """Return a number from the model id's suffix."""
        try:
            value = float(self.options[name])
        except (KeyError, ValueError):
            return default
        return value if math.isfinite(value) else default


def _asks_again(messages: Sequence[Mapping[str, Any]]) -> bool:
    roles = [message.get("role") for message in messages[-2:]]
    return roles == ["assistant", "user"] and "JSON" in text_of(messages[-1])


def text_of(message: Mapping[str, Any]) -> str:
    """Return the text of one message, whatever form its content has."""
    content = message.get("content")
    if isinstance(content, str):
        return content
    return "\n\n".join(part["text"] for part in _parts(message) if isinstance(part.get("text"), str))


def mappings(value: Any) -> list[Mapping[str, Any]]:
    """Return the objects of a JSON array; nothing when it is no array."""
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []


def _parts(message: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return mappings(message.get("content"))
