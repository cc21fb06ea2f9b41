"""The verdict as a chip: a word and an icon, so that the colour is only a help."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import streamlit as st

from pages.parts.plain import literal
from pages.parts.state import put_input
from service import Verdict
from service.results import VerdictKind

__all__ = ["Chip", "chip_of", "kind_chip", "sentence_of", "verdict_chip"]

Color = Literal["green", "orange", "red", "gray"]


@dataclass(frozen=True)
class Chip:
    """What a chip shows; `icon` is a name of Material Symbols."""

    label: str
    icon: str
    color: Color


_CHIPS: Mapping[VerdictKind, Chip] = {
    "valid": Chip("Valid", "check_circle", "green"),
    "fenced": Chip("JSON in a fence", "code_blocks", "green"),
    "wrong_shape": Chip("Wrong shape", "rule", "orange"),
    "not_json": Chip("Not JSON", "data_object", "orange"),
    "cut_off": Chip("Cut off", "content_cut", "orange"),
    "refused": Chip("Refused", "block", "orange"),
    "empty": Chip("Empty", "hide_source", "orange"),
    "provider_error": Chip("Provider error", "cloud_off", "red"),
    "stopped": Chip("Stopped", "stop_circle", "gray"),
}


def chip_of(verdict: Verdict) -> Chip:
    """Return a verdict's chip; a wrong shape tells in how many places."""
    chip = _CHIPS[verdict.kind]
    if verdict.kind != "wrong_shape":
        return chip
    return Chip(f"{chip.label} ({len(verdict.issues)})", chip.icon, chip.color)


def kind_chip(kind: str) -> Chip | None:
    """Return the chip of a kind of verdict alone, as a list of runs knows it; `None` where it is no verdict."""
    return next((chip for known, chip in _CHIPS.items() if known == kind), None)


def sentence_of(verdict: Verdict) -> str:
    """Return a verdict's sentence as Markdown that shows it plainly, without the marks around paths."""
    return literal(verdict.sentence.replace("`", ""))


def verdict_chip(verdict: Verdict, *, key: str, place: str | None = None) -> None:
    """Draw the chip; its sentence shows on hover and on focus, unless a click leads to it.

    Args:
        verdict: What it says.
        key: Unique on the page.
        place: The key of the fold below that a click opens, where there is one.
    """
    chip = chip_of(verdict)
    if place is not None:
        label = f":{chip.color}-badge[:material/{chip.icon}: {chip.label}]"
        st.button(label, key=key, type="tertiary", on_click=put_input, args=(place, True))
        return
    st.badge(chip.label, icon=f":material/{chip.icon}:", color=chip.color, help=sentence_of(verdict))
