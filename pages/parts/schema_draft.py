"""The table of fields as it is being edited: rows of which some may still be wrong, and the schema they make."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, cast

from pages.parts.schema_choices import choices_in, choices_text
from pages.parts.schema_locks import lock_reason
from pages.parts.schema_rows import TableRow
from service import InvalidSchemaError
from service.structured import Field, SchemaFields, check_fields, fields_to_schema, schema_to_fields

__all__ = ["WHOLE", "TableDraft", "draft_of"]

WHOLE = -1
"""The row of an error that belongs to no row."""


@dataclass(frozen=True)
class TableDraft:
    """The rows as they are now.

    Attributes:
        rows: From top to bottom.
        root: What the schema says of itself.
        kept: By row id, the field as it came; what has no column is taken from there.
        of: The JSON text that the rows say, or said before something in them became wrong.
        stamp: Names this state of the rows; the browser and the page tell by it who is ahead.
        origin: Names the schema that the rows came from; the ids hold for it alone.
        errors: By row, what is wrong and what to do; `WHOLE` for what belongs to no row.
    """

    rows: tuple[TableRow, ...]
    root: Field
    kept: Mapping[str, Field] = field(default_factory=dict)
    of: str = ""
    stamp: str = ""
    origin: str = ""
    errors: Mapping[int, str] = field(default_factory=dict)

    @property
    def problem(self) -> str | None:
        """The first thing that is wrong, as a sentence."""
        return next((f"Field {row + 1}: {said}" if row != WHOLE else said for row, said in self.errors.items()), None)

    def edited(self, edit: Mapping[str, Any]) -> tuple[TableDraft, Any]:
        """Return the draft with the rows that the browser sent, and their schema; `None` where there is none."""
        sent = edit.get("rows")
        rows = tuple(map(TableRow.read, sent if isinstance(sent, Sequence) else ()))
        root = replace(self.root, is_open=edit.get("is_open", self.root.is_open) is True)
        changed = replace(self, rows=rows, root=root, stamp=str(edit.get("stamp", "")))
        schema, errors = changed._schema()
        return replace(changed, errors=errors), schema

    def payload(self) -> list[dict[str, Any]]:
        """Return the rows as the browser takes them."""
        return [asdict(row) | {"lock": self._lock(row)} for row in self.rows]

    def _lock(self, row: TableRow) -> str:
        was = self.kept.get(row.id)
        return lock_reason(was) if was is not None and was.type == "locked" else ""

    def _schema(self) -> tuple[Any, Mapping[int, str]]:
        places = [place for place in range(len(self.rows)) if not self._is_blank(place)]
        if not places and self.root == SchemaFields().root:
            return None, {}
        fields = SchemaFields(tuple(self._field(self.rows[place]) for place in places), self.root)
        found = check_fields(fields)
        if found:
            return None, {WHOLE if each.row < 0 else places[each.row]: each.message for each in found}
        try:
            return fields_to_schema(fields), {}
        except InvalidSchemaError as error:
            return None, {WHOLE: error.message}

    def _is_blank(self, place: int) -> bool:
        """Say whether nothing was entered in a row yet; it is no field then."""
        row = self.rows[place]
        has_fields = place + 1 < len(self.rows) and self.rows[place + 1].depth > row.depth
        return row.id not in self.kept and not has_fields and not f"{row.name}{row.choices}{row.description}".strip()

    def _field(self, row: TableRow) -> Field:
        was = self.kept.get(row.id, Field(""))
        made = was.with_type(cast(Any, row.type))
        choices = _choices(row, was)
        named = made.rest.choice_type
        is_other = (
            choices != was.choices and named == "number" and not all(type(one) in (int, float) for one in choices)
        )
        return replace(
            made,
            name=row.name if row.name == was.name else row.name.strip(),
            choices=choices,
            is_open=row.is_open and row.type == "object",
            rest=replace(made.rest, choice_type=None) if is_other else made.rest,
            **{name: getattr(row, name) for name in ("is_list", "required", "nullable", "description", "depth")},
        )


def draft_of(text: str, schema: Any, stamp: str) -> TableDraft:
    """Return the rows of a schema, which `text` says; none where there is no schema yet.

    Raises:
        InvalidSchemaError: It is too large for a table.
    """
    fields = SchemaFields() if schema is None else schema_to_fields(schema)
    kept = {f"f{place}": row for place, row in enumerate(fields)}
    rows = tuple(TableRow.of(row, ident) for ident, row in kept.items())
    return TableDraft(rows, fields.root, kept, text, stamp, origin=stamp)


def _choices(row: TableRow, was: Field) -> tuple[Any, ...]:
    if row.type != "choice":
        return ()
    return was.choices if row.choices == choices_text(was.choices) else choices_in(row.choices, was.choices)
