"""Keywords of a schema in plain words: what they are, and what they say."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from service.structured.words import FORMATS, TYPES, either, one_of, plural, shortened, spelled

__all__ = ["SAID", "WHAT", "described", "sentence"]

MAX_SAID = 300
"""The longest part of a schema that a description quotes, in characters."""

WHAT: Final = {
    "allOf": "several parts that must all fit",
    "oneOf": "alternatives of which exactly one may fit",
    "not": "a rule about what must not be",
    "if": "a rule that depends on another part of the answer",
    "then": "a rule that depends on another part of the answer",
    "else": "a rule that depends on another part of the answer",
    "dependentRequired": "fields that are needed when another is there",
    "dependentSchemas": "rules that hold when a field is there",
    "dependencies": "rules that hold when a field is there",
    "minLength": "a least length of a text",
    "maxLength": "a greatest length of a text",
    "pattern": "a pattern for a text",
    "minimum": "a least number",
    "maximum": "a greatest number",
    "exclusiveMinimum": "a number that must be exceeded",
    "exclusiveMaximum": "a number that must not be reached",
    "multipleOf": "steps between numbers",
    "minItems": "a least number of items",
    "maxItems": "a greatest number of items",
    "uniqueItems": "a list in which no item may repeat",
    "contains": "a list that must hold an item of some kind",
    "minContains": "a count of items of some kind",
    "maxContains": "a count of items of some kind",
    "prefixItems": "a list whose first, second … items differ in kind",
    "additionalItems": "a rule about further items",
    "unevaluatedItems": "a rule about further items",
    "minProperties": "a least number of fields",
    "maxProperties": "a greatest number of fields",
    "propertyNames": "a rule about the names of fields",
    "patternProperties": "fields that are known by a pattern of their names",
    "unevaluatedProperties": "a rule about further fields",
    "contentSchema": "a rule about what is written inside a text",
    "format": "this form of a text",
}
"""What a keyword is, as in "Anthropic does not accept a least number"."""


def _named(names: Iterable[Any]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _brief(schema: Any) -> str:
    """Say a small schema in a few words, and any other as JSON."""
    if isinstance(schema, dict):
        keys = {key for key in schema if key not in ("title", "description")}
        if keys == {"const"}:
            return spelled(schema["const"])
        if keys == {"enum"} and isinstance(schema["enum"], list):
            return one_of(schema["enum"])
        if keys == {"type"} and isinstance(schema["type"], str):
            return TYPES.get(schema["type"], schema["type"])
        if keys == {"required"} and isinstance(schema["required"], list):
            return f"an object with {_named(schema['required'])}"
        if keys == {"pattern"} and isinstance(schema["pattern"], str):
            return f"a text like the pattern {schema['pattern']}"
    return shortened(json.dumps(schema, ensure_ascii=False), MAX_SAID)


def _depends(value: Any) -> str:
    if not isinstance(value, dict):
        return ""
    told = [
        f"With `{name}` comes {_named(rule)}." if isinstance(rule, list) else f"With `{name}`: {_brief(rule)}."
        for name, rule in value.items()
    ]
    return " ".join(told)


def _conditional(schema: Mapping[str, Any]) -> str:
    then, other = schema.get("then"), schema.get("else")
    if then is None and other is None:
        return ""
    words = f"If it fits {_brief(schema['if'])}"
    words += f", then {_brief(then)}" if then is not None else ""
    return words + (f", or else {_brief(other)}." if other is not None else ".")


def _patterned(value: Any) -> str:
    if not isinstance(value, dict) or not value:
        return ""
    return " ".join(f"Fields whose names match {name}: {_brief(rule)}." for name, rule in value.items())


def _tuple(value: Any) -> str:
    if not isinstance(value, list):
        return ""
    return " ".join(f"Item {number}: {_brief(rule)}." for number, rule in enumerate(value, 1))


SAID: Final[Mapping[str, Callable[[Any], str]]] = {
    "minimum": lambda value: f"At least {spelled(value)}.",
    "maximum": lambda value: f"At most {spelled(value)}.",
    "exclusiveMinimum": lambda value: f"More than {spelled(value)}.",
    "exclusiveMaximum": lambda value: f"Less than {spelled(value)}.",
    "multipleOf": lambda value: f"A multiple of {spelled(value)}.",
    "minLength": lambda value: f"At least {_count(value, 'character')}." if value else "",
    "maxLength": lambda value: f"At most {_count(value, 'character')}.",
    "pattern": lambda value: f"Matches the pattern {value}.",
    "format": lambda value: f"Looks like {FORMATS.get(value, value)}.",
    "minItems": lambda value: f"At least {_count(value, 'item')}." if value else "",
    "maxItems": lambda value: f"At most {_count(value, 'item')}.",
    "uniqueItems": lambda value: "No item twice." if value else "",
    "contains": lambda value: f"At least one item is {_brief(value)}.",
    "minProperties": lambda value: f"At least {_count(value, 'field')}." if value else "",
    "maxProperties": lambda value: f"At most {_count(value, 'field')}.",
    "propertyNames": lambda value: f"Every name of a field is {_brief(value)}." if value not in (True, {}) else "",
    "patternProperties": _patterned,
    "not": lambda value: f"Must not be {_brief(value)}.",
    "dependentRequired": _depends,
    "dependentSchemas": _depends,
    "dependencies": _depends,
    "prefixItems": _tuple,
    "items": _tuple,
    "contentMediaType": lambda value: f"Holds a document of the type {value}.",
    "contentEncoding": lambda value: f"Encoded as {value}.",
    "contentSchema": lambda value: f"What is written inside fits {_brief(value)}.",
    "default": lambda value: f"Usually {spelled(value)}.",
    "example": lambda value: f"For example {spelled(value)}.",
    "examples": lambda value: f"For example {either([spelled(item) for item in value])}." if _is_filled(value) else "",
}
"""What a keyword says, from its value; an empty text where it says nothing."""


def _is_filled(value: Any) -> bool:
    return isinstance(value, list) and bool(value)


def _count(value: Any, noun: str) -> str:
    return plural(value, noun) if isinstance(value, int) else f"{spelled(value)} {noun}s"


def sentence(schema: Mapping[str, Any], keyword: str) -> str:
    """Say what one keyword of a schema asks for; an empty text where it says nothing or there are no words for it."""
    if keyword == "if":
        return _conditional(schema)
    if keyword not in schema or keyword not in SAID:
        return ""
    return SAID[keyword](schema[keyword])


def described(schema: Mapping[str, Any], keywords: Iterable[str]) -> dict[str, Any]:
    """Return a schema without some keywords, and with what they said at the end of its description."""
    gone = [keyword for keyword in keywords if keyword in schema]
    words = " ".join(filter(None, (sentence(schema, keyword) for keyword in gone)))
    rest = {key: value for key, value in schema.items() if key not in gone}
    if not words:
        return rest
    before = schema.get("description")
    before = before.strip() if isinstance(before, str) else ""
    if words in before:
        return rest
    if before and not before.endswith((".", "!", "?", ":", ";")):
        before += "."
    return {**rest, "description": f"{before} {words}".strip()}
