"""What a line of an export holds as the values and columns of the store; keys are masked on the way in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from service import errors
from service.errors import OpenRouterError
from service.redact import redact
from service.results import ChatResult, Issue, Timings, ToolCall, Usage, Verdict
from service.store import codec
from service.store.export_fields import ErrorFields, RequestFields, ResultFields, RunFields
from service.store.run_rows import columns_of_result
from service.store.schema_hash import format_hash
from service.store.values import LIVE_STATES

__all__ = ["run_columns"]

_BUILT = frozenset(
    {"usage", "timings", "tool_calls", "verdict", "reasoning_details", "images", "annotations", "warnings"}
)
_NOTHING_ARRIVED = {"model": "", "attempts": 0, "text": "", "reasoning": ""}


def run_columns(run: RunFields, keys: Sequence[str]) -> dict[str, Any]:
    """Return the columns of a run but for its ids and whose it is; one that went on has been interrupted."""
    columns = {name: getattr(run, name) for name in ("kind", "state", "created_at", "updated_at", "deleted_at")}
    if run.state in LIVE_STATES:
        columns["state"] = "interrupted"
    columns["ended_at"] = run.ended_at or run.updated_at
    columns["requested_model"] = codec.mask(run.request.model or "", keys)
    columns["request"] = _request(run.request, keys)
    columns["schema_hash"] = format_hash(columns["request"].get("response_format"))
    columns |= _NOTHING_ARRIVED if run.result is None else columns_of_result(_result(run.result), keys)
    if run.error is not None:
        error = _error(run.error, keys)
        columns |= {"error": error, "error_class": error["class"]}
    return columns


def _request(request: RequestFields, keys: Sequence[str]) -> dict[str, Any]:
    rest = request.model_dump()
    for name in ("parameters", "tools", "payload"):
        rest[name] = redact(rest[name], *keys)
    for name in ("model", "tool_choice"):
        rest[name] = codec.mask(rest[name], keys)
    shape = rest.pop("response_format")
    return rest if shape is None else rest | {"response_format": codec.mask(shape, keys)}


def _result(result: ResultFields) -> ChatResult:
    plain = {name: getattr(result, name) for name in type(result).model_fields if name not in _BUILT}
    usage, verdict = result.usage, result.verdict
    calls = ((call.id, call.name, call.arguments) for call in result.tool_calls)
    return ChatResult(
        **plain,
        reasoning_details=tuple(result.reasoning_details),
        images=tuple(result.images),
        annotations=tuple(result.annotations),
        warnings=tuple(result.warnings),
        tool_calls=tuple(ToolCall(ident, name, told, ToolCall.parse(told)) for ident, name, told in calls),
        usage=None if usage is None else Usage(**dict(usage)),
        timings=Timings(**dict(result.timings)),
        verdict=None if verdict is None else Verdict(verdict.kind, verdict.sentence, _issues(verdict.issues)),
    )


def _issues(issues: Sequence[Any]) -> tuple[Issue, ...]:
    return tuple(Issue(issue.path, issue.message) for issue in issues)


def _error(error: ErrorFields, keys: Sequence[str]) -> dict[str, Any]:
    """Return an error as `codec` writes it; a class that this version does not know becomes the general one."""
    encoded: dict[str, Any] = {"class": error.kind if error.kind in _classes() else OpenRouterError.__name__}
    encoded |= error.model_dump(exclude={"kind", "issues", "context"})
    context = error.context.model_dump()
    encoded["context"] = context | {"payload": redact(context["payload"], *keys)}
    if error.issues is not None:
        encoded["issues"] = [[issue.path, issue.message] for issue in error.issues]
    masked: dict[str, Any] = codec.mask(encoded, keys)
    return masked


def _classes() -> frozenset[str]:
    found = (value for value in vars(errors).values() if isinstance(value, type) and issubclass(value, OpenRouterError))
    return frozenset(kind.__name__ for kind in found)
