"""What a tool returned, as it stands in the conversation: a line that opens."""

from __future__ import annotations

import json

import streamlit as st

from pages.parts.actions import Action, Retry, ShowVersion
from pages.parts.conversation_state import begin_editing, failure
from pages.parts.error_card import show_error
from pages.parts.plain import literal
from pages.parts.small_buttons import version_buttons
from service.store import OpenConversation, StoredMessage
from service.structured.words import clean

__all__ = ["result_line", "show_tool_message", "tool_name"]

LONGEST = 60


def show_tool_message(message: StoredMessage, said_in: OpenConversation, *, is_last: bool) -> Action | None:
    """Draw the result of a call; one that could not be sent on says why."""
    chosen: Action | None = None
    key = f"chat.{message.id}"
    name = tool_name(message, said_in)
    with st.expander(result_line(name, message.text), icon=":material/output:", key=f"{key}.returned"):
        st.code(_pretty(message.text), language="json", wrap_lines=True)
        with st.container(horizontal=True, gap="medium"):
            st.button(
                "Edit",
                icon=":material/edit:",
                key=f"{key}.edit",
                type="tertiary",
                on_click=begin_editing,
                args=(message.id,),
            )
    if (step := version_buttons(message.version, message.versions, key=key)) is not None:
        chosen = ShowVersion(step)
    if not is_last:
        return chosen
    if (error := failure(message.id)) is not None:
        return show_error(error, key=key, can_retry=True) or chosen
    st.caption("There is no answer to this result yet.")
    is_asked = st.button("Send again", icon=":material/refresh:", key=f"{key}.send")
    return Retry() if is_asked else chosen


def result_line(name: str, text: str) -> str:
    """Say in one line what a tool returned: "get_weather → 21 °C"."""
    words = " ".join(clean(_spoken(text)).split())
    short = words if len(words) <= LONGEST else f"{words[:LONGEST].rstrip()} …"
    return f"**{literal(name)}** → {literal(short)}"


def tool_name(message: StoredMessage, said_in: OpenConversation) -> str:
    """Return the name of the tool whose result a message is; "Tool" where the call is gone."""
    wanted = message.message.tool_call_id if message.message is not None else None
    for node in reversed(said_in.tree.path(message.id)):
        if node.role != "assistant":
            continue
        run = said_in.message(node.id).run
        calls = run.result.tool_calls if run is not None and run.result is not None else ()
        return next((call.name for call in calls if call.id == wanted), "Tool")
    return "Tool"


def _spoken(text: str) -> str:
    """Write an object of plain values as people would: "temperature 21, sky sunny"."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return text
    if not isinstance(value, dict) or not value or any(isinstance(item, dict | list) for item in value.values()):
        return text
    return ", ".join(f"{name} {item if isinstance(item, str) else json.dumps(item)}" for name, item in value.items())


def _pretty(text: str) -> str:
    try:
        return clean(json.dumps(json.loads(text), indent=2, ensure_ascii=False))
    except (ValueError, RecursionError):
        return clean(text)
