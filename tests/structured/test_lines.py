"""JSON line by line: what is shown is what `json.dumps` writes, with the right lines marked."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.structured.lines import excerpt_at, excerpt_of
from tests.structured.test_arriving import VALUES

DOCUMENT = {"a": 1, "items": [{"name": "x", "price": "twelve"}, {}], "empty": [], "last": {"deep": {"er": None}}}


def marked(document: Any, where: str) -> list[str]:
    found = excerpt_at(document, where)
    assert found is not None
    return [line.strip() for number, line in enumerate(found.lines, found.first) if number in found.marked]


@pytest.mark.parametrize(
    ("where", "lines"),
    [
        ("a", ['"a": 1,']),
        ("items[0].price", ['"price": "twelve"']),
        ("items[0]", ["{", '"name": "x",', '"price": "twelve"', "},"]),
        ("items[1]", ["{}"]),
        ("last.deep.er", ['"er": null']),
        ("items[1].price", ["{}"]),
        ("last.missing", ['"last": {', '"deep": {', '"er": null', "}", "}"]),
        ('["odd.name"]', ["{"]),
    ],
)
def test_the_lines_of_a_place_are_marked(where: str, lines: list[str]) -> None:
    """What is missing is shown by what it should be in."""
    found = marked(DOCUMENT, where)
    assert found[: len(lines)] == lines
    assert len(found) == len(lines) or where == '["odd.name"]'


@given(VALUES, st.data())
def test_line_numbers_are_those_of_the_whole_text(value: Any, data: st.DataObject) -> None:
    """The JSON tab numbers its lines too."""
    path: tuple[Any, ...] = ()
    inner = value
    while isinstance(inner, dict | list) and inner and data.draw(st.booleans()):
        step = data.draw(st.sampled_from(list(inner) if isinstance(inner, dict) else range(len(inner))))
        path, inner = (*path, step), inner[step]
    found = excerpt_of(value, path)
    assert found is not None
    whole = json.dumps(value, indent=2, ensure_ascii=False).split("\n")
    assert list(found.lines) == whole[found.first - 1 : found.first - 1 + len(found.lines)]
    text = "\n".join(whole[found.marked.start - 1 : found.marked.stop - 1]).strip().rstrip(",")
    if found.marked.stop - found.marked.start <= 12:
        assert text.endswith(json.dumps(inner, indent=2, ensure_ascii=False).split("\n")[-1])


def test_long_documents_are_cut_and_deep_ones_left_out() -> None:
    found = excerpt_of(list(range(1_000)), ())
    assert found is not None
    assert len(found.lines) <= 16
    long = excerpt_of(["x" * 5_000], (0,))
    assert long is not None
    assert max(map(len, long.lines)) <= 301
    deep: Any = "end"
    for _ in range(500):
        deep = [deep]
    assert excerpt_of(deep, ()) is None
    assert excerpt_at(deep, "[0]") is None
