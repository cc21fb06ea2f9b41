"""A store that lasts as long as the process."""

from __future__ import annotations

import threading
from collections import OrderedDict

from service.store.model import StoredConversation

__all__ = ["MemoryStore"]


class MemoryStore:
    """Conversations in memory, the oldest forgotten beyond `keep`; safe from any thread."""

    def __init__(self, *, keep: int = 500) -> None:
        self._keep = keep
        self._conversations: OrderedDict[str, StoredConversation] = OrderedDict()
        self._lock = threading.Lock()

    def create(self, owner: str) -> StoredConversation:
        """Begin a conversation."""
        conversation = StoredConversation(owner)
        with self._lock:
            self._conversations[conversation.id] = conversation
            while len(self._conversations) > self._keep:
                self._conversations.popitem(last=False)
        return conversation

    def get(self, owner: str, conversation_id: str) -> StoredConversation | None:
        """Return a conversation; `None` when this owner has none of that id."""
        found = self._conversations.get(conversation_id)
        return found if found is not None and found.owner == owner else None

    def recent(self, owner: str, limit: int = 30, query: str = "") -> list[StoredConversation]:
        """Return an owner's conversations, newest first; with a query, those in which all its words stand."""
        words = query.casefold().split()
        with self._lock:
            mine = [found for found in self._conversations.values() if found.owner == owner and found.turns]
        return [found for found in mine[::-1] if all(word in found.words for word in words)][:limit]

    def delete(self, owner: str, conversation_id: str) -> None:
        """Forget a conversation; nothing happens when there is none."""
        if self.get(owner, conversation_id) is not None:
            with self._lock:
                self._conversations.pop(conversation_id, None)
