"""What typed languages have in common: types, fields with a type, and types with a name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

__all__ = ["ANY", "Declaration", "Kind", "Member", "Shape"]

Kind: TypeAlias = Literal[
    "any",
    "null",
    "boolean",
    "integer",
    "number",
    "text",
    "literal",
    "list",
    "tuple",
    "record",
    "reference",
    "union",
]


@dataclass(frozen=True)
class Shape:
    """One type.

    Attributes:
        kind: What it is.
        items: What a list holds, the values of a record, the parts of a tuple, the options of a union.
        values: The values of a literal: texts, whole numbers, true, false and null.
        name: The named type that a reference means.
        limits: Limits that typed languages know, as keywords of JSON Schema.
        rest: Keywords that no type says.
    """

    kind: Kind
    items: tuple[Shape, ...] = ()
    values: tuple[Any, ...] = ()
    name: str = ""
    limits: Mapping[str, Any] = field(default_factory=dict)
    rest: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_nullable(self) -> bool:
        """Whether null is among what it takes, as far as it says itself."""
        if self.kind == "union":
            return any(option.is_nullable for option in self.items)
        return self.kind in ("null", "any") or None in self.values

    @property
    def referred(self) -> str:
        """The named type that it is, null aside; `""` where it is another."""
        others = [option for option in self.items if option.kind != "null"] if self.kind == "union" else [self]
        return others[0].name if len(others) == 1 else ""


ANY = Shape("any")


@dataclass(frozen=True)
class Member:
    """A field of a named object.

    Attributes:
        name: Its name in JSON.
        shape: Its type.
        required: Whether it must be there.
        annotations: Title, description, default, examples and the like.
    """

    name: str
    shape: Shape
    required: bool
    annotations: Mapping[str, Any]


@dataclass(frozen=True)
class Declaration:
    """A named type: an object with members, or another name for a type.

    Attributes:
        name: Its name, a word that begins with a capital.
        description: What it is; `""` when nothing is said.
        members: The fields of an object.
        is_open: Whether an object may have other fields.
        others: The type of such other fields, where there is one.
        rest: Keywords of an object that neither it nor its members say.
        shape: What the name stands for, where it is no object with fields.
        is_recursive: Whether the type leads back to itself.
    """

    name: str
    description: str = ""
    members: tuple[Member, ...] = ()
    is_open: bool = False
    others: Shape | None = None
    rest: Mapping[str, Any] = field(default_factory=dict)
    shape: Shape | None = None
    is_recursive: bool = False
