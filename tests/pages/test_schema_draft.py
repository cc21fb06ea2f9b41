"""The rows of the table: what is half-typed stays, what has no column is kept, and what is wrong is told at its row."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from pages.parts.schema_choices import choices_in, choices_text
from pages.parts.schema_draft import WHOLE, TableDraft, draft_of
from service.structured import schema_from_notation
from tests.pages.schema_table import as_new
from tests.structured.drawn_schemas import OBJECTS

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
NUMBERS = st.integers(-(10**18), 10**18) | st.floats(allow_nan=False, allow_infinity=False)
CHOICES = st.one_of(st.lists(kind, min_size=1, max_size=5) for kind in (TEXTS, NUMBERS, st.booleans()))


def draft(notation: str) -> TableDraft:
    schema = schema_from_notation(notation)
    return draft_of(json.dumps(schema), schema, "s")


def sent(made: TableDraft, *rows: dict[str, Any], **others: Any) -> tuple[TableDraft, Any]:
    """Edit a draft as the browser does."""
    return made.edited({"stamp": "b:1", "origin": made.origin, "is_open": made.root.is_open, "rows": rows, **others})


def row(made: TableDraft, named: str, **changes: Any) -> dict[str, Any]:
    """Return a row as it is, with some columns changed."""
    return next(found for found in made.payload() if found["name"] == named) | changes


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(OBJECTS)
def test_an_untouched_table_says_the_same_schema(schema: Any) -> None:
    """Through the browser and back, with all that no column shows."""
    made = draft_of("", schema, "s")
    through_the_browser = json.loads(json.dumps(made.payload()))
    changed, again = sent(made, *through_the_browser)
    assert (again, dict(changed.errors)) == (schema, {}) or not made.rows


@settings(max_examples=200, deadline=None)
@given(CHOICES)
@example(["1", "2"])
@example(["a, b", 'c "d"'])
@example([" x "])
def test_allowed_values_come_back_as_they_were(values: list[Any]) -> None:
    """Typed values have commas between; quotes stand where a value would be read as something else."""
    back = choices_in(choices_text(values))
    assert list(map(type, back)) == list(map(type, values))
    assert list(back) == values


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("open, paid,sent ", ("open", "paid", "sent")),
        ("1, 2, 3", (1, 2, 3)),
        ("0.5, 1", (0.5, 1)),
        ("1, 2, many", ("1", "2", "many")),
        ("true, false", (True, False)),
        ('"1", "2"', ("1", "2")),
        ('5" screen, 6" screen', ('5" screen', '6" screen')),
        ('"half typed, b', ('"half typed', "b")),
        (", ,", ()),
    ],
)
def test_what_people_type_as_allowed_values(text: str, values: tuple[Any, ...]) -> None:
    assert choices_in(text) == values


def test_a_renamed_field_keeps_what_has_no_column() -> None:
    made = draft('age int 0..120, boss `{"$ref": "#"}`')
    _, schema = sent(made, row(made, "age", name="years"), row(made, "boss", name="chief"))
    assert schema["properties"] == {"years": {"type": "integer", "minimum": 0, "maximum": 120}, "chief": {"$ref": "#"}}


def test_another_type_leaves_the_limits_behind_and_the_first_one_brings_them_back() -> None:
    made = draft("age int 0..120")
    changed, schema = sent(made, row(made, "age", type="text"))
    assert schema["properties"]["age"] == {"type": "string"}
    _, schema = sent(changed, row(made, "age"))
    assert schema["properties"]["age"]["maximum"] == 120


def test_a_choice_among_numbers_may_become_one_among_texts() -> None:
    made = draft_of("", {"type": "object", "properties": {"n": {"type": "number", "enum": [1, 2]}}}, "s")
    _, schema = sent(made, row(made, "n", choices="few, many"))
    assert schema["properties"]["n"] == {"type": "string", "enum": ["few", "many"]}


def test_a_mixture_of_values_stays_one() -> None:
    made = draft_of("", {"type": "object", "properties": {"n": {"enum": [1, "many", False]}}}, "s")
    assert sent(made, row(made, "n"))[1]["properties"]["n"] == {"enum": [1, "many", False]}
    _, schema = sent(made, row(made, "n", choices="many, 1, none"))
    assert schema["properties"]["n"] == {"enum": ["many", 1, "none"]}


def test_rows_below_an_object_are_its_fields() -> None:
    rows = [
        as_new("1", name="items", type="object", is_list=True),
        as_new("2", name="sku", depth=1),
        as_new("3", name="note"),
    ]
    _, schema = sent(draft_of("", None, "s"), *rows)
    assert schema == schema_from_notation("items list { sku }, note")


def test_blank_rows_are_no_fields_yet() -> None:
    """They wait for a name without being wrong."""
    changed, schema = sent(draft_of("", None, "s"), as_new("1", name="a"), as_new("2"))
    assert (schema, changed.problem, len(changed.rows)) == (schema_from_notation("a"), None, 2)
    assert sent(draft_of("", None, "s"), as_new("1"))[1] is None


@pytest.mark.parametrize(
    ("rows", "wrong", "said"),
    [
        ([as_new("1", name="a"), as_new("2", name="a")], 1, "name of another field"),
        ([as_new("1"), as_new("2", name="a", type="choice")], 1, "without allowed values"),
        ([as_new("1", description="what?")], 0, "has no name"),
        ([as_new("1", name="a"), as_new("2", name="b", depth=1)], 1, "Make that an object"),
        ([as_new("1", name="a", type="choice", choices="x, x")], 0, "twice"),
    ],
)
def test_what_is_wrong_is_told_at_its_row(rows: list[dict[str, Any]], wrong: int, said: str) -> None:
    """Rows that are blank count: the number is the one in the table. Nothing that was typed is gone."""
    changed, schema = sent(draft_of("", None, "s"), *rows)
    assert schema is None
    assert list(changed.errors) == [wrong]
    assert said in changed.errors[wrong]
    assert changed.problem == f"Field {wrong + 1}: {changed.errors[wrong]}"
    assert [found["name"] for found in changed.payload()] == [each["name"] for each in rows]


def test_a_schema_that_is_too_large_is_told_as_a_whole() -> None:
    changed, schema = sent(draft_of("", None, "s"), as_new("1", name="a", description="x" * 60_000))
    assert schema is None
    assert "50,000" in changed.errors[WHOLE]


@pytest.mark.parametrize("rubbish", [None, 3, [None], [{"depth": "deep", "type": "nonsense", "name": 4}], "rows"])
def test_rubbish_from_a_browser_is_a_blank_row_or_none(rubbish: Any) -> None:
    changed, schema = draft_of("", None, "s").edited({"rows": rubbish, "stamp": 1})
    assert (schema, changed.problem) == (None, None)
    assert all(found["type"] == "text" for found in changed.payload())


@pytest.mark.parametrize(
    ("fragment", "reason"),
    [
        ('{"$ref": "#"}', "refers to another part"),
        ('{"oneOf": [true]}', "one of several shapes"),
        ('{"type": ["string", "integer"]}', "more than a row can"),
    ],
)
def test_a_locked_row_says_why(fragment: str, reason: str) -> None:
    locked = row(draft(f"a `{fragment}`"), "a")
    assert locked["type"] == "locked"
    assert reason in locked["lock"]


def test_other_fields_can_be_allowed() -> None:
    made = draft("a")
    assert "additionalProperties" not in sent(made, *made.payload(), is_open=True)[1]
