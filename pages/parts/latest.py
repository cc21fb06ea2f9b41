"""The end of the conversation: what was said since the page was drawn, and the input below it.

Enter draws this alone. What stands above is not sent again, so that a question in a long conversation costs what it
costs in a short one. Where something else on the page has changed, all of it is drawn.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NoReturn

import streamlit as st

from pages.parts.asking import say, say_in
from pages.parts.attach_bar import attach_bar, hold_back_files, message_input
from pages.parts.attached import attached
from pages.parts.conversation_state import (
    conversation,
    edited_message,
    keep_draft,
    keep_for_next_run,
    take_kept,
)
from pages.parts.input_bar import input_bar
from pages.parts.message import show_message
from pages.parts.problems import show_problems
from pages.parts.run_settings import RunSettings
from pages.parts.secret_card import hold_back, secret_card
from pages.parts.settings_secrets import other_problems, settings_secret_card
from pages.parts.state import library, opened_dialog
from pages.parts.window import STEP, count_below
from service.store import OpenConversation

__all__ = ["Drawn", "ask"]


@dataclass(frozen=True)
class Drawn:
    """What stands around the end of the conversation since all of the page was drawn.

    Attributes:
        settled: The last message above; `None` where there is none.
        first: The conversation that is first in the list.
        problem: What the page says is wrong with the database.
    """

    settled: str | None
    first: str | None
    problem: str | None


def ask(settings: RunSettings, drawn: Drawn) -> None:
    """Draw what was said last, and the input; start a run with what is typed.

    While a run is live, what is sent stays in the input.
    """
    shown = conversation()
    has_dialog = opened_dialog() is not None
    _latest(settings, drawn, shown.leaf_id if shown is not None else None, edited_message(), has_dialog)


@st.fragment
def _latest(settings: RunSettings, drawn: Drawn, leaf: str | None, edited: str | None, has_dialog: bool) -> None:
    """Draw the end.

    Args:
        settings: What the panel said when all of the page was drawn, likewise the others.
        drawn: What else was drawn.
        leaf: The last message.
        edited: The message that was being edited.
        has_dialog: Whether a dialog was open.
    """
    shown = conversation()
    here = shown.id if shown is not None else ""
    released, typed = _input(shown, settings, here)
    kept = take_kept()
    if typed is not None and has_dialog:
        # The drawer draws itself anew without the page: what was chosen there is not in `settings` yet.
        keep_for_next_run(typed)
        st.rerun()
    text = next((given for given in (released, kept, typed) if given is not None), None)
    if text is not None:
        hold_back_files(text, settings, here)
    is_possible = not settings.problems and not (shown is not None and shown.live_runs)
    if text is not None and released is None and is_possible:
        hold_back(text, page="chat", conversation=here)
    is_same = (library().problem, edited_message()) == (drawn.problem, edited)
    below = count_below(shown, drawn.settled) if is_same else None
    if text is not None and (released is not None or attached(here) or not _fits(shown, below, settings)):
        _send(text, shown, settings)
    if below is None:
        st.rerun()
    if shown is not None:
        _show_last(shown, below, settings)
        if text is not None:
            _ask(text, shown, settings)
    live = shown.live_runs if shown is not None else []
    with st.bottom:
        input_bar(live, page="chat", conversation=here, newest=(shown and shown.leaf_id) or "")
    if shown is not None and shown.id != drawn.first and shown.leaf_id != leaf and not live:
        # It has become the first in the list.
        st.rerun()


def _input(shown: OpenConversation | None, settings: RunSettings, here: str) -> tuple[str | None, str | None]:
    """Draw the input and what stands above it; return what was held back and may go now, and what was typed."""
    with st.bottom:
        # One question at a time.
        released = None if settings.secrets else secret_card(page="chat", conversation=here)
        settings_secret_card(settings.secrets, page="chat")
        show_problems(other_problems(settings.problems, settings.secrets))
        attach_bar(settings, shown)
        return released, message_input(here, settings.info)


def _fits(shown: OpenConversation | None, below: int | None, settings: RunSettings) -> bool:
    """Whether one more question and its answer change nothing but what is drawn here.

    A question without an answer, for one, says above that it has none.
    """
    if shown is None or shown.leaf_id is None or shown.live_runs or settings.problems:
        return False
    return below is not None and below < STEP and shown.tree.nodes[shown.leaf_id].role == "assistant"


def _send(text: str, shown: OpenConversation | None, settings: RunSettings) -> NoReturn:
    """Ask, or keep the text where that is not possible now, and draw all of the page."""
    if shown is not None and shown.live_runs:
        keep_draft(text)
        st.toast("The answer is still being written: wait for it, or press Stop.", icon=":material/hourglass:")
        st.rerun()
    say(text, settings)


def _ask(text: str, shown: OpenConversation, settings: RunSettings) -> None:
    """Ask, and draw question and answer."""
    said = say_in(shown, text, settings, draw=lambda said: show_message(said, shown, settings, is_last=False))
    answer = shown.path(limit=1).messages[-1]
    if shown.tree.nodes[answer.id].parent_id != said.id:
        # It could not be sent, or another tab was faster.
        st.rerun()
    show_message(answer, shown, settings, is_last=True)


def _show_last(shown: OpenConversation, count: int, settings: RunSettings) -> None:
    messages = shown.path(limit=count).messages if count else ()
    for message in messages:
        show_message(message, shown, settings, is_last=message is messages[-1])
