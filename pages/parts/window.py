"""What of a long conversation is drawn, and which part of that stays as it is while more is said."""

from __future__ import annotations

from typing import cast

import streamlit as st

from service.store import OpenConversation

__all__ = ["STEP", "count_below", "earlier_shown", "settle", "show_earlier", "show_usual_window", "window"]

FEWEST = 20
STEP = 20
"""A window that moves with every message is drawn anew each time; one that moves in steps is not."""

EARLIER = "chat.earlier"
SETTLED = "chat.settled"


def window(messages: int, earlier: int) -> int:
    """Return how many of so many messages are shown: the last 20 to 39, and those asked for above them."""
    hidden = max(0, messages - FEWEST) // STEP * STEP
    return min(messages, messages - hidden + earlier)


def show_earlier(messages: int) -> None:
    """Show so many messages more above."""
    st.session_state[EARLIER] = earlier_shown() + messages


def earlier_shown() -> int:
    """Return how many messages were asked for above the usual ones."""
    return cast(int, st.session_state.get(EARLIER, 0))


def show_usual_window() -> None:
    """Forget what was asked for above it, as for another conversation."""
    st.session_state.pop(EARLIER, None)


def settle(shown: OpenConversation) -> tuple[str | None, int]:
    """Return the message down to which the page stays as it is while more is said, and how many stand below it.

    It is the same one until many stand below it, or until a path is shown that does not lead through it.
    """
    kept = cast(str, st.session_state.get(SETTLED, ""))
    below = shown.tree.below(kept)
    if below is not None and below < STEP:
        return kept, below
    st.session_state[SETTLED] = shown.leaf_id
    return shown.leaf_id, 0


def count_below(shown: OpenConversation | None, settled: str | None) -> int | None:
    """Return how many messages are to be drawn here; `None` where those above are others than the page shows."""
    if settled is None:
        return 0 if shown is None or shown.leaf_id is None else None
    return None if shown is None else shown.tree.below(settled)
