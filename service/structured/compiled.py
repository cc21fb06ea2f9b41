"""A schema made ready for checks, or refused with a sentence that names the place."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from service.errors import InvalidSchemaError
from service.results import Issue
from service.structured.explain import explain
from service.structured.words import Step, clean, place, shown, spelled
from service.structured.work import Work

if TYPE_CHECKING:
    from jsonschema_rs import ValidationError, Validator

__all__ = ["MAX_SCHEMA_LEVELS", "Compiled", "compiled", "schema_text"]

MAX_SCHEMA_LEVELS = 64
"""The most subschemas inside each other."""

_BACKTRACK_LIMIT = 100_000
_PATTERN_BYTES = 2_000_000
_CACHED_SCHEMAS = 64

_MAPS_OF_SCHEMAS = frozenset(
    ("properties", "patternProperties", "$defs", "definitions", "dependentSchemas", "dependencies")
)
_LISTS_OF_SCHEMAS = frozenset(("allOf", "anyOf", "oneOf", "prefixItems", "items"))
_REFERENCES = ("$ref", "$dynamicRef", "$recursiveRef")


class Compiled:
    """A schema with its validator; the validator is made when it is first asked for.

    Args:
        text: The schema as compact JSON.

    Raises:
        InvalidSchemaError: It is nested too deeply; from `validator`, it is no valid JSON Schema.
    """

    def __init__(self, text: bytes) -> None:
        self.text = text
        self.document: Any = _read(text)
        self.work = Work(self.document)

    @cached_property
    def validator(self) -> Validator:
        """The compiled validator; outside references are refused and formats asserted."""
        import jsonschema_rs

        options = jsonschema_rs.FancyRegexOptions(backtrack_limit=_BACKTRACK_LIMIT, size_limit=_PATTERN_BYTES)
        try:
            return jsonschema_rs.validator_for(
                self.document, validate_formats=True, retriever=_refuse, pattern_options=options
            )
        except jsonschema_rs.ValidationError as error:
            raise _refusal(self.document, error) from error
        except ValueError as error:
            raise InvalidSchemaError(f"The schema cannot be used: {clean(str(error))}.") from error

    def prepare(self) -> None:
        """Make the validator now, so that an invalid schema is refused whatever the value is."""
        _ = self.validator

    def issues(self, value: Any) -> list[Issue]:
        """Return what is wrong with a value, in the order of the value."""
        return explain(self.validator.iter_errors(value), self.document, value)


@lru_cache(maxsize=_CACHED_SCHEMAS)
def compiled(text: bytes) -> Compiled:
    """Return the schema ready for checks; the last 64 are kept.

    Raises:
        InvalidSchemaError: It is larger than 50,000 characters, or nested too deeply.
    """
    # Not at the top, for the same reason as in `_fast_writer`.
    from service.types import MAX_SCHEMA_CHARS

    # A character has at least one byte, so most schemas need not be counted.
    if len(text) > MAX_SCHEMA_CHARS and (size := len(text.decode())) > MAX_SCHEMA_CHARS:
        raise InvalidSchemaError(
            f"The schema has {size:,} characters, and at most {MAX_SCHEMA_CHARS:,} are accepted.",
            hint="Split it, or leave out descriptions and examples.",
        )
    return Compiled(text)


def schema_text(schema: Mapping[str, Any] | bool) -> bytes:
    """Return a schema as compact JSON.

    Raises:
        InvalidSchemaError: It is not plain JSON, or neither an object nor true or false.
    """
    if not isinstance(schema, Mapping | bool):
        raise InvalidSchemaError(f"A schema must be an object, or true or false, got {shown(schema)}.")
    try:
        return _fast_writer()(schema, fallback=_plain)
    except (ValueError, RecursionError):
        return _slow_text(schema)


@lru_cache(maxsize=1)
def _fast_writer() -> Callable[..., bytes]:
    """Return a JSON writer four times as fast as the standard library's: every check writes its schema."""
    # Not at the top: the process that checks in isolation has no use for pydantic, and waits for its import.
    from pydantic import ConfigDict, TypeAdapter

    return TypeAdapter(Any, config=ConfigDict(ser_json_inf_nan="constants")).dump_json


def _slow_text(schema: Mapping[str, Any] | bool) -> bytes:
    """Do the same for what the fast way does not take: halves of surrogate pairs, deep nesting, odd objects."""
    try:
        text = json.dumps(schema, default=_plain, ensure_ascii=False, separators=(",", ":"))
    except RecursionError as error:
        raise _too_deep() from error
    except (TypeError, ValueError) as error:
        raise InvalidSchemaError(f"The schema must be plain JSON: {clean(str(error))}.") from error
    return clean(text).encode()


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} is not JSON")


def _read(text: bytes) -> Any:
    try:
        document = json.loads(text, parse_constant=_refuse_constant)
    except RecursionError as error:
        raise _too_deep() from error
    except ValueError as error:
        raise InvalidSchemaError(f"The schema must be plain JSON: {error}.") from error
    if (deep := _too_deep_place(document)) is not None:
        raise _too_deep(place(deep))
    return document


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a JSON number")


def _too_deep(where: str = "") -> InvalidSchemaError:
    at = f", at `{where[:80]}…`" if where else ""
    return InvalidSchemaError(
        f"The schema is nested more than {MAX_SCHEMA_LEVELS} levels deep{at}.",
        hint="Move inner parts to $defs and refer to them with $ref.",
    )


def _too_deep_place(document: Any) -> list[Step] | None:
    """Return a path that is too deep; the lists and maps that only hold subschemas are no level of their own."""
    if not isinstance(document, dict):
        return None
    stack: list[tuple[Any, int, list[Step], bool]] = [(document, 1, [], False)]
    while stack:
        container, level, path, is_map = stack.pop()
        if level > MAX_SCHEMA_LEVELS:
            return path
        steps = container.items() if isinstance(container, dict) else enumerate(container)
        for step, child in steps:
            if isinstance(child, dict | list):
                is_free = not is_map and step in (_MAPS_OF_SCHEMAS if isinstance(child, dict) else _LISTS_OF_SCHEMAS)
                stack.append((child, level + (not is_free), [*path, step], is_free and isinstance(child, dict)))
    return None


def _refuse(uri: str) -> Any:
    raise ValueError(f"{uri} lies outside the schema")


def _refusal(document: Any, error: ValidationError) -> InvalidSchemaError:
    if type(error.kind).__name__ == "Referencing":
        return _unresolved(document, clean(error.message))
    issues = explain([error], {}, document)
    said = " and ".join(str(issue) for issue in issues[:3])
    return InvalidSchemaError(f"The schema is not valid: {said or clean(error.message)}.")


def _unresolved(document: Any, message: str) -> InvalidSchemaError:
    """Say which reference leads nowhere, or outside; the validator names its target but not its place."""
    if message.startswith("Unknown meta-schema"):
        name = spelled(document.get("$schema")) if isinstance(document, dict) else "it"
        return InvalidSchemaError(
            f"`$schema` names {name}, which is no draft known here.",
            hint="Leave $schema out, or name https://json-schema.org/draft/2020-12/schema.",
        )
    target = message.partition("'")[2].partition("'")[0]
    found = _find_reference(document, target)
    at, name = (f" at `{place(found[0])}`", spelled(found[1])) if found else ("", spelled(target))
    if message.startswith("Resource"):
        return InvalidSchemaError(
            f"The schema refers to something outside itself{at}: {name}. Nothing is fetched.",
            hint="Copy what it refers to into the schema's $defs and refer to it there.",
        )
    return InvalidSchemaError(f"The schema refers to something that is not in it{at}: {name}.")


def _find_reference(document: Any, target: str) -> tuple[list[Step], str] | None:
    """Return the path and the text of the reference whose target the validator could not find."""
    stack: list[tuple[Any, list[Step]]] = [(document, [])]
    while stack:
        container, path = stack.pop()
        if isinstance(container, dict):
            for name in _REFERENCES:
                if isinstance(text := container.get(name), str) and _leads_to(text, target):
                    return [*path, name], text
        steps = list(container.items() if isinstance(container, dict) else enumerate(container))
        stack += [(child, [*path, step]) for step, child in reversed(steps) if isinstance(child, dict | list)]
    return None


def _leads_to(reference: str, target: str) -> bool:
    base, _, fragment = reference.partition("#")
    return bool(target) and (target in (reference, unquote(fragment)) or bool(base and target.endswith(base)))
