"""How large a schema OpenAI takes; the figures are those of its page on structured outputs, February 2026."""

from __future__ import annotations

from collections.abc import Iterator

from service.structured.linting import LintIssue, at, fields_of, levels
from service.structured.scene import Scene
from service.structured.words import plural

__all__ = ["long_choices", "too_large"]

MAX_FIELDS = 5_000
MAX_LEVELS = 10
MAX_CHARS = 120_000
MAX_VALUES = 1_000
LONG_CHOICE = 250
MAX_CHARS_OF_LONG_CHOICE = 15_000


def too_large(scene: Scene) -> Iterator[LintIssue]:
    """Find what is beyond the limits of a schema as a whole."""
    fields = sum(len(fields_of(node)) for node in scene.objects)
    choices = [node.schema["enum"] for node in scene.objects if isinstance(node.schema.get("enum"), list)]
    values = sum(len(choice) for choice in choices)
    if fields > MAX_FIELDS:
        yield LintIssue("", f"OpenAI takes at most {MAX_FIELDS:,} fields in all, and these are {fields:,}.")
    if (deep := levels(scene)) > MAX_LEVELS:
        yield LintIssue("", f"OpenAI takes at most {MAX_LEVELS} levels inside each other, and these are {deep}.")
    if values > MAX_VALUES:
        yield LintIssue("", f"OpenAI takes at most {MAX_VALUES:,} allowed values in all, and these are {values:,}.")
    if (chars := _chars(scene)) > MAX_CHARS:
        yield LintIssue("", f"Names and allowed values have {chars:,} characters; OpenAI takes {MAX_CHARS:,}.")


def _chars(scene: Scene) -> int:
    total = 0
    for node in scene.objects:
        for key in ("properties", "$defs", "definitions"):
            named = node.schema.get(key)
            total += sum(map(len, named)) if isinstance(named, dict) else 0
        values = node.schema.get("enum")
        total += sum(len(str(value)) for value in values) if isinstance(values, list) else 0
        total += len(str(node.schema["const"])) if "const" in node.schema else 0
    return total


def long_choices(scene: Scene) -> Iterator[LintIssue]:
    """Find long lists of long allowed values."""
    for node in scene.objects:
        values = node.schema.get("enum")
        if not isinstance(values, list) or len(values) <= LONG_CHOICE:
            continue
        chars = sum(len(value) for value in values if isinstance(value, str))
        if chars > MAX_CHARS_OF_LONG_CHOICE:
            limit = f"{MAX_CHARS_OF_LONG_CHOICE:,} characters in {plural(len(values), 'allowed value')}"
            yield LintIssue(at(node, "enum"), f"OpenAI takes at most {limit}, and these have {chars:,}.")
