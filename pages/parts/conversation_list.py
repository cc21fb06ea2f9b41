"""The conversations of this page, newest first: to open, find, rename, copy and delete."""

from __future__ import annotations

from typing import Literal

import streamlit as st

from pages.parts.conversation_state import (
    begin_renaming,
    conversation,
    open_conversation,
    renamed_conversation,
)
from pages.parts.deleted_chat import deleted_conversation, deleted_was_open, note_deleted
from pages.parts.plain import literal
from pages.parts.problems import telling
from pages.parts.state import input_value, library, owner
from service.store import ConversationSummary

__all__ = ["conversation_list"]

SHOWN = 30
Verb = Literal["Rename", "Duplicate", "Delete"]
VERBS: dict[Verb, str] = {
    "Rename": ":material/edit: Rename",
    "Duplicate": ":material/content_copy: Duplicate",
    "Delete": ":material/delete: Delete",
}


def conversation_list() -> str | None:
    """Draw "New chat", the search and the recent conversations, and return the first; the open one stands out."""
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
    _offer_undo()
    shown = conversation()
    found = library().recent(owner(), limit=SHOWN + 1, query=query)
    if query and not found:
        st.caption("No chat has these words.")
    with st.container(key="conversation_list", gap=None):
        for each in found[:SHOWN]:
            _row(each, is_open=shown is not None and each.id == shown.id)
    if len(found) > SHOWN:
        st.caption("Older chats: search, or look under History.")
    return found[0].id if found else None


def _row(found: ConversationSummary, *, is_open: bool) -> None:
    if renamed_conversation() == found.id:
        _title_input(found)
        return
    with st.container(key=f"row-{found.id}", horizontal=True, vertical_alignment="center", gap=None):
        st.button(
            literal(found.title),
            key=f"chat.open.{found.id}",
            type="secondary" if is_open else "tertiary",
            width="stretch",
            on_click=open_conversation,
            args=(found.id,),
        )
        st.menu_button(
            ":material/more_horiz:",
            list(VERBS),
            key=f"chat.verbs.{found.id}",
            type="tertiary",
            help=f"Rename, duplicate or delete {literal(found.title)}",
            format_func=lambda verb: VERBS[verb],
            on_click=_do,
            args=(found.id,),
        )


@telling
def _do(conversation_id: str) -> None:
    """Do what was chosen from the menu of a conversation."""
    verb = input_value(f"chat.verbs.{conversation_id}")
    here = conversation()
    if verb == "Rename":
        begin_renaming(conversation_id)
    elif verb == "Duplicate" and (found := library().get(owner(), conversation_id)) is not None:
        open_conversation(library().duplicate(found).id)
    elif verb == "Delete":
        library().delete(owner(), conversation_id)
        was_open = here is not None and here.id == conversation_id
        if was_open:
            open_conversation(None)
        note_deleted(conversation_id, was_open=was_open)


def _title_input(found: ConversationSummary) -> None:
    key = f"chat.title.{found.id}"
    # Without a form the way to Cancel leaves the input, which would count as Enter does.
    with st.form(f"{key}.form", border=False):
        st.text_input("Title", found.title, key=key, label_visibility="collapsed")
        with st.container(horizontal=True, gap="small"):
            st.form_submit_button("Save", key=f"{key}.save", on_click=_rename, args=(found.id,))
            st.form_submit_button("Cancel", key=f"{key}.cancel", type="tertiary", on_click=begin_renaming, args=(None,))


@telling
def _rename(conversation_id: str) -> None:
    found = library().get(owner(), conversation_id)
    if found is not None:
        found.rename(str(input_value(f"chat.title.{conversation_id}") or ""))
    begin_renaming(None)


def _offer_undo() -> None:
    deleted = deleted_conversation()
    if deleted is None:
        return
    with st.container(key="undo", horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.caption("Chat deleted.", width="content")
        st.button("Undo", icon=":material/undo:", key="chat.undo", type="tertiary", on_click=_undo, args=(deleted,))


@telling
def _undo(conversation_id: str) -> None:
    """Take a deletion back; the chat opens again only where it was open and no other is by now."""
    library().restore(owner(), conversation_id)
    if deleted_was_open() and conversation() is None:
        open_conversation(conversation_id)
    note_deleted(None)
