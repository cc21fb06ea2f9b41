"""Everything that the schemas of one place ask of a value, gathered in one record."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from decimal import Decimal
from fractions import Fraction
from typing import Any

from service.simulator.json_values.references import Node

ALL_TYPES = frozenset({"null", "boolean", "integer", "number", "string", "array", "object"})

Tags = frozenset[int]
"""The `unevaluated…` rules for which a keyword counts as having looked at its children."""


class ContradictionError(Exception):
    """Raised where the schemas of one place leave no value; `pointer` names the schema that says so."""

    def __init__(self, pointer: str, reason: str) -> None:
        super().__init__(reason)
        self.pointer = pointer
        self.reason = reason


@dataclass(frozen=True)
class Members:
    """What one schema says about the properties of an object."""

    properties: dict[str, Node]
    patterns: tuple[tuple[str, Node], ...]
    rest: Node | None
    tags: Tags


@dataclass(frozen=True)
class Elements:
    """What one schema says about the items of an array."""

    prefix: tuple[Node, ...]
    rest: Node | None
    tags: Tags


@dataclass(frozen=True)
class Contained:
    """A `contains` with the number of items that must, and may, satisfy it."""

    node: Node
    least: int
    most: int | None
    tags: Tags


@dataclass(frozen=True)
class Unevaluated:
    """An `unevaluatedProperties` or `unevaluatedItems`; `mark` is the tag of what it counts as evaluated."""

    node: Node
    mark: int
    tags: Tags


@dataclass
class Constraints:
    """The merged requirements; the lists grow while schemas are added, and limits tighten."""

    pointer: str = ""
    types: frozenset[str] = ALL_TYPES
    stated: list[str] = field(default_factory=list)
    values: list[Any] | None = None
    samples: list[Any] = field(default_factory=list)
    title: str = ""
    description: str = ""
    low: Fraction | None = None
    high: Fraction | None = None
    low_open: bool = False
    high_open: bool = False
    steps: list[Fraction] = field(default_factory=list)
    min_length: int = 0
    max_length: int | None = None
    patterns: list[str] = field(default_factory=list)
    formats: list[str] = field(default_factory=list)
    contents: list[dict[str, str]] = field(default_factory=list)
    min_items: int = 0
    max_items: int | None = None
    unique: bool = False
    elements: list[Elements] = field(default_factory=list)
    contained: list[Contained] = field(default_factory=list)
    loose_items: list[Unevaluated] = field(default_factory=list)
    min_properties: int = 0
    max_properties: int | None = None
    required: dict[str, None] = field(default_factory=dict)
    members: list[Members] = field(default_factory=list)
    names: list[Node] = field(default_factory=list)
    dependents: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    loose_members: list[Unevaluated] = field(default_factory=list)
    forbidden: list[dict[str, Any]] = field(default_factory=list)
    excluded: dict[str, str] = field(default_factory=dict)

    def copy(self) -> Constraints:
        """Return an independent copy; the nodes themselves are shared."""
        twin = Constraints()
        for name in _FIELDS:
            value = getattr(self, name)
            setattr(twin, name, value.copy() if isinstance(value, (list, dict)) else value)
        return twin

    def restrict(self, allowed: Iterable[str], why: str) -> None:
        """Keep only the types in `allowed`; raises `ContradictionError` when none is left."""
        left = self.types & frozenset(allowed)
        for name in self.types - left:
            self.excluded[name] = why
        self.types = left
        if not left:
            raise ContradictionError(self.pointer, " and ".join(list(dict.fromkeys(self.excluded.values()))[-2:]))

    def raise_low(self, bound: Fraction, is_open: bool) -> None:
        """Tighten the lower limit of a number."""
        if self.low is None or bound > self.low or (bound == self.low and is_open):
            self.low, self.low_open = bound, is_open

    def lower_high(self, bound: Fraction, is_open: bool) -> None:
        """Tighten the upper limit of a number."""
        if self.high is None or bound < self.high or (bound == self.high and is_open):
            self.high, self.high_open = bound, is_open

    def narrow_values(self, values: list[Any]) -> None:
        """Keep only the values that are in `values` too; raises `ContradictionError` when none is left."""
        if self.values is None:
            self.values = list(values)
        else:
            allowed = {same(value) for value in values}
            self.values = [value for value in self.values if same(value) in allowed]
        if not self.values:
            raise ContradictionError(self.pointer, "the listed values have none in common")

    def check(self) -> None:
        """Drop the types that the limits rule out; raises `ContradictionError` when nothing is left."""
        for allowed, why in self._ruled_out():
            self.restrict(ALL_TYPES - allowed, why)
        if self.values is not None:
            self.values = [value for value in self.values if types_of(value) & self.types]
            if not self.values:
                raise ContradictionError(self.pointer, "none of the listed values has an allowed type")

    def _ruled_out(self) -> Iterable[tuple[frozenset[str], str]]:
        low, high = self.low, self.high
        if low is not None and high is not None and low >= high and (low > high or self.low_open or self.high_open):
            why = f"its lower limit {number(low)} is not below its upper limit {number(high)}"
            yield frozenset({"integer", "number"}), why
        if self.max_length is not None and self.min_length > self.max_length:
            why = f"minLength {self.min_length} is above maxLength {self.max_length}"
            yield frozenset({"string"}), why
        if self.max_items is not None and self.min_items > self.max_items:
            yield frozenset({"array"}), f"minItems {self.min_items} is above maxItems {self.max_items}"
        if self.max_properties is not None:
            needed = max(self.min_properties, len(self.required))
            if needed > self.max_properties:
                why = f"it needs {needed} properties and maxProperties is {self.max_properties}"
                yield frozenset({"object"}), why


_FIELDS = tuple(f.name for f in fields(Constraints))


def types_of(value: Any) -> frozenset[str]:
    """Return the names of the JSON types that a value has."""
    if value is None:
        return frozenset({"null"})
    if isinstance(value, bool):
        return frozenset({"boolean"})
    if isinstance(value, str):
        return frozenset({"string"})
    if isinstance(value, list):
        return frozenset({"array"})
    if isinstance(value, dict):
        return frozenset({"object"})
    return frozenset({"integer", "number"} if value == int(value) else {"number"})


def same(value: Any) -> str:
    """Return a text that is equal for values which JSON Schema calls equal: 1 and 1.0, but not 1 and true."""
    return json.dumps(_levelled(value), sort_keys=True)


def _levelled(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _levelled(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_levelled(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def exact(value: float) -> Fraction:
    """Return a number of the schema as it was written in decimals."""
    return Fraction(value) if isinstance(value, int) else Fraction(Decimal(repr(value)))


def number(value: Fraction) -> str:
    """Return an exact number as text."""
    return str(value.numerator) if value.denominator == 1 else f"{float(value):g}"
