"""What the chosen model cannot take of the files that go along with a message."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from pages.parts.attached import earlier_kinds
from pages.parts.plain import literal
from pages.parts.run_settings import RunSettings
from pages.parts.state import open_dialog
from service.attachments import Attachment
from service.store import OpenConversation

__all__ = ["earlier_refused", "say_refused"]

KINDS = {"image": ("pictures", "Image input"), "audio": ("recordings", "Audio input")}


def say_refused(bad: Sequence[Attachment], settings: RunSettings) -> None:
    """Say which files cannot go to the chosen model, and what can be done."""
    name = settings.info.name if settings.info is not None else settings.model
    kinds = list(dict.fromkeys(KINDS[one.kind] for one in bad))
    what = " and ".join(kind for kind, _ in kinds)
    badges = f"badge{'s' if len(kinds) > 1 else ''} " + " and ".join(f"“{badge}”" for _, badge in kinds)
    files = ", ".join(one.name for one in bad)
    with st.container(border=True, key="chat.refused", gap="small"):
        st.warning(
            f"**Not sent yet.** {literal(name)} does not take {what}: {literal(files)} cannot go to it. "
            f"Choose a model with the {badges}, or remove what it cannot take.",
            icon=":material/hide_image:",
        )
        st.button("Choose a model", key="chat.refused.choose", on_click=open_dialog, args=("settings",))


def earlier_refused(settings: RunSettings, shown: OpenConversation | None) -> str:
    """Say what goes along from earlier in the conversation and the model does not take; "" where there is nothing."""
    info = settings.info
    if shown is None or info is None:
        return ""
    kinds = [KINDS[kind][0] for kind in sorted(earlier_kinds(shown)) if kind not in info.input_modalities]
    if not kinds:
        return ""
    what = " and ".join(kinds)
    return (
        f"{literal(info.name)} does not take {what}, and there are some earlier in this conversation, which go along "
        "with each question. Choose another model, or begin a new chat."
    )
