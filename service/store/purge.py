"""What is deleted for good, long after the user deleted it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, or_, select

from service.store.files import remove_unused_files
from service.store.tables import ConversationRow, MessageRow, PromptRow, RunRow, SavedSchemaRow

__all__ = ["purge"]


def purge(connection: Connection, deleted_before: datetime) -> None:
    """Remove what was deleted before a moment, with all that nothing else refers to."""
    old = select(ConversationRow.id).where(ConversationRow.deleted_at < deleted_before)
    is_gone = or_(RunRow.conversation_id.in_(old), RunRow.deleted_at < deleted_before)
    runs = list(connection.scalars(select(RunRow.id).where(is_gone)))
    gone = connection.execute(delete(ConversationRow).where(ConversationRow.deleted_at < deleted_before)).rowcount
    connection.execute(delete(SavedSchemaRow).where(SavedSchemaRow.deleted_at < deleted_before))
    if runs:
        _remove_runs(connection, runs)
    if runs or gone:
        remove_unused_files(connection, deleted_before)


def _remove_runs(connection: Connection, runs: Sequence[str]) -> None:
    # A copy of the conversation may still show them.
    is_shown = RunRow.id.in_(select(MessageRow.run_id).where(MessageRow.run_id.is_not(None)))
    for at in range(0, len(runs), 500):
        connection.execute(delete(RunRow).where(RunRow.id.in_(runs[at : at + 500]), ~is_shown))
    _remove_unused_prompts(connection)


def _remove_unused_prompts(connection: Connection) -> None:
    used = select(RunRow.prompt_id.label("id")).where(RunRow.prompt_id.is_not(None)).cte("used", recursive=True)
    above = select(PromptRow.parent_id).join(used, used.c.id == PromptRow.id).where(PromptRow.parent_id.is_not(None))
    used = used.union(above)
    connection.execute(delete(PromptRow).where(PromptRow.id.not_in(select(used.c.id))))
