"""One field of a form, and what it holds."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from service.results import Issue
from service.structured.arriving import Path
from service.structured.form.shape import Shape
from service.structured.form.words import label
from service.structured.words import Step, place

__all__ = ["Kind", "Node", "State"]

Kind = Literal["root", "group", "table", "list", "row", "item", "field", "piece", "note"]
"""`group` is an object, `row` an object in a table, `item` a value in a list, `piece` a part of a long text."""

State = Literal["waiting", "filling", "cut", "given", "ok", "wrong", "absent"]
"""`cut` broke off; `given` is complete and not checked; `absent` did not come."""


@dataclass(eq=False)
class Node:
    """One field.

    Attributes:
        key: Unique in the form; what holds others has a smaller one than they.
        growing: Where a text is being written, in the field or inside of it, and the text so far.
        cut: How many characters of a long text are pieces already.
        is_extra: Whether the schema does not name it.
        is_flawed: Whether something is wrong with it or inside it.
        is_gone: Whether it is no part of the form any more.
        version: The form's version when it last changed.
    """

    key: int
    parent: Node | None
    kind: Kind
    path: Path
    shape: Shape
    value: Any = None
    state: State = "waiting"
    is_complete: bool = False
    is_extra: bool = False
    is_flawed: bool = False
    is_gone: bool = False
    growing: tuple[Path, str] | None = None
    cut: int = 0
    version: int = 0
    issues: list[Issue] = field(default_factory=list)
    children: dict[Step, Node] = field(default_factory=dict)

    @cached_property
    def place(self) -> str:
        """Where it is in the answer, as people write it; no place of its own has a piece or a note."""
        return "\0" if self.kind in ("piece", "note") else place(self.path)

    @cached_property
    def depth(self) -> int:
        """How many fields it lies in."""
        return 0 if self.parent is None else self.parent.depth + 1

    @property
    def label(self) -> str:
        """What it is called: by the schema, or by its name in words."""
        if not self.path:
            return "Answer"
        return (self.shape.title if isinstance(self.path[-1], str) else "") or label(self.path[-1])

    @property
    def holds_others(self) -> bool:
        """Whether what is inside it are fields of their own."""
        return self.kind in ("root", "group", "table", "list")
