"""The turns of a conversation: what was said, what was answered, what went wrong."""

from __future__ import annotations

import streamlit as st

from pages.parts.live_view import live_view, stop_button
from pages.parts.markdown import safe_markdown
from pages.parts.run_settings import RunSettings
from pages.parts.state import Turn, chat_state, is_demo, restore_draft, service
from pages.parts.words import quiet_line
from service import ChatRequest, Conversation, OpenRouterError

__all__ = ["ask", "show_turns"]


def show_turns() -> None:
    """Draw the conversation; the answer that is still coming is drawn as it comes."""
    turns = chat_state().turns
    if not turns:
        st.caption("Type a message below. Enter sends it, Shift+Enter begins a new line.")
    for turn in turns:
        with st.chat_message("user"):
            st.markdown(safe_markdown(turn.text))
        with st.chat_message("assistant"):
            _show_answer(turn)


def ask(settings: RunSettings) -> None:
    """Draw the input, and start a run with what was typed; while one is live, what is sent stays in the input."""
    state = chat_state()
    live = state.live_run
    with st.bottom:
        stop_button([live] if live is not None else [], key="chat")
        restore_draft("chat.input", state)
        text = st.chat_input("Message", key="chat.input")
    if text and live is not None:
        state.draft = text
        st.toast("The answer is still being written: wait for it, or press Stop.", icon=":material/hourglass:")
        st.rerun()
    if text:
        state.turns.append(_begin(text, settings))
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
        live_view([run], key=run.id)
        return
    result = run.result
    if result is not None and result.reasoning:
        with st.expander("Reasoning", icon=":material/psychology:"):
            st.markdown(safe_markdown(result.reasoning))
    if result is not None and result.text:
        st.markdown(safe_markdown(result.text))
    if run.error is not None:
        _show_error(run.error)
    elif result is not None:
        for warning in result.warnings:
            st.caption(f":material/warning: {warning}")
        st.caption(quiet_line(result, is_demo=is_demo()))


def _show_error(error: OpenRouterError | None) -> None:
    if error is None:
        return
    words = f"\n\n> {error.provider_message}" if error.provider_message else ""
    st.error(f"**{error.message}**{words}\n\n{error.hint}", icon=":material/error:")
