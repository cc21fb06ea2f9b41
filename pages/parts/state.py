"""The doors to what a session keeps.

Beside `session_key` and `conversation_state` nothing else touches `st.session_state` or gets a service.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from typing import Literal, cast

import streamlit as st

from pages.parts.session_key import session_key_service
from service import ConfigurationError, OpenRouterService, StorageError
from service.store import Library
from service.web import Backend, backend
from service.web.painter.token import sign_token

__all__ = [
    "Dialog",
    "close_dialog",
    "first_settings",
    "input_value",
    "is_demo",
    "library",
    "live_token",
    "more_rows",
    "note_settings_of",
    "open_dialog",
    "opened_dialog",
    "owner",
    "put_input",
    "service",
    "settings_of",
    "show_more_rows",
    "start_with",
]

Dialog = Literal["answer", "connection", "copy", "fields", "save", "saved", "schema", "settings", "tool"]

DIALOG = "shell.dialog"
BELOW = "shell.dialog.below"


def owner() -> str:
    """Return whose conversations these are: everybody's on this machine, else those of this browser."""
    cookie = st.context.cookies.get("playground_owner")
    return cookie if isinstance(cookie, str) else "local"


def library() -> Library:
    """Return where conversations and runs are kept."""
    return _backend().library


def open_dialog(name: Dialog) -> None:
    """Open a dialog with the next run of the page, and keep it open over reruns, as when an answer comes to its end.

    There is one at a time: run settings that are a drawer come back when what was opened from there is closed.
    """
    st.session_state[BELOW] = "settings" if opened_dialog() == "settings" else None
    st.session_state[DIALOG] = name


def opened_dialog() -> str | None:
    """Return the name of the dialog that is open."""
    return cast(str | None, st.session_state.get(DIALOG))


def close_dialog() -> None:
    """Note that the dialog was closed."""
    st.session_state[DIALOG] = st.session_state.pop(BELOW, None)


def start_with(key: str, value: object) -> object:
    """Say what an input shows at first; what was entered since stays, and is returned."""
    return st.session_state.setdefault(key, value)


def input_value(key: str) -> object:
    """Return what an input says; for callbacks, which run before it is drawn."""
    return st.session_state.get(key)


def put_input(key: str, value: object) -> None:
    """Set what an input shows; to be called from a callback, before it is drawn."""
    st.session_state[key] = value


def show_more_rows(kind: str, rows: int) -> None:
    """Show so many rows more of a list."""
    st.session_state[f"history.rows.{kind}"] = more_rows(kind) + rows


def more_rows(kind: str) -> int:
    """Return how many rows of a list were asked for beside the usual ones."""
    return cast(int, st.session_state.get(f"history.rows.{kind}", 0))


def note_settings_of(page: str, conversation_id: str) -> None:
    """Remember whose run settings the inputs of a page show."""
    st.session_state[f"{page}.settings_of"] = conversation_id


def settings_of(page: str) -> str | None:
    """Return whose run settings the inputs of a page show; `None` in a new session."""
    return cast(str | None, st.session_state.get(f"{page}.settings_of"))


def first_settings(page: str, values: Mapping[str, object]) -> Mapping[str, object]:
    """Return what the inputs of a page said when this session drew them first; these are it, if it has just."""
    return cast(Mapping[str, object], st.session_state.setdefault(f"{page}.first_settings", dict(values)))


def live_token(run_ids: Sequence[str]) -> str:
    """Return what lets this session's page watch and stop these runs."""
    if "session.id" not in st.session_state:
        st.session_state["session.id"] = secrets.token_urlsafe(16)
    return sign_token(cast(str, st.session_state["session.id"]), run_ids)


def _backend() -> Backend:
    """Return the process's backend; a wrong setting is said on the page (under `streamlit run` it ends the start)."""
    try:
        return backend()
    except (ConfigurationError, StorageError) as error:
        st.error(f"**The settings cannot be used.** {error}\n\n{error.hint}", icon=":material/settings_alert:")
        st.stop()


def service() -> OpenRouterService:
    """Return this session's service: the one with its own key where one is connected, else the process's."""
    return session_key_service() or _backend().service


def is_demo() -> bool:
    """Whether answers come from the simulator."""
    return session_key_service() is None and _backend().is_demo
