"""Which fields a form has, in what order, and which of them have changed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from service.structured.arriving import Path
from service.structured.form.node import Kind, Node
from service.structured.form.shape import Shape
from service.structured.form.words import MAX_DEPTH
from service.structured.words import Step

__all__ = ["MAX_NODES", "Tree"]

MAX_NODES = 1_000
"""The most fields, rows and items of a form; what is beyond them stands in the JSON only."""

_DRAWN_AHEAD = 4
"""Levels of objects whose fields are drawn before they arrive; a schema may go on for ever."""


class Tree:
    """The fields of a form; those that the schema names are there from the beginning.

    Args:
        shape: What the schema says about the answer.

    Attributes:
        version: Grows with every change.
        cleared: The version before which all that was drawn is void.
        is_full: Whether there was more than `MAX_NODES`.
    """

    def __init__(self, shape: Shape) -> None:
        self.version = 0
        self.cleared = 0
        self.is_full = False
        self.root = Node(0, None, "root", (), shape)
        self._count = 0
        self._nodes: dict[Path, Node] = {(): self.root}
        self._changed: dict[int, Node] = {}
        self._draw_ahead(self.root, 0)

    def __iter__(self) -> Iterator[Node]:
        return iter(list(self._nodes.values()))

    def at(self, path: Path) -> Node | None:
        """Return the field of a place; `None` where it has none of its own."""
        return self._nodes.get(path)

    def reach(self, path: Path, value: Any) -> Node | None:
        """Return what shows a place: its own field, or the row or cell that it lies in; made when it is new."""
        found = self._nodes.get(path)
        if found is not None:
            kind = _kind(found.shape, value, found.parent, found.depth)
            if found.kind not in (kind, "root") or (found is self.root and not isinstance(value, dict)):
                found = self._change(found, kind)
            return found
        above = path[:-1]
        while above not in self._nodes:
            above = above[:-1]
        parent = self._nodes[above]
        if not parent.holds_others or len(above) < len(path) - 1:
            return parent
        return self._make(parent, path[-1], value)

    def holder(self, where: str) -> Node:
        """Return what shows the place of an issue, the root's own if nothing else does."""
        while True:
            for node in reversed(self._nodes.values()):
                if node.place == where:
                    return node
            if not where:
                return self.root
            where = where[: max(where.rfind("."), where.rfind("["), 0)]

    def changed_since(self, version: int) -> list[Node]:
        """Return the fields that have changed after a version, what holds others first."""
        found = []
        for node in reversed(self._changed.values()):
            if node.version <= version:
                break
            found.append(node)
        return sorted(found, key=lambda node: node.key)

    def add(self, parent: Node, step: Step | None, kind: Kind, shape: Shape) -> Node:
        """Add a field at the end of another; a piece and a note have no step of their own."""
        self._count += 1
        path = parent.path if step is None else (*parent.path, step)
        node = Node(self._count, parent, kind, path, shape)
        parent.children[self._count if step is None else step] = node
        if step is not None:
            self._nodes[path] = node
        return node

    def touch(self, node: Node) -> None:
        """Note that a field has changed."""
        if node is self.root or node.is_gone:
            return
        self.version += 1
        node.version = self.version
        self._changed.pop(node.key, None)
        self._changed[node.key] = node

    def _make(self, parent: Node, step: Step, value: Any) -> Node | None:
        if self._count >= MAX_NODES:
            if not self.is_full:
                self.is_full = True
                self.touch(self.add(self.root, None, "note", self.root.shape))
            return None
        shape = parent.shape.child(step)
        node = self.add(parent, step, _kind(shape, value, parent, parent.depth + 1), shape)
        node.is_extra = not parent.shape.knows(step)
        if node.kind == "group":
            self._draw_ahead(node, 0)
        self.touch(parent)
        self.touch(node)
        return node

    def _change(self, node: Node, kind: Kind) -> Node:
        """Let a field be of another kind than the schema made one expect."""
        if node is self.root:
            # A list, or a single value: it gets a field of its own, and what was drawn ahead goes.
            self._forget(node)
            self._count += 1
            child = Node(self._count, node, kind, (), node.shape)
            node.children[""] = self._nodes[()] = child
            self.version += 1
            self.cleared = self.version
            return child
        self._forget(node)
        node.kind, node.value = kind, None
        return node

    def _forget(self, node: Node) -> None:
        for child in node.children.values():
            self._forget(child)
            self._nodes.pop(child.path, None)
            self._changed.pop(child.key, None)
            child.is_gone = True
        node.children.clear()

    def _draw_ahead(self, node: Node, level: int) -> None:
        if level >= _DRAWN_AHEAD or node.depth >= MAX_DEPTH:
            return
        for name in node.shape.properties:
            if self._count >= MAX_NODES or not isinstance(name, str):
                return
            shape = node.shape.child(name)
            child = self.add(node, name, _kind_ahead(shape), shape)
            self.touch(child)
            if child.kind == "group":
                self._draw_ahead(child, level + 1)


def _kind(shape: Shape, value: Any, parent: Node | None, depth: int) -> Kind:
    if parent is not None and parent.kind == "table":
        return "row"
    if isinstance(value, dict | list) and depth < MAX_DEPTH:
        if isinstance(value, dict):
            return "group"
        return "table" if shape.is_table else "list"
    return "item" if parent is not None and parent.kind == "list" else "field"


def _kind_ahead(shape: Shape) -> Kind:
    if shape.is_object and shape.properties:
        return "group"
    return "table" if shape.is_table else "list" if shape.is_list else "field"
