"""Conversations, runs and saved schemas as the lines of an export, by the names of `export_fields`, `export_format`."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from service.results import ChatResult, Usage
from service.store import codec
from service.store.columns import dump_json
from service.store.export_fields import DEEPEST, MOST_COST, MOST_SECONDS, ErrorFields, is_deeper
from service.store.export_format import FORMAT, VERSION, WITHOUT_SCHEMAS
from service.store.export_rows import Archive, ConversationRows, Prompts
from service.store.schema_values import SavedSchema, SchemaVersion

__all__ = ["export_lines", "json_line", "written_cost", "written_time"]

_LINE_ENDS = re.compile("[\x85\u2028\u2029]")
_RUN_TIMES = ("created_at", "updated_at", "ended_at", "deleted_at")
_RESULT_FIELDS = (
    "id",
    "created",
    "model",
    "requested_model",
    "provider",
    "text",
    "reasoning",
    "refusal",
    "audio",
    "finish_reason",
    "native_finish_reason",
    "attempts",
    "is_partial",
    "parsed",
    "cache",
)
_RESULT_LISTS = ("reasoning_details", "images", "annotations", "warnings")
_EMPTY_IS_ABSENT = frozenset({"id", "model", "requested_model", "text", "reasoning", "tool_calls", *_RESULT_LISTS})
_COUNTS = tuple(name for name in Usage.__slots__ if not name.endswith("cost"))


def export_lines(archive: Archive, now: datetime, conversation_ids: Sequence[str] | None = None) -> Iterator[str]:
    """Give an export line by line: these conversations, or everything where none are named.

    A conversation that has been deleted meanwhile is left out.

    Raises:
        StorageError: What is wanted cannot be read; without its last line, what was given is no export.
    """
    schema_ids = archive.schema_ids() if conversation_ids is None else []
    version = VERSION if schema_ids else WITHOUT_SCHEMAS
    yield json_line({"format": FORMAT, "version": version, "exported_at": written_time(now)})
    conversations = runs = schemas = 0
    for ident in archive.conversation_ids() if conversation_ids is None else conversation_ids:
        found = archive.conversation(ident)
        if found is not None:
            conversations += 1
            yield json_line(codec.mask(_conversation(found), archive.keys))
    if conversation_ids is None:
        for row, prompts in archive.other_runs():
            runs += 1
            listed = _Listed(prompts)
            run = _run(row, listed)
            yield json_line(codec.mask({"type": "run", "prompts": listed.told, "run": run}, archive.keys))
    for ident in schema_ids:
        found_schema = archive.schema(ident)
        if found_schema is not None:
            schemas += 1
            yield json_line(codec.mask(_schema(*found_schema), archive.keys))
    counted = {"conversations": conversations, "runs": runs} | ({"schemas": schemas} if schemas else {})
    yield json_line({"type": "end", **counted})


def _schema(saved: SavedSchema, versions: Sequence[SchemaVersion]) -> dict[str, Any]:
    told = [
        {"created_at": written_time(one.created_at), **({"note": one.note} if one.note else {}), "text": one.text}
        for one in versions
    ]
    first = {"type": "schema", "id": saved.id, "name": saved.name, "created_at": written_time(saved.created_at)}
    return {**first, "versions": told}


class _Listed:
    """The prompts of a line, each behind the one it follows; `told` grows as runs name theirs."""

    def __init__(self, prompts: Prompts) -> None:
        self.told: list[dict[str, Any]] = []
        self._prompts = prompts
        self._places: dict[str, int] = {}

    def place(self, ident: str | None) -> int | None:
        """Return where a prompt stands, once it and all before it are listed."""
        missing: list[str] = []
        at = ident
        while at is not None and at not in self._places:
            missing.append(at)
            at = self._prompts[at][0]
        for found in reversed(missing):
            parent_id, message = self._prompts[found]
            self._places[found] = len(self.told)
            parent = None if parent_id is None else self._places[parent_id]
            self.told.append(_told({"parent": parent, "message": _message(message)}))
        return None if ident is None else self._places[ident]


def _conversation(rows: ConversationRows) -> dict[str, Any]:
    row, listed = rows.conversation, _Listed(rows.prompts)
    known = {message["id"] for message in rows.messages}
    told = {name: row[name] for name in ("id", "title", "settings")}
    told |= {name: written_time(row[name]) for name in ("created_at", "updated_at")}
    told |= {"draft": row["draft"] or None, "shown": row["leaf_id"] if row["leaf_id"] in known else None}
    told["messages"] = [_node(message) for message in rows.messages]
    told["runs"] = [_run(run, listed) for run in rows.runs]
    return {"type": "conversation", **_told(told), "prompts": listed.told}


def _node(row: Mapping[str, Any]) -> dict[str, Any]:
    told = {
        "id": row["id"],
        "parent": row["parent_id"],
        "created_at": written_time(row["created_at"]),
        "run": row["run_id"],
        "repair": row["repair"],
        "expected": row["expected"],
    }
    if row["run_id"] is None:
        content = row["content"] if row["content"] is not None else ""
        told["message"] = _message(content if isinstance(content, dict) else {"role": row["role"], "content": content})
    return _told(told)


def _message(encoded: Mapping[str, Any]) -> dict[str, Any]:
    """Return a message as OpenRouter writes it."""
    content = encoded.get("content")
    if not isinstance(content, list):
        return dict(encoded)
    return {**encoded, "content": [_part(part) for part in content]}


def _part(part: Mapping[str, Any]) -> Mapping[str, Any]:
    payload = part.get("payload")
    is_plain = isinstance(payload, dict) and not payload.keys() & {"type", "payload"}
    return {"type": part["type"], **payload} if is_plain and payload is not None else part


def _run(row: Mapping[str, Any], listed: _Listed) -> dict[str, Any]:
    told = {name: row[name] for name in ("id", "kind", "state")}
    told |= {name: written_time(row[name]) for name in _RUN_TIMES if row[name] is not None}
    told["prompt"] = listed.place(row["prompt_id"])
    told["request"] = _told(row["request"])
    if row["result"] is not None:
        told["result"] = _result(codec.decode_result(row["result"], text=row["text"], reasoning=row["reasoning"]))
    if row["error"] is not None:
        told["error"] = _error(row["error"])
    return _told(told)


def _result(result: ChatResult) -> dict[str, Any]:
    told: dict[str, Any] = {name: getattr(result, name) for name in _RESULT_FIELDS}
    told |= {name: list(getattr(result, name)) for name in _RESULT_LISTS}
    if is_deeper(result.parsed, DEEPEST // 2):
        told["parsed"] = None
    told["tool_calls"] = [{"id": call.id, "name": call.name, "arguments": call.arguments} for call in result.tool_calls]
    told["original_cost"] = written_cost(result.original_cost)
    timings = {name: _seconds(getattr(result.timings, name)) for name in ("queued", "first_token", "total")}
    told["timings"] = _told(timings)
    if (usage := result.usage) is not None:
        costs = {name: written_cost(getattr(usage, name)) for name in ("cost", "server_tool_cost")}
        told["usage"] = _told({**{name: getattr(usage, name) for name in _COUNTS}, **costs})
    if (verdict := result.verdict) is not None:
        told["verdict"] = {"kind": verdict.kind, "sentence": verdict.sentence}
        told["verdict"]["issues"] = [{"path": issue.path, "message": issue.message} for issue in verdict.issues]
    return {name: value for name, value in _told(told).items() if value or name not in _EMPTY_IS_ABSENT}


def _error(encoded: Mapping[str, Any]) -> dict[str, Any]:
    told = {name: encoded.get(name) for name in ErrorFields.model_fields if name != "kind"}
    told["retry_after"] = _seconds(told["retry_after"])
    told["context"] = _told(encoded["context"])
    if "issues" in encoded:
        told["issues"] = [{"path": path, "message": message} for path, message in encoded["issues"]]
    return {"kind": encoded["class"], **_told(told)}


def _told(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}


def written_time(at: datetime) -> str:
    """Return a time in ISO 8601, in UTC."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"


def written_cost(cost: Decimal | None) -> str | None:
    """Return an amount in USD with all its digits; one that nobody can have paid is unknown."""
    if cost is None or not cost.is_finite() or abs(cost) >= MOST_COST:
        return None
    plain = format(cost, "f") if cost.adjusted() > -50 else str(cost)
    return plain if len(plain) <= 100 else None


def _seconds(seconds: float | None) -> float | None:
    return seconds if seconds is not None and 0 <= seconds <= MOST_SECONDS else None


def json_line(value: Any) -> str:
    """Return a value as a line of JSON; no editor and no reader takes it for two."""
    text = dump_json(value)
    if "NaN" in text or "Infinity" in text:
        text = dump_json(_finite(value))
    if not text.isascii():
        # Some editors end a line at these, and would count lines otherwise than we do.
        text = _LINE_ENDS.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
    return text + "\n"


def _finite(value: Any) -> Any:
    """Return a value without numbers that are none: they are no JSON."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {name: _finite(item) for name, item in value.items()}
    return [_finite(item) for item in value] if isinstance(value, list) else value
