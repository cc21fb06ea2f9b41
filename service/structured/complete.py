"""Structured completions: ask, check, ask again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from service.errors import (
    ErrorContext,
    InvalidSchemaError,
    OpenRouterError,
    SchemaValidationError,
    UnsupportedFeatureError,
)
from service.results import ChatResult, Issue, Verdict
from service.structured.repair import (
    REPAIRABLE,
    Repair,
    healing_request,
    mended_result,
    repair_locally,
    repair_request,
)
from service.structured.validate import validate
from service.structured.verdict import judge_value
from service.structured.words import place
from service.types import ChatRequest, ResponseFormat

if TYPE_CHECKING:
    from pydantic import BaseModel

    from service.openrouter import OpenRouterService

__all__ = ["RepairStep", "StructuredAnswer", "StructuredMode", "complete_structured"]

StructuredMode = Literal["auto", "native", "prompt"]

RepairStep = Literal["local", "healing", "reask"]
"""How an answer may be repaired: here and for nothing, by OpenRouter before it is sent, or by asking again."""


@dataclass(frozen=True)
class StructuredAnswer:
    """A value that satisfies the schema, or `None`; the result it came from; every answer that was tried, in order.

    `repair` says what was changed where the value was mended without asking again; its result, for which nothing was
    sent, stands in `attempts` behind the one it was made of.
    """

    value: Any
    result: ChatResult
    attempts: tuple[ChatResult, ...]
    repair: Repair | None = None

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
    repairs: tuple[RepairStep, ...],
) -> StructuredAnswer:
    """See `OpenRouterService.complete_structured`."""
    model_class = schema if isinstance(schema, type) else None
    body: Mapping[str, Any] = model_class.model_json_schema() if model_class else _mapping(schema)
    validate(None, body)
    is_native, warning = _decide(service, request, mode)
    ask = _native(request, name, body) if is_native else _in_prompt(request, name, body)
    if "healing" in repairs and is_native:
        ask = healing_request(ask)
    attempts: list[ChatResult] = []
    asked = 0
    while True:
        result = service.chat(ask)
        warnings = (*result.warnings, warning) if warning else result.warnings
        result, shown = _judged(replace(result, warnings=warnings), body, model_class)
        attempts.append(result)
        repair = repair_locally(result, body) if "local" in repairs and _is_repairable(result) else None
        if repair is not None:
            result, shown = _judged(mended_result(result, repair), body, model_class)
            attempts.append(result)
        if result.verdict is not None and result.verdict.is_usable:
            return StructuredAnswer(shown, result, tuple(attempts), repair)
        asked += 1
        if asked > max_repairs or "reask" not in repairs or result.verdict is None or not _is_repairable(result):
            break
        ask = repair_request(ask, result, result.verdict)
    if on_invalid == "return":
        return StructuredAnswer(None, result, tuple(attempts))
    raise _invalid(result, attempts)


def _is_repairable(result: ChatResult) -> bool:
    return result.verdict is not None and result.verdict.kind in REPAIRABLE


def _judged(
    result: ChatResult, schema: Mapping[str, Any], model_class: type[BaseModel] | None
) -> tuple[ChatResult, Any]:
    """Return the result with its verdict and JSON value, and what the caller gets: the value, or an instance."""
    verdict, value, shown = _judge(result, schema, model_class)
    return replace(result, verdict=verdict, parsed=value), shown


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
    form = ResponseFormat.json_schema(name, schema, delivery="prompt")
    return request.model_copy(update={"response_format": form})


def _invalid(result: ChatResult, attempts: list[ChatResult]) -> SchemaValidationError:
    verdict = result.verdict
    sentence = verdict.sentence if verdict is not None else "The model called a tool instead of answering."
    return SchemaValidationError(
        sentence,
        provider=result.provider,
        issues=verdict.issues if verdict is not None else (),
        attempts=attempts,
        partial=result,
        context=ErrorContext(
            request_id=result.id or None,
            model=result.requested_model,
            attempt=sum(tried.attempts for tried in attempts),
            elapsed=sum(tried.timings.total for tried in attempts),
        ),
    )
