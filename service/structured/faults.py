"""What is wrong at one place of a value, before it becomes an `Issue`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from service.results import Issue
from service.structured.words import Step, clean, json_type, place

if TYPE_CHECKING:
    from jsonschema_rs import ValidationError

__all__ = ["MISSING", "Fault", "Path", "Scene"]

Path = tuple[Step, ...]

MISSING: Any = object()
"""Stands for a value that is not there."""


@dataclass(frozen=True)
class Fault:
    """A violation in words that can still be merged with others.

    Attributes:
        path: The place in the value.
        kind: The name of the validator's error kind.
        should: What it should do, as in "be a number"; `""` where `text` says it all.
        got: What was found, in words; `""` where that adds nothing.
        text: The message where there is no `should`.
        options: The values that would be right, for a choice among values.
    """

    path: Path
    kind: str
    should: str = ""
    got: str = ""
    text: str = ""
    # Not compared: options may be lists and objects, which have no hash, and `should` spells them out.
    options: tuple[Any, ...] = field(default=(), compare=False)

    @property
    def message(self) -> str:
        """The sentence without its subject: `should be a number, got "twelve"`."""
        if not self.should:
            return clean(self.text)
        return clean(f"should {self.should}, got {self.got}" if self.got else f"should {self.should}")

    def to_issue(self) -> Issue:
        """Return it as other parts of the service see it."""
        return Issue(place(self.path), self.message)


@dataclass(frozen=True)
class Scene:
    """The schema and the value under examination."""

    document: Any
    value: Any

    def path(self, error: ValidationError) -> Path:
        """Return where an error is in the value.

        The validator gives a field called "0" as the number 0, and leaves out fields called "".
        """
        path: list[Step] = []
        current = self.value
        for step in error.instance_path:
            while isinstance(current, dict) and str(step) not in current and "" in current:
                path.append("")
                current = current[""]
            path.append(str(step) if isinstance(current, dict) else step)
            current = _step(current, path[-1])
        while isinstance(current, dict) and "" in current and current != error.instance:
            path.append("")
            current = current[""]
        return tuple(path)

    def at(self, path: Path) -> Any:
        """Return the value at a path; `MISSING` when there is none."""
        current = self.value
        for step in path:
            current = _step(current, step)
        return current

    def rule(self, steps: Sequence[Step]) -> Any:
        """Return the part of the schema at a path; `MISSING` when it lies in another document."""
        current = self.document
        for step in steps:
            current = _step(current, str(step) if isinstance(current, dict) else step)
        return current


def _step(container: Any, step: Step) -> Any:
    if isinstance(container, dict):
        return container.get(step, MISSING)
    if json_type(container) == "array" and isinstance(step, int) and step < len(container):
        return container[step]
    return MISSING
