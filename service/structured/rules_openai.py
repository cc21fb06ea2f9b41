"""What OpenAI refuses in strict mode (HTTP 400, code `invalid_json_schema`), and those who check as it does.

Sources: "guide" is OpenAI's page on structured outputs, read in February 2026. "Answered" quotes the refusal itself,
as several projects reported it in public; the month is that of the latest report.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from service.structured.edits import (
    any_of,
    closed,
    conditions_said,
    described_as_plain,
    inlined_root,
    joined_parts,
    referred_by_choice,
    said_instead,
    tuple_as_list,
    typed,
    wrapped,
    written_out,
)
from service.structured.limits_openai import long_choices, too_large
from service.structured.linting import (
    LintIssue,
    Rule,
    dangling,
    fields_of,
    format_other_than,
    invalid,
    is_object,
    issue,
    keywords,
    listed,
    outside,
)
from service.structured.nulls import require_all
from service.structured.plainly import WHAT
from service.structured.scene import Scene
from service.structured.walk import NOTES, Path, is_mixed, types_of

__all__ = ["FORMATS_OF_OPENAI", "IN_WORDS_FOR_OPENAI", "OPENAI"]

FORMATS_OF_OPENAI: Final = frozenset(
    ("date-time", "time", "date", "duration", "email", "hostname", "ipv4", "ipv6", "uuid")
)

IN_WORDS_FOR_OPENAI: Final = (
    "not",
    "if",
    "then",
    "else",
    "dependentRequired",
    "dependentSchemas",
    "uniqueItems",
    "contains",
    "minContains",
    "maxContains",
    "minProperties",
    "maxProperties",
    "propertyNames",
    "patternProperties",
    "unevaluatedProperties",
    "unevaluatedItems",
)
"""Keywords that OpenAI refuses and that a description can say."""


def _root(scene: Scene) -> Iterator[LintIssue]:
    node = scene.nodes[0]
    schema = node.schema
    if isinstance(schema, dict) and "$ref" in schema and inlined_root(schema, scene) != schema:
        label = "Write the part it refers to in its place"
        yield issue(node, "OpenAI wants the answer described at the top, not by a reference.", label, inlined_root)
    elif types_of(schema) != ("object",):
        label = "Put the answer into an object, as its field `value`"
        yield issue(node, "OpenAI wants the whole answer to be an object with named fields.", label, wrapped)
    elif "anyOf" in schema:
        label = "Put the answer into an object, as its field `value`"
        yield issue(node, "OpenAI takes no alternatives for the answer as a whole.", label, wrapped)


def _untyped(scene: Scene) -> Iterator[LintIssue]:
    for node in scene.plain:
        if not node.path or not _needs_type(node.schema) or _is_for_other_fields(node.path):
            continue
        if node.schema is True or node.schema == {} or (isinstance(node.schema, dict) and node.schema.keys() <= NOTES):
            message = "OpenAI wants to know what this is: text, a number, a list …; here anything may stand."
            yield issue(node, message, "Take text, a number, true/false or nothing", typed)
        elif isinstance(node.schema, dict):
            yield issue(node, "OpenAI wants the type named here.", "Name the type", typed)
        else:
            yield issue(node, "OpenAI does not take a field that may never be there. Remove it.")


def _is_for_other_fields(path: Path) -> bool:
    """Whether this is about fields that are not named, which have to go anyway."""
    return path[-1] in ("additionalProperties", "unevaluatedProperties") and path[-2:-1] != ("properties",)


def _needs_type(schema: Any) -> bool:
    if not isinstance(schema, dict):
        return True
    known = ("type", "$ref", "anyOf", "oneOf", "allOf", "not", "enum")
    return not any(key in schema for key in known)


def _open_objects(scene: Scene) -> Iterator[LintIssue]:
    for node in scene.plain:
        if not is_object(node) or node.schema.get("additionalProperties") is False or _is_tangled(node.schema):
            continue
        if fields_of(node):
            message = "OpenAI writes only the fields that are named; other fields have to be forbidden."
            yield issue(node, message, "Forbid other fields", closed)
        else:
            yield issue(
                node,
                "This object names no fields, and OpenAI writes only fields that are named. Name them, or use a list "
                "of objects with `name` and `value`.",
            )


def _optional_fields(scene: Scene) -> Iterator[LintIssue]:
    for node in scene.plain:
        named = node.schema.get("required", []) if is_object(node) else None
        missing = [name for name in fields_of(node) if isinstance(named, list) and name not in named]
        if missing and not _is_tangled(node.schema):
            message = f"OpenAI wants every field to be required. Not required so far: {listed(missing)}."
            yield issue(node, message, "Require all fields, with null for what may be missing", require_all)


def _unknown_fields(scene: Scene) -> Iterator[LintIssue]:
    for node in scene.plain:
        named = node.schema.get("required") if is_object(node) else None
        if isinstance(named, list) and not _is_tangled(node.schema):
            extra = [name for name in named if isinstance(name, str) and name not in fields_of(node)]
            if extra:
                message = f"Required, but not described as a field: {listed(extra)}."
                yield issue(node, message, "Describe them as plain values", described_as_plain)


def _is_tangled(schema: Any) -> bool:
    """Whether a schema has to be untangled before its fields can be judged."""
    return is_mixed(schema) or (isinstance(schema, dict) and "allOf" in schema)


def _mixed(scene: Scene) -> Iterator[LintIssue]:
    for node in scene.plain:
        choices = node.schema.get("anyOf") if is_mixed(node.schema) else None
        if isinstance(choices, list) and node.path and any(map(_is_incomplete, [node.schema, *choices])):
            message = "OpenAI wants each alternative written out with all that it needs; here something stands beside."
            if written_out(node.schema, scene) != node.schema:
                yield issue(node, message, "Write the alternatives out", written_out)
            else:
                yield issue(node, message)


def _is_incomplete(schema: Any) -> bool:
    if _needs_type(schema):
        return True
    fields, required = schema.get("properties", {}), schema.get("required", [])
    is_listed = isinstance(fields, dict) and isinstance(required, list) and all(name in required for name in fields)
    return "object" in types_of(schema) and not (is_listed and schema.get("additionalProperties") is False)


def _parts(scene: Scene) -> Iterator[LintIssue]:
    for node in scene.plain:
        if isinstance(node.schema, dict) and "allOf" in node.schema:
            message = f"OpenAI does not accept {WHAT['allOf']}."
            if conditions_said(node.schema, scene, IN_WORDS_FOR_OPENAI) != node.schema:
                label = "Say the conditions in the description instead"
                yield issue(node, message, label, conditions_said, IN_WORDS_FOR_OPENAI)
            elif joined_parts(node.schema, scene) != node.schema:
                yield issue(node, message, "Write the parts as one", joined_parts)
            else:
                yield issue(node, f"{message} These cannot be written as one; describe the result directly.")


def _exactly_one(scene: Scene) -> Iterator[LintIssue]:
    for node in scene.values:
        if isinstance(node.schema, dict) and "oneOf" in node.schema:
            message = f"OpenAI does not accept {WHAT['oneOf']}."
            if "anyOf" in node.schema:
                yield issue(node, message)
            else:
                yield issue(node, message, "Let one or more alternatives fit", any_of)


def _reference_with_more(scene: Scene) -> Iterator[LintIssue]:
    for node in scene.plain:
        more = node.schema.keys() - {"$ref"} if isinstance(node.schema, dict) and "$ref" in node.schema else None
        if not more or not node.path:
            continue
        message = "OpenAI takes nothing beside a reference, not even a description."
        if more <= NOTES - {"$defs", "definitions"}:
            yield issue(node, message, "Keep both, one inside the other", referred_by_choice)
        else:
            yield issue(node, message)


def _lists(scene: Scene) -> Iterator[LintIssue]:
    for node in scene.plain:
        if not isinstance(node.schema, dict) or _is_tangled(node.schema):
            continue
        if isinstance(node.schema.get("prefixItems"), list) or isinstance(node.schema.get("items"), list):
            message = f"OpenAI does not accept {WHAT['prefixItems']}."
            yield issue(node, message, "Take any of these kinds, and say the order in words", tuple_as_list)
        elif "array" in types_of(node.schema) and "items" not in node.schema:
            yield issue(
                node, "OpenAI wants to know what the items of this list are.", "Take plain values", _plain_items
            )


def _plain_items(schema: Any, scene: Scene) -> Any:
    return {**schema, "items": typed(True, scene)} if isinstance(schema, dict) else schema


OPENAI: Final = (
    Rule(invalid, "answered: '…' is not valid under any of the given schemas, 2026-02"),
    Rule(outside, "guide, 2026-02: references inside the schema only"),
    Rule(dangling, "guide, 2026-02: references inside the schema only"),
    Rule(_root, "guide, 2026-02: root must be an object and not anyOf"),
    Rule(_untyped, "answered: schema must have a 'type' key, 2026-09"),
    Rule(_open_objects, "guide, 2026-02; answered: 'additionalProperties' is required to be supplied and to be false"),
    Rule(_optional_fields, "guide, 2026-02; answered: 'required' is required … including every key in properties"),
    Rule(_unknown_fields, "answered: Extra required key '…' supplied, 2026-07"),
    Rule(_parts, "guide, 2026-02; answered: 'allOf' is not permitted, 2026-08"),
    Rule(_mixed, "answered: schema must have a 'type' key, 2026-09: alternatives are checked like any schema"),
    Rule(_exactly_one, "answered: 'oneOf' is not permitted, 2026-09"),
    Rule(_reference_with_more, "answered: $ref cannot have keywords {'description'}, 2026-09"),
    Rule(_lists, "answered: array schema missing items, 2026-09"),
    Rule(
        keywords("OpenAI does not accept", IN_WORDS_FOR_OPENAI, said_instead, "Say it in the description instead"),
        "guide, 2026-02: not, if, dependent…; answered: 'uniqueItems' (also 'contains', 'minProperties', "
        "'propertyNames') is not permitted, 2026-09",
    ),
    Rule(
        format_other_than("OpenAI", FORMATS_OF_OPENAI, said_instead),
        "guide, 2026-02; answered: 'uri' is not a valid format, 2026-02",
    ),
    Rule(too_large, "guide, 2026-02; answered: 11 levels of nesting exceeds limit of 10, 2026-08"),
    Rule(long_choices, "guide, 2026-02"),
)
