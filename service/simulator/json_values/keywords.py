"""The keywords whose value is a limit or a text: what each adds to the constraints of a place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from service.simulator.json_values.constraints import Constraints, exact
from service.simulator.json_values.negation import REFUSED


def _set_types(found: Constraints, value: Any, schema: dict[str, Any]) -> None:
    named = [value] if isinstance(value, str) else [name for name in value if isinstance(name, str)]
    found.stated.extend(named)
    allowed = {*named, "integer"} if "number" in named else set(named)
    found.restrict(allowed, f"its type is {' or '.join(named)}")


def _set_minimum(found: Constraints, value: Any, schema: dict[str, Any]) -> None:
    found.raise_low(exact(value), schema.get("exclusiveMinimum") is True)


def _set_maximum(found: Constraints, value: Any, schema: dict[str, Any]) -> None:
    found.lower_high(exact(value), schema.get("exclusiveMaximum") is True)


def _set_exclusive_minimum(found: Constraints, value: Any, schema: dict[str, Any]) -> None:
    if not isinstance(value, bool):
        found.raise_low(exact(value), True)


def _set_exclusive_maximum(found: Constraints, value: Any, schema: dict[str, Any]) -> None:
    if not isinstance(value, bool):
        found.lower_high(exact(value), True)


def _at_least(name: str) -> Callable[[Constraints, Any, dict[str, Any]], None]:
    return lambda found, value, schema: setattr(found, name, max(getattr(found, name), int(value)))


def _at_most(name: str) -> Callable[[Constraints, Any, dict[str, Any]], None]:
    def lower(found: Constraints, value: Any, schema: dict[str, Any]) -> None:
        limit = getattr(found, name)
        setattr(found, name, int(value) if limit is None else min(limit, int(value)))

    return lower


def _set_unique(found: Constraints, value: Any, schema: dict[str, Any]) -> None:
    found.unique = found.unique or value is True


def _set_content(found: Constraints, value: Any, schema: dict[str, Any]) -> None:
    rule: dict[str, str] = {
        keyword: schema[keyword] for keyword in ("contentEncoding", "contentMediaType") if keyword in schema
    }
    if rule not in found.contents:
        found.contents.append(rule)


def _set_required(found: Constraints, value: Any, schema: dict[str, Any]) -> None:
    if isinstance(value, list):
        found.required.update(dict.fromkeys(value))


SIMPLE: dict[str, Callable[[Constraints, Any, dict[str, Any]], None]] = {
    "type": _set_types,
    "enum": lambda found, value, schema: found.narrow_values(value),
    "const": lambda found, value, schema: found.narrow_values([value]),
    "minimum": _set_minimum,
    "maximum": _set_maximum,
    "exclusiveMinimum": _set_exclusive_minimum,
    "exclusiveMaximum": _set_exclusive_maximum,
    "multipleOf": lambda found, value, schema: found.steps.append(exact(value)),
    "minLength": _at_least("min_length"),
    "maxLength": _at_most("max_length"),
    "pattern": lambda found, value, schema: found.patterns.append(value),
    "format": lambda found, value, schema: found.formats.append(value),
    "contentEncoding": _set_content,
    "contentMediaType": _set_content,
    "minItems": _at_least("min_items"),
    "maxItems": _at_most("max_items"),
    "uniqueItems": _set_unique,
    "minProperties": _at_least("min_properties"),
    "maxProperties": _at_most("max_properties"),
    "required": _set_required,
    REFUSED: lambda found, value, schema: found.forbidden.append(value),
}
