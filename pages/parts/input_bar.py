"""What stands beside the input of a page: Stop in the place of Send, and drafts that outlive a reload."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from pages.parts.live_view import live_data, script, style
from service import Run

__all__ = ["input_bar"]

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
    """Show Stop while runs are live, say to a screen reader whether one is, keep the draft, show what is new.

    Args:
        runs: The live runs of the page.
        page: Its key.
        conversation: The id of the conversation that is open; "" for none. Each has its own draft.
        newest: Names the last thing on the page; where it changes the page goes to its end.
    """
    _input_bar(
        key=f"stop-{page}", data={**live_data(runs), "newest": newest, "draft": f"{page}:{conversation or 'new'}"}
    )
