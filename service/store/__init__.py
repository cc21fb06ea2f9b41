"""Where conversations are kept."""

from service.store.memory import MemoryStore
from service.store.model import ConversationStore, StoredConversation, Turn

__all__ = ["ConversationStore", "MemoryStore", "StoredConversation", "Turn"]
