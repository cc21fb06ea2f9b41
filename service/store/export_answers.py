"""All answers of a schema as files: a column for each field, the items of a list as rows, or lines of JSON."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from service.store import codec
from service.store.answer_items import AnswerList, item_rows
from service.store.answers import Answer, answer_of, compact, outcome_of
from service.store.export_csv import csv_row
from service.store.export_json import json_line, written_cost, written_time
from service.store.export_rows import Archive
from service.store.run_queries import find_runs
from service.store.schema_values import AnswerTable
from service.store.values import RunFilters

__all__ = [
    "FIRST_COLUMNS",
    "FIRST_ITEM_COLUMNS",
    "LAST_COLUMNS",
    "LAST_ITEM_COLUMNS",
    "answers_csv",
    "answers_jsonl",
    "items_csv",
]

FIRST_COLUMNS = ("time_utc", "model", "outcome")
LAST_COLUMNS = ("problems", "answer_text", "served_by", "provider", "cost_usd", "run", "conversation")
FIRST_ITEM_COLUMNS = ("time_utc", "model", "outcome", "run", "asked", "item")
LAST_ITEM_COLUMNS = ("problems", "served_by", "provider", "conversation")
"""What an answer cost is not among them: it would be summed up once for each item."""

WHOLE = "answer"
"""The column of answers that are no objects."""

AT_ONCE = 100
Row = Mapping[str, Any]


def answers_csv(archive: Archive, table: AnswerTable, filters: RunFilters, *, bom: bool = True) -> Iterator[str]:
    """Give the header and a row for each answer, newest first, wrong ones and those that never came included.

    Lists and objects stand in their cell on one line. A field that is called as another column gets ` (field)` behind
    its name. The text as it came stands there where it gave no value, or one of the wrong shape.

    Raises:
        StorageError: They cannot be read.
    """
    names = tuple(field.name for field in table.fields)
    headers = _headers(names or (WHOLE,), {*FIRST_COLUMNS, *LAST_COLUMNS})
    yield ("\ufeff" if bom else "") + csv_row((*FIRST_COLUMNS, *headers, *LAST_COLUMNS))
    for row in _rows(archive, table, filters):
        answer = answer_of(row)
        yield csv_row(
            (row["created_at"], row["requested_model"], outcome_of(row), *_values(answer, names), *_last(row, answer))
        )


def items_csv(
    archive: Archive, table: AnswerTable, chosen: AnswerList, filters: RunFilters, *, bom: bool = True
) -> Iterator[str]:
    """Give the header and a row for each item of one of the lists, those of the newest answer first.

    The plain fields around the list are repeated; `run` names the answer, `item` counts from 1. Answers without items
    have no row. A field is called by the names that lead to it, joined by dots.

    Raises:
        StorageError: They cannot be read.
    """
    names = [".".join(field.path) for field in chosen.parents]
    names += [".".join((*chosen.path, *field.path)) for field in chosen.fields]
    headers = _headers(tuple(names), {*FIRST_ITEM_COLUMNS, *LAST_ITEM_COLUMNS})
    yield ("\ufeff" if bom else "") + csv_row((*FIRST_ITEM_COLUMNS, *headers, *LAST_ITEM_COLUMNS))
    for row in _rows(archive, table, filters):
        answer = answer_of(row)
        first = (row["created_at"], row["requested_model"], outcome_of(row), row["id"], row["headline"])
        last = (_problems(answer), row["model"], row["provider"] or "", row["conversation_id"] or "")
        for number, *cells in item_rows(answer, chosen):
            yield csv_row((*first, number, *map(_cell, cells), *last))


def answers_jsonl(archive: Archive, table: AnswerTable, filters: RunFilters) -> Iterator[str]:
    """Give a line of JSON for each answer, newest first, with its value as it came.

    Raises:
        StorageError: They cannot be read.
    """
    for row in _rows(archive, table, filters):
        yield json_line(codec.mask(_told(row, answer_of(row)), archive.keys))


def _rows(archive: Archive, table: AnswerTable, filters: RunFilters) -> Iterator[Row]:
    chosen, before = replace(filters, schema_hashes=table.hashes), None
    while True:
        with archive.database.read() as connection:
            rows = find_runs(connection, archive.owner, chosen, before=before, limit=AT_ONCE)
        if not rows:
            return
        yield from rows
        before = rows[-1]["seq"]


def _headers(names: tuple[str, ...], taken: set[str]) -> tuple[str, ...]:
    return tuple(f"{name} (field)" if name in taken else name for name in names)


def _values(answer: Answer, names: tuple[str, ...]) -> tuple[Any, ...]:
    return tuple(_cell(answer.field(name)) for name in names) if names else (_cell(answer.value),)


def _cell(value: Any) -> Any:
    """Return a number as one; everything else as text."""
    if value is None or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    if isinstance(value, float) and math.isfinite(value) and 1e-9 < abs(value) < 1e15:
        return Decimal(repr(value))
    return compact(value)


def _problems(answer: Answer) -> str:
    return "; ".join(str(issue) for issue in answer.problems) or answer.note


def _last(row: Row, answer: Answer) -> tuple[Any, ...]:
    text = "" if row["verdict"] in ("valid", "fenced") else row["text"]
    others = (row["model"], row["provider"] or "", row["cost"], row["id"], row["conversation_id"] or "")
    return (_problems(answer), text, *others)


def _told(row: Row, answer: Answer) -> dict[str, Any]:
    told: dict[str, Any] = {"time": written_time(row["created_at"]), "model": row["requested_model"]}
    told["outcome"] = outcome_of(row)
    if answer.has_value:
        told["value"] = answer.value
    if answer.problems:
        told["problems"] = [{"path": issue.path, "message": issue.message} for issue in answer.problems]
    if answer.note:
        told["note"] = answer.note
    if row["verdict"] not in ("valid", "fenced"):
        told["text"] = row["text"]
    others = {"served_by": row["model"] or None, "provider": row["provider"], "cost_usd": written_cost(row["cost"])}
    others |= {"run": row["id"], "conversation": row["conversation_id"]}
    return told | {name: value for name, value in others.items() if value is not None}
