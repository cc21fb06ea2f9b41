"""The public way in: makes candidates until one passes the validator."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any

import jsonschema_rs

from service.simulator.json_values.checks import validator_of
from service.simulator.json_values.constraints import ContradictionError
from service.simulator.json_values.height import Heights
from service.simulator.json_values.making import Maker, Path
from service.simulator.json_values.naming import Hint
from service.simulator.json_values.references import Document
from service.simulator.json_values.work import OutOfWorkError, Work

_STEPS = 50_000
_HOPELESS = 8
"""So many candidates that could not even be built are taken to mean that none can be."""

_CALM = 250
"""After so many places a candidate is kept small; fewer with every two tries, so that failures get cheaper."""

_LEAST_CALM = 24
_MAX_ERRORS = 60
_FEW_ERRORS = 10
_MAX_PARTS = 300_000
_MAX_POINTER = 120
_MAX_MESSAGE = 300


class NoValueFound(Exception):  # noqa: N818  it is an outcome that callers name, not a fault
    """Raised when no value for a schema was found; `str()` is a sentence that says what stands in the way."""


def generate(schema: Mapping[str, Any] | bool, *, seed: int, max_tries: int = 200) -> Any:
    """Return a plausible value that satisfies a JSON Schema, the same for the same schema and seed.

    The draft is the one that `$schema` names, else 2020-12; formats are asserted, nothing outside the schema is
    fetched. At most `max_tries` candidates are made and validated, each of bounded size. Raises `NoValueFound` where
    none of them is valid, or where the schema itself is not.
    """
    if not isinstance(schema, (bool, Mapping)):
        raise NoValueFound(f"A schema is an object or a boolean, not {type(schema).__name__}.")
    try:
        plain = _Copier().copy(schema)
        validator = validator_of(plain)
    except (jsonschema_rs.ValidationError, ValueError, TypeError, RecursionError) as error:
        raise NoValueFound(_about_schema(error)) from error
    try:
        return _search(plain, validator, seed, max_tries)
    except RecursionError as error:
        raise NoValueFound("The schema is nested too deeply.") from error


def _search(schema: Any, validator: jsonschema_rs.Validator, seed: int, max_tries: int) -> Any:
    document = Document(schema)
    heights = Heights(document)
    levels: dict[Path, int] = {}
    work = Work(_STEPS)
    reason = "the values of this schema grow too large"
    unbuilt = 0
    for tried in range(max_tries):
        maker = Maker(document, heights, seed, levels, work, calm=max(_LEAST_CALM, _CALM // (1 + tried // 2)))
        try:
            value = maker.make([document.root], (), Hint())
            errors = list(islice(validator.iter_errors(value), _MAX_ERRORS))
        except ContradictionError as error:
            unbuilt += 1
            reason = f"{_place(error.pointer)} allows no value: {error.reason}"
            levels[()] = levels.get((), 0) + 1
            if unbuilt >= _HOPELESS:
                raise NoValueFound(f"{reason}.") from error
            continue
        except OutOfWorkError as error:
            raise NoValueFound(
                f"The search was given up after {_STEPS} steps and {tried + 1} tries: {reason}."
            ) from error
        if not errors:
            return value
        reason = _about_value(errors[0])
        _learn(errors, maker.made, levels, tried)
    raise NoValueFound(f"None of {max_tries} tries satisfied the schema: {reason}.")


def _learn(
    errors: Iterable[jsonschema_rs.ValidationError], made: set[Path], levels: dict[Path, int], tried: int
) -> None:
    """Raise the level of the places that the errors are about, and now and then of the places around them."""
    blamed = [path for error in errors for path in _blamed(error, made, tried)]
    for path in dict.fromkeys(blamed):
        levels[path] = levels.get(path, 0) + 1
        above, count = path, levels[path]
        while above and count % 4 == 0:
            above, count = above[:-1], count // 4
            levels[above] = levels.get(above, 0) + 1


def _blamed(error: jsonschema_rs.ValidationError, made: set[Path], tried: int) -> list[Path]:
    """Return the places that an error is about; every other time those inside the alternatives that failed."""
    path: Path = tuple(error.instance_path)
    while path and path not in made:
        path = path[:-1]
    inner: list[Path] = []
    if tried % 2 and error.kind.name in ("anyOf", "oneOf"):
        for branch in getattr(error.kind, "context", []):
            if len(branch) < _FEW_ERRORS:
                inner.extend(place for below in branch for place in _blamed(below, made, tried))
    return [place for place in inner if place != path] or [path]


class _Copier:
    """Copies a schema into plain dicts and lists, up to a size that text of a few megabytes has."""

    def __init__(self) -> None:
        self.left = _MAX_PARTS

    def copy(self, schema: Any) -> Any:
        self.left -= 1
        if self.left < 0:
            raise ValueError(f"it has more than {_MAX_PARTS} parts")
        if isinstance(schema, Mapping):
            return {name: self.copy(item) for name, item in schema.items()}
        if isinstance(schema, (list, tuple)):
            return [self.copy(item) for item in schema]
        return schema


def _place(pointer: str) -> str:
    if len(pointer) > _MAX_POINTER:
        pointer = f"{pointer[: _MAX_POINTER // 2]}…{pointer[-_MAX_POINTER // 2 :]}"
    return f"`{pointer}`" if pointer else "The schema"


def _about_schema(error: Exception) -> str:
    if isinstance(error, RecursionError) or "ecursion limit" in str(error):
        return "The schema is nested too deeply."
    if not isinstance(error, jsonschema_rs.ValidationError):
        return f"The schema cannot be read: {error}."
    outside = re.match(r"Resource '([^']*)'", error.message)
    if outside:
        return f"The schema refers to {outside.group(1)!r}, which lies outside it, and nothing is fetched."
    missing = re.match(r"(?:Pointer|Anchor) '([^']*)' does not exist", error.message)
    if missing:
        return f"The schema refers to `{missing.group(1)}`, which it does not have."
    path = "".join(f"/{step}" for step in error.instance_path)
    return f"The schema is not valid at {_place(path) if path else 'its top level'}: {error.message}."


def _about_value(error: jsonschema_rs.ValidationError) -> str:
    path = "".join(f"/{step}" for step in error.instance_path)
    return f"the last one failed at {_place(path) if path else 'its top level'}: {_shortened(error.message)}"


def _shortened(text: str) -> str:
    return text if len(text) <= _MAX_MESSAGE else f"{text[: _MAX_MESSAGE // 2]} … {text[-_MAX_MESSAGE // 2 :]}"
