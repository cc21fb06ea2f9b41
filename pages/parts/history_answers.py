"""All answers of a schema as one table: filtered, looked at one by one, exported."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import streamlit as st

from pages.parts.answers_table import answers_table, table_html
from pages.parts.exports import export_answers_links
from pages.parts.history_filters import history_filters
from pages.parts.history_runs import show_exchange
from pages.parts.history_view import link_to, show_more_button, shown_rows
from pages.parts.items_table import items_html, without_items
from pages.parts.state import close_dialog, input_value, library, open_dialog, opened_dialog, owner, put_input
from pages.parts.words import times_asked
from service.store import AnsweredSchema, AnswerList, AnswerTable, StoredRun
from service.structured.words import plural

__all__ = ["history_answers"]

SCHEMA = "history.schema"
LIST = "history.item_list"
OPENED = "history.answer"
NEVER = datetime.min.replace(tzinfo=UTC)


def history_answers(query: str) -> None:
    """Draw the choice of a schema, and the answers to it that have these words and pass the filters."""
    table = _chosen()
    if table is None:
        st.caption("Nothing here yet. Ask with a JSON schema, and every answer to it becomes a row of a table.")
        return
    filters = history_filters(query)
    shown = shown_rows("answers")
    found = library().runs(owner(), replace(filters, schema_hashes=table.hashes), limit=shown + 1)
    if not found:
        st.caption("No answer fits. Take a filter away." if table.schema.use.runs else "Nobody has asked by it yet.")
        return
    chosen = _chosen_list(table)
    opened = _table(table, chosen, found[:shown])
    with st.container(horizontal=True, horizontal_alignment="distribute"):
        if len(found) > shown:
            show_more_button("answers")
        with st.container(horizontal=True, width="content"):
            export_answers_links(table.schema.key, filters, None if chosen is None else chosen.key)
    if opened is not None:
        put_input(OPENED, opened)
        open_dialog("answer")
    if opened_dialog() == "answer":
        _answer_dialog(next((run for run in found if run.id == input_value(OPENED)), None))


def _chosen() -> AnswerTable | None:
    """Draw the choice, which begins with what was used last.

    What another page asked for is among its options, though it may have no answers yet.
    """
    known = {schema.key: schema for schema in library().schemas.answered(owner())}
    wanted = input_value(SCHEMA)
    if isinstance(wanted, str) and wanted not in known:
        named = library().schemas.answers_of(owner(), wanted)
        known |= {} if named is None else {wanted: named.schema}
    if not known:
        return None
    if wanted not in known:
        put_input(SCHEMA, max(known, key=lambda key: known[key].use.last_at or NEVER))
    key = st.selectbox(
        "Schema",
        list(known),
        key=SCHEMA,
        format_func=lambda key: _label(known[key]),
        persist_state="session",
    )
    return library().schemas.answers_of(owner(), key)


def _chosen_list(table: AnswerTable) -> AnswerList | None:
    """Draw the choice of what a row is; `None` for an answer."""
    if not table.lists:
        return None
    titles = {found.key: found.title for found in table.lists}
    key = st.selectbox(
        "Rows",
        ["", *titles],
        key=f"{LIST}.{table.schema.key}",
        format_func=lambda key: f"One row per item{_of(titles[key])}" if key else "One row per answer",
        help="Per item, the fields around a list are repeated in each row; answers without items have none.",
        persist_state="session",
    )
    return table.list_of(key)


def _of(title: str) -> str:
    return f' of "{title}"' if title else ""


def _table(table: AnswerTable, chosen: AnswerList | None, runs: Sequence[StoredRun]) -> str | None:
    html = table_html(table, runs) if chosen is None else items_html(table, chosen, runs)
    if not html:
        st.caption("None of these answers has an item.")
        return None
    opened = answers_table(html, key="history.answers")
    if chosen is not None and (without := without_items(chosen, runs)):
        st.caption(_without_rows(without))
    return opened


def _without_rows(count: int) -> str:
    has, rows = ("has", "so it has no row") if count == 1 else ("have", "so they have no row")
    return f"{plural(count, 'answer')} {has} no items, {rows} here. “One row per answer” shows every answer."


def _label(schema: AnsweredSchema) -> str:
    return f"{schema.name} · {times_asked(schema.use)}" + ("" if schema.is_saved else " · not saved")


@st.dialog("Answer", icon=":material/data_object:", width="large", on_dismiss=close_dialog)
def _answer_dialog(run: StoredRun | None) -> None:
    if run is None:
        st.caption("This answer is not here any more.")
        return
    show_exchange(run, "history.answer")
    if not run.is_ended:
        st.caption("This answer is still being written.")
    if run.conversation_id is not None:
        link_to(run.conversation_id, "Open chat", key="history.answer.open", on_click=close_dialog)
