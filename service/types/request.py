"""A whole request: messages, parameters, tools and format."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, field_validator, model_validator

from service.types.base import Frozen, Json
from service.types.messages import Message
from service.types.parameters import ModelParameters
from service.types.response_format import ResponseFormat
from service.types.tools import Tool

__all__ = ["ChatRequest", "normalise_model"]


class ChatRequest(Frozen):
    """A chat request. What is unset comes from the configuration of the service that sends it.

    Parameters may be given as `parameters=ModelParameters(temperature=0.2)` or, shorter, as `temperature=0.2`;
    messages and tools also as plain dicts in OpenRouter's form.
    """

    messages: Annotated[tuple[Message, ...], Field(min_length=1)]
    model: str | None = None
    parameters: ModelParameters = Field(default_factory=ModelParameters)
    response_format: ResponseFormat | None = None
    tools: tuple[Tool, ...] = ()
    tool_choice: Literal["none", "auto", "required"] | Json | None = None

    @model_validator(mode="before")
    @classmethod
    def _collect_parameters(cls, value: Any) -> Any:
        if not isinstance(value, Mapping):
            return value
        short = {name: item for name, item in value.items() if name in ModelParameters.model_fields}
        if not short:
            return value
        rest = {name: item for name, item in value.items() if name not in short}
        given = rest.get("parameters") or {}
        if isinstance(given, ModelParameters):
            given = {name: getattr(given, name) for name in given.model_fields_set}
        if twice := sorted(short.keys() & given.keys()):
            raise ValueError(f"{', '.join(twice)} is given twice: in parameters and beside them")
        return {**rest, "parameters": {**given, **short}}

    @field_validator("model")
    @classmethod
    def _check_model(cls, value: str | None) -> str | None:
        return normalise_model(value) if value is not None else None

    @model_validator(mode="after")
    def _check_tools(self) -> ChatRequest:
        names = [tool.name for tool in self.tools if tool.type == "function"]
        if twice := sorted({str(name) for name in names if names.count(name) > 1}):
            raise ValueError(f"two tools have the name {', '.join(twice)}")
        chosen = _chosen_function(self.tool_choice)
        if chosen is not None and chosen not in names:
            raise ValueError(f"tool_choice names {chosen!r}, which is not among the tools")
        if self.tool_choice == "required" and not self.tools:
            raise ValueError("tool_choice is required, but there are no tools")
        return self


def _chosen_function(choice: str | dict[str, Any] | None) -> str | None:
    if not isinstance(choice, dict):
        return None
    if not isinstance(choice.get("type"), str):
        raise ValueError('tool_choice must be none, auto, required or {"type": "function", "function": {"name": …}}')
    if choice["type"] != "function":
        return None
    function = choice.get("function")
    name = function.get("name") if isinstance(function, Mapping) else None
    if not isinstance(name, str):
        raise ValueError('tool_choice of type function needs "function": {"name": …}')
    return name


def normalise_model(model: str) -> str:
    """Return a model id as OpenRouter takes it; `openrouter/vendor/model` loses its prefix.

    LiteLLM and its users write that prefix; `openrouter/auto` and the other routers of OpenRouter keep theirs.

    Raises:
        ValueError: It is empty, or holds white space or control characters.
    """
    model = model.strip()
    if not model or re.search(r"[\s\x00-\x1f\x7f]", model):
        raise ValueError(f"a model id must look like 'vendor/model', got {model!r}")
    prefix, _, rest = model.partition("/")
    return rest if prefix == "openrouter" and "/" in rest else model
