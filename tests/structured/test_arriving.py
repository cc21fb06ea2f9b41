"""JSON that is still arriving: read once, and in the end the same as if it had come at once."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.structured import read_json
from service.structured.arriving import MAX_LEVELS, ArrivingJson, Path

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


class Heard:
    """What a listener hears, in order."""

    def __init__(self) -> None:
        self.opened_at: list[Path] = []
        self.complete: list[tuple[Path, Any]] = []

    def opened(self, path: Path, value: Any) -> None:
        self.opened_at.append(path)

    def took(self, path: Path, value: Any) -> None:
        self.complete.append((path, value))

    def closed(self, path: Path, value: Any) -> None:
        self.complete.append((path, value))


def read(*pieces: str) -> tuple[ArrivingJson, Heard]:
    heard = Heard()
    reader = ArrivingJson(heard)
    for piece in pieces:
        reader.feed(piece)
    return reader, heard


def at(value: Any, path: Path) -> Any:
    for step in path:
        value = value[step]
    return value


@given(VALUES.filter(lambda value: isinstance(value, dict | list)), st.data(), st.booleans())
def test_however_it_is_cut_it_is_read_as_a_whole(value: Any, data: st.DataObject, is_ascii: bool) -> None:
    """Each place is told once, complete, and the last is the answer itself."""
    text = json.dumps(value, ensure_ascii=is_ascii)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=8)))
    pieces = [text[begin:end] for begin, end in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    reader, heard = read(*pieces)
    assert reader.state == "complete"
    assert heard.complete[-1] == ((), value)
    assert all(at(value, path) == told for path, told in heard.complete)
    assert len({path for path, _ in heard.complete}) == len(heard.complete)


@given(st.text(alphabet='{}[]",:0123 -.eE\\utrfalsn\n`x'))
def test_what_it_takes_for_json_is_json(text: str) -> None:
    """What it calls complete, the final reading takes, and for the same value, whatever comes."""
    reader, heard = read(text)
    if reader.state == "complete" and "`" not in text:
        assert heard.complete[-1] == ((), read_json(text).value)


@pytest.mark.parametrize(
    ("text", "growing"),
    [
        ('{"a": "Gr\\u00fc', (("a",), "Grü")),
        ('{"a": "Gr\\u00f', (("a",), "Gr")),
        ('{"a": "x\\', (("a",), "x")),
        ('{"a": "x\\\\', (("a",), "x\\")),
        ('{"a": "\\ud83d', (("a",), "")),
        ('{"a": ["one", "tw', (("a", 1), "tw")),
        ('{"a": "', (("a",), "")),
        ('{"a": 12', None),
        ('{"nam', None),
    ],
)
def test_a_text_is_seen_while_it_grows(text: str, growing: Any) -> None:
    """As far as its characters are whole; a name of a field is none."""
    reader, _ = read(text)
    assert reader.state == "arriving"
    assert reader.growing == growing


@pytest.mark.parametrize(
    "text",
    [
        "Of course",
        "{'a'",
        '{"a": tru?',
        '{"a": 01, ',
        '{"a": NaN,',
        '{"a" 1',
        '{"a": 1,, ',
        '["a" "b"',
        '{"a": 1]',
        '{"a": 1} and more',
        '{"a": "line\nbreak"',
        "[1,]",
        '{"a": 1,}',
        "[" * (MAX_LEVELS + 1),
        '{"a": 1e999, ',
    ],
)
def test_what_cannot_become_json_is_told_at_once(text: str) -> None:
    assert read(text)[0].state == "broken"
    assert read(*text)[0].state == "broken"


@pytest.mark.parametrize("text", ["", " \n", "\ufeff", "`", "```", "```js"])
def test_before_the_first_character_nothing_is_known(text: str) -> None:
    assert read(text)[0].state == "empty"


@pytest.mark.parametrize(
    "text", ['```json\n{"a": 1}\n```', '~~~\n{"a": 1}\n~~~\nDone.', '\ufeff {"a": 1} \n', '```\n{"a": 1}', '{"a":1}']
)
def test_a_fence_around_it_is_no_part_of_it(text: str) -> None:
    """As in the final reading, which also looks for the end of the fence."""
    for pieces in ((text,), tuple(text)):
        reader, heard = read(*pieces)
        assert reader.state == "complete"
        assert heard.complete[-1] == ((), {"a": 1})
