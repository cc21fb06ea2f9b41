"""The schema in a system message, for models that take none otherwise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from service.structured.instruct import schema_instruction, schema_text
from service.types import Message

__all__ = ["with_schema"]


def with_schema(
    messages: Sequence[Message], schema: Mapping[str, Any] | bool, *, name: str | None = None
) -> tuple[Message, ...]:
    """Return messages in which a system message behind the first ones asks for JSON following a schema.

    Messages of which one tells the schema already come back as they are: a request may be sent again.
    """
    text = schema_text(schema)
    if any(_is_system(message) and text in str(message.content) for message in messages):
        return tuple(messages)
    first = next((place for place, found in enumerate(messages) if not _is_system(found)), len(messages))
    told = Message.system(schema_instruction(schema, name=name))
    return (*messages[:first], told, *messages[first:])


def _is_system(message: Message) -> bool:
    return message.role in ("system", "developer")
