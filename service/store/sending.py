"""A path of messages as it goes to the model: what was said and answered, without turns that have no answer."""

from __future__ import annotations

from collections.abc import Iterable

from service.conversation import message_from
from service.store.values import RunView
from service.types import Message, Role

__all__ = ["answer_of", "is_answered", "sendable"]


def sendable(path: Iterable[tuple[Role, Message | None]]) -> list[Message]:
    """Return the messages of a path, oldest first, ready to be sent; the last one stays also without an answer.

    Args:
        path: Who speaks, and what is said; `None` for an answer with nothing in it.
    """
    out: list[Message] = []
    for role, message in path:
        if role == "assistant":
            _answer(out, message)
        elif message is not None:
            _ask(out, message)
    return out


def answer_of(run: RunView) -> Message | None:
    """Return a run's answer as it goes back to the model; `None` where there is nothing in it."""
    return message_from(run.result) if run.result is not None and is_answered(run) else None


def is_answered(run: RunView) -> bool:
    """Whether a run has an answer that goes back to the model; without one its question does not go either."""
    result = run.result
    return result is not None and bool(result.text or result.tool_calls or result.images)


def _answer(out: list[Message], answer: Message | None) -> None:
    """Add an answer; without one the question goes, too, with the calls of tools it led to."""
    if answer is not None:
        _leave_out_open_calls(out)
        out.append(answer)
        return
    while out and out[-1].role != "user":
        out.pop()
    if out:
        out.pop()


def _ask(out: list[Message], message: Message) -> None:
    if message.role == "tool":
        # Without its call, which is gone with the run that made it, a result would be refused.
        if message.tool_call_id in _open_calls(out):
            out.append(message)
        return
    _leave_out_open_calls(out)
    if message.role == "user" and out and out[-1].role == "user":
        out.pop()
    out.append(message)


def _leave_out_open_calls(out: list[Message]) -> None:
    """Take calls of tools back that got no result: providers refuse to go on behind them."""
    if not (missing := _open_calls(out)):
        return
    place = _caller(out)
    kept = tuple(call for call in out[place].tool_calls or () if call.id not in missing)
    if kept or out[place].content:
        out[place] = out[place].model_copy(update={"tool_calls": kept or None})
    else:
        del out[place:]


def _open_calls(out: list[Message]) -> set[str]:
    """Return the ids of the calls at the end that have no result yet."""
    place = _caller(out)
    calls = out[place].tool_calls or () if place >= 0 else ()
    return {call.id for call in calls} - {message.tool_call_id or "" for message in out[place + 1 :]}


def _caller(out: list[Message]) -> int:
    """Return the place of the last message that is no result of a tool; -1 where there is none."""
    return next((place for place in range(len(out) - 1, -1, -1) if out[place].role != "tool"), -1)
