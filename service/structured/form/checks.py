"""Whether a value that is complete fits its place, told at once or not at all."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from service.errors import InvalidSchemaError
from service.results import Issue
from service.structured.compiled import schema_text
from service.structured.form.shape import Shape
from service.structured.validate import Validator

__all__ = ["Checks"]

_DEFINITIONS = ("$defs", "definitions")
_ELSEWHERE = re.compile(
    rb'"\$(?:id|anchor|dynamicAnchor|dynamicRef|recursiveRef)":|"\$ref":(?!"#/(?:\$defs|definitions)/)'
)


class Checks:
    """The checks of one schema, each place's made when its first value is there and used for all others.

    Args:
        schema: The whole schema; `None` where there is none, and nothing is ever wrong.
    """

    def __init__(self, schema: Mapping[str, Any] | bool | None) -> None:
        self._schema = schema if isinstance(schema, Mapping) else None
        self._checks: dict[int, tuple[Shape, Validator | None]] = {}

    def knows(self, shape: Shape) -> bool:
        """Whether anything is checked at a place."""
        return self._check_of(shape) is not None

    def issues(self, shape: Shape, value: Any) -> list[Issue]:
        """Return what is wrong with a value, paths from its place on; nothing where that would take long."""
        check = self._check_of(shape)
        return (check.quick_issues(value) or []) if check is not None else []

    def _check_of(self, shape: Shape) -> Validator | None:
        if id(shape) not in self._checks:
            # The shape is kept as well: its id is its own only as long as it lives.
            self._checks[id(shape)] = (shape, self._make(shape))
        return self._checks[id(shape)][1]

    def _make(self, shape: Shape) -> Validator | None:
        if self._schema is None or not shape.is_known:
            return None
        document = self._standing_alone(shape.rule)
        if document is None:
            return None
        try:
            check = Validator(document)
            check.prepare()
        except InvalidSchemaError:
            return None
        return check

    def _standing_alone(self, rule: Any) -> Any:
        """Return the schema of a place as a document, with the definitions it refers to; `None` where it cannot."""
        assert self._schema is not None
        if rule is self._schema or not isinstance(rule, Mapping):
            return rule
        draft = {"$schema": self._schema["$schema"]} if "$schema" in self._schema else {}
        if b'"$' not in schema_text(rule):
            return {**draft, **rule}
        definitions = {name: self._schema[name] for name in _DEFINITIONS if name in self._schema}
        document = {**draft, **rule, **definitions}
        # What a reference to any other place leads to is not the same in a document of its own.
        is_same = definitions.keys().isdisjoint(rule) and not _ELSEWHERE.search(schema_text(document))
        return document if is_same else None
