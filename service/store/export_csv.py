"""Runs as rows of a spreadsheet (RFC 4180), safe against formulas."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, select

from service.spreadsheet import quoted_cell
from service.store import codec
from service.store.answers import outcome_of
from service.store.export_rows import Archive, Prompts, batches
from service.store.run_queries import find_runs
from service.store.run_rows import asked_last
from service.store.tables import PromptRow
from service.store.values import RunFilters
from service.structured.instruct import is_repair_instruction
from service.types import Message

__all__ = ["COLUMNS", "csv_row", "csv_rows"]

COLUMNS = (
    "time_utc",
    "model",
    "served_by",
    "provider",
    "state",
    "verdict",
    "prompt_tokens",
    "completion_tokens",
    "cost_usd",
    "first_token_seconds",
    "total_seconds",
    "prompt",
    "answer",
    "error",
)
AT_ONCE = 100


def csv_rows(archive: Archive, filters: RunFilters, *, bom: bool = True) -> Iterator[str]:
    """Give the header and a row for each run, newest first.

    Args:
        archive: Whose runs.
        filters: Which of them.
        bom: Whether a byte order mark comes first, by which Excel knows that the file is UTF-8.

    Raises:
        StorageError: They cannot be read.
    """
    yield ("\ufeff" if bom else "") + csv_row(COLUMNS)
    before = None
    while True:
        with archive.database.read() as connection:
            runs = find_runs(connection, archive.owner, filters, before=before, limit=AT_ONCE)
            asked = _asked(connection, [run["prompt_id"] for run in runs if run["prompt_id"] is not None])
        if not runs:
            return
        yield from (csv_row(_cells(run, asked.get(run["prompt_id"], ""))) for run in runs)
        before = runs[-1]["seq"]


def csv_row(cells: Iterable[Any]) -> str:
    """Return a line of a spreadsheet: texts in quotes, formulas defused, times in UTC, numbers plain."""
    return ",".join(_cell(cell) for cell in cells) + "\r\n"


def _cell(value: Any) -> str:
    """Return a cell; a text is made safe."""
    match value:
        case None:
            return ""
        case datetime():
            return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")
        case Decimal():
            return format(value, "f")
        case int():
            return str(value)
        case float():
            return f"{value:.3f}"
    return quoted_cell(value)


def _cells(run: Mapping[str, Any], asked: str) -> tuple[Any, ...]:
    error = run["error"]
    return (
        run["created_at"],
        run["requested_model"],
        run["model"],
        run["provider"] or "",
        run["state"],
        outcome_of(run) if run["verdict"] else "",
        run["prompt_tokens"],
        run["completion_tokens"],
        run["cost"],
        run["first_token_seconds"],
        run["total_seconds"],
        asked,
        run["text"],
        "" if error is None else " ".join(filter(None, (error["message"], error["provider_message"]))),
    )


def _asked(connection: Connection, prompt_ids: list[str]) -> dict[str, str]:
    """Return what was asked last, by the id of the last message that was sent."""
    known: Prompts = {}
    asked_again: set[str | None] = set()
    missing = set(prompt_ids)
    while missing:
        found: Prompts = {}
        for some in batches(missing):
            wanted = select(PromptRow.id, PromptRow.parent_id, PromptRow.message).where(PromptRow.id.in_(some))
            found |= {row.id: (row.parent_id, row.message) for row in connection.execute(wanted).all()}
        known |= found
        asked_again |= {parent_id for parent_id, message in found.values() if _asks_again(message)}
        parents = {
            parent_id
            for ident, (parent_id, message) in found.items()
            if message.get("role") != "assistant" or ident in asked_again
        }
        missing = {parent_id for parent_id in parents if parent_id is not None} - known.keys()
    return {ident: _asked_at(known, ident) for ident in prompt_ids}


def _asks_again(encoded: Mapping[str, Any]) -> bool:
    content = encoded.get("content")
    return isinstance(content, str) and is_repair_instruction(content)


def _asked_at(known: Prompts, ident: str) -> str:
    return asked_last(_newest_first(known, ident))


def _newest_first(known: Prompts, ident: str | None) -> Iterator[Message]:
    while ident is not None and ident in known:
        ident, encoded = known[ident]
        yield codec.decode_message(encoded)
