"""What is accepted and still better otherwise: ignored keywords, and what models stumble over."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from service.structured.edits import any_of, closed, joined_parts, said_instead, typed
from service.structured.linting import (
    LintIssue,
    Profile,
    Rule,
    at,
    fields_of,
    invalid_in_its_draft,
    is_object,
    issue,
    keywords,
    levels,
    listed,
)
from service.structured.nulls import require_all
from service.structured.plainly import WHAT
from service.structured.scene import Scene
from service.structured.walk import NOTES, is_mixed, types_of
from service.structured.words import plural

__all__ = ["ADVICE"]

MANY_VALUES = 100
MANY_LEVELS = 5
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,63}")
_PLAIN_SENSE = "plain sense"

_IGNORED_BY_ANTHROPIC = ("patternProperties", "unevaluatedProperties", "dependentRequired", "dependentSchemas")
_IGNORED_BY_GOOGLE = (
    "not",
    "if",
    "dependentRequired",
    "dependentSchemas",
    "minLength",
    "maxLength",
    "pattern",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "uniqueItems",
    "contains",
    "patternProperties",
    "propertyNames",
    "minProperties",
    "maxProperties",
    "unevaluatedProperties",
)


def _undescribed(scene: Scene) -> Iterator[LintIssue]:
    for node in scene.objects:
        bare = [name for name, field in fields_of(node).items() if isinstance(field, dict) and not _is_told(field)]
        if bare:
            yield issue(node, f"A short description helps the model. Without one so far: {listed(bare)}.")


def _is_told(field: Mapping[str, Any]) -> bool:
    return any(key in field for key in ("description", "$ref", "const"))


def _large_choices(scene: Scene) -> Iterator[LintIssue]:
    for node in scene.objects:
        values = node.schema.get("enum")
        if isinstance(values, list) and len(values) > MANY_VALUES:
            message = (
                f"There are {plural(len(values), 'allowed value')}. Long choices are slow, and some providers refuse "
                "them; a text with the values in the description often does better."
            )
            yield LintIssue(at(node, "enum"), message)


def _odd_names(scene: Scene) -> Iterator[LintIssue]:
    for node in scene.objects:
        odd = [name for name in fields_of(node) if not _NAME.fullmatch(name)]
        if odd:
            message = f"Names of letters, digits and _ are written most reliably. These are not: {listed(odd)}."
            yield issue(node, message)


def _optional(scene: Scene) -> Iterator[LintIssue]:
    for node in scene.plain:
        required = node.schema.get("required", []) if is_object(node) and not is_mixed(node.schema) else None
        if isinstance(required, list):
            missing = [name for name in fields_of(node) if name not in required]
            if missing:
                message = f"Models tend to leave out what they may. Not required: {listed(missing)}."
                yield issue(node, message, "Require all fields, with null for what may be missing", require_all)


def _open(scene: Scene) -> Iterator[LintIssue]:
    for node in scene.plain:
        if not is_object(node) or is_mixed(node.schema) or "allOf" in node.schema:
            continue
        rest = node.schema.get("additionalProperties", node.schema.get("unevaluatedProperties"))
        if rest in (None, True) and fields_of(node):
            message = "The model may add fields of its own here."
            yield issue(node, message, "Forbid other fields", closed)


def _anything(scene: Scene) -> Iterator[LintIssue]:
    for node in scene.plain:
        is_empty = isinstance(node.schema, dict) and node.schema.keys() <= NOTES - {"$defs", "definitions"}
        if is_empty or (node.schema is True and node.path):
            message = "Anything may stand here, so the model has to guess. Say what it is."
            yield issue(node, message, "Take text, a number, true/false or nothing", typed)


def _untyped_values(scene: Scene) -> Iterator[LintIssue]:
    for node in scene.objects:
        if isinstance(node.schema.get("enum"), list) and not types_of(node.schema):
            yield issue(node, "Some providers want a type beside the allowed values.", "Name the type", typed)


def _deep(scene: Scene) -> Iterator[LintIssue]:
    if (deep := levels(scene)) > MANY_LEVELS:
        yield LintIssue("", f"There are {deep} lists and objects inside each other; flatter answers come out better.")


def _order(scene: Scene) -> Iterator[LintIssue]:
    for node in scene.objects:
        required, fields = node.schema.get("required"), list(fields_of(node))
        if isinstance(required, list) and is_object(node):
            ordered = [name for name in fields if name in required]
            if [name for name in required if name in fields] != ordered:
                message = "Gemini writes required fields first and in the order in which they are required."
                yield issue(node, message, "Require them in the order of the fields", _in_order)


def _exactly_one(scene: Scene) -> Iterator[LintIssue]:
    for node in scene.plain:
        if isinstance(node.schema, dict) and "oneOf" in node.schema and "anyOf" not in node.schema:
            message = f"Gemini is not known to follow {WHAT['oneOf']}."
            yield issue(node, message, "Let one or more alternatives fit", any_of)


def _parts(scene: Scene) -> Iterator[LintIssue]:
    for node in scene.plain:
        if isinstance(node.schema, dict) and "allOf" in node.schema:
            message = f"Gemini is not known to follow {WHAT['allOf']}."
            if joined_parts(node.schema, scene) != node.schema:
                yield issue(node, message, "Write the parts as one", joined_parts)
            else:
                yield issue(node, message)


def _in_order(schema: Any, _scene: Scene) -> Any:
    if not isinstance(schema, dict) or not isinstance(required := schema.get("required"), list):
        return schema
    fields = schema.get("properties")
    ordered = [name for name in fields if name in required] if isinstance(fields, dict) else []
    return {**schema, "required": [*ordered, *(name for name in required if name not in ordered)]}


_INSTEAD = "Say it in the description instead"
_EVERYWHERE: Final = (
    Rule(_undescribed, _PLAIN_SENSE),
    Rule(_large_choices, "reports of refused long choices, 2026"),
    Rule(_odd_names, _PLAIN_SENSE),
    Rule(_anything, _PLAIN_SENSE),
    Rule(_deep, _PLAIN_SENSE),
)
_OPENNESS: Final = (Rule(_optional, _PLAIN_SENSE), Rule(_open, _PLAIN_SENSE))
_INVALID: Final = Rule(invalid_in_its_draft, "the meta-schemas; what these providers do then is not known")

ADVICE: Final[Mapping[Profile, tuple[Rule, ...]]] = {
    "openai": (
        Rule(
            keywords("Some models of OpenAI do not accept", ("minLength", "maxLength"), said_instead, _INSTEAD),
            "guide, 2026-02: fine-tuned models; answered: 'minLength' is not permitted, 2025-12; accepted in 2026",
        ),
        Rule(_untyped_values, "guide, 2026-02"),
        *_EVERYWHERE,
    ),
    "anthropic": (
        Rule(
            keywords("Anthropic is not known to follow", _IGNORED_BY_ANTHROPIC, said_instead, _INSTEAD),
            "guide, 2026-07: not among what is supported",
        ),
        Rule(
            keywords("Some models of Anthropic do not accept", ("minLength", "maxLength"), said_instead, _INSTEAD),
            "guide, 2026-07: not supported; accepted in 2026-09",
        ),
        *_EVERYWHERE,
    ),
    "google": (
        _INVALID,
        Rule(
            keywords("Gemini is not known to follow", _IGNORED_BY_GOOGLE, said_instead, _INSTEAD),
            "Google's page on structured output, mid-2026: not among what is supported",
        ),
        Rule(_exactly_one, "Google's page on structured output, mid-2026: anyOf only"),
        Rule(_parts, "Google's page on structured output, mid-2026: not among what is supported"),
        Rule(_order, "one report, mid-2026"),
        *_OPENNESS,
        *_EVERYWHERE,
    ),
    "generic": (_INVALID, *_OPENNESS, *_EVERYWHERE),
}
"""Advice by provider."""
