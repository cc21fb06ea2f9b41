"""The doors to what a session keeps; nothing else touches `st.session_state` or makes a service."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import cast

import streamlit as st

from service import ConfigurationError, ModelInfo, OpenRouterError, OpenRouterService, Run
from service.web import Backend, backend
from service.web.painter.token import sign_token

__all__ = ["ChatState", "Turn", "chat_state", "is_demo", "live_token", "models", "restore_draft", "service"]


@dataclass
class Turn:
    """What the user said, and the run that answers it; `error` where none could be started."""

    text: str
    run: Run | None = None
    error: OpenRouterError | None = None


@dataclass
class ChatState:
    """The conversation of this session; `draft` is what was typed and could not be sent yet."""

    turns: list[Turn] = field(default_factory=list)
    draft: str = ""

    @property
    def live_run(self) -> Run | None:
        """The run that is going on, if there is one."""
        last = self.turns[-1].run if self.turns else None
        return last if last is not None and not last.is_ended else None


def chat_state() -> ChatState:
    """Return the conversation of this session."""
    if "chat.state" not in st.session_state:
        st.session_state["chat.state"] = ChatState()
    return cast(ChatState, st.session_state["chat.state"])


def restore_draft(key: str, state: ChatState) -> None:
    """Put a draft back into the input that is about to be drawn."""
    if state.draft:
        st.session_state[key], state.draft = state.draft, ""


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
    """Return the service of the process."""
    return _backend().service


def is_demo() -> bool:
    """Whether answers come from the simulator."""
    return _backend().is_demo


def models() -> tuple[list[ModelInfo], OpenRouterError | None]:
    """Return the model list; empty, with the reason, where there is none."""
    try:
        return service().list_models(), None
    except OpenRouterError as error:
        return [], error
