"""Starting a run that answers a message; one that cannot even be sent is noted with the message."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from pages.parts.conversation_state import keep_failure
from pages.parts.run_settings import RunSettings
from pages.parts.state import owner, service
from service import ChatRequest, Conversation, OpenRouterError, Run
from service.store import OpenConversation, Receipt, StoredMessage

__all__ = ["Start", "ask_for_answer", "asked_by", "start_answer", "starter"]

Start = Callable[..., Run]


def starter() -> Start:
    """Return what starts runs in this session, also where its script has been stopped."""
    return partial(service().start, session=owner())


def asked_by(answer: StoredMessage, said_in: OpenConversation) -> str:
    """Return the id of the message that an answer belongs to; a message without one stands for itself."""
    if answer.role != "assistant":
        return answer.id
    return said_in.tree.nodes[answer.id].parent_id or answer.id


def ask_for_answer(
    message_id: str,
    said_in: OpenConversation,
    settings: RunSettings,
    *,
    start: Start | None = None,
    fresh: bool = False,
) -> None:
    """Ask for an answer to a message, with what was said before it and what the panel says now; a fresh one is new."""
    spoken = Conversation(system_prompt=settings.system_prompt or None, messages=said_in.messages_to_send(message_id))
    request = spoken.to_request(model=settings.model, **settings.request_fields(spoken.messages))
    start_answer(message_id, said_in, request, start=start, fresh=fresh)


def start_answer(
    message_id: str,
    said_in: OpenConversation,
    request: ChatRequest,
    *,
    repair: Receipt | None = None,
    stream: bool = True,
    fresh: bool = False,
    start: Start | None = None,
) -> None:
    """Send a request whose answer is another version below a message; `repair` says which version it mends.

    A fresh answer is from no response cache.
    """
    try:
        run = (start or starter())(request, stream=stream, fresh=fresh)
        said_in.answer(message_id, run, kind="chat" if repair is None else "repair", repair=repair)
        keep_failure(message_id, None)
    except OpenRouterError as error:
        keep_failure(message_id, error)
