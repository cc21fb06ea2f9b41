"""From named types to one schema: what is used once stands where it is used, the rest in `$defs`."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from service.errors import InvalidSchemaError
from service.structured.compiled import MAX_SCHEMA_LEVELS
from service.structured.plain import plain_schema

__all__ = ["assembled", "choice", "nullable", "outermost", "reference", "targets", "union"]

Schema = dict[str, Any]

_PREFIX = "#/$defs/"
_MAPS = ("properties",)
_LISTS = ("anyOf", "prefixItems")
_SINGLE = ("items", "additionalProperties")
_SMALL = 500
"""The most characters of the JSON of a choice that is repeated wherever it is used."""


def reference(name: str) -> Schema:
    """Return the schema that refers to a named type."""
    return {"$ref": _PREFIX + name}


def choice(values: list[Any]) -> dict[str, Any]:
    """Return a schema for one of several values, with their type where it is one."""
    names = list(dict.fromkeys(_json_name(value) for value in values))
    if set(names) == {"integer", "number"}:
        names = ["number"]
    return {"type": names[0], "enum": values} if len(names) == 1 else {"enum": values}


def _json_name(value: Any) -> str:
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, str):
        return "string"
    return "integer" if isinstance(value, int) else "number"


def nullable(schema: Any) -> Schema:
    """Return a schema that takes null too, in `type` where that says it all."""
    if not isinstance(schema, dict):
        return {"anyOf": [schema, {"type": "null"}]}
    if "enum" in schema and "type" not in schema:
        return {**schema, "enum": [*schema["enum"], None]}
    if not isinstance(schema.get("type"), str):
        return {"anyOf": [schema, {"type": "null"}]}
    if schema["type"] == "null":
        return schema
    values = {"enum": [*schema["enum"], None]} if "enum" in schema else {}
    return {**schema, "type": [schema["type"], "null"], **values}


def union(options: list[Any]) -> Any:
    """Return a schema for one of several; choices are joined into one, and null is put last."""
    known = list({json.dumps(option, sort_keys=True): option for option in options}.values())
    others = [option for option in known if option != {"type": "null"}]
    if {} in others:
        return {}
    joined = _joined_choices(others)
    one = joined[0] if len(joined) == 1 else {"anyOf": joined}
    if len(others) == len(known):
        return one
    if not joined:
        return {"type": "null"}
    return nullable(one) if len(joined) == 1 else {"anyOf": [*joined, {"type": "null"}]}


def _joined_choices(options: list[Any]) -> list[Any]:
    """Write choices among values of one type as one choice, where the first of them stood."""
    choices = [option for option in options if option.keys() == {"type", "enum"} and isinstance(option["type"], str)]
    if len(choices) < 2 or len({option["type"] for option in choices}) > 1:
        return options
    values = list(dict.fromkeys(value for option in choices for value in option["enum"]))
    joined = {"type": choices[0]["type"], "enum": values}
    places = {id(option) for option in choices}
    return [
        joined if option is choices[0] else option
        for option in options
        if option is choices[0] or id(option) not in places
    ]


def outermost(declarations: Mapping[str, Any], candidates: list[str], parents: Collection[str]) -> str:
    """Return the name of the type that the others are parts of: the last to which no other refers, best an object.

    Args:
        declarations: The schemas by name.
        candidates: Those that can be the whole, in the order of the source; at least one.
        parents: Those that others have taken fields from.
    """
    referred = {target for name, schema in declarations.items() for target in targets(schema) if target != name}
    free = [name for name in candidates if name not in referred and name not in parents]
    objects = [name for name in candidates if declarations[name].get("type") == "object"]
    return ([name for name in free if name in objects] or free or objects or candidates)[-1]


def assembled(root: str, declarations: Mapping[str, Any]) -> Any:
    """Return one schema of all that the root needs.

    Raises:
        InvalidSchemaError: It would have more than 50,000 characters or 64 levels.
    """
    try:
        return plain_schema(_Assembly(root, declarations).whole())
    except RecursionError as error:
        raise InvalidSchemaError(f"The types are nested more than {MAX_SCHEMA_LEVELS} levels deep.") from error


class _Assembly:
    def __init__(self, root: str, declarations: Mapping[str, Any]) -> None:
        self._root = root
        self._declarations = declarations
        self._uses: dict[str, int] = {}
        self._recursive: set[str] = set()
        self._count()
        self._defs: dict[str, Any] = {}

    def whole(self) -> Any:
        schema = self._placed(self._declarations[self._root], 0)
        return {**schema, "$defs": dict(reversed(self._defs.items()))} if self._defs else schema

    def _count(self) -> None:
        """Count the uses of each type, and find those that lead back to themselves."""
        waiting = [self._root]
        seen = {self._root}
        edges: dict[str, list[str]] = {}
        while waiting:
            name = waiting.pop()
            edges[name] = [found for found in targets(self._declarations[name]) if found in self._declarations]
            for target in edges[name]:
                self._uses[target] = self._uses.get(target, 0) + 1
                if target not in seen:
                    seen.add(target)
                    waiting.append(target)
        self._recursive = _in_circles(edges)
        if endless := _in_circles(
            {name: [found for found in _same(self._declarations[name]) if found in edges] for name in edges}
        ):
            raise InvalidSchemaError(f"The type `{min(endless)[:60]}` is made of itself, so that nothing could be one.")

    def _placed(self, schema: Any, level: int) -> Any:
        """Return a schema with the types that it refers to put in their places."""
        if level > 2 * MAX_SCHEMA_LEVELS:
            raise RecursionError
        if not isinstance(schema, dict):
            return schema
        if (target := _target(schema)) in self._declarations:
            assert target is not None
            return self._referred(target, schema, level)
        out = dict(schema)
        for key in _MAPS:
            if key in out:
                out[key] = {name: self._placed(value, level + 1) for name, value in out[key].items()}
        for key in _LISTS:
            if key in out:
                out[key] = [self._placed(value, level + 1) for value in out[key]]
        for key in _SINGLE:
            if key in out:
                out[key] = self._placed(out[key], level + 1)
        return _flat(out)

    def _referred(self, name: str, schema: Schema, level: int) -> Any:
        others = {key: value for key, value in schema.items() if key != "$ref"}
        if name == self._root:
            return {"$ref": "#", **others}
        declared = self._declarations[name]
        is_small = "enum" in declared and len(str(declared)) <= _SMALL
        if name not in self._recursive and (self._uses[name] == 1 or is_small):
            return {**self._placed(declared, level + 1), **others}
        if name not in self._defs:
            self._defs[name] = {}
            # Under a name of its own a type begins at the top again.
            self._defs[name] = self._placed(declared, 0)
        return {**schema}


def _flat(schema: Schema) -> Schema:
    """Write null into `type` where a type put in its place has made that possible."""
    options = schema.get("anyOf")
    if options is None or len(options) != 2 or options[1] != {"type": "null"} or not isinstance(options[0], dict):
        return schema
    found = nullable(options[0])
    if "anyOf" in found and found["anyOf"][0] is options[0]:
        return schema
    return {**found, **{key: value for key, value in schema.items() if key != "anyOf"}}


def _target(schema: Schema) -> str | None:
    written = schema.get("$ref")
    return written[len(_PREFIX) :] if isinstance(written, str) and written.startswith(_PREFIX) else None


def targets(schema: Any) -> Iterator[str]:
    """Yield the name of each type that a schema refers to, as often as it does."""
    waiting = [schema]
    while waiting:
        found = waiting.pop()
        if not isinstance(found, dict):
            continue
        if (target := _target(found)) is not None:
            yield target
            continue
        waiting += [value for key in _MAPS for value in found.get(key, {}).values()]
        waiting += [value for key in _LISTS for value in found.get(key, ())]
        waiting += [found[key] for key in _SINGLE if key in found]


def _same(schema: Any) -> Iterator[str]:
    """Yield the names of the types that a value of this one has to be, or can be, itself."""
    waiting = [schema]
    while waiting:
        found = waiting.pop()
        if isinstance(found, dict):
            target = _target(found)
            if target is not None:
                yield target
            waiting += found.get("anyOf", ())


def _in_circles(edges: Mapping[str, list[str]]) -> set[str]:
    """Return the names on a circle, or on a way from one circle to another."""
    backwards: dict[str, list[str]] = {name: [] for name in edges}
    for name, targets in edges.items():
        for target in set(targets):
            backwards[target].append(name)
    return _leading_on(edges) & _leading_on(backwards)


def _leading_on(edges: Mapping[str, list[str]]) -> set[str]:
    """Return the names that lead on for ever, by dropping again and again those that lead nowhere."""
    left = {name: set(targets) for name, targets in edges.items()}
    sources: dict[str, set[str]] = {name: set() for name in edges}
    for name, targets in left.items():
        for target in targets:
            sources[target].add(name)
    done = [name for name, targets in left.items() if not targets]
    while done:
        name = done.pop()
        del left[name]
        for source in sources[name]:
            left[source].discard(name)
            if not left[source]:
                done.append(source)
    return set(left)
