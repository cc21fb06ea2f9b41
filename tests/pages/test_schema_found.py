"""What a schema may begin with: examples in any form, tables, code; what is wrong is named by its line."""

import pytest

from pages.parts.schema_copy import what_is_lost
from pages.parts.schema_found import Found, decoded, examples_in, from_code, from_csv, from_examples
from pages.parts.sent_name import name_to_send
from service.structured import schema_from_notation, schema_from_typescript, schema_to_notation, schema_to_typescript


def line(found: Found) -> str:
    assert found.problem is None
    return schema_to_notation(found.schema, width=None)


@pytest.mark.parametrize(
    "text",
    [
        '[{"a": 1}, {"a": 2, "b": "x"}]',
        '{"a": 1}\n{"a": 2, "b": "x"}\n',
        '{"a": 1} {"a": 2, "b": "x"}',
        '\ufeff{"a": 1},\r\n{"a": 2, "b": "x"},',
    ],
)
def test_several_examples_in_any_form(text: str) -> None:
    """A list, JSON Lines, or one after another."""
    assert line(from_examples(text)) == "a int, b?"
    assert from_examples(text).note == "Read from 2 examples."


def test_one_example() -> None:
    assert line(from_examples('{"tags": ["x"], "due": "2024-01-31"}')) == "tags list, due date"


def test_a_list_without_objects_is_one_example() -> None:
    assert examples_in("[1, 2]") == ([[1, 2]], None)


@pytest.mark.parametrize(
    ("text", "said", "place"),
    [
        ('{"a": 1}\n{"a": tru}', "a value belongs here", (2, 7)),
        ('[{"a": 1},\n\n {"a": 2,}]', "remove the comma", (3, 10)),
        ('{"a": 1, "a": 2}', "stands twice", (None, None)),
        ("hello", "a value belongs here", (1, 1)),
        ('{"a": NaN}', "no JSON number", (None, None)),
        ("[" * 100_000, "nested too deeply", (None, None)),
        ('"' + "x" * 1_000_001, "more than 1,000,000", (None, None)),
    ],
)
def test_a_broken_example_is_named_by_its_line(text: str, said: str, place: tuple[int, int]) -> None:
    found = from_examples(text)
    assert said in str(found.problem)
    assert (found.line, found.column) == place


def test_a_table() -> None:
    assert line(from_csv("article;price\nLamp;79,50\n")) == "rows list { article, price number }"


def test_a_broken_table_names_the_row() -> None:
    assert "begins in line 2" in str(from_csv('a,b\n"x,1\n').problem)


def test_code_is_told_apart() -> None:
    """Nobody has to say which language it is."""
    assert line(from_code("class A(BaseModel):\n    x: int")).startswith("x int")
    assert line(from_code("export interface A {\n  x: number\n}")) == "x number"
    assert line(from_code("type A = { x: string }")) == "x"


@pytest.mark.parametrize("gap", ["\n" * 150_000, "export\n" * 20_000, "type a" + " " * 150_000 + "\n"])
def test_which_language_it_is_is_found_in_one_pass(gap: str) -> None:
    """Looked for anew from each place, it would take the app minutes, and nobody would be served meanwhile."""
    assert from_code(f"{gap}x = 1").problem is not None


def test_broken_code_is_named_by_its_line() -> None:
    found = from_code("class A(BaseModel):\n    x: Foo")
    assert (found.line, found.column) == (2, 8)
    found = from_code("interface A {\n  x: Foo\n}")
    assert found.line == 2


@pytest.mark.parametrize("read", [from_examples, from_csv, from_code])
def test_nothing_comes_out_of_nothing(read) -> None:
    assert read(" \n") == Found()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_tables_as_spreadsheets_write_them(encoding: str) -> None:
    assert decoded("größe;€\n".encode(encoding)) == "größe;€\n"


UNEVEN = {"type": "object", "properties": {"a": {"oneOf": [{"type": "string", "minLength": 3}, {"type": "integer"}]}}}


@pytest.mark.parametrize(
    ("schema", "lost"),
    [
        (schema_from_notation("a text ..5"), "Nothing is lost. What stands in comments"),
        (schema_from_notation("a"), "Nothing is lost."),
        (UNEVEN, "Read back, this gives another schema"),
    ],
)
def test_what_is_lost_is_found_by_reading_it_back(schema: object, lost: str) -> None:
    said = what_is_lost("TypeScript", schema_to_typescript(schema), schema, schema_from_typescript)
    assert said.startswith(lost)
    assert ("comments" in said) is ("comments" in lost)


@pytest.mark.parametrize(
    ("found", "name"),
    [
        (from_code("class Line(BaseModel):\n  x: int\nclass Bill(BaseModel):\n  lines: list[Line]"), "Bill"),
        (from_code("interface Bill { lines: Line[] }\ninterface Line { x: number }"), "Bill"),
        (from_csv("a\n1", "Reviews 2024.csv"), "Reviews 2024"),
        (from_csv("a\n1"), None),
        (from_examples('{"a": 1}'), None),
    ],
)
def test_a_source_that_has_a_name_gives_it(found: Found, name: str | None) -> None:
    assert found.name == name


@pytest.mark.parametrize(
    ("name", "sent"),
    [
        ("PersonCard", "person_card"),
        ("HTTPError2Body", "http_error2_body"),
        ("Reviews table", "reviews_table"),
        ("größe", "gr__e"),
        ("x" * 80, "x" * 64),
        ("表", "answer"),
    ],
)
def test_a_name_is_sent_as_providers_take_it(name: str, sent: str) -> None:
    assert name_to_send(name) == sent
