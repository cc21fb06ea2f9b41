"""What a database's failures mean: a sentence for the page, and whether trying again can help."""

from __future__ import annotations

import sqlite3

from sqlalchemy.exc import (
    DatabaseError,
    DBAPIError,
    IntegrityError,
    InterfaceError,
    InternalError,
    OperationalError,
    SQLAlchemyError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from service.errors import StorageError
from service.redact import redact_text

__all__ = ["can_pass", "refused", "sentence_of", "storage_error"]

_WORDS = (
    ("lock timeout", "The database is locked by another program."),
    ("locked", "The database is locked by another program."),
    ("readonly", "The database cannot be written: it is read-only."),
    ("read-only", "The database cannot be written: it is read-only."),
    ("disk is full", "The disk is full: the database cannot be written."),
    ("no space left", "The disk is full: the database cannot be written."),
    ("not a database", "The database file is damaged, or is none."),
    ("malformed", "The database file is damaged, or is none."),
    ("unable to open", "The database file cannot be opened."),
    ("permission denied", "The database file cannot be opened."),
    ("password authentication", "The database refuses the user or the password."),
)
_UNKNOWN = "The database cannot be reached."
_PASSING = (OperationalError, InterfaceError, InternalError, PoolTimeoutError, sqlite3.Error, OSError)


def can_pass(error: BaseException) -> bool:
    """Whether the same statement may succeed later: the database is at fault, not what it was told."""
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    return isinstance(error, _PASSING) or type(error) is DatabaseError


def sentence_of(error: BaseException) -> str:
    """Return what is wrong with the database, in a plain sentence without its address or what was to be stored."""
    words = str(getattr(error, "orig", None) or error).lower()
    return next((sentence for part, sentence in _WORDS if part in words), _UNKNOWN)


def storage_error(error: SQLAlchemyError | sqlite3.Error | OSError) -> StorageError:
    """Return the failure as the service's own error."""
    if isinstance(error, IntegrityError):
        return StorageError("The database refuses what is to be stored.", retryable=False)
    words = redact_text(str(getattr(error, "orig", None) or error))
    return StorageError(sentence_of(error), provider_message=words, retryable=can_pass(error))


def refused(sentence: str) -> StorageError:
    """Return the error that ends the start: this database is not for us."""
    hint = "Start the version that wrote it, or set DATABASE_URL or OPENROUTER_PLAYGROUND_DATA to another place."
    return StorageError(sentence, hint=hint, retryable=False)
