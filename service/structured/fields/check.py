"""What is wrong with rows, each told with what to do; nothing is put right in silence."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from math import isfinite
from typing import Any

from service.errors import InvalidSchemaError
from service.structured.fields.read import value_key
from service.structured.fields.rows import FIELD_TYPES, Field, FieldError, SchemaFields, choice_type_of
from service.structured.words import either, plural, spelled

__all__ = ["FieldsError", "check_fields", "refuse_wrong"]

_WHOLE = -1


class FieldsError(InvalidSchemaError):
    """Some rows of the fields table are wrong.

    Attributes:
        errors: Each with its row and what to do, from top to bottom.
    """

    default_hint = "Correct the rows named."

    def __init__(self, errors: Sequence[FieldError]) -> None:
        self.errors = tuple(errors)
        first = f"{'The whole' if errors[0].row == _WHOLE else f'Row {errors[0].row + 1}'}: {errors[0].message}"
        more = f" ({plural(len(errors) - 1, 'more row')} to correct.)" if len(errors) > 1 else ""
        super().__init__(first + more)


def check_fields(fields: SchemaFields | Iterable[Field]) -> list[FieldError]:
    """Return what is wrong with rows, at most one error a row, from top to bottom; an empty list when all is well."""
    whole = fields if isinstance(fields, SchemaFields) else SchemaFields(tuple(fields))
    told = [FieldError(_WHOLE, message) for message in _value_faults(whole.root)][:1]
    parents: list[Field] = [whole.root]
    names: list[dict[str, int]] = [{}]
    for index, row in enumerate(whole.rows):
        message = _depth_fault(row, parents) or next(_row_faults(row), "")
        if not message:
            del parents[row.depth + 1 :], names[row.depth + 1 :]
            message = _name_fault(row, names[row.depth], index)
            parents.append(row)
            names.append({})
        if message:
            told.append(FieldError(index, message))
    return told


def refuse_wrong(fields: SchemaFields) -> None:
    """Raise `FieldsError` where a row is wrong."""
    if errors := check_fields(fields):
        raise FieldsError(errors)


def _depth_fault(row: Field, parents: list[Field]) -> str:
    """Say why a row cannot stand as deep as it does; `parents` lead to the row before."""
    called = _called(row)
    depth: Any = row.depth
    if not isinstance(depth, int) or depth < 0:
        return f"{called} has no depth of 0 or more. Move it out to the left."
    if row.depth >= len(parents):
        return f"{called} is indented further than the row above allows. Move it out to the left."
    parent = parents[row.depth]
    if parent.type == "object":
        return ""
    if row.depth == 0:
        return f"{called} has no place: the whole is {_labelled(parent)} and has no fields. Make it an object."
    return (
        f"{called} stands below {_called(parent)}, which is {_labelled(parent)}. Make that an object, or move this out."
    )


def _row_faults(row: Field) -> Iterator[str]:
    if not _has_name(row) and not (row.type == "locked" and isinstance(row.name, str)):
        yield "The field has no name. Give it one, or delete the row."
    yield from _value_faults(row)


def _name_fault(row: Field, taken: dict[str, int], index: int) -> str:
    before = taken.setdefault(row.name, index)
    return "" if before == index else f"{_called(row)} is the name of another field too. Rename one of them."


def _value_faults(row: Field) -> Iterator[str]:
    if row.type not in FIELD_TYPES:
        yield f"{_called(row)} has the type {spelled(row.type)}, which is none. Choose one from the list."
        return
    yield from _fragment_faults(row)
    if row.type == "choice":
        yield from _choice_faults(row)
    elif row.choices:
        yield f"{_called(row)} has allowed values, which belong to the type Choice. Choose that, or clear them."


def _fragment_faults(row: Field) -> Iterator[str]:
    text = row.rest.fragment
    if row.type != "locked":
        if text is not None:
            kind = FIELD_TYPES[row.type]
            yield f"{_called(row)} holds JSON that the type {kind} would lose. Choose Locked again, or make a new row."
        return
    try:
        fragment = json.loads(text or "")
    except (ValueError, RecursionError, TypeError):
        yield f"{_called(row)} is locked, and has no JSON to keep. Choose another type."
        return
    if row.description and not isinstance(fragment, dict | bool):
        yield f"{_called(row)} holds no schema that could be described. Clear the description."


def _choice_faults(row: Field) -> Iterator[str]:
    if not row.choices:
        yield f"{_called(row)} is a choice without allowed values. List them, or choose another type."
        return
    for choice in row.choices:
        if not _is_choice(choice):
            yield f"{_called(row)} allows {spelled(choice)}, which is neither text, number, true nor false."
            return
    keys = [value_key(choice) for choice in row.choices]
    if (twice := _first_twice(keys)) is not None:
        yield f"{_called(row)} lists {spelled(row.choices[twice])} twice. Keep it once."
    allowed = _allowed_types(row)
    if choice_type_of(row.choices) not in allowed:
        yield f"{_called(row)} is a choice among values of type {either(allowed)}, and lists others."


def _first_twice(keys: list[str]) -> int | None:
    seen: set[str] = set()
    for index, key in enumerate(keys):
        if key in seen:
            return index
        seen.add(key)
    return None


def _is_choice(choice: Any) -> bool:
    return isinstance(choice, str | int) or (isinstance(choice, float) and isfinite(choice))


def _allowed_types(row: Field) -> list[str]:
    named = row.rest.choice_type
    if named in (None, "any"):
        return ["text", "integer", "number", "boolean", "any"]
    return ["integer", "number"] if named == "number" else [str(named)]


def _called(row: Field) -> str:
    return f"`{row.name}`" if _has_name(row) else "The field"


def _has_name(row: Field) -> bool:
    name: Any = row.name
    return isinstance(name, str) and bool(name.strip())


def _labelled(row: Field) -> str:
    return f"of type {FIELD_TYPES.get(row.type, row.type)}"
