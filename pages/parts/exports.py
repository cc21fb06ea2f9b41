"""Handing over: links to files of chats, runs and answers, which the server streams."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlencode

import streamlit as st

from service.store import RunFilters

__all__ = ["export_all_link", "export_answers_links", "export_links", "export_runs_link", "run_query"]


def export_all_link() -> None:
    """Draw the link to all chats, runs and saved schemas."""
    st.link_button("Export everything (JSON)", "/export/chats.jsonl", icon=":material/download:", type="tertiary")


def export_links(conversation_id: str) -> None:
    """Draw the links to one chat, in a small menu."""
    with st.popover(":material/download:", type="tertiary", help="Export"):
        for label, ending in (("Markdown, to read", "md"), ("JSON, to import again", "jsonl")):
            st.link_button(label, f"/export/chats/{conversation_id}.{ending}", type="tertiary", width="stretch")


def export_runs_link(filters: RunFilters) -> None:
    """Draw the link to the runs that pass the filters."""
    address = f"/export/runs.csv?{run_query(filters)}"
    st.link_button("Export these runs (CSV)", address, icon=":material/download:", type="tertiary")


def export_answers_links(schema: str, filters: RunFilters, items: str | None) -> None:
    """Draw the links to all answers of a schema that pass the filters, or to the items of one of their lists."""
    query = "&".join(filter(None, (urlencode({"schema": schema}), run_query(filters))))
    rows = ("Export as CSV", "csv", query)
    if items is not None:
        rows = ("Export these rows (CSV)", "csv", f"{query}&{urlencode({'items': items})}")
    links = (rows, ("Export as JSON Lines", "jsonl", query))
    for label, ending, asked in links:
        st.link_button(label, f"/export/answers.{ending}?{asked}", icon=":material/download:", type="tertiary")


def run_query(filters: RunFilters) -> str:
    """Write filters as the query of an address."""
    pairs: list[tuple[str, object]] = [
        ("query", filters.query),
        ("model", filters.model),
        *(("verdict", verdict) for verdict in filters.verdicts),
        *(("state", state) for state in filters.states),
        ("min_cost", filters.min_cost),
        ("max_cost", filters.max_cost),
        ("since", filters.since),
        ("until", filters.until),
    ]
    written = [(name, value.isoformat() if isinstance(value, datetime) else value) for name, value in pairs]
    return urlencode([(name, value) for name, value in written if value not in (None, "")])
