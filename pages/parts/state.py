"""The doors to what a session keeps; beside `session_key` nothing else touches `st.session_state` or gets a service."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Literal, cast

import streamlit as st

from pages.parts.session_key import session_key_service
from service import ConfigurationError, ModelInfo, OpenRouterError, OpenRouterService
from service.store import ConversationStore, StoredConversation, Turn
from service.web import Backend, backend
from service.web.painter.token import sign_token

__all__ = [
    "StoredConversation",
    "Turn",
    "begin_conversation",
    "close_dialog",
    "conversation",
    "conversations",
    "is_demo",
    "is_lost",
    "keep_draft",
    "live_token",
    "models",
    "open_conversation",
    "open_dialog",
    "opened_dialog",
    "owner",
    "put_input",
    "restore_draft",
    "service",
    "start_with",
]


DIALOG = "shell.dialog"
CONVERSATION = "c"
"""The URL parameter that names the conversation: a reload, another tab or a link finds it again."""


def owner() -> str:
    """Return whose conversations these are: everybody's on this machine, else those of this browser."""
    cookie = st.context.cookies.get("playground_owner")
    return cookie if isinstance(cookie, str) else "local"


def conversations() -> ConversationStore:
    """Return where conversations are kept."""
    return _backend().store


def conversation() -> StoredConversation | None:
    """Return the conversation that the URL names; `None` when it names none, or one that is not here."""
    named = st.query_params.get(CONVERSATION)
    return conversations().get(owner(), named) if named else None


def is_lost() -> bool:
    """Whether the URL names a conversation that is not here."""
    return CONVERSATION in st.query_params and conversation() is None


def begin_conversation() -> StoredConversation:
    """Begin a conversation and name it in the URL."""
    begun = conversations().create(owner())
    st.query_params[CONVERSATION] = begun.id
    return begun


def open_conversation(conversation_id: str | None) -> None:
    """Go to a conversation, or with `None` to an empty page."""
    if conversation_id is None:
        st.query_params.pop(CONVERSATION, None)
    else:
        st.query_params[CONVERSATION] = conversation_id


def open_dialog(name: Literal["connection", "settings"]) -> None:
    """Open a dialog with the next run of the page, and keep it open over reruns, as when an answer comes to its end."""
    st.session_state[DIALOG] = name


def opened_dialog() -> str | None:
    """Return the name of the dialog that is open."""
    return cast(str | None, st.session_state.get(DIALOG))


def close_dialog() -> None:
    """Note that the dialog was closed."""
    st.session_state.pop(DIALOG, None)


def keep_draft(text: str) -> None:
    """Keep what was typed and could not be sent yet."""
    st.session_state["chat.draft"] = text


def start_with(key: str, value: object) -> object:
    """Say what an input shows at first; what was entered since stays, and is returned."""
    return st.session_state.setdefault(key, value)


def put_input(key: str, value: object) -> None:
    """Set what an input shows; to be called from a callback, before it is drawn."""
    st.session_state[key] = value


def restore_draft(key: str) -> None:
    """Put a draft back into the input that is about to be drawn."""
    draft = st.session_state.pop("chat.draft", "")
    if draft:
        st.session_state[key] = draft


def live_token(run_ids: Sequence[str]) -> str:
    """Return what lets this session's page watch and stop these runs."""
    if "session.id" not in st.session_state:
        st.session_state["session.id"] = secrets.token_urlsafe(16)
    return sign_token(cast(str, st.session_state["session.id"]), run_ids)


def _backend() -> Backend:
    """Return the process's backend; a wrong setting is said on the page (under `streamlit run` it ends the start)."""
    try:
        return backend()
    except ConfigurationError as error:
        st.error(f"**The settings cannot be used.** {error}\n\n{error.hint}", icon=":material/settings_alert:")
        st.stop()


def service() -> OpenRouterService:
    """Return this session's service: the one with its own key where one is connected, else the process's."""
    return session_key_service() or _backend().service


def is_demo() -> bool:
    """Whether answers come from the simulator."""
    return session_key_service() is None and _backend().is_demo


def models() -> tuple[list[ModelInfo], OpenRouterError | None]:
    """Return the model list; empty, with the reason, where there is none."""
    try:
        return service().list_models(), None
    except OpenRouterError as error:
        return [], error
