"""Each thing Anthropic refuses is told at its place, and what it takes is not complained about."""

from typing import Any

import pytest

from service.structured import lint_schema
from service.structured.lint import REFUSALS
from service.structured.scene import Scene

CLOSED = {"additionalProperties": False}
TEXT = {"type": "string"}
NUMBER = {"type": "number"}
LIST = {"type": "array", "items": TEXT}


def answer(**fields: Any) -> dict[str, Any]:
    """An object as Anthropic takes it; nothing in it is required."""
    return {"type": "object", "properties": fields, **CLOSED}


def with_defs(schema: dict[str, Any], **defs: Any) -> dict[str, Any]:
    return {**schema, "$defs": defs}


def fields(count: int, schema: Any) -> dict[str, Any]:
    return {f"f{number}": schema for number in range(count)}


TREE = answer(children={"type": "array", "items": {"$ref": "#/$defs/Tree"}})

# What is refused, where, words of the message, and the same thing as it is accepted.
CASES: list[tuple[str, Any, str, str, Any]] = [
    ("a type that does not exist", answer(a={"type": "text"}), "properties.a.type", "not valid", answer(a=TEXT)),
    (
        "a reference to the outside",
        answer(a={"$ref": "https://example.com/a.json"}),
        "properties.a.$ref",
        "outside the schema",
        with_defs(answer(a={"$ref": "#/$defs/A", "description": "an a"}), A=TEXT),
    ),
    (
        "a reference to nothing",
        answer(a={"$ref": "#/definitions/A"}),
        "properties.a.$ref",
        "is not in the schema",
        {**answer(a={"$ref": "#/definitions/A"}), "definitions": {"A": TEXT}},
    ),
    ("an answer without a type", {"properties": {"a": TEXT}, **CLOSED}, "", "to be an object", answer(a=TEXT)),
    ("a list as the answer", LIST, "", "to be an object", answer(a=LIST)),
    (
        "what contains itself",
        with_defs(answer(a={"$ref": "#/$defs/Tree"}), Tree=TREE),
        "$defs.Tree",
        "contains itself",
        with_defs(answer(a={"$ref": "#/$defs/Leaf"}, b={"$ref": "#/$defs/Leaf"}), Leaf=TEXT),
    ),
    ("an answer that contains itself", answer(a={"$ref": "#"}), "", "contains itself", answer(a=TEXT)),
    (
        "an open object",
        answer(a={"type": "object", "properties": {"b": TEXT}}),
        "properties.a",
        "only the fields that are named",
        answer(a=answer(b=TEXT)),
    ),
    (
        "a map",
        answer(a={"type": "object", "additionalProperties": TEXT}),
        "properties.a",
        "names no fields",
        answer(a=answer()),
    ),
    (
        "an open object with alternatives",
        answer(a={"type": "object", "properties": {"b": TEXT}, "anyOf": [{"required": ["b"]}]}),
        "properties.a",
        "those of the alternatives",
        answer(a={"anyOf": [answer(b=TEXT), answer(c=TEXT)]}),
    ),
    ("many fields that may be left out", answer(**fields(25, TEXT)), "", "at most 24", answer(**fields(24, TEXT))),
    (
        "many fields of several kinds",
        answer(**fields(17, {"type": ["string", "null"]})),
        "",
        "at most 16",
        answer(**fields(16, {"anyOf": [TEXT, NUMBER]})),
    ),
    (
        "exclusive alternatives",
        answer(a={"oneOf": [TEXT, NUMBER]}),
        "properties.a",
        "exactly one may fit",
        answer(a={"anyOf": [TEXT, NUMBER]}),
    ),
    (
        "a reference among parts",
        with_defs(answer(a={"allOf": [{"$ref": "#/$defs/A"}]}), A=TEXT),
        "properties.a",
        "without references",
        answer(a={"allOf": [TEXT, {"pattern": "^a"}]}),
    ),
    *(
        (keyword, answer(a={**schema, keyword: value}), f"properties.a.{keyword}", "does not accept", answer(a=schema))
        for keyword, value, schema in [
            ("minimum", 1, NUMBER),
            ("maximum", 1, {"type": "integer"}),
            ("exclusiveMinimum", 1, NUMBER),
            ("exclusiveMaximum", 1, NUMBER),
            ("multipleOf", 5, {"type": ["integer", "null"]}),
            ("maxItems", 5, LIST),
            ("uniqueItems", True, LIST),
            ("contains", TEXT, LIST),
            ("minProperties", 1, answer(b=TEXT)),
            ("maxProperties", 1, answer(b=TEXT)),
            ("propertyNames", {"pattern": "^b"}, answer(b=TEXT)),
            ("not", {"const": "x"}, TEXT),
            ("if", {"const": "x"}, TEXT),
        ]
    ),
    (
        "a least number of items above 1",
        answer(a={**LIST, "minItems": 2}),
        "properties.a.minItems",
        "only 0 or 1",
        answer(a={**LIST, "minItems": 1}),
    ),
    (
        "a list whose items differ by position",
        answer(a={"type": "array", "prefixItems": [TEXT]}),
        "properties.a",
        "first, second",
        answer(a=LIST),
    ),
    (
        "a form of text it does not know",
        answer(a={**TEXT, "format": "phone"}),
        "properties.a.format",
        "phone",
        answer(a={**TEXT, "format": "uri"}),
    ),
    (
        "allowed values of several types",
        answer(a={"type": ["string", "null"], "enum": ["x", None]}),
        "properties.a.enum",
        "against one type",
        answer(a={"enum": ["x", None]}, b={"type": "number", "enum": [1, 1.5]}),
    ),
    (
        "allowed values that are lists",
        answer(a={"enum": [["x"]]}),
        "properties.a.enum",
        "only plain values",
        answer(a={"enum": ["x", 1, True]}),
    ),
]


def found(schema: Any) -> list[tuple[str, str]]:
    return [(issue.path, issue.message) for issue in lint_schema(schema, "anthropic")]


@pytest.mark.parametrize(("schema", "path", "message"), [case[1:4] for case in CASES], ids=[case[0] for case in CASES])
def test_a_refusal_is_told_at_its_place(schema: Any, path: str, message: str) -> None:
    assert [place for place, said in found(schema) if message in said] == [path]


@pytest.mark.parametrize("schema", [case[4] for case in CASES], ids=[case[0] for case in CASES])
def test_what_is_accepted_is_not_complained_about(schema: Any) -> None:
    assert found(schema) == []


def test_every_rule_has_a_case() -> None:
    scenes = [Scene(case[1]) for case in CASES]

    assert [rule.source for rule in REFUSALS["anthropic"] if not any(list(rule.check(scene)) for scene in scenes)] == []


def test_lengths_and_patterns_of_texts_are_no_refusal() -> None:
    """They were refused at first and are accepted now."""
    assert found(answer(a={**TEXT, "minLength": 1, "maxLength": 5, "pattern": "^a"}, b={**TEXT, "default": "x"})) == []


def test_what_was_recorded_as_accepted_is_accepted() -> None:
    """The schema of a chat that OpenRouter answered with HTTP 200 in June 2026."""
    recorded = {
        "type": "object",
        "properties": {"name": {"type": "string"}, "age": {"type": "integer"}},
        "required": ["name", "age"],
        "additionalProperties": False,
    }

    assert found(recorded) == []
