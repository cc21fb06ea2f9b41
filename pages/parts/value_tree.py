"""A JSON value for people who do not read JSON: one line for each thing in it, and what is wrong where it is wrong."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import streamlit as st

from service import Issue
from service.structured.words import Step, clean, place, plural, shown, spelled

__all__ = ["MAX_ROWS", "Row", "rows_of", "show_value"]

MAX_ROWS = 400
"""The most rows of a tree; what is beyond them stands in the JSON only."""

MAX_DEPTH = 12
"""Lists and objects deeper than this are told by their size."""

NOTHING = "—"
_WORDS = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:_[A-Za-z0-9]+)*")
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|_")

_STYLE = """<style>
.orp-tree { font-size: 0.95rem; line-height: 1.5; padding: 0.25rem 0; }
.orp-row { border-left: 3px solid transparent; display: flex; flex-wrap: wrap; gap: 0 0.75rem; padding: 0.15rem 0.5rem;
  padding-left: calc(0.5rem + var(--depth) * 1.25rem); }
.orp-row > .orp-label { flex: 0 0 auto; max-width: 100%; min-width: min(8.5rem, 35%); opacity: 0.75;
  overflow-wrap: anywhere; }
.orp-row > .orp-label.orp-number { min-width: 1.5rem; }
.orp-row > .orp-label.orp-head { font-weight: 600; min-width: 0; opacity: 1; }
.orp-row > .orp-text { flex: 1 1 7rem; min-width: 0; overflow-wrap: anywhere; white-space: pre-wrap; }
.orp-row > .orp-number + .orp-text { flex-basis: 4rem; }
.orp-row > .orp-size { flex: 0 1 auto; opacity: 0.65; }
.orp-row.orp-wrong { background: rgba(217, 119, 6, 0.12); border-left-color: #d97706; }
.orp-row > .orp-issue { flex: 1 0 100%; font-weight: 600; font-size: 0.875rem; overflow-wrap: anywhere; }
</style>"""


@dataclass(frozen=True)
class Row:
    """One line: where it is (`items[2].price`), what it is called, what it says, how deep it lies, what is wrong.

    `is_head` marks a list or an object, whose content follows one level deeper; its text is its size.
    """

    path: str
    label: str
    text: str
    depth: int
    issue: str = ""
    is_head: bool = False


def rows_of(value: Any, issues: Sequence[Issue] = ()) -> list[Row]:
    """Return a value's rows in its order, each with what is wrong at its place; what is missing gets a row too.

    Items of lists are numbered from 1; `true` and `false` read Yes and No, `null` and what is missing a dash.
    """
    complaints: defaultdict[str, list[str]] = defaultdict(list)
    for issue in issues:
        complaints[issue.path].append(issue.message)
    rows: list[Row] = []
    for row in _walk(value, (), "", 0, complaints):
        if len(rows) == MAX_ROWS:
            rows.append(Row("", "…", "There is more; the JSON tab has all of it.", 0))
            break
        rows.append(row)
    placed = {row.path for row in rows}
    for path in [path for path in complaints if path not in placed]:
        _insert(rows, path, complaints[path])
    return rows


def _walk(
    value: Any, steps: tuple[Step, ...], label: str, depth: int, complaints: dict[str, list[str]]
) -> Iterator[Row]:
    path = place(steps)
    issue = "; ".join(complaints.get(path, ()))
    is_head = isinstance(value, dict | list) and len(value) > 0
    if not is_head or depth >= MAX_DEPTH:
        yield Row(path, label or "Answer", _text(value), depth, issue)
        return
    if steps or issue:
        yield Row(
            path, label or "Answer", plural(len(value), "item") if isinstance(value, list) else "", depth, issue, True
        )
    inner = depth + 1 if steps else 0
    for step, item in value.items() if isinstance(value, dict) else enumerate(value):
        yield from _walk(item, (*steps, step), _label(step), inner, complaints)


def _insert(rows: list[Row], path: str, messages: list[str]) -> None:
    """Add a row for what has none of its own, at the end of what it belongs to."""
    parents = [at for at, row in enumerate(rows) if row.is_head and _is_inside(path, row.path)]
    at, depth, parent = len(rows), 0, ""
    if parents:
        head = max(parents, key=lambda index: len(rows[index].path))
        parent, depth = rows[head].path, rows[head].depth + (1 if rows[head].path else 0)
        followers = range(head + 1, len(rows))
        at = next((index for index in followers if not _is_inside(rows[index].path, parent)), len(rows))
    is_missing = messages == ["is missing"]
    label = _label(path[len(parent) :].removeprefix("."))
    rows.insert(at, Row(path, label or "Answer", NOTHING if is_missing else "…", depth, "; ".join(messages)))


def _is_inside(path: str, parent: str) -> bool:
    return not parent or path.startswith((f"{parent}.", f"{parent}["))


def _label(step: Step) -> str:
    """Write a field's name as words: `unitPrice` and `unit_price` are both "Unit price"."""
    if isinstance(step, int):
        return f"{step + 1}."
    if not _WORDS.fullmatch(step):
        return clean(step)
    words = [word if word.isupper() else word.lower() for word in _HUMP.split(step)]
    return " ".join([words[0][:1].upper() + words[0][1:], *words[1:]])


def _text(value: Any) -> str:
    if value is None:
        return NOTHING
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, str):
        return clean(value) if value.strip() else "(empty text)"
    return shown(value) if isinstance(value, dict | list) else spelled(value)


def show_value(value: Any, issues: Sequence[Issue] = ()) -> None:
    """Draw a value as a tree."""
    rows = "".join(_html(row) for row in rows_of(value, issues))
    st.html(f'{_STYLE}<div class="orp-tree" role="list" aria-label="Answer">{rows}</div>')


def _html(row: Row) -> str:
    kind = "orp-head" if row.is_head else "orp-number" if row.label.rstrip(".").isdigit() else ""
    label = f'<span class="orp-label {kind}" title="{escape(row.path)}">{escape(row.label)}</span>'
    text = f'<span class="{"orp-size" if row.is_head else "orp-text"}">{escape(row.text)}</span>' if row.text else ""
    issue = f'<span class="orp-issue">⚠ {escape(row.issue)}</span>' if row.issue else ""
    wrong = " orp-wrong" if row.issue else ""
    return f'<div class="orp-row{wrong}" role="listitem" style="--depth:{row.depth}">{label}{text}{issue}</div>'
