"""An answer that calls tools: what each call is to return, and when the conversation goes on by itself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import streamlit as st

from pages.parts.actions import SendResults
from pages.parts.made_up import made_up, make_up_button
from pages.parts.run_settings import RunSettings
from pages.parts.secret_card import is_confirmed
from pages.parts.secret_words import searcher
from pages.parts.state import input_value, start_with
from pages.parts.tool_calls import show_tool_calls
from pages.parts.tool_settings import label_of
from service import ChatResult, ToolCall
from service.store import OpenConversation, RunView, StoredMessage

__all__ = ["MOST_ROUNDS", "is_waiting", "rounds_of", "show_waiting_calls"]

MOST_ROUNDS = 8
"""So often results that answer by themselves are sent before somebody is asked."""

JUST_NOW = timedelta(seconds=60)
"""An old conversation that is opened again does not go on by itself."""


def is_waiting(message: StoredMessage, *, is_last: bool) -> bool:
    """Whether an answer calls tools and has come to its end, with nothing said below it yet."""
    run = message.run
    result = run.result if run is not None and run.is_ended and run.error is None else None
    return is_last and result is not None and bool(result.tool_calls)


def show_waiting_calls(
    message: StoredMessage, run: RunView, result: ChatResult, said_in: OpenConversation, settings: RunSettings
) -> SendResults | None:
    """Draw the calls of an answer with a place for each result; return the results once they are to be sent."""
    key, calls = f"chat.{message.id}", result.tool_calls
    canned = [settings.tools.canned.get(call.name, "") for call in calls]
    rounds = rounds_of(said_in, message.id)
    is_automatic = all(canned) and not result.is_partial and not settings.problems and _ended_just_now(run)
    if is_automatic and not searcher().in_texts(*(("", text) for text in canned)):
        if rounds <= MOST_ROUNDS:
            return SendResults(tuple(canned))
        st.info(f"Tools were called {rounds} times in a row. Send the results to go on.", icon=":material/repeat:")

    def below(number: int, call: ToolCall) -> None:
        _result_box(f"{key}.result.{number}", call, canned[number], run, settings)

    show_tool_calls(calls, run.tools, key=key, below=below)
    label = "Send result" if len(calls) == 1 else "Send results"
    is_sent = st.button(label, icon=":material/send:", type="primary", key=f"{key}.send_results")
    boxes = [f"{key}.result.{number}" for number in range(len(calls))]
    texts = tuple(str(input_value(box) or "") for box in boxes)
    if not is_sent:
        return None
    if all(text.strip() for text in texts):
        may_go = is_confirmed(boxes, key=f"{key}.results", is_sent=True, place="what the tool returned")
        return SendResults(texts) if may_go else None
    missing = [label_of(call.name) for call, text in zip(calls, texts, strict=True) if not text.strip()]
    st.error(f"Not sent: there is no result yet for {', '.join(missing)}.", icon=":material/error:")
    return None


def rounds_of(said_in: OpenConversation, message_id: str) -> int:
    """Return how many answers since the user spoke last have called tools, this one included."""
    count = 0
    for node in reversed(said_in.tree.path(message_id)):
        if node.role == "user":
            break
        count += node.role == "assistant"
    return count


def _result_box(key: str, call: ToolCall, canned: str, run: RunView, settings: RunSettings) -> None:
    note = made_up(key)
    start_with(key, canned)
    st.text_area(
        f"Result of {label_of(call.name)}",
        key=key,
        placeholder="Type what the tool returns: a few words or JSON.",
        height=80,
        persist_state="session",
    )
    if note:
        st.caption(note)
    tool = next((tool for tool in run.tools if tool.name == call.name), None)
    make_up_button(key, tool, call, settings)


def _ended_just_now(run: RunView) -> bool:
    ended = run.created_at + timedelta(seconds=run.elapsed)
    return datetime.now(UTC) - ended < JUST_NOW
