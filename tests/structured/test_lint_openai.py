"""Each thing OpenAI refuses is told at its place, and what it takes is not complained about."""

import enum
from typing import Any, Literal

import openai
import pytest
from pydantic import BaseModel, Field

from service.structured import lint_schema
from service.structured.lint import REFUSALS
from service.structured.scene import Scene

CLOSED = {"additionalProperties": False}
TEXT = {"type": "string"}


def answer(**fields: Any) -> dict[str, Any]:
    """An object as OpenAI wants it."""
    return {"type": "object", "properties": fields, "required": [*fields], **CLOSED}


def with_defs(schema: dict[str, Any], **defs: Any) -> dict[str, Any]:
    return {**schema, "$defs": defs}


def nested(levels: int) -> dict[str, Any]:
    schema: dict[str, Any] = TEXT
    for _ in range(levels):
        schema = answer(inside=schema)
    return schema


def words(count: int, length: int) -> dict[str, Any]:
    return {"type": "string", "enum": [f"{number:0{length}}" for number in range(count)]}


# What is refused, where, words of the message, and the same thing as it is accepted.
CASES: list[tuple[str, Any, str, str, Any]] = [
    ("a type that does not exist", answer(a={"type": "text"}), "properties.a.type", "not valid", answer(a=TEXT)),
    (
        "a reference to the outside",
        answer(a={"$ref": "https://example.com/a.json"}),
        'properties.a["$ref"]'.replace('["$ref"]', ".$ref"),
        "outside the schema",
        with_defs(answer(a={"$ref": "#/$defs/A"}), A=TEXT),
    ),
    (
        "a reference to nothing",
        answer(a={"$ref": "#/$defs/B"}),
        "properties.a.$ref",
        "is not in the schema",
        with_defs(answer(a={"$ref": "#/$defs/B"}), B=TEXT),
    ),
    (
        "a list as the answer",
        {"type": "array", "items": TEXT},
        "",
        "to be an object",
        answer(a={"type": "array", "items": TEXT}),
    ),
    (
        "alternatives as the answer",
        {**answer(a=TEXT), "anyOf": [answer(a=TEXT)]},
        "",
        "no alternatives",
        answer(a={"anyOf": [TEXT]}),
    ),
    (
        "a reference as the answer",
        with_defs({"$ref": "#/$defs/A"}, A=answer(a=TEXT)),
        "",
        "not by a reference",
        with_defs(answer(a={"$ref": "#/$defs/A"}), A=answer(a=TEXT)),
    ),
    ("anything at all", answer(a={}), "properties.a", "what this is", answer(a={"type": ["string", "null"]})),
    ("anything, said by true", answer(a=True), "properties.a", "what this is", answer(a={"type": "boolean"})),
    ("nothing, said by false", answer(a=False), "properties.a", "may never be there", answer()),
    (
        "a value without its type",
        answer(a={"const": "x"}),
        "properties.a",
        "type named",
        answer(a={"type": "string", "const": "x"}),
    ),
    (
        "an open object",
        {"type": "object", "properties": {"a": TEXT}, "required": ["a"]},
        "",
        "only the fields that are named",
        answer(a=TEXT),
    ),
    (
        "a map",
        answer(a={"type": "object", "additionalProperties": TEXT}),
        "properties.a",
        "names no fields",
        answer(a={"type": "array", "items": answer(name=TEXT, value=TEXT)}),
    ),
    (
        "an open object that may be null",
        answer(a={"type": ["object", "null"], "properties": {"b": TEXT}, "required": ["b"]}),
        "properties.a",
        "only the fields that are named",
        answer(a={"type": ["object", "null"], "properties": {"b": TEXT}, "required": ["b"], **CLOSED}),
    ),
    (
        "a field that may be left out",
        {"type": "object", "properties": {"a": TEXT, "b": TEXT}, "required": ["a"], **CLOSED},
        "",
        'Not required so far: "b"',
        answer(a=TEXT, b={"type": ["string", "null"]}),
    ),
    (
        "no list of required fields",
        {"type": "object", "properties": {"a": TEXT}, **CLOSED},
        "",
        'Not required so far: "a"',
        {"type": "object", "properties": {}, **CLOSED},
    ),
    (
        "a required field that is not described",
        {**answer(a=TEXT), "required": ["a", "b"]},
        "",
        'not described as a field: "b"',
        answer(a=TEXT, b=TEXT),
    ),
    (
        "parts that must all fit",
        with_defs(answer(a={"allOf": [{"$ref": "#/$defs/A"}]}), A=answer(b=TEXT)),
        "properties.a",
        "several parts that must all fit",
        with_defs(answer(a={"anyOf": [{"$ref": "#/$defs/A"}]}), A=answer(b=TEXT)),
    ),
    (
        "exclusive alternatives",
        answer(a={"oneOf": [TEXT, {"type": "null"}]}),
        "properties.a",
        "exactly one may fit",
        answer(a={"anyOf": [TEXT, {"type": "null"}]}),
    ),
    (
        "alternatives beside fields",
        answer(a={**answer(b=TEXT), "anyOf": [{"required": ["b"]}]}),
        "properties.a",
        "each alternative written out",
        answer(a={"description": "either", "anyOf": [answer(b=TEXT), answer(c=TEXT)]}),
    ),
    (
        "a description beside a reference",
        with_defs(answer(a={"$ref": "#/$defs/A", "description": "an a"}), A=TEXT),
        "properties.a",
        "beside a reference",
        with_defs(answer(a={"$ref": "#/$defs/A"}), A=TEXT),
    ),
    (
        "a list of unknown items",
        answer(a={"type": "array"}),
        "properties.a",
        "items of this list",
        answer(a={"type": "array", "items": TEXT}),
    ),
    (
        "a list whose items differ by position",
        answer(a={"type": "array", "prefixItems": [TEXT]}),
        "properties.a",
        "first, second",
        answer(a={"type": "array", "items": TEXT, "minItems": 1, "maxItems": 1}),
    ),
    (
        "the same in older drafts",
        {"$schema": "http://json-schema.org/draft-07/schema#", **answer(a={"type": "array", "items": [TEXT]})},
        "properties.a",
        "first, second",
        {"$schema": "http://json-schema.org/draft-07/schema#", **answer(a=TEXT)},
    ),
    *(
        (keyword, answer(a={**schema, keyword: value}), f"properties.a.{keyword}", "does not accept", answer(a=schema))
        for keyword, value, schema in [
            ("not", {"const": "x"}, TEXT),
            ("if", {"const": "x"}, TEXT),
            ("dependentRequired", {"b": ["b"]}, answer(b=TEXT)),
            ("dependentSchemas", {"b": {}}, answer(b=TEXT)),
            ("uniqueItems", True, {"type": "array", "items": TEXT}),
            ("contains", TEXT, {"type": "array", "items": TEXT}),
            ("minProperties", 1, answer(b=TEXT)),
            ("maxProperties", 1, answer(b=TEXT)),
            ("propertyNames", {"pattern": "^b"}, answer(b=TEXT)),
            ("patternProperties", {"^b": TEXT}, answer(b=TEXT)),
            ("unevaluatedProperties", False, answer(b=TEXT)),
        ]
    ),
    (
        "a form of text it does not know",
        answer(a={"type": "string", "format": "uri"}),
        "properties.a.format",
        "a web address",
        answer(a={"type": "string", "format": "date-time"}),
    ),
    ("too many levels", nested(11), "", "at most 10 levels", nested(10)),
    (
        "too many allowed values",
        answer(**{f"f{number}": words(101, 3) for number in range(10)}),
        "",
        "at most 1,000 allowed values",
        answer(**{f"f{number}": words(100, 3) for number in range(10)}),
    ),
    (
        "long allowed values",
        answer(a=words(251, 60)),
        "properties.a.enum",
        "15,000 characters",
        answer(a=words(250, 60)),
    ),
]


def found(schema: Any) -> list[tuple[str, str]]:
    return [(issue.path, issue.message) for issue in lint_schema(schema, "openai")]


@pytest.mark.parametrize(("schema", "path", "message"), [case[1:4] for case in CASES], ids=[case[0] for case in CASES])
def test_a_refusal_is_told_at_its_place(schema: Any, path: str, message: str) -> None:
    assert [place for place, said in found(schema) if message in said] == [path]


@pytest.mark.parametrize("schema", [case[4] for case in CASES], ids=[case[0] for case in CASES])
def test_what_is_accepted_is_not_complained_about(schema: Any) -> None:
    assert found(schema) == []


def test_every_rule_has_a_case() -> None:
    """Those of fields and characters in all cannot be reached within our own limit of 50,000 characters."""
    scenes = [Scene(case[1]) for case in CASES]

    silent = [rule.source for rule in REFUSALS["openai"] if not any(list(rule.check(scene)) for scene in scenes)]

    assert silent == []


class Colour(enum.Enum):
    RED = "red"
    BLUE = "blue"


class Part(BaseModel):
    """A part of a thing."""

    name: str = Field(description="What it is called", min_length=1, pattern="^[a-z]")
    count: int = Field(ge=1, le=10)
    children: list["Part"] = []


class Thing(BaseModel):
    """A thing, with all that models of pydantic commonly have."""

    colour: Colour = Field(description="Its colour")
    size: float | None = None
    kind: Literal["a", "b"] = "a"
    fixed: Literal["x"] = "x"
    parts: list[Part] = Field(min_length=1, max_length=5)
    first: Part = Field(description="The first one")
    either: int | str | None


def test_what_the_official_sdk_sends_is_accepted() -> None:
    tool: Any = openai.pydantic_function_tool(Thing)

    assert found(tool["function"]["parameters"]) == []


def test_a_field_may_have_the_name_of_a_keyword() -> None:
    """And data may look like a schema."""
    schema = answer(
        allOf=TEXT, required=TEXT, **{"not": TEXT}, a={"type": "string", "enum": ["oneOf"], "examples": [{"oneOf": []}]}
    )

    assert found(schema) == []


def test_a_note_in_another_form_is_no_refusal() -> None:
    """One example without a list around it, say."""
    assert found(answer(a={"type": "string", "examples": "x", "readOnly": "yes"})) == []


def test_the_newest_draft_holds_whatever_is_named() -> None:
    """Zod names draft 7 by itself, and limits that are excluded were true or false in draft 4."""
    old = {"$schema": "http://json-schema.org/draft-04/schema#"}

    assert found({**old, **answer()}) == []
    assert [place for place, _ in found({**old, **answer(a={"type": "integer", "exclusiveMinimum": True})})] == [
        "properties.a.exclusiveMinimum"
    ]


def test_a_map_is_told_once() -> None:
    """Not its values as well."""
    schema = answer(a={"type": "object", "additionalProperties": {}}, additionalProperties={})

    assert [place for place, _ in found(schema)] == ["properties.additionalProperties", "properties.a"]


def test_what_stands_in_a_refused_part_is_not_told_besides() -> None:
    """It goes with it."""
    schema = answer(a={"type": "string", "not": {"oneOf": [{"type": "object"}]}})

    assert [place for place, _ in found(schema)] == ["properties.a.not"]


def test_levels_are_counted_through_lists_and_alternatives() -> None:
    inside = nested(8)
    schema = answer(a={"anyOf": [{"type": "array", "items": inside}, {"type": "null"}]})

    assert found(schema) == []
    assert [said for _, said in found(answer(a=schema))] == [
        "OpenAI takes at most 10 levels inside each other, and these are 11."
    ]
