"""The turns of a conversation: what was said, what was answered, what went wrong."""

from __future__ import annotations

from collections.abc import Iterator

import streamlit as st

from pages.parts.run_settings import RunSettings
from pages.parts.state import Turn, chat_state, is_demo, service
from pages.parts.words import quiet_line
from service import ChatRequest, Conversation, OpenRouterError, Run

__all__ = ["ask", "show_turns"]

FRAME = 0.1
"""Seconds between two looks at a live run: often enough to read along, seldom enough for a long answer."""


def show_turns() -> None:
    """Draw the conversation; the answer that is still coming is drawn as it comes."""
    turns = chat_state().turns
    if not turns:
        st.caption("Type a message below. Enter sends it, Shift+Enter begins a new line.")
    for turn in turns:
        with st.chat_message("user"):
            st.markdown(turn.text)
        with st.chat_message("assistant"):
            _show_answer(turn)


def ask(settings: RunSettings) -> None:
    """Draw the input, and start a run with what was typed."""
    text = st.chat_input("Message", key="chat.input", disabled=chat_state().live_run is not None)
    if text:
        chat_state().turns.append(_begin(text, settings))
        st.rerun()


def _begin(text: str, settings: RunSettings) -> Turn:
    conversation = Conversation(model=settings.model, system_prompt=settings.system_prompt or None)
    for turn in chat_state().turns:
        if turn.run is not None and turn.run.result is not None and turn.run.result.text:
            conversation.add_user(turn.text)
            conversation.add_assistant(turn.run.result)
    conversation.add_user(text)
    try:
        request: ChatRequest = conversation.to_request()
        return Turn(text, service().start(request))
    except OpenRouterError as error:
        return Turn(text, error=error)


def _show_answer(turn: Turn) -> None:
    run = turn.run
    if run is None:
        _show_error(turn.error)
        return
    if not run.is_ended:
        st.button("Stop", icon=":material/stop_circle:", key=f"chat.stop.{run.id}", on_click=run.stop)
        st.write_stream(_text_of(run))
        st.rerun()
    result = run.result
    if result is not None and result.reasoning:
        with st.expander("Reasoning", icon=":material/psychology:"):
            st.markdown(result.reasoning)
    if result is not None and result.text:
        st.markdown(result.text)
    if run.error is not None:
        _show_error(run.error)
    elif result is not None:
        for warning in result.warnings:
            st.caption(f":material/warning: {warning}")
        st.caption(quiet_line(result, is_demo=is_demo()))


def _text_of(run: Run) -> Iterator[str]:
    """Give the text in pieces, a frame apart; the run itself goes on whether anybody looks or not."""
    shown = 0
    while True:
        is_ended = run.join(FRAME)
        text = run.text
        if len(text) > shown:
            yield text[shown:]
            shown = len(text)
        if is_ended:
            return


def _show_error(error: OpenRouterError | None) -> None:
    if error is None:
        return
    words = f"\n\n> {error.provider_message}" if error.provider_message else ""
    st.error(f"**{error.message}**{words}\n\n{error.hint}", icon=":material/error:")
