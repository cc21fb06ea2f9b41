"""The conversations of this page, newest first."""

from __future__ import annotations

import streamlit as st

from pages.parts.plain import literal
from pages.parts.state import conversation, conversations, open_conversation, owner

__all__ = ["conversation_list"]

SHOWN = 30


def conversation_list() -> None:
    """Draw "New chat", the search and the recent conversations; the one that is open stands out."""
    st.button(
        "New chat",
        icon=":material/edit_square:",
        key="chat.new",
        width="stretch",
        on_click=open_conversation,
        args=(None,),
    )
    query = st.text_input(
        "Search chats",
        key="chat.search",
        placeholder="Search chats",
        icon=":material/search:",
        label_visibility="collapsed",
        live=True,
    )
    shown = conversation()
    found = conversations().recent(owner(), limit=SHOWN, query=query)
    if query and not found:
        st.caption("No chat has these words.")
    with st.container(key="conversation_list", gap=None):
        for each in found:
            st.button(
                literal(each.title),
                key=f"chat.open.{each.id}",
                type="secondary" if shown is not None and each.id == shown.id else "tertiary",
                width="stretch",
                on_click=open_conversation,
                args=(each.id,),
            )
