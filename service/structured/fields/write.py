"""From rows to a JSON Schema: everything that a row keeps goes back to where it was."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from service.structured.fields.check import refuse_wrong
from service.structured.fields.read import NULL, same_types, type_of
from service.structured.fields.rows import FORMATS, JSON_TYPES, Field, SchemaFields, choice_type_of
from service.structured.plain import plain_schema

__all__ = ["children", "fields_to_schema"]

_FORMAT_OF_TYPE = {kind: name for name, kind in FORMATS.items()}


def fields_to_schema(fields: SchemaFields | Iterable[Field]) -> Any:
    """Return the JSON Schema that rows describe, with all that they keep.

    Args:
        fields: What `schema_to_fields` gave, or any rows; those of an object with nothing else to say.

    Raises:
        FieldsError: A row is wrong; `errors` names each with what to do.
        InvalidSchemaError: The schema would have more than 50,000 characters or 64 levels, or hold what is not JSON.
    """
    whole = fields if isinstance(fields, SchemaFields) else SchemaFields(tuple(fields))
    refuse_wrong(whole)
    return plain_schema(_schema(whole.root, whole.rows, -1))


def children(rows: tuple[Field, ...], depth: int) -> list[tuple[Field, tuple[Field, ...]]]:
    """Return the rows at a depth, each with the rows below it."""
    starts = [index for index, row in enumerate(rows) if row.depth == depth]
    ends = [*starts[1:], len(rows)][: len(starts)]
    return [(rows[start], rows[start + 1 : end]) for start, end in zip(starts, ends, strict=True)]


def _schema(field: Field, below: tuple[Field, ...], depth: int) -> Any:
    value = _value(field, below, depth)
    is_beside = _null_stands_beside(field)
    in_type = field.nullable and not is_beside
    if not field.is_list:
        value = _with_null(value) if in_type else value
    else:
        value = {**_kept(field.rest.of_list, "array", in_type), "items": value}
    if is_beside:
        value = {**(field.rest.of_null or {}), "anyOf": [value, NULL]}
    return _described(value, field.description)


def _null_stands_beside(field: Field) -> bool:
    """Say whether null stands in an `anyOf`: where it did before, and where there is no `type` to hold it."""
    if not field.nullable:
        return False
    return field.rest.of_null is not None or (not field.is_list and field.type in ("any", "locked"))


def _value(field: Field, below: tuple[Field, ...], depth: int) -> Any:
    if field.type == "locked":
        return json.loads(field.rest.fragment or "")
    if field.type == "any":
        return dict(field.rest.keywords)
    if field.type == "choice":
        return _choice(field)
    if field.type == "object":
        return _object(field, below, depth)
    value = _kept(field.rest.keywords, JSON_TYPES[field.type], _holds_null(field))
    if (name := _FORMAT_OF_TYPE.get(field.type)) is not None:
        value["format"] = name
    return value


def _holds_null(field: Field) -> bool:
    """Say whether the value itself names null, rather than the list around it or the `anyOf`."""
    return field.nullable and not field.is_list and not _null_stands_beside(field)


def _kept(keywords: Mapping[str, Any], json_type: str, nullable: bool) -> dict[str, Any]:
    """Return `type` and the other keywords; a `type` that says the same in another way stays as it was written."""
    wanted = [json_type, "null"] if nullable else [json_type]
    written = keywords.get("type")
    named = written if same_types(written, [*wanted]) else type_of(json_type, nullable)
    return {"type": named, **{name: value for name, value in keywords.items() if name != "type"}}


def _with_null(value: Any) -> Any:
    """Add null to the values of a choice; in `type` it stands already."""
    return {**value, "enum": [*value["enum"], None]} if "enum" in value else value


def _choice(field: Field) -> dict[str, Any]:
    choice_type = field.rest.choice_type or choice_type_of(field.choices)
    values = {"enum": list(field.choices)}
    if choice_type == "any":
        return {**{name: kept for name, kept in field.rest.keywords.items() if name != "type"}, **values}
    return {**_kept(field.rest.keywords, JSON_TYPES[choice_type], _holds_null(field)), **values}


def _object(field: Field, below: tuple[Field, ...], depth: int) -> dict[str, Any]:
    value = _kept(field.rest.keywords, "object", _holds_null(field))
    if rows := children(below, depth + 1):
        value["properties"] = {row.name: _schema(row, inner, depth + 1) for row, inner in rows}
    required = _required([row.name for row, _ in rows if row.required], field)
    if required or "required" in field.rest.keywords:
        value["required"] = required
    if not field.is_open:
        value["additionalProperties"] = False
    return value


def _required(names: list[str], field: Field) -> list[str]:
    """Return the required names in the order in which they were, new ones last."""
    wanted = [*names, *field.rest.also_required]
    before = [name for name in field.rest.keywords.get("required", ()) if name in wanted]
    return list(dict.fromkeys([*before, *wanted]))


def _described(value: Any, description: str) -> Any:
    if not description:
        return value
    if isinstance(value, bool):
        # True and false have no place for a description; these two mean the same.
        value = {} if value else {"not": {}}
    return {**value, "description": description}
