"""What a value must be like in order *not* to satisfy a schema, again written as schemas."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise
from random import Random
from typing import Any

from service.simulator.json_values.constraints import ALL_TYPES
from service.simulator.json_values.drawing import draw
from service.simulator.json_values.patterns import UnsupportedPatternError, parse
from service.simulator.json_values.references import BrokenReferenceError, Document, Node

REFUSED = "\0refused"
"""A keyword of our own: a schema of one keyword that a value must fail, checked on every candidate."""

_FRESH = "extra"
_ODD_NAMES = ("extra", "a", "", "X-1", "a rather long name for a property")
Rewriting = Iterator[Any]


def _type(value: Any, schema: dict[str, Any]) -> Rewriting:
    named = {value} if isinstance(value, str) else set(value)
    if "number" in named:
        named.add("integer")
    others = sorted(ALL_TYPES - named - ({"number"} if "integer" in named else set()))
    if others:
        yield {"type": others}
    if "integer" in named and "number" not in named:
        yield {"type": "number", REFUSED: {"multipleOf": 1}}


def _limit(beyond: str, at_least: str, switch: str) -> Callable[[Any, dict[str, Any]], Rewriting]:
    """Rewrite a limit into its opposite; draft 4 makes it exclusive by the boolean keyword `switch`."""

    def rewrite(value: Any, schema: dict[str, Any]) -> Rewriting:
        if not isinstance(value, bool):
            yield {"type": "number", at_least if schema.get(switch) is True else beyond: value}

    return rewrite


def _count(kind: str, keyword: str, step: int) -> Callable[[Any, dict[str, Any]], Rewriting]:
    def rewrite(value: Any, schema: dict[str, Any]) -> Rewriting:
        if value + step >= 0:
            yield {"type": kind, keyword: int(value + step)}

    return rewrite


def _leaf(keyword: str, needed: dict[str, Any]) -> Callable[[Any, dict[str, Any]], Rewriting]:
    """Keep a `not` of the keyword alone, with what a value `needed` to be in order to fail it at all."""

    def rewrite(value: Any, schema: dict[str, Any]) -> Rewriting:
        if value is not False or keyword != "uniqueItems":
            yield {REFUSED: {keyword: value}, **needed}

    return rewrite


def _item_at(at: int, schema: Any) -> dict[str, Any]:
    return {"type": "array", "minItems": at + 1, "prefixItems": [True] * at + [{"not": schema}]}


def _items(value: Any, schema: dict[str, Any]) -> Rewriting:
    if isinstance(value, list):
        yield from (_item_at(at, item) for at, item in enumerate(value))
    elif value is not True:
        yield _item_at(len(schema.get("prefixItems", ())), value)


def _prefix_items(value: Any, schema: dict[str, Any]) -> Rewriting:
    yield from (_item_at(at, item) for at, item in enumerate(value))


def _additional_items(value: Any, schema: dict[str, Any]) -> Rewriting:
    if isinstance(schema.get("items"), list):
        yield _item_at(len(schema["items"]), value)


def _contains(value: Any, schema: dict[str, Any]) -> Rewriting:
    if schema.get("minContains", 1) == 1:
        yield {"type": "array", "items": {"not": value}}
    elif schema.get("minContains", 1) > 1:
        yield {"type": "array", "contains": value, "minContains": 0, "maxContains": schema["minContains"] - 1}
    if "maxContains" in schema:
        yield {"type": "array", "contains": value, "minContains": int(schema["maxContains"]) + 1}


def _required(value: Any, schema: dict[str, Any]) -> Rewriting:
    if isinstance(value, list):
        yield from ({"type": "object", "properties": {name: False}} for name in value)


def _having(name: str, schema: Any) -> dict[str, Any]:
    return {"type": "object", "required": [name], "properties": {name: {"not": schema}}}


def _properties(value: Any, schema: dict[str, Any]) -> Rewriting:
    yield from (_having(name, item) for name, item in value.items())


def _fresh_name(schema: dict[str, Any]) -> str:
    name = _FRESH
    while name in schema.get("properties", {}):
        name += "_"
    return name


def _additional_properties(value: Any, schema: dict[str, Any]) -> Rewriting:
    if value is not True:
        yield _having(_fresh_name(schema), value)


def _unevaluated_properties(value: Any, schema: dict[str, Any]) -> Rewriting:
    if value is not True:
        yield _having(_fresh_name(schema), value)


def _pattern_properties(value: Any, schema: dict[str, Any]) -> Rewriting:
    for pattern, item in value.items():
        if item is True:
            continue
        for name in dict.fromkeys(_names_for(pattern)):
            yield {"type": "object", "required": [name], "patternProperties": {pattern: {"not": item}}}


def _no_word(chars: str, length: int) -> None:
    return None


def _names_for(pattern: str) -> list[str]:
    """Return two property names that match a pattern, none where it cannot be drawn from."""
    rng = Random(0)  # noqa: S311  samples, no secret
    try:
        return [draw(parse(pattern), rng, low=1, high=20, word=_no_word, wild=False) for _ in range(2)]
    except UnsupportedPatternError:
        return []


def _unevaluated_items(value: Any, schema: dict[str, Any]) -> Rewriting:
    if value is not True:
        yield {"type": "array", "minItems": 1 + len(schema.get("prefixItems", ())), "items": {"not": value}}


def _property_names(value: Any, schema: dict[str, Any]) -> Rewriting:
    yield {"type": "object", "minProperties": 1, "propertyNames": {"not": value}}
    yield from ({"type": "object", "required": [name]} for name in _ODD_NAMES)


def _dependent_required(value: Any, schema: dict[str, Any]) -> Rewriting:
    for name, needed in value.items():
        yield from (
            {"type": "object", "required": [name], "properties": {other: False}} for other in needed if other != name
        )


def _dependent_schemas(value: Any, schema: dict[str, Any]) -> Rewriting:
    yield from ({"type": "object", "required": [name], "not": item} for name, item in value.items())


def _dependencies(value: Any, schema: dict[str, Any]) -> Rewriting:
    for name, needed in value.items():
        yield from (_dependent_required if isinstance(needed, list) else _dependent_schemas)({name: needed}, schema)


def _all_of(value: Any, schema: dict[str, Any]) -> Rewriting:
    yield from ({"not": item} for item in value)


def _any_of(value: Any, schema: dict[str, Any]) -> Rewriting:
    yield {"allOf": [{"not": item} for item in value]}


def _one_of(value: Any, schema: dict[str, Any]) -> Rewriting:
    yield from _any_of(value, schema)
    yield from ({"allOf": [first, second]} for first, second in pairwise(value))
    if len(value) > 2:
        yield {"allOf": [value[0], value[-1]]}


def _not(value: Any, schema: dict[str, Any]) -> Rewriting:
    yield value


def _if(value: Any, schema: dict[str, Any]) -> Rewriting:
    if "then" in schema:
        yield {"allOf": [value, {"not": schema["then"]}]}
    if "else" in schema:
        yield {"allOf": [{"not": value}, {"not": schema["else"]}]}


_REWRITES: dict[str, Callable[[Any, dict[str, Any]], Rewriting]] = {
    "type": _type,
    "minimum": _limit("exclusiveMaximum", "maximum", "exclusiveMinimum"),
    "maximum": _limit("exclusiveMinimum", "minimum", "exclusiveMaximum"),
    "exclusiveMinimum": _limit("maximum", "maximum", ""),
    "exclusiveMaximum": _limit("minimum", "minimum", ""),
    "minLength": _count("string", "maxLength", -1),
    "maxLength": _count("string", "minLength", 1),
    "minItems": _count("array", "maxItems", -1),
    "maxItems": _count("array", "minItems", 1),
    "minProperties": _count("object", "maxProperties", -1),
    "maxProperties": _count("object", "minProperties", 1),
    "enum": _leaf("enum", {}),
    "const": _leaf("const", {}),
    "multipleOf": _leaf("multipleOf", {"type": "number"}),
    "pattern": _leaf("pattern", {"type": "string"}),
    "format": _leaf("format", {"type": "string"}),
    "contentEncoding": _leaf("contentEncoding", {"type": "string"}),
    "uniqueItems": _leaf("uniqueItems", {"type": "array", "minItems": 2}),
    "items": _items,
    "prefixItems": _prefix_items,
    "additionalItems": _additional_items,
    "contains": _contains,
    "required": _required,
    "properties": _properties,
    "additionalProperties": _additional_properties,
    "unevaluatedProperties": _unevaluated_properties,
    "unevaluatedItems": _unevaluated_items,
    "patternProperties": _pattern_properties,
    "propertyNames": _property_names,
    "dependentRequired": _dependent_required,
    "dependentSchemas": _dependent_schemas,
    "dependencies": _dependencies,
    "allOf": _all_of,
    "anyOf": _any_of,
    "oneOf": _one_of,
    "not": _not,
    "if": _if,
}


def ease(schema: Any) -> int:
    """Return how much a rewritten schema asks for: 0 a single plain thing, more for each thing that is nested."""
    if not isinstance(schema, dict):
        return 0
    inner = schema.get("properties") or {}
    nested = [item["not"] for item in inner.values() if isinstance(item, dict) and "not" in item]
    nested.extend(schema[keyword] for keyword in ("not", "items", "propertyNames") if keyword in schema)
    nested.extend(schema.get("allOf", ()))
    return sum(_weight(item) for item in nested)


def _weight(schema: Any) -> int:
    if not isinstance(schema, dict):
        return 1
    return 1 + sum(0 if keyword in _PLAIN else 5 for keyword in schema)


_PLAIN = frozenset({"const", "enum", "type", "description", "title", "default", "minimum", "maximum", "pattern"})


def negations(node: Node, document: Document) -> list[Node]:
    """Return the schemas of which a value must satisfy one in order to fail `node`; none when nothing can fail it."""
    schema = node.schema
    if not isinstance(schema, dict):
        return [] if schema else [node.rewritten(True)]
    found = _failed_references(node, document)
    if "$ref" in schema and node.scope.draft <= 7:
        return found
    for keyword, value in schema.items():
        rewrite = _REWRITES.get(keyword)
        if rewrite is not None:
            found.extend(node.rewritten(item) for item in rewrite(value, schema))
    return found


def _failed_references(node: Node, document: Document) -> list[Node]:
    schema = node.schema
    found = []
    try:
        if isinstance(schema.get("$ref"), str):
            found.append(document.follow(node, schema["$ref"]))
        if isinstance(schema.get("$dynamicRef"), str):
            found.append(document.follow_dynamic(node, schema["$dynamicRef"]))
    except BrokenReferenceError:
        return []
    return [target.rewritten({"not": target.schema}) for target in found]
