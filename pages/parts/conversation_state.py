"""What a session keeps of the conversations it looks at; beside `state` the only door to that."""

from __future__ import annotations

from typing import cast

import streamlit as st

from pages.parts.deleted_chat import note_deleted
from pages.parts.state import library, owner
from pages.parts.window import show_usual_window
from service import OpenRouterError
from service.store import OpenConversation

__all__ = [
    "CONVERSATION",
    "begin_conversation",
    "begin_editing",
    "begin_renaming",
    "begun_here",
    "conversation",
    "edited_message",
    "editor_key",
    "end_editing",
    "failure",
    "is_lost",
    "keep_draft",
    "keep_failure",
    "keep_for_next_run",
    "open_conversation",
    "renamed_conversation",
    "restore_draft",
    "take_kept",
]

CONVERSATION = "c"
"""The URL parameter that names the conversation: a reload, another tab or a link finds it again."""

DRAFT = "chat.draft"
BEGUN = "chat.begun"
EDITED = "chat.edited"
PENDING = "chat.pending"
RENAMED = "chat.renamed"
FAILURES = "chat.failures"


def conversation() -> OpenConversation | None:
    """Return the conversation that the URL names; `None` when it names none, or one that is not here.

    Raises:
        StorageError: The database cannot be read.
    """
    named = st.query_params.get(CONVERSATION)
    return library().get(owner(), named) if named else None


def is_lost(shown: OpenConversation | None) -> bool:
    """Whether the URL names a conversation that is not here, and none is shown."""
    return shown is None and CONVERSATION in st.query_params


def begin_conversation() -> OpenConversation:
    """Begin a conversation and name it in the URL."""
    begun = library().create(owner())
    st.query_params[CONVERSATION] = st.session_state[BEGUN] = begun.id
    return begun


def begun_here() -> str | None:
    """Return the id of the conversation that was begun on the page that is open; what is typed there goes along."""
    return cast(str | None, st.session_state.get(BEGUN))


def open_conversation(conversation_id: str | None) -> None:
    """Go to a conversation, or with `None` to an empty page."""
    note_deleted(None)
    st.session_state.pop(EDITED, None)
    st.session_state.pop(BEGUN, None)
    show_usual_window()
    if conversation_id is None:
        st.query_params.pop(CONVERSATION, None)
    else:
        st.query_params[CONVERSATION] = conversation_id


def begin_renaming(conversation_id: str | None) -> None:
    """Open the title of a conversation for editing; `None` closes it."""
    st.session_state[RENAMED] = conversation_id


def renamed_conversation() -> str | None:
    """Return the id of the conversation whose title is being edited."""
    return cast(str | None, st.session_state.get(RENAMED))


def begin_editing(message_id: str) -> None:
    """Open a message for editing."""
    st.session_state[EDITED] = message_id


def edited_message() -> str | None:
    """Return the id of the message that is being edited."""
    return cast(str | None, st.session_state.get(EDITED))


def end_editing() -> None:
    """Close the message that was being edited, and forget what was typed: it was sent or given up."""
    st.session_state.pop(editor_key(str(st.session_state.pop(EDITED, ""))), None)


def editor_key(message_id: str) -> str:
    """Return the key of the editor of a message."""
    return f"chat.{message_id}.text"


def keep_failure(message_id: str, error: OpenRouterError | None) -> None:
    """Keep why a message could not even be sent; `None` when it could."""
    failures = cast(dict[str, OpenRouterError], st.session_state.setdefault(FAILURES, {}))
    if error is None:
        failures.pop(message_id, None)
    else:
        failures[message_id] = error


def failure(message_id: str) -> OpenRouterError | None:
    """Return why a message could not even be sent."""
    return cast(dict[str, OpenRouterError], st.session_state.get(FAILURES, {})).get(message_id)


def keep_draft(text: str) -> None:
    """Keep what was typed and could not be sent yet."""
    st.session_state[DRAFT] = text


def restore_draft(key: str) -> None:
    """Put a draft back into the input that is about to be drawn."""
    draft = st.session_state.pop(DRAFT, "")
    if draft:
        st.session_state[key] = draft


def keep_for_next_run(text: str) -> None:
    """Keep what was sent for the next run of the page, which is to ask it."""
    st.session_state[PENDING] = text


def take_kept() -> str | None:
    """Return what was kept for this run, and forget it."""
    return cast(str | None, st.session_state.pop(PENDING, None))
