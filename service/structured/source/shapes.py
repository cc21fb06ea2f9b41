"""What a schema means to a typed language: types, named types, and what no type can say.

Generators of source read this instead of the schema, so that each is only about its language.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import unquote

from service.errors import InvalidSchemaError
from service.structured.fields.rows import ANNOTATIONS
from service.structured.plain import plain_schema
from service.structured.source.names import singular, type_name, unused
from service.structured.source.shape import ANY, Declaration, Kind, Member, Shape

__all__ = ["Shapes"]

_SCALARS: Mapping[str, Kind] = {
    "string": "text",
    "integer": "integer",
    "number": "number",
    "boolean": "boolean",
    "null": "null",
}
_OF_NUMBERS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")
_LIMITS: Mapping[str, tuple[str, ...]] = {
    "text": ("minLength", "maxLength", "pattern"),
    "integer": _OF_NUMBERS,
    "number": _OF_NUMBERS,
    "list": ("minItems", "maxItems"),
    "record": ("minProperties", "maxProperties"),
}
_OF_OBJECTS = frozenset(("type", "properties", "required", "additionalProperties"))
_ABOUT_KINDS: Mapping[str, tuple[Kind, ...]] = {
    "format": ("text", "integer", "number"),
    "contentEncoding": ("text",),
    "contentMediaType": ("text",),
    "items": ("list", "tuple"),
    "prefixItems": ("list", "tuple"),
    "uniqueItems": ("list", "tuple"),
    "additionalProperties": ("record",),
}
_COMBINING = ("$ref", "allOf", "anyOf", "oneOf", "not", "if", "$dynamicRef", "$recursiveRef", "const", "enum")


_ABOUT_THE_WHOLE = frozenset(("$defs", "definitions", "$schema", "$id"))


class Shapes:
    """Reads a schema; `declarations` then holds its named types, those used before those that use them.

    Args:
        schema: The schema.
        name: What the whole is called; its title by default, else "Answer".
        reserved: Names that no type may have.

    Raises:
        InvalidSchemaError: It is not plain JSON, or has more than 50,000 characters or 64 levels.
    """

    def __init__(self, schema: Mapping[str, Any] | bool, name: str | None, reserved: frozenset[str]) -> None:
        self._document = plain_schema(schema)
        self._taken = set(reserved)
        self._names: dict[str, str] = {}
        self._begun: list[str] = []
        self._recursive: set[str] = set()
        self.declarations: list[Declaration] = []
        title = self._document.get("title") if isinstance(self._document, dict) else None
        self.root = self._named(type_name(name or (title if isinstance(title, str) else "") or "Answer", "Answer"))
        self._names["#"] = self.root
        try:
            self._declare(self.root, self._document)
        except RecursionError as error:
            raise InvalidSchemaError("The definitions of the schema refer to each other too deeply.") from error

    def _named(self, wanted: str) -> str:
        name = unused(wanted, self._taken)
        self._taken.add(name)
        return name

    def _declare(self, name: str, schema: Any) -> None:
        self._begun.append(name)
        described = schema.get("description") if isinstance(schema, dict) else None
        description = described if isinstance(described, str) else ""
        if _is_object(schema):
            found = self._object(schema, name, description)
        else:
            found = Declaration(name, description, shape=self._shape(schema, name))
        self._begun.remove(name)
        self.declarations.append(replace(found, is_recursive=name in self._recursive))

    def _object(self, schema: dict[str, Any], name: str, description: str) -> Declaration:
        required = schema.get("required")
        names = [key for key in required if isinstance(key, str)] if isinstance(required, list) else []
        # A name that is required without a property stands for anything.
        properties = {
            **schema.get("properties", {}),
            **{key: True for key in names if key not in schema.get("properties", {})},
        }
        members = tuple(
            Member(
                key, self._shape(_undescribed(value), type_name(key, f"{name}Field")), key in names, _annotations(value)
            )
            for key, value in properties.items()
        )
        more = schema.get("additionalProperties", True)
        others = self._shape(more, f"{name}Value") if isinstance(more, dict) and more else None
        rest = {key: value for key, value in schema.items() if key not in _OF_OBJECTS | ANNOTATIONS}
        return Declaration(name, description, members, more is not False, others, _unsaid(rest).rest)

    def _shape(self, schema: Any, hint: str) -> Shape:
        """Return the type of a schema; `hint` is what an object in it will be called."""
        if not isinstance(schema, dict):
            return ANY if schema is True else Shape("any", rest={"not": {}})
        if "$ref" in schema:
            return self._reference(schema)
        if "const" in schema or "enum" in schema:
            return _literal(schema)
        for key in ("anyOf", "oneOf"):
            if isinstance(options := schema.get(key), list) and options and schema.keys() <= ANNOTATIONS | {key}:
                return _united([self._shape(option, hint) for option in options])
        if (
            isinstance(schema.get("allOf"), list)
            and len(schema["allOf"]) == 1
            and schema.keys() <= ANNOTATIONS | {"allOf"}
        ):
            return self._shape(schema["allOf"][0], hint)
        if any(key in schema for key in _COMBINING):
            return _unsaid(schema)
        return self._typed(schema, hint)

    def _typed(self, schema: dict[str, Any], hint: str) -> Shape:
        named = schema.get("type")
        if isinstance(named, list) and named and all(isinstance(name, str) for name in named):
            return _united([self._typed({**schema, "type": name}, hint) for name in dict.fromkeys(named)])
        if named == "array":
            return self._list(schema, hint)
        if _is_object(schema):
            return self._nested(schema, hint)
        if named == "object":
            return self._record(schema, hint)
        if isinstance(named, str) and named in _SCALARS:
            return _limited(Shape(_SCALARS[named]), schema)
        return _unsaid(schema)

    def _nested(self, schema: dict[str, Any], hint: str) -> Shape:
        name = self._named(hint)
        self._declare(name, schema)
        return Shape("reference", name=name)

    def _list(self, schema: dict[str, Any], hint: str) -> Shape:
        items, first = schema.get("items", True), schema.get("prefixItems")
        inner = singular(hint)
        if isinstance(first, list) and first:
            return self._tuple(schema, first, inner)
        if not isinstance(items, dict | bool):
            return _unsaid(schema)
        return _limited(Shape("list", (self._shape(items, inner),)), schema, "items")

    def _tuple(self, schema: dict[str, Any], first: list[Any], hint: str) -> Shape:
        size = len(first)
        is_exact = schema.get("minItems") == size and (schema.get("maxItems") == size or schema.get("items") is False)
        if not is_exact:
            return _limited(Shape("list", (ANY,)), schema)
        kept = {key: value for key, value in schema.items() if key not in ("minItems", "maxItems")}
        return _limited(Shape("tuple", tuple(self._shape(item, hint) for item in first)), kept, "prefixItems", "items")

    def _record(self, schema: dict[str, Any], hint: str) -> Shape:
        values = schema.get("additionalProperties", True)
        if not isinstance(values, dict | bool):
            return _unsaid(schema)
        return _limited(Shape("record", (self._shape(values, singular(hint)),)), schema, "additionalProperties")

    def _reference(self, schema: dict[str, Any]) -> Shape:
        target = schema["$ref"]
        found = self._target(target)
        if found is None or not schema.keys() <= ANNOTATIONS | _ABOUT_THE_WHOLE | {"$ref"}:
            return _unsaid(schema)
        key, definition = found
        if key not in self._names:
            self._names[key] = self._named(type_name(key.rpartition("/")[2], "Answer"))
            self._declare(self._names[key], definition)
        name = self._names[key]
        if name in self._begun:
            self._recursive.update(self._begun[self._begun.index(name) :])
        return Shape("reference", name=name)

    def _target(self, written: Any) -> tuple[str, Any] | None:
        """Return the key and the schema of a definition in the schema itself."""
        if written == "#":
            return "#", self._document
        if not isinstance(written, str) or not isinstance(self._document, dict):
            return None
        kind, _, name = written.removeprefix("#/").partition("/")
        name = unquote(name)
        if "/" in name or kind not in ("$defs", "definitions") or not written.startswith("#/"):
            return None
        definitions = self._document.get(kind)
        name = name.replace("~1", "/").replace("~0", "~")
        if not isinstance(definitions, dict) or not isinstance(definitions.get(name), dict | bool):
            return None
        return f"#/{kind}/{name}", definitions[name]


def _is_object(schema: Any) -> bool:
    """Say whether a schema is an object with fields, or one that may have none."""
    if not isinstance(schema, dict) or any(key in schema for key in _COMBINING):
        return False
    if isinstance(properties := schema.get("properties"), dict) and schema.get("type", "object") == "object":
        return bool(properties) or schema.get("additionalProperties") is False
    return schema.get("type") == "object" and schema.get("additionalProperties") is False


def _annotations(schema: Any) -> dict[str, Any]:
    return {key: schema[key] for key in schema if key in ANNOTATIONS} if isinstance(schema, dict) else {}


def _undescribed(schema: Any) -> Any:
    """Return a schema without the description, which its member carries."""
    return {key: schema[key] for key in schema if key != "description"} if isinstance(schema, dict) else schema


def _unsaid(schema: dict[str, Any]) -> Shape:
    """Return anything, with what should have been said of it, unless that leads somewhere that will not be there."""
    rest = _without_definitions({key: schema[key] for key in schema if key not in ANNOTATIONS})
    return ANY if '"$ref"' in json.dumps(rest) else Shape("any", rest=rest)


def _without_definitions(rest: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in rest.items() if key not in _ABOUT_THE_WHOLE}


def _limited(shape: Shape, schema: dict[str, Any], *said: str) -> Shape:
    """Return a type with its limits, and with all that neither the type nor they say."""
    known = _LIMITS.get(shape.kind, ())
    limits = {key: schema[key] for key in known if key in schema and _is_limit(key, schema[key])}
    foreign = {key for keys in _LIMITS.values() for key in keys} - set(known)
    foreign |= {key for key, kinds in _ABOUT_KINDS.items() if shape.kind not in kinds}
    done = {"type", *said, *limits, *ANNOTATIONS, *foreign, "required", "properties"}
    rest = _without_definitions({key: value for key, value in schema.items() if key not in done})
    return Shape(shape.kind, shape.items, limits=limits, rest=_unsaid(rest).rest)


def _is_limit(key: str, value: Any) -> bool:
    if key == "pattern":
        return isinstance(value, str)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return key in _OF_NUMBERS or (isinstance(value, int) and value >= 0)


def _literal(schema: dict[str, Any]) -> Shape:
    values = [schema["const"]] if "const" in schema else schema["enum"]
    if not isinstance(values, list) or not values or not schema.keys() <= ANNOTATIONS | {"const", "enum", "type"}:
        return _unsaid(schema)
    allowed = [value for value in values if _is_of_type(value, schema.get("type"))]
    if not allowed or ("const" in schema and "enum" in schema):
        return _unsaid(schema)
    if not all(value is None or isinstance(value, str | int) for value in allowed):
        return _unsaid(schema)
    others = tuple(value for value in allowed if value is not None)
    options = [Shape("literal", values=others)] if others else []
    return _united([*options, Shape("null")] if len(others) < len(allowed) else options)


def _is_of_type(value: Any, written: Any) -> bool:
    if written is None:
        return True
    names = written if isinstance(written, list) else [written]
    if value is None:
        return "null" in names
    if isinstance(value, bool):
        return "boolean" in names
    if isinstance(value, str):
        return "string" in names
    return not isinstance(value, int | float) or "integer" in names or "number" in names


def _united(options: list[Shape]) -> Shape:
    """Return a type for one of several; unions inside are opened, and null stands last."""
    flat = [inner for option in options for inner in (option.items if option.kind == "union" else (option,))]
    known: list[Shape] = []
    for option in flat:
        if option not in known:
            known.append(option)
    if ANY in known:
        return ANY
    known.sort(key=lambda option: option.kind == "null")
    return known[0] if len(known) == 1 else Shape("union", tuple(known))
