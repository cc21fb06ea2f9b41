"""Each kind of the validator's errors in plain words, one small function a kind."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, TypeAlias

from service.structured.faults import MISSING, Fault, Path, Scene
from service.structured.words import FORMATS, TYPES, either, json_type, one_of, place, plural, shortened, shown, spelled

if TYPE_CHECKING:
    from jsonschema_rs import ValidationError

__all__ = ["SIMPLE_KINDS", "Teller", "kind_of", "text_fault"]

Teller: TypeAlias = "Callable[[Scene, ValidationError], list[Fault]]"

_CLIPPED = 200
"""The most extra fields or items told of one place, before the order is known."""


def kind_of(error: ValidationError) -> str:
    """Return the name of an error's kind."""
    return type(error.kind).__name__


def _fault(
    scene: Scene, error: ValidationError, should: str, got: str | None = None, options: tuple[Any, ...] = ()
) -> list[Fault]:
    """Make the one fault of an error at its own place; by default it got the value there."""
    path = scene.path(error)
    found = shown(scene.at(path)) if got is None else got
    return [Fault(path, kind_of(error), should=should, got=found, options=options)]


def text_fault(scene: Scene, error: ValidationError, text: str) -> list[Fault]:
    """Make the one fault of an error at its own place, from a whole message."""
    return [Fault(scene.path(error), kind_of(error), text=text)]


def _type(scene: Scene, error: ValidationError) -> list[Fault]:
    types: list[str] = error.kind.value
    # Null last: "text or null" is how people say that it may be left empty.
    ordered = sorted(types, key=lambda name: name == "null")
    names = [TYPES.get(name, name) for name in ordered]
    if len(names) > 1:
        names = ["true/false" if name == TYPES["boolean"] else name for name in names]
    return _fault(scene, error, f"be {either(names)}")


def _constant(scene: Scene, error: ValidationError) -> list[Fault]:
    expected = error.kind.value
    return _fault(scene, error, f"be {spelled(expected)}", _spelled_here(scene, error), (expected,))


def _enum(scene: Scene, error: ValidationError) -> list[Fault]:
    options = tuple(error.kind.value)
    return _fault(scene, error, f"be {one_of(options)}", _spelled_here(scene, error), options)


def _spelled_here(scene: Scene, error: ValidationError) -> str:
    value = scene.at(scene.path(error))
    return shown(value) if json_type(value) in ("array", "object") and len(value) > 3 else spelled(value)


def _limit(words: str) -> Callable[[Scene, ValidationError], list[Fault]]:
    def tell(scene: Scene, error: ValidationError) -> list[Fault]:
        return _fault(scene, error, f"be {words} {spelled(error.kind.value)}")

    return tell


def _size(words: str, noun: str, after: str = "") -> Callable[[Scene, ValidationError], list[Fault]]:
    verb = "be" if after else "have"

    def tell(scene: Scene, error: ValidationError) -> list[Fault]:
        value = scene.at(scene.path(error))
        return _fault(scene, error, f"{verb} {words} {plural(error.kind.value, noun)}{after}", f"{len(value):,}")

    return tell


def _additional_items(scene: Scene, error: ValidationError) -> list[Fault]:
    value = scene.at(scene.path(error))
    return _fault(scene, error, f"have at most {plural(error.kind.value, 'item')}", f"{len(value):,}")


def _required(scene: Scene, error: ValidationError) -> list[Fault]:
    return [Fault((*scene.path(error), error.kind.value), "Required", text="is missing")]


def _additional_properties(scene: Scene, error: ValidationError) -> list[Fault]:
    return _not_allowed(scene.path(error), error.kind.value, "AdditionalProperties")


def _not_allowed(path: Path, names: Iterable[str | int], kind: str) -> list[Fault]:
    return [Fault((*path, name), kind, text="is not allowed here") for name in list(names)[:_CLIPPED]]


def _false_schema(scene: Scene, error: ValidationError) -> list[Fault]:
    path = scene.path(error)
    value = scene.at(path)
    keyword = error.evaluation_path[-1] if error.evaluation_path else ""
    # Where no field at all is allowed, the validator names the object instead of the field.
    if keyword in ("additionalProperties", "propertyNames") and isinstance(value, dict):
        return _not_allowed(path, value, "AdditionalProperties")
    return text_fault(scene, error, "is not allowed here")


def _unevaluated_properties(scene: Scene, error: ValidationError) -> list[Fault]:
    path = scene.path(error)
    rule = scene.rule(error.schema_path)
    return [_extra(scene, (*path, name), rule, "UnevaluatedProperties") for name in error.kind.value[:_CLIPPED]]


def _unevaluated_items(scene: Scene, error: ValidationError) -> list[Fault]:
    path = scene.path(error)
    rule = scene.rule(error.schema_path)
    indexes = _last_items(scene.at(path), error.kind.value)
    if indexes is None:
        return text_fault(scene, error, f"holds {plural(len(error.kind.value), 'item')} not allowed here")
    return [_extra(scene, (*path, index), rule, "UnevaluatedItems") for index in indexes[:_CLIPPED]]


def _last_items(items: Any, unexpected: list[Any]) -> list[int] | None:
    """Return the indexes of unexpected items, which the validator gives as JSON text, when they are the last ones."""
    start = len(items) - len(unexpected)
    try:
        is_tail = all(
            json.loads(str(text)) == item for text, item in zip(unexpected, items[max(start, 0) :], strict=True)
        )
    except (ValueError, RecursionError):
        return None
    return list(range(start, len(items))) if is_tail else None


def _extra(scene: Scene, path: Path, rule: Any, kind: str) -> Fault:
    wanted = rule.get("type") if isinstance(rule, dict) else None
    if isinstance(wanted, str) and wanted in TYPES:
        return Fault(path, kind, should=f"be {TYPES[wanted]}", got=shown(scene.at(path)))
    text = "is not allowed here" if rule in (False, MISSING) else "does not fit what more may stand here"
    return Fault(path, kind, text=text)


def _contains(scene: Scene, error: ValidationError) -> list[Fault]:
    keyword = error.evaluation_path[-1] if error.evaluation_path else "contains"
    count = scene.rule(error.schema_path)
    parent = scene.rule(error.schema_path[:-1])
    what = _described(parent.get("contains") if isinstance(parent, dict) else None)
    if keyword == "maxContains" and isinstance(count, int | float):
        return text_fault(scene, error, f"should hold at most {plural(int(count), 'item')} {what}, and holds more")
    wanted = int(count) if keyword == "minContains" and isinstance(count, int | float) else 1
    return text_fault(scene, error, f"should hold at least {plural(wanted, 'item')} {what}")


def _described(rule: Any) -> str:
    """Say in words what an item has to be, where that is simple."""
    if isinstance(rule, dict):
        if "const" in rule:
            return f"of this kind: {spelled(rule['const'])}"
        if isinstance(options := rule.get("enum"), list):
            return f"of this kind: {one_of(options)}"
        if isinstance(name := rule.get("type"), str) and name in TYPES:
            return f"of this kind: {TYPES[name]}"
        if isinstance(title := rule.get("title"), str) and title.strip():
            return f"of this kind: {shortened(title.strip())}"
    return "of the kind that the schema asks for"


def _not(scene: Scene, error: ValidationError) -> list[Fault]:
    rule = error.kind.value
    path = scene.path(error)
    if isinstance(rule, dict) and len(rule) == 1:
        if isinstance(name := rule.get("type"), str) and name in TYPES:
            return [Fault(path, "Not", should=f"not be {TYPES[name]}", got=shown(scene.at(path)))]
        if "const" in rule:
            return text_fault(scene, error, f"should not be {spelled(rule['const'])}")
        if isinstance(options := rule.get("enum"), list):
            return _fault(scene, error, f"not be {one_of(options)}", _spelled_here(scene, error))
        if isinstance(names := rule.get("required"), list) and len(names) == 1:
            return _not_allowed(path, names, "Not")
    if rule in ({}, True):
        return text_fault(scene, error, "is not allowed here")
    return text_fault(scene, error, "has a form that the schema rules out")


def _format(scene: Scene, error: ValidationError) -> list[Fault]:
    name = error.kind.value
    return _fault(scene, error, f"look like {FORMATS.get(name, f'the format {shortened(name)}')}")


def _pattern(scene: Scene, error: ValidationError) -> list[Fault]:
    return _fault(scene, error, f"match the pattern {shortened(error.kind.value)}")


def _unchecked_pattern(scene: Scene, error: ValidationError) -> list[Fault]:
    return text_fault(scene, error, "could not be checked: its pattern takes too long on this text")


def _unique(scene: Scene, error: ValidationError) -> list[Fault]:
    path = scene.path(error)
    twins = _twins(scene.at(path))
    which = f", but {place((twins[0],))} and {place((twins[1],))} are the same" if twins else ""
    return [Fault(path, "UniqueItems", text=f"should hold each item only once{which}")]


def _twins(items: Any) -> tuple[int, int] | None:
    seen: dict[str, int] = {}
    for index, item in enumerate(items):
        try:
            key = json.dumps(_even(item), sort_keys=True)
        except (ValueError, TypeError, RecursionError):
            return None
        if key in seen:
            return seen[key], index
        seen[key] = index
    return None


def _even(item: Any) -> Any:
    """Write 1.0 as 1, as JSON Schema compares numbers."""
    if isinstance(item, float) and item.is_integer():
        return int(item)
    if isinstance(item, dict):
        return {name: _even(value) for name, value in item.items()}
    return [_even(value) for value in item] if isinstance(item, list | tuple) else item


def _encoding(scene: Scene, error: ValidationError) -> list[Fault]:
    return _fault(scene, error, f"be encoded as {shortened(error.kind.value)}")


def _media_type(scene: Scene, error: ValidationError) -> list[Fault]:
    return _fault(scene, error, f"hold a document of the type {shortened(error.kind.value)}")


def _not_utf8(scene: Scene, error: ValidationError) -> list[Fault]:
    return text_fault(scene, error, "should be readable text once decoded, and is not")


def _custom(scene: Scene, error: ValidationError) -> list[Fault]:
    return text_fault(scene, error, error.kind.as_dict()["message"])


def _referencing(scene: Scene, error: ValidationError) -> list[Fault]:
    return text_fault(scene, error, f"could not be checked: {error.message}")


SIMPLE_KINDS: dict[str, Teller] = {
    "AdditionalItems": _additional_items,
    "AdditionalProperties": _additional_properties,
    "BacktrackLimitExceeded": _unchecked_pattern,
    "Constant": _constant,
    "Contains": _contains,
    "ContentEncoding": _encoding,
    "ContentMediaType": _media_type,
    "Custom": _custom,
    "Enum": _enum,
    "ExclusiveMaximum": _limit("less than"),
    "ExclusiveMinimum": _limit("more than"),
    "FalseSchema": _false_schema,
    "Format": _format,
    "FromUtf8": _not_utf8,
    "MaxItems": _size("at most", "item"),
    "MaxLength": _size("at most", "character", " long"),
    "MaxProperties": _size("at most", "field"),
    "Maximum": _limit("at most"),
    "MinItems": _size("at least", "item"),
    "MinLength": _size("at least", "character", " long"),
    "MinProperties": _size("at least", "field"),
    "Minimum": _limit("at least"),
    "MultipleOf": _limit("a multiple of"),
    "Not": _not,
    "Pattern": _pattern,
    "Referencing": _referencing,
    "RegexEngineFailure": _unchecked_pattern,
    "Required": _required,
    "Type": _type,
    "UnevaluatedItems": _unevaluated_items,
    "UnevaluatedProperties": _unevaluated_properties,
    "UniqueItems": _unique,
}
"""The kinds of error of `jsonschema_rs.ValidationErrorKind` that hold no others inside."""
