"""The conversation: the messages of its shown path, or what one may begin with; its end is drawn by `latest`."""

from __future__ import annotations

import streamlit as st

from pages.parts.asking import say
from pages.parts.conversation_state import conversation, is_lost, open_conversation
from pages.parts.examples import EXAMPLES
from pages.parts.message import show_message
from pages.parts.run_settings import RunSettings
from pages.parts.window import STEP, earlier_shown, settle, show_earlier, window
from service.store import OpenConversation

__all__ = ["show_conversation"]


def show_conversation(settings: RunSettings) -> str | None:
    """Draw the conversation that the URL names down to the part that `latest` draws, or what one may begin with.

    Returns:
        The last message that was drawn; `None` where there is none.
    """
    shown = conversation()
    # One place, however much is in it: Streamlit knows the part below by its position, and drops what is sent from
    # another one.
    with st.container():
        if is_lost(shown):
            _say_lost()
        if shown is not None and shown.leaf_id is not None:
            return _show_messages(shown, settings)
        _show_examples(settings)
    return None


def _show_messages(shown: OpenConversation, settings: RunSettings) -> str | None:
    settled, below = settle(shown)
    path = shown.path(settled, limit=window(len(shown.tree.path()), earlier_shown()) - below)
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
        show_message(message, shown, settings, is_last=message.id == shown.leaf_id)
    return settled


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
