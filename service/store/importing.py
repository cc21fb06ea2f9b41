"""An import from a file's bytes to its end in the database: checked first, then stored as a whole or not at all."""

from __future__ import annotations

from collections.abc import Sequence

from service.store.attempt import attempt
from service.store.import_file import ImportFile
from service.store.import_rows import Importing, ImportSummary
from service.store.writer import Writer

__all__ = ["import_file"]

LONGEST = 600.0
"""Seconds after which nobody waits for an import any more."""


def import_file(writer: Writer, owner: str, source: bytes | str, keys: Sequence[str]) -> ImportSummary:
    """Store the conversations, runs and saved schemas of an export for an owner.

    Raises:
        ImportFileError: The file is broken; nothing was stored.
        StorageError: The database could not take it; nothing was stored.
    """
    file = ImportFile(source)
    file.check()
    return attempt(
        writer,
        lambda connection: Importing(connection, owner, keys).store(file.lines()),
        nothing="Nothing was imported.",
        patience=LONGEST,
    )
