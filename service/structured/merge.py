"""Two schemas that must both fit, written as one, where that is exact."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from service.structured.scene import Scene
from service.structured.walk import NOTES, is_mixed, types_of

__all__ = ["distributed", "merged", "merged_all"]

_OBJECT_NAMES = ("additionalProperties", "patternProperties", "propertyNames")
# What these mean depends on keywords beside them, so two of a group do not add up.
_GROUPS = (
    ("if", "then", "else"),
    ("contains", "minContains", "maxContains"),
    ("prefixItems", "items", "additionalItems"),
)
_EVERYTHING_ELSE = ("unevaluatedProperties", "unevaluatedItems")
_COST_OF_INLINING = 50


class _NotExact(Exception):  # noqa: N818 - nothing is wrong, there only is no single schema
    """The two cannot be written as one."""


def merged(first: Any, second: Any, scene: Scene) -> Any:
    """Return one schema for values that fit both; `None` when there is none that says exactly this.

    The second stands inside the first, as a part or an alternative of it, so what the first says of everything else
    (`unevaluatedProperties`) looks at both. Notes of the first win. References are followed where one would stand
    beside rules, unless they go in circles.
    """
    everything_else = {key: first[key] for key in _EVERYTHING_ELSE if isinstance(first, dict) and key in first}
    rest = {key: value for key, value in first.items() if key not in everything_else} if everything_else else first
    try:
        whole = _both(rest, second, scene)
    except _NotExact:
        return None
    return {**whole, **everything_else} if isinstance(whole, dict) else whole


def merged_all(schema: Mapping[str, Any], scene: Scene) -> Any:
    """Return a schema whose `allOf` is written into it; `None` when that is not exact."""
    parts = schema.get("allOf")
    if not isinstance(parts, list) or not all(isinstance(part, dict | bool) for part in parts):
        return None
    whole: Any = {key: value for key, value in schema.items() if key != "allOf"}
    for part in parts:
        inner = merged_all(part, scene) if isinstance(part, dict) and "allOf" in part else part
        whole = None if inner is None else merged(whole, inner, scene)
        if whole is None:
            return None
    return whole


def distributed(schema: Mapping[str, Any], scene: Scene) -> Any:
    """Return a schema whose alternatives say each for itself what stands beside them; `None` when that is not exact."""
    choices = schema.get("anyOf")
    if not is_mixed(schema) or not isinstance(choices, list) or "oneOf" in schema:
        return None
    notes = {key: value for key, value in schema.items() if key in NOTES}
    beside = {key: value for key, value in schema.items() if key not in NOTES and key != "anyOf"}
    written = [merged(beside, choice, scene) for choice in choices]
    return None if any(choice is None for choice in written) else {**notes, "anyOf": written}


def _both(first: Any, second: Any, scene: Scene) -> Any:
    if not scene.spend(1):
        raise _NotExact
    if first is True or second is False:
        return second
    if second is True or first is False:
        return first
    if not isinstance(first, dict) or not isinstance(second, dict):
        raise _NotExact
    first, second = _without_reference(first, second, scene), _without_reference(second, first, scene)
    if not isinstance(first, dict) or not isinstance(second, dict):
        return _both(first, second, scene)
    _require_independent(first, second)
    whole = {**second, **first}
    for key in first.keys() & second.keys():
        if key not in NOTES and key not in _OBJECT_NAMES:
            whole[key] = _value(key, first[key], second[key], scene)
    _merge_names(whole, first, second)
    return whole


def _without_reference(schema: Any, other: Any, scene: Scene) -> Any:
    """Write out what a schema refers to, where the other asks for more."""
    if not isinstance(schema, dict) or "$ref" not in schema or _is_noted(other):
        return schema
    if isinstance(other, dict) and other.get("$ref") == schema["$ref"]:
        return schema
    target = scene.resolve(schema["$ref"]) if isinstance(schema["$ref"], str) else None
    if target is None or target.path in scene.circular or not scene.spend(_COST_OF_INLINING):
        raise _NotExact
    rest = {key: value for key, value in schema.items() if key != "$ref"}
    return _without_reference(_both(rest, target.schema, scene), other, scene)


def _is_noted(schema: Any) -> bool:
    """Whether a schema asks nothing at all."""
    return isinstance(schema, dict) and schema.keys() <= NOTES


def _require_independent(first: Mapping[str, Any], second: Mapping[str, Any]) -> None:
    for group in _GROUPS:
        mine, yours = [{key for key in group if key in side} for side in (first, second)]
        if mine and yours and not (mine == yours == {"items"}):
            raise _NotExact
    named = ("$id", "$anchor", "$dynamicAnchor", "$dynamicRef", "$recursiveRef")
    if any(key in named or key in _EVERYTHING_ELSE for key in (*first, *second)):
        raise _NotExact
    # References lead to them by their place, which would change.
    if "$defs" in second or "definitions" in second:
        raise _NotExact


def _merge_names(whole: dict[str, Any], first: Mapping[str, Any], second: Mapping[str, Any]) -> None:
    """Join what two schemas say about names of fields; a closed one leaves no room for names of the other."""
    for side, other in ((first, second), (second, first)):
        if any(key in side for key in _OBJECT_NAMES):
            names, others = _names(side), _names(other)
            if not others <= names or any(key in other and other[key] != side.get(key) for key in _OBJECT_NAMES):
                raise _NotExact
            if "patternProperties" in side and others:
                raise _NotExact
    for key in _OBJECT_NAMES:
        if key in first or key in second:
            whole[key] = first.get(key, second.get(key))


def _names(schema: Mapping[str, Any]) -> set[str]:
    named = schema.get("properties")
    return set(named) if isinstance(named, dict) else set()


def _value(key: str, mine: Any, yours: Any, scene: Scene) -> Any:
    if _same(mine, yours):
        return mine
    if key == "properties" and isinstance(mine, dict) and isinstance(yours, dict):
        both = {name: _both(mine[name], yours[name], scene) for name in mine if name in yours}
        return {**mine, **yours, **both}
    if key == "items":
        return _both(mine, yours, scene)
    if key in _JOINED:
        return _JOINED[key](mine, yours)
    raise _NotExact


def _same(mine: Any, yours: Any) -> bool:
    """Compare as JSON does: 1 is 1.0, and true is not 1."""
    return json.dumps(_plain(mine), sort_keys=True) == json.dumps(_plain(yours), sort_keys=True)


def _plain(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list) else value


def _common_types(mine: Any, yours: Any) -> Any:
    first, second = types_of({"type": mine}), types_of({"type": yours})
    common = [name for name in first if name in second or (name == "integer" and "number" in second)]
    common += [name for name in second if name == "integer" and "number" in first and name not in common]
    if not common:
        raise _NotExact
    return common[0] if len(common) == 1 else common


def _common_values(mine: Any, yours: Any) -> Any:
    if not isinstance(mine, list) or not isinstance(yours, list):
        raise _NotExact
    common = [value for value in mine if any(_same(value, other) for other in yours)]
    if not common:
        raise _NotExact
    return common


def _all_names(mine: Any, yours: Any) -> Any:
    if not isinstance(mine, list) or not isinstance(yours, list):
        raise _NotExact
    return [*mine, *(name for name in yours if name not in mine)]


def _number(choose: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    def chosen(mine: Any, yours: Any) -> Any:
        if not isinstance(mine, int | float) or not isinstance(yours, int | float):
            raise _NotExact
        return choose(mine, yours)

    return chosen


_JOINED: Final[Mapping[str, Callable[[Any, Any], Any]]] = {
    "type": _common_types,
    "enum": _common_values,
    "required": _all_names,
    **dict.fromkeys(("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"), _number(max)),
    **dict.fromkeys(("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"), _number(min)),
}
