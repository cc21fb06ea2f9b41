"""The one-line notation: people write it, schemas come back whole from it, and mistakes are told at their place."""

import re
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service import InvalidSchemaError
from service.structured import NotationError, schema_from_notation, schema_to_notation
from tests.structured.drawn_schemas import SCHEMAS, as_text

ROOT = Path(__file__).resolve().parents[2]
QUIET = settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
TEXT: dict[str, Any] = {"type": "string"}


def whole(*, optional: tuple[str, ...] = (), **properties: Any) -> dict[str, Any]:
    required = [name for name in properties if name not in optional]
    schema = {"type": "object", "properties": properties, "additionalProperties": False}
    return {**schema, "required": required} if required else schema


@QUIET
@given(SCHEMAS, st.sampled_from([None, 100, 1]))
def test_every_schema_comes_back_as_it_was(schema: Any, width: int | None) -> None:
    """In one line and in several; the same schema always gives the same text."""
    text = schema_to_notation(schema, width=width)
    back = schema_from_notation(text)

    assert as_text(back) == as_text(schema)
    assert schema_to_notation(back, width=width) == text


SIGNS = [" ", "{", "}", ",", "\n", ":", "?", "|", "(", ")", "`", "..", "...", "=", '"', "\\"]
WORDS = ["a", "b", "name", "int", "list", "of", "text", "any", "object", "null", "0", "1.5", "é", '"x y"']
PIECES = st.sampled_from([*SIGNS, *WORDS, "`{}`", '`{"title":"x"}`', "`true`"])


@QUIET
@given(st.lists(PIECES, max_size=14).map("".join) | st.lists(PIECES, max_size=14).map(" ".join) | st.text(max_size=12))
def test_a_text_is_read_or_refused_at_a_place_in_it(text: str) -> None:
    """What is read says the same when it is written and read again."""
    schema = read_or_refused(text)
    if isinstance(schema, NotationError):
        lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        assert 1 <= schema.line <= len(lines)
        assert 1 <= schema.column <= len(lines[schema.line - 1]) + 1
        return
    written = schema_to_notation(schema)
    assert schema_from_notation(written) == schema


def read_or_refused(text: str) -> Any:
    try:
        return schema_from_notation(text)
    except NotationError as error:
        return error


@pytest.mark.parametrize(
    ("text", "schema"),
    [
        ("name", whole(name=TEXT)),
        ("name, age int", whole(name=TEXT, age={"type": "integer"})),
        ("tags list: short labels", whole(tags={"type": "array", "items": TEXT, "description": "short labels"})),
        ("ages list of int", whole(ages={"type": "array", "items": {"type": "integer"}})),
        ("a?", whole(a=TEXT, optional=("a",))),
        ("a | null", whole(a={"type": ["string", "null"]})),
        (
            "a? date | null: when",
            whole(a={"type": ["string", "null"], "format": "date", "description": "when"}, optional=("a",)),
        ),
        ("s (open | in progress)", whole(s={"type": "string", "enum": ["open", "in progress"]})),
        ("s (1 | 2)", whole(s={"type": "integer", "enum": [1, 2]})),
        ("s text (1 | 2)", whole(s={"type": "string", "enum": ["1", "2"]})),
        ("s any (a | 1 | true)", whole(s={"enum": ["a", 1, True]})),
        ('s ("a, b" | "x|y")', whole(s={"type": "string", "enum": ["a, b", "x|y"]})),
        ("s (a | b) | null", whole(s={"type": ["string", "null"], "enum": ["a", "b", None]})),
        ("s list (a | b)", whole(s={"type": "array", "items": {"type": "string", "enum": ["a", "b"]}})),
        ("age int 0..120", whole(age={"type": "integer", "minimum": 0, "maximum": 120})),
        ("t number -1.5..", whole(t={"type": "number", "minimum": -1.5})),
        ("t text ..80", whole(t={"type": "string", "maxLength": 80})),
        ("t text..80", whole(t={"type": "string", "maxLength": 80})),
        (
            "t list 1..3 of text ..9",
            whole(t={"type": "array", "minItems": 1, "maxItems": 3, "items": {"type": "string", "maxLength": 9}}),
        ),
        ("a { b, c int }", whole(a=whole(b=TEXT, c={"type": "integer"}))),
        ("a list { b }", whole(a={"type": "array", "items": whole(b=TEXT)})),
        ("a list of { b }", whole(a={"type": "array", "items": whole(b=TEXT)})),
        ("a object", whole(a={"type": "object"})),
        ("a { b, ... }", whole(a={"type": "object", "properties": {"b": TEXT}, "required": ["b"]})),
        ("a { }", whole(a={"type": "object", "additionalProperties": False})),
        ("a any", whole(a={})),
        ("a, …", {"type": "object", "properties": {"a": TEXT}, "required": ["a"]}),
        ('a `{"oneOf": []}`: x', whole(a={"oneOf": [], "description": "x"})),
        ('a text `{"pattern": "^x"}`', whole(a={"type": "string", "pattern": "^x"})),
        ('a | null `{"default": null}`', whole(a={"anyOf": [TEXT, {"type": "null"}], "default": None})),
        ('"odd name" int', whole(**{"odd name": {"type": "integer"}})),
        ('a: "x, y"', whole(a={**TEXT, "description": "x, y"})),
        ("a: b: c", whole(a={**TEXT, "description": "b: c"})),
        ("A String, B INTEGER, c Boolean", whole(A=TEXT, B={"type": "integer"}, c={"type": "boolean"})),
        ("= list { a }", {"type": "array", "items": whole(a=TEXT)}),
        ("= `true`", True),
        ("a,\n", whole(a=TEXT)),
    ],
)
def test_what_people_write(text: str, schema: Any) -> None:
    assert schema_from_notation(text) == schema


def test_in_a_text_of_several_lines_a_description_goes_to_the_end_of_its_line() -> None:
    """Sentences have commas; a comma at the end of the line belongs to nobody."""
    text = """
    name: First name, then last name
    age int: In years, not months,

    address {
      street: Street, number, and floor
      city
    }: Where letters, if any, are sent
    tags list: labels, a few, more list of int: inside the line
    """

    assert schema_from_notation(text) == whole(
        name={**TEXT, "description": "First name, then last name"},
        age={"type": "integer", "description": "In years, not months"},
        address={
            **whole(street={**TEXT, "description": "Street, number, and floor"}, city=TEXT),
            "description": "Where letters, if any, are sent",
        },
        tags={"type": "array", "items": TEXT, "description": "labels, a few, more list of int: inside the line"},
    )


def test_a_field_inside_a_line_of_several_ends_at_its_comma() -> None:
    assert schema_from_notation("a: one, two\nb { c: three, d }") == whole(
        a={**TEXT, "description": "one, two"}, b=whole(c={**TEXT, "description": "three"}, d=TEXT)
    )


def test_a_long_schema_has_a_line_for_each_field() -> None:
    schema = whole(
        name={**TEXT, "description": "The full name, as it stands on the letter"},
        address={**whole(street=TEXT, city=TEXT), "description": "Where letters are sent"},
        items={"type": "array", "items": {**whole(sku=TEXT), "additionalProperties": True}},
    )

    assert schema_to_notation(schema) == (
        "name: The full name, as it stands on the letter\n"
        "address {\n"
        "  street\n"
        "  city\n"
        "}: Where letters are sent\n"
        "items list {\n"
        "  sku\n"
        '} `{"additionalProperties": true}`'
    )
    assert schema_to_notation(schema, width=None) == (
        'name: "The full name, as it stands on the letter", address { street, city }: Where letters are sent, '
        'items list { sku } `{"additionalProperties": true}`'
    )


def test_what_the_whole_says_of_itself_is_kept_behind_it() -> None:
    schema = {**whole(a=TEXT), "title": "Thing", "description": "A thing", "$defs": {"x": True}}

    assert schema_to_notation(schema) == '= { a } `{"$defs": {"x": true}, "title": "Thing"}`: A thing'


def written_in_the_documentation() -> list[str]:
    """The examples of the page: its blocks, and the first cells of its tables; a cell with types alone gets a name."""
    page = (ROOT / "docs" / "notation.md").read_text(encoding="utf-8").partition("## Grammar")[0]
    blocks = re.findall(r"^```\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    cells = re.findall(r"^\| (`.+?`) \| ", page, re.MULTILINE)
    types = page.partition("## Types")[2].partition("## Limits")[0]
    found = [(cell, code) for cell in cells for code in _codes(cell.replace("\\|", "|"))]
    return [*blocks, *(f"x {code}" if cell in types else code for cell, code in found)]


def _codes(cell: str) -> list[str]:
    return [cell[3:-3]] if cell.startswith("``") else cell[1:-1].split("`, `")


def test_what_the_documentation_shows_is_read_and_written_again() -> None:
    examples = written_in_the_documentation()

    assert len(examples) > 30
    for text in examples:
        schema = schema_from_notation(text)
        assert schema_from_notation(schema_to_notation(schema)) == schema


@pytest.mark.parametrize(
    ("text", "line", "column", "said"),
    [
        ("", 1, 1, "there is no field yet"),
        ("name, age integr", 1, 11, "Did you mean `int`?"),
        ("first name", 1, 7, "there is no type `name`"),
        ("name string[]", 1, 6, "write `list of text`"),
        ("a\nb list int", 2, 8, "write `list of int`"),
        ("a\nb list of list of int", 2, 11, "a list of lists has no words"),
        ("age: int", 1, 6, "`int` is a type. Take the colon out"),
        ("a: list of int", 1, 4, "`list of int` is a type"),
        ("a 0..5", 1, 3, "Write the type first"),
        ("a int 5", 1, 7, "write `5..` for at least"),
        ("a int 5..1", 1, 7, "Swap the two numbers"),
        ("a int ..", 1, 7, "a number is missing"),
        ("a int 007..", 1, 7, "Leave out zeros"),
        ("a number 1e999..", 1, 10, "too large"),
        ("a text -1..", 1, 8, "a whole number from 0"),
        ("a,, b", 1, 3, "no field between these commas"),
        ("a, , b", 1, 4, "no field between these commas"),
        ("a; b", 1, 2, "Write a comma"),
        ("a = 3", 1, 3, "only the whole begins with ="),
        ("a.b", 1, 2, "a name with dots"),
        ("a, a", 1, 4, "`a` is the name of another field too"),
        ('a, " "', 1, 4, "the field has no name"),
        ("a (b, c)", 1, 4, "choices are separated by |"),
        ("a (b | c", 1, 3, "these choices have no end"),
        ("a (b |)", 1, 7, "a choice is missing"),
        ("a (b | b)", 1, 1, 'lists "b" twice'),
        ("a (null)", 1, 4, "Write `| null`"),
        ("a date (b)", 1, 3, "choices cannot be of the type date"),
        ("a int (b)", 1, 1, "values of type integer, and lists others"),
        ("a {\n b", 1, 3, "this brace is never closed"),
        ("a }", 1, 3, "`}` is too much here"),
        ("a, ..., b", 1, 9, "the dots mean"),
        ("a | b", 1, 5, "only null can stand behind this bar"),
        ('a "b', 1, 3, "is not understood here"),
        ('"a', 1, 1, "this quote has no end"),
        (r'"a\x"', 1, 1, "a backslash"),
        ('a: "b" c', 1, 8, "`c` is not understood here"),
        ('a: "b', 1, 4, "this quote has no end"),
        ("a `{`", 1, 5, "cannot be read"),
        ('a `{"b": 1', 1, 3, "this JSON has no end"),
        ("a `NaN`", 1, 3, "is not a JSON number"),
        ("a int `[1]`", 1, 7, "only be a JSON object"),
        ('a int 1..2 `{"minimum": 1}`', 1, 12, "minimum is said twice"),
        ('a | null `{"anyOf": []}`', 1, 10, "without anyOf"),
        ('{"type": "object"}', 1, 1, "a field begins with its name"),
        ("- a", 1, 1, "a field begins with its name"),
        ("= { a } b", 1, 9, "`b` is too much here"),
        ("= `[1]`: d", 1, 1, "no schema that could be described"),
    ],
)
def test_a_mistake_is_told_at_its_place(text: str, line: int, column: int, said: str) -> None:
    with pytest.raises(NotationError) as raised:
        schema_from_notation(text)

    assert (raised.value.line, raised.value.column) == (line, column), raised.value.message
    assert said in raised.value.message
    assert raised.value.message.startswith(f"Line {line}, column {column}: ")


@pytest.mark.parametrize(
    "text",
    [
        "a { " * 5_000,
        "a (" + "x | " * 40_000,
        "a, " * 60_000,
        "\n" + "a { b }, " * 20_000,
        "a `" + "[" * 100_000 + "`",
        "a: " + "x " * 90_000,
        '"' + "\\" * 190_000,
        "a " + "." * 190_000,
        " " * 190_000 + "\n" + " " * 9_000,
        "=" * 200_000,
        "a `" * 60_000,
        "x" * 200_001,
    ],
    ids=lambda text: text[:8],
)
def test_a_hostile_text_is_refused_soon(text: str) -> None:
    began = time.process_time()
    with pytest.raises(InvalidSchemaError):
        schema_from_notation(text)

    assert time.process_time() - began < 5
