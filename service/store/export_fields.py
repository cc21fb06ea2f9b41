"""What is written of runs and messages in an export, checked by pydantic; docs/export-format.md describes it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PlainValidator,
    StrictBool,
    StrictInt,
    StringConstraints,
    model_validator,
)

from service.results import CacheName, VerdictKind
from service.runs import RunState
from service.types import ChatRequest, Message

__all__ = [
    "DEEPEST",
    "MOST_COST",
    "MOST_SECONDS",
    "ErrorFields",
    "Fields",
    "Ident",
    "Index",
    "PromptFields",
    "ResultFields",
    "RunFields",
    "Text",
    "Time",
    "is_deeper",
]

MOST_COST = Decimal(10) ** 15
"""A cost of as many dollars is a mistake."""

MOST_SECONDS = 1e9

DEEPEST = 200
"""How many lists and objects may stand in one another."""

_EARLIEST, _LATEST = datetime(1970, 1, 1, tzinfo=UTC), datetime(9000, 1, 1, tzinfo=UTC)
_IDENT = re.compile(r"[A-Za-z0-9._:-]{1,100}")


def _text(value: Any) -> str:
    # pydantic's own check refuses half a character, which an answer may hold.
    if not isinstance(value, str):
        raise ValueError("should be a text")
    return value


def _object(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ValueError("should be an object")
    return value


def _ident(value: Any) -> str:
    if not isinstance(value, str) or not _IDENT.fullmatch(value):
        raise ValueError("should be an id: up to 100 letters, digits and . _ : -")
    return value


def _time(value: Any) -> datetime:
    try:
        at = datetime.fromisoformat(_text(value))
    except ValueError:
        at = None
    if at is None or at.tzinfo is None or not _EARLIEST <= at <= _LATEST:
        raise ValueError('should be a time with its zone, such as "2025-01-31T12:00:00Z"')
    return at.astimezone(UTC)


def _cost(value: Any) -> Decimal:
    try:
        cost = Decimal(_text(value)) if len(_text(value)) <= 100 else Decimal("NaN")
    except (ValueError, InvalidOperation):
        cost = Decimal("NaN")
    if not cost.is_finite() or abs(cost) >= MOST_COST:
        raise ValueError('should be an amount in USD as a text, such as "0.0012"')
    return cost


Text = Annotated[str, PlainValidator(_text)]
Object = Annotated[dict[str, Any], PlainValidator(_object)]
Time = Annotated[datetime, PlainValidator(_time)]
Cost = Annotated[Decimal, PlainValidator(_cost)]
Seconds = Annotated[float, Field(strict=True, ge=0, le=MOST_SECONDS, allow_inf_nan=False)]
Ident = Annotated[str, PlainValidator(_ident)]
Index = Annotated[int, Field(strict=True, ge=0)]


def is_deeper(value: Any, levels: int) -> bool:
    """Whether more lists and objects than that stand in one another."""
    level = [value]
    for _ in range(levels + 1):
        level = [item for found in level for item in _items(found)]
        if not level:
            return False
    return True


def _items(value: Any) -> Iterable[Any]:
    return value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()


class Fields(BaseModel):
    """What is written with names; a name that is not known is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class PromptFields(Fields):
    """A message as it was sent; `parent` is the place in the list of the one sent before it."""

    parent: Index | None = None
    message: Message


class PayloadFields(Fields):
    """What of a JSON body is not told by its request: fields that differ, and names that are missing."""

    changed: Object = {}
    missing: list[Text] = []


class RequestFields(Fields):
    """A request without its messages, and what its JSON body had of its own."""

    model: Text | None = None
    parameters: Object = {}
    response_format: Object | None = None
    tools: list[Object] = []
    tool_choice: Any = None
    payload: PayloadFields

    @model_validator(mode="after")
    def _check(self) -> RequestFields:
        given = {name: getattr(self, name) for name in ("model", "parameters", "response_format", "tools")}
        ChatRequest(messages=(Message.user(""),), tool_choice=self.tool_choice, **given)
        return self


class IssueFields(Fields):
    """One thing that is wrong with an answer."""

    path: Text
    message: Text


class VerdictFields(Fields):
    """What an answer is worth."""

    kind: VerdictKind
    sentence: Text
    issues: list[IssueFields] = []


class UsageFields(Fields):
    """Tokens, and what they cost in USD."""

    prompt_tokens: StrictInt = 0
    completion_tokens: StrictInt = 0
    total_tokens: StrictInt = 0
    reasoning_tokens: StrictInt = 0
    cached_tokens: StrictInt = 0
    cache_write_tokens: StrictInt = 0
    cost: Cost | None = None
    web_searches: StrictInt = 0
    server_tool_calls: StrictInt = 0
    server_tool_cost: Cost | None = None


class TimingsFields(Fields):
    """Seconds."""

    queued: Seconds = 0.0
    first_token: Seconds | None = None
    total: Seconds = 0.0


class ToolCallFields(Fields):
    """A call the model asked for; `arguments` as it was sent."""

    id: Text
    name: Text
    arguments: Text


class ResultFields(Fields):
    """An answer, or what arrived of one, by the names of `ChatResult`; what is absent is empty."""

    id: Text = ""
    created: StrictInt | None = None
    model: Text = ""
    requested_model: Text = ""
    provider: Text | None = None
    text: Text = ""
    reasoning: Text = ""
    reasoning_details: list[Object] = []
    tool_calls: list[ToolCallFields] = []
    refusal: Text | None = None
    images: list[Object] = []
    annotations: list[Object] = []
    audio: Object | None = None
    finish_reason: Text | None = None
    native_finish_reason: Text | None = None
    usage: UsageFields | None = None
    timings: TimingsFields = TimingsFields()
    attempts: Annotated[int, Field(strict=True, ge=0, le=1_000_000)] = 1
    is_partial: StrictBool = False
    verdict: VerdictFields | None = None
    parsed: Any = None
    warnings: list[Text] = []
    cache: CacheName | None = None
    original_cost: Cost | None = None


class ContextFields(Fields):
    """Where an error happened, by the names of `ErrorContext`."""

    request_id: Text | None = None
    correlation_id: Text | None = None
    model: Text | None = None
    attempt: StrictInt = 0
    elapsed: Seconds = 0.0
    payload: Object = {}


class ErrorFields(Fields):
    """Why a run failed, by the names of `OpenRouterError`; `kind` is the name of the class."""

    kind: Annotated[str, StringConstraints(strict=True, pattern=r"^[A-Za-z]\w{0,59}$")]
    message: Text
    code: Text | None = None
    provider_message: Text = ""
    status_code: StrictInt | None = None
    provider: Text | None = None
    retryable: StrictBool = False
    retry_after: Seconds | None = None
    hint: Text = ""
    context: ContextFields = ContextFields()
    has_partial: StrictBool = False
    issues: list[IssueFields] | None = None


class RunFields(Fields):
    """One request and its outcome; `prompt` is the place of the last message it sent in the list of `prompts`."""

    id: Ident
    kind: Annotated[str, StringConstraints(strict=True, pattern=r"^[a-z][a-z0-9_-]{0,19}$")]
    state: RunState
    created_at: Time
    updated_at: Time
    ended_at: Time | None = None
    deleted_at: Time | None = None
    prompt: Index | None = None
    request: RequestFields
    result: ResultFields | None = None
    error: ErrorFields | None = None
