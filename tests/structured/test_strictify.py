"""The strict form, piece by piece."""

from typing import Any

import pytest

from service.structured import StrictChange, explain_strictify, lint_schema, strictify

TEXT = {"type": "string"}


def field(schema: Any, required: bool = True) -> Any:
    """What becomes of the schema of a field."""
    whole = {"type": "object", "properties": {"a": schema}, "required": ["a"] if required else []}
    return strictify(whole)["properties"].get("a")


def strict_object(**fields: Any) -> dict[str, Any]:
    return {"type": "object", "properties": fields, "required": [*fields], "additionalProperties": False}


# What is written, and what is sent.
WRITTEN: list[tuple[str, Any, Any]] = [
    ("a text", TEXT, TEXT),
    ("a title", {"type": "string", "title": "A"}, {"type": "string", "title": "A"}),
    (
        "kept rules",
        {"type": "integer", "minimum": 1, "multipleOf": 2},
        {"type": "integer", "minimum": 1, "multipleOf": 2},
    ),
    ("a kept form", {"type": "string", "format": "date"}, {"type": "string", "format": "date"}),
    (
        "limits as draft 4 wrote them",
        {"type": "number", "minimum": 1, "exclusiveMinimum": True, "maximum": 5, "exclusiveMaximum": False},
        {"type": "number", "exclusiveMinimum": 1, "maximum": 5},
    ),
    ("a single type in a list", {"type": ["string"]}, TEXT),
    ("a pattern", {"type": "string", "pattern": "^a"}, {"type": "string", "pattern": "^a"}),
    (
        "lengths",
        {"type": "string", "minLength": 1, "maxLength": 5},
        {"type": "string", "description": "At least 1 character. At most 5 characters."},
    ),
    (
        "a form that is not checked",
        {"type": "string", "format": "uri", "description": "The link"},
        {"type": "string", "description": "The link. Looks like a web address like https://example.com."},
    ),
    ("a default", {"type": "string", "default": "x"}, {"type": "string", "description": 'Usually "x".'}),
    ("unknown keywords", {"type": "string", "x-order": 1, "readOnly": True}, TEXT),
    (
        "an open object",
        {"type": "object", "properties": {"b": TEXT}, "required": ["b"], "additionalProperties": True},
        strict_object(b=TEXT),
    ),
    (
        "a field that may never be there",
        {"type": "object", "properties": {"b": TEXT, "c": False}, "required": ["b"]},
        strict_object(b=TEXT),
    ),
    (
        "a required field that is not described",
        {"type": "object", "properties": {}, "required": ["b"]},
        strict_object(b={"type": ["string", "number", "boolean", "null"]}),
    ),
    ("a map", {"type": "object", "additionalProperties": TEXT}, strict_object()),
    (
        "unique items",
        {"type": "array", "items": TEXT, "uniqueItems": True},
        {"type": "array", "items": TEXT, "description": "No item twice."},
    ),
    (
        "a list of anything",
        {"type": "array"},
        {"type": "array", "items": {"type": ["string", "number", "boolean", "null"]}},
    ),
    (
        "a tuple",
        {"type": "array", "prefixItems": [TEXT, {"type": "number"}], "items": False},
        {
            "minItems": 2,
            "maxItems": 2,
            "type": "array",
            "description": "Item 1: text. Item 2: a number.",
            "items": {"anyOf": [TEXT, {"type": "number"}]},
        },
    ),
    (
        "a tuple of one kind, as older drafts write it",
        {"type": "array", "items": [TEXT, TEXT], "minItems": 1},
        {"minItems": 1, "maxItems": 2, "type": "array", "description": "Item 1: text. Item 2: text.", "items": TEXT},
    ),
    ("anything", True, {"type": ["string", "number", "boolean", "null"]}),
    (
        "values without a type",
        {"enum": ["a", 1, None]},
        {"type": ["string", "integer", "null"], "enum": ["a", 1, None]},
    ),
    ("a value without a type", {"const": True}, {"type": "boolean", "const": True}),
    ("exclusive alternatives", {"oneOf": [TEXT, {"type": "null"}]}, {"anyOf": [TEXT, {"type": "null"}]}),
    (
        "parts of one object",
        {
            "allOf": [
                {"type": "object", "properties": {"b": TEXT}, "required": ["b"]},
                {"properties": {"c": TEXT}, "required": ["c"]},
            ]
        },
        strict_object(b=TEXT, c=TEXT),
    ),
    (
        "parts and what they leave open",
        {"properties": {"b": TEXT}, "required": ["b"], "allOf": [{"required": ["b"]}], "unevaluatedProperties": False},
        strict_object(b=TEXT),
    ),
    (
        "conditions among parts",
        {**strict_object(b=TEXT), "allOf": [{"if": {"required": ["b"]}, "then": {"required": ["c"]}}]},
        {**strict_object(b=TEXT), "description": "If it fits an object with `b`, then an object with `c`."},
    ),
    (
        "alternatives beside fields",
        {"type": "object", "properties": {"b": TEXT, "c": TEXT}, "anyOf": [{"required": ["b"]}, {"required": ["c"]}]},
        {
            "anyOf": [
                {**strict_object(b=TEXT, c={"type": ["string", "null"]})},
                {**strict_object(b={"type": ["string", "null"]}, c=TEXT), "required": ["c", "b"]},
            ]
        },
    ),
    (
        "a rule about what must not be",
        {"type": "string", "not": {"enum": ["x", "y"]}},
        {"type": "string", "description": 'Must not be "x" or "y".'},
    ),
]


@pytest.mark.parametrize(("written", "sent"), [case[1:] for case in WRITTEN], ids=[case[0] for case in WRITTEN])
def test_what_is_written_and_what_is_sent(written: Any, sent: Any) -> None:
    got = field(written)

    assert unordered(got) == unordered(sent)


def unordered(schema: Any) -> Any:
    """The same schema with its required fields sorted; their order means nothing."""
    if isinstance(schema, dict):
        return {key: sorted(item) if key == "required" else unordered(item) for key, item in schema.items()}
    return [unordered(item) for item in schema] if isinstance(schema, list) else schema


# A field that may be left out, and how it takes null instead.
OPTIONAL: list[tuple[str, Any, Any]] = [
    ("a text", TEXT, {"type": ["string", "null"]}),
    ("several types", {"type": ["string", "integer"]}, {"type": ["string", "integer", "null"]}),
    ("null already", {"type": ["string", "null"]}, {"type": ["string", "null"]}),
    ("values", {"type": "string", "enum": ["a"]}, {"type": ["string", "null"], "enum": ["a", None]}),
    ("values with null", {"enum": ["a", None]}, {"type": ["string", "null"], "enum": ["a", None]}),
    ("one value", {"const": "a"}, {"type": ["string", "null"], "enum": ["a", None]}),
    ("a reference", {"$ref": "#/$defs/A"}, {"anyOf": [{"$ref": "#/$defs/A"}, {"type": "null"}]}),
    (
        "a described reference",
        {"$ref": "#/$defs/A", "description": "an a"},
        {"description": "an a", "anyOf": [{"$ref": "#/$defs/A"}, {"type": "null"}]},
    ),
    ("alternatives", {"anyOf": [TEXT, {"type": "integer"}]}, {"anyOf": [TEXT, {"type": "integer"}, {"type": "null"}]}),
    (
        "an object",
        {"type": "object", "properties": {}},
        {"type": ["object", "null"], "properties": {}, "required": [], "additionalProperties": False},
    ),
]


@pytest.mark.parametrize(("written", "sent"), [case[1:] for case in OPTIONAL], ids=[case[0] for case in OPTIONAL])
def test_what_could_be_left_out_takes_null(written: Any, sent: Any) -> None:
    schema = {"type": "object", "properties": {"a": written}, "$defs": {"A": {"type": "string"}}}

    strict = strictify(schema)

    assert strict["properties"]["a"] == sent
    assert strict["required"] == ["a"]


def test_a_reference_to_what_takes_null_needs_no_other_null() -> None:
    schema = {
        "type": "object",
        "properties": {"a": {"$ref": "#/$defs/A"}},
        "$defs": {"A": {"type": ["string", "null"]}},
    }

    assert strictify(schema)["properties"]["a"] == {"$ref": "#/$defs/A"}


@pytest.mark.parametrize(
    "root",
    [
        {"type": "array", "items": {"type": "string"}},
        {"anyOf": [{"type": "string"}, {"type": "number"}]},
        {"type": "string", "enum": ["a"]},
    ],
)
def test_an_answer_that_is_no_object_becomes_the_field_of_one(root: Any) -> None:
    strict = strictify(root)

    assert strict == {**strict_object(value=root)}
    assert lint_schema(strict, "openai") == []


def test_references_find_what_moved_into_the_field() -> None:
    """And those to definitions stay as they are."""
    schema = {
        "type": "array",
        "items": {"anyOf": [{"$ref": "#"}, {"$ref": "#/$defs/A"}]},
        "$defs": {"A": {"type": "array", "items": {"$ref": "#/items"}}},
    }

    strict = strictify(schema)

    assert strict["properties"]["value"]["items"]["anyOf"][0] == {"$ref": "#/properties/value"}
    assert strict["properties"]["value"]["items"]["anyOf"][1] == {"$ref": "#/$defs/A"}
    assert strict["$defs"]["A"]["items"] == {"$ref": "#/properties/value/items"}


def test_a_root_that_refers_to_an_object_is_written_out() -> None:
    schema = {
        "$ref": "#/definitions/A",
        "title": "An A",
        "definitions": {"A": {"type": "object", "properties": {"a": TEXT}, "required": ["a"]}},
    }

    assert strictify(schema) == {**strict_object(a=TEXT), "title": "An A", "definitions": {"A": strict_object(a=TEXT)}}


def test_what_cannot_be_written_as_one_is_left_and_told_by_lint() -> None:
    """Closing either part would forbid the fields of the other."""
    parts = [{"type": "object", "properties": {"a": TEXT}, "additionalProperties": False}, {"properties": {"b": TEXT}}]
    schema = strict_object(x={"allOf": parts})

    strict = strictify(schema)

    assert strict == schema
    assert [issue.path for issue in lint_schema(strict, "openai")] == ["properties.x"]


def test_a_field_may_have_the_name_of_a_keyword() -> None:
    """And what is data stays as it is."""
    schema = strict_object(allOf={"type": "string", "enum": ["oneOf"]}, default=TEXT)

    assert strictify(schema) == schema


def test_the_changes_are_told_at_their_places() -> None:
    schema = {
        "type": "object",
        "properties": {"a": {"type": "string", "minLength": 1}, "b": {"type": "array", "items": True}},
        "required": ["b"],
    }

    assert explain_strictify(schema).changes == (
        StrictChange("", "other fields forbidden"),
        StrictChange("properties.a.minLength", "said in the description"),
        StrictChange("properties.b.items", "anything, now plain values"),
        StrictChange("properties.a", "required, with null where it could be left out"),
    )


def test_a_strict_schema_has_no_changes() -> None:
    assert explain_strictify(strict_object(a=TEXT)).changes == ()


def test_the_result_is_the_caller_s_own() -> None:
    """Changing it changes nothing that is kept."""
    schema = strict_object(a={"type": "object", "properties": {}, "required": [], "additionalProperties": False})
    strict = strictify(schema)
    strict["properties"]["a"]["properties"]["b"] = TEXT

    assert strictify(schema) == schema
