"""Requests, results and errors as JSON and back, exactly; keys are masked on the way in.

A request is kept in two halves: its messages, each for itself, which later requests share (see `prompts`), and
everything else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, cast

from pydantic import ValidationError

from service import errors
from service.errors import ErrorContext, OpenRouterError, SchemaValidationError
from service.redact import may_hold_secret, redact, redact_text
from service.results import ChatResult, Issue, Timings, ToolCall, Usage, Verdict
from service.store.columns import dump_json
from service.store.files import without_files
from service.types import ChatRequest, Message, ModelParameters, ResponseFormat, Tool
from service.wire.payload import build_payload

__all__ = [
    "decode_error",
    "decode_message",
    "decode_payload",
    "decode_request",
    "decode_result",
    "encode_error",
    "encode_message",
    "encode_request",
    "encode_result",
    "encode_sent",
    "mask",
]

_PLAIN_FIELDS = (
    "id",
    "created",
    "model",
    "requested_model",
    "provider",
    "refusal",
    "finish_reason",
    "native_finish_reason",
    "attempts",
    "is_partial",
    "cache",
)
_LISTS = ("reasoning_details", "images", "annotations", "warnings")
_ROOM = 200
"""Levels of nesting left over: a value is written and read from deeper inside Python than where it is looked at."""

_COUNTS = tuple(name for name in Usage.__slots__ if not name.endswith("cost"))
_ERROR_FIELDS = ("message", "code", "provider_message", "status_code", "provider", "retryable", "retry_after", "hint")


def mask(value: Any, secrets: Sequence[str] = ()) -> Any:
    """Return a JSON value with what looks like a key masked in its texts; names and everything else stay."""
    masked: list[Any] = [value]
    # Not by recursion: an answer may be nested deeper than Python calls itself.
    waiting: list[tuple[Any, Any]] = [(masked, 0)]
    while waiting:
        holder, place = waiting.pop()
        item = holder[place]
        if isinstance(item, str):
            holder[place] = redact_text(item, *secrets) if may_hold_secret(item, *secrets) else item
        elif isinstance(item, Mapping | list | tuple):
            holder[place] = inner = dict(item) if isinstance(item, Mapping) else list(item)
            waiting += [(inner, name) for name in (inner if isinstance(inner, dict) else range(len(inner)))]
    return masked[0]


def encode_request(request: ChatRequest, payload: Mapping[str, Any], secrets: Sequence[str] = ()) -> dict[str, Any]:
    """Return a request without its messages, and the body it was sent as; of that only what the request does not tell.

    The messages of the body are those of the request.
    """
    rest: dict[str, Any] = {
        "model": mask(request.model, secrets),
        "parameters": {**request.parameters.set_fields(), "extra_body": request.parameters.extra_body},
        "tools": [_set_fields(tool) for tool in request.tools],
        "tool_choice": mask(request.tool_choice, secrets),
        "payload": _own_of_payload(request, payload),
    }
    if headers := _headers(request, secrets):
        rest["parameters"]["extra_headers"] = headers
    if request.response_format is not None:
        rest["response_format"] = mask(_set_fields(request.response_format), secrets)
    for name in ("parameters", "tools", "payload"):
        rest[name] = redact(rest[name], *secrets)
    return rest


def _headers(request: ChatRequest, secrets: Sequence[str]) -> dict[str, str]:
    """Return the extra headers; one that holds another key of this process is left out, for masked it is none."""
    headers = request.parameters.extra_headers
    return {name: value for name, value in headers.items() if redact_text(value, *secrets) == value}


def _set_fields(value: Tool | ResponseFormat) -> dict[str, Any]:
    """Return what is not as it is by itself; the type is always told."""
    fields = {name: (getattr(value, name), field) for name, field in type(value).model_fields.items()}
    return {
        name: found
        for name, (found, field) in fields.items()
        if name == "type" or found != field.get_default(call_default_factory=True)
    }


def _own_of_payload(request: ChatRequest, payload: Mapping[str, Any]) -> dict[str, Any]:
    # There may be thousands of messages.
    expected = build_payload(request.model_copy(update={"messages": ()}), stream=False)
    own = {name: value for name, value in payload.items() if name != "messages"}
    changed = {name: value for name, value in own.items() if name not in expected or expected[name] != value}
    return {"changed": changed, "missing": [name for name in expected if name not in payload]}


def encode_message(message: Message) -> dict[str, Any]:
    """Return what is set of a message."""
    encoded = message.model_dump()
    if isinstance(message.content, tuple):
        encoded["content"] = [{"type": part.type, "payload": part.payload} for part in message.content]
    return encoded


def encode_sent(message: Message, secrets: Sequence[str] = ()) -> dict[str, Any]:
    """Return a message as it was sent, without keys; its files are named."""
    return cast(dict[str, Any], mask(without_files(encode_message(message))[0], secrets))


def decode_message(encoded: Mapping[str, Any]) -> Message:
    """Return a message; one that this version would refuse keeps its role and what is text in it."""
    try:
        return Message.model_validate(encoded)
    except ValidationError:
        content = encoded.get("content")
        return Message.model_construct(role=encoded.get("role", "user"), content=content if content else "")


def decode_request(rest: Mapping[str, Any], messages: Sequence[Message]) -> ChatRequest:
    """Return a request; of one that this version would refuse, what it does not."""
    kept = messages or (Message.user(""),)
    given = {name: rest.get(name) for name in ("model", "parameters", "response_format", "tools", "tool_choice")}
    fields = {name: value for name, value in given.items() if value is not None}
    try:
        return ChatRequest(messages=tuple(kept), **fields)
    except ValidationError:
        return ChatRequest.model_construct(messages=tuple(kept), model=rest.get("model"), parameters=ModelParameters())


def decode_payload(rest: Mapping[str, Any], request: ChatRequest) -> dict[str, Any]:
    """Return the body a request was sent as."""
    own = rest["payload"]
    payload = build_payload(request, stream=False) | own["changed"]
    return {name: value for name, value in payload.items() if name not in own["missing"]}


def encode_result(result: ChatResult, secrets: Sequence[str] = ()) -> dict[str, Any]:
    """Return a result without `text` and `reasoning`, which have columns of their own; defaults are left out."""
    encoded: dict[str, Any] = {name: getattr(result, name) for name in _PLAIN_FIELDS}
    encoded |= {name: _sound(list(getattr(result, name))) for name in _LISTS if getattr(result, name)}
    if result.tool_calls:
        encoded["tool_calls"] = [[call.id, call.name, call.arguments] for call in result.tool_calls]
    encoded["timings"] = [result.timings.queued, result.timings.first_token, result.timings.total]
    encoded["audio"] = _sound(result.audio)
    encoded["parsed"] = _sound(result.parsed)
    encoded["original_cost"] = None if result.original_cost is None else str(result.original_cost)
    if result.usage is not None:
        cost = result.usage.cost
        encoded["usage"] = {name: getattr(result.usage, name) for name in _COUNTS}
        encoded["usage"]["cost"] = None if cost is None else str(cost)
        if (tools := result.usage.server_tool_cost) is not None:
            encoded["usage"]["server_tool_cost"] = str(tools)
    if (verdict := result.verdict) is not None:
        issues = [[issue.path, issue.message] for issue in verdict.issues]
        encoded["verdict"] = [verdict.kind, verdict.sentence, issues]
    told = {name: value for name, value in encoded.items() if value is not None}
    return cast(dict[str, Any], mask(told, secrets))


def _sound(value: Any) -> Any:
    """Return a value, or `None` where it has no JSON: nested too deeply, or an endless number."""
    held = value
    for _ in range(_ROOM):
        held = [held]
    try:
        dump_json(held)
    except (ValueError, TypeError):
        return None
    return value


def decode_result(encoded: Mapping[str, Any], *, text: str, reasoning: str) -> ChatResult:
    """Return a result."""
    known = {name: encoded[name] for name in _PLAIN_FIELDS if name in encoded}
    known |= {name: tuple(encoded[name]) for name in _LISTS if name in encoded}
    calls = tuple(
        ToolCall(id, name, arguments, ToolCall.parse(arguments))
        for id, name, arguments in encoded.get("tool_calls", ())
    )
    timings = Timings(*encoded["timings"]) if "timings" in encoded else Timings()
    return ChatResult(
        text=text,
        reasoning=reasoning,
        tool_calls=calls,
        usage=_decode_usage(encoded.get("usage")),
        timings=timings,
        verdict=_decode_verdict(encoded.get("verdict")),
        audio=encoded.get("audio"),
        parsed=encoded.get("parsed"),
        original_cost=Decimal(encoded["original_cost"]) if "original_cost" in encoded else None,
        **known,
    )


def _decode_usage(encoded: Mapping[str, Any] | None) -> Usage | None:
    if encoded is None:
        return None
    # What was stored before a count was known has none of it.
    counts = {name: encoded.get(name, 0) for name in _COUNTS}
    cost, tools = (encoded.get(name) for name in ("cost", "server_tool_cost"))
    return Usage(
        **counts,
        cost=None if cost is None else Decimal(cost),
        server_tool_cost=None if tools is None else Decimal(tools),
    )


def _decode_verdict(encoded: Sequence[Any] | None) -> Verdict | None:
    if encoded is None:
        return None
    kind, sentence, issues = encoded
    return Verdict(kind, sentence, tuple(Issue(path, message) for path, message in issues))


def encode_error(error: OpenRouterError, secrets: Sequence[str] = ()) -> dict[str, Any]:
    """Return an error without what had arrived, which is the result of its run."""
    encoded: dict[str, Any] = {"class": type(error).__name__}
    encoded |= {name: getattr(error, name) for name in _ERROR_FIELDS}
    context = error.context
    encoded["context"] = {name: getattr(context, name) for name in ErrorContext.__slots__}
    encoded["context"]["payload"] = redact(context.payload, *secrets, shorten=True)
    encoded["has_partial"] = error.partial is not None
    if isinstance(error, SchemaValidationError):
        encoded["issues"] = [[issue.path, issue.message] for issue in error.issues]
    return cast(dict[str, Any], mask(encoded, secrets))


def decode_error(encoded: Mapping[str, Any], partial: ChatResult | None) -> OpenRouterError:
    """Return an error; one of a class this version does not know is an `OpenRouterError`."""
    kind = getattr(errors, encoded["class"], OpenRouterError)
    fields = {name: encoded[name] for name in _ERROR_FIELDS}
    if "issues" in encoded and issubclass(kind, SchemaValidationError):
        fields["issues"] = [Issue(path, message) for path, message in encoded["issues"]]
    context = ErrorContext(**encoded["context"])
    kept = partial if encoded["has_partial"] else None
    return cast(OpenRouterError, kind(**fields, partial=kept, context=context))
