"""A schema from a description in words: what to ask a model, and what its answer means."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

from service.errors import InvalidSchemaError
from service.results import ChatResult
from service.structured.fields import FIELD_TYPES, Field, check_fields, fields_to_schema
from service.structured.instruct import schema_instruction
from service.structured.verdict import judge_value
from service.structured.words import plural
from service.types import ChatRequest, Message, ResponseFormat

__all__ = ["DescribedSchema", "read_described_schema", "schema_request"]

NAME: Final = "fields_of_an_answer"
_TYPES: Final = [name for name in FIELD_TYPES if name != "locked"]
_FIELD: Final = {
    "name": {"type": "string", "description": "A short name in snake_case"},
    "type": {"type": "string", "enum": _TYPES, "description": "What it holds; choice: one of some allowed values"},
    "is_list": {"type": "boolean", "description": "Whether it is a list of such values"},
    "may_be_null": {"type": "boolean", "description": "Whether it may be unknown and then null"},
    "choices": {
        "type": "array",
        "items": {"type": "string"},
        "description": "The allowed values of a choice, else empty",
    },
    "description": {"type": "string", "description": "What it means, for the model that will fill it in"},
    "depth": {"type": "integer", "description": "0, or one more than the field of type object right above it"},
}
_ANSWER: Final = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "description": "What the whole is called, in snake_case"},
        "fields": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": _FIELD,
                "required": list(_FIELD),
                "additionalProperties": False,
            },
        },
        "note": {"type": "string", "description": "One sentence to the person: what you assumed, or what is left open"},
    },
    "required": ["name", "fields", "note"],
    "additionalProperties": False,
}
_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
"""What a schema may be called on the wire."""
_TASK = (
    "You design the shape of structured answers. The user describes in words what an answer should hold. List its "
    "fields in the order in which a person would read them, those of an object right below it, one deeper. Take the "
    "plainest type that fits, a choice where the possible values are known. Add nothing that was not asked for."
)


@dataclass(frozen=True)
class DescribedSchema:
    """What a model made of a description.

    Attributes:
        schema: The JSON Schema; no fields beside those listed.
        name: What the whole is called; fit for the wire.
        note: What the model says about it, to a person.
    """

    schema: Mapping[str, Any]
    name: str
    note: str


def schema_request(description: str, *, model: str | None = None, native: bool = True) -> ChatRequest:
    """Return the request that asks a model for the fields of a described answer.

    Args:
        description: What an answer should hold, in words.
        model: Which model; unset takes the configuration's.
        native: Whether the model has structured outputs; else the form of its answer goes into the prompt.
    """
    task = _TASK if native else f"{_TASK}\n\n{schema_instruction(_ANSWER, name=NAME)}"
    form = ResponseFormat.json_schema(NAME, _ANSWER) if native else ResponseFormat.text()
    return ChatRequest(messages=(Message.system(task), Message.user(description)), model=model, response_format=form)


def read_described_schema(result: ChatResult) -> DescribedSchema:
    """Return the schema that an answer to `schema_request` describes.

    Raises:
        InvalidSchemaError: The answer is no list of fields, or one of them is wrong; the message says so in a sentence.
    """
    verdict, value = judge_value(result, _ANSWER, wants_json=True)
    if verdict is None or not verdict.is_usable:
        said = verdict.sentence if verdict is not None else "It called a tool."
        raise InvalidSchemaError(f"The model gave no list of fields. {said}", hint="Ask again, or take another model.")
    fields = list(_fields(value["fields"]))
    if not fields:
        raise InvalidSchemaError("The model listed no fields.", hint="Describe what an answer should hold.")
    if errors := check_fields(fields):
        more = f" ({plural(len(errors) - 1, 'more field')} to correct.)" if len(errors) > 1 else ""
        raise InvalidSchemaError(f"The model's fields cannot be used. {errors[0].message}{more}", hint="Ask again.")
    name = value["name"] if _NAME.fullmatch(value["name"]) else "answer"
    return DescribedSchema(fields_to_schema(fields), name, value["note"])


def _fields(rows: list[Mapping[str, Any]]) -> Iterator[Field]:
    """Read the rows; a choice and its allowed values are taken together where a model gives one without the other."""
    for row in rows:
        choices = tuple(dict.fromkeys(row["choices"])) if row["type"] in ("choice", "text") else ()
        is_choice = bool(choices)
        kind = "choice" if is_choice else "text" if row["type"] == "choice" else row["type"]
        yield Field(
            row["name"].strip(),
            cast(Any, kind),
            is_list=row["is_list"],
            nullable=row["may_be_null"],
            choices=choices,
            description=row["description"].strip(),
            depth=row["depth"],
        )
