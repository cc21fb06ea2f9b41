"""Buttons that Streamlit has not: one copies a text, one counts down until it may be pressed, two turn pages."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import streamlit as st

__all__ = ["copy_button", "retry_button", "version_buttons"]

_HERE = Path(__file__).parent
_CSS = """
button {
  align-items: center; background: transparent; border: 1px solid transparent; border-radius: var(--st-button-radius);
  color: var(--st-text-color); cursor: pointer; display: inline-flex; font: inherit; font-size: 0.875rem;
  gap: 0.4rem; line-height: 1.6;
  min-height: 2.5rem; white-space: nowrap;
}
button:focus-visible { box-shadow: 0 0 0 2px var(--st-primary-color); outline: none; }
button:hover:not(:disabled) { border-color: var(--st-primary-color); color: var(--st-link-color); }
.orp-copy { border-color: transparent !important; padding: 0; }
.orp-retry { border-color: var(--st-border-color); background: var(--st-background-color); padding: 0 0.75rem;
  font-variant-numeric: tabular-nums; }
.orp-retry:disabled { cursor: default; opacity: 0.6; }
.orp-hidden { clip-path: inset(50%); height: 1px; overflow: hidden; position: absolute; width: 1px; }
"""

_copy_button = st.components.v2.component(
    "copy_button",
    html="""
    <button type="button" class="orp-copy">
      <svg width="16" height="16" viewBox="0 0 16 16" fill="none" stroke="currentColor" aria-hidden="true">
        <rect x="5.5" y="5.5" width="8" height="8" rx="1.5"/>
        <path d="M10.5 3.2V3a1 1 0 0 0-1-1H3a1 1 0 0 0-1 1v6.5a1 1 0 0 0 1 1h.2"/>
      </svg><span aria-live="polite">Copy</span>
    </button>""",
    css=_CSS,
    js=(_HERE / "copy_button.js").read_text(encoding="utf-8"),
)
_retry_button = st.components.v2.component(
    "retry_button",
    html='<button type="button" class="orp-retry">Retry</button><span class="orp-hidden" role="status"></span>',
    css=_CSS,
    js=(_HERE / "retry_button.js").read_text(encoding="utf-8"),
)


def copy_button(text: str, *, key: str) -> None:
    """Draw a button that copies a text."""
    _copy_button(key=key, data={"text": text}, width="content")


def retry_button(seconds: float, *, key: str) -> bool:
    """Draw Retry, which can be pressed in so many seconds, and say whether it was."""
    pressed = _retry_button(
        key=key, data={"id": key, "seconds": seconds}, width="content", on_retry_change=lambda: None
    )
    return bool(pressed.retry)


def version_buttons(version: int, versions: int, *, key: str) -> Literal[-1, 1] | None:
    """Draw `< 2/3 >` where there are several versions, and return which way was pressed."""
    if versions < 2:
        return None
    with st.container(
        key=f"{key}.versions", horizontal=True, vertical_alignment="center", gap="xxsmall", width="content"
    ):
        is_back = _turn("Previous version", "chevron_left", key=f"{key}.before", disabled=version == 1)
        st.caption(f"{version}/{versions}", width="content")
        is_on = _turn("Next version", "chevron_right", key=f"{key}.behind", disabled=version == versions)
    return -1 if is_back else 1 if is_on else None


def _turn(what: str, icon: str, *, key: str, disabled: bool) -> bool:
    return st.button(f":material/{icon}:", key=key, type="tertiary", help=what, disabled=disabled)
