"""A message that seems to hold a key is held back, and whoever wrote it decides."""

from __future__ import annotations

import streamlit as st

from pages.parts.conversation_state import keep_draft
from pages.parts.plain import literal
from pages.parts.state import input_value, put_input, service
from service.secrets import Found, find_secrets, mask_secrets

__all__ = ["hold_back", "is_confirmed", "secret_card"]

SHOWN = 3
LENGTH = 200


def hold_back(text: str, *, page: str, conversation: str) -> None:
    """Keep a message that seems to hold something secret, and run the page again, where `secret_card` asks about it.

    While it asks about one, another stays in the input.
    """
    if _held(page, conversation) is not None:
        keep_draft(text)
        st.toast("Decide about the message above the input first.", icon=":material/key_vertical:")
        st.rerun()
    if _found(text):
        put_input(f"{page}.held", (conversation, text))
        st.rerun()


def secret_card(*, page: str, conversation: str) -> str | None:
    """Ask about the message that is held back, if one is; return what is to be sent of it, once that was decided.

    Args:
        page: The page's key.
        conversation: The id of the open conversation; "" for a new one.
    """
    text = _held(page, conversation)
    if text is None:
        return None
    found = _found(text)
    masked = mask_secrets(text, found)
    with st.container(border=True, key=f"{page}.secret", gap="small"):
        st.warning(f"**Not sent yet.** {_sentence(found)}", icon=":material/key_vertical:")
        st.caption(f"Masked, it reads: {literal(masked[:LENGTH])}{'…' if len(masked) > LENGTH else ''}")
        with st.container(horizontal=True, gap="small"):
            is_masked = st.button("Mask and send", key=f"{page}.secret.mask", type="primary")
            is_sent = st.button("Send anyway", key=f"{page}.secret.send")
            is_edited = st.button("Edit", key=f"{page}.secret.edit")
    if is_masked or is_sent or is_edited:
        put_input(f"{page}.held", None)
    if is_edited:
        keep_draft(text)
        st.rerun()
    if is_masked:
        return masked
    return text if is_sent else None


def _held(page: str, conversation: str) -> str | None:
    held = input_value(f"{page}.held")
    return held[1] if isinstance(held, tuple) and held[0] == conversation else None


def is_confirmed(text: str, *, key: str, is_sent: bool) -> bool:
    """Say what an edited message seems to hold; sending it a second time, unchanged, is meant so.

    Args:
        text: What the editor says.
        key: The editor's.
        is_sent: Whether Send was pressed.

    Returns:
        Whether it may go.
    """
    found = _found(text)
    if not found:
        return True
    if is_sent and input_value(f"{key}.told") == text:
        return True
    if is_sent:
        put_input(f"{key}.told", text)
        st.warning(f"{_sentence(found)} Press Send again to send it as it is.", icon=":material/key_vertical:")
    return False


def _found(text: str) -> list[Found]:
    return find_secrets(text, service().config.redact)


def _sentence(found: list[Found]) -> str:
    """Say what there is: "This message holds what looks like an OpenAI key (…abcd) and a phone number."."""
    named = [f"{one.kind} ({literal(one.shown)})" if one.shown.startswith("…") else one.kind for one in found]
    named = list(dict.fromkeys(named))
    shown, rest = named[:SHOWN], len(named) - SHOWN
    if rest > 0:
        shown.append(f"{rest:,} more")
    words = shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"
    return f"This message holds what looks like {words}. Whoever runs the model would be able to read it."
