"""A table of the items in a list of answers: a row for each, with what its answer says besides."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from pages.parts.answers_table import head_cells, opener, table_frame, text_cell, verdict_cell
from service.store import AnswerList, AnswerTable, StoredRun, answer_of, compact, item_rows, outcome_of

__all__ = ["items_html", "without_items"]


def items_html(table: AnswerTable, chosen: AnswerList, runs: Sequence[StoredRun]) -> str:
    """Return the table as HTML, nothing where no answer has an item; everything in it that others wrote is escaped."""
    rows = [row for run in runs for row in _rows(chosen, run)]
    if not rows:
        return ""
    fields = [(field.title, field.description) for field in (*chosen.parents, *chosen.fields)]
    heads = [("When", ""), ("Asked", ""), ("Item", ""), *fields, ("Verdict", ""), ("Model", "")]
    return table_frame(f"{chosen.title or 'Items'} in answers to {table.schema.name}", head_cells(heads), rows)


def without_items(chosen: AnswerList, runs: Sequence[StoredRun]) -> int:
    """Return how many answers have no row in the table."""
    return sum(not any(item_rows(answer_of(run.columns), chosen)) for run in runs)


def _rows(chosen: AnswerList, run: StoredRun) -> list[list[str]]:
    first, last = [opener(run), text_cell(run.headline)], [verdict_cell(outcome_of(run.columns)), text_cell(run.model)]
    return [
        [*first, escape(str(number)), *(text_cell(compact(value)) for value in values), *last]
        for number, *values in item_rows(answer_of(run.columns), chosen)
    ]
