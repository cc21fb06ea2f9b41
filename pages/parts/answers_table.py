"""A table of answers: a row for each run, a column for each field; its first cell opens the answer."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path

import streamlit as st

from pages.parts.clock import moment
from pages.parts.words import UNKNOWN, plain_cost
from service.store import AnswerTable, StoredRun, answer_of, compact, outcome_of
from service.structured.words import clean, shortened

__all__ = ["answers_table", "table_html"]

_HERE = Path(__file__)
LONGEST = 160
"""Characters of a cell; the whole text is in the answer that the row opens."""

GOOD = ("valid", "fenced")
WORDS = {"fenced": "JSON in a fence", "not_json": "Not JSON"}

_answers_table = st.components.v2.component(
    "answers_table",
    html='<div class="orp-answers"></div>',
    css=_HERE.with_suffix(".css").read_text(encoding="utf-8"),
    js=_HERE.with_suffix(".js").read_text(encoding="utf-8"),
    isolate_styles=False,
)


def answers_table(table: AnswerTable, runs: Sequence[StoredRun], *, key: str) -> str | None:
    """Draw the table, and return the id of the run whose answer is to be shown."""
    pressed = _answers_table(key=key, data={"html": table_html(table, runs)}, on_opened_change=lambda: None)
    opened: str | None = pressed.opened
    return opened


def table_html(table: AnswerTable, runs: Sequence[StoredRun]) -> str:
    """Return the table as HTML; everything in it that others wrote is escaped."""
    fields = [(field.title, field.description) for field in table.fields] or [("Answer", "")]
    heads = [("When", ""), ("Verdict", ""), *fields, ("What is wrong", ""), ("Model", ""), ("Cost", "")]
    head = "".join(f'<th scope="col" title="{escape(clean(told))}">{_text(title)}</th>' for title, told in heads)
    rows = "".join(_row(table, run) for run in runs)
    name = escape(clean(f"Answers to {table.schema.name}"))
    frame = f'<div class="orp-scroll" tabindex="0" role="region" aria-label="{name}">'
    return f"{frame}<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"


def _row(table: AnswerTable, run: StoredRun) -> str:
    answer, outcome = answer_of(run.columns), outcome_of(run.columns)
    values = [answer.field(field.name) for field in table.fields] if table.fields else [answer.value]
    wrong = "; ".join(str(issue).replace("`", "") for issue in answer.problems) or answer.note.replace("`", "")
    raw = "" if answer.has_value else run.text
    cells = [_opener(run), _verdict(outcome), *(_text(compact(value)) for value in values)]
    cells += [_wrong(wrong, raw), _text(run.model), escape(UNKNOWN if run.cost is None else plain_cost(run.cost))]
    return f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"


def _opener(run: StoredRun) -> str:
    when = escape(moment(run.created_at))
    return f'<button type="button" data-run="{escape(run.id)}" title="Show this answer">{when}</button>'


def _verdict(outcome: str) -> str:
    words = WORDS.get(outcome, outcome.replace("_", " ").capitalize())
    is_good = outcome in GOOD
    return f'<span class="orp-{"good" if is_good else "bad"}">{"✓" if is_good else "⚠"} {escape(words)}</span>'


def _wrong(told: str, raw: str) -> str:
    """Return what is wrong, and of what gave no value how its text begins."""
    begins = f'<span class="orp-raw">{_text(raw)}</span>' if raw.strip() else ""
    return f"{_text(told)}{begins}"


def _text(text: str) -> str:
    return escape(shortened(" ".join(clean(text).split()), LONGEST))
