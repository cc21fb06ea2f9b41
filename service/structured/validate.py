"""Check a value against a JSON Schema, in words for people who do not read JSON Schema."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from service.results import Issue
from service.structured.compiled import Compiled, compiled, schema_text
from service.structured.isolated import check_isolated
from service.structured.words import clean
from service.structured.work import measure

__all__ = ["MAX_VALUE_LEVELS", "validate"]

MAX_VALUE_LEVELS = 1_000
"""The most lists and objects inside each other that are checked."""

_QUICK_CHECK = 2_000_000
_QUICK_EXPLANATION = 25_000
_QUICK_PREPARATION = 200_000


def validate(value: Any, schema: Mapping[str, Any] | bool) -> list[Issue]:
    """Return what is wrong with a value, in its order and at most 100 issues; an empty list when it is valid.

    Formats are asserted. The draft is the one named in `$schema`, else 2020-12. References to the outside are
    refused and never fetched. Most checks take microseconds; one that could take for ever runs in a process of its
    own for at most 2 seconds of computing, so an event loop should hand checks to a thread.

    Args:
        value: What `json.loads` returns; up to 1,000 levels deep.
        schema: A JSON Schema of at most 50,000 characters and 64 levels.

    Raises:
        InvalidSchemaError: The schema is not valid, too large, or refers to the outside; the message names the place.
    """
    ready = compiled(schema_text(schema))
    is_hard_to_prepare = ready.work.compiling > _QUICK_PREPARATION
    if not is_hard_to_prepare:
        ready.prepare()
    size = measure(value, MAX_VALUE_LEVELS)
    if size.depth > MAX_VALUE_LEVELS:
        return [Issue("", f"is nested more than {MAX_VALUE_LEVELS:,} levels deep, too deep to check")]
    steps = ready.work.of(size)
    if is_hard_to_prepare or steps > _QUICK_CHECK:
        return check_isolated(ready.text, _storable(value))
    # Each level of alternatives tells of all below it, which shows in deep values.
    to_explain = steps * max(1, size.depth // 10)
    try:
        return _check(ready, value, to_explain)
    except UnicodeEncodeError:
        return _check(ready, _storable(value), to_explain)


def _check(schema: Compiled, value: Any, steps: int) -> list[Issue]:
    if schema.validator.is_valid(value):
        return []
    # To explain takes about a thousand times longer than to check: every alternative is tried to its end.
    return schema.issues(value) if steps <= _QUICK_EXPLANATION else check_isolated(schema.text, _storable(value))


def _storable(value: Any) -> Any:
    """Return a copy without halves of surrogate pairs, which the validator does not take."""
    copies: list[Any] = [[value]]
    # A stack rather than recursion: values may be deeper than Python calls.
    for container in copies:
        for step, item in list(container.items() if isinstance(container, dict) else enumerate(container)):
            if isinstance(item, str):
                container[step] = clean(item)
            elif isinstance(item, dict | list | tuple):
                container[step] = _with_clean_names(item) if isinstance(item, dict) else list(item)
                copies.append(container[step])
    return copies[0][0]


def _with_clean_names(item: dict[Any, Any]) -> dict[Any, Any]:
    return {clean(name) if isinstance(name, str) else name: child for name, child in item.items()}
