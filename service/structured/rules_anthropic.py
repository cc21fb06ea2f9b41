"""What Anthropic refuses in an output format or a strict tool (HTTP 400, `invalid_request_error`).

"Answered" quotes the refusal itself, as several projects reported it in public, through OpenRouter too; the month is
that of the latest report. "Guide" is Anthropic's page on structured outputs, which says that what is not supported
is answered with 400.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from service.structured.edits import (
    any_of,
    closed,
    inlined_root,
    joined_parts,
    said_instead,
    tuple_as_list,
    typed,
    value_type,
    without_type,
    wrapped,
    written_out,
)
from service.structured.linting import (
    LintIssue,
    Rule,
    at,
    dangling,
    fields_of,
    format_other_than,
    invalid,
    is_object,
    issue,
    keywords,
    outside,
)
from service.structured.plainly import WHAT
from service.structured.scene import Scene
from service.structured.walk import Node, is_mixed, types_of
from service.structured.words import place, spelled

__all__ = ["ANTHROPIC", "FORMATS_OF_ANTHROPIC"]

MAX_OPTIONAL = 24
MAX_UNIONS = 16

FORMATS_OF_ANTHROPIC: Final = frozenset(
    ("date-time", "time", "date", "duration", "email", "hostname", "uri", "ipv4", "ipv6", "uuid")
)
_NUMBERS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")
_LISTS = ("maxItems", "uniqueItems", "contains", "minContains", "maxContains")
_OBJECTS = ("minProperties", "maxProperties", "propertyNames")
_INSTEAD = "Say it in the description instead"


def _schemas(scene: Scene) -> Iterator[Node]:
    return (node for node in scene.values if isinstance(node.schema, dict))


def _root(scene: Scene) -> Iterator[LintIssue]:
    node = scene.nodes[0]
    schema = node.schema
    if types_of(schema) == ("object",):
        return
    message = "Anthropic wants the whole answer to be an object, and the schema to say so."
    if isinstance(schema, dict) and "$ref" in schema and inlined_root(schema, scene) != schema:
        yield issue(node, message, "Write the part it refers to in its place", inlined_root)
    elif isinstance(schema, dict) and not types_of(schema) and "properties" in schema:
        yield issue(node, message, "Say that it is an object", typed)
    else:
        yield issue(node, message, "Put the answer into an object, as its field `value`", wrapped)


def _circles(scene: Scene) -> Iterator[LintIssue]:
    for path in sorted(scene.circular, key=str):
        message = "This contains itself, and Anthropic takes no such schema. Describe a fixed number of levels."
        yield LintIssue(place(path), message)


def _open_objects(scene: Scene) -> Iterator[LintIssue]:
    for node in scene.plain:
        if not is_object(node) or node.schema.get("additionalProperties") is False or "allOf" in node.schema:
            continue
        if is_mixed(node.schema):
            yield from _mixed(node, scene)
        elif fields_of(node):
            message = "Anthropic writes only the fields that are named; other fields have to be forbidden."
            yield issue(node, message, "Forbid other fields", closed)
        else:
            yield issue(
                node,
                "This object names no fields, and Anthropic writes only fields that are named. Name them, or use a "
                "list of objects with `name` and `value`.",
            )


def _mixed(node: Node, scene: Scene) -> Iterator[LintIssue]:
    message = "Other fields have to be forbidden, which here would forbid those of the alternatives as well."
    if written_out(node.schema, scene) != node.schema:
        yield issue(node, message, "Write the alternatives out", written_out)
    else:
        yield issue(node, message)


def _counts(scene: Scene) -> Iterator[LintIssue]:
    optional, unions = 0, 0
    for node in scene.objects:
        required = node.schema.get("required", [])
        fields = fields_of(node)
        optional += sum(name not in required for name in fields) if isinstance(required, list) else len(fields)
        unions += sum(_is_union(field) for field in fields.values())
    if optional > MAX_OPTIONAL:
        yield LintIssue(
            "",
            f"Anthropic takes at most {MAX_OPTIONAL} fields that may be left out, and these are {optional}. "
            "Require more of them.",
        )
    if unions > MAX_UNIONS:
        yield LintIssue(
            "",
            f"Anthropic takes at most {MAX_UNIONS} fields that may be of several kinds, or null, and these are "
            f"{unions}. Settle on one kind where you can.",
        )


def _is_union(schema: Any) -> bool:
    return isinstance(schema, dict) and (len(types_of(schema)) > 1 or "anyOf" in schema)


def _exactly_one(scene: Scene) -> Iterator[LintIssue]:
    for node in _schemas(scene):
        if "oneOf" in node.schema:
            message = f"Anthropic does not accept {WHAT['oneOf']}."
            if "anyOf" in node.schema:
                yield issue(node, message)
            else:
                yield issue(node, message, "Let one or more alternatives fit", any_of)


def _parts(scene: Scene) -> Iterator[LintIssue]:
    for node in _schemas(scene):
        parts = node.schema.get("allOf")
        if isinstance(parts, list) and any(_is_unfit_part(part) for part in [*parts, node.schema]):
            message = "Anthropic takes several parts that must all fit only without references and with closed objects."
            if joined_parts(node.schema, scene) != node.schema:
                yield issue(node, message, "Write the parts as one", joined_parts)
            else:
                yield issue(node, message)


def _is_unfit_part(part: Any) -> bool:
    is_open = "object" in types_of(part) and part.get("additionalProperties") is not False
    return is_open or (isinstance(part, dict) and "$ref" in part)


def _few_items(scene: Scene) -> Iterator[LintIssue]:
    for node in _schemas(scene):
        least = node.schema.get("minItems")
        if "array" in types_of(node.schema) and isinstance(least, int) and least > 1:
            message = f"Anthropic takes only 0 or 1 as a least number of items, and here it is {least:,}."
            fix = issue(node, message, _INSTEAD, said_instead, ("minItems",)).fix
            yield LintIssue(at(node, "minItems"), message, fix)


def _tuples(scene: Scene) -> Iterator[LintIssue]:
    for node in _schemas(scene):
        kinds = [key for key in ("prefixItems", "items") if isinstance(node.schema.get(key), list)]
        if kinds:
            message = f"Anthropic does not accept {WHAT['prefixItems']}."
            yield issue(node, message, "Take any of these kinds, and say the order in words", tuple_as_list)


def _values(scene: Scene) -> Iterator[LintIssue]:
    for node in _schemas(scene):
        values, types = node.schema.get("enum"), types_of(node.schema)
        if not isinstance(values, list):
            continue
        if any(isinstance(value, dict | list) for value in values):
            yield LintIssue(at(node, "enum"), "Anthropic takes only plain values here, no lists and no objects.")
        elif types and (odd := [value for value in values if not _is_of(value, types)]):
            message = f"Anthropic checks each allowed value against one type, and {spelled(odd[0])} does not pass."
            label = "Leave the type out: the values say it"
            yield LintIssue(at(node, "enum"), message, issue(node, message, label, without_type).fix)


def _is_of(value: Any, types: tuple[str, ...]) -> bool:
    """Whether a value passes Anthropic's check, which no value does where several types are listed."""
    kind = value_type(value)
    return len(types) == 1 and (kind == types[0] or (kind == "integer" and types[0] == "number"))


ANTHROPIC: Final = (
    Rule(invalid, "answered: JSON schema is invalid. It must match JSON Schema draft 2020-12, 2026-01"),
    Rule(outside, "guide, 2026-07: no external references"),
    Rule(dangling, "answered: JSON schema is invalid, 2026-01"),
    Rule(_root, "answered: type of the root missing or not 'object', 2026"),
    Rule(_circles, "answered: Circular reference detected in schema definitions, 2026-07"),
    Rule(_open_objects, "answered: For 'object' type, 'additionalProperties' must be explicitly set to false, 2026-08"),
    Rule(_counts, "answered: too many optional parameters (limit: 24), with union types (limit: 16), 2026-09"),
    Rule(_exactly_one, "answered: Schema type 'oneOf' is not supported, 2026-07"),
    Rule(_parts, "guide, 2026-07: allOf with $ref not supported"),
    Rule(
        keywords("Anthropic does not accept", _NUMBERS, said_instead, _INSTEAD, ("number", "integer")),
        "answered: For 'number' type, properties maximum, minimum are not supported, 2026-09",
    ),
    Rule(
        keywords("Anthropic does not accept", _LISTS, said_instead, _INSTEAD, ("array",)),
        "answered: For 'array' type, property 'maxItems' (also 'uniqueItems', 'contains') is not supported, 2026-09",
    ),
    Rule(_few_items, "answered: 'minItems' values other than 0 or 1 are not supported, 2026-07"),
    Rule(_tuples, "answered: Array types must be specified with a single object schema for 'items', 2026-09"),
    Rule(
        keywords("Anthropic does not accept", _OBJECTS, said_instead, _INSTEAD, ("object",)),
        "answered: For 'object' type, property 'minProperties' (also 'propertyNames') is not supported, 2026-09",
    ),
    Rule(
        keywords("Anthropic does not accept", ("not", "if"), said_instead, _INSTEAD),
        "answered: Schema keyword 'not' is not supported; property 'if' is not supported, 2026-09",
    ),
    Rule(
        format_other_than("Anthropic", FORMATS_OF_ANTHROPIC, said_instead),
        "guide, 2026-07; answered: For 'string' type, format 'phone' is not supported, 2026-09",
    ),
    Rule(_values, "answered: Enum value '…' does not match declared type '['string', 'null']', 2026-08; guide"),
)
