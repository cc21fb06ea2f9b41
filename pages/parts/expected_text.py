"""An expected value as people type it: what it says, and why it cannot be kept."""

from __future__ import annotations

from typing import Any

from pages.parts.json_text import JsonObject, read_json
from service import OpenRouterError
from service.store import Expected, expected_problem
from service.structured import validate

__all__ = ["problem_of", "read_expected"]

_SAID = 3


def read_expected(text: str) -> JsonObject:
    """Read a JSON value of any kind, in the form in which it is stored; what is wrong is said with line and column."""
    return read_json(text, lambda value: JsonObject(Expected(value).to_json()))


def problem_of(value: Any, schema: Any) -> str | None:
    """Say why a value cannot be kept: no answer may be like that; `None` when it can.

    `schema` is what answers are judged by; `None` where there is none.
    """
    problem = expected_problem(value)
    if problem is not None or schema is None:
        return problem
    try:
        issues = validate(value, schema)
    except OpenRouterError:
        # Nothing can be held to a schema that is none.
        return None
    if not issues:
        return None
    said = [str(issue) if issue.path else f"the whole value {issue.message}" for issue in issues[:_SAID]]
    rest = f"; and {len(issues) - _SAID} more" if len(issues) > _SAID else ""
    return f"The schema does not allow this: {'; '.join(said)}{rest}."
