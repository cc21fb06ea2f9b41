"""A path of messages as it goes to the model: what was said and answered, without turns that have no answer."""

from __future__ import annotations

from collections.abc import Iterable

from service.conversation import message_from
from service.store.values import StoredMessage
from service.types import Message

__all__ = ["sendable"]


def sendable(path: Iterable[StoredMessage]) -> list[Message]:
    """Return the messages of a path, oldest first, ready to be sent; the last one stays also without an answer."""
    out: list[Message] = []
    for shown in path:
        if shown.message is None and shown.run is None:
            continue
        if shown.role == "assistant":
            _answer(out, _answer_of(shown))
        else:
            _ask(out, shown.message)
    return out


def _answer_of(message: StoredMessage) -> Message | None:
    """Return an answer as it goes back to the model; `None` where there is nothing in it."""
    if message.run is None:
        return message.message
    result = message.run.result
    if result is None or not (result.text or result.tool_calls or result.images):
        return None
    return message_from(result)


def _answer(out: list[Message], answer: Message | None) -> None:
    """Add an answer; without one the question goes, too, with the calls of tools it led to."""
    if answer is not None:
        out.append(answer)
        return
    while out and out[-1].role != "user":
        out.pop()
    if out:
        out.pop()


def _ask(out: list[Message], message: Message | None) -> None:
    if message is None:
        return
    if message.role == "user" and out and out[-1].role == "user":
        out.pop()
    out.append(message)
