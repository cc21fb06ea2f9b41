"""The conversation that was deleted last, for as long as it can be taken back."""

from __future__ import annotations

from typing import cast

from pages.parts.state import input_value, put_input

__all__ = ["deleted_conversation", "deleted_was_open", "note_deleted"]

DELETED = "chat.deleted"
WAS_OPEN = "chat.deleted.was_open"


def note_deleted(conversation_id: str | None, *, was_open: bool = False) -> None:
    """Remember what was deleted last, and whether it was open, so that it can be taken back; `None` forgets it."""
    put_input(DELETED, conversation_id)
    put_input(WAS_OPEN, was_open)


def deleted_conversation() -> str | None:
    """Return what was deleted last."""
    return cast(str | None, input_value(DELETED))


def deleted_was_open() -> bool:
    """Whether the conversation that was deleted last was the open one."""
    return bool(input_value(WAS_OPEN))
