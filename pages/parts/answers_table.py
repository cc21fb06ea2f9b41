"""A table of answers: a row for each run, a column for each field; its first cell opens the answer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path

import streamlit as st

from pages.parts.clock import moment
from pages.parts.words import is_simulated, plainly_paid
from service.outcomes import OUTCOMES
from service.store import AnswerTable, StoredRun, answer_of, compact, outcome_of
from service.structured.words import clean, shortened

__all__ = ["answers_table", "head_cells", "opener", "table_frame", "table_html", "text_cell", "verdict_cell"]

_HERE = Path(__file__)
LONGEST = 160
"""Characters of a cell; the whole text is in the answer that the row opens."""

GOOD = ("valid", "fenced")

_answers_table = st.components.v2.component(
    "answers_table",
    html='<div class="orp-answers"></div>',
    css=_HERE.with_suffix(".css").read_text(encoding="utf-8"),
    js=_HERE.with_suffix(".js").read_text(encoding="utf-8"),
    isolate_styles=False,
)


def answers_table(html: str, *, key: str) -> str | None:
    """Draw a table, and return the id of the run whose answer is to be shown."""
    pressed = _answers_table(key=key, data={"html": html}, on_opened_change=lambda: None)
    opened: str | None = pressed.opened
    return opened


def table_html(table: AnswerTable, runs: Sequence[StoredRun]) -> str:
    """Return the table as HTML; everything in it that others wrote is escaped."""
    fields = [(field.title, field.description) for field in table.fields] or [("Answer", "")]
    heads = [("When", ""), ("Verdict", ""), *fields, ("What is wrong", ""), ("Asked", ""), ("Model", ""), ("Cost", "")]
    rows = [_row(table, run) for run in runs]
    return table_frame(f"Answers to {table.schema.name}", head_cells(heads), rows)


def table_frame(name: str, head: str, rows: Iterable[Sequence[str]]) -> str:
    """Return a table that scrolls in itself, of cells that are HTML already."""
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    frame = f'<div class="orp-rows" tabindex="0" role="region" aria-label="{escape(clean(name))}">'
    return f"{frame}<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"


def head_cells(heads: Iterable[tuple[str, str]]) -> str:
    """Return the cells of a head, each with what is told of it on hover."""
    return "".join(f'<th scope="col" title="{escape(clean(told))}">{text_cell(title)}</th>' for title, told in heads)


def opener(run: StoredRun) -> str:
    """Return what opens an answer: when it was asked for."""
    when = escape(moment(run.created_at))
    return f'<button type="button" data-run="{escape(run.id)}" title="Show this answer">{when}</button>'


def verdict_cell(outcome: str) -> str:
    """Return a verdict, or how a run ended without one."""
    words = OUTCOMES.get(outcome, outcome.capitalize())
    is_good = outcome in GOOD
    return f'<span class="orp-{"good" if is_good else "bad"}">{"✓" if is_good else "⚠"} {escape(words)}</span>'


def text_cell(text: str) -> str:
    """Return a text on one line, shortened and escaped."""
    return escape(shortened(" ".join(clean(text).split()), LONGEST))


def _row(table: AnswerTable, run: StoredRun) -> list[str]:
    answer, outcome = answer_of(run.columns), outcome_of(run.columns)
    values = [answer.field(field.name) for field in table.fields] if table.fields else [answer.value]
    wrong = "; ".join(str(issue).replace("`", "") for issue in answer.problems) or answer.note.replace("`", "")
    raw = "" if answer.has_value else run.text
    price = plainly_paid(run.cost, is_simulated=is_simulated(run.columns["provider"]))
    cells = [opener(run), verdict_cell(outcome), *(text_cell(compact(value)) for value in values)]
    return [*cells, _wrong(wrong, raw), text_cell(run.headline), text_cell(run.model), escape(price)]


def _wrong(told: str, raw: str) -> str:
    """Return what is wrong, and of what gave no value how its text begins."""
    begins = f'<span class="orp-raw">{text_cell(raw)}</span>' if raw.strip() else ""
    return f"{text_cell(told)}{begins}"
