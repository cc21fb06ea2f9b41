"""Where an answer differs from what was expected: every place, by its path, and nothing else."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.structured import ABSENT, MAX_DIFFERENCES, Difference, compare_values
from tests.structured.test_arriving import VALUES


def shuffled(value: Any) -> Any:
    """Return a value with the fields of its objects the other way round, and whole numbers with a point."""
    if isinstance(value, dict):
        return {name: shuffled(item) for name, item in reversed(value.items())}
    if isinstance(value, list):
        return [shuffled(item) for item in value]
    is_whole = isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**53
    return float(value) if is_whole else value


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the paths of everything in a value."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(found for step, item in items for found in places(item, (*path, step)))]


def changed(value: Any, path: tuple[Any, ...], change: Callable[[Any, Any], None]) -> Any:
    """Return a copy in which something was done to the holder of a place."""
    copy = holder = json.loads(json.dumps(value))
    for step in path[:-1]:
        holder = holder[step]
    change(holder, path[-1])
    return copy


@pytest.mark.parametrize(
    ("expected", "actual", "said"),
    [
        ({"a": 1}, {"a": 2}, ["`a`: expected 1, got 2"]),
        ({"a": "x"}, {"a": None}, ['`a`: expected "x", got null']),
        ({"a": None}, {}, ["`a` is missing; expected null"]),
        ({}, {"a": None}, ["`a` was not expected; got null"]),
        ({"a": True}, {"a": 1}, ["`a`: expected true, got 1"]),
        ({"a": 1}, {"a": "1"}, ['`a`: expected 1, got "1"']),
        ([1, 2], [2, 1], ["`[0]`: expected 1, got 2", "`[1]`: expected 2, got 1"]),
        ([1], [1, {"b": 2}], ["`[1]` was not expected; got an object with 1 field"]),
        ({"items": [{"price": 1}, {"price": 2}]}, {"items": [{"price": 1}]},
         ["`items[1]` is missing; expected an object with 1 field"]),
        ({"a": [1]}, {"a": {"b": 1}}, ["`a`: expected a list of 1 item, got an object with 1 field"]),
        ({"a": 1}, [1], ["The whole answer: expected an object with 1 field, got a list of 1 item"]),
        ({"odd name": 1}, {"odd name": 2}, ['`["odd name"]`: expected 1, got 2']),
    ],
)  # fmt: skip
def test_each_difference_is_a_sentence_at_its_place(expected: Any, actual: Any, said: list[str]) -> None:
    assert [str(each) for each in compare_values(expected, actual)] == said


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (1, 1.0),
        (10**20, 1e20),
        (0, -0.0),
        ({"a": 1, "b": 2}, {"b": 2.0, "a": 1}),
        (float("nan"), float("nan")),
        ([], []),
    ],
)
def test_what_is_written_otherwise_and_worth_the_same_is_no_difference(one: Any, other: Any) -> None:
    assert compare_values(one, other) == []


def test_differences_stand_in_the_order_of_the_expected_value() -> None:
    """What was not expected comes last."""
    found = compare_values({"z": 1, "a": [1, 2], "m": 3}, {"new": 0, "m": 4, "a": [1, 3]})
    assert [each.path for each in found] == ["z", "a[1]", "m", "new"]
    assert found[0] == Difference("z", 1, ABSENT)


def test_long_texts_are_shown_where_they_part() -> None:
    """Their beginnings would look the same."""
    same = "The same words again and again. " * 10
    (found,) = compare_values(f"{same}Yes.", f"{same}No.")
    assert str(found) == ('The whole answer: expected "…ds again and again. Yes.", got "…ds again and again. No."')


def test_the_search_ends_at_the_limit() -> None:
    """However large the answer is."""
    found = compare_values([], list(range(1_000_000)))
    assert (len(found), found[-1]) == (MAX_DIFFERENCES, Difference("[99]", ABSENT, 99))
    assert len(compare_values([1, 2, 3], [2, 3, 4], limit=2)) == 2


def test_values_may_be_nested_deeper_than_python_calls() -> None:
    one: Any = 1
    other: Any = 2
    for _ in range(50_000):
        one, other = [one], [other]
    (found,) = compare_values(one, other)
    assert (found.path, found.expected, found.actual) == ("[0]" * 50_000, 1, 2)


@given(VALUES)
def test_a_value_is_what_it_is_however_its_fields_are_ordered(value: Any) -> None:
    assert compare_values(value, shuffled(value)) == []


@given(VALUES, VALUES)
def test_what_is_missing_on_one_side_is_too_much_on_the_other(one: Any, other: Any) -> None:
    """The same places differ, whichever of two values is expected."""
    there = compare_values(one, other, limit=1_000)
    back = compare_values(other, one, limit=1_000)
    assert sorted((each.path, repr(each.expected), repr(each.actual)) for each in there) == sorted(
        (each.path, repr(each.actual), repr(each.expected)) for each in back
    )


@given(VALUES.filter(lambda value: isinstance(value, dict | list) and bool(value)), st.data())
def test_one_place_that_was_changed_is_the_one_that_is_found(value: Any, data: st.DataObject) -> None:
    path = data.draw(st.sampled_from([found for found in places(value) if found]))
    marker = "something that no value holds"

    def change(holder: Any, step: Any) -> None:
        holder[step] = marker

    (found,) = compare_values(value, changed(value, path, change))
    assert found.actual == marker
    assert compare_values(found.expected, _at(value, path)) == []


def _at(value: Any, path: tuple[Any, ...]) -> Any:
    for step in path:
        value = value[step]
    return value


@given(VALUES.filter(lambda value: isinstance(value, dict) and bool(value)), st.data())
def test_a_field_that_is_gone_is_called_missing(value: dict[str, Any], data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(list(value)))
    rest = {other: item for other, item in value.items() if other != name}
    (missing,) = compare_values(value, rest)
    (extra,) = compare_values(rest, value)
    assert (missing.actual, extra.expected, missing.path) == (ABSENT, ABSENT, extra.path)
    assert str(missing).partition(" is missing; expected ")[1]
    assert str(extra).partition(" was not expected; got ")[1]
