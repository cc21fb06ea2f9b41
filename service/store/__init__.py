"""Conversations and runs, kept in a database."""

from service.store.conversation import OpenConversation
from service.store.library import Library
from service.store.run_rows import asked_last
from service.store.values import ConversationSummary, RunFilters, RunView, ShownPath, StoredMessage, StoredRun

__all__ = [
    "ConversationSummary",
    "Library",
    "OpenConversation",
    "RunFilters",
    "RunView",
    "ShownPath",
    "StoredMessage",
    "StoredRun",
    "asked_last",
]
