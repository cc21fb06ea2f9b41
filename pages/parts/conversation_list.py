"""The conversations of this page, newest first."""

from __future__ import annotations

import streamlit as st

from pages.parts.state import conversation, conversations, open_conversation, owner

__all__ = ["conversation_list"]


def conversation_list() -> None:
    """Draw "New chat" and the recent conversations; the one that is open stands out."""
    shown = conversation()
    with st.sidebar:
        st.button(
            "New chat",
            icon=":material/add_comment:",
            key="chat.new",
            width="stretch",
            on_click=open_conversation,
            args=(None,),
        )
        for found in conversations().recent(owner(), limit=12):
            st.button(
                found.title,
                key=f"chat.open.{found.id}",
                type="secondary" if shown is not None and found.id == shown.id else "tertiary",
                width="stretch",
                on_click=open_conversation,
                args=(found.id,),
            )
