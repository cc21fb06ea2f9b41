"""The tree of a conversation: who follows whom, which versions there are, and which path is shown. Nothing is lost."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property

from service.store.expected import Expected
from service.store.receipt import Receipt
from service.types import Role

__all__ = ["Node", "Tree"]


@dataclass(frozen=True, slots=True)
class Node:
    """A message without what it says. `number` counts the conversation's messages in the order of their making."""

    id: str
    parent_id: str | None
    number: int
    role: Role
    created_at: datetime
    run_id: str | None = None
    repair: Receipt | None = None
    expected: Expected | None = None


@dataclass(frozen=True)
class Tree:
    """All messages of a conversation, and the leaf at which the path that is shown ends."""

    nodes: Mapping[str, Node] = field(default_factory=dict)
    chosen_id: str | None = None

    @classmethod
    def of(cls, nodes: Iterable[Node], chosen_id: str | None) -> Tree:
        """Return the tree of these messages; a choice that is not among them counts as none."""
        known = {node.id: node for node in nodes}
        return cls(known, chosen_id if chosen_id in known else None)

    @cached_property
    def leaf_id(self) -> str | None:
        """Where the shown path ends; `None` in an empty conversation."""
        if self.chosen_id is not None:
            return self.chosen_id
        return max(self.nodes.values(), key=_order).id if self.nodes else None

    @cached_property
    def _children(self) -> dict[str | None, tuple[Node, ...]]:
        below: dict[str | None, list[Node]] = {}
        for node in sorted(self.nodes.values(), key=_order):
            below.setdefault(node.parent_id, []).append(node)
        return {parent: tuple(found) for parent, found in below.items()}

    @property
    def next_number(self) -> int:
        """The number of the message that is made next."""
        return max((node.number for node in self.nodes.values()), default=0) + 1

    def add(self, node: Node) -> Tree:
        """Return the tree with one more message, at which the shown path now ends.

        Raises:
            KeyError: There is no message above it.
        """
        if node.parent_id is not None and node.parent_id not in self.nodes:
            raise KeyError(node.parent_id)
        return Tree({**self.nodes, node.id: node}, node.id)

    def expect(self, message_id: str, expected: Expected | None) -> Tree:
        """Return the tree with what answers to a message should be.

        Raises:
            KeyError: There is no such message.
        """
        changed = replace(self.nodes[message_id], expected=expected)
        return Tree({**self.nodes, message_id: changed}, self.chosen_id)

    def expected_of(self, message_id: str) -> Expected | None:
        """Return what an answer is compared with: what its question expects.

        Raises:
            KeyError: There is no such message.
        """
        node = self.nodes[message_id]
        is_answer = node.role == "assistant" and node.parent_id is not None
        return self.nodes[node.parent_id or ""].expected if is_answer else None

    def choose(self, message_id: str) -> Tree:
        """Return the tree with the path that leads through a message to the newest leaf below it.

        Raises:
            KeyError: There is no such message.
        """
        found = self.nodes[message_id]
        newest, waiting = found, [found]
        while waiting:
            node = waiting.pop()
            newest = max(newest, node, key=_order)
            waiting.extend(self.children(node.id))
        return Tree(self.nodes, newest.id)

    def children(self, message_id: str | None) -> tuple[Node, ...]:
        """Return what stands right below a message, oldest first; below `None` is the top."""
        return self._children.get(message_id, ())

    def versions(self, message_id: str) -> tuple[Node, ...]:
        """Return a message and its other versions, oldest first.

        Raises:
            KeyError: There is no such message.
        """
        return self.children(self.nodes[message_id].parent_id)

    def path(self, leaf_id: str | None = None) -> tuple[Node, ...]:
        """Return the messages from the top to a leaf, the shown one where none is given.

        Raises:
            KeyError: There is no such message.
        """
        at = leaf_id if leaf_id is not None else self.leaf_id
        found: list[Node] = []
        while at is not None:
            node = self.nodes[at]
            found.append(node)
            at = node.parent_id
        return tuple(reversed(found))

    def below(self, message_id: str) -> int | None:
        """Return how many messages of the shown path stand below one; `None` where it is not on that path."""
        count, at = 0, self.leaf_id
        while at is not None and at != message_id:
            count, at = count + 1, self.nodes[at].parent_id
        return None if at is None else count


def _order(node: Node) -> tuple[int, str]:
    # Two processes may give the same number at the same time.
    return node.number, node.id
