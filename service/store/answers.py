"""The answers of a schema as a table: a row for each run, a column for each field of the schema."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from service.outcomes import outcome_name
from service.results import Issue
from service.structured.extract import read_json
from service.structured.words import shortened, shown

__all__ = ["Answer", "AnswerField", "answer_fields", "answer_of", "compact", "followed", "label_of", "outcome_of"]

MOST_FIELDS = 60
"""A table of more columns helps nobody."""

DEEPEST = 6
"""Lists and objects deeper than this are told by their size."""

_NAMED = 4


@dataclass(frozen=True)
class AnswerField:
    """A column: the name of a field, and what the schema says of it."""

    name: str
    title: str
    description: str = ""


@dataclass(frozen=True)
class Answer:
    """What a run answered.

    Attributes:
        value: The JSON value; `None` where there is none.
        has_value: Whether there is one: JSON that came to its end, be it of the wrong shape.
        problems: What is wrong with it.
        note: What it is worth, in a sentence; empty where there is nothing to say.
    """

    value: Any = None
    has_value: bool = False
    problems: tuple[Issue, ...] = ()
    note: str = ""

    def field(self, name: str) -> Any:
        """Return a field of the value; `None` where it has none of that name."""
        return self.value.get(name) if isinstance(self.value, dict) else None


def answer_of(columns: Mapping[str, Any]) -> Answer:
    """Return what the row of a run holds; what was cut off, refused or stopped has no value."""
    result = columns["result"] or {}
    kind, sentence, issues = result.get("verdict") or (None, "", ())
    problems = tuple(Issue(path, message) for path, message in issues)
    if outcome_of(columns) not in ("valid", "fenced", "wrong_shape"):
        return Answer(problems=problems, note=_why(columns, sentence))
    if "parsed" in result:
        return Answer(result["parsed"], True, problems, "" if kind == "valid" else sentence)
    try:
        return Answer(read_json(columns["text"]).value, True, problems, "" if kind == "valid" else sentence)
    except ValueError as error:
        return Answer(problems=problems, note=str(error))


def outcome_of(columns: Mapping[str, Any]) -> str:
    """Return how a run's row came out, by the names of `service.outcomes`; where it has no verdict, its state."""
    state, verdict = str(columns["state"]), columns["verdict"]
    if state == "interrupted" or not verdict:
        return state
    return outcome_name(verdict, columns["error_class"], columns["attempts"])


def answer_fields(schemas: Iterable[Mapping[str, Any]]) -> tuple[AnswerField, ...]:
    """Return the columns of schemas' answers, those of the first one first; none where answers are no objects."""
    found: dict[str, AnswerField] = {}
    for schema in schemas:
        for name, told in _properties(schema).items():
            found.setdefault(name, _field(name, told if isinstance(told, dict) else {}))
    return tuple(found.values())[:MOST_FIELDS]


def label_of(schema: Mapping[str, Any]) -> str:
    """Return what a schema is called that nobody has saved: its title, or its first fields."""
    title = schema.get("title")
    if isinstance(title, str) and title.strip():
        return shortened(" ".join(title.split()))
    names = list(_properties(schema))
    if not names:
        return "A schema without fields"
    return shortened(", ".join(names[:_NAMED])) + (" …" if len(names) > _NAMED else "")


def compact(value: Any, depth: int = 0) -> str:
    """Return a value on one line, for people: `name: Ada, tags: a, b`; nothing for null."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if not isinstance(value, dict | list):
        return str(value)
    if depth == DEEPEST:
        return shown(value)
    if isinstance(value, dict):
        parts = [f"{name}: {_inside(item, depth)}" for name, item in value.items()]
    else:
        parts = [compact(item, depth + 1) for item in value]
    has_parts_of_parts = isinstance(value, list) and any(isinstance(item, dict | list) for item in value)
    return ("; " if has_parts_of_parts else ", ").join(parts)


def _inside(value: Any, depth: int) -> str:
    told = compact(value, depth + 1)
    return f"({told})" if isinstance(value, dict | list) and len(value) > 0 else told


def _why(columns: Mapping[str, Any], sentence: str) -> str:
    error = columns["error"]
    return sentence or ("" if error is None else str(error["message"]))


def followed(schema: Mapping[str, Any], part: Any) -> Mapping[str, Any]:
    """Return what a part of a schema says, also where it only says in which of the definitions that stands."""
    for _ in range(DEEPEST):
        if not isinstance(part, dict) or "properties" in part or not isinstance(part.get("$ref"), str):
            break
        part = _definition(schema, part["$ref"])
    return part if isinstance(part, dict) else {}


def _properties(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the fields of an object."""
    properties = followed(schema, schema).get("properties")
    return properties if isinstance(properties, dict) else {}


def _definition(schema: Mapping[str, Any], reference: str) -> Any:
    at: Any = schema
    for step in reference.removeprefix("#").split("/")[1:]:
        at = at.get(step.replace("~1", "/").replace("~0", "~")) if isinstance(at, dict) else None
    return at


def _field(name: str, told: Mapping[str, Any]) -> AnswerField:
    title, description = told.get("title"), told.get("description")
    return AnswerField(
        name,
        title if isinstance(title, str) and title.strip() else name,
        description if isinstance(description, str) else "",
    )
