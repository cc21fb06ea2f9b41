"""An answer to the strict form of a schema, seen with the eyes of who wrote the schema.

The strict form requires every field and lets those that could be left out be null. Whether the answer fits is a
question for the schema as written, which may ask for more: what the strict form only says in a description.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from service.structured.edits import wrapped
from service.structured.nulls import accepts_null, required_names
from service.structured.scene import Scene, read_schema
from service.structured.strict_form import explain_strictify
from service.structured.work import measure

__all__ = ["asked_by", "without_added_nulls"]

_MOST_LEVELS = 100
_MOST_RULES = 500
_SAME_VALUE = ("then", "else")
_SAME_VALUE_LISTS = ("anyOf", "oneOf", "allOf")


def asked_by(written: Mapping[str, Any] | bool) -> Any:
    """Return the schema that answers to its strict form are judged by.

    It is the schema as written; where the strict form puts the answer into the field `value`, it stands there, too.

    What is returned is shared: it is not to be changed.

    Raises:
        InvalidSchemaError: It has more than 50,000 characters or 64 levels, or it is no schema.
    """
    return _asked_by(json.dumps(written))


@lru_cache(maxsize=64)
def _asked_by(written: str) -> Any:
    # A page draws the same answers again and again, and the strict form takes milliseconds.
    document = read_schema(json.loads(written))
    return wrapped(document, Scene(document)) if explain_strictify(document).is_wrapped else document


def without_added_nulls(value: Any, schema: Mapping[str, Any] | bool) -> Any:
    """Return a value without the fields that are null where they could be left out and may not be null.

    The value that is handed in stays as it is; one of more than 100 levels comes back unchanged.
    """
    if measure(value, _MOST_LEVELS).depth > _MOST_LEVELS:
        return value
    scene = Scene(read_schema(schema))
    return _pruned(value, [scene.document], scene)


def _pruned(value: Any, rules: Sequence[Any], scene: Scene) -> Any:
    known = _all_of(rules, scene)
    if isinstance(value, list):
        return [_pruned(item, list(_rules_of_items(known)), scene) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        name: _pruned(item, [rule["properties"][name] for rule in _naming(known, name)], scene)
        for name, item in value.items()
        if item is not None or not _is_added(known, name, scene)
    }


def _all_of(rules: Sequence[Any], scene: Scene) -> list[dict[str, Any]]:
    """Return all that may be asked of a value: these schemas, their parts and alternatives, and what they refer to."""
    found: dict[int, dict[str, Any]] = {}
    waiting = list(rules)
    while waiting and len(found) < _MOST_RULES:
        rule = waiting.pop()
        if isinstance(rule, dict) and id(rule) not in found:
            found[id(rule)] = rule
            waiting += _beside(rule, scene)
    return list(found.values())


def _beside(rule: Mapping[str, Any], scene: Scene) -> Iterator[Any]:
    yield from (rule.get(key) for key in _SAME_VALUE)
    for key in _SAME_VALUE_LISTS:
        yield from rule[key] if isinstance(rule.get(key), list) else ()
    target = scene.resolve(rule["$ref"]) if isinstance(rule.get("$ref"), str) else None
    if target is not None:
        yield target.schema


def _rules_of_items(rules: Sequence[Mapping[str, Any]]) -> Iterator[Any]:
    for rule in rules:
        for key in ("items", "prefixItems"):
            named = rule.get(key)
            yield from named if isinstance(named, list) else [named]


def _naming(rules: Sequence[dict[str, Any]], name: str) -> list[dict[str, Any]]:
    return [rule for rule in rules if isinstance(rule.get("properties"), dict) and name in rule["properties"]]


def _is_added(rules: Sequence[dict[str, Any]], name: str, scene: Scene) -> bool:
    naming = _naming(rules, name)
    is_required = any(name in required_names(rule) for rule in rules)
    may_be_null = any(accepts_null(rule["properties"][name], scene) for rule in naming)
    return bool(naming) and not is_required and not may_be_null
