"""What the history shows: chats, runs or answers, the words looked for, and how many rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, cast, get_args

import streamlit as st

from pages.parts.conversation_state import CONVERSATION, open_conversation
from pages.parts.state import more_rows, show_more_rows

__all__ = ["HistoryView", "history_view", "link_to", "show_more_button", "shown_rows"]

ROWS = 25
Kind = Literal["chats", "runs", "answers"]


@dataclass(frozen=True)
class HistoryView:
    """The choice at the top of the page."""

    shows: Kind
    query: str


def history_view() -> HistoryView:
    """Draw the search and the choice between chats, single runs, and the answers of a schema."""
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key="history_head"):
        query = st.text_input(
            "Search history",
            key="history.search",
            placeholder="Search",
            icon=":material/search:",
            label_visibility="collapsed",
            live=True,
            width="stretch",
            persist_state="session",
        )
        shows = st.segmented_control(
            "Show",
            get_args(Kind),
            key="history.shows",
            default="chats",
            format_func=str.capitalize,
            required=True,
            label_visibility="collapsed",
            persist_state="session",
        )
    return HistoryView(cast(Kind, shows), query)


def shown_rows(kind: Kind) -> int:
    """Return how many rows are shown."""
    return ROWS + more_rows(kind)


def show_more_button(kind: Kind) -> None:
    """Draw the button that shows as many rows again."""
    st.button(
        "Show more",
        icon=":material/expand_more:",
        key=f"history.more.{kind}",
        on_click=show_more_rows,
        args=(kind, ROWS),
    )


def link_to(conversation_id: str, label: str, *, key: str, on_click: Callable[[], None] | None = None) -> None:
    """Draw a button that leads to a conversation, from any page."""
    if st.button(label, icon=":material/chat:", key=key, on_click=on_click):
        open_conversation(None)
        st.switch_page("chat.py", query_params={CONVERSATION: conversation_id})
