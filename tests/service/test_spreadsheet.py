"""Lists of objects in an answer, as tables and as files for spreadsheets."""

import csv
import io
from typing import Any

import pytest

from service.spreadsheet import Table, csv_text, lists_in, table_of

ITEMS = [
    {"name": "lamp", "price": 1.5, "size": {"w": 2, "h": None}, "tags": ["a", "b"], "parts": [{"x": 1}]},
    {"name": "=1+1", "price": True, "note": "two\nlines", "size": {}},
]


@pytest.mark.parametrize(
    ("value", "places"),
    [
        (ITEMS, [""]),
        ({"items": ITEMS, "more": {"lines": ITEMS}}, ["items", "more.lines"]),
        ({"items": [1, {"a": 1}], "none": [], "one": {"a": 1}}, []),
        ({"outer": [{"inner": [{"a": 1}]}]}, ["outer"]),
        (5, []),
    ],
)
def test_lists_of_objects_are_found_by_their_places(value: Any, places: list[str]) -> None:
    assert list(lists_in(value)) == places


def test_objects_become_rows_and_what_is_inside_them_columns() -> None:
    """In the order in which they come; what an object lacks is empty."""
    table = table_of(ITEMS)
    assert [".".join(column) for column in table.columns] == [
        "name",
        "price",
        "size.w",
        "size.h",
        "tags",
        "parts",
        "note",
        "size",
    ]
    assert table.rows[0] == ("lamp", 1.5, 2, None, ["a", "b"], [{"x": 1}], None, None)


def test_a_file_is_read_back_as_it_was_and_holds_no_formula() -> None:
    """Names are made safe as well."""
    text = csv_text(table_of([*ITEMS, {"=cmd": "-2"}]))
    assert text.startswith("\ufeff")
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
    assert rows[0][-1] == "'=cmd"
    assert rows[1][:6] == ["lamp", "1.5", "2", "", "a; b", '[{"x": 1}]']
    assert rows[2][:2] == ["'=1+1", "true"]
    assert rows[2][6] == "two\nlines"
    assert rows[3][-1] == "'-2"


def test_negative_numbers_stay_numbers() -> None:
    assert csv_text(Table((("a",),), ((-5,),))).splitlines()[1] == "-5"
