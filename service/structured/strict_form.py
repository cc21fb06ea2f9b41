"""The strict form of a schema, as OpenAI wants it, and those who check as it does."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from service.errors import InvalidSchemaError
from service.structured.edits import (
    any_of,
    closed,
    conditions_said,
    described_as_plain,
    inlined_root,
    joined_parts,
    limits_as_numbers,
    referred_by_choice,
    tuple_as_list,
    typed,
    wrapped,
    written_out,
)
from service.structured.merge import merged
from service.structured.nulls import require_all
from service.structured.plainly import described
from service.structured.rules_openai import FORMATS_OF_OPENAI, IN_WORDS_FOR_OPENAI
from service.structured.scene import Scene, read_schema
from service.structured.walk import NOTES, Path, is_mixed, mapped, types_of
from service.structured.words import place

__all__ = ["Strict", "StrictChange", "explain_strictify", "strictify"]

_KEPT: Final = frozenset(
    (
        *("type", "properties", "required", "additionalProperties", "items", "enum", "const", "anyOf", "$ref"),
        *("$defs", "definitions", "$id", "$anchor", "title", "description", "pattern", "format"),
        *("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minItems", "maxItems"),
    )
)
_IN_WORDS: Final = (
    *IN_WORDS_FOR_OPENAI,
    *("minLength", "maxLength", "default", "examples", "example"),
    *("contentMediaType", "contentEncoding", "contentSchema", "dependencies"),
)
_MAX_STEPS = 20
_MAX_ROUNDS = 10
_MAX_WRITTEN = 20_000


@dataclass(frozen=True, slots=True)
class StrictChange:
    """One thing that is otherwise in the strict form: where in the schema as written (`""` is the whole), and what."""

    path: str
    message: str


@dataclass(frozen=True, slots=True)
class Strict:
    """The strict form of a schema, and how it differs from what was written."""

    schema: dict[str, Any]
    changes: tuple[StrictChange, ...]

    @property
    def is_wrapped(self) -> bool:
        """Whether the answer, which is no object, stands in the field `value` of one."""
        return _WRAPPING in self.changes


_WRAPPING = StrictChange("", "put into an object, as its field `value`")


def strictify(schema: Mapping[str, Any] | bool) -> dict[str, Any]:
    """Return the strict form of a schema: every field required, none beside those that are named.

    A field that could be left out takes null instead. What cannot be checked is said in the description. Exclusive
    alternatives become alternatives, and parts that must all fit become one schema where that is exact; where it is
    not they are left, and `lint_schema` tells of them. An answer that is no object becomes the field `value` of one.

    An answer in the strict form, without the nulls of fields that could be left out, fits the schema as written, as
    far as its rules were kept. The strict form of a strict form is the same.

    Raises:
        InvalidSchemaError: It, or its strict form, has more than 50,000 characters or 64 levels, or it is no schema.
    """
    return explain_strictify(schema).schema


def explain_strictify(schema: Mapping[str, Any] | bool) -> Strict:
    """Return the strict form of a schema together with how it differs, for "what you wrote, what is sent".

    Raises:
        InvalidSchemaError: It, or its strict form, has more than 50,000 characters or 64 levels, or it is no schema.
    """
    strict = read_schema(schema)
    changes: dict[StrictChange, None] = {}
    # What could not be joined with a definition may be once that one is strict.
    for _ in range(_MAX_ROUNDS):
        writer = _Writer(strict)
        before, strict = strict, read_schema(writer.write(), "The strict form of this schema")
        if strict == before:
            break
        changes |= dict.fromkeys(writer.changes)
    return Strict(strict, tuple(changes))


class _Writer:
    """Writes one schema anew, from the outside in, and notes what it changes."""

    def __init__(self, document: Any) -> None:
        self.changes: list[StrictChange] = []
        self._written = 0
        self._document = document
        self._scene = Scene(document)

    def write(self) -> dict[str, Any]:
        root = self._untangled(self._edited(inlined_root, self._document, (), "written out"), ())
        if isinstance(root, dict) and not types_of(root) and "properties" in root:
            root = typed(root, self._scene)
        if types_of(root) != ("object",) or "anyOf" in root:
            self.changes = [_WRAPPING]
            root = wrapped(self._document, self._scene)
            self._scene = Scene(root)
        strict: dict[str, Any] = self._strict(root, ())
        return strict

    def _strict(self, schema: Any, path: Path) -> Any:
        self._written += 1
        if self._written > _MAX_WRITTEN:
            raise InvalidSchemaError("The strict form of this schema is too large: written out it has no end in sight.")
        if schema is False:
            return False
        schema = self._untangled({} if schema is True else schema, path)
        if not isinstance(schema, dict):
            return schema
        if _is_left(schema):
            kept = {key: value for key, value in schema.items() if key in ("$defs", "definitions")}
            return {**schema, **mapped(kept, lambda child, steps: self._strict(child, (*path, *steps)))}
        schema = self._edited(_single_type, self._in_words(schema, path), path, "its only type named alone")
        if not any(key in schema for key in ("anyOf", "$ref")) and not _lists_objects(schema):
            is_open = typed(schema, self._scene) == {**schema, **typed(True, self._scene)}
            schema = self._edited(typed, schema, path, "anything, now plain values" if is_open else "its type named")
        schema = self._object(schema, path)
        schema = mapped(schema, lambda child, steps: self._strict(child, (*path, *steps)))
        return self._required(self._list(schema, path), path)

    def _untangled(self, schema: Any, path: Path) -> Any:
        """Write what several schemas say of one value as one schema, step by step, as far as that is exact."""
        for _ in range(_MAX_STEPS):
            before = schema
            schema = self._edited(tuple_as_list, schema, path, "a list of any of these kinds, their order in words")
            schema = self._edited(limits_as_numbers, schema, path, "its limits written as numbers")
            schema = self._edited(any_of, schema, path, "one or more alternatives may fit, rather than exactly one")
            schema = self._edited(_without_conditions, schema, path, "conditions said in the description")
            schema = self._edited(joined_parts, schema, path, "its parts written as one")
            schema = self._edited(
                _without_reference, schema, path, "its reference set apart from what stands beside it"
            )
            schema = self._edited(written_out, schema, path, "its alternatives written out")
            if schema == before:
                break
        return schema

    def _edited(self, change: Callable[[Any, Scene], Any], schema: Any, path: Path, message: str) -> Any:
        changed = change(schema, self._scene)
        if changed != schema:
            self._note(path, message)
        return changed

    def _note(self, path: Path, message: str) -> None:
        self.changes.append(StrictChange(place(path), message))

    def _in_words(self, schema: dict[str, Any], path: Path) -> dict[str, Any]:
        gone = [key for key in schema if key not in _KEPT]
        if "format" in schema and schema["format"] not in FORMATS_OF_OPENAI:
            gone.append("format")
        said = described(schema, [key for key in gone if key in _IN_WORDS or key == "format"])
        for key in gone:
            is_said = said.get("description") != schema.get("description") and (key in _IN_WORDS or key == "format")
            self._note((*path, key), "said in the description" if is_said else "left out")
        return {key: value for key, value in said.items() if key in _KEPT}

    def _object(self, schema: dict[str, Any], path: Path) -> dict[str, Any]:
        """Close an object, and leave out fields that may never be there."""
        if "object" not in types_of(schema):
            return schema
        schema = self._edited(described_as_plain, schema, path, "required fields described as plain values")
        if schema.get("additionalProperties") is not False:
            named = schema.get("properties")
            self._note(path, "other fields forbidden" if named else "named no fields, so only an empty object is left")
        fields, required = schema.get("properties", {}), schema.get("required", [])
        if isinstance(fields, dict):
            kept = {name: rule for name, rule in fields.items() if rule is not False or name in required}
            schema = {**schema, "properties": kept}
        whole: dict[str, Any] = closed(schema, self._scene)
        return whole

    def _list(self, schema: dict[str, Any], path: Path) -> dict[str, Any]:
        if "array" not in types_of(schema) or "items" in schema:
            return schema
        self._note(path, "its items are plain values")
        return {**schema, "items": typed(True, self._scene)}

    def _required(self, schema: dict[str, Any], path: Path) -> dict[str, Any]:
        fields = schema.get("properties")
        if "object" not in types_of(schema) or not isinstance(fields, dict):
            return schema
        required = schema.get("required", [])
        for name in fields:
            if not isinstance(required, list) or name not in required:
                self._note((*path, "properties", name), "required, with null where it could be left out")
        whole: dict[str, Any] = require_all(schema, self._scene)
        return whole


def _single_type(schema: Any, _scene: Scene) -> Any:
    types = schema.get("type")
    return {**schema, "type": types[0]} if isinstance(types, list) and len(types) == 1 else schema


def _without_conditions(schema: Any, scene: Scene) -> Any:
    return conditions_said(schema, scene, IN_WORDS_FOR_OPENAI)


def _without_reference(schema: Any, scene: Scene) -> Any:
    """Let a reference stand alone: beside notes in a choice of its own, beside rules written out if that is exact."""
    if not isinstance(schema, dict) or "$ref" not in schema or schema.keys() == {"$ref"}:
        return schema
    rest = {key: value for key, value in schema.items() if key != "$ref"}
    if rest.keys() <= NOTES:
        return referred_by_choice(schema, scene)
    whole = merged(rest, {"$ref": schema["$ref"]}, scene)
    return schema if whole is None else whole


def _is_left(schema: Any) -> bool:
    """Whether several schemas still speak of one value, so that nothing can be required or forbidden safely."""
    return "allOf" in schema or "oneOf" in schema or is_mixed(schema) or ("$ref" in schema and len(schema) > 1)


def _lists_objects(schema: Mapping[str, Any]) -> bool:
    """Whether the allowed values are lists or objects, whose form cannot be described besides."""
    values = [schema.get("const"), *(schema["enum"] if isinstance(schema.get("enum"), list) else [])]
    return any(isinstance(value, dict | list) for value in values)
