"""The form of an answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import model_serializer, model_validator

from service.types.base import NAME, Frozen, Json, check_schema_size, copied

__all__ = ["Delivery", "ResponseFormat"]

Delivery = Literal["native", "prompt"]


class ResponseFormat(Frozen):
    """The form of the answer: text, any JSON object, or JSON that follows a schema. Make it with the class methods.

    Attributes:
        type: What is asked for.
        definition: Name, schema, description and strictness, as they are sent.
        written: The schema as somebody wrote it, where the one in `definition` is its strict form.
        delivery: How the schema reaches the model: `native`, as the request's response format, or `prompt`, in a
            system message, for models without structured outputs. Answers are judged by it either way.
        require_parameters: Whether OpenRouter is to choose only among providers that support everything the request
            holds (`provider.require_parameters`). Sent with a native schema alone, and to no other server; a
            `provider` that decides it wins.
        grammar: The grammar, for the type of that name.
    """

    type: Literal["text", "json_object", "json_schema", "grammar", "python"] = "text"
    definition: Json | None = None
    written: Json | None = None
    delivery: Delivery = "native"
    require_parameters: bool = False
    grammar: str | None = None

    @classmethod
    def text(cls) -> ResponseFormat:
        """Ask for plain text."""
        return cls(type="text")

    @classmethod
    def json_object(cls) -> ResponseFormat:
        """Ask for any JSON object; say so in the prompt as well."""
        return cls(type="json_object")

    @classmethod
    def json_schema(
        cls,
        name: str,
        schema: Mapping[str, Any],
        *,
        description: str | None = None,
        strict: bool | None = True,
        written: Mapping[str, Any] | None = None,
        delivery: Delivery = "native",
        require_parameters: bool = False,
    ) -> ResponseFormat:
        """Ask for JSON that follows a schema of ≤50,000 characters; `name` is 1–64 of `a-zA-Z0-9_-`."""
        definition: dict[str, Any] = {"name": name, "schema": dict(schema)}
        if description is not None:
            definition["description"] = description
        if strict is not None:
            definition["strict"] = strict
        return cls(
            type="json_schema",
            definition=definition,
            written=copied(written),
            delivery=delivery,
            require_parameters=require_parameters,
        )

    @property
    def schema_name(self) -> str | None:
        """The schema's name."""
        return (self.definition or {}).get("name")

    @property
    def schema_body(self) -> dict[str, Any] | None:
        """The JSON Schema itself, as it is sent."""
        return (self.definition or {}).get("schema")

    @property
    def asked_schema(self) -> dict[str, Any] | None:
        """The JSON Schema as it was written, by which answers are judged."""
        return self.written if self.written is not None else self.schema_body

    @property
    def wants_json(self) -> bool:
        """Whether the answer is to be JSON."""
        return self.type in ("json_object", "json_schema")

    @model_validator(mode="before")
    @classmethod
    def _from_wire(cls, value: Any) -> Any:
        if isinstance(value, str):
            return {"type": value}
        if isinstance(value, Mapping) and "json_schema" in value:
            rest = {name: item for name, item in value.items() if name != "json_schema"}
            return {**rest, "definition": value["json_schema"]}
        return value

    @model_validator(mode="after")
    def _check(self) -> ResponseFormat:
        if self.type == "grammar" and not self.grammar:
            raise ValueError('the format grammar needs "grammar": a text')
        if self.type != "json_schema":
            return self
        name, schema = self.schema_name, self.schema_body
        if not isinstance(name, str) or not NAME.fullmatch(name):
            raise ValueError(f"the schema's name must be 1 to 64 of a-z A-Z 0-9 _ -, got {name!r}")
        if not isinstance(schema, Mapping):
            raise ValueError('json_schema needs "schema": a JSON Schema object')
        check_schema_size(schema, "the schema")
        check_schema_size(self.written, "the schema as written")
        return self

    @model_serializer
    def _to_wire(self) -> dict[str, Any]:
        if self.type == "json_schema" and self.delivery == "prompt":
            return {"type": "text"}
        if self.type == "json_schema":
            return {"type": "json_schema", "json_schema": self.definition}
        return {"type": "grammar", "grammar": self.grammar} if self.type == "grammar" else {"type": self.type}
