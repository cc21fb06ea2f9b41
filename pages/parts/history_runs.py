"""All runs, newest first: found by words, model, outcome, cost and date; to look at, run again and delete."""

from __future__ import annotations

import streamlit as st

from pages.parts.clock import moment
from pages.parts.exports import export_runs_link
from pages.parts.history_filters import history_filters
from pages.parts.history_view import link_to, show_more_button, shown_rows
from pages.parts.live_view import live_view
from pages.parts.markdown import safe_markdown
from pages.parts.plain import literal
from pages.parts.problems import telling
from pages.parts.result_view import show_result
from pages.parts.starting import starter
from pages.parts.state import library, owner
from pages.parts.verdict_chip import outcome_chip
from pages.parts.words import is_simulated, paid
from service import OpenRouterError, Run
from service.store import RunFilters, StoredRun, asked_last, outcome_of

__all__ = ["history_runs", "show_exchange"]

_ICONS = {
    "completed": "check",
    "failed": "error",
    "stopped": "stop_circle",
    "interrupted": "power_off",
}


def history_runs(query: str) -> None:
    """Draw the runs that have these words and pass the filters."""
    filters = history_filters(query)
    shown = shown_rows("runs")
    found = library().runs(owner(), filters, limit=shown + 1)
    if not found:
        st.caption(_why_none(filters, query))
        return
    for run in found[:shown]:
        _row(run)
    with st.container(horizontal=True, horizontal_alignment="distribute"):
        if len(found) > shown:
            show_more_button("runs")
        export_runs_link(filters)


def _why_none(filters: RunFilters, query: str) -> str:
    if filters != RunFilters(query=query):
        return "No run fits. Take a filter away."
    return "No run has these words." if query else "Nothing here yet: every request is kept."


def _row(run: StoredRun) -> None:
    live = library().run(owner(), run.id) if not run.is_ended else None
    if isinstance(live, Run):
        with st.container(border=True, key=f"history-live-{run.id}"):
            st.markdown(f"**{literal(run.headline)}**")
            live_view([live], key=f"history-{run.id}")
        return
    fold = st.expander(_label(run), key=f"history.run.{run.id}", on_change="rerun")
    if fold.open:
        with fold:
            _show(run, f"history.run.{run.id}")


def _label(run: StoredRun) -> str:
    chip = outcome_chip(outcome_of(run.columns))
    outcome = chip.label if chip is not None else run.state.capitalize()
    icon = chip.icon if chip is not None else _ICONS.get(run.state, "sync")
    price = paid(run.cost, is_simulated=is_simulated(run.columns["provider"]))
    facts = " · ".join([outcome, literal(run.model), f"cost {price}", moment(run.created_at)])
    return f":material/{icon}: **{literal(run.headline)}**  :gray[{facts}]"


def show_exchange(run: StoredRun, key: str) -> None:
    """Draw what was asked last, and what was answered."""
    st.caption("Asked")
    st.markdown(safe_markdown(asked_last(reversed(run.request.messages))))
    st.caption("Answered")
    show_result(run, key=f"{key}.result", can_retry=False)


def _show(run: StoredRun, key: str) -> None:
    show_exchange(run, key)
    with st.container(horizontal=True, gap="small"):
        if run.conversation_id is not None:
            link_to(run.conversation_id, "Open chat", key=f"{key}.open")
        if st.button("Run again", icon=":material/refresh:", key=f"{key}.again"):
            _run_again(run)
        st.button(
            "Delete", icon=":material/delete:", key=f"{key}.delete", type="tertiary", on_click=_delete, args=(run.id,)
        )


def _run_again(run: StoredRun) -> None:
    """Send the same request once more; the new run stands at the top of the list."""
    try:
        library().record(owner(), starter()(run.request), kind=run.kind)
    except OpenRouterError as error:
        st.error(f"{literal(error.message)} {literal(error.hint)}", icon=":material/error:")
    else:
        st.rerun()


@telling
def _delete(run_id: str) -> None:
    library().delete_run(owner(), run_id)
