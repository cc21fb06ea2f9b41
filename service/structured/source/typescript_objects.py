"""What TypeScript makes of objects: joined, keyed, with some fields, with all of them optional."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from service.structured.source.typescript_scan import Sign, fail

__all__ = ["UTILITIES", "intersection", "keyed", "utility"]

UTILITIES = ("Partial", "Required", "Pick", "Omit", "Extract", "Exclude")
_BRAND = "__"


def keyed(keys: Any, values: Any) -> Any:
    """Return the schema of a record: with these keys, or with any."""
    if isinstance(names := keys.get("enum"), list):
        properties = {str(name): values for name in names}
        return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}
    return {"type": "object", "additionalProperties": values} if values != {} else {"type": "object"}


def intersection(place: Sign, parts: list[Any], whole: Callable[[Sign, Any], Any]) -> Any:
    """Return the schema of objects joined into one; a text that is marked by an object stays a text."""
    found = [whole(place, part) for part in parts]
    others = [part for part in found if not _is_object(part)]
    if len(others) == 1 and all(_is_mark(part) for part in found if part is not others[0]):
        return others[0]
    if others:
        fail(place, "only objects can be joined with &. Write out what the field holds.")
    return joined(found)


def joined(parts: list[Any]) -> Any:
    """Return objects as one that has the fields of all."""
    properties = {name: value for part in parts for name, value in part.get("properties", {}).items()}
    required = [name for part in parts for name in part.get("required", ())]
    out: dict[str, Any] = {"type": "object", "properties": properties}
    if required:
        out["required"] = list(dict.fromkeys(required))
    others = [part.get("additionalProperties", {}) for part in parts]
    open_ones = [other for other in others if other is not False]
    if not open_ones:
        out["additionalProperties"] = False
    elif open_ones[0] != {}:
        out["additionalProperties"] = open_ones[0]
    return out


def utility(sign: Sign, arguments: list[Any]) -> Any:
    """Return what `Partial<…>`, `Required<…>`, `Pick<…>` or `Omit<…>` makes of an object."""
    schema = arguments[0]
    if sign.text in ("Extract", "Exclude"):
        return _filtered(sign, arguments)
    if not _is_object(schema):
        fail(sign, f"`{sign.text}` takes an object. Write out what the field holds.")
    properties = schema.get("properties", {})
    if sign.text == "Partial":
        return {name: value for name, value in schema.items() if name != "required"}
    if sign.text == "Required":
        return {**schema, "required": list(properties)} if properties else schema
    names = arguments[1].get("enum", ()) if len(arguments) > 1 else ()
    is_picked = sign.text == "Pick"
    kept = {name: value for name, value in properties.items() if (name in names) is is_picked}
    required = [name for name in schema.get("required", ()) if name in kept]
    out = {**schema, "properties": kept, "required": required}
    return out if required else {name: value for name, value in out.items() if name != "required"}


def _filtered(sign: Sign, arguments: list[Any]) -> Any:
    if len(arguments) != 2 or not all(isinstance(found.get("enum"), list) for found in arguments):
        fail(sign, f"`{sign.text}` takes two unions of values. Write out what the field holds.")
    named = arguments[1]["enum"]
    kept = [value for value in arguments[0]["enum"] if (value in named) is (sign.text == "Extract")]
    return {**arguments[0], "enum": kept} if kept else {"not": {}}


def _is_object(schema: Any) -> bool:
    return isinstance(schema, dict) and schema.get("type") == "object"


def _is_mark(schema: Any) -> bool:
    """Say whether an object only marks a text, as in `string & { __brand: "Id" }`."""
    return all(name.startswith(_BRAND) for name in schema.get("properties", {}))
