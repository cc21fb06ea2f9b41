"""Run settings that seem to hold a key: nothing goes out with them until somebody has decided."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

import streamlit as st

from pages.parts.secret_words import READS, searcher, sentence
from pages.parts.state import input_value, put_input
from pages.parts.tools_input import ToolChoice
from service import ModelParameters, ResponseFormat
from service.outgoing import Holding
from service.secrets import mask_secrets

__all__ = ["mask_system_prompt", "other_problems", "secret_problems", "settings_secret_card", "undecided"]


def undecided(
    page: str, system_prompt: str, parameters: ModelParameters, tools: ToolChoice, form: ResponseFormat | None
) -> tuple[Holding, ...]:
    """Return what in the run settings seems to hold something secret that nobody has let go yet."""
    held = searcher().in_settings(system_prompt, parameters, tools.tools, form)
    allowed = _allowed(page)
    return tuple(one for one in held if not _marks(one) <= allowed)


def secret_problems(held: Sequence[Holding]) -> tuple[str, ...]:
    """Return why nothing is to be sent with these settings yet."""
    return (sentence(held),) if held else ()


def other_problems(problems: Sequence[str], held: Sequence[Holding]) -> list[str]:
    """Return what is wrong beside what the card asks about."""
    asked = secret_problems(held)
    return [problem for problem in problems if problem not in asked]


def settings_secret_card(held: Sequence[Holding], *, page: str) -> None:
    """Say what the run settings hold, and ask; a system prompt can be masked, what is more than text only be changed.

    Args:
        held: What nobody has decided about.
        page: The page's key.
    """
    if not held:
        return
    prompt = next((one for one in held if one.text == _prompt(page)), None)
    with st.container(border=True, key=f"{page}.settings_secret", gap="small"):
        st.warning(
            f"**Nothing is sent yet.** {sentence(held)} It goes along with every message. {READS}",
            icon=":material/key_vertical:",
        )
        if prompt is None or len(held) > 1:
            st.caption("To keep it back, take it out in Run settings.")
        with st.container(horizontal=True, gap="small"):
            key = f"{page}.settings_secret"
            pressed = prompt is not None and st.button(
                "Mask it in the system prompt", key=f"{key}.mask", type="primary", on_click=_mask, args=(page, prompt)
            )
            pressed |= st.button("Send it anyway", key=f"{key}.allow", on_click=_allow, args=(page, held))
    if pressed:
        # What the panel says is read by a run of the whole page.
        st.rerun()


def mask_system_prompt(page: str) -> None:
    """Mask the system prompt where that was asked for; to be called before its input is drawn.

    Not in the button's callback: that belongs to a fragment, and what it sets of an input outside is overruled.
    """
    if (prompt := input_value(f"{page}.masking")) is not None:
        put_input(f"{page}.masking", None)
        put_input(f"{page}.system_prompt", prompt)


def _mask(page: str, prompt: Holding) -> None:
    put_input(f"{page}.masking", mask_secrets(prompt.text, prompt.found))


def _allow(page: str, held: Sequence[Holding]) -> None:
    put_input(f"{page}.secrets_allowed", _allowed(page).union(*(_marks(one) for one in held)))


def _allowed(page: str) -> frozenset[str]:
    allowed = input_value(f"{page}.secrets_allowed")
    return allowed if isinstance(allowed, frozenset) else frozenset()


def _marks(one: Holding) -> frozenset[str]:
    """Return what a place and its secrets are remembered by, so that the same one is asked about once."""
    return frozenset(sha256(f"{one.place}\n{word}".encode()).hexdigest() for word in one.words)


def _prompt(page: str) -> str:
    return str(input_value(f"{page}.system_prompt") or "").strip()
