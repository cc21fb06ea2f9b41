"""Small changes to one schema, each a function from the old one to a new one; nothing is changed in place."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from typing import Any, Final

from service.structured.merge import distributed, merged, merged_all
from service.structured.nulls import required_names
from service.structured.plainly import described
from service.structured.scene import Scene
from service.structured.walk import NOTES, mapped, types_of

__all__ = [
    "ANYTHING_PLAIN",
    "any_of",
    "closed",
    "conditions_said",
    "described_as_plain",
    "implied_types",
    "inlined_root",
    "joined_parts",
    "limits_as_numbers",
    "referred_by_choice",
    "said_instead",
    "tuple_as_list",
    "typed",
    "value_type",
    "without_type",
    "wrapped",
    "written_out",
]

ANYTHING_PLAIN: Final = ("string", "number", "boolean", "null")
"""What "anything" becomes where a provider wants types: lists and objects would have to name what is in them."""

_FAMILIES: Final = {
    "object": ("properties", "required", "additionalProperties", "patternProperties", "propertyNames"),
    "array": ("items", "prefixItems", "minItems", "maxItems", "uniqueItems", "contains"),
    "string": ("pattern", "format", "minLength", "maxLength"),
    "number": ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
}


def said_instead(schema: Any, _scene: Scene, keywords: Iterable[str]) -> Any:
    """Move keywords into the description, in words; a least number of items above 1 stays as 1."""
    if not isinstance(schema, dict):
        return schema
    without = described(schema, keywords)
    if "minItems" in keywords and isinstance(least := schema.get("minItems"), int) and least > 1:
        return {**without, "minItems": 1}
    return without


def closed(schema: Any, _scene: Scene) -> Any:
    """Allow no other fields than those it names."""
    return {**schema, "additionalProperties": False} if isinstance(schema, dict) else schema


def any_of(schema: Any, _scene: Scene) -> Any:
    """Let one or more of the alternatives fit, rather than exactly one."""
    if not isinstance(schema, dict) or "oneOf" not in schema or "anyOf" in schema:
        return schema
    return {"anyOf" if key == "oneOf" else key: value for key, value in schema.items()}


def described_as_plain(schema: Any, scene: Scene) -> Any:
    """Describe required fields that are not described, as plain values."""
    if not isinstance(schema, dict) or not isinstance(fields := schema.get("properties", {}), dict):
        return schema
    bare = [name for name in required_names(schema) if isinstance(name, str) and name not in fields]
    if not bare:
        return schema
    return {**schema, "properties": {**fields, **{name: typed(True, scene) for name in bare}}}


def conditions_said(schema: Any, _scene: Scene, keywords: Collection[str]) -> Any:
    """Say parts in the description that consist of such keywords alone, conditions mostly."""
    if not isinstance(schema, dict) or not isinstance(parts := schema.get("allOf"), list):
        return schema
    said: list[Any] = []
    rest: list[Any] = []
    for part in parts:
        rules = part.keys() - NOTES if isinstance(part, dict) else set()
        (said if rules and rules <= {*keywords} else rest).append(part)
    if not said:
        return schema
    words = {"description": schema["description"]} if isinstance(schema.get("description"), str) else {}
    for part in said:
        words = described({**words, **{key: part[key] for key in part if key in keywords}}, keywords)
    others = {key: value for key, value in schema.items() if key != "allOf"}
    return {**others, **words, **({"allOf": rest} if rest else {})}


def joined_parts(schema: Any, scene: Scene) -> Any:
    """Write the parts of an `allOf` as one schema, where that is exact; else return it as it was."""
    if not isinstance(schema, dict) or not isinstance(parts := schema.get("allOf"), list):
        return schema
    others = {key: value for key, value in schema.items() if key != "allOf"}
    if len(parts) == 1 and isinstance(parts[0], dict) and parts[0].keys() == {"$ref"} and others.keys() <= NOTES:
        return {**others, "anyOf": parts} if others else parts[0]
    joined = merged_all(schema, scene)
    return schema if joined is None else joined


def written_out(schema: Any, scene: Scene) -> Any:
    """Let each alternative say what stands beside them all, where that is exact; else return it as it was."""
    spread = distributed(schema, scene) if isinstance(schema, dict) else None
    return schema if spread is None else spread


def referred_by_choice(schema: Any, _scene: Scene) -> Any:
    """Put a reference that stands beside notes into a choice of its own, which means the same."""
    if not isinstance(schema, dict) or "$ref" not in schema or "anyOf" in schema:
        return schema
    rest = {key: value for key, value in schema.items() if key != "$ref"}
    return {**rest, "anyOf": [{"$ref": schema["$ref"]}]}


def typed(schema: Any, _scene: Scene) -> Any:
    """Name the types that a schema leaves to be guessed."""
    if schema is True or schema == {}:
        return {"type": list(ANYTHING_PLAIN)}
    if not isinstance(schema, dict) or types_of(schema):
        return schema
    types = implied_types(schema)
    named = types[0] if len(types) == 1 else list(types)
    # In front, where people look for it.
    notes = {key: value for key, value in schema.items() if key in ("title", "description", "$schema", "$id")}
    return {**notes, "type": named, **schema}


def implied_types(schema: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the types that a schema without one speaks of, and plain values where it speaks of none."""
    if "const" in schema:
        return (value_type(schema["const"]),)
    if isinstance(values := schema.get("enum"), list) and values:
        found = dict.fromkeys(value_type(value) for value in values)
        return tuple(name for name in found if not (name == "integer" and "number" in found))
    spoken = tuple(name for name, keys in _FAMILIES.items() if any(key in schema for key in keys))
    return spoken or ANYTHING_PLAIN


def value_type(value: Any) -> str:
    """Name the type of a value; whole numbers are integers."""
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int) or (isinstance(value, float) and value.is_integer()):
        return "integer"
    names = {str: "string", float: "number", type(None): "null", dict: "object", list: "array"}
    return names[type(value)]


def without_type(schema: Any, _scene: Scene) -> Any:
    """Leave the type out where the values are listed, and the values that no type allowed."""
    if not isinstance(schema, dict) or not isinstance(values := schema.get("enum"), list):
        return schema
    types = types_of(schema)
    fitting = [value for value in values if value_type(value) in types or ("number" in types and _is_number(value))]
    rest = {key: value for key, value in schema.items() if key != "type"}
    return {**rest, "enum": fitting}


def _is_number(value: Any) -> bool:
    return value_type(value) in ("integer", "number")


def limits_as_numbers(schema: Any, _scene: Scene) -> Any:
    """Write limits that are excluded as numbers, as they have been since draft 6."""
    if not isinstance(schema, dict):
        return schema
    for limit, excluded in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
        if isinstance(is_excluded := schema.get(excluded), bool):
            kept = {key: value for key, value in schema.items() if key != excluded}
            numbers = {excluded: kept.pop(limit)} if is_excluded and limit in kept else {}
            schema = {**kept, **numbers}
    return schema


def tuple_as_list(schema: Any, _scene: Scene) -> Any:
    """Write a list whose items differ by position as a list of any of these, and say the order in words."""
    if not isinstance(schema, dict):
        return schema
    key = "prefixItems" if isinstance(schema.get("prefixItems"), list) else "items"
    kinds = schema.get(key)
    if not isinstance(kinds, list):
        return schema
    rest = described(schema, [key])
    rest = {name: value for name, value in rest.items() if name not in ("items", "additionalItems")}
    unique = list({json.dumps(kind, sort_keys=True): kind for kind in kinds}.values())
    items = unique[0] if len(unique) == 1 else {"anyOf": unique}
    return {"minItems": len(kinds), "maxItems": len(kinds), **rest, **({"items": items} if unique else {})}


def inlined_root(document: Any, scene: Scene) -> Any:
    """Put what the whole schema refers to in its place."""
    reference = document.get("$ref") if isinstance(document, dict) else None
    target = scene.resolve(reference) if isinstance(reference, str) else None
    if target is None or not isinstance(target.schema, dict) or target.path == ():
        return document
    if "$ref" in target.schema and target.path in scene.circular:
        return document
    names = {key: document[key] for key in ("$schema", "$id") if key in document}
    rest = {key: value for key, value in document.items() if key not in ("$ref", *names)}
    if rest.keys() <= NOTES:
        return {**target.schema, **rest, **names}
    whole = merged(rest, target.schema, scene)
    return {**whole, **names} if isinstance(whole, dict) else document


def wrapped(document: Any, _scene: Scene) -> Any:
    """Put the whole answer into an object, as its only field `value`."""
    parts = document if isinstance(document, dict) else {}
    outer = {key: parts[key] for key in ("$schema", "$id", "$defs", "definitions") if key in parts}
    inner = {key: value for key, value in parts.items() if key not in outer} if parts else document
    whole = {
        "type": "object",
        "properties": {"value": inner},
        "required": ["value"],
        "additionalProperties": False,
        **outer,
    }
    return _moved(whole)


def _moved(schema: Any) -> Any:
    """Let references find what is now inside the field `value`."""
    if not isinstance(schema, dict):
        return schema
    changed = mapped(schema, lambda child, _steps: _moved(child))
    reference = str(changed.get("$ref", ""))
    is_local = reference == "#" or reference.startswith("#/")
    if is_local and not reference.startswith(("#/$defs/", "#/definitions/")):
        return {**changed, "$ref": f"#/properties/value{reference[1:]}"}
    return changed
