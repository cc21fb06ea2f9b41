"""A schema from examples: what all of them have in common, and nothing that they do not show."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from service.errors import InvalidSchemaError
from service.structured.compiled import MAX_SCHEMA_LEVELS
from service.structured.scene import read_schema
from service.structured.words import shown
from service.structured.work import measure

if TYPE_CHECKING:
    from jsonschema_rs import Validator

__all__ = ["common_format", "infer_schema"]

_FORMATS: Final = ("date", "date-time", "uuid", "email", "uri")
_MAX_CHARS_OF_FORM = 300
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)


def infer_schema(examples: Any, *, closed: bool = False) -> dict[str, Any]:
    """Return a schema that all examples fit.

    Whole numbers and others become numbers. A field is required when every example has it, and takes null when one
    has null there. Texts get a form (date, date and time, UUID, e-mail address, web address) when all have it. Allowed
    values are never guessed.

    Args:
        examples: A list of examples, or one that is no list. A single list goes into a list: `[[1, 2]]`.
        closed: Forbid fields that no example has.

    Raises:
        InvalidSchemaError: There is no example, one is not plain JSON or has more than 64 levels, or the schema
            would have more than 50,000 characters.
    """
    listed = list(examples) if isinstance(examples, list | tuple) else [examples]
    if not listed:
        raise InvalidSchemaError("There is no example to read a schema from.", hint="Give at least one.")
    if measure(listed, MAX_SCHEMA_LEVELS + 1).depth > MAX_SCHEMA_LEVELS:
        raise InvalidSchemaError(f"The examples are nested more than {MAX_SCHEMA_LEVELS} levels deep.")
    samples = _Samples()
    for example in listed:
        samples.add(example)
    schema: dict[str, Any] = read_schema(samples.schema(closed))
    return schema


def common_format(texts: Iterable[str]) -> str | None:
    """Return the form that all texts have, or `None`."""
    left: Sequence[str] = _FORMATS
    for text in texts:
        left = [form for form in left if _has_form(text, form)]
        if not left:
            return None
    return left[0] if len(left) < len(_FORMATS) else None


def _has_form(text: str, form: str) -> bool:
    if len(text) > _MAX_CHARS_OF_FORM or (form == "uri" and not _ADDRESS.match(text)):
        return False
    return _form_validator(form).is_valid(text)


@lru_cache(maxsize=len(_FORMATS))
def _form_validator(form: str) -> Validator:
    # Not at the top: importing the service does not load the validator.
    import jsonschema_rs

    return jsonschema_rs.validator_for({"format": form}, validate_formats=True)


class _Samples:
    """What the examples show of one place."""

    def __init__(self) -> None:
        self._kinds: dict[str, None] = {}
        self._texts: dict[str, None] = {}
        self._objects = 0
        self._times: dict[str, int] = {}
        self._fields: dict[str, _Samples] = {}
        self._items: _Samples | None = None

    def add(self, value: Any) -> None:
        self._kinds[_kind(value)] = None
        if isinstance(value, str):
            self._texts[value] = None
        elif isinstance(value, Mapping):
            self._add_object(value)
        elif isinstance(value, list | tuple):
            self._items = self._items or _Samples()
            for item in value:
                self._items.add(item)

    def _add_object(self, value: Mapping[Any, Any]) -> None:
        self._objects += 1
        for name, item in value.items():
            if not isinstance(name, str):
                raise InvalidSchemaError(f"The examples must be plain JSON, and {shown(name)} is no name of a field.")
            self._times[name] = self._times.get(name, 0) + 1
            self._fields.setdefault(name, _Samples()).add(item)

    def schema(self, closed: bool) -> dict[str, Any]:
        kinds = [kind for kind in self._kinds if kind != "null" and not (kind == "integer" and "number" in self._kinds)]
        null = ["null"] if "null" in self._kinds else []
        if len(kinds) > 1 and {"object", "array"}.intersection(kinds):
            return {"anyOf": [self._of(kind, [], closed) for kind in kinds + null]}
        if len(kinds) > 1 or not kinds:
            return _typed([*kinds, *null]) if self._kinds else {}
        return self._of(kinds[0], null, closed)

    def _of(self, kind: str, null: list[str], closed: bool) -> dict[str, Any]:
        schema = _typed([kind, *null])
        if kind == "object":
            schema["properties"] = {name: field.schema(closed) for name, field in self._fields.items()}
            schema["required"] = [name for name in self._fields if self._times[name] == self._objects]
            schema |= {"additionalProperties": False} if closed else {}
        elif kind == "array" and self._items is not None and (items := self._items.schema(closed)):
            schema["items"] = items
        elif kind == "string" and (form := common_format(self._texts)) is not None:
            schema["format"] = form
        return schema


def _typed(kinds: list[str]) -> dict[str, Any]:
    return {"type": kinds[0] if len(kinds) == 1 else kinds}


def _kind(value: Any) -> str:
    names = {bool: "boolean", int: "integer", float: "number", str: "string", type(None): "null"}
    if type(value) in names:
        return names[type(value)]
    if isinstance(value, Mapping):
        return "object"
    if isinstance(value, list | tuple):
        return "array"
    raise InvalidSchemaError(f"The examples must be plain JSON, and {shown(value)} is not.")
