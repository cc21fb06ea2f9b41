"""A list of objects in an answer, as a table."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

import streamlit as st

from pages.parts.plain import literal
from service.spreadsheet import Table, csv_text, table_of
from service.structured.form.shape import ANYTHING
from service.structured.form.words import label, value_html

__all__ = ["SHOWN", "show_table"]

SHOWN = 200
"""The most rows of a table on the page; the file has all."""


def show_table(lists: Mapping[str, list[dict[str, Any]]], *, key: str) -> None:
    """Draw one of the lists, which is chosen when there are several."""
    chosen = next(iter(lists))
    if len(lists) > 1:
        chosen = st.selectbox("List", list(lists), format_func=lambda place: place or "Answer", key=f"{key}.list")
    table = table_of(lists[chosen])
    st.html(f'<div class="orp-form orp-grid">{_html(table, chosen or "Answer")}</div>')
    if len(table.rows) > SHOWN:
        st.caption(f"The first {SHOWN} of {len(table.rows):,} rows; the file has all of them.")
    if len(lists) > 1:
        st.download_button(
            f"{literal(chosen)} as CSV",
            lambda: csv_text(table),
            f"{chosen}.csv",
            "text/csv",
            key=f"{key}.list.csv",
            icon=":material/download:",
            type="tertiary",
            on_click="ignore",
        )


def _html(table: Table, name: str) -> str:
    heads = "".join(f'<th scope="col">{escape(_title(column))}</th>' for column in table.columns)
    rows = "".join(_row(table, number, row) for number, row in enumerate(table.rows[:SHOWN], 1))
    head = f'<thead><tr><th scope="col"><span class="orp-unseen">Number</span></th>{heads}</tr></thead>'
    attributes = f'class="orp-scroll" tabindex="0" role="region" aria-label="{escape(name)}"'
    return f"<div {attributes}><table>{head}<tbody>{rows}</tbody></table></div>"


def _row(table: Table, number: int, row: tuple[Any, ...]) -> str:
    pairs = zip(table.columns, row, strict=True)
    cells = "".join(
        f'<td data-label="{escape(_title(column))}">{value_html(cell, ANYTHING)}</td>' for column, cell in pairs
    )
    return f"<tr><td>{number}</td>{cells}</tr>"


def _title(column: tuple[str, ...]) -> str:
    return " / ".join(map(label, column))
