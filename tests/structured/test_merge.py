"""Two schemas for one value become one where that says exactly the same, and only there."""

from typing import Any

import pytest

from service.structured.linting import levels
from service.structured.merge import distributed, merged, merged_all
from service.structured.scene import Scene

A = {"properties": {"a": {"type": "string"}}}
B = {"properties": {"b": {"type": "string"}}}
CLOSED = {"additionalProperties": False}
DEFS = {
    "A": A,
    "Chain": {"$ref": "#/$defs/A"},
    "Tree": {"properties": {"children": {"type": "array", "items": {"$ref": "#/$defs/Tree"}}}},
}

# Two schemas and the one that says both, or None.
CASES: list[tuple[str, Any, Any, Any]] = [
    ("anything and something", True, A, A),
    ("nothing and something", A, False, False),
    ("types in common", {"type": ["string", "null"]}, {"type": ["null", "object"]}, {"type": "null"}),
    ("whole numbers are numbers", {"type": "number"}, {"type": "integer"}, {"type": "integer"}),
    (
        "whole numbers or texts",
        {"type": ["integer", "string"]},
        {"type": ["string", "number"]},
        {"type": ["integer", "string"]},
    ),
    ("no type in common", {"type": "string"}, {"type": "number"}, None),
    ("values in common", {"enum": [1, "a", True]}, {"enum": ["a", 1.0]}, {"enum": [1, "a"]}),
    ("no value in common", {"enum": [1]}, {"enum": [True]}, None),
    ("required fields", {"required": ["a"]}, {"required": ["b", "a"]}, {"required": ["a", "b"]}),
    ("limits", {"minimum": 1, "maximum": 9}, {"minimum": 2, "maximum": 8}, {"minimum": 2, "maximum": 8}),
    ("patterns", {"pattern": "^a"}, {"pattern": "b$"}, None),
    ("the same pattern", {"pattern": "^a"}, {"pattern": "^a"}, {"pattern": "^a"}),
    ("different rules", {"pattern": "^a"}, {"minLength": 3}, {"pattern": "^a", "minLength": 3}),
    ("fields of both", A, B, {"properties": {"a": {"type": "string"}, "b": {"type": "string"}}}),
    (
        "a field of both",
        {"properties": {"a": {"minLength": 1}}},
        A,
        {"properties": {"a": {"minLength": 1, "type": "string"}}},
    ),
    ("a closed one and more fields", {**A, **CLOSED}, B, None),
    ("a closed one and fields it knows", {**A, **CLOSED}, A, {**A, **CLOSED}),
    ("two closed ones of the same fields", {**A, **CLOSED}, {**A, **CLOSED}, {**A, **CLOSED}),
    ("two closed ones of other fields", {**A, **CLOSED}, {**B, **CLOSED}, None),
    ("a map and fields", {"additionalProperties": {"type": "string"}}, A, None),
    (
        "a map and a rule",
        {"additionalProperties": {"type": "string"}},
        {"maxProperties": 1},
        {"additionalProperties": {"type": "string"}, "maxProperties": 1},
    ),
    ("items of both", {"items": {"minimum": 1}}, {"items": {"maximum": 2}}, {"items": {"minimum": 1, "maximum": 2}}),
    ("items and items by position", {"items": False}, {"prefixItems": [True]}, None),
    ("two conditions", {"if": {"const": 1}}, {"then": {"const": 2}}, None),
    ("two counts of items", {"contains": {"const": 1}}, {"minContains": 2}, None),
    ("two choices", {"anyOf": [A]}, {"anyOf": [B]}, None),
    ("a choice and a rule", {"anyOf": [A]}, {"type": "object"}, {"anyOf": [A], "type": "object"}),
    (
        "notes of the first win",
        {"description": "x"},
        {"description": "y", "title": "z"},
        {"description": "x", "title": "z"},
    ),
    ("a reference and notes", {"$ref": "#/$defs/A"}, {"title": "z"}, {"$ref": "#/$defs/A", "title": "z"}),
    ("a reference and rules", {"$ref": "#/$defs/A"}, {"minProperties": 1}, {**A, "minProperties": 1}),
    ("a reference to a reference", {"$ref": "#/$defs/Chain"}, {"minProperties": 1}, {**A, "minProperties": 1}),
    ("the same reference", {"$ref": "#/$defs/A"}, {"$ref": "#/$defs/A"}, {"$ref": "#/$defs/A"}),
    ("a reference in circles", {"$ref": "#/$defs/Tree"}, {"minProperties": 1}, None),
    ("a reference to nothing", {"$ref": "#/$defs/B"}, {"minProperties": 1}, None),
    ("what looks at the whole", {"unevaluatedProperties": False}, A, {**A, "unevaluatedProperties": False}),
    ("a part that looks at itself", A, {"unevaluatedProperties": False}, None),
    ("a part with a name", A, {"$id": "a"}, None),
    ("a part with definitions", A, {"$defs": {}}, None),
    ("what is no schema", {"items": [True]}, {"items": [False]}, None),
]


@pytest.mark.parametrize(("first", "second", "both"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_two_schemas_become_one(first: Any, second: Any, both: Any) -> None:
    assert merged(first, second, Scene({"$defs": DEFS})) == both


def test_parts_within_parts_are_written_as_one() -> None:
    schema = {"title": "x", "allOf": [A, {"allOf": [B, {"required": ["b"]}]}, True]}

    assert merged_all(schema, Scene(schema)) == {
        "title": "x",
        "properties": {"a": {"type": "string"}, "b": {"type": "string"}},
        "required": ["b"],
    }


@pytest.mark.parametrize("parts", [{}, [3], [A, {"allOf": [{**B, **CLOSED}, A]}]])
def test_parts_that_are_none_are_left(parts: Any) -> None:
    assert merged_all({"allOf": parts}, Scene({})) is None


def test_alternatives_say_what_stands_beside_them() -> None:
    schema = {"title": "x", **A, "anyOf": [B, {"required": ["a"]}]}

    assert distributed(schema, Scene(schema)) == {
        "title": "x",
        "anyOf": [
            {"properties": {"a": {"type": "string"}, "b": {"type": "string"}}},
            {**A, "required": ["a"]},
        ],
    }


@pytest.mark.parametrize(
    "schema",
    [{"anyOf": [A]}, {"title": "x", "anyOf": [A]}, {**A, "anyOf": [A], "oneOf": [A]}, {**A, **CLOSED, "anyOf": [B]}],
)
def test_alternatives_alone_or_inexact_are_left(schema: Any) -> None:
    assert distributed(schema, Scene(schema)) is None


def test_steps_are_limited() -> None:
    """And what is beyond the limit is left as it is."""
    scene = Scene({})
    assert scene.spend(20_000)

    assert merged(A, B, scene) is None


def test_levels_are_those_of_values() -> None:
    """Several descriptions of one value are one level."""
    inner = {"type": "object", "properties": {"a": {"type": "array", "items": {}}}}

    assert levels(Scene({"type": "object", "anyOf": [inner, {"allOf": [inner]}]})) == 2
    assert levels(Scene({"type": "object", "properties": {"x": {"anyOf": [inner]}}})) == 3
    assert levels(Scene({"type": "string", "$defs": {"A": inner}})) == 2
    assert levels(Scene(True)) == 0
