"""What went wrong, at the answer it belongs to: our sentence, the provider's words, and a button for the next step."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import assert_never

import streamlit as st

from pages.parts.actions import (
    AcceptAnyProvider,
    Action,
    ChooseModel,
    DropParameter,
    LowerMaxTokens,
    OpenSettings,
    Retry,
)
from pages.parts.error_steps import ErrorStep, details, next_steps, seconds_left
from pages.parts.plain import literal
from pages.parts.small_buttons import retry_button
from service import OpenRouterError
from service.structured.words import clean

__all__ = ["show_error"]


def show_error(
    error: OpenRouterError, *, key: str, can_retry: bool, failed_at: datetime | None = None
) -> Action | None:
    """Draw the card and return the step that was chosen.

    Args:
        error: What went wrong.
        key: Unique on the page.
        can_retry: Whether the request may be sent again from here.
        failed_at: When it failed (UTC); a wait the server asked for counts from then, else from now.
    """
    with st.container(border=True, gap="small", key=f"{key}.card"):
        st.error(_sentence(error), icon=":material/error:")
        _show_words(error)
        chosen = _buttons(error, next_steps(error, can_retry=can_retry), key, failed_at)
        with st.expander("Details", type="compact", icon=":material/support:"):
            st.code(details(error), language=None, wrap_lines=True)
    return chosen


def _show_words(error: OpenRouterError) -> None:
    """Quote the provider verbatim; as plain text, for whoever wrote it may have meant a link."""
    if not error.provider_message or error.provider_message in error.message:
        return
    with st.container(gap=None):
        st.caption(f"{literal(error.provider)} says:" if error.provider else "In the words of the server:")
        st.text(clean(error.provider_message))


def _sentence(error: OpenRouterError) -> str:
    hint = f"\n\n{literal(error.hint)}" if error.hint else ""
    return f"**{literal(error.message)}**{hint}"


def _buttons(error: OpenRouterError, steps: list[ErrorStep], key: str, failed_at: datetime | None) -> ErrorStep | None:
    chosen: ErrorStep | None = None
    if not steps:
        return None
    with st.container(horizontal=True, gap="small"):
        for step in steps:
            if isinstance(step, Retry) and error.retry_after:
                left = seconds_left(error, failed_at, datetime.now(UTC))
                is_pressed = retry_button(left, key=f"{key}.Retry")
            else:
                label, icon = _label(step)
                is_pressed = st.button(label, icon=f":material/{icon}:", key=f"{key}.{type(step).__name__}")
            if is_pressed:
                chosen = step
    return chosen


def _label(step: ErrorStep) -> tuple[str, str]:
    match step:
        case Retry():
            return "Retry", "refresh"
        case AcceptAnyProvider():
            return "Accept any provider", "lock_open"
        case LowerMaxTokens(to):
            return f"Lower max tokens to {to:,}", "compress"
        case DropParameter(name):
            return f"Send without {literal(name.replace('_', ' '))}", "remove_circle"
        case ChooseModel():
            return "Choose another model", "swap_horiz"
        case OpenSettings():
            return "Open settings", "settings"
        case _:
            assert_never(step)
