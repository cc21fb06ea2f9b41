"""What stands beside the input of a page: Stop in the place of Send, and what outlives a reload.

The browser keeps it: drafts, among them a message that was held back and never left it again, and by their ids the
files that wait. The files themselves are kept here, in memory, by owner.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import streamlit as st

from pages.parts.conversation_state import begun_here
from pages.parts.live_view import live_data, script, style
from pages.parts.secret_card import held_in
from pages.parts.state import input_value
from pages.parts.waiting import attach_again, waiting_ids
from service import Run

__all__ = ["input_bar"]

MOST_FILES = 100

_input_bar = st.components.v2.component(
    "input_bar",
    html="""
    <div class="orp-stop">
      <button type="button" hidden>Stop</button><span class="orp-hidden" role="status"></span>
    </div>""",
    css=style(),
    js=script("input_bar.js"),
    isolate_styles=False,
)


def input_bar(runs: Sequence[Run], *, page: str, conversation: str, newest: str) -> None:
    """Show Stop while runs are live, say to a screen reader whether one is, keep what waits, show what is new.

    Args:
        runs: The live runs of the page.
        page: Its key.
        conversation: The id of the conversation that is open; "" for none. Each has its own draft.
        newest: Names the last thing on the page; where it changes the page goes to its end.
    """
    held, key = held_in(page), f"stop-{page}"
    data = {
        "newest": newest,
        "draft": _name(page, conversation),
        "is_begun": bool(conversation) and conversation == begun_here(),
        "held": None if held is None else _name(page, held),
        "waiting": {_name(page, here): ids for here, ids in waiting_ids().items()},
    }
    _input_bar(key=key, data={**live_data(runs), **data}, on_restore_change=lambda: _restore(key, conversation))


def _name(page: str, conversation: str) -> str:
    return f"{page}:{conversation or 'new'}"


def _restore(key: str, conversation: str) -> None:
    asked: Any = (cast(Any, input_value(key)) or {}).get("restore")
    if isinstance(asked, list):
        attach_again(conversation, [ident for ident in asked if isinstance(ident, str)][:MOST_FILES])
