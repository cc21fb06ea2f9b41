"""Tools that a model may call."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import Field, model_serializer, model_validator

from service.types.base import NAME, Frozen, Json, check_schema_size, copied

__all__ = ["Tool"]


class Tool(Frozen):
    """A tool the model may call: a function of yours, or one that OpenRouter runs (`openrouter:web_search`, …)."""

    type: str = "function"
    name: str | None = None
    description: str | None = None
    parameters: Json | None = None
    strict: bool | None = None
    extra: Json = Field(default_factory=dict)

    @classmethod
    def function(
        cls,
        name: str,
        description: str | None = None,
        parameters: Mapping[str, Any] | None = None,
        *,
        strict: bool | None = None,
    ) -> Tool:
        """Make a function tool; `name` is 1–64 of `a-zA-Z0-9_-`, `parameters` a JSON Schema of type object."""
        return cls(name=name, description=description, parameters=copied(parameters), strict=strict)

    @classmethod
    def server(cls, type: str, parameters: Mapping[str, Any] | None = None) -> Tool:
        """Make a tool that OpenRouter executes itself, such as `openrouter:web_search`."""
        return cls(type=type, parameters=copied(parameters))

    @model_validator(mode="before")
    @classmethod
    def _from_wire(cls, value: Any) -> Any:
        if not isinstance(value, Mapping) or "function" not in value:
            return value
        function = value["function"]
        if not isinstance(function, Mapping):
            raise ValueError('a function tool needs "function": an object with "name"')
        known = ("name", "description", "parameters", "strict")
        extra = {name: item for name, item in value.items() if name not in ("type", "function")}
        inner = {name: item for name, item in function.items() if name not in known}
        if inner:
            extra["function"] = inner
        fields = {name: function[name] for name in known if name in function}
        return {"type": value.get("type", "function"), **fields, "extra": extra}

    @model_validator(mode="after")
    def _check(self) -> Tool:
        if self.type == "function":
            if not self.name or not NAME.fullmatch(self.name):
                raise ValueError(f"a function's name must be 1 to 64 of a-z A-Z 0-9 _ -, got {self.name!r}")
            kind = (self.parameters or {}).get("type", "object")
            if kind != "object":
                raise ValueError(f'the parameters of "{self.name}" must be a JSON Schema of type object, got {kind!r}')
            check_schema_size(self.parameters, f'the parameters of "{self.name}"')
        return self

    @model_serializer
    def _to_wire(self) -> dict[str, Any]:
        extra = dict(self.extra)
        if self.type != "function":
            return {"type": self.type, **({"parameters": self.parameters} if self.parameters else {}), **extra}
        function: dict[str, Any] = {"name": self.name}
        for name in ("description", "parameters", "strict"):
            if (value := getattr(self, name)) is not None:
                function[name] = value
        return {"type": "function", "function": function | extra.pop("function", {}), **extra}
