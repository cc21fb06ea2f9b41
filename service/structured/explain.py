"""From the validator's errors to issues in plain words, in the order of the value."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from service.results import Issue
from service.structured.alternatives import Branch, branch_name, explain_choice
from service.structured.faults import Fault, Path, Scene
from service.structured.kinds import SIMPLE_KINDS, Teller, kind_of, text_fault
from service.structured.words import json_type, plural

if TYPE_CHECKING:
    from jsonschema_rs import ValidationError

__all__ = ["EXPLAINED", "MAX_ISSUES", "explain", "faults_of"]

MAX_ISSUES = 100
"""The most issues told of one value."""


def explain(errors: Iterable[ValidationError], document: Any, value: Any) -> list[Issue]:
    """Return the issues of a value that is not valid, in its order, each said once, at most 100.

    Args:
        errors: What the validator found.
        document: The schema.
        value: The value that was checked.
    """
    scene = Scene(document, value)
    order = _Order(value)
    faults = sorted((fault for error in errors for fault in faults_of(scene, error)), key=lambda f: order.of(f.path))
    issues = list(dict.fromkeys(fault.to_issue() for fault in faults))[:MAX_ISSUES]
    return issues or [Issue("", "does not follow the schema")]


def faults_of(scene: Scene, error: ValidationError) -> list[Fault]:
    """Return what one error says; most say one thing, a wrong alternative may say several."""
    teller = EXPLAINED.get(kind_of(error), _unknown)
    return teller(scene, error)


class _Order:
    """Where a path stands in the value: its steps as positions, what is missing after everything present."""

    def __init__(self, value: Any) -> None:
        self._value = value
        self._positions: dict[int, dict[str, int]] = {}

    def of(self, path: Path) -> tuple[int, ...]:
        current, position = self._value, []
        for step in path:
            if isinstance(current, dict):
                names = self._positions.setdefault(id(current), {})
                if not names:
                    names.update((name, index) for index, name in enumerate(current))
                position.append(names.get(str(step), len(current)))
                current = current.get(str(step))
            else:
                position.append(step if isinstance(step, int) else 0)
                is_inside = json_type(current) == "array" and isinstance(step, int) and step < len(current)
                current = current[step] if is_inside else None
        return tuple(position)


def _unknown(scene: Scene, error: ValidationError) -> list[Fault]:
    return [Fault(scene.path(error), kind_of(error), text=f"does not follow the rule `{error.kind.name}`")]


def _property_names(scene: Scene, error: ValidationError) -> list[Fault]:
    nested = error.kind.value
    path = scene.path(error)
    name = str(nested.instance)
    # What is wrong with a name is told of the place where the object stands; there the name itself is looked at.
    looked_at: Any = name
    for step in reversed(list(nested.instance_path)):
        looked_at = {str(step): looked_at}
    inner = faults_of(Scene(scene.document, looked_at), nested)
    told = "; ".join(dict.fromkeys(fault.message for fault in inner))
    return [Fault((*path, name), "PropertyNames", text=f"is not allowed as a name: it {told}")]


def _choice(scene: Scene, error: ValidationError) -> list[Fault]:
    path = scene.path(error)
    return explain_choice(path, scene.at(path), _branches(scene, error))


def _branches(scene: Scene, error: ValidationError) -> list[Branch]:
    rules = scene.rule(error.schema_path)
    contexts: list[list[ValidationError]] = error.kind.value
    return [
        Branch(
            branch_name(rules[index] if isinstance(rules, list) and index < len(rules) else None, index),
            tuple(dict.fromkeys(fault for nested in errors for fault in faults_of(scene, nested))),
        )
        for index, errors in enumerate(contexts)
    ]


def _too_many(scene: Scene, error: ValidationError) -> list[Fault]:
    branches = _branches(scene, error)
    fitting = [branch.name for branch in branches if not branch.faults]
    names = f": {' and '.join(fitting)}" if len(fitting) <= 3 else ""
    count = f"{len(fitting)} of {plural(len(branches), 'alternative')}"
    return text_fault(scene, error, f"fits {count} at once and should fit only one{names}")


EXPLAINED: dict[str, Teller] = {
    **SIMPLE_KINDS,
    "AnyOf": _choice,
    "OneOfMultipleValid": _too_many,
    "OneOfNotValid": _choice,
    "PropertyNames": _property_names,
}
"""How each kind of error of `jsonschema_rs.ValidationErrorKind` is told; a test holds that none is left out."""
