"""A message that seems to hold a key is held back, and whoever wrote it decides."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from pages.parts.attached import attached, replace_attached
from pages.parts.conversation_state import keep_draft
from pages.parts.plain import literal
from pages.parts.secret_words import READS, searcher, sentence
from pages.parts.state import input_value, put_input
from service.outgoing import Holding
from service.secrets import mask_secrets

__all__ = ["held_in", "hold_back", "is_confirmed", "secret_card"]

LENGTH = 200


def hold_back(text: str, *, page: str, conversation: str) -> None:
    """Keep a message that seems to hold something secret, and run the page again, where `secret_card` asks about it.

    The text files that wait beside it are looked at, too. While it asks about one, another stays in the input.
    """
    if _held(page, conversation) is not None:
        keep_draft(text)
        st.toast("Decide about the message above the input first.", icon=":material/key_vertical:")
        st.rerun()
    if searcher().in_message(text, attached(conversation)):
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
    held = searcher().in_message(text, attached(conversation))
    masked = next((_masked(one) for one in held if one.text == text), text)
    with st.container(border=True, key=f"{page}.secret", gap="small"):
        st.warning(f"**Not sent yet.** {sentence(held)} {READS}", icon=":material/key_vertical:")
        if masked != text:
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
        replace_attached(conversation, {one.text: _masked(one) for one in held})
        return masked
    return text if is_sent else None


def held_in(page: str) -> str | None:
    """Return the conversation in which a message waits for a decision; "" for a new one."""
    held = input_value(f"{page}.held")
    return held[0] if isinstance(held, tuple) else None


def _held(page: str, conversation: str) -> str | None:
    held = input_value(f"{page}.held")
    return held[1] if isinstance(held, tuple) and held[0] == conversation else None


def is_confirmed(keys: Sequence[str], *, key: str, is_sent: bool, place: str = "this message") -> bool:
    """Say what typed texts seem to hold; sending them a second time, unchanged, is meant so.

    Args:
        keys: The inputs that hold the texts. "Mask" changes what they say.
        key: Unique on the page.
        is_sent: Whether Send was pressed.
        place: What they are called.

    Returns:
        Whether they may go.
    """
    texts = [str(input_value(name) or "") for name in keys]
    held = searcher().in_texts(*((place, text) for text in texts))
    if not held:
        return True
    if is_sent and input_value(f"{key}.told") == texts:
        return True
    if is_sent:
        put_input(f"{key}.told", texts)
        st.warning(f"{sentence(held)} {READS} Press Send again to send it as it is.", icon=":material/key_vertical:")
        st.button("Mask it", icon=":material/key_off:", key=f"{key}.mask", on_click=_mask, args=(keys,))
    return False


def _mask(keys: Sequence[str]) -> None:
    for name in keys:
        for one in searcher().in_texts(("", str(input_value(name) or ""))):
            put_input(name, _masked(one))


def _masked(one: Holding) -> str:
    return mask_secrets(one.text, one.found)
