"""What a schema says about one place of an answer, as far as a form can show it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from service.errors import InvalidSchemaError
from service.structured.scene import Scene
from service.structured.walk import types_of
from service.structured.words import Step

__all__ = ["ANYTHING", "Shape"]

_MAX_REFERENCES = 20
_CHOICES = ("anyOf", "oneOf")
_MAPS = ("properties", "patternProperties")


class Shape:
    """One place: its title, its description, what may stand there, and the places inside it.

    Args:
        scene: The document, where references lead; `None` where nothing is known.
        rule: The schema of this place, as it is written. What breaks it breaks the whole schema: what stands in one
            of several alternatives, or under a condition, is no place of its own.
    """

    def __init__(self, scene: Scene | None, rule: Any) -> None:
        self._scene = scene
        self.rule = rule
        self._children: dict[Step, Shape] = {}

    @classmethod
    def of(cls, schema: Mapping[str, Any] | bool | None) -> Shape:
        """Return the shape of a whole answer; one that says nothing where there is no schema or it is no JSON."""
        if not isinstance(schema, Mapping):
            return ANYTHING
        try:
            return cls(Scene(schema), schema)
        except (InvalidSchemaError, RecursionError, TypeError):
            return ANYTHING

    @property
    def is_known(self) -> bool:
        """Whether the schema says anything about it."""
        return self._scene is not None

    @cached_property
    def schema(self) -> Mapping[str, Any]:
        """The rules that hold here: references followed, `null` beside one other alternative left out."""
        rule: Any = self.rule
        for _ in range(_MAX_REFERENCES):
            if not isinstance(rule, Mapping):
                return {}
            rest = self._beside_reference(rule)
            further = self._further(rule, rest)
            if further is None:
                return rule
            rule = _both(further, rest) if isinstance(further, Mapping) else rest
        return {}

    def _beside_reference(self, rule: Mapping[str, Any]) -> dict[str, Any]:
        """Return what holds beside a reference; up to draft 7 that is nothing."""
        if "$ref" in rule and self._scene is not None and "draft-0" in str(self._scene.document.get("$schema", "")):
            return {}
        return {name: value for name, value in rule.items() if name != "$ref"}

    def _further(self, rule: Mapping[str, Any], rest: dict[str, Any]) -> Any:
        """Return what else holds, and take out of `rest` what led there; `None` when that is all."""
        target = rule.get("$ref")
        if isinstance(target, str):
            found = self._scene.resolve(target) if self._scene is not None else None
            return found.schema if found is not None else {}
        parts = rule.get("allOf")
        if isinstance(parts, list) and len(parts) == 1:
            del rest["allOf"]
            return parts[0]
        for choice in _CHOICES:
            if isinstance(listed := rule.get(choice), list):
                del rest[choice]
                real = [item for item in listed if types_of(item) != ("null",)]
                return real[0] if len(real) == 1 else {}
        return None

    @cached_property
    def types(self) -> tuple[str, ...]:
        """The types that may stand here, without null; none when the schema names none."""
        return tuple(name for name in types_of(self.schema) if name != "null")

    @property
    def title(self) -> str:
        """The schema's own name for it; `""` where it has none."""
        return _text(self.schema.get("title"))

    @property
    def description(self) -> str:
        """What it is, in the schema's words; `""` where it says nothing."""
        return _text(self.schema.get("description"))

    @property
    def format(self) -> str:
        """The format of a text, such as `date`; `""` for any."""
        return _text(self.schema.get("format"))

    @property
    def is_choice(self) -> bool:
        """Whether it is one of a few values that the schema lists."""
        return isinstance(self.schema.get("enum"), list) or "const" in self.schema

    @property
    def is_object(self) -> bool:
        """Whether an object stands here, by the schema."""
        return self.types == ("object",) or (not self.types and bool(self.properties))

    @property
    def is_table(self) -> bool:
        """Whether a list of objects with known fields stands here, by the schema."""
        return self.types == ("array",) and bool(self.item.properties) and self.item.types in ((), ("object",))

    @property
    def is_list(self) -> bool:
        """Whether a list stands here, by the schema."""
        return self.types == ("array",)

    @cached_property
    def properties(self) -> Mapping[str, Any]:
        """The schemas of the fields that it names."""
        named = self.schema.get("properties")
        return named if isinstance(named, Mapping) else {}

    @cached_property
    def required(self) -> frozenset[str]:
        """The fields that have to be there."""
        names = self.schema.get("required")
        return frozenset(name for name in names if isinstance(name, str)) if isinstance(names, list) else frozenset()

    @property
    def item(self) -> Shape:
        """What each item of a list is."""
        return self.child(0)

    def knows(self, name: Step) -> bool:
        """Whether the schema has something to say about what stands under a name; without one nothing is unknown."""
        if self._scene is None or isinstance(name, int) or not self.properties:
            return True
        return name in self.properties or any(
            isinstance(self.schema.get(key), Mapping) for key in ("patternProperties", "additionalProperties")
        )

    def refuses(self, name: Step) -> bool:
        """Whether no such field may stand here."""
        is_closed = self.schema.get("additionalProperties") is False and not self.schema.get("patternProperties")
        return is_closed and isinstance(name, str) and name not in self.properties

    def child(self, step: Step) -> Shape:
        """Return the place inside it under a field's name or an item's index."""
        key = step if isinstance(step, str) or isinstance(self.schema.get("prefixItems"), list) else 0
        if key not in self._children:
            rule = self._rule_of_item(key) if isinstance(key, int) else self._rule_of_field(key)
            is_known = rule is not None and self._scene is not None
            self._children[key] = Shape(self._scene, rule) if is_known else ANYTHING
        return self._children[key]

    def _rule_of_field(self, name: str) -> Any:
        if name in self.properties:
            # Where a pattern matches too, both hold; the whole answer is checked for that at its end.
            return self.properties[name]
        rest = self.schema.get("additionalProperties")
        return rest if isinstance(rest, Mapping) and not self.schema.get("patternProperties") else None

    def _rule_of_item(self, index: int) -> Any:
        first = self.schema.get("prefixItems", self.schema.get("items"))
        if isinstance(first, list):
            return first[index] if index < len(first) else None
        return self.schema.get("items")


def _both(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """Return two schemas of one place as one that asks for no more than both; the second is the nearer."""
    merged = {**one, **other}
    for name in _MAPS:
        parts = [part[name] for part in (one, other) if isinstance(part.get(name), Mapping)]
        if len(parts) == 2:
            merged[name] = {**parts[0], **parts[1]}
    return merged


def _text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""


ANYTHING = Shape(None, True)
"""A place about which nothing is known."""
