"""Sending what tools returned, and asking for the next answer."""

from __future__ import annotations

from collections.abc import Sequence

from pages.parts.actions import SendResults
from pages.parts.attached import Content
from pages.parts.run_settings import RunSettings
from pages.parts.starting import ask_for_answer, starter
from service import Message
from service.store import OpenConversation, StoredMessage

__all__ = ["send_results", "send_results_instead"]


def send_results(chosen: SendResults, answer: StoredMessage, said_in: OpenConversation, settings: RunSettings) -> None:
    """Add the results of an answer's calls, unless another page has, and ask for the next answer."""
    run = answer.run
    calls = run.result.tool_calls if run is not None and run.result is not None else ()
    results = [Message.tool(call.id, text) for call, text in zip(calls, chosen.texts, strict=True)]
    _send(answer.id, results, said_in, settings, unless_there=True)


def send_results_instead(message_id: str, content: Content, said_in: OpenConversation, settings: RunSettings) -> None:
    """Send the results of the same calls once more, one of them changed; they become another version."""
    tree = said_in.tree
    before = [node.id for node in tree.path(message_id)]
    place = max(number for number, ident in enumerate(before) if tree.nodes[ident].role == "assistant")
    results = []
    for ident in (*before[place + 1 :], *_results_below(message_id, said_in)):
        message = said_in.message(ident).message
        assert message is not None
        results.append(message.model_copy(update={"content": content}) if ident == message_id else message)
    _send(before[place], results, said_in, settings, unless_there=False)


def _send(
    answer_id: str,
    results: Sequence[Message],
    said_in: OpenConversation,
    settings: RunSettings,
    *,
    unless_there: bool,
) -> None:
    start = starter()
    last = said_in.add_results(answer_id, results, unless_there=unless_there)
    if last is not None:
        ask_for_answer(last.id, said_in, settings, start=start)


def _results_below(message_id: str, said_in: OpenConversation) -> list[str]:
    """Return the other results of the same answer that stand below one."""
    found: list[str] = []
    while True:
        below = [node.id for node in said_in.tree.children(found[-1] if found else message_id) if node.role == "tool"]
        if not below:
            return found
        found.append(below[-1])
