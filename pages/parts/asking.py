"""Asking: a message and the runs that answer it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NoReturn, assert_never

import streamlit as st

from pages.parts.actions import (
    AcceptAnyProvider,
    Action,
    AskAgain,
    ChooseModel,
    Continue,
    DropParameter,
    FixHere,
    HealResponse,
    LowerMaxTokens,
    LowerReasoning,
    OpenSettings,
    RaiseMaxTokens,
    Regenerate,
    Retry,
    SendResults,
    ShowVersion,
)
from pages.parts.attached import Content, content_with, detach
from pages.parts.conversation_state import begin_conversation, conversation, keep_draft
from pages.parts.repairing import repair
from pages.parts.run_settings import RunSettings
from pages.parts.starting import ask_for_answer, asked_by, start_answer, starter
from pages.parts.state import open_dialog
from pages.parts.tool_sending import send_results, send_results_instead
from service import ChatRequest
from service.store import OpenConversation, StoredMessage

__all__ = ["act", "any_provider", "say", "say_in", "say_instead", "with_changes"]

CONTINUE = "Continue exactly where you stopped."


def say(text: str, settings: RunSettings) -> NoReturn:
    """Add a message to the conversation, or to a new one, and ask for its answer; run the page again."""
    if settings.problems:
        keep_draft(text)
    else:
        shown = conversation()
        here, begun = shown.id if shown is not None else "", shown or begin_conversation()
        say_in(begun, content_with(text, here), settings, draw=lambda said: None)
        detach(here)
    st.rerun()


def say_in(
    said_in: OpenConversation, content: Content, settings: RunSettings, draw: Callable[[StoredMessage], None]
) -> StoredMessage:
    """Add a message at the end of a conversation, draw it, ask for its answer, and return the message."""
    start = starter()
    said = said_in.say(content)
    try:
        draw(said)
    finally:
        # Another click ends the script wherever it draws: what was said is asked all the same.
        ask_for_answer(said.id, said_in, settings, start=start)
    return said


def say_instead(message_id: str, content: Content, said_in: OpenConversation, settings: RunSettings) -> None:
    """Add another version of a message, and ask for its answer."""
    if said_in.tree.nodes[message_id].role == "tool":
        send_results_instead(message_id, content, said_in, settings)
        return
    edited = said_in.edit(message_id, content)
    if edited.role == "user":
        ask_for_answer(edited.id, said_in, settings)


def act(chosen: Action, answer: StoredMessage, said_in: OpenConversation, settings: RunSettings) -> None:
    """Do what was asked for at an answer, or at a message that could not be sent; run the page again.

    A new run is another version of the answer.
    """
    if settings.problems and _asks_as_settings_say(chosen, answer):
        st.toast("Run settings have to be corrected first; the input says where.", icon=":material/tune:")
        return
    match chosen:
        case Regenerate():
            ask_for_answer(asked_by(answer, said_in), said_in, settings, fresh=True)
        case Continue():
            ask_for_answer(said_in.say(CONTINUE, parent=answer.id).id, said_in, settings)
        case Retry():
            _again(answer, said_in, settings, {})
        case RaiseMaxTokens(to=limit) | LowerMaxTokens(to=limit):
            _again(answer, said_in, settings, {"max_tokens": limit, "max_completion_tokens": None})
        case DropParameter(name=name):
            _again(answer, said_in, settings, {name: None})
        case LowerReasoning(to=effort):
            _again(answer, said_in, settings, {"reasoning": None, "reasoning_effort": effort})
        case AcceptAnyProvider():
            _again(answer, said_in, settings, any_provider(answer.run.request) if answer.run is not None else {})
        case FixHere() | AskAgain() | HealResponse():
            repair(chosen, answer, said_in)
        case SendResults():
            send_results(chosen, answer, said_in, settings)
        case ChooseModel():
            open_dialog("settings")
        case OpenSettings():
            open_dialog("connection")
        case ShowVersion(step=step):
            said_in.choose(answer.version_ids[answer.version - 1 + step])
        case _:
            assert_never(chosen)
    st.rerun()


def _asks_as_settings_say(chosen: Action, answer: StoredMessage) -> bool:
    """Whether what the panel says is sent; a message without a run has no request that could be sent again."""
    return isinstance(chosen, Regenerate | Continue | SendResults) or (isinstance(chosen, Retry) and answer.run is None)


def _again(answer: StoredMessage, said_in: OpenConversation, settings: RunSettings, changes: Mapping[str, Any]) -> None:
    """Send the request of a run once more, changed here and there; without a run, as the panel says."""
    question = asked_by(answer, said_in)
    if answer.run is None:
        ask_for_answer(question, said_in, settings)
    else:
        start_answer(question, said_in, with_changes(answer.run.request, changes))


def with_changes(request: ChatRequest, changes: Mapping[str, Any]) -> ChatRequest:
    """Return a request with other values for some fields of its body; `None` leaves a field out."""
    top = {name: value for name, value in changes.items() if name in ChatRequest.model_fields}
    if top.get("tools", ()) is None:
        top["tools"] = ()
    rest = {name: value for name, value in changes.items() if name not in top}
    extra = {name: value for name, value in request.parameters.extra_body.items() if name not in rest}
    parameters = request.parameters.model_copy(update={**rest, "extra_body": extra})
    return request.model_copy(update={**top, "parameters": parameters})


def any_provider(request: ChatRequest) -> dict[str, Any]:
    """Return the changes with which a request no longer asks for providers that support everything in it."""
    form, provider = request.response_format, request.parameters.provider or {}
    kept = {name: value for name, value in provider.items() if name != "require_parameters"}
    changed = form.model_copy(update={"require_parameters": False}) if form is not None else None
    return {"response_format": changed, "provider": kept or None}
