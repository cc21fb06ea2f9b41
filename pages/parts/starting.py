"""Starting a run that answers a message; one that cannot even be sent is noted with the message."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from pages.parts.conversation_state import keep_failure
from pages.parts.state import owner, service
from service import ChatRequest, OpenRouterError, Run
from service.store import OpenConversation, Receipt, StoredMessage

__all__ = ["Start", "asked_by", "start_answer", "starter"]

Start = Callable[..., Run]


def starter() -> Start:
    """Return what starts runs in this session, also where its script has been stopped."""
    return partial(service().start, session=owner())


def asked_by(answer: StoredMessage, said_in: OpenConversation) -> str:
    """Return the id of the message that an answer belongs to; a message without one stands for itself."""
    if answer.role != "assistant":
        return answer.id
    return said_in.tree.nodes[answer.id].parent_id or answer.id


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
