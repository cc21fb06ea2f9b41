"""One message of a conversation: what was asked in a bubble, what was answered below it, versions of both."""

from __future__ import annotations

import streamlit as st

from pages.parts.actions import Action, Regenerate, Retry, ShowVersion
from pages.parts.asking import act, say_instead
from pages.parts.attached_view import show_attached, with_words, words_of
from pages.parts.comparison import comparison_of
from pages.parts.conversation_state import begin_editing, edited_message, editor_key, end_editing, failure
from pages.parts.error_card import show_error
from pages.parts.live_view import live_view
from pages.parts.markdown import safe_markdown
from pages.parts.problems import show_problems
from pages.parts.repair_steps import receipt_of, repair_steps
from pages.parts.result_view import has_line, show_result
from pages.parts.run_settings import RunSettings
from pages.parts.secret_card import is_confirmed
from pages.parts.small_buttons import version_buttons
from pages.parts.state import start_with
from pages.parts.tool_message import show_tool_message
from pages.parts.tool_rounds import is_waiting, show_waiting_calls
from service import Run
from service.store import OpenConversation, StoredMessage, is_answered

__all__ = ["show_message"]


def show_message(message: StoredMessage, said_in: OpenConversation, settings: RunSettings, *, is_last: bool) -> None:
    """Draw a message; an answer that is still coming paints itself."""
    if edited_message() == message.id:
        _editor(message, said_in, settings)
        return
    if message.role == "assistant":
        with st.chat_message("assistant"):
            chosen = _show_answer(message, said_in, settings, is_last=is_last)
    elif message.role == "tool":
        chosen = show_tool_message(message, said_in, is_last=is_last)
    else:
        chosen = _show_question(message, is_last=is_last)
    if chosen is not None:
        act(chosen, message, said_in, settings)


def _show_question(message: StoredMessage, *, is_last: bool) -> Action | None:
    with st.chat_message("user"):
        show_attached(message.content)
        if words := words_of(message.content):
            st.markdown(safe_markdown(words))
    chosen: Action | None = None
    with st.container(key=f"asked-{message.id}", horizontal=True, horizontal_alignment="right", gap="xsmall"):
        if (step := version_buttons(message.version, message.versions, key=f"chat.{message.id}")) is not None:
            chosen = ShowVersion(step)
        _edit_button(message)
    if not is_last:
        return chosen
    if (error := failure(message.id)) is not None:
        return show_error(error, key=f"chat.{message.id}", can_retry=True) or chosen
    st.caption("This message has no answer yet.")
    is_asked = st.button("Send again", icon=":material/refresh:", key=f"chat.{message.id}.send")
    return Retry() if is_asked else chosen


def _show_answer(
    message: StoredMessage, said_in: OpenConversation, settings: RunSettings, *, is_last: bool
) -> Action | None:
    run = message.run
    key = f"chat.{message.id}"
    if run is None:
        return _show_written(message, key)
    if isinstance(run, Run) and not run.is_ended:
        live_view([run], key=run.id)
        return None
    if not run.is_ended:
        st.markdown(safe_markdown(run.text))
        st.caption(":material/sync: Another process of this app is writing this answer; reload the page to see more.")
        return None
    other = settings.model if settings.model != run.model else None
    version = (message.version, message.versions)
    receipt = receipt_of(message, run.result, has_figures=not has_line(run)) if run.result is not None else None
    waits = is_waiting(message, is_last=is_last)
    chosen = show_result(
        run,
        key=key,
        version=version,
        other_model=other,
        receipt=receipt,
        shows_calls=not waits,
        comparison=comparison_of(message, said_in),
    )
    if waits and run.result is not None:
        chosen = chosen or show_waiting_calls(message, run, run.result, said_in, settings)
    if not is_last and not is_answered(run):
        st.caption(":material/info: Without an answer, this question is not sent along with later ones.")
    return repair_steps(message, key=key, default_model=settings.model) or chosen


def _show_written(message: StoredMessage, key: str) -> Action | None:
    """Draw an answer that the user wrote."""
    st.markdown(safe_markdown(message.text))
    st.caption(":material/edit: Edited by you")
    with st.container(horizontal=True, gap="medium", vertical_alignment="center"):
        step = version_buttons(message.version, message.versions, key=key)
        is_asked = st.button("Regenerate", icon=":material/refresh:", type="tertiary", key=f"{key}.regenerate")
    if step is not None:
        return ShowVersion(step)
    return Regenerate() if is_asked else None


def _edit_button(message: StoredMessage) -> None:
    st.button(
        "Edit",
        icon=":material/edit:",
        key=f"chat.{message.id}.edit",
        type="tertiary",
        on_click=begin_editing,
        args=(message.id,),
    )


def _editor(message: StoredMessage, said_in: OpenConversation, settings: RunSettings) -> None:
    key = editor_key(message.id)
    start_with(key, words_of(message.content))
    is_question = message.role != "assistant"
    with st.container(border=True, key=f"editor-{message.id}"):
        text = st.text_area("Message", key=key, height=140, label_visibility="collapsed", persist_state="session")
        show_problems(settings.problems if is_question else ())
        with st.container(horizontal=True, gap="small"):
            is_sent = st.button(
                "Send" if is_question else "Save",
                key=f"{key}.send",
                type="primary",
                shortcut="Ctrl+Enter",
                disabled=not text.strip(),
            )
            st.button("Cancel", key=f"{key}.cancel", on_click=end_editing)
        may_go = not is_question or is_confirmed([key], key=key, is_sent=is_sent)
    if is_sent and may_go and not (is_question and settings.problems):
        end_editing()
        say_instead(message.id, with_words(message.content, text), said_in, settings)
        st.rerun()
