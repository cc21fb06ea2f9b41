"""Conversations and runs, kept in a database."""

from service.store.conversation import OpenConversation
from service.store.library import Library
from service.store.memory import MemoryStore
from service.store.model import ConversationStore, StoredConversation, Turn
from service.store.run_rows import asked_last
from service.store.values import ConversationSummary, RunFilters, RunView, ShownPath, StoredMessage, StoredRun

__all__ = [
    "ConversationStore",
    "ConversationSummary",
    "Library",
    "MemoryStore",
    "OpenConversation",
    "RunFilters",
    "RunView",
    "ShownPath",
    "StoredConversation",
    "StoredMessage",
    "StoredRun",
    "Turn",
    "asked_last",
]
