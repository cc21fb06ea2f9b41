"""A schema under examination: all that is in it, found once, and where its references lead."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cached_property
from typing import Any
from urllib.parse import unquote, urldefrag, urljoin

from service.errors import InvalidSchemaError
from service.structured.compiled import compiled, schema_text
from service.structured.walk import Node, Path, told_apart, walk
from service.structured.words import Step

__all__ = ["Scene", "read_schema"]

MAX_STEPS = 20_000
"""The most steps taken to write several schemas as one, in one document."""


class Scene:
    """A document and every schema in it, found once."""

    def __init__(self, document: Any) -> None:
        self.document = document
        self.nodes = tuple(walk(document))
        self.objects = tuple(node for node in self.nodes if isinstance(node.schema, dict))
        conditions, parts = told_apart(self.nodes)
        self.values = tuple(node for node in self.nodes if node.path not in conditions)
        """All but what stands in conditions, such as `not`: nothing is written after those."""
        self.plain = tuple(node for node in self.values if node.path not in parts)
        """All that describe a value alone, rather than together with another schema for the same value."""
        self._left = MAX_STEPS

    def spend(self, steps: int) -> bool:
        """Whether so many more steps may be taken; small schemas can ask for astronomical numbers of them."""
        self._left -= steps
        return self._left >= 0

    def resolve(self, reference: str) -> Node | None:
        """Return what a reference points to; `None` when that is nothing, outside, or named by another base."""
        base, _, fragment = reference.partition("#")
        if base:
            return None
        fragment = unquote(fragment)
        return self._anchors.get(fragment) if fragment and fragment[0] != "/" else _at(self.document, fragment)

    def is_outside(self, node: Node) -> bool:
        """Whether the reference of a schema leads out of the document, which may hold others with names (`$id`)."""
        base = urldefrag(str(node.schema["$ref"])).url
        return bool(base) and _joined(self._bases[node.path], base) not in self._base_names

    def is_embedded(self, node: Node) -> bool:
        """Whether a schema stands in a document with a name of its own, whose references look there first."""
        return self._bases[node.path] != self._bases[()]

    @cached_property
    def circular(self) -> frozenset[Path]:
        """The places that references point to and that lead back to themselves."""
        edges: dict[Path, set[Path]] = {target: set() for target in self._targets.values()}
        for path, target in self._targets.items():
            for end in range(len(path) + 1):
                if path[:end] in edges:
                    edges[path[:end]].add(target)
        return frozenset(start for start in edges if _leads_back(start, edges))

    @cached_property
    def _targets(self) -> dict[Path, Path]:
        """Where each schema with a reference points to."""
        found = ((node.path, node.schema.get("$ref")) for node in self.objects)
        resolved = ((path, self.resolve(reference)) for path, reference in found if isinstance(reference, str))
        return {path: target.path for path, target in resolved if target is not None}

    @cached_property
    def _anchors(self) -> dict[str, Node]:
        keys = ("$anchor", "$dynamicAnchor", "$id")
        named = ((node.schema.get(key), node) for node in reversed(self.objects) for key in keys)
        return {name.lstrip("#"): node for name, node in named if isinstance(name, str)}

    @cached_property
    def _base_names(self) -> frozenset[str]:
        return frozenset(self._bases.values())

    @cached_property
    def _bases(self) -> dict[Path, str]:
        """The name of the document that each schema belongs to."""
        bases: dict[Path, str] = {}
        for node in self.nodes:
            above = next((bases[node.path[:-count]] for count in (1, 2) if node.path[:-count] in bases), "")
            named = node.schema.get("$id", node.schema.get("id")) if isinstance(node.schema, dict) else None
            bases[node.path] = _joined(above, urldefrag(named).url) if isinstance(named, str) else above
        return bases


def read_schema(schema: Mapping[str, Any] | bool, name: str = "The schema") -> Any:
    """Return a copy of a schema that nobody else holds.

    Args:
        schema: The schema.
        name: What the error calls it.

    Raises:
        InvalidSchemaError: It is not plain JSON, has more than 50,000 characters or 64 levels, or is no schema at all.
    """
    text = schema_text(schema)
    try:
        compiled(text)
    except InvalidSchemaError as error:
        if name == "The schema":
            raise
        raise InvalidSchemaError(error.message.replace("The schema", name, 1), hint=error.hint) from error
    return json.loads(text)


def _at(document: Any, pointer: str) -> Node | None:
    current = document
    path: list[Step] = []
    for written in pointer.split("/")[1:]:
        name = written.replace("~1", "/").replace("~0", "~")
        if isinstance(current, dict) and name in current:
            step: Step = name
        elif isinstance(current, list) and name.isascii() and name.isdigit() and int(name[:9]) < len(current):
            step = int(name[:9])
        else:
            return None
        current = current[step]
        path.append(step)
    return Node(tuple(path), current) if isinstance(current, dict | bool) else None


def _joined(base: str, reference: str) -> str:
    try:
        return urljoin(base, reference)
    except ValueError:
        # Not even an address.
        return reference


def _leads_back(start: Path, edges: Mapping[Path, set[Path]]) -> bool:
    seen: set[Path] = set()
    waiting = list(edges[start])
    while waiting:
        path = waiting.pop()
        if path == start:
            return True
        if path not in seen:
            seen.add(path)
            waiting.extend(edges.get(path, ()))
    return False
