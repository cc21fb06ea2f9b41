"""Which runs are wanted: model, outcome, cost and date."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, tzinfo
from decimal import Decimal

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages.parts.clock import reader_zone
from pages.parts.state import library, owner, put_input
from service.outcomes import OUTCOMES
from service.store import RunFilters

__all__ = ["history_filters", "span"]

STATES = ("completed", "failed", "stopped", "interrupted")
_KEYS = {"model": None, "verdicts": [], "states": [], "min_cost": None, "max_cost": None, "dates": ()}


def history_filters(query: str) -> RunFilters:
    """Draw the filters in a fold, and return which runs are wanted."""
    with st.expander("Filters", icon=":material/filter_list:", key="history.filters"):
        first, second = st.columns(2)
        model = first.selectbox(
            "Model",
            library().models_used(owner()),
            index=None,
            placeholder="Any",
            key="history.model",
            persist_state="session",
        )
        dates = second.date_input("Dates", value=(), key="history.dates", format="YYYY-MM-DD", persist_state="session")
        verdicts = first.multiselect(
            "Verdict",
            list(OUTCOMES),
            format_func=OUTCOMES.__getitem__,
            placeholder="Any",
            key="history.verdicts",
            persist_state="session",
        )
        states = second.multiselect(
            "State",
            STATES,
            format_func=str.capitalize,
            placeholder="Any",
            key="history.states",
            persist_state="session",
        )
        least, most = _cost(first, "Cost from, USD", "min_cost"), _cost(second, "Cost to, USD", "max_cost")
        st.button(
            "Clear filters", icon=":material/filter_list_off:", key="history.clear", type="tertiary", on_click=_clear
        )
    since, until = span(tuple(dates) if isinstance(dates, tuple) else (dates,), reader_zone())
    return RunFilters(
        query=query,
        model=model,
        verdicts=tuple(verdicts),
        states=tuple(states),
        min_cost=least,
        max_cost=most,
        since=since,
        until=until,
    )


def span(dates: tuple[date, ...], zone: tzinfo) -> tuple[datetime | None, datetime | None]:
    """Return the first moment of the first day and the one behind the last day; of one day, of that."""
    if not dates:
        return None, None
    first, last = dates[0], dates[-1]
    return datetime.combine(first, time(), zone), datetime.combine(last + timedelta(days=1), time(), zone)


def _cost(place: DeltaGenerator, label: str, name: str) -> Decimal | None:
    entered = place.number_input(
        label,
        min_value=0.0,
        value=None,
        step=0.001,
        format="%.6f",
        key=f"history.{name}",
        persist_state="session",
    )
    return None if entered is None else Decimal(repr(entered))


def _clear() -> None:
    for name, blank in _KEYS.items():
        put_input(f"history.{name}", blank)
