"""Finds what `$ref`, `$dynamicRef` and `$recursiveRef` point at inside one schema document."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urldefrag, urljoin

_DRAFTS = {"draft-04": 4, "draft-06": 6, "draft-07": 7, "2019-09": 19, "2020-12": 20}
_ONE = (
    "additionalItems", "additionalProperties", "contains", "contentSchema", "else", "if", "items", "not",
    "propertyNames", "then", "unevaluatedItems", "unevaluatedProperties",
)  # fmt: skip
_MANY = ("allOf", "anyOf", "oneOf", "prefixItems", "items")
_NAMED = ("$defs", "definitions", "dependencies", "dependentSchemas", "patternProperties", "properties")

_ROOT = "simulator:/schema"
_META_SCHEMA = {"type": ["object"], "properties": {"type": {"const": "string"}}, "additionalProperties": False}


class BrokenReferenceError(ValueError):
    """Raised when a reference leads nowhere inside the document; `str()` says which one."""


@dataclass(frozen=True)
class Scope:
    """The resource a subschema lies in, and the resources entered on the way to it, outermost first."""

    base: str
    draft: int
    entered: tuple[str, ...] = ()

    def enter(self, base: str, draft: int) -> Scope:
        """Return the scope inside the resource `base`."""
        entered = self.entered if base in self.entered else (*self.entered, base)
        return Scope(base, draft, entered)


@dataclass(frozen=True)
class Node:
    """A subschema with the pointer to it and its scope."""

    schema: Any
    pointer: str
    scope: Scope

    def child(self, schema: Any, *steps: str | int) -> Node:
        """Return a subschema of this one, `steps` below it."""
        tail = "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in steps)
        return Node(schema, self.pointer + tail, self.scope)

    def rewritten(self, schema: Any) -> Node:
        """Return another schema in the place of this one."""
        return Node(schema, self.pointer, self.scope)


def draft_of(schema: Any, default: int = 20) -> int:
    """Return the draft that a schema names in `$schema`: 4, 6, 7, 19 or 20."""
    name = schema.get("$schema") if isinstance(schema, Mapping) else None
    if not isinstance(name, str):
        return default
    return next((draft for mark, draft in _DRAFTS.items() if mark in name), default)


class Document:
    """One schema document with all its resources and anchors."""

    def __init__(self, schema: Any) -> None:
        self.resources: dict[str, Node] = {}
        self.anchors: dict[tuple[str, str], Node] = {}
        self.dynamic: set[tuple[str, str]] = set()
        self.scopes: dict[int, Scope] = {}
        draft = draft_of(schema)
        self.root = Node(schema, "", Scope(_ROOT, draft, (_ROOT,)))
        self.resources[_ROOT] = self.root
        self._index(self.root)
        self.root = self.settled(self.root)

    def settled(self, node: Node) -> Node:
        """Return the node with the scope of the resource it opens, when it opens one."""
        own = self.scopes.get(id(node.schema))
        if own is None or own.base == node.scope.base:
            return node
        return Node(node.schema, node.pointer, node.scope.enter(own.base, own.draft))

    def _index(self, start: Node) -> None:
        waiting = [start]
        while waiting:
            node = waiting.pop()
            if not isinstance(node.schema, dict):
                continue
            node = self._register(node)
            waiting.extend(_subschemas(node))

    def _register(self, node: Node) -> Node:
        schema, scope = node.schema, node.scope
        draft = draft_of(schema, scope.draft)
        if draft <= 7 and "$ref" in schema:
            return node
        name = schema.get("id" if draft == 4 else "$id")
        if isinstance(name, str):
            base, fragment = urldefrag(urljoin(scope.base, name) if scope.base != _ROOT else name)
            if fragment and draft <= 7:
                self.anchors.setdefault((base or scope.base, fragment), node)
            elif base:
                node = Node(schema, node.pointer, Scope(base, draft, (base,)))
                self.resources.setdefault(base, node)
                self.scopes[id(schema)] = node.scope
        self._register_anchors(node)
        return node

    def _register_anchors(self, node: Node) -> None:
        for keyword in ("$anchor", "$dynamicAnchor"):
            anchor = node.schema.get(keyword)
            if isinstance(anchor, str):
                self.anchors.setdefault((node.scope.base, anchor), node)
                if keyword == "$dynamicAnchor":
                    self.dynamic.add((node.scope.base, anchor))

    def follow(self, node: Node, reference: str) -> Node:
        """Return what `reference` points at, seen from `node`; raises `BrokenReferenceError`."""
        base, fragment = urldefrag(reference)
        uri = node.scope.base if not base else urldefrag(urljoin(node.scope.base, base))[0]
        if uri not in self.resources and base in self.resources:
            uri = base
        resource = self.resources.get(uri)
        if resource is None:
            if "json-schema.org/draft" in uri:
                return node.rewritten(_META_SCHEMA)
            raise BrokenReferenceError(f"the reference {reference!r} leads outside the schema, and nothing is fetched")
        found = self._inside(resource, unquote(fragment), reference)
        own = self.scopes.get(id(found.schema), found.scope)
        return Node(found.schema, found.pointer, node.scope.enter(own.base, own.draft))

    def _inside(self, resource: Node, fragment: str, reference: str) -> Node:
        if not fragment:
            return resource
        if not fragment.startswith("/"):
            anchor = self.anchors.get((resource.scope.base, fragment))
            if anchor is None:
                raise BrokenReferenceError(f"the reference {reference!r} points at nothing")
            return anchor
        node = resource
        for raw in fragment[1:].split("/"):
            step = raw.replace("~1", "/").replace("~0", "~")
            node = self.settled(node.child(_step(node.schema, step, reference), step))
        return node

    def follow_dynamic(self, node: Node, reference: str) -> Node:
        """Return what a `$dynamicRef` points at: the outermost resource entered that has the dynamic anchor."""
        target = self.follow(node, reference)
        anchor = urldefrag(reference)[1]
        if (target.scope.base, anchor) not in self.dynamic or target.schema.get("$dynamicAnchor") != anchor:
            return target
        for base in node.scope.entered:
            if (base, anchor) in self.dynamic:
                return self.follow(node, f"{base}#{anchor}")
        return target

    def follow_recursive(self, node: Node) -> Node:
        """Return what `$recursiveRef: "#"` of draft 2019-09 points at."""
        target = self.follow(node, "#")
        if not (isinstance(target.schema, dict) and target.schema.get("$recursiveAnchor") is True):
            return target
        for base in node.scope.entered:
            outer = self.resources[base].schema
            if isinstance(outer, dict) and outer.get("$recursiveAnchor") is True:
                return self.follow(node, base)
        return target


def _step(value: Any, step: str, reference: str) -> Any:
    if isinstance(value, dict) and step in value:
        return value[step]
    if isinstance(value, list) and step.isdecimal() and int(step) < len(value):
        return value[int(step)]
    raise BrokenReferenceError(f"the reference {reference!r} points at nothing")


def _subschemas(node: Node) -> Iterator[Node]:
    schema = node.schema
    for keyword in _ONE:
        if isinstance(schema.get(keyword), dict):
            yield node.child(schema[keyword], keyword)
    for keyword in _MANY:
        if isinstance(schema.get(keyword), list):
            yield from (node.child(item, keyword, at) for at, item in enumerate(schema[keyword]))
    for keyword in _NAMED:
        if isinstance(schema.get(keyword), dict):
            yield from (node.child(item, keyword, name) for name, item in schema[keyword].items())
