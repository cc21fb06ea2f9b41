"""The fields table: a schema becomes rows and comes back whole; wrong rows are told one by one."""

import json
import pickle
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from service import InvalidSchemaError, structured
from service.structured import (
    FIELD_TYPES,
    Field,
    FieldError,
    FieldsError,
    Rest,
    SchemaFields,
    check_fields,
    fields_to_schema,
    schema_to_fields,
)
from tests.structured.drawn_schemas import OBJECTS, SCHEMAS, as_text

ROOT = Path(__file__).resolve().parents[2]
ORDER = {
    "type": "object",
    "properties": {
        "status": {"type": "string", "enum": ["open", "closed"], "description": "Where it stands"},
        "due": {"type": ["string", "null"], "format": "date"},
        "items": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "properties": {"sku": {"type": "string", "maxLength": 20}, "price": {"type": "number"}},
                "required": ["sku"],
                "additionalProperties": False,
            },
        },
        "boss": {"$ref": "#/$defs/person", "description": "Who answers for it"},
    },
    "required": ["status", "due", "items"],
    "additionalProperties": False,
    "$defs": {"person": {"type": "object"}},
    "title": "Order",
}


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(SCHEMAS)
@example({"type": "null", "enum": ["a", 1]})
@example({"type": ["null", "string"], "enum": ["a", None]})
def test_every_schema_comes_back_as_it_was(schema: Any) -> None:
    """Also what no row can show, and what is no valid schema."""
    assert as_text(fields_to_schema(schema_to_fields(schema))) == as_text(schema)


@settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))
@given(OBJECTS)
def test_properties_keep_their_order(schema: Any) -> None:
    """Models fill in fields in the order of the schema."""
    back = fields_to_schema(schema_to_fields(schema))

    assert list(back.get("properties", {})) == list(schema.get("properties", {}))


@settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))
@given(OBJECTS, st.data())
def test_a_touched_row_leaves_the_others_alone(schema: Any, data: st.DataObject) -> None:
    """Deleting, describing and adding a row changes that property and nothing else."""
    fields = schema_to_fields(schema)
    top = [index for index, row in enumerate(fields) if row.depth == 0]
    if not top:
        return
    index = data.draw(st.sampled_from(top))
    name = fields[index].name
    below = next((i for i in range(index + 1, len(fields)) if fields[i].depth == 0), len(fields))
    kept = fields_to_schema(fields.with_rows([*fields[:index], *fields[below:], Field("brand new")]))
    others = {key: value for key, value in schema["properties"].items() if key != name}

    assert as_text(kept["properties"]) == as_text({**others, "brand new": {"type": "string"}})
    names = [n for n in schema.get("required", []) if n != name]
    assert kept["required"] == [*names, "brand new"] or set(kept["required"]) == {*names, "brand new"}
    untouched = schema.keys() - {"properties", "required"}
    assert {key: kept[key] for key in untouched} == {key: schema[key] for key in untouched}


def test_rows_say_in_columns_what_columns_can_say() -> None:
    rows = schema_to_fields(ORDER)

    assert [(row.name, row.type, row.is_list, row.required, row.nullable, row.depth) for row in rows] == [
        ("status", "choice", False, True, False, 0),
        ("due", "date", False, True, True, 0),
        ("items", "object", True, True, False, 0),
        ("sku", "text", False, True, False, 1),
        ("price", "number", False, False, False, 1),
        ("boss", "locked", False, False, False, 0),
    ]
    assert rows[0].choices == ("open", "closed")
    assert [row.description for row in rows] == ["Where it stands", "", "", "", "", "Who answers for it"]
    assert rows[5].rest.fragment == '{"$ref":"#/$defs/person"}'


def test_plain_rows_make_a_schema_that_strict_models_take() -> None:
    rows = [
        Field("name", description="As on the letter"),
        Field("age", "integer", required=False),
        Field("tags", is_list=True),
        Field("address", "object"),
        Field("city", depth=1, nullable=True),
        Field("kind", "choice", choices=("home", "work"), depth=1, nullable=True),
    ]

    assert fields_to_schema(rows) == {
        "type": "object",
        "properties": {
            "name": {"type": "string", "description": "As on the letter"},
            "age": {"type": "integer"},
            "tags": {"type": "array", "items": {"type": "string"}},
            "address": {
                "type": "object",
                "properties": {
                    "city": {"type": ["string", "null"]},
                    "kind": {"type": ["string", "null"], "enum": ["home", "work", None]},
                },
                "required": ["city", "kind"],
                "additionalProperties": False,
            },
        },
        "required": ["name", "tags", "address"],
        "additionalProperties": False,
    }


@pytest.mark.parametrize(
    ("schema", "type", "is_list", "nullable"),
    [
        ({"type": "array", "items": {"type": "integer"}}, "integer", True, False),
        ({"anyOf": [{"type": "string"}, {"type": "null"}], "default": None}, "text", False, True),
        ({"anyOf": [{"type": "array", "items": {"type": "string"}}, {"type": "null"}]}, "text", True, True),
        ({"type": "array", "items": {"type": ["string", "null"]}}, "locked", True, False),
        ({"anyOf": [{"$ref": "#"}, {"type": "null"}]}, "locked", False, True),
        ({"enum": ["a", 1]}, "choice", False, False),
        ({"type": "string", "format": "ipv4"}, "text", False, False),
        ({"description": "Whatever"}, "any", False, False),
        (True, "locked", False, False),
    ],
)
def test_a_whole_that_is_no_object_is_a_row_of_its_own(schema: Any, type: str, is_list: bool, nullable: bool) -> None:
    fields = schema_to_fields(schema)

    assert len(fields) == 0
    assert (fields.root.type, fields.root.is_list, fields.root.nullable) == (type, is_list, nullable)


def test_a_list_of_objects_shows_the_fields_of_its_items() -> None:
    fields = schema_to_fields({"type": "array", "items": ORDER})

    assert fields.root.is_list
    assert [row.name for row in fields if row.depth == 0] == ["status", "due", "items", "boss"]


def test_a_name_that_is_required_without_a_field_stays_required_when_a_row_goes() -> None:
    fields = schema_to_fields({"type": "object", "properties": {"a": {}, "b": {}}, "required": ["ghost", "b", "a"]})

    assert fields_to_schema(fields.with_rows(fields[1:]))["required"] == ["ghost", "b"]


def test_a_row_made_optional_is_no_longer_required() -> None:
    fields = schema_to_fields({"type": "object", "properties": {"a": {}, "b": {}}, "required": ["b", "a"]})

    changed = fields.with_rows([replace(fields[0], required=False), fields[1]])

    assert fields_to_schema(changed)["required"] == ["b"]


def test_another_type_leaves_behind_what_belonged_to_the_former_one() -> None:
    (row,) = schema_to_fields(
        {
            "type": "object",
            "properties": {"a": {"type": "string", "title": "A", "maxLength": 3, "default": "x", "description": "d"}},
        }
    )

    assert fields_to_schema([row.with_type("integer")])["properties"]["a"] == {
        "type": "integer",
        "title": "A",
        "description": "d",
    }
    assert row.with_type("text") is row


NAMELESS = "The field has no name. Give it one, or delete the row."


@pytest.mark.parametrize(
    ("rows", "errors"),
    [
        ([Field("")], [(0, NAMELESS)]),
        ([Field("  ")], [(0, NAMELESS)]),
        ([Field(None)], [(0, NAMELESS)]),  # type: ignore[arg-type]
        ([Field("a"), Field("b"), Field("a")], [(2, "`a` is the name of another field too. Rename one of them.")]),
        (
            [Field("a"), Field("b", depth=1)],
            [(1, "`b` stands below `a`, which is of type Text. Make that an object, or move this out.")],
        ),
        (
            [Field("a", depth=1)],
            [(0, "`a` is indented further than the row above allows. Move it out to the left.")],
        ),
        (
            [Field("o", "object"), Field("a", depth=2), Field("b", depth=1)],
            [(1, "`a` is indented further than the row above allows. Move it out to the left.")],
        ),
        ([Field("a", depth=-1)], [(0, "`a` has no depth of 0 or more. Move it out to the left.")]),
        (
            [Field("a", "choice")],
            [(0, "`a` is a choice without allowed values. List them, or choose another type.")],
        ),
        (
            [Field("a", choices=("x",))],
            [(0, "`a` has allowed values, which belong to the type Choice. Choose that, or clear them.")],
        ),
        ([Field("a", "choice", choices=("x", "y", "x"))], [(0, '`a` lists "x" twice. Keep it once.')]),
        ([Field("a", "choice", choices=(1, 1.0))], [(0, "`a` lists 1.0 twice. Keep it once.")]),
        (
            [Field("a", "choice", choices=(None,))],
            [(0, "`a` allows null, which is neither text, number, true nor false.")],
        ),
        (
            [Field("a", "choice", choices=("x",), rest=Rest(choice_type="number"))],
            [(0, "`a` is a choice among values of type integer or number, and lists others.")],
        ),
        ([Field("a", "wish")], [(0, '`a` has the type "wish", which is none. Choose one from the list.')]),  # type: ignore[arg-type]
        ([Field("a", "locked")], [(0, "`a` is locked, and has no JSON to keep. Choose another type.")]),
        (
            [Field("a", rest=Rest(fragment="{}"))],
            [(0, "`a` holds JSON that the type Text would lose. Choose Locked again, or make a new row.")],
        ),
        (
            [Field("a", "locked", description="d", rest=Rest(fragment="5"))],
            [(0, "`a` holds no schema that could be described. Clear the description.")],
        ),
        (
            [Field(""), Field("a", "choice")],
            [(0, NAMELESS), (1, "`a` is a choice without allowed values. List them, or choose another type.")],
        ),
    ],
)
def test_a_wrong_row_is_told_with_what_to_do(rows: list[Field], errors: list[tuple[int, str]]) -> None:
    assert check_fields(rows) == [FieldError(row, message) for row, message in errors]

    with pytest.raises(FieldsError) as raised:
        fields_to_schema(rows)

    assert [(error.row, error.message) for error in raised.value.errors] == errors
    assert raised.value.message.startswith(f"Row {errors[0][0] + 1}: {errors[0][1]}")


def test_fields_below_a_whole_that_is_no_object_have_no_place() -> None:
    assert check_fields(SchemaFields((Field("a"),), Field("", "text"))) == [
        FieldError(0, "`a` has no place: the whole is of type Text and has no fields. Make it an object.")
    ]


def test_a_wrong_whole_is_told_too() -> None:
    with pytest.raises(FieldsError, match="The whole: The field is a choice without allowed values"):
        fields_to_schema(SchemaFields((), Field("", "choice")))


def test_the_same_name_may_stand_in_two_objects() -> None:
    rows = [Field("a", "object"), Field("name", depth=1), Field("b", "object"), Field("name", depth=1), Field("name")]

    assert check_fields(rows) == []


def test_true_and_false_take_a_description_without_changing_their_meaning() -> None:
    fields = schema_to_fields({"type": "object", "properties": {"a": True, "b": False}})

    described = fields_to_schema([replace(row, description="d") for row in fields])

    assert described["properties"] == {"a": {"description": "d"}, "b": {"not": {}, "description": "d"}}


@pytest.mark.parametrize(
    ("schema", "said"),
    [
        ({"description": "x" * 50_001}, "characters"),
        ({"const": float("nan")}, "plain JSON"),
        (["no schema"], "A schema must be an object"),
    ],
)
def test_what_is_too_large_or_no_schema_is_refused(schema: Any, said: str) -> None:
    with pytest.raises(InvalidSchemaError, match=said):
        schema_to_fields(schema)


def test_a_schema_that_is_too_deep_is_refused() -> None:
    schema: Any = {"type": "string"}
    for _ in range(70):
        schema = {"type": "object", "properties": {"a": schema}}

    with pytest.raises(InvalidSchemaError, match="more than 64 levels"):
        schema_to_fields(schema)
    with pytest.raises(InvalidSchemaError, match="more than 64 levels"):
        fields_to_schema([Field("a", "object", depth=depth) for depth in range(70)])


def test_rows_are_told_too_large_together() -> None:
    with pytest.raises(InvalidSchemaError, match="at most 50,000 are accepted"):
        fields_to_schema([Field(f"a{index}", description="x" * 100) for index in range(600)])


def test_nothing_handed_in_or_out_is_shared() -> None:
    """A page may change what it got without changing the rows."""
    schema = json.loads(json.dumps(ORDER))
    fields = schema_to_fields(schema)
    first = fields_to_schema(fields)
    first["$defs"]["person"]["type"] = "changed"
    schema["properties"]["items"]["minItems"] = 99

    assert fields_to_schema(fields) == ORDER


def test_rows_can_be_stored() -> None:
    fields = schema_to_fields(ORDER)

    assert pickle.loads(pickle.dumps(fields)) == fields


def test_every_type_has_a_label_and_makes_a_schema() -> None:
    for kind in FIELD_TYPES:
        row = Field("a", kind, choices=("x",) if kind == "choice" else (), rest=_rest(kind))
        schema = fields_to_schema([row])
        assert schema_to_fields(schema)[0].type == kind


def _rest(kind: str) -> Rest:
    return Rest(fragment='{"const":1}') if kind == "locked" else Rest()


def test_every_public_name_is_documented() -> None:
    """On the page about the service, together with those that errors and rows are made of."""
    page = (ROOT / "docs" / "service.md").read_text(encoding="utf-8")
    made_of = {name for kind in (Field, SchemaFields) for name in kind.__dataclass_fields__}
    loaded_late = [name for name in structured.__all__ if name not in vars(structured)]

    assert len(loaded_late) > 15
    assert [name for name in (*loaded_late, *made_of) if not re.search(rf"(?<!\w){name}(?!\w)", page)] == []


def test_making_schemas_costs_nothing_before_it_is_asked_for() -> None:
    """Checking an answer, which every process does, needs none of it."""
    code = "import sys, service.structured; print([name for name in sys.modules if 'structured.fields' in name])"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)

    assert answer.stdout.strip() == "[]"
    with pytest.raises(AttributeError, match="no attribute 'schema_to_poetry'"):
        _ = structured.schema_to_poetry
