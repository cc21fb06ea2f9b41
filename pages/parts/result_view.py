"""A run that has come to its end: its answer, what that is worth, and what one may do with it."""

from __future__ import annotations

from datetime import timedelta

import streamlit as st

from pages.parts.actions import Action, Continue, RaiseMaxTokens, Regenerate, ShowVersion
from pages.parts.answer_extras import show_citations, show_images
from pages.parts.comparison import Comparison
from pages.parts.error_card import show_error
from pages.parts.expected_value import expected_button, show_comparison
from pages.parts.markdown import safe_markdown
from pages.parts.more_tokens import more_tokens
from pages.parts.plain import literal
from pages.parts.quiet_line import quiet_line
from pages.parts.raw_view import show_raw
from pages.parts.small_buttons import copy_button, version_buttons
from pages.parts.structured_view import download_buttons, show_structured
from pages.parts.tool_calls import show_tool_calls
from pages.parts.verdict_chip import chip_of, sentence_of, verdict_chip
from pages.parts.violations import fold_key
from pages.parts.words import is_simulated
from pages.parts.wrong_places import has_wrong_places, show_wrong_places
from service import ChatResult, ResponseFormat
from service.store import RunView
from service.structured.words import clean

__all__ = ["has_line", "show_result"]


def show_result(
    run: RunView,
    *,
    key: str,
    can_retry: bool = True,
    version: tuple[int, int] = (1, 1),
    other_model: str | None = None,
    receipt: str | None = None,
    shows_calls: bool = True,
    comparison: Comparison | None = None,
) -> Action | None:
    """Draw a run that has ended, and return what was asked for; an error stands below what had arrived.

    Args:
        run: The run, live or stored; nothing is drawn while it goes on.
        key: Unique on the page.
        can_retry: Whether the request may be sent again from here.
        version: Which version of the answer it is, of how many.
        other_model: The model that would answer now, where that is another one.
        receipt: How it was mended, if it was.
        shows_calls: Whether the calls of tools stand here, too.
        comparison: What it is compared with, if it can be.
    """
    result = run.result
    if result is None:
        return None
    _show_answer(run.response_format, result, key)
    if shows_calls:
        show_tool_calls(result.tool_calls, run.tools, key=key)
    chosen: Action | None = None
    if run.error is not None:
        failed_at = run.created_at + timedelta(seconds=run.elapsed)
        chosen = show_error(run.error, key=f"{key}.error", can_retry=can_retry, failed_at=failed_at)
    with st.container(gap="xsmall"):
        _show_notes(run.response_format, result)
        if has_line(run):
            _show_line(run, result, key)
        if receipt is not None:
            st.caption(f":material/healing: {receipt}")
        show_wrong_places(result, run.response_format, key=key)
        show_comparison(comparison)
        with st.container(horizontal=True, gap="medium", vertical_alignment="center"):
            step = version_buttons(*version, key=key)
            chosen = _show_buttons(run, result, key, can_retry, other_model) or chosen
            expected_button(comparison)
        show_raw(run, result, key=key)
    return ShowVersion(step) if step is not None else chosen


def has_line(run: RunView) -> bool:
    """Whether a line of figures is drawn below what arrived: seconds, tokens and cost."""
    return run.result is not None and (run.error is None or bool(run.result.text))


def _show_answer(form: ResponseFormat | None, result: ChatResult, key: str) -> None:
    if result.reasoning:
        tokens = result.usage.reasoning_tokens if result.usage is not None else 0
        with st.expander(f"Reasoning · {tokens:,} tokens" if tokens else "Reasoning", icon=":material/psychology:"):
            st.markdown(safe_markdown(clean(result.reasoning)))
    if form is not None and form.wants_json:
        show_structured(result, form, key=key)
    elif result.text:
        st.markdown(safe_markdown(clean(result.text)))
    if result.refusal and not result.text:
        st.markdown(safe_markdown(clean(result.refusal)))
    show_images(result.images)
    show_citations(result.annotations)


def _show_notes(form: ResponseFormat | None, result: ChatResult) -> None:
    verdict = result.verdict
    is_said_above = (
        verdict is None or verdict.kind in ("valid", "wrong_shape", "provider_error") or bool(result.refusal)
    )
    if verdict is not None and not is_said_above:
        st.caption(sentence_of(verdict))
    for warning in result.warnings:
        st.caption(f":material/warning: {literal(warning)}")
    if form is not None and form.wants_json and result.text and is_simulated(result.provider):
        st.caption(":material/science: Simulated: no model has read the message.")


def _show_line(run: RunView, result: ChatResult, key: str) -> None:
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        if result.verdict is not None:
            place = fold_key(key) if has_wrong_places(result) else None
            chip = chip_of(result.verdict, run.error, result.attempts)
            verdict_chip(result.verdict, chip, key=f"{key}.verdict", place=place)
        st.caption(quiet_line(result), width="content")


def _show_buttons(
    run: RunView, result: ChatResult, key: str, can_retry: bool, other_model: str | None
) -> Action | None:
    chosen: Action | None = None
    if text := result.text or result.refusal:
        copy_button(clean(text), key=f"{key}.copy")
    download_buttons(result, run.response_format, key=f"{key}.download")
    if not can_retry:
        return None
    if run.error is None or other_model is not None:
        label = "Regenerate" if other_model is None else f"Regenerate with {literal(other_model)}"
        if _button(label, "refresh", f"{key}.regenerate"):
            chosen = Regenerate()
    if result.is_partial and result.text and _button("Continue", "play_arrow", f"{key}.continue"):
        chosen = Continue()
    more = more_tokens(run, result) if run.error is None else None
    if more is not None and _button(f"Raise max tokens to {more:,}", "expand", f"{key}.raise"):
        chosen = RaiseMaxTokens(more)
    return chosen


def _button(label: str, icon: str, key: str) -> bool:
    return st.button(label, icon=f":material/{icon}:", type="tertiary", key=key)
