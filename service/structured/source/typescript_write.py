"""From a JSON Schema to TypeScript types; limits and formats stand in JSDoc tags."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from service.structured.source.shape import Declaration, Member, Shape
from service.structured.source.shapes import Shapes

__all__ = ["schema_to_typescript"]

_SCALARS = {
    "any": "unknown",
    "null": "null",
    "boolean": "boolean",
    "integer": "number",
    "number": "number",
    "text": "string",
}
# fmt: off
_RESERVED = frozenset((
    "Array", "BigInt", "Boolean", "Date", "Function", "Infinity", "Map", "NaN", "Number", "Object", "Omit",
    "Partial", "Pick", "Promise", "ReadonlyArray", "Readonly", "Record", "Required", "Set", "String", "Symbol",
))
# fmt: on
_PLAIN_NAME = re.compile(r"[A-Za-z_$][\w$]*", re.ASCII)


def schema_to_typescript(schema: Mapping[str, Any] | bool, name: str | None = None) -> str:
    """Return TypeScript source with the types of a schema, the whole last.

    Args:
        schema: A JSON Schema.
        name: What the type of the whole is called; the schema's title by default, else "Answer".

    Raises:
        InvalidSchemaError: It is not plain JSON, or has more than 50,000 characters or 64 levels.
    """
    shapes = Shapes(schema, name, _RESERVED)
    described = {found.name: found.description for found in shapes.declarations}
    return "\n".join("\n".join(_declared(found, described)) + "\n" for found in shapes.declarations)


def _declared(found: Declaration, described: Mapping[str, str]) -> Iterator[str]:
    yield from _comment(found.description, _tags(found.shape, {}) if found.shape else _written(found.rest), "")
    if found.shape is not None:
        yield f"export type {found.name} = {_type(found.shape)};"
        return
    yield f"export interface {found.name} {{"
    for member in found.members:
        yield from _member(member, described)
    if found.is_open:
        others = _type(found.others) if found.others else "unknown"
        yield f"  [key: string]: {others};"
    yield "}"


def _member(member: Member, described: Mapping[str, str]) -> Iterator[str]:
    description = member.annotations.get("description")
    if description == described.get(member.shape.referred):
        description = ""
    tags = _tags(member.shape, member.annotations)
    yield from _comment(description if isinstance(description, str) else "", tags, "  ")
    name = member.name if _PLAIN_NAME.fullmatch(member.name) else _json(member.name)
    yield f"  {name}{'' if member.required else '?'}: {_type(member.shape)};"


def _comment(description: str, tags: list[str], indent: str) -> Iterator[str]:
    words = [" ".join(description.split())] if description.split() else []
    lines = [line.replace("*/", "*\\/") for line in [*words, *tags]]
    if len(lines) == 1:
        yield f"{indent}/** {lines[0]} */"
    elif lines:
        yield f"{indent}/**"
        yield from (f"{indent} * {line}" for line in lines)
        yield f"{indent} */"


def _tags(shape: Shape, annotations: Mapping[str, Any]) -> list[str]:
    """Return JSDoc tags for what the type itself cannot say."""
    kept = {key: value for key, value in annotations.items() if key not in ("description", "$comment")}
    said = _unsaid(shape)
    if said.pop("type", None):
        kept["asType"] = "integer"
    return _written({**kept, **said})


def _unsaid(shape: Shape) -> dict[str, Any]:
    """Return the keywords of a type that TypeScript has no words for, those of what it holds inside."""
    others = [option for option in shape.items if option.kind != "null"] if shape.kind == "union" else [shape]
    if len(others) != 1:
        return {}
    whole = others[0]
    found = {**({"type": "integer"} if whole.kind == "integer" else {}), **whole.limits, **whole.rest}
    key = {"list": "items", "record": "additionalProperties"}.get(whole.kind)
    if key and (inner := _unsaid(whole.items[0])):
        found[key] = inner
    return found


def _written(keywords: Mapping[str, Any]) -> list[str]:
    return [f"@{name} {_value(value)}" for name, value in keywords.items() if re.fullmatch(r"[\w-]+", name)]


def _value(value: Any) -> str:
    """Write a tag's value as JSON, and a text that reads like none without quotes."""
    if isinstance(value, str) and re.fullmatch(r"[A-Za-z][\w .-]*[\w.]", value, re.ASCII) and value not in _CONSTANTS:
        return value
    return _json(value)


_CONSTANTS = ("true", "false", "null")


def _type(shape: Shape) -> str:
    if shape.kind == "reference":
        return shape.name
    if shape.kind == "literal":
        return " | ".join(map(_json, shape.values))
    if shape.kind == "union":
        return " | ".join(dict.fromkeys(_type(option) for option in shape.items))
    if shape.kind == "list":
        inner = _type(shape.items[0])
        return f"({inner})[]" if " | " in _bare(inner) else f"{inner}[]"
    if shape.kind == "tuple":
        return f"[{', '.join(map(_type, shape.items))}]"
    if shape.kind == "record":
        return f"Record<string, {_type(shape.items[0])}>"
    return _SCALARS[shape.kind]


def _bare(written: str) -> str:
    """Return a type without its texts, which may hold any sign."""
    return re.sub(r'"(?:[^"\\]|\\.)*"', '""', written)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
