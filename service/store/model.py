"""What a conversation is made of, and what a store of them can do."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol

from service.conversation import Conversation
from service.errors import OpenRouterError
from service.runs import Run

__all__ = ["ConversationStore", "StoredConversation", "Turn"]

TITLE_LENGTH = 48


@dataclass
class Turn:
    """What the user said and the runs that answer it, oldest first; `error` where none could be started."""

    text: str
    runs: list[Run] = field(default_factory=list)
    error: OpenRouterError | None = None
    id: str = field(default_factory=lambda: secrets.token_hex(8))

    @property
    def run(self) -> Run | None:
        """The run that counts: the newest."""
        return self.runs[-1] if self.runs else None

    @property
    def newest(self) -> str:
        """The id of what came last: the newest run, or what was said."""
        return self.run.id if self.run is not None else self.id


@dataclass
class StoredConversation:
    """A conversation: turns in order, whose it is, and when it began (UTC)."""

    owner: str
    id: str = field(default_factory=lambda: secrets.token_hex(12))
    created_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    turns: list[Turn] = field(default_factory=list)

    @property
    def title(self) -> str:
        """The beginning of what was said first."""
        words = " ".join(self.turns[0].text.split()) if self.turns else "New chat"
        return words if len(words) <= TITLE_LENGTH else f"{words[: TITLE_LENGTH - 1].rstrip()}…"

    @property
    def words(self) -> str:
        """All that was said and answered, with case folded."""
        said = [part for turn in self.turns for part in (turn.text, turn.run.text if turn.run is not None else "")]
        return "\n".join(said).casefold()

    @property
    def live_run(self) -> Run | None:
        """The run that is going on, if there is one."""
        last = self.turns[-1].run if self.turns else None
        return last if last is not None and not last.is_ended else None

    def before(self, turn: Turn | None, *, system_prompt: str | None = None) -> Conversation:
        """Return what was said and answered before a turn, or in all; turns without an answer are left out."""
        conversation = Conversation(system_prompt=system_prompt)
        for earlier in self.turns:
            if earlier is turn:
                break
            result = earlier.run.result if earlier.run is not None else None
            if result is not None and result.text:
                conversation.add_user(earlier.text)
                conversation.add_assistant(result)
        return conversation


class ConversationStore(Protocol):
    """Keeps conversations by owner; somebody else's id is as unknown as one that never was."""

    def create(self, owner: str) -> StoredConversation:
        """Begin a conversation."""

    def get(self, owner: str, conversation_id: str) -> StoredConversation | None:
        """Return a conversation; `None` when this owner has none of that id."""

    def recent(self, owner: str, limit: int = 30, query: str = "") -> list[StoredConversation]:
        """Return an owner's conversations, newest first; with a query, those in which all its words stand."""

    def delete(self, owner: str, conversation_id: str) -> None:
        """Forget a conversation; nothing happens when there is none."""
