"""How much work a check can become, counted before it is done.

A small schema can ask for an astronomical number of steps: alternatives that refer to themselves twice double with
every level of the answer. The count is an upper bound; what it cannot count, it calls more than anybody can do.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import unquote

__all__ = ["BOUNDLESS", "Size", "Work", "measure"]

BOUNDLESS = 10**9
"""Stands for every larger count."""

MAX_COUNTED_LEVELS = 64
_BACKTRACKING_COST = 50_000
_REPEAT_COST_PER_PATTERN = 100_000

_SAME_VALUE = ("not", "if", "then", "else")
_SAME_VALUE_LISTS = ("allOf", "anyOf", "oneOf")
_SAME_VALUE_MAPS = ("dependentSchemas", "dependencies")
_DEEPER = ("additionalProperties", "unevaluatedProperties", "propertyNames", "contains", "items", "additionalItems")
_DEEPER_ONE_OF = ("properties", "prefixItems", "items")
# The drafts themselves, which the validator brings: each looks at a place a few times and no more.
_KNOWN_DRAFTS = ("http://json-schema.org/draft", "https://json-schema.org/draft")
_CONTAINERS = (dict, list, tuple)
_DEFINITIONS = ("$defs", "definitions")

# Look-around, atomic and possessive groups and back references: what only a backtracking engine can match.
_BACKTRACKING = re.compile(r"\(\?(?:[=!>]|<[=!])|\\[1-9]|\\k<|[*+?}]\+")
_REPEAT = re.compile(r"\{(\d+)?(?:,(\d+)?)?\}")


@dataclass(frozen=True)
class Size:
    """How large a value is: lists, objects and plain values in all, and levels of lists and objects."""

    nodes: int
    depth: int


def measure(value: Any, max_depth: int) -> Size:
    """Count a value's nodes and levels, no further down than one level past `max_depth`."""
    nodes, depth = 1, 0
    containers = [value] if isinstance(value, _CONTAINERS) else []
    while containers and depth <= max_depth:
        depth += 1
        children: list[Any] = []
        for container in containers:
            children.extend(container.values() if isinstance(container, dict) else container)
        nodes += len(children)
        containers = [child for child in children if isinstance(child, _CONTAINERS)]
    return Size(nodes, depth)


@dataclass
class _Node:
    """One subschema: which others see the same value, and which see a value inside it."""

    same: list[int] = field(default_factory=list)
    deeper: list[int] = field(default_factory=list)
    deeper_one_of: list[list[int]] = field(default_factory=list)


class Work:
    """The steps that checks against one schema can take.

    Args:
        document: The schema, as read from JSON.
    """

    def __init__(self, document: Any) -> None:
        self._document = document
        self._nodes: dict[int, _Node] = {}
        self._is_countable = True
        self._patterns: list[str] = []
        self._collect()

    def of(self, size: Size) -> int:
        """Return the most steps that a check of a value of this size can take, at most `BOUNDLESS`."""
        backtracking = _BACKTRACKING_COST if any(map(_BACKTRACKING.search, self._patterns)) else 1
        return min(BOUNDLESS, size.nodes * self.visits(size.depth) * backtracking)

    @cached_property
    def compiling(self) -> int:
        """Steps of preparing the patterns: counted repetitions are written out, inside each other multiplied."""
        return sum(min(_REPEAT_COST_PER_PATTERN, _repeats(pattern)) for pattern in self._patterns)

    def visits(self, depth: int) -> int:
        """Return how many rules can look at one and the same place of a value with `depth` levels."""
        counts, is_settled = self._visits
        if depth >= len(counts) and not is_settled:
            return BOUNDLESS
        return max(counts[: depth + 1], default=1)

    @cached_property
    def _visits(self) -> tuple[list[int], bool]:
        """Visits by level, and whether deeper levels repeat the last ones."""
        order = self._order()
        if order is None:
            return [BOUNDLESS], True
        root = id(self._document)
        counts: list[int] = []
        before: dict[int, int] = {}
        for level in range(MAX_COUNTED_LEVELS):
            now: dict[int, int] = {}
            for key in order:
                now[key] = min(BOUNDLESS, self._inside(key, before, level) + sum(now[t] for t in self._nodes[key].same))
            counts.append(now.get(root, 1))
            if now == before or counts[-1] >= BOUNDLESS:
                return counts, True
            before = now
        return counts, False

    def _inside(self, key: int, before: dict[int, int], level: int) -> int:
        if level == 0:
            return 1
        node = self._nodes[key]
        named = (max((before[target] for target in group), default=0) for group in node.deeper_one_of)
        return sum(named) + sum(before[target] for target in node.deeper)

    def _order(self) -> list[int] | None:
        """Sort the nodes so that each comes after those that see its value too; `None` where they go in circles."""
        if not self._is_countable:
            return None
        waiting = {key: len(node.same) for key, node in self._nodes.items()}
        users: dict[int, list[int]] = {}
        for key, node in self._nodes.items():
            for target in node.same:
                users.setdefault(target, []).append(key)
        order = [key for key, count in waiting.items() if count == 0]
        for key in order:
            for user in users.get(key, ()):
                waiting[user] -= 1
                if waiting[user] == 0:
                    order.append(user)
        return order if len(order) == len(self._nodes) else None

    def _collect(self) -> None:
        stack = [self._document]
        while stack:
            schema = stack.pop()
            if isinstance(schema, dict) and id(schema) not in self._nodes:
                self._nodes[id(schema)] = node = _Node()
                stack.extend(self._connect(schema, node))

    def _connect(self, schema: dict[str, Any], node: _Node) -> list[Any]:
        """Note the edges of one subschema and return what is at their ends."""
        same = [schema.get(name) for name in _SAME_VALUE]
        same += [item for name in _SAME_VALUE_LISTS for item in _items(schema.get(name))]
        same += [item for name in _SAME_VALUE_MAPS for item in _items(schema.get(name))]
        if isinstance(target := schema.get("$ref"), str):
            same.append(self._resolve(target))
        groups = [_items(schema.get(name)) for name in _DEEPER_ONE_OF if not _is_schema(schema, name)]
        deeper = [schema.get(name) for name in _DEEPER]
        deeper += [*_items(schema.get("patternProperties")), schema.get("unevaluatedItems")]
        definitions = [item for name in _DEFINITIONS for item in _items(schema.get(name))]
        node.same = [id(item) for item in same if isinstance(item, dict)]
        node.deeper = [id(item) for item in deeper if isinstance(item, dict)]
        node.deeper_one_of = [[id(item) for item in group if isinstance(item, dict)] for group in groups]
        if "unevaluatedProperties" in schema or "unevaluatedItems" in schema:
            # To learn what was evaluated, the validator goes through the alternatives a second time.
            node.same *= 2
        self._note(schema)
        return [*same, *deeper, *definitions, *(item for group in groups for item in group)]

    def _note(self, schema: dict[str, Any]) -> None:
        """Note the patterns, and what moves references to places that are not counted here."""
        if isinstance(pattern := schema.get("pattern"), str):
            self._patterns.append(pattern)
        if isinstance(patterns := schema.get("patternProperties"), dict):
            self._patterns.extend(patterns)
        moves = "$dynamicRef" in schema or "$recursiveRef" in schema
        is_own_document = schema is not self._document and isinstance(schema.get("$id", schema.get("id")), str)
        if moves or (is_own_document and not str(schema.get("$id", schema.get("id"))).startswith("#")):
            self._is_countable = False

    def _resolve(self, target: str) -> Any:
        """Return what a reference points to; what is not a pointer inside this document cannot be counted."""
        base, _, fragment = target.partition("#")
        if base.startswith(_KNOWN_DRAFTS):
            return None
        own = self._document.get("$id", self._document.get("id"))
        if (base and base != str(own).rstrip("#")) or (fragment and not fragment.startswith("/")):
            self._is_countable = False
            return None
        current = self._document
        for step in fragment.split("/")[1:]:
            name = unquote(step).replace("~1", "/").replace("~0", "~")
            if isinstance(current, list) and name.isascii() and name.isdigit() and int(name) < len(current):
                current = current[int(name)]
            else:
                current = current.get(name) if isinstance(current, dict) else None
        return current


def _is_schema(schema: dict[str, Any], name: str) -> bool:
    """`items` is one schema, or in older drafts a list of them."""
    return name == "items" and isinstance(schema.get(name), dict)


def _items(container: Any) -> list[Any]:
    if isinstance(container, dict):
        return list(container.values())
    return container if isinstance(container, list) else []


def _repeats(pattern: str) -> int:
    product = 1
    for low, high in _REPEAT.findall(pattern):
        digits = high or low or "1"
        product = min(BOUNDLESS, product * max(1, int(digits[:9])))
    return product
