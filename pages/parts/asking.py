"""Asking: a turn and the runs that answer it."""

from __future__ import annotations

from typing import Any

import streamlit as st

from pages.parts.actions import (
    Action,
    ChooseModel,
    DropParameter,
    LowerMaxTokens,
    OpenSettings,
    RaiseMaxTokens,
    Regenerate,
    Retry,
)
from pages.parts.run_settings import RunSettings
from pages.parts.state import StoredConversation, Turn, open_dialog, service
from service import ChatRequest, OpenRouterError

__all__ = ["act", "begin_turn", "with_changes"]


def begin_turn(text: str, said_in: StoredConversation, settings: RunSettings) -> Turn:
    """Ask for an answer to what was typed; where that cannot even be sent, the turn carries the error."""
    turn = Turn(text)
    _answer(turn, said_in, settings)
    return turn


def _answer(turn: Turn, said_in: StoredConversation, settings: RunSettings) -> None:
    """Ask for an answer to a turn, with what was said before it and what the panel says now."""
    spoken = said_in.before(turn, system_prompt=settings.system_prompt or None)
    spoken.add_user(turn.text)
    _start(turn, spoken.to_request(model=settings.model, **settings.request_fields()))


def _start(turn: Turn, request: ChatRequest) -> None:
    try:
        turn.runs.append(service().start(request))
        turn.error = None
    except OpenRouterError as error:
        turn.error = error


def act(chosen: Action, turn: Turn, said_in: StoredConversation, settings: RunSettings) -> None:
    """Do what was asked for at an answer; the new run answers the same turn."""
    if settings.problems and (turn.run is None or isinstance(chosen, Regenerate)):
        st.toast("Run settings have to be corrected first; the input says where.", icon=":material/tune:")
        return
    match chosen:
        case Regenerate():
            _answer(turn, said_in, settings)
        case Retry():
            _again(turn, said_in, settings, {})
        case RaiseMaxTokens(to=limit) | LowerMaxTokens(to=limit):
            _again(turn, said_in, settings, {"max_tokens": limit, "max_completion_tokens": None})
        case DropParameter(name=name):
            _again(turn, said_in, settings, {name: None})
        case ChooseModel():
            open_dialog("settings")
        case OpenSettings():
            open_dialog("connection")
    st.rerun()


def _again(turn: Turn, said_in: StoredConversation, settings: RunSettings, changes: dict[str, Any]) -> None:
    """Send the request of a turn's last run once more, changed here and there; without a run, as the panel says."""
    if turn.run is None:
        _answer(turn, said_in, settings)
    else:
        _start(turn, with_changes(turn.run.request, changes))


def with_changes(request: ChatRequest, changes: dict[str, Any]) -> ChatRequest:
    """Return a request with other values for some fields of its body; `None` leaves a field out."""
    top = {name: value for name, value in changes.items() if name in ChatRequest.model_fields}
    if top.get("tools", ()) is None:
        top["tools"] = ()
    rest = {name: value for name, value in changes.items() if name not in top}
    extra = {name: value for name, value in request.parameters.extra_body.items() if name not in rest}
    parameters = request.parameters.model_copy(update={**rest, "extra_body": extra})
    return request.model_copy(update={**top, "parameters": parameters})
