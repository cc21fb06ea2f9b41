"""The verdict as a chip: a word and an icon, so that the colour is only a help."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import streamlit as st

from pages.parts.plain import literal
from pages.parts.state import put_input
from service import OpenRouterError, Verdict
from service.outcomes import OUTCOMES, outcome_name

__all__ = ["Chip", "chip_of", "outcome_chip", "sentence_of", "verdict_chip"]

Color = Literal["green", "orange", "red", "gray"]


@dataclass(frozen=True)
class Chip:
    """What a chip shows; `icon` is a name of Material Symbols."""

    label: str
    icon: str
    color: Color


_ICONS: Mapping[str, tuple[str, Color]] = {
    "valid": ("check_circle", "green"),
    "fenced": ("code_blocks", "green"),
    "wrong_shape": ("rule", "orange"),
    "not_json": ("data_object", "orange"),
    "cut_off": ("content_cut", "orange"),
    "refused": ("block", "orange"),
    "empty": ("hide_source", "orange"),
    "stopped": ("stop_circle", "gray"),
    "provider_error": ("cloud_off", "red"),
    "not_sent": ("cancel_schedule_send", "red"),
    "no_connection": ("wifi_off", "red"),
    "timed_out": ("timer_off", "red"),
    "wrong_key": ("key_off", "red"),
    "not_allowed": ("lock", "red"),
    "no_credits": ("credit_card_off", "red"),
    "rate_limited": ("speed", "red"),
    "not_accepted": ("do_not_disturb_on", "red"),
    "broke_off": ("link_off", "red"),
}


def chip_of(verdict: Verdict, error: OpenRouterError | None = None, attempts: int = 1) -> Chip:
    """Return a verdict's chip; a wrong shape tells in how many places, a failure at whose door it lies.

    Args:
        verdict: What it says.
        error: Why the run failed, if it did.
        attempts: How many times it was sent.
    """
    chip = _chip(outcome_name(verdict.kind, None if error is None else type(error).__name__, attempts))
    if verdict.kind != "wrong_shape":
        return chip
    return Chip(f"{chip.label} ({len(verdict.issues)})", chip.icon, chip.color)


def outcome_chip(name: str) -> Chip | None:
    """Return the chip of an outcome, as a list of runs knows it; `None` where it is none."""
    return _chip(name) if name in OUTCOMES else None


def _chip(name: str) -> Chip:
    icon, color = _ICONS[name]
    return Chip(OUTCOMES[name], icon, color)


def sentence_of(verdict: Verdict) -> str:
    """Return a verdict's sentence as Markdown that shows it plainly, without the marks around paths."""
    return literal(verdict.sentence.replace("`", ""))


def verdict_chip(verdict: Verdict, chip: Chip, *, key: str, place: str | None = None) -> None:
    """Draw the chip; its sentence shows on hover and on focus, unless a click leads to it.

    Args:
        verdict: What it says.
        chip: As what it is shown.
        key: Unique on the page.
        place: The key of the fold below that a click opens, where there is one.
    """
    if place is not None:
        label = f":{chip.color}-badge[:material/{chip.icon}: {chip.label}]"
        st.button(label, key=key, type="tertiary", on_click=put_input, args=(place, True))
        return
    st.badge(chip.label, icon=f":material/{chip.icon}:", color=chip.color, help=sentence_of(verdict))
