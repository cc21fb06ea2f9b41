"""All chats, newest first: to open, export and delete."""

from __future__ import annotations

import streamlit as st

from pages.parts.clock import moment
from pages.parts.deleted_chat import deleted_conversation, note_deleted
from pages.parts.exports import export_all_link, export_links
from pages.parts.history_view import link_to, show_more_button, shown_rows
from pages.parts.plain import literal
from pages.parts.problems import telling
from pages.parts.state import library, owner
from service.store import ConversationSummary

__all__ = ["history_chats"]


def history_chats(query: str) -> None:
    """Draw the chats in which these words stand; all without any."""
    shown = shown_rows("chats")
    found = library().recent(owner(), query=query, limit=shown + 1)
    _offer_undo()
    if not found:
        st.caption("No chat has these words." if query else "Nothing here yet: what you ask on the chat page is kept.")
        return
    for each in found[:shown]:
        _row(each)
    with st.container(horizontal=True, horizontal_alignment="distribute"):
        if len(found) > shown:
            show_more_button("chats")
        export_all_link()


def _row(found: ConversationSummary) -> None:
    with st.container(
        key=f"history-chat-{found.id}", border=True, horizontal=True, vertical_alignment="center", gap="small"
    ):
        with st.container(gap=None, width="stretch"):
            st.markdown(f"**{literal(found.title)}**")
            st.caption(moment(found.updated_at))
        link_to(found.id, "Open", key=f"history.open.{found.id}")
        export_links(found.id)
        st.button(
            ":material/delete:",
            key=f"history.delete.{found.id}",
            type="tertiary",
            help="Delete; this can be undone",
            on_click=_delete,
            args=(found.id,),
        )


@telling
def _delete(conversation_id: str) -> None:
    library().delete(owner(), conversation_id)
    note_deleted(conversation_id)


def _offer_undo() -> None:
    deleted = deleted_conversation()
    if deleted is not None:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption("Chat deleted.", width="content")
            st.button("Undo", icon=":material/undo:", key="history.undo", on_click=_undo, args=(deleted,))


@telling
def _undo(conversation_id: str) -> None:
    library().restore(owner(), conversation_id)
    note_deleted(None)
