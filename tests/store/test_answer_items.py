"""The lists of objects in answers as rows of their own: which there are, and what stands in a row."""

import csv
import io
import json
from collections.abc import Callable
from typing import Any

import pytest

from service import OpenRouterService, ResponseFormat
from service.simulator import Reply, Simulator
from service.store.answer_items import AnswerList, answer_lists, item_rows
from service.store.answers import Answer
from service.store.library import Library
from tests.support import ask, streamed

LINE = {"type": "object", "properties": {"sku": {"type": "string", "title": "Article"}, "price": {"type": "number"}}}
INVOICE = {
    "type": "object",
    "properties": {
        "number": {"type": "string"},
        "customer": {"type": "object", "properties": {"name": {"type": "string"}}},
        "tags": {"type": "array", "items": {"type": "string"}},
        "order": {"type": "object", "properties": {"lines": {"type": "array", "items": {"$ref": "#/$defs/line"}}}},
        "discounts": {"anyOf": [{"type": "null"}, {"type": "array", "items": LINE}]},
    },
    "$defs": {"line": LINE},
}
VALUE = {
    "number": "=1+1",
    "customer": {"name": "Ada"},
    "tags": ["a", "b"],
    "order": {"lines": [{"sku": "A1", "price": 2}, {"sku": "@B7"}, "odd"]},
}


def told(lists: tuple[AnswerList, ...]) -> list[tuple[str, list[str], list[str]]]:
    return [
        (found.key, [".".join(field.path) for field in found.parents], [field.title for field in found.fields])
        for found in lists
    ]


def test_lists_of_objects_are_found_wherever_no_other_list_is_around_them() -> None:
    """By reference and among alternatives too, with the plain fields around them, and each by its place."""
    around = ["number", "customer.name", "tags"]
    assert told(answer_lists([INVOICE])) == [
        ("order.lines[]", around, ["Article", "price"]),
        ("discounts[]", around, ["Article", "price"]),
    ]
    assert told(answer_lists([{"type": "array", "items": LINE}])) == [("[]", [], ["Article", "price"])]
    assert answer_lists([{"properties": {"tags": {"items": {"type": "string"}}}}, {}]) == ()


def test_versions_of_a_schema_add_their_fields() -> None:
    newer = {"properties": {"lines": {"items": {"properties": {"sku": {"title": "Code"}}}}}}
    older = {"properties": {"day": {}, "lines": {"items": LINE}, "old": {"items": LINE}}}
    assert told(answer_lists([newer, older])) == [
        ("lines[]", ["day"], ["Code", "price"]),
        ("old[]", ["day"], ["Article", "price"]),
    ]


def test_a_schema_that_holds_itself_ends() -> None:
    """So does one whose definitions name each other at every turn."""
    node = {"properties": {"name": {}, "next": {"$ref": "#"}, "parts": {"items": {"$ref": "#"}}}}
    assert told(answer_lists([node])) == [("parts[]", ["name", "next"], ["name", "next", "parts"])]
    steps = {f"d{n}": {"properties": {f"p{m}": {"$ref": f"#/$defs/d{n + 1}"} for m in range(30)}} for n in range(30)}
    assert answer_lists([{"$ref": "#/$defs/d0", "$defs": steps}]) == ()


def test_each_item_is_a_row_and_what_is_no_item_has_none() -> None:
    lines = answer_lists([INVOICE])[0]
    assert list(item_rows(Answer(VALUE, True), lines)) == [
        (1, "=1+1", "Ada", ["a", "b"], "A1", 2),
        (2, "=1+1", "Ada", ["a", "b"], "@B7", None),
        (3, "=1+1", "Ada", ["a", "b"], None, None),
    ]
    for value in (None, {}, {"order": []}, {"order": {"lines": {"sku": "A1"}}}, [VALUE]):
        assert list(item_rows(Answer(value, True), lines)) == []


@pytest.fixture
def answer(simulator: Simulator, library: Library, service: OpenRouterService) -> Callable[[str], str]:
    """Return what asks by the schema, gets that text, and returns the run's id."""

    def give(text: str) -> str:
        simulator.script(Reply(chunks=streamed(text)))
        form = ResponseFormat.json_schema("invoice", INVOICE)
        run = service.start(ask("sim/json", "Invoice 12", response_format=form))
        library.record("me", run, kind="batch")
        assert run.join(20)
        assert library.flush(10)
        return run.id

    return give


def rows_of(library: Library, items: str) -> list[dict[str, str]]:
    lines = library.export_answers("me", library.schemas.answered("me")[0].key, "csv", items=items)
    assert lines is not None
    return list(csv.DictReader(io.StringIO("".join(lines).removeprefix("\ufeff"), newline=""), strict=True))


def test_items_come_as_a_spreadsheet(library: Library, answer: Callable[[str], str]) -> None:
    """Each names its answer, nothing is a formula, and answers without items have no row."""
    run: Any = answer(json.dumps(VALUE))
    answer("I would rather not.")
    first, second, odd = rows_of(library, "order.lines[]")
    assert (first["run"], first["asked"], first["item"]) == (run, "Invoice 12", "1")
    assert (first["number"], first["customer.name"], first["tags"]) == ("'=1+1", "Ada", "a, b")
    assert (first["order.lines.sku"], first["order.lines.price"]) == ("A1", "2")
    assert (second["order.lines.sku"], second["order.lines.price"], odd["item"]) == ("'@B7", "", "3")
    assert "cost_usd" not in first
    assert rows_of(library, "discounts[]") == []


def test_a_list_that_is_not_there_has_no_file(library: Library, answer: Callable[[str], str]) -> None:
    answer(json.dumps(VALUE))
    key = library.schemas.answered("me")[0].key
    assert library.export_answers("me", key, "csv", items="tags[]") is None


def test_failed_and_empty_runs_are_no_answers(
    library: Library, answer: Callable[[str], str], simulator: Simulator
) -> None:
    """They were asked all the same."""
    answer(json.dumps(VALUE))
    answer(" ")
    simulator.script(Reply(400, {}, [b'{"error": {"code": 400, "message": "no"}}']))
    answer("never sent")
    found = library.schemas.answered("me")[0]
    assert (found.use.runs, found.use.answers) == (3, 1)
    saved = library.schemas.save("me", "Invoice", json.dumps(INVOICE))
    assert library.schemas.answered("me")[0].use == found.use
    assert library.schemas.versions("me", saved.schema_id)[0].use == found.use
