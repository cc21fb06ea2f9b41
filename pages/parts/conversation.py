"""The turns of a conversation: what was said, what was answered, what went wrong."""

from __future__ import annotations

import streamlit as st

from pages.parts.asking import act, begin_turn
from pages.parts.error_card import show_error
from pages.parts.examples import EXAMPLES
from pages.parts.live_view import live_view, stop_button
from pages.parts.markdown import safe_markdown
from pages.parts.result_view import show_result
from pages.parts.run_settings import RunSettings
from pages.parts.state import (
    StoredConversation,
    Turn,
    begin_conversation,
    conversation,
    is_demo,
    is_lost,
    keep_draft,
    restore_draft,
)

__all__ = ["ask", "show_conversation"]


def show_conversation(settings: RunSettings) -> None:
    """Draw the conversation; the answer that is still coming paints itself."""
    shown = conversation()
    if is_lost():
        st.warning(
            "This conversation is not here: it was deleted, or the app has been restarted since. "
            "Type a message to begin a new one.",
            icon=":material/search_off:",
        )
    if shown is None or not shown.turns:
        _show_examples(settings)
        return
    for turn in shown.turns:
        with st.chat_message("user"):
            st.markdown(safe_markdown(turn.text))
        with st.chat_message("assistant"):
            _show_answer(turn, shown, settings)


def ask(settings: RunSettings) -> None:
    """Draw the input, and start a run with what was typed; while one is live, what is sent stays in the input."""
    shown = conversation()
    live = shown.live_run if shown is not None else None
    with st.bottom:
        for problem in settings.problems:
            st.error(safe_markdown(f"Not sent until Run settings are corrected. {problem}"), icon=":material/error:")
        restore_draft("chat.input")
        text = st.chat_input("Message", key="chat.input")
        newest = shown.turns[-1].newest if shown is not None and shown.turns else ""
        stop_button([live] if live is not None else [], newest=newest, key="chat")
    if text and live is not None:
        keep_draft(text)
        st.toast("The answer is still being written: wait for it, or press Stop.", icon=":material/hourglass:")
        st.rerun()
    if text:
        _say(text, settings)


def _show_examples(settings: RunSettings) -> None:
    st.caption("Type a message below, or begin with one of these. Enter sends, Shift+Enter begins a new line.")
    places = [place for _ in range(0, len(EXAMPLES), 2) for place in st.columns(2, gap="small")]
    for position, (place, example) in enumerate(zip(places, EXAMPLES, strict=True)):
        with place, st.container(border=True, height="stretch", key=f"example-{position}"):
            is_chosen = st.button(
                f"**{example.title}**",
                icon=f":material/{example.icon}:",
                key=f"chat.example.{position}",
                type="tertiary",
                on_click=example.prepare,
            )
            st.caption(example.prompt)
            if is_chosen:
                _say(example.prompt, settings)


def _say(text: str, settings: RunSettings) -> None:
    if settings.problems:
        keep_draft(text)
        st.rerun()
    said_in = conversation() or begin_conversation()
    said_in.turns.append(begin_turn(text, said_in, settings))
    st.rerun()


def _show_answer(turn: Turn, said_in: StoredConversation, settings: RunSettings) -> None:
    run = turn.run
    if run is not None and not run.is_ended:
        live_view([run], key=run.id)
        return
    is_last = turn is said_in.turns[-1]
    chosen = None
    if run is not None:
        chosen = show_result(run, is_demo=is_demo(), key=f"chat.{run.id}", can_retry=is_last)
    if turn.error is not None:
        chosen = show_error(turn.error, key=f"chat.{turn.id}", can_retry=is_last)
    if chosen is not None:
        act(chosen, turn, said_in, settings)
