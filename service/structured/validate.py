"""Check a value against a JSON Schema, in words for people who do not read JSON Schema."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from service.results import Issue
from service.structured.compiled import Compiled, compiled, schema_text
from service.structured.explain import faults_of
from service.structured.faults import Scene
from service.structured.isolated import check_isolated
from service.structured.words import Step, clean
from service.structured.work import Size, measure

__all__ = ["MAX_VALUE_LEVELS", "Validator", "validate"]

MAX_VALUE_LEVELS = 1_000
"""The most lists and objects inside each other that are checked."""

_QUICK_CHECK = 2_000_000
_QUICK_EXPLANATION = 25_000
_QUICK_PREPARATION = 200_000


class Validator:
    """A schema made ready once, for many values.

    Args:
        schema: A JSON Schema of at most 50,000 characters and 64 levels; later changes to it are not seen.

    Raises:
        InvalidSchemaError: The schema is too large, or not plain JSON; from the checks, that it is not valid.
    """

    def __init__(self, schema: Mapping[str, Any] | bool) -> None:
        self._ready = compiled(schema_text(schema))

    def prepare(self) -> None:
        """Refuse an invalid schema now; one that takes long to prepare is looked at with the first value.

        Raises:
            InvalidSchemaError: The schema is not valid.
        """
        if self._ready.work.compiling <= _QUICK_PREPARATION:
            self._ready.prepare()

    def issues(self, value: Any) -> list[Issue]:
        """Return what is wrong with a value, as `validate` does."""
        ready = self._ready
        is_hard_to_prepare = ready.work.compiling > _QUICK_PREPARATION
        self.prepare()
        size = measure(value, MAX_VALUE_LEVELS)
        if size.depth > MAX_VALUE_LEVELS:
            return [Issue("", f"is nested more than {MAX_VALUE_LEVELS:,} levels deep, too deep to check")]
        steps = ready.work.of(size)
        if is_hard_to_prepare or steps > _QUICK_CHECK:
            return check_isolated(ready.text, _storable(value))
        try:
            return _check(ready, value, _to_explain(steps, size))
        except UnicodeEncodeError:
            return _check(ready, _storable(value), _to_explain(steps, size))

    def rule_of(self, issue: Issue, value: Any) -> tuple[Step, ...] | None:
        """Return where in the schema the rule stands that an issue of this value breaks; `None` where it is unknown.

        Raises:
            InvalidSchemaError: The schema is not valid.
        """
        if self.quick_issues(value) is None:
            return None
        document = self._ready.document
        scene = Scene(document, value)
        for error in self._ready.validator.iter_errors(value):
            if any(fault.to_issue() == issue for fault in faults_of(scene, error)):
                return tuple(error.schema_path)
        return None

    def quick_issues(self, value: Any) -> list[Issue] | None:
        """Return the same where that takes milliseconds at most, else `None`; for a form that fills while one looks.

        Raises:
            InvalidSchemaError: The schema is not valid.
        """
        ready = self._ready
        size = measure(value, MAX_VALUE_LEVELS)
        steps = ready.work.of(size)
        if ready.work.compiling > _QUICK_PREPARATION or steps > _QUICK_EXPLANATION or size.depth > MAX_VALUE_LEVELS:
            return None
        try:
            if ready.validator.is_valid(value):
                return []
            return ready.issues(value) if _to_explain(steps, size) <= _QUICK_EXPLANATION else None
        except UnicodeEncodeError:
            return None


def validate(value: Any, schema: Mapping[str, Any] | bool) -> list[Issue]:
    """Return what is wrong with a value, in its order and at most 100 issues; an empty list when it is valid.

    Formats are asserted. The draft is the one named in `$schema`, else 2020-12. References to the outside are
    refused and never fetched. Most checks take microseconds; one that could take for ever runs in a process of its
    own for at most 2 seconds of computing, so an event loop should hand checks to a thread. For many values of one
    schema, a `Validator` reads the schema only once.

    Args:
        value: What `json.loads` returns; up to 1,000 levels deep.
        schema: A JSON Schema of at most 50,000 characters and 64 levels.

    Raises:
        InvalidSchemaError: The schema is not valid, too large, or refers to the outside; the message names the place.
    """
    return Validator(schema).issues(value)


def _to_explain(steps: int, size: Size) -> int:
    # Each level of alternatives tells of all below it, which shows in deep values.
    return steps * max(1, size.depth // 10)


def _check(schema: Compiled, value: Any, steps: int) -> list[Issue]:
    if schema.validator.is_valid(value):
        return []
    # To explain takes about a thousand times longer than to check: every alternative is tried to its end.
    return schema.issues(value) if steps <= _QUICK_EXPLANATION else check_isolated(schema.text, _storable(value))


def _storable(value: Any) -> Any:
    """Return a copy without halves of surrogate pairs, which the validator does not take."""
    copies: list[Any] = [[value]]
    # A stack rather than recursion: values may be deeper than Python calls.
    for container in copies:
        for step, item in list(container.items() if isinstance(container, dict) else enumerate(container)):
            if isinstance(item, str):
                container[step] = clean(item)
            elif isinstance(item, dict | list | tuple):
                container[step] = _with_clean_names(item) if isinstance(item, dict) else list(item)
                copies.append(container[step])
    return copies[0][0]


def _with_clean_names(item: dict[Any, Any]) -> dict[Any, Any]:
    return {clean(name) if isinstance(name, str) else name: child for name, child in item.items()}
