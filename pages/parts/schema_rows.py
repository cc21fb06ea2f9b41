"""A row of the table of fields, as the browser has it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from pages.parts.schema_choices import choices_text
from service.structured import FIELD_TYPES, Field

__all__ = ["TableRow"]

MAX_DEPTH = 64


@dataclass(frozen=True)
class TableRow:
    """A row as the browser has it. `id` finds what the row keeps beside its columns; `choices` is text."""

    id: str
    name: str = ""
    type: str = "text"
    is_list: bool = False
    required: bool = True
    nullable: bool = False
    choices: str = ""
    description: str = ""
    depth: int = 0
    is_open: bool = False

    @staticmethod
    def of(field: Field, ident: str) -> TableRow:
        """Return a field as a row."""
        columns = {
            name: getattr(field, name) for name in TableRow.__dataclass_fields__ if name not in ("id", "choices")
        }
        return TableRow(id=ident, choices=choices_text(field.choices), **columns)

    @staticmethod
    def read(value: object) -> TableRow:
        """Read what the browser sent; what is missing or of another kind is as in a new row."""
        given = value if isinstance(value, Mapping) else {}
        known = {
            name: given[name]
            for name, column in TableRow.__dataclass_fields__.items()
            if type(given.get(name)).__name__ == column.type
        }
        row = TableRow(**{"id": "", **known})
        kind = row.type if row.type in FIELD_TYPES else "text"
        return replace(row, type=kind, depth=min(max(row.depth, 0), MAX_DEPTH))
