"""JSON is read out of an answer strictly: alone or in one fence, never by guessing."""

import json
import math
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from service.structured import JsonText, read_json


@pytest.mark.parametrize(
    ("text", "value", "source"),
    [
        ('{"a": 1}', {"a": 1}, '{"a": 1}'),
        (' \n\t{"a": 1}\r\n', {"a": 1}, '{"a": 1}'),
        ("\ufeff[]\n", [], "[]"),
        (' \ufeff"x"\ufeff ', "x", '"x"'),
        ("null", None, "null"),
        ("-0.5e-3", -0.0005, "-0.5e-3"),
        ('{"a": 1, "a": 2}', {"a": 2}, '{"a": 1, "a": 2}'),
        ('"```json"', "```json", '"```json"'),
        ('{"code":\n"```\\nx\\n```"\n}', {"code": "```\nx\n```"}, '{"code":\n"```\\nx\\n```"\n}'),
        ('"\u2028```\u2029"', "\u2028```\u2029", '"\u2028```\u2029"'),
        ('"\\ud83d\\ude00 \\ud800"', "😀 \ud800", '"\\ud83d\\ude00 \\ud800"'),
        ("9" * 4_300, int("9" * 4_300), "9" * 4_300),
    ],
)
def test_plain_json_is_read_and_never_called_fenced(text: str, value: Any, source: str) -> None:
    assert read_json(text) == JsonText(value, is_fenced=False, source=source)


@pytest.mark.parametrize(
    "text",
    [
        '```json\n{"a": 1}\n```',
        '```\n{"a": 1}\n```',
        '~~~\n{"a": 1}\n~~~',
        '```JSON title="x"\n{"a": 1}\n```\n',
        'Here it is:\n\n```json\n{"a": 1}\n```\n\nAnything else?',
        'Here it is:\r\n```json\r\n{"a": 1}\r\n```\r\nBye',
        '```json\r{"a": 1}\r```',
        '  ```json\n  {"a": 1}\n  ```',
        '````json\n{"a": 1}\n````',
        '```json\n{"a": 1}\n`````  ',
        '```json\n\n{"a": 1}\n\n```',
        'Use `json` or ```inline``` code:\n```\n{"a": 1}\n```',
        "~~~ `tick`\n" + '{"a": 1}\n~~~',
    ],
)
def test_one_fenced_block_is_read_whatever_stands_around_it(text: str) -> None:
    assert read_json(text) == JsonText({"a": 1}, is_fenced=True, source='{"a": 1}')


def test_ticks_inside_a_fenced_text_do_not_end_the_fence() -> None:
    assert read_json('```json\n{"a": "``` ~~~"}\n```').value == {"a": "``` ~~~"}
    assert read_json('~~~\n["```",\n"```"]\n~~~').value == ["```", "```"]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "Line 1, column 1: there is no JSON, and nothing else either."),
        (" \n ", "Line 2, column 2: there is no JSON, and nothing else either."),
        ('Sure: {"a": 1}', "Line 1, column 1: this is not the beginning of JSON."),
        ('{"a": 1}\nHope this helps!', "Line 2, column 1: the JSON ends before here, and more text follows."),
        ('{"a": 1', "Line 1, column 8: the JSON stops here, before its end."),
        ('{"a": [1,\n2', "Line 2, column 2: the JSON stops here, before its end."),
        ('{"a": "b', "Line 1, column 7: a text starts here and never ends."),
        ('{"a": 1,\n}', "Line 2, column 1: the comma before this bracket is one too many."),
        ("[1, ]", "Line 1, column 5: the comma before this bracket is one too many."),
        ('{"a" 1}', "Line 1, column 6: a colon is missing after the field name."),
        ("\n\r\n[1 2]", "Line 3, column 4: a comma or a closing bracket is missing."),
        ("[1\r2]", "Line 2, column 1: a comma or a closing bracket is missing."),
        ("{a: 1}", "Line 1, column 2: a field name in double quotes is missing."),
        ("{'a': 1}", "Line 1, column 2: JSON takes double quotes, not single ones."),
        ("[,]", "Line 1, column 2: a value is missing."),
        (
            '["a\nb"]',
            "Line 1, column 4: a text holds a line break or control character; JSON writes it as \\n or \\u00….",
        ),
        ('"\\x"', "Line 1, column 2: JSON does not know this character after a backslash."),
        ('{"s": "NaN, 1e999", "n":\n NaN}', "Line 2, column 2: NaN is not a JSON number."),
        ("[Infinity]", "Line 1, column 2: Infinity is not a JSON number."),
        ("[-Infinity]", "Line 1, column 2: -Infinity is not a JSON number."),
        ("[1, -1e999]", "Line 1, column 5: the number is too large."),
        ("[" + "9" * 4_301 + "]", "Line 1, column 2: the number has more than 4,300 digits."),
        ("[" * 100_000, "Line 1, column 1: the lists and objects inside each other are too deep."),
        ('{"a":' * 100_000, "Line 1, column 1: the lists and objects inside each other are too deep."),
        ('```json\n{"a": 1}', "Line 2, column 1: the fenced block that starts here has no end."),
        ('```json\n{"a": 1}\n~~~', "Line 2, column 1: the fenced block that starts here has no end."),
        ('````json\n{"a": 1}\n```', "Line 2, column 1: the fenced block that starts here has no end."),
        ('```json\n{"a": 1}\n``` and', "Line 2, column 1: the fenced block that starts here has no end."),
        ("```\n1\n```\n\n```\n2\n```", "Line 6, column 1: there are 2 fenced blocks, and only one can be read."),
        ("```\n1\n```\n```json\n{", "Line 5, column 1: the fenced block that starts here has no end."),
        ('Look:\n```json\n{"a":\n1 2}\n```', "Line 4, column 3: a comma or a closing bracket is missing."),
        ("```python\nprint()\n```", "Line 2, column 1: this is not the beginning of JSON."),
        ("```json\n```", "Line 2, column 1: there is no JSON, and nothing else either."),
        ('```json {"a": 1} ```', "Line 1, column 1: this is not the beginning of JSON."),
        ("~~~\n```\n{}\n```\n~~~", "Line 2, column 1: this is not the beginning of JSON."),
        ("first {1} then {2}", "Line 1, column 1: this is not the beginning of JSON."),
    ],
)
def test_what_is_no_json_is_refused_at_its_line_and_column(text: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=r"^Line \d") as refused:
        read_json(text)

    assert str(refused.value) == sentence


_json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(), inner, max_size=5),
    max_leaves=20,
)


@settings(deadline=None)
@given(_json_values, st.booleans(), st.sampled_from([None, 2]))
def test_whatever_json_can_say_comes_back_alone_and_in_a_fence(value: Any, escaped: bool, indent: int | None) -> None:
    text = json.dumps(value, ensure_ascii=escaped, indent=indent)

    assert read_json(text) == JsonText(value, is_fenced=False, source=text)
    assert read_json(f"Here:\n~~~json\n{text}\n~~~\nBye") == JsonText(value, is_fenced=True, source=text)


@settings(deadline=None)
@given(st.text() | st.lists(st.sampled_from([*'{}[]:,"`~\n\\ 1e-Nn', "```", "null", "true"])).map("".join))
@example("1e400")
@example("٣")
@example("\x1c1")
def test_any_text_gives_a_value_or_a_sentence(text: str) -> None:
    try:
        read = read_json(text)
    except ValueError as error:
        sentence = str(error)
    else:
        sentence = "Line 1."
        assert json.loads(read.source) == read.value
        assert read.source in text
        assert not isinstance(read.value, float) or math.isfinite(read.value)

    assert sentence.startswith("Line ")
    assert sentence.endswith(".")
