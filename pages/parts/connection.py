"""A key for this session alone: pasted here, tested, and forgotten when the session ends."""

from __future__ import annotations

import streamlit as st

from pages.parts.connection_figures import connection_figures
from pages.parts.plain import literal
from pages.parts.session_key import (
    TYPED_KEY,
    Connection,
    connect,
    connection_error,
    disconnect,
    keep_connection_error,
    session_connection,
    typed_key,
)
from pages.parts.state import is_demo, service
from pages.parts.words import cost
from service import ConfigurationError, KeyStatus, NetworkError, OpenRouterError, RequestTimeoutError

__all__ = ["connection"]

_OF_OPENROUTER = "Paste a key of [OpenRouter](https://openrouter.ai/settings/keys) to ask real models."
_KEYS_OF_OPENROUTER = "sk-or-"
_USE = (
    "It serves your own requests in this session only, stays in the server's memory until you disconnect, reload the "
    "page or close it, and is written nowhere.\n\nTo connect for good, set `OPENROUTER_API_KEY` in `.env` and start "
    "the app again."
)


def connection() -> None:
    """Draw the session's own key, a field to paste one or which is connected, and how server and key are."""
    connected = session_connection()
    if connected is None:
        _ask_for_key()
    else:
        _show(connected)
    connection_figures()


def _ask_for_key() -> None:
    is_openrouter = _is_openrouter()
    st.caption(f"{_OF_OPENROUTER if is_openrouter else _of_other_server()} {_USE}")
    with st.form("connection", border=False, clear_on_submit=False):
        st.text_input(
            "API key",
            key=TYPED_KEY,
            type="password",
            autocomplete="off",
            placeholder="sk-or-v1-…" if is_openrouter else None,
        )
        if (error := connection_error()) is not None:
            st.error(_sentence(error), icon=":material/key_off:")
        st.form_submit_button("Connect", icon=":material/key:", on_click=_try, width="stretch")


def _is_openrouter() -> bool:
    """Whether what is pasted is sent to OpenRouter; demo mode is left for it."""
    return is_demo() or service().config.is_openrouter


def _of_other_server() -> str:
    """Say whose key is wanted: what is pasted here is sent there."""
    return f"Paste a key of the server that this app asks, `{service().config.shown_base_url}`."


class _OtherKeyError(ConfigurationError):
    """What was pasted is something else than a key of OpenRouter; nothing was sent."""


def _try() -> None:
    key = typed_key().strip()
    try:
        if not key:
            raise ConfigurationError("The key is blank.")
        if _is_openrouter() and not key.startswith(_KEYS_OF_OPENROUTER):
            raise _OtherKeyError("This is no key of OpenRouter.")
        connect(key)
    except OpenRouterError as error:
        keep_connection_error(error)
    else:
        keep_connection_error(None)


def _show(connected: Connection) -> None:
    key = str(connected.service.config.api_key)  # the mask: a key never leaves the server
    st.markdown(
        f":material/key: Connected with key {key}{_left(connected.status)}",
        help="As the server said when you connected. Only your own requests in this session use this key.",
    )
    st.button("Disconnect", icon=":material/key_off:", on_click=disconnect, width="stretch")


def _left(status: KeyStatus | None) -> str:
    """Say what the key may still spend, where the server tells."""
    if status is None:
        return ""
    return " · no limit" if status.limit is None and status.remaining is None else f" · {cost(status.remaining)} left"


def _sentence(error: OpenRouterError) -> str:
    if isinstance(error, _OtherKeyError):
        return f"This does not look like an OpenRouter key; they begin with {_KEYS_OF_OPENROUTER}."
    if isinstance(error, ConfigurationError):
        return "A key is one word of plain characters, such as sk-or-v1-…: copy it again, whole, and paste it here."
    if isinstance(error, NetworkError | RequestTimeoutError):
        return _unreachable(error)
    words = f" ({literal(error.provider_message)})" if error.provider_message else ""
    return f"{literal(error.message)}{words} {literal(error.hint)}"


def _unreachable(error: OpenRouterError) -> str:
    """Say it for people first; what the network said stands below for those who can use it."""
    is_openrouter = _is_openrouter()
    who = "OpenRouter" if is_openrouter else literal(service().config.host)
    ask = "Are you online?" if is_openrouter else "Is it running, and are you online?"
    words = literal(" ".join(part for part in (error.message, error.provider_message) if part))
    return f"{who} cannot be reached. {ask}\n\n:small[{words}]"
