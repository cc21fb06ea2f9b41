"""A schema from examples holds what all of them have in common."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service import InvalidSchemaError
from service.structured import infer_schema, infer_schema_from_csv, validate
from tests.structured.schema_strategies import documents

CASES: list[tuple[str, list[Any], Any]] = [
    ("one text", ["x"], {"type": "string"}),
    ("whole numbers and others", [1, 2.5], {"type": "number"}),
    ("whole numbers", [1, 2], {"type": "integer"}),
    ("a number that looks whole", [1.0], {"type": "number"}),
    ("true is no number", [True, 1], {"type": ["boolean", "integer"]}),
    ("null comes last", [None, "x"], {"type": ["string", "null"]}),
    ("only null", [None], {"type": "null"}),
    ("a list", [[1, "x"], []], {"type": "array", "items": {"type": ["integer", "string"]}}),
    ("an empty list", [[]], {"type": "array"}),
    (
        "required is what all have",
        [{"b": 1, "a": "x"}, {"a": "y", "c": None}],
        {
            "type": "object",
            "properties": {"b": {"type": "integer"}, "a": {"type": "string"}, "c": {"type": "null"}},
            "required": ["a"],
        },
    ),
    (
        "an object or null",
        [{"a": {"b": 1}}, {"a": None}],
        {
            "type": "object",
            "properties": {
                "a": {"type": ["object", "null"], "properties": {"b": {"type": "integer"}}, "required": ["b"]}
            },
            "required": ["a"],
        },
    ),
    (
        "an object or something else",
        [{"a": 1}, "x", None],
        {
            "anyOf": [
                {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]},
                {"type": "string"},
                {"type": "null"},
            ]
        },
    ),
    (
        "objects in a list",
        [[{"a": 1}, {}]],
        {"type": "array", "items": {"type": "object", "properties": {"a": {"type": "integer"}}, "required": []}},
    ),
    ("dates", ["2024-01-31", "2024-02-01"], {"type": "string", "format": "date"}),
    ("no date", ["2024-01-31", "2024-02-31"], {"type": "string"}),
    ("dates and times", ["2024-01-31T10:00:00Z"], {"type": "string", "format": "date-time"}),
    ("e-mail addresses", ["a@example.com", "b@example.org"], {"type": "string", "format": "email"}),
    ("web addresses", ["https://example.com/a?b=c"], {"type": "string", "format": "uri"}),
    ("a colon makes no web address", ["Status:open"], {"type": "string"}),
    ("UUIDs", ["123e4567-e89b-12d3-a456-426614174000"], {"type": "string", "format": "uuid"}),
    ("an empty text among dates", ["2024-01-31", ""], {"type": "string"}),
    ("allowed values are not guessed", ["a", "b", "a"], {"type": "string"}),
]


@pytest.mark.parametrize(("examples", "schema"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_a_schema_is_what_the_examples_share(examples: list[Any], schema: Any) -> None:
    assert infer_schema(examples) == schema


def test_what_is_no_list_is_the_only_example() -> None:
    assert infer_schema({"a": 1}) == infer_schema([{"a": 1}])


def test_other_fields_can_be_forbidden() -> None:
    schema = infer_schema([{"a": [{"b": 1}]}], closed=True)

    assert schema["additionalProperties"] is False
    assert schema["properties"]["a"]["items"]["additionalProperties"] is False


@settings(max_examples=100, deadline=None)
@given(st.lists(documents(), min_size=1, max_size=4), st.booleans())
def test_every_example_fits(examples: list[Any], closed: bool) -> None:
    schema = infer_schema(examples, closed=closed)

    assert [validate(example, schema) for example in examples] == [[] for _ in examples]


@pytest.mark.parametrize(
    ("examples", "said"),
    [
        ([], "no example"),
        ([{1: "x"}], "1 is no name of a field"),
        ([{"a": {1, 2}}], "must be plain JSON"),
        ([object], "must be plain JSON"),
        ([{f"field {number}": number for number in range(2_000)}], "at most 50,000"),
    ],
)
def test_what_is_no_example_is_refused(examples: Any, said: str) -> None:
    with pytest.raises(InvalidSchemaError, match=said):
        infer_schema(examples)


def test_examples_nested_too_deeply_are_refused() -> None:
    deep: Any = []
    for _ in range(100_000):
        deep = [deep]

    with pytest.raises(InvalidSchemaError, match="more than 64 levels"):
        infer_schema([deep])


def row(text: str) -> Any:
    """The fields of a row."""
    schema = infer_schema_from_csv(text)
    assert schema["required"] == ["rows"]
    item = schema["properties"]["rows"]["items"]
    assert item["required"] == [*item["properties"]]
    return item["properties"]


TEXT = {"type": "string"}
TABLES: list[tuple[str, str, Any]] = [
    ("numbers and texts", "a,b,c\n1,2.5,x\n-3,1e3,y\n", {"a": {"type": "integer"}, "b": {"type": "number"}, "c": TEXT}),
    ("a byte order mark", "\ufeffa\nx", {"a": TEXT}),
    ("semicolons and decimal commas", "a;b\n1,5;x\n2;y", {"a": {"type": "number"}, "b": TEXT}),
    ("commas among semicolons", 'a, b;c\n"x, y";1', {"a, b": TEXT, "c": {"type": "integer"}}),
    ("a decimal comma among commas", 'a,b\n"1,5",2', {"a": TEXT, "b": {"type": "integer"}}),
    ("tabs", "a\tb\ntrue\tFALSE", {"a": {"type": "boolean"}, "b": {"type": "boolean"}}),
    ("yes and no", "a,b\nYes,yes\nno,maybe", {"a": {"type": "boolean"}, "b": TEXT}),
    ("quotes", 'a,b\n"x, ""y""\nz",1', {"a": TEXT, "b": {"type": "integer"}}),
    ("an empty cell", "a,b\n1,\n2,x", {"a": {"type": "integer"}, "b": {"type": ["string", "null"]}}),
    ("a short row", "a,b\n1\n2,3", {"a": {"type": "integer"}, "b": {"type": ["integer", "null"]}}),
    ("a long row", "a\n1,2", {"a": {"type": "integer"}, "column_2": {"type": "integer"}}),
    ("an empty column", "a,b\n1,\n", {"a": {"type": "integer"}, "b": {"type": ["string", "null"]}}),
    ("leading zeros", "zip\n01234\n99999", {"zip": TEXT}),
    ("dates", "day\n2024-01-31\n", {"day": {"type": "string", "format": "date"}}),
    (
        "names twice and none",
        "a,a,\n1,2,3",
        {"a": {"type": "integer"}, "a_2": {"type": "integer"}, "column_3": {"type": "integer"}},
    ),
    ("a header alone", "a,b", {"a": TEXT, "b": TEXT}),
    ("empty lines", "\r\na,b\r\n\r\n1,2\r\n", {"a": {"type": "integer"}, "b": {"type": "integer"}}),
]


@pytest.mark.parametrize(("text", "fields"), [case[1:] for case in TABLES], ids=[case[0] for case in TABLES])
def test_a_table_is_a_list_of_rows(text: str, fields: Any) -> None:
    assert row(text) == fields


def test_fields_beside_the_columns_can_be_forbidden() -> None:
    schema = infer_schema_from_csv("a\n1", closed=True)

    assert schema["additionalProperties"] is False
    assert schema["properties"]["rows"]["items"]["additionalProperties"] is False


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "table is empty"),
        ("\n \n", "table is empty"),
        ('a,b\n"x', "cannot be read: .*, in the row that begins in line 2"),
        (",".join(f"column {number}" for number in range(3_000)), "at most 50,000"),
        (f"a\n{'x' * 200_000}", "cannot be read"),
    ],
)
def test_what_is_no_table_is_refused(text: str, said: str) -> None:
    with pytest.raises(InvalidSchemaError, match=said):
        infer_schema_from_csv(text)
