"""Whatever is said, edited, branched and asked again: no message is lost, and each can be reached."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from service.store.tree import Node, Tree
from service.types import Role

NOW = datetime(2026, 11, 21, tzinfo=UTC)


def grown(*edges: tuple[str, str | None]) -> Tree:
    """Return a tree of these messages, each with the one above it, made in this order."""
    tree = Tree()
    for number, (ident, parent) in enumerate(edges, 1):
        tree = tree.add(Node(ident, parent, number, "user", NOW))
    return tree


def ids(nodes: tuple[Node, ...]) -> str:
    return "".join(node.id for node in nodes)


def test_a_conversation_is_a_path() -> None:
    """Each message follows the last."""
    tree = grown(("a", None), ("b", "a"), ("c", "b"))
    assert ids(tree.path()) == "abc"
    assert ids(tree.path("b")) == "ab"


def test_how_many_stand_below_a_message() -> None:
    """Of the path that is shown; what is on no other counts as not there."""
    tree = grown(("a", None), ("b", "a"), ("c", "b"), ("x", "a"))
    assert [tree.below(ident) for ident in ("x", "a", "b", "unknown")] == [0, 1, None, None]
    assert Tree().below("a") is None


def test_an_edited_message_begins_a_branch_beside_the_old_one() -> None:
    """The old one is a version to go back to, with all that followed it."""
    tree = grown(("a", None), ("b", "a"), ("c", "b"), ("d", "b"), ("x", "a"))
    assert ids(tree.path()) == "ax"
    assert ids(tree.versions("x")) == "bx"
    assert ids(tree.choose("b").path()) == "abd"
    assert ids(tree.choose("b").choose("c").path()) == "abc"


def test_the_first_message_has_versions_too() -> None:
    """They stand at the top."""
    assert ids(grown(("a", None), ("b", None)).versions("a")) == "ab"


def test_nothing_stands_below_a_message_that_is_not_there() -> None:
    with pytest.raises(KeyError, match="nowhere"):
        grown(("a", None)).add(Node("b", "nowhere", 2, "user", NOW))


def test_without_a_choice_the_newest_message_is_shown() -> None:
    """A choice that is not among the messages counts as none."""
    nodes = grown(("a", None), ("b", "a"), ("c", "a")).nodes.values()
    assert ids(Tree.of(nodes, "gone").path()) == "ac"
    assert Tree().path() == ()


def test_two_messages_of_one_number_have_an_order() -> None:
    """Two processes may have made them at the same time."""
    nodes = [replace(node, number=7) for node in grown(("b", None), ("a", None)).nodes.values()]
    assert ids(Tree.of(nodes, None).versions("a")) == ids(Tree.of(nodes[::-1], None).versions("a")) == "ab"


class Growing(RuleBasedStateMachine):
    """Says, edits, asks again and chooses at random, and keeps its own record of every message."""

    def __init__(self) -> None:
        super().__init__()
        self.tree = Tree()
        self.above: dict[str, str | None] = {}

    def add(self, parent: str | None, role: Role = "user") -> None:
        ident = f"m{len(self.above)}"
        before = self.tree
        self.tree = before.add(Node(ident, parent, before.next_number, role, NOW))
        self.above[ident] = parent
        assert ident not in before.nodes
        assert self.tree.leaf_id == ident

    def any_message(self, data: st.DataObject) -> str:
        return data.draw(st.sampled_from(sorted(self.above)))

    @rule()
    def say(self) -> None:
        self.add(self.tree.leaf_id)

    @rule()
    def begin_anew(self) -> None:
        self.add(None)

    @precondition(lambda self: self.above)
    @rule(data=st.data())
    def branch(self, data: st.DataObject) -> None:
        self.add(self.any_message(data))

    @precondition(lambda self: self.above)
    @rule(data=st.data(), calls=st.integers(1, 3))
    def give_results(self, data: st.DataObject, calls: int) -> None:
        """The results of an answer's calls stand one below the other; given again they are versions."""
        self.add(self.any_message(data), "tool")
        for _ in range(calls - 1):
            self.add(self.tree.leaf_id, "tool")

    @precondition(lambda self: self.above)
    @rule(data=st.data())
    def edit(self, data: st.DataObject) -> None:
        self.add(self.above[self.any_message(data)])

    @precondition(lambda self: self.above)
    @rule(data=st.data())
    def choose(self, data: st.DataObject) -> None:
        chosen = self.any_message(data)
        self.tree = self.tree.choose(chosen)
        path = [node.id for node in self.tree.path()]
        assert chosen in path
        assert not self.tree.children(path[-1])

    @rule()
    def load_again(self) -> None:
        self.tree = Tree.of(reversed(self.tree.nodes.values()), self.tree.leaf_id)

    @invariant()
    def nothing_is_lost(self) -> None:
        assert {node.id: node.parent_id for node in self.tree.nodes.values()} == self.above

    @invariant()
    def every_message_is_reached_by_choosing_versions(self) -> None:
        reached = set()
        waiting = list(self.tree.children(None))
        while waiting:
            node = waiting.pop()
            reached.add(node.id)
            waiting += self.tree.children(node.id)
            assert node in self.tree.versions(node.id)
            assert node in self.tree.choose(node.id).path()
        assert reached == set(self.above)


TestGrowing = Growing.TestCase
