"""Each kind of violation is told in plain words, at a path that people can read."""

from typing import Any

import jsonschema_rs
import pytest

from service.results import Issue
from service.structured import validate
from service.structured.explain import EXPLAINED, explain

DRAFT_7 = {"$schema": "http://json-schema.org/draft-07/schema#"}


def told(value: Any, schema: Any) -> list[tuple[str, str]]:
    return [(issue.path, issue.message) for issue in validate(value, schema)]


# The kind of error of jsonschema_rs, a schema, a value, what is said.
CASES: list[tuple[str, Any, Any, list[tuple[str, str]]]] = [
    (
        "AdditionalItems",
        {**DRAFT_7, "items": [{}], "additionalItems": False},
        [1, 2, 3],
        [("", "should have at most 1 item, got 3")],
    ),
    (
        "AdditionalProperties",
        {"properties": {"a": {}}, "additionalProperties": False},
        {"b": 1, "a": 1, "odd name": 2},
        [("b", "is not allowed here"), ('["odd name"]', "is not allowed here")],
    ),
    ("AnyOf", {"anyOf": [{"type": "string"}, {"type": "null"}]}, 5, [("", "should be text or null, got 5")]),
    (
        "BacktrackLimitExceeded",
        {"pattern": r"^(a|aa)+(?!b)$\1"},
        "a" * 60,
        [("", "could not be checked: its pattern takes too long on this text")],
    ),
    ("Constant", {"const": "a"}, "b", [("", 'should be "a", got "b"')]),
    ("Constant", {"const": {"a": 1}}, [], [("", 'should be {"a": 1}, got []')]),
    ("Contains", {"contains": {"type": "string"}}, [1], [("", "should hold at least 1 item of this kind: text")]),
    (
        "Contains",
        {"contains": {"const": 3}, "minContains": 2},
        [3],
        [("", "should hold at least 2 items of this kind: 3")],
    ),
    (
        "Contains",
        {"contains": {"enum": ["a", "b"]}, "maxContains": 1},
        ["a", "b"],
        [("", 'should hold at most 1 item of this kind: "a" or "b", and holds more')],
    ),
    (
        "Contains",
        {"contains": {"title": "Adult", "minimum": 18}},
        [3],
        [("", "should hold at least 1 item of this kind: Adult")],
    ),
    (
        "Contains",
        {"contains": {"minimum": 18}},
        [3],
        [("", "should hold at least 1 item of the kind that the schema asks for")],
    ),
    (
        "ContentEncoding",
        {**DRAFT_7, "contentEncoding": "base64"},
        "%%%",
        [("", 'should be encoded as base64, got "%%%"')],
    ),
    (
        "ContentMediaType",
        {**DRAFT_7, "contentMediaType": "application/json"},
        "{",
        [("", 'should hold a document of the type application/json, got "{"')],
    ),
    ("Enum", {"enum": ["a", "b", "c"]}, "d", [("", 'should be one of "a", "b" or "c", got "d"')]),
    ("Enum", {"enum": ["a", None]}, 1, [("", 'should be "a" or null, got 1')]),
    (
        "Enum",
        {"enum": list(range(40))},
        "d",
        [("", 'should be one of 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 or 30 others, got "d"')],
    ),
    ("ExclusiveMaximum", {"exclusiveMaximum": 5}, 5, [("", "should be less than 5, got 5")]),
    ("ExclusiveMinimum", {"exclusiveMinimum": 5}, 5, [("", "should be more than 5, got 5")]),
    ("FalseSchema", {"properties": {"a": False}}, {"a": 1}, [("a", "is not allowed here")]),
    ("FalseSchema", {"prefixItems": [True], "items": False}, [1, 2], [("[1]", "is not allowed here")]),
    (
        "FalseSchema",
        {"properties": {"o": {"additionalProperties": False}}},
        {"o": {"x": 1, "y": 2}},
        [("o.x", "is not allowed here"), ("o.y", "is not allowed here")],
    ),
    ("Format", {"format": "email"}, "x", [("", 'should look like an e-mail address, got "x"')]),
    ("Format", {"format": "date"}, "May", [("", 'should look like a date like 2024-12-31, got "May"')]),
    (
        "FromUtf8",
        {**DRAFT_7, "contentMediaType": "application/json", "contentEncoding": "base64"},
        "/////w==",
        [("", "should be readable text once decoded, and is not")],
    ),
    ("MaxItems", {"maxItems": 1}, [1, 2], [("", "should have at most 1 item, got 2")]),
    ("MaxLength", {"maxLength": 1}, "äöü", [("", "should be at most 1 character long, got 3")]),
    ("MaxProperties", {"maxProperties": 1}, {"a": 1, "b": 2}, [("", "should have at most 1 field, got 2")]),
    ("Maximum", {"maximum": 5}, 7, [("", "should be at most 5, got 7")]),
    ("MinItems", {"minItems": 2}, [1], [("", "should have at least 2 items, got 1")]),
    ("MinLength", {"minLength": 3}, "a", [("", "should be at least 3 characters long, got 1")]),
    ("MinProperties", {"minProperties": 2}, {}, [("", "should have at least 2 fields, got 0")]),
    ("Minimum", {"minimum": 0.5}, 0, [("", "should be at least 0.5, got 0")]),
    ("MultipleOf", {"multipleOf": 0.1}, 0.25, [("", "should be a multiple of 0.1, got 0.25")]),
    ("Not", {"not": {"type": "string"}}, "x", [("", 'should not be text, got "x"')]),
    ("Not", {"not": {"const": 1}}, 1, [("", "should not be 1")]),
    ("Not", {"not": {"enum": [1, 2, 3]}}, 1, [("", "should not be one of 1, 2 or 3, got 1")]),
    ("Not", {"not": {"required": ["a"]}}, {"a": 1}, [("a", "is not allowed here")]),
    ("Not", {"properties": {"a": {"not": {}}}}, {"a": 1}, [("a", "is not allowed here")]),
    ("Not", {"not": {"minimum": 3, "maximum": 5}}, 4, [("", "has a form that the schema rules out")]),
    (
        "OneOfMultipleValid",
        {"oneOf": [{"title": "Amount", "type": "number"}, {"type": "string"}, {"$ref": "#/$defs/Count"}]}
        | {"$defs": {"Count": {"type": "integer"}}},
        3,
        [("", "fits 2 of 3 alternatives at once and should fit only one: Amount and Count")],
    ),
    ("OneOfNotValid", {"oneOf": [{"type": "string"}, {"type": "null"}]}, 5, [("", "should be text or null, got 5")]),
    ("Pattern", {"pattern": "^[A-Z]+$"}, "x", [("", 'should match the pattern ^[A-Z]+$, got "x"')]),
    (
        "PropertyNames",
        {"additionalProperties": {"propertyNames": {"maxLength": 2}}},
        {"a": {"not": None}},
        [("a.not", "is not allowed as a name: it should be at most 2 characters long, got 3")],
    ),
    (
        "PropertyNames",
        {"propertyNames": {"maxLength": 1}},
        {"a": 1, "bcd": 1},
        [("bcd", "is not allowed as a name: it should be at most 1 character long, got 3")],
    ),
    (
        "PropertyNames",
        {"propertyNames": {"anyOf": [{"const": "x"}, {"const": "y"}]}},
        {"z": 1},
        [("z", 'is not allowed as a name: it should be "x" or "y", got "z"')],
    ),
    ("FalseSchema", {"propertyNames": False}, {"z": 1}, [("z", "is not allowed here")]),
    ("Required", {"required": ["a", "b"]}, {"b": 1}, [("a", "is missing")]),
    ("Required", {"dependentRequired": {"a": ["b"]}}, {"a": 1}, [("b", "is missing")]),
    ("Type", {"type": "number"}, "twelve", [("", 'should be a number, got "twelve"')]),
    ("Type", {"type": "integer"}, 1.5, [("", "should be a whole number, got 1.5")]),
    ("Type", {"type": "boolean"}, None, [("", "should be true or false, got null")]),
    ("Type", {"type": "array"}, {"a": 1}, [("", "should be a list, got an object with 1 field")]),
    ("Type", {"type": "object"}, [1, 2], [("", "should be an object, got a list of 2 items")]),
    (
        "Type",
        {"type": ["null", "boolean", "integer"]},
        "x",
        [("", 'should be true/false, a whole number or null, got "x"')],
    ),
    (
        "UnevaluatedItems",
        {"prefixItems": [True], "unevaluatedItems": False},
        [1, "b", {"c": 1}],
        [("[1]", "is not allowed here"), ("[2]", "is not allowed here")],
    ),
    ("UnevaluatedItems", {"unevaluatedItems": {"type": "string"}}, [3], [("[0]", "should be text, got 3")]),
    (
        "UnevaluatedItems",
        {"contains": {"const": 3}, "unevaluatedItems": False},
        [1, 3],
        [("", "holds 1 item not allowed here")],
    ),
    (
        "UnevaluatedProperties",
        {"allOf": [{"properties": {"a": {}}}], "unevaluatedProperties": False},
        {"a": 1, "b": 2},
        [("b", "is not allowed here")],
    ),
    (
        "UnevaluatedProperties",
        {"unevaluatedProperties": {"type": "string"}},
        {"a": 1},
        [("a", "should be text, got 1")],
    ),
    (
        "UnevaluatedProperties",
        {"unevaluatedProperties": {"minimum": 5}},
        {"a": 1},
        [("a", "does not fit what more may stand here")],
    ),
    (
        "UniqueItems",
        {"uniqueItems": True},
        ["a", {"b": 2}, {"b": 2.0}],
        [("", "should hold each item only once, but [1] and [2] are the same")],
    ),
]


def case_name(case: tuple[str, Any, Any, Any]) -> str:
    return f"{case[0]}: {case[3][0][1][:40]}"


@pytest.mark.parametrize(("kind", "schema", "value", "said"), CASES, ids=[case_name(case) for case in CASES])
def test_a_violation_is_told_in_words(kind: str, schema: Any, value: Any, said: list[tuple[str, str]]) -> None:
    found = {
        type(error.kind).__name__
        for error in jsonschema_rs.validator_for(
            schema, validate_formats=True, pattern_options=jsonschema_rs.FancyRegexOptions(backtrack_limit=100_000)
        ).iter_errors(value)
    }

    assert kind in found, "the case does not show what it is for"
    assert told(value, schema) == said


def known_kinds() -> set[str]:
    kinds = jsonschema_rs.ValidationErrorKind
    return {name for name in vars(kinds) if isinstance(getattr(kinds, name), type) and not name.startswith("_")}


def test_every_kind_of_error_the_validator_knows_is_told() -> None:
    assert set(EXPLAINED) == known_kinds()


def test_every_kind_that_a_value_can_cause_has_a_case_above() -> None:
    """Custom keywords are never registered, references are resolved before a check, and the engine failure is a bug."""
    assert known_kinds() - {kind for kind, *_ in CASES} == {"Custom", "Referencing", "RegexEngineFailure"}


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (jsonschema_rs.ValidationErrorKind.Custom("even", "is odd"), "is odd"),
        (
            jsonschema_rs.ValidationErrorKind.Referencing(jsonschema_rs.ReferencingError("gone")),
            "could not be checked: gone",
        ),
        (
            jsonschema_rs.ValidationErrorKind.RegexEngineFailure("stack"),
            "could not be checked: its pattern takes too long on this text",
        ),
    ],
)
def test_kinds_that_no_schema_causes_are_told_as_well(kind: Any, said: str) -> None:
    error = jsonschema_rs.ValidationError("gone", "", [], ["a"], [], kind, 1)

    assert explain([error], {}, {"a": 1}) == [Issue("a", said)]
