"""The key that a session brings along: the doors to it, to what was typed, and to what was wrong with that."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import streamlit as st

from service import KeyStatus, OpenRouterError, OpenRouterService, UnsupportedFeatureError
from service.web import backend
from service.web.bootstrap import connect as make_service

__all__ = [
    "TYPED_KEY",
    "Connection",
    "connect",
    "connection_error",
    "disconnect",
    "keep_connection_error",
    "session_connection",
    "session_key_service",
    "typed_key",
]

CONNECTION = "connection"
TYPED_KEY = "connection.key"
ERROR = "connection.error"


@dataclass(frozen=True)
class Connection:
    """A key that this session alone uses; `status` is what its server said of it then, `None` where it says nothing."""

    service: OpenRouterService
    status: KeyStatus | None


def session_connection() -> Connection | None:
    """Return the key of this session; `None` where it uses the app's own."""
    return cast(Connection | None, st.session_state.get(CONNECTION))


def session_key_service() -> OpenRouterService | None:
    """Return the service with this session's own key; `None` where there is none."""
    connected = session_connection()
    return None if connected is None else connected.service


def connect(key: str, **target: str) -> None:
    """Ask the server whether it takes a key, and use it for this session from now on; to be called from a callback.

    `target` may name another `base_url` than OpenRouter's for keys pasted in demo mode.

    Raises:
        OpenRouterError: The key is malformed or not accepted, or the server cannot be asked.
    """
    view = make_service(key, **target)
    st.session_state[CONNECTION] = Connection(view, _status(view))
    st.session_state.pop(TYPED_KEY, None)
    _choose_default_models(view)


def _status(view: OpenRouterService) -> KeyStatus | None:
    try:
        return view.key_status()
    except UnsupportedFeatureError:
        # A server that is not OpenRouter: whether it takes the key shows when it is asked for its models.
        if (error := view.health().last_error) is not None:
            raise error from None
        return None


def disconnect() -> None:
    """Forget this session's key; runs that it has started go on to their ends. To be called from a callback."""
    st.session_state.pop(CONNECTION, None)
    _choose_default_models(backend().service)


def _choose_default_models(service: OpenRouterService) -> None:
    """Choose the default model on every page: the simulator and OpenRouter have none in common.

    What the history is filtered by is no choice of whom to ask, and stays.
    """
    if backend().is_demo:
        names = [name for name in st.session_state if isinstance(name, str) and name.endswith(".model")]
        for name in names:
            if name != "history.model":
                st.session_state[name] = service.config.model


def typed_key() -> str:
    """Return what stands in the field for the key."""
    return cast(str, st.session_state.get(TYPED_KEY, ""))


def keep_connection_error(error: OpenRouterError | None) -> None:
    """Keep why a key was not taken, for the field; `None` when it was."""
    st.session_state[ERROR] = error


def connection_error() -> OpenRouterError | None:
    """Return why the last key was not taken."""
    return cast(OpenRouterError | None, st.session_state.get(ERROR))
