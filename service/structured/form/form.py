"""A form: its fields filled with an answer, each standing as it should."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from service.results import Issue
from service.structured.arriving import Path
from service.structured.form.checks import Checks
from service.structured.form.html import node_html
from service.structured.form.node import Node, State
from service.structured.form.shape import Shape
from service.structured.form.tree import Tree
from service.structured.words import place

__all__ = ["Form", "Fragment"]

_PIECE = 400
"""Characters of a long text that are sent once while it grows."""

_WHEN_STOPPED: Mapping[State, State] = {"waiting": "absent", "filling": "cut", "ok": "given"}


@dataclass(frozen=True, slots=True)
class Fragment:
    """One field to be put at the end of another, or in its own place when it is there already."""

    key: int
    parent: int
    html: str


class Form:
    """A form for one answer; it listens to `ArrivingJson`, or is filled at once by `fill`.

    Args:
        schema: The JSON Schema of the answer; `None` where there is none.
    """

    def __init__(self, schema: Mapping[str, Any] | bool | None = None) -> None:
        self.issues: list[Issue] = []
        self._noted: set[Issue] = set()
        self._checks = Checks(schema)
        self._tree = Tree(Shape.of(schema))

    @property
    def version(self) -> int:
        """Grows with every change."""
        return self._tree.version

    @property
    def cleared(self) -> int:
        """The version before which all that was drawn is void."""
        return self._tree.cleared

    @property
    def progress(self) -> tuple[int, int]:
        """How many of the fields at the top are complete, of how many."""
        top = [node for node in self._tree.root.children.values() if node.kind != "note"]
        return sum(node.is_complete for node in top), len(top)

    def opened(self, path: Path, value: Any) -> None:
        """Begin a list or an object."""
        node = self._node(path, value)
        if node is not None and node.path == path:
            node.value, node.state = value, "filling"
            self._tree.touch(node)

    def took(self, path: Path, value: Any) -> None:
        """Put a value that is complete into its field, and check it."""
        node = self._node(path, value)
        if node is None:
            return
        node.growing = None
        if node.path == path:
            node.value, node.is_complete = value, True
            self._check(node, value)
        # What is inside a row is checked with the row.
        self._tree.touch(node)

    def closed(self, path: Path, value: Any) -> None:
        """Note that a list or an object is complete, and check it."""
        node = self._tree.at(path)
        if node is None:
            return
        node.is_complete = True
        self._check(node, value)
        if node.state == "ok":
            self._approve(node)
        self._close(node)
        self._tree.touch(node)

    def grow(self, path: Path, text: str) -> None:
        """Show a text that is still being written."""
        node = self._node(path, text)
        if node is None or node.growing == (path, text):
            return
        node.growing = (path, text)
        if node.path == path:
            node.state = "filling"
            while node.kind == "field" and len(text) - node.cut >= 2 * _PIECE:
                self._cut(node, text[node.cut : node.cut + _PIECE])
        self._tree.touch(node)

    def fill(self, value: Any, issues: Sequence[Issue] = (), *, is_checked: bool = True) -> None:
        """Put a whole answer in, with what is wrong with it; nothing is checked here.

        Args:
            value: What `json.loads` returns.
            issues: What is wrong, each at its place.
            is_checked: Whether the answer was checked, so that what is not wrong is right.
        """
        self._checks = Checks(None)
        self._put(value)
        self.issues.clear()
        self._noted.clear()
        for node in self._tree:
            node.issues, node.is_complete, node.is_flawed = [], True, False
            self._close(node)
        for issue in issues:
            self._note(issue)
        for node in self._tree:
            if node.state in ("given", "filling"):
                is_right = is_checked and node.shape.is_known and not node.is_flawed
                node.state = "ok" if is_right else "given"
            elif node.state == "waiting":
                node.state = "absent"

    def stop(self) -> None:
        """Leave it as it is because nothing more comes: nothing waits any longer, and nothing is called right."""
        for node in self._tree:
            if node.state in _WHEN_STOPPED:
                node.state = _WHEN_STOPPED[node.state]
            if node.kind == "row":
                node.is_complete = True

    def since(self, version: int) -> list[Fragment]:
        """Return what has changed after a version, what holds others first."""
        found = self._tree.changed_since(version)
        return [Fragment(node.key, node.parent.key if node.parent else 0, node_html(node, "")) for node in found]

    def html(self) -> str:
        """Return the whole form."""
        return "".join(_whole(node) for node in self._tree.root.children.values())

    def _put(self, value: Any) -> None:
        stack: list[tuple[Path, Any]] = [((), value)]
        while stack:
            path, item = stack.pop()
            if self._tree.is_full:
                return
            if not isinstance(item, dict | list):
                self.took(path, item)
                continue
            self.opened(path, item)
            node = self._tree.at(path)
            if node is not None and node.holds_others:
                steps = list(item.items()) if isinstance(item, dict) else list(enumerate(item))
                stack.extend(((*path, step), inner) for step, inner in reversed(steps))

    def _node(self, path: Path, value: Any) -> Node | None:
        """Return what shows a place; what may not be there at all is wrong as soon as it begins."""
        node = self._tree.reach(path, value)
        if node is None or not node.is_extra or node.issues or node.path != path or node.parent is None:
            return node
        if node.parent.shape.refuses(path[-1]) and self._checks.knows(self._tree.root.shape):
            self._note(Issue(node.place, "is not allowed here"))
        return node

    def _cut(self, node: Node, piece: str) -> None:
        chunk = self._tree.add(node, None, "piece", node.shape)
        chunk.value = piece
        node.cut += len(piece)
        self._tree.touch(chunk)

    def _check(self, node: Node, value: Any) -> None:
        is_checked = self._checks.knows(node.shape)
        issues = self._checks.issues(node.shape, value) if is_checked else []
        if not node.issues:
            node.state = "ok" if is_checked and not issues else "given"
        at = place(node.path) if issues else ""
        for issue in issues:
            self._note(Issue(_joined(at, issue.path), issue.message))

    def _approve(self, node: Node) -> None:
        """Note that what could not be checked on its own is right as well."""
        for child in node.children.values():
            if child.state == "given" and child.shape.is_known:
                child.state = "ok"
                self._tree.touch(child)
            self._approve(child)

    def _note(self, issue: Issue) -> None:
        """Keep an issue, and show it at its place or at what holds it."""
        if issue in self._noted:
            return
        self._noted.add(issue)
        self.issues.append(issue)
        node = self._tree.holder(issue.path)
        if node is self._tree.root:
            node = self._tree.add(node, None, "note", node.shape)
        node.issues.append(issue)
        if node.place == issue.path or node.kind in ("row", "note"):
            node.state = "wrong"
        flawed: Node | None = node
        while flawed is not None and not flawed.is_flawed:
            flawed.is_flawed = True
            self._tree.touch(flawed)
            flawed = flawed.parent
        self._tree.touch(node)

    def _close(self, node: Node) -> None:
        for child in node.children.values():
            if child.state == "waiting" and child.kind != "piece":
                child.state, child.is_complete = "absent", True
                self._tree.touch(child)


def _whole(node: Node) -> str:
    return node_html(node, "".join(_whole(child) for child in node.children.values()))


def _joined(at: str, inner: str) -> str:
    return f"{at}{inner}" if not at or not inner or inner.startswith("[") else f"{at}.{inner}"
