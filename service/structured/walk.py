"""Where a schema holds schemas, and where it holds plain data.

A field may be called `allOf`, and an example may hold anything; only a walk that knows the positions can tell.
Everything here takes documents of any shape: what is not where it should be is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from service.structured.words import Step

__all__ = [
    "NOTES",
    "Node",
    "Path",
    "is_mixed",
    "mapped",
    "replaced",
    "subschemas",
    "told_apart",
    "types_of",
    "walk",
]

Path: TypeAlias = "tuple[Step, ...]"

_ANNOTATIONS = ("title", "description", "default", "examples", "example", "deprecated", "readOnly", "writeOnly")

NOTES: Final = frozenset((*_ANNOTATIONS, "$comment", "$defs", "definitions", "$schema"))
"""Keywords that say something about a value and ask nothing of it."""

_CHOICES = ("anyOf", "oneOf")
_CONDITIONS = ("not", "if", "then", "else", "contains", "propertyNames", "dependentSchemas", "dependencies")
_MAPS = ("$defs", "definitions", "properties", "patternProperties", "dependentSchemas", "dependencies")
_LISTS = ("allOf", "anyOf", "oneOf", "prefixItems", "items")
_SINGLE = ("items", "contains", "propertyNames", "not", "if", "then", "else", "contentSchema")
# True and false are the usual values here and no schema that anybody asks the model to fill.
_SINGLE_OR_SWITCH = ("additionalProperties", "unevaluatedProperties", "unevaluatedItems", "additionalItems")


@dataclass(frozen=True, slots=True)
class Node:
    """One schema inside a document, and where it stands."""

    path: Path
    schema: Any


def walk(schema: Any) -> Iterator[Node]:
    """Yield a schema and all inside it, in document order; references are not followed."""
    stack = [Node((), schema)]
    while stack:
        node = stack.pop()
        yield node
        inner = [Node((*node.path, *steps), child) for steps, child in subschemas(node.schema)]
        stack.extend(reversed(inner))


def subschemas(schema: Any) -> Iterator[tuple[Path, Any]]:
    """Yield the schemas directly inside one, each with the steps that lead to it."""
    if not isinstance(schema, dict):
        return
    for key, value in schema.items():
        if key in _MAPS and isinstance(value, dict):
            yield from (((key, name), child) for name, child in value.items() if isinstance(child, dict | bool))
        elif key in _LISTS and isinstance(value, list):
            yield from (((key, index), child) for index, child in enumerate(value) if isinstance(child, dict | bool))
        elif _is_single(key, value):
            yield (key,), value


def mapped(schema: dict[str, Any], change: Callable[[Any, Path], Any]) -> dict[str, Any]:
    """Return a schema with each schema directly inside it changed; `change` gets it and the steps that lead to it."""
    out = dict(schema)
    for steps, child in subschemas(schema):
        if len(steps) == 1:
            out[str(steps[0])] = change(child, steps)
            continue
        key, place = str(steps[0]), steps[1]
        if out[key] is schema[key]:
            out[key] = schema[key].copy()
        out[key][place] = change(child, steps)
    return out


def _is_single(key: str, value: Any) -> bool:
    return isinstance(value, dict | bool) and (
        key in _SINGLE or (key in _SINGLE_OR_SWITCH and not isinstance(value, bool))
    )


def types_of(schema: Any) -> tuple[str, ...]:
    """Return the types a schema names; none when it names none."""
    named = schema.get("type") if isinstance(schema, dict) else None
    listed = named if isinstance(named, list) else [named]
    return tuple(name for name in listed if isinstance(name, str))


def replaced(document: Any, path: Path, change: Callable[[Any], Any]) -> Any:
    """Return a document in which one place is changed; the same document when there is no such place."""
    if not path:
        return change(document)
    step, rest = path[0], path[1:]
    if isinstance(document, dict) and step in document:
        return {**document, step: replaced(document[step], rest, change)}
    if isinstance(document, list) and isinstance(step, int) and step < len(document):
        return [*document[:step], replaced(document[step], rest, change), *document[step + 1 :]]
    return document


def told_apart(nodes: Iterable[Node]) -> tuple[set[Path], set[Path]]:
    """Tell apart what stands in conditions, and what describes a value together with another schema."""
    conditions: set[Path] = set()
    parts: set[Path] = set()
    schemas: dict[Path, Any] = {}
    for node in nodes:
        path = node.path
        schemas[path] = node.schema
        if path:
            above = path[:-1] if path[:-1] in schemas else path[:-2]
            step = path[len(above)]
            if above in conditions or step in _CONDITIONS:
                conditions.add(path)
            if above in parts or step == "allOf" or (step in _CHOICES and is_mixed(schemas[above])):
                parts.add(path)
    return conditions, parts


def is_mixed(schema: Any) -> bool:
    """Whether a choice between schemas stands beside rules that hold for all of them."""
    if not isinstance(schema, dict) or not any(key in schema for key in _CHOICES):
        return False
    return len(schema.keys() - NOTES - {"$id"}) > 1
