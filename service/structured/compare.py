"""Where a value differs from the one that was expected, place by place and in plain words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any, Final

from service.structured.words import Step, place, shown, spelled

__all__ = ["ABSENT", "MAX_DIFFERENCES", "Difference", "compare_values"]

MAX_DIFFERENCES = 100
"""How many differences are looked for, unless told otherwise."""

_SAME_BEFORE = 20
"""How much of what two long texts have in common is shown before the place where they part."""

_Place = tuple["_Place", Step] | None
"""A path as its holder and the last step: values may be nested deeper than paths should be copied."""


class _Absent:
    def __repr__(self) -> str:
        return "ABSENT"


ABSENT: Final = _Absent()
"""Stands for what is not there, which is something else than null."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One place where two values differ; as a text it is a sentence.

    Attributes:
        path: The place, like `items[2].price`; `""` for the whole value.
        expected: What should be there; `ABSENT` for nothing.
        actual: What is there; `ABSENT` where it is missing.
    """

    path: str
    expected: Any
    actual: Any

    def __str__(self) -> str:
        where = f"`{self.path}`" if self.path else "The whole answer"
        if self.actual is ABSENT:
            return f"{where} is missing; expected {shown(self.expected)}"
        if self.expected is ABSENT:
            return f"{where} was not expected; got {shown(self.actual)}"
        expected, actual = _side_by_side(self.expected, self.actual)
        return f"{where}: expected {expected}, got {actual}"


def compare_values(expected: Any, actual: Any, *, limit: int = MAX_DIFFERENCES) -> list[Difference]:
    """Return where two JSON values differ, in the order of the expected one; an empty list where they say the same.

    Numbers are compared by what they are worth (1 and 1.0 are the same), lists item by item, objects whatever the
    order of their fields. Of a list or an object that is missing or too much, only itself is named.

    Args:
        expected: What should be there, as `json.loads` returns it.
        actual: What is there, likewise; both may be nested to any depth.
        limit: How many differences at most; the search ends there.
    """
    found: list[Difference] = []
    waiting: list[tuple[_Place, Any, Any]] = [(None, expected, actual)]
    # A stack rather than recursion: values may be deeper than Python calls.
    while waiting and len(found) < limit:
        at, wanted, got = waiting.pop()
        inner = _inside(wanted, got)
        if inner is not None:
            waiting.extend(((at, step), one, other) for step, one, other in reversed(inner))
        elif not _is_same(wanted, got):
            found.append(Difference(place(_steps(at)), wanted, got))
    return found


def _inside(expected: Any, actual: Any) -> list[tuple[Step, Any, Any]] | None:
    """Pair up what two objects or two lists hold; `None` where they are not both one of these."""
    if isinstance(expected, dict) and isinstance(actual, dict):
        names = [*expected, *(name for name in actual if name not in expected)]
        return [(name, expected.get(name, ABSENT), actual.get(name, ABSENT)) for name in names]
    if isinstance(expected, list | tuple) and isinstance(actual, list | tuple):
        pairs = zip_longest(expected, actual, fillvalue=ABSENT)
        return [(number, *pair) for number, pair in enumerate(pairs)]
    return None


def _is_same(expected: Any, actual: Any) -> bool:
    # True counts as 1 for Python, and a number that is none as different from itself.
    if isinstance(expected, bool) or isinstance(actual, bool):
        return expected is actual
    return bool(expected == actual or (expected != expected and actual != actual))


def _steps(at: _Place) -> Sequence[Step]:
    steps: list[Step] = []
    while at is not None:
        at, step = at
        steps.append(step)
    return steps[::-1]


def _side_by_side(expected: Any, actual: Any) -> tuple[str, str]:
    """Show two values; of long texts that begin alike the part where they differ."""
    if not isinstance(expected, str) or not isinstance(actual, str):
        return shown(expected), shown(actual)
    pairs = enumerate(zip(expected, actual, strict=False))
    parted = next((at for at, (one, other) in pairs if one != other), min(len(expected), len(actual)))
    skipped = parted - _SAME_BEFORE
    if skipped <= _SAME_BEFORE:
        return spelled(expected), spelled(actual)
    return spelled(f"…{expected[skipped:]}"), spelled(f"…{actual[skipped:]}")
