"""From a JSON Schema to rows. What a row cannot say in full is locked: kept as the JSON it is."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from service.structured.fields.rows import (
    ANNOTATIONS,
    FORMATS,
    JSON_TYPES,
    ChoiceType,
    Field,
    Rest,
    SchemaFields,
    choice_type_of,
)
from service.structured.plain import plain_schema

__all__ = ["NULL", "same_types", "schema_to_fields", "type_of", "value_key"]

NULL: Mapping[str, Any] = {"type": "null"}

_LOCKING = frozenset(
    ("$ref", "$dynamicRef", "$recursiveRef", "allOf", "anyOf", "oneOf", "not", "if", "then", "else", "const")
)
_LOCKING_OF_LISTS = _LOCKING | {"prefixItems", "additionalItems", "contains", "unevaluatedItems", "enum"}
_TYPE_OF_JSON = {"string": "text", "integer": "integer", "number": "number", "boolean": "boolean", "object": "object"}


def schema_to_fields(schema: Mapping[str, Any] | bool) -> SchemaFields:
    """Return a schema as the rows of a fields table; `fields_to_schema` gives equal JSON back.

    What a row cannot say, such as `oneOf` or `$ref`, becomes a locked row that holds its JSON. A schema that is no
    object, and no list of objects, has no rows; `root` says what it is.

    Raises:
        InvalidSchemaError: It is not plain JSON, or has more than 50,000 characters or 64 levels.
    """
    document = plain_schema(schema)
    root = _field("", document, is_root=True)
    return SchemaFields(tuple(_rows(_properties(document, root), 0)), root)


def _rows(found: tuple[Mapping[str, Any], frozenset[str]], depth: int) -> Iterator[Field]:
    properties, required = found
    for name, schema in properties.items():
        # A row that a person left without a name is an error, so a name that really is blank stays locked.
        row = _field(name, schema) if name.strip() else _locked(schema)
        yield replace(row, name=name, required=name in required, depth=depth)
        yield from _rows(_properties(schema, row), depth + 1)


def _properties(schema: Any, field: Field) -> tuple[Mapping[str, Any], frozenset[str]]:
    """Return the properties that stand below an object row, and the names of those required."""
    if field.type != "object":
        return {}, frozenset()
    if field.nullable and field.rest.of_null is not None:
        schema = schema["anyOf"][0]
    if field.is_list:
        schema = schema["items"]
    return schema.get("properties", {}), frozenset(schema.get("required", ()))


def _field(name: str, schema: Any, *, is_root: bool = False) -> Field:
    """Read one schema from the outside in: null beside it, a list around it, the value."""
    described, description = _without_description(schema)
    found = _beside_null(described) or _list(described) or _value(described, allows_null=True, is_root=is_root)
    if found is None:
        return replace(_locked(schema), name=name)
    return replace(found, name=name, description=description)


def _without_description(schema: Any) -> tuple[Any, str]:
    description = schema.get("description") if isinstance(schema, dict) else None
    if not isinstance(description, str) or not description:
        return schema, ""
    return {name: value for name, value in schema.items() if name != "description"}, description


def _locked(schema: Any) -> Field:
    fragment, description = _without_description(schema)
    return Field("", "locked", description=description, rest=Rest(fragment=_text(fragment)))


def _text(fragment: Any) -> str:
    return json.dumps(fragment, ensure_ascii=False, separators=(",", ":"))


def _beside_null(schema: Any) -> Field | None:
    """Read `anyOf` of a value and null, as Pydantic writes what may be null."""
    options = schema.get("anyOf") if isinstance(schema, dict) else None
    if not isinstance(options, list) or len(options) != 2 or options[1] != NULL or options[0] == NULL:
        return None
    others = {name: value for name, value in schema.items() if name != "anyOf"}
    if not others.keys() <= ANNOTATIONS:
        return None
    found = _list(options[0], allows_null=False) or _value(options[0], allows_null=False)
    row = found or Field("", "locked", rest=Rest(fragment=_text(options[0])))
    return replace(row, nullable=True, rest=replace(row.rest, of_null=others))


def _list(schema: Any, *, allows_null: bool = True) -> Field | None:
    if (
        not isinstance(schema, dict)
        or not isinstance(schema.get("items"), dict | bool)
        or _LOCKING_OF_LISTS & schema.keys()
    ):
        return None
    nullable = same_types(schema.get("type"), ["array", "null"])
    if not (nullable and allows_null) and not same_types(schema.get("type"), ["array"]):
        return None
    others = _without(schema, "items")
    item = _value(schema["items"], allows_null=False)
    row = item or Field("", "locked", rest=Rest(fragment=_text(schema["items"])))
    return replace(
        row, is_list=True, nullable=nullable, rest=replace(row.rest, of_list=_typed(others, "array", nullable))
    )


def _value(schema: Any, *, allows_null: bool, is_root: bool = False) -> Field | None:
    if not isinstance(schema, dict):
        return None
    if schema.keys() <= ANNOTATIONS:
        return Field("", "any", rest=Rest(keywords=schema))
    if _LOCKING & schema.keys() and not (is_root and isinstance(schema.get("properties"), dict)):
        return None
    if "enum" in schema:
        return _choice(schema, allows_null=allows_null)
    return _typed_value(schema, allows_null=allows_null)


def _typed_value(schema: dict[str, Any], *, allows_null: bool) -> Field | None:
    json_type = _json_type(schema.get("type"))
    if json_type is None:
        return None
    nullable = same_types(schema["type"], [json_type, "null"])
    if nullable and not allows_null:
        return None
    if json_type == "object":
        return _object(schema, nullable)
    return _scalar(schema, json_type, nullable)


def _scalar(schema: dict[str, Any], json_type: str, nullable: bool) -> Field:
    others = _typed(schema, json_type, nullable)
    name = others.get("format")
    if json_type == "string" and isinstance(name, str) and name in FORMATS:
        return Field("", FORMATS[name], nullable=nullable, rest=Rest(_without(others, "format")))  # type: ignore[arg-type]
    return Field("", _TYPE_OF_JSON[json_type], nullable=nullable, rest=Rest(others))  # type: ignore[arg-type]


def _object(schema: dict[str, Any], nullable: bool) -> Field | None:
    properties, required = schema.get("properties", {}), schema.get("required", [])
    if not isinstance(properties, dict) or not _are_names(required):
        return None
    others = _typed(schema, "object", nullable)
    if properties:
        others.pop("properties")
    listed = [name for name in properties if name in required]
    if required == listed and required:
        others.pop("required")
    is_closed = schema.get("additionalProperties") is False
    if is_closed:
        others.pop("additionalProperties")
    also = tuple(name for name in required if name not in properties)
    return Field("", "object", nullable=nullable, is_open=not is_closed, rest=Rest(others, also_required=also))


def _choice(schema: dict[str, Any], *, allows_null: bool) -> Field | None:
    values = schema["enum"]
    if not isinstance(values, list) or not values:
        return None
    nullable = values[-1] is None
    choices = values[:-1] if nullable else values
    if not choices or not _are_choices(choices) or (nullable and not allows_null):
        return None
    others = _without(schema, "enum")
    choice_type = choice_type_of(choices)
    if "type" not in schema:
        named: ChoiceType | None = None if choice_type == "any" else "any"
        return Field("", "choice", nullable=nullable, choices=tuple(choices), rest=Rest(others, choice_type=named))
    json_type = _json_type(schema["type"])
    if (
        json_type is None
        or not _fits(json_type, choice_type)
        or same_types(schema["type"], [json_type, "null"]) is not nullable
    ):
        return None
    named = "number" if json_type == "number" and choice_type == "integer" else None
    rest = Rest(_typed(others, json_type, nullable), choice_type=named)
    return Field("", "choice", nullable=nullable, choices=tuple(choices), rest=rest)


def _fits(json_type: str, choice_type: ChoiceType) -> bool:
    return JSON_TYPES.get(choice_type) == json_type or (json_type == "number" and choice_type == "integer")


def _are_choices(values: list[Any]) -> bool:
    if not all(isinstance(value, str | int | float) for value in values):
        return False
    return len({value_key(value) for value in values}) == len(values)


def value_key(value: Any) -> str:
    """Return what two equal values share: 1 and 1.0 are equal, 1 and true are not."""
    return json.dumps(
        float(value) if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**53 else value
    )


def _are_names(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(name, str) for name in value) and len(set(value)) == len(value)


def _json_type(written: Any) -> str | None:
    """Return the one JSON type that a row stands for, null aside."""
    names = [written] if isinstance(written, str) else written
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        return None
    others = [name for name in names if name != "null"]
    return others[0] if len(others) == 1 and len(names) <= 2 and others[0] in _TYPE_OF_JSON else None


def same_types(written: Any, names: list[str | None]) -> bool:
    """Say whether `type` names these types, in whatever order."""
    if isinstance(written, str):
        return [written] == names
    return isinstance(written, list) and len(written) == len(names) and all(name in written for name in names)


def _typed(schema: Mapping[str, Any], json_type: str, nullable: bool) -> dict[str, Any]:
    """Return the other keywords; `type` stays among them where it is not written as we would."""
    return _without(schema, "type") if schema["type"] == type_of(json_type, nullable) else dict(schema)


def type_of(json_type: str, nullable: bool) -> str | list[str]:
    """Write `type` as we do: null stands last."""
    return [json_type, "null"] if nullable else json_type


def _without(schema: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in schema.items() if key != name}
