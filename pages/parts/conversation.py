"""The conversation: the messages of its shown path, and the input below them."""

from __future__ import annotations

import streamlit as st

from pages.parts.asking import say
from pages.parts.conversation_state import (
    conversation,
    earlier_shown,
    is_lost,
    keep_draft,
    open_conversation,
    restore_draft,
    show_earlier,
)
from pages.parts.examples import EXAMPLES
from pages.parts.input_bar import input_bar
from pages.parts.markdown import safe_markdown
from pages.parts.message import show_message
from pages.parts.run_settings import RunSettings
from pages.parts.secret_card import hold_back, secret_card
from service.store import OpenConversation

__all__ = ["ask", "show_conversation", "window"]

FEWEST = 30
STEP = 20
"""A window that moves with every message is drawn anew each time; one that moves in steps is not."""


def show_conversation(settings: RunSettings) -> None:
    """Draw the conversation that the URL names, or what one may begin with."""
    shown = conversation()
    if is_lost():
        _say_lost()
    if shown is None or shown.leaf_id is None:
        _show_examples(settings)
    else:
        _show_messages(shown, settings)


def ask(settings: RunSettings) -> None:
    """Draw the input, and start a run with what was typed; while one is live, what is sent stays in the input."""
    shown = conversation()
    live = shown.live_runs if shown is not None else []
    here = shown.id if shown is not None else ""
    with st.bottom:
        released = secret_card(page="chat", conversation=here)
        for problem in settings.problems:
            st.error(safe_markdown(f"Not sent until Run settings are corrected. {problem}"), icon=":material/error:")
        restore_draft("chat.input")
        text = st.chat_input("Message", key="chat.input")
        input_bar(live, page="chat", conversation=here, newest=(shown and shown.leaf_id) or "")
    if text and live:
        keep_draft(text)
        st.toast("The answer is still being written: wait for it, or press Stop.", icon=":material/hourglass:")
        st.rerun()
    if released is not None:
        say(released, settings)
    if text:
        hold_back(text, page="chat", conversation=here)
        say(text, settings)


def window(messages: int, earlier: int) -> int:
    """Return how many of so many messages are shown: the last 30 to 49, and those asked for above them."""
    hidden = max(0, messages - FEWEST) // STEP * STEP
    return min(messages, messages - hidden + earlier)


def _show_messages(shown: OpenConversation, settings: RunSettings) -> None:
    path = shown.path(limit=window(len(shown.tree.path()), earlier_shown()))
    if path.above:
        with st.container(horizontal=True, horizontal_alignment="center"):
            st.button(
                f"Show earlier messages ({path.above:,})",
                icon=":material/expand_less:",
                key="chat.show_earlier",
                type="tertiary",
                on_click=show_earlier,
                args=(STEP,),
            )
    for message in path.messages:
        show_message(message, shown, settings, is_last=message is path.messages[-1])


def _say_lost() -> None:
    with st.container(border=True):
        st.warning(
            "This conversation is not here. It was deleted, or the link is somebody else's or from another place. "
            "Your own conversations stand at the left.",
            icon=":material/search_off:",
        )
        st.button("Begin a new chat", key="chat.leave", on_click=open_conversation, args=(None,))


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
                say(example.prompt, settings)
