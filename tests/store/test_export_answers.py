"""All answers of a schema as files: a column for each field, wrong answers among them, and no cell is a formula."""

import csv
import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service import OpenRouterService, ResponseFormat, Run
from service.simulator import Reply, Simulator
from service.store import answers
from service.store.answers import AnswerField, answer_fields, compact, label_of
from service.store.library import Library
from service.store.values import RunFilters
from tests.support import ask, streamed

Make = Callable[..., Library]
SCHEMA = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "title": "Full name", "description": "As they sign"},
        "age": {"type": "number"},
        "model": {"type": "string"},
        "tags": {"type": "array", "items": {"type": "object"}},
    },
    "required": ["name"],
}


@pytest.fixture
def answer(simulator: Simulator, library: Library, service: OpenRouterService) -> Callable[..., Run]:
    """Return what asks by the schema and gets that text."""

    def give(text: Any, schema: Any = SCHEMA, owner: str = "me", finish: str = "stop") -> Run:
        told = text if isinstance(text, str) else json.dumps(text)
        simulator.script(Reply(chunks=streamed(told, finish=finish)))
        run = service.start(ask("sim/json", "Who?", response_format=ResponseFormat.json_schema("answer", schema)))
        library.record(owner, run, kind="batch")
        assert run.join(20)
        assert library.flush(10)
        return run

    return give


def key_of(library: Library, owner: str = "me") -> str:
    return library.schemas.answered(owner)[0].key


def rows_of(library: Library, filters: RunFilters | None = None) -> list[dict[str, str]]:
    lines = library.export_answers("me", key_of(library), "csv", filters)
    assert lines is not None
    text = "".join(lines).removeprefix("\ufeff")
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


def values_of(library: Library, filters: RunFilters | None = None) -> list[dict[str, Any]]:
    lines = library.export_answers("me", key_of(library), "jsonl", filters)
    assert lines is not None
    return [json.loads(line) for line in lines]


def test_each_field_is_a_column(library: Library, answer: Callable[..., Run]) -> None:
    """Beside when, by which model, at what cost; a field that is called as one of these is told from it."""
    run = answer({"name": "=1+1", "age": -4.5, "model": "T", "tags": [{"a": 1, "b": True}, {"a": None}]})
    row = rows_of(library)[0]
    assert (row["name"], row["age"], row["model (field)"], row["tags"]) == ("'=1+1", "-4.5", "T", "a: 1, b: Yes; a: ")
    assert (row["model"], row["outcome"], row["problems"], row["answer_text"]) == ("sim/json", "valid", "", "")
    assert (row["run"], row["conversation"]) == (run.id, "")
    line = values_of(library)[0]
    assert line["value"] == {"name": "=1+1", "age": -4.5, "model": "T", "tags": [{"a": 1, "b": True}, {"a": None}]}
    assert (line["run"], line["outcome"], "text" in line) == (run.id, "valid", False)


def test_wrong_answers_are_among_them(library: Library, answer: Callable[..., Run]) -> None:
    """With what is wrong, and the text as it came; one that was cut off has no value, be it JSON by chance."""
    answer({"age": "four"})
    answer("I would rather not.")
    answer('{"name": "Ada"}', finish="length")
    cut, prose, wrong = rows_of(library)
    assert (wrong["outcome"], wrong["age"], wrong["answer_text"]) == ("wrong_shape", "four", '{"age": "four"}')
    assert "name" in wrong["problems"]
    assert (prose["outcome"], prose["name"], prose["answer_text"]) == ("not_json", "", "I would rather not.")
    assert (cut["outcome"], cut["name"], cut["answer_text"]) == ("cut_off", "", '{"name": "Ada"}')
    told = values_of(library)
    assert [("value" in line, "text" in line) for line in told] == [(False, True), (False, True), (True, True)]
    assert {problem["path"] for problem in told[2]["problems"]} >= {"age"}


def test_filters_choose_the_rows_and_pages_are_joined(
    library: Library, answer: Callable[..., Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.store.export_answers.AT_ONCE", 2)
    for number in range(5):
        answer({"name": f"n{number}"} if number else {})
    assert [row["name"] for row in rows_of(library)] == ["n4", "n3", "n2", "n1", ""]
    assert [row["outcome"] for row in rows_of(library, RunFilters(verdicts=("wrong_shape",)))] == ["wrong_shape"]
    assert [line["value"]["name"] for line in values_of(library, RunFilters(query="n3"))] == ["n3"]


def test_answers_that_are_no_objects_have_one_column(library: Library, answer: Callable[..., Run]) -> None:
    answer(["a", "b"], schema={"type": "array", "items": {"type": "string"}})
    assert rows_of(library)[0]["answer"] == "a, b"


def test_nobody_gets_the_answers_of_somebody_else(library: Library, answer: Callable[..., Run]) -> None:
    """Not by the id of a saved schema, nor by what its content is known by; the same schema gives each their own."""
    answer({"name": "mine"})
    known_by = key_of(library)
    saved = library.schemas.save("me", "Person", json.dumps(SCHEMA)).schema_id
    for key in (saved, known_by, "", "never was"):
        assert library.export_answers("you", key, "csv") is None
    answer({"name": "yours"}, owner="you")
    theirs = library.export_answers("you", known_by, "jsonl")
    assert theirs is not None
    assert [json.loads(line)["value"]["name"] for line in theirs] == ["yours"]


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (None, ""),
        (True, "Yes"),
        (1.5, "1.5"),
        ([1, 2], "1, 2"),
        ({"city": "Oslo", "at": [59, 10], "none": []}, "city: Oslo, at: (59, 10), none: "),
        ([{"a": 1}, {"a": 2}], "a: 1; a: 2"),
        ([[[[[[[1]]]]]]], "a list of 1 item"),
    ],
)
def test_a_value_on_one_line(value: Any, told: str) -> None:
    assert compact(value) == told


def test_columns_of_a_schema_that_points_elsewhere() -> None:
    """As a model that holds itself is written; what is nowhere gives none."""
    schema = {"$ref": "#/$defs/a~1b", "$defs": {"a/b": {"properties": {"x": {"title": "The X"}, "y": True}}}}
    assert answer_fields([schema]) == (AnswerField("x", "The X"), AnswerField("y", "y"))
    for nowhere in ({"$ref": "#/$defs/z"}, {"$ref": "#"}, {"$ref": "https://example.com"}, {"properties": 1}, {}):
        assert answer_fields([nowhere]) == ()
    assert len(answer_fields([{"properties": {f"f{n}": {} for n in range(99)}}])) == answers.MOST_FIELDS


def test_what_a_schema_is_called_that_nobody_saved() -> None:
    assert label_of({"title": " A  place "}) == "A place"
    assert label_of({"properties": {name: {} for name in "abcde"}}) == "a, b, c, d …"
    assert label_of({"type": "array"}) == "A schema without fields"


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(ANY_JSON)
def test_every_value_has_a_text(value: Any) -> None:
    assert isinstance(compact(value), str)
