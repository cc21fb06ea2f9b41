"""The tables. What changes here changes in `migrations/versions` too; a test compares them.

A conversation is a tree of messages: a user's message stands below the assistant's message it follows, or at the
top; an assistant's message below the message it answers. Versions of a message stand side by side.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any, cast

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, LargeBinary, MetaData, String, Table, Text, text
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from service.store.columns import ExactText, Json, Money, UtcTime

__all__ = [
    "Base",
    "ConversationRow",
    "FileRow",
    "MessageRow",
    "PreferenceRow",
    "ProcessRow",
    "PromptRow",
    "RunRow",
    "SavedSchemaRow",
    "SchemaVersionRow",
    "WordsRow",
    "table_of",
]

_IN_ORDER = BigInteger().with_variant(Integer, "sqlite")
"""SQLite counts rows by itself only where the key is called INTEGER."""

_NOT_ENDED = text("ended_at IS NULL")
_NOT_DELETED = text("deleted_at IS NULL")
_HAS_SCHEMA = text("schema_hash IS NOT NULL")


class Base(DeclarativeBase):
    """What all tables share: how constraints are named."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class ProcessRow(Base):
    """A process that has this store open, and when it last gave a sign of life."""

    __tablename__ = "processes"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    started_at: Mapped[datetime] = mapped_column(UtcTime)
    heartbeat_at: Mapped[datetime] = mapped_column(UtcTime)


class ConversationRow(Base):
    """A conversation. `title` is what the user called it; `headline` the beginning of what was said first.

    `revision` grows with every change, so that another process sees that there was one. `leaf_id` is the message at
    which the path that is shown ends; it is no foreign key, for messages refer to conversations already.
    """

    __tablename__ = "conversations"
    __table_args__ = (Index(None, "owner", "deleted_at", "updated_at", "id"), Index(None, "deleted_at"))

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    owner: Mapped[str] = mapped_column(String(200))
    title: Mapped[str | None] = mapped_column(ExactText)
    headline: Mapped[str] = mapped_column(ExactText)
    title_words: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    updated_at: Mapped[datetime] = mapped_column(UtcTime)
    deleted_at: Mapped[datetime | None] = mapped_column(UtcTime)
    revision: Mapped[int] = mapped_column(Integer)
    leaf_id: Mapped[str | None] = mapped_column(String(32))
    settings: Mapped[Any | None] = mapped_column(Json)
    draft: Mapped[str] = mapped_column(ExactText)


class PromptRow(Base):
    """A message as it was sent, below the one sent before it.

    A run names the last message of its request. Requests that begin alike share what they begin with, so that a long
    conversation is not stored again with each of its runs.
    """

    __tablename__ = "prompts"
    __table_args__ = (Index(None, "owner"), Index(None, "parent_id"))

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    owner: Mapped[str] = mapped_column(String(200))
    parent_id: Mapped[str | None] = mapped_column(ForeignKey("prompts.id"))
    message: Mapped[Any] = mapped_column(Json)


class RunRow(Base):
    """One request and its outcome; `seq` is when it began, by which runs are listed; see `order`.

    What is searched and summed up has columns of its own; `headline` is the beginning of what was asked. `request` is
    the request without its messages, `result` the result without `text` and `reasoning`; see `codec`. `schema_hash` is
    what the schema of the response format is known by, and its index alone tells how often one is used. The long
    columns are last, so that filters need not read them.
    """

    __tablename__ = "runs"
    __table_args__ = (
        Index(None, "owner", "seq"),
        Index(None, "owner", "created_at"),
        Index(None, "owner", "requested_model", "seq"),
        Index(None, "owner", "state", "seq"),
        Index(None, "owner", "verdict", "seq"),
        Index(
            "ix_runs_schema",
            "owner",
            "schema_hash",
            "deleted_at",
            "seq",
            "conversation_id",
            "created_at",
            "state",
            "verdict",
            sqlite_where=_HAS_SCHEMA,
            postgresql_where=_HAS_SCHEMA,
        ),
        Index(None, "conversation_id"),
        Index(None, "prompt_id"),
        Index("ix_runs_live", "process_id", sqlite_where=_NOT_ENDED, postgresql_where=_NOT_ENDED),
    )

    seq: Mapped[int] = mapped_column(_IN_ORDER, primary_key=True, autoincrement=True)
    id: Mapped[str] = mapped_column(String(32), unique=True)
    owner: Mapped[str] = mapped_column(String(200))
    conversation_id: Mapped[str | None] = mapped_column(ForeignKey("conversations.id", ondelete="SET NULL"))
    kind: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(20))
    process_id: Mapped[str | None] = mapped_column(String(32))
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    updated_at: Mapped[datetime] = mapped_column(UtcTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcTime)
    deleted_at: Mapped[datetime | None] = mapped_column(UtcTime)
    headline: Mapped[str] = mapped_column(ExactText, server_default="")
    requested_model: Mapped[str] = mapped_column(ExactText)
    model: Mapped[str] = mapped_column(ExactText)
    provider: Mapped[str | None] = mapped_column(ExactText)
    verdict: Mapped[str | None] = mapped_column(String(20))
    error_class: Mapped[str | None] = mapped_column(String(60))
    prompt_tokens: Mapped[int | None] = mapped_column(BigInteger)
    completion_tokens: Mapped[int | None] = mapped_column(BigInteger)
    reasoning_tokens: Mapped[int | None] = mapped_column(BigInteger)
    cached_tokens: Mapped[int | None] = mapped_column(BigInteger)
    cost: Mapped[Decimal | None] = mapped_column(Money)
    queued_seconds: Mapped[float | None]
    first_token_seconds: Mapped[float | None]
    total_seconds: Mapped[float | None]
    attempts: Mapped[int] = mapped_column(Integer)
    prompt_id: Mapped[str | None] = mapped_column(ForeignKey("prompts.id"))
    schema_hash: Mapped[str | None] = mapped_column(String(32))
    request: Mapped[Any] = mapped_column(Json)
    error: Mapped[Any | None] = mapped_column(Json)
    result: Mapped[Any | None] = mapped_column(Json)
    text: Mapped[str] = mapped_column(ExactText)
    reasoning: Mapped[str] = mapped_column(ExactText)


class MessageRow(Base):
    """A message of a conversation; `number` counts them there in the order of their making.

    `content` is a text or a list of content parts. An assistant's message has none: what it says is in its run,
    unless the user wrote it. `repair` says how it was mended, where it was; see `receipt`. `expected` is what answers
    to it should be; see `expected`.
    """

    __tablename__ = "messages"
    __table_args__ = (Index(None, "conversation_id", "number"), Index(None, "parent_id"), Index(None, "run_id"))

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    owner: Mapped[str] = mapped_column(String(200))
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"))
    parent_id: Mapped[str | None] = mapped_column(ForeignKey("messages.id", ondelete="CASCADE"))
    number: Mapped[int] = mapped_column(Integer)
    role: Mapped[str] = mapped_column(String(20))
    run_id: Mapped[str | None] = mapped_column(ForeignKey("runs.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    content: Mapped[Any | None] = mapped_column(Json)
    repair: Mapped[Any | None] = mapped_column(Json)
    expected: Mapped[Any | None] = mapped_column(Json)


class PreferenceRow(Base):
    """What an owner chose last, by name, beside any conversation."""

    __tablename__ = "preferences"

    owner: Mapped[str] = mapped_column(String(200), primary_key=True)
    name: Mapped[str] = mapped_column(String(100), primary_key=True)
    updated_at: Mapped[datetime] = mapped_column(UtcTime)
    value: Mapped[Any | None] = mapped_column(Json)


class SavedSchemaRow(Base):
    """A JSON Schema by its name, which no other of the owner's has; `version` is the number of the newest one.

    `name_key` is the name as it is compared, `name_words` the words by which it is found.
    """

    __tablename__ = "saved_schemas"
    __table_args__ = (
        Index(
            "ix_saved_schemas_name",
            "owner",
            "name_key",
            unique=True,
            sqlite_where=_NOT_DELETED,
            postgresql_where=_NOT_DELETED,
        ),
        Index(None, "deleted_at"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    owner: Mapped[str] = mapped_column(String(200))
    name: Mapped[str] = mapped_column(ExactText)
    name_key: Mapped[str] = mapped_column(ExactText)
    name_words: Mapped[str] = mapped_column(Text)
    version: Mapped[int] = mapped_column(Integer)
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    updated_at: Mapped[datetime] = mapped_column(UtcTime)
    deleted_at: Mapped[datetime | None] = mapped_column(UtcTime)


class SchemaVersionRow(Base):
    """A version of a saved schema: its text as it was written, and what it is known by (`schema_hash`)."""

    __tablename__ = "schema_versions"
    __table_args__ = (Index(None, "owner", "schema_hash"),)

    schema_id: Mapped[str] = mapped_column(ForeignKey("saved_schemas.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    owner: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    note: Mapped[str] = mapped_column(ExactText)
    schema_hash: Mapped[str] = mapped_column(String(32))
    text: Mapped[str] = mapped_column(ExactText)


class FileRow(Base):
    """A file that messages or answers name; `id` is the SHA-256 of its bytes, so that an owner has each one once.

    Files are in the database and not in a folder: they are stored in one transaction with the message that names them,
    and are with the rest where several processes, or a backup, look for it.
    """

    __tablename__ = "files"
    __table_args__ = (Index(None, "used_at"),)

    owner: Mapped[str] = mapped_column(String(200), primary_key=True)
    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    media_type: Mapped[str] = mapped_column(String(100))
    used_at: Mapped[datetime] = mapped_column(UtcTime)
    data: Mapped[bytes] = mapped_column(LargeBinary)


class WordsRow(Base):
    """The words by which a run is found, folded by us; see `folding` and `search`."""

    __tablename__ = "run_words"
    __table_args__ = (Index(None, "words", postgresql_using="gin").ddl_if(dialect="postgresql"),)

    seq: Mapped[int] = mapped_column(_IN_ORDER, ForeignKey("runs.seq", ondelete="CASCADE"), primary_key=True)
    words: Mapped[Any] = mapped_column(Text().with_variant(TSVECTOR(), "postgresql"))


def table_of(row: type[Base]) -> Table:
    """Return the table itself, with which statements are made that are to be fast."""
    return cast(Table, row.__table__)
