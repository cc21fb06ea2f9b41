"""Whether an answer is what was expected: one quiet line, and what one may do about it."""

from __future__ import annotations

import streamlit as st

from pages.parts.comparison import Comparison
from pages.parts.expected_editor import is_editor_open, open_editor, removed_value, show_editor, take_back
from pages.parts.plain import literal
from service.store import Expected
from service.structured import MAX_DIFFERENCES, Difference, compare_values
from service.structured.words import plural

__all__ = ["expected_button", "show_comparison"]

SHOWN = 20
"""The most differences that are written out."""


def show_comparison(shown: Comparison | None) -> None:
    """Draw how an answer compares, and the editor where it is open."""
    if shown is None:
        return
    if shown.expected is not None:
        _show_line(shown, shown.expected)
    else:
        _offer_undo(shown)
    if is_editor_open(shown):
        show_editor(shown)


def expected_button(shown: Comparison | None) -> None:
    """Draw what opens the editor."""
    if shown is None or is_editor_open(shown) or not (shown.has_value or shown.expected is not None):
        return
    label, icon = ("Use as expected value", "flag") if shown.expected is None else ("Edit expected value", "edit_note")
    st.button(
        label,
        icon=f":material/{icon}:",
        key=shown.key,
        type="tertiary",
        help="Every answer to this question is compared with it",
        on_click=open_editor,
        args=(shown,),
    )


def _show_line(shown: Comparison, expected: Expected) -> None:
    if not shown.has_value:
        st.caption(":material/rule: Not compared with the expected value: the answer is not complete JSON.")
        return
    found = compare_values(expected.value, shown.value)
    if found:
        _show_differences(found, key=f"{shown.key}.differences")
    else:
        st.caption(":material/task_alt: Matches the expected value")


def _show_differences(found: list[Difference], *, key: str) -> None:
    count = plural(len(found), "place") if len(found) < MAX_DIFFERENCES else f"{MAX_DIFFERENCES} places or more"
    label = f"Differs from the expected value in {count}"
    fold = st.expander(label, type="compact", icon=":material/difference:", key=key, on_change="rerun")
    if not fold.open:
        return
    with fold:
        said = [f"- {literal(str(each).replace('`', ''))}" for each in found[:SHOWN]]
        st.caption("\n".join(said))
        if len(found) > SHOWN:
            st.caption(f"And {len(found) - SHOWN} more.")


def _offer_undo(shown: Comparison) -> None:
    removed = removed_value(shown)
    if removed is None:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"{shown.key}.removed"):
        st.caption("Expected value removed.", width="content")
        key, args = f"{shown.key}.undo", (shown, removed)
        st.button("Undo", icon=":material/undo:", key=key, type="tertiary", on_click=take_back, args=args)
