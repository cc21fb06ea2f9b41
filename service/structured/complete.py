"""Structured completions: ask, check, ask again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from service.errors import InvalidSchemaError, OpenRouterError, SchemaValidationError, UnsupportedFeatureError
from service.results import ChatResult, Issue, Verdict
from service.structured.instruct import repair_instruction, schema_instruction
from service.structured.validate import validate
from service.structured.verdict import judge_value
from service.structured.words import place
from service.types import ChatRequest, Message, ResponseFormat

if TYPE_CHECKING:
    from pydantic import BaseModel

    from service.openrouter import OpenRouterService

__all__ = ["StructuredAnswer", "StructuredMode", "complete_structured"]

StructuredMode = Literal["auto", "native", "prompt"]


@dataclass(frozen=True)
class StructuredAnswer:
    """A value that satisfies the schema, or `None`; the result it came from; every answer that was tried, in order."""

    value: Any
    result: ChatResult
    attempts: tuple[ChatResult, ...]

    @property
    def verdict(self) -> Verdict | None:
        """The verdict on the last answer."""
        return self.result.verdict


def complete_structured(
    service: OpenRouterService,
    request: ChatRequest,
    schema: Mapping[str, Any] | type[BaseModel],
    *,
    name: str,
    mode: StructuredMode,
    max_repairs: int,
    on_invalid: Literal["raise", "return"],
) -> StructuredAnswer:
    """See `OpenRouterService.complete_structured`."""
    model_class = schema if isinstance(schema, type) else None
    body: Mapping[str, Any] = model_class.model_json_schema() if model_class else _mapping(schema)
    validate(None, body)
    is_native, warning = _decide(service, request, mode)
    # Completed first, so that the schema in the prompt does not take the place of the configured system prompt.
    request = service._complete(request)
    ask = _native(request, name, body) if is_native else _in_prompt(request, name, body)
    attempts: list[ChatResult] = []
    while True:
        result = service.chat(ask)
        verdict, value, shown = _judge(result, body, model_class)
        warnings = (*result.warnings, warning) if warning else result.warnings
        result = replace(result, verdict=verdict, parsed=value, warnings=warnings)
        attempts.append(result)
        if verdict is not None and verdict.is_usable:
            return StructuredAnswer(shown, result, tuple(attempts))
        if len(attempts) > max_repairs or verdict is None or verdict.kind not in ("not_json", "wrong_shape"):
            break
        ask = _asked_again(ask, result, verdict)
    if on_invalid == "return":
        return StructuredAnswer(None, result, tuple(attempts))
    raise _invalid(result, attempts)


def _judge(
    result: ChatResult, schema: Mapping[str, Any], model_class: type[BaseModel] | None
) -> tuple[Verdict | None, Any, Any]:
    """Return the verdict, the JSON value, and what the caller gets: the value, or an instance of the class."""
    from pydantic import ValidationError

    verdict, value = judge_value(result, schema, wants_json=True)
    if model_class is None or verdict is None or not verdict.is_usable:
        return verdict, value, value
    try:
        return verdict, value, model_class.model_validate_json(json.dumps(value))
    except ValidationError as error:
        # A class may ask for more than its schema can say.
        found = error.errors(include_url=False, include_input=False)
        issues = tuple(Issue(place(item["loc"]), item["msg"].removeprefix("Value error, ")) for item in found)
        return Verdict("wrong_shape", f"The answer is no valid {model_class.__name__}.", issues), None, None


def _as_instance(model_class: type[BaseModel], value: Any, verdict: Verdict) -> tuple[Verdict, Any]:
    """Make an instance of a value that fits the schema; what the class's own validators refuse is wrong in shape."""
    from pydantic import ValidationError

    try:
        return verdict, model_class.model_validate(value)
    except ValidationError as error:
        problems = error.errors(include_url=False, include_input=False)
        issues = tuple(
            Issue(_path(problem["loc"]), problem["msg"].removeprefix("Value error, ")) for problem in problems
        )
        return Verdict("wrong_shape", f"The answer does not satisfy {model_class.__name__}.", issues), None


def _path(steps: tuple[int | str, ...]) -> str:
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps).removeprefix(".")


def _mapping(schema: Any) -> Mapping[str, Any]:
    if not isinstance(schema, Mapping):
        raise InvalidSchemaError("The schema must be a JSON Schema object or a pydantic model class.")
    return schema


def _decide(service: OpenRouterService, request: ChatRequest, mode: StructuredMode) -> tuple[bool, str]:
    """Return whether to use native structured outputs, and a warning where that is not what was hoped for."""
    if mode == "prompt":
        return False, ""
    model = request.model or service.config.model
    try:
        can = service.get_model(model).supports("structured_outputs")
    except OpenRouterError:
        can = None
    if can is not False:
        return True, ""
    if mode == "native":
        raise UnsupportedFeatureError(
            f"{model} has no structured outputs.",
            hint='Choose a model that lists structured_outputs, or use mode="auto": the schema goes into the prompt.',
        )
    return False, f"{model} has no structured outputs; the schema was put into the prompt."


def _native(request: ChatRequest, name: str, schema: Mapping[str, Any]) -> ChatRequest:
    return request.model_copy(update={"response_format": ResponseFormat.json_schema(name, schema)})


def _in_prompt(request: ChatRequest, name: str, schema: Mapping[str, Any]) -> ChatRequest:
    instruction = Message.system(schema_instruction(schema, name=name))
    leading = [message for message in request.messages if message.role in ("system", "developer")]
    rest = [message for message in request.messages if message.role not in ("system", "developer")]
    messages = (*leading, instruction, *rest)
    return request.model_copy(update={"messages": messages, "response_format": ResponseFormat.text()})


def _asked_again(request: ChatRequest, result: ChatResult, verdict: Verdict) -> ChatRequest:
    more = (Message.assistant(result.text), Message.user(repair_instruction(verdict)))
    return request.model_copy(update={"messages": (*request.messages, *more)})


def _invalid(result: ChatResult, attempts: list[ChatResult]) -> SchemaValidationError:
    verdict = result.verdict
    sentence = verdict.sentence if verdict is not None else "The model called a tool instead of answering."
    return SchemaValidationError(
        sentence, issues=verdict.issues if verdict is not None else (), attempts=attempts, partial=result
    )
