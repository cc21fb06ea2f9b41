"""What the server and the key in use say when they are asked: whether it answers, what may still be spent."""

from __future__ import annotations

import streamlit as st

from pages.parts.plain import literal
from pages.parts.session_key import session_connection
from pages.parts.state import input_value, is_demo, owner, put_input, service
from pages.parts.words import cost
from service import Health, KeyStatus, OpenRouterConfig, OpenRouterError

__all__ = ["connection_figures", "health_lines", "key_lines"]

KEPT = "connection.figures"


def connection_figures() -> None:
    """Draw a button that asks, and what came of it the last time for the key that is in use now.

    In demo mode there is nothing to ask: a key that was typed and not connected yet would not be the one that is asked.
    """
    if is_demo():
        return
    st.button("Check the connection", icon=":material/network_check:", key="connection.check", on_click=_check)
    kept = input_value(KEPT)
    if isinstance(kept, tuple) and kept[0] is service():
        st.markdown("\n".join(f"- {line}" for line in kept[1]))


def _check() -> None:
    asked = service()
    health = asked.health()
    lines = health_lines(health, _name_of(asked.config))
    # Whose key it is may know what is left on it; a visitor of somebody else's app need not.
    if session_connection() is not None or owner() == "local":
        try:
            lines += key_lines(asked.key_status())
        except OpenRouterError as error:
            lines.append(f"Key: {literal(error.message)}")
    put_input(KEPT, (asked, lines))


def _name_of(config: OpenRouterConfig) -> str:
    return "OpenRouter" if config.is_openrouter else literal(config.host)


def health_lines(health: Health, name: str) -> list[str]:
    """Say whether the server answers, and how busy this app is."""
    if health.is_reachable:
        answers = f"{name} answers, in {health.latency or 0:.2f} s"
        lines = [f"{answers}, but refuses the key" if health.is_key_refused else answers]
    else:
        why = f": {literal(health.last_error.message)}" if health.last_error is not None else ""
        lines = [f"{name} does not answer{why}"]
    if health.runs_in_flight or health.runs_waiting:
        waiting = f"; waiting for their turn: {health.runs_waiting:,}" if health.runs_waiting else ""
        lines.append(f"Answers being written now, for everybody here: {health.runs_in_flight:,}{waiting}")
    if health.breaker != "closed":
        lines.append("The default model failed again and again, and is left alone for a moment")
    return lines


def key_lines(status: KeyStatus) -> list[str]:
    """Say what the key has spent and may still spend; what the server does not tell is left out."""
    lines: list[str] = []
    if status.limit is not None or status.remaining is not None:
        reset = f", renewed {literal(status.limit_reset)}" if status.limit_reset else ""
        lines.append(f"{cost(status.remaining)} left of {cost(status.limit)}{reset}")
    elif status.usage is not None:
        lines.append("The key has no limit of its own")
    spent = (("in all", status.usage), ("this month", status.usage_monthly), ("today", status.usage_daily))
    told = [f"{cost(amount)} {when}" for when, amount in spent if amount is not None]
    if told:
        lines.append(f"Spent: {', '.join(told)}")
    if status.free_requests_limit is not None:
        used = status.free_requests_used or 0
        lines.append(f"Free models: {used:,} of {status.free_requests_limit:,} requests used today")
    if status.is_free_tier:
        lines.append("Free tier: no credits were bought yet")
    if status.expires_at:
        lines.append(f"The key expires on {literal(status.expires_at[:10])}")
    return lines
