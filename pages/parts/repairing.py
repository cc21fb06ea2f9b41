"""Mending an answer that is no JSON or of the wrong shape: another version of it, with a receipt."""

from __future__ import annotations

from typing import assert_never

import streamlit as st

from pages.parts.actions import AskAgain, FixHere, HealResponse, RepairAction
from pages.parts.starting import asked_by, start_answer
from service import ChatResult, Run
from service.store import OpenConversation, Receipt, RunView, StoredMessage
from service.structured import Repair, healing_request, repair_locally, repair_request
from service.structured.repair import mended_result

__all__ = ["local_repair", "repair"]


def local_repair(run: RunView, result: ChatResult) -> Repair | None:
    """Return what can be mended of an answer without asking again; `None` where that is nothing."""
    form = run.response_format
    if form is None or not form.wants_json:
        return None
    return repair_locally(result, form.asked_schema, was_strict=form.written is not None)


def repair(chosen: RepairAction, answer: StoredMessage, said_in: OpenConversation) -> None:
    """Make another version of an answer; the one that is mended stays as it is."""
    run = answer.run
    result = run.result if run is not None else None
    verdict = result.verdict if result is not None else None
    if run is None or result is None or verdict is None:
        return
    question = asked_by(answer, said_in)
    match chosen:
        case FixHere():
            _fix(run, result, answer, question, said_in)
        case AskAgain(model=model):
            receipt = Receipt("model" if model else "reask", answer.id, violations=len(verdict.issues))
            start_answer(question, said_in, repair_request(run.request, result, verdict, model=model), repair=receipt)
        case HealResponse():
            receipt = Receipt("healing", answer.id)
            start_answer(question, said_in, healing_request(run.request), repair=receipt, stream=False)
        case _:
            assert_never(chosen)


def _fix(run: RunView, result: ChatResult, answer: StoredMessage, question: str, said_in: OpenConversation) -> None:
    found = local_repair(run, result)
    if found is None:
        st.toast("There is nothing here that can be mended without asking again.", icon=":material/healing:")
        return
    mended = Run.ended(run.request, mended_result(result, found))
    said_in.answer(question, mended, kind="repair", repair=Receipt("local", answer.id, found.changes))
