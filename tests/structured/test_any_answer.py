"""Whatever a model answers, and however the answer ended, there is a verdict and no exception."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service import ChatResult, ToolCall, Usage
from service.structured import judge_value, read_json
from tests.wire.odd_json import ANYTHING

SCHEMAS: list[Any] = [
    None,
    True,
    False,
    {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"], "additionalProperties": False},
    {"type": "array", "items": {"anyOf": [{"type": "string", "pattern": "^a+$"}, {"$ref": "#"}]}},
    {"type": "string", "format": "date", "maxLength": 3},
    {"enum": [1, "a", None, {"a": []}]},
]
JSON_TEXTS = ANYTHING.map(lambda value: json.dumps(value, ensure_ascii=False))
WRAPPED = st.tuples(
    st.sampled_from(["", "```json\n", "~~~\n", "Here: ", "\ufeff", "```\n"]),
    JSON_TEXTS | st.text(),
    st.sampled_from(["", "\n```", "\n~~~", " Done.", "\n```\n```\n1\n```"]),
).map("".join)
TEXTS = WRAPPED | st.tuples(WRAPPED, st.integers(0, 60)).map(lambda pair: pair[0][: pair[1]])
RESULTS = st.builds(
    ChatResult,
    text=TEXTS,
    reasoning=st.sampled_from(["", "Let me see"]),
    refusal=st.none() | st.text(max_size=5),
    finish_reason=st.sampled_from([None, "stop", "length", "tool_calls", "content_filter", "error", "odd"]),
    usage=st.none() | st.builds(Usage, completion_tokens=st.integers(-1, 10**9), reasoning_tokens=st.integers(-1, 9)),
    tool_calls=st.sampled_from([(), (ToolCall("1", "f", "{"),)]),
    is_partial=st.booleans(),
)


@settings(max_examples=80, deadline=None)
@given(RESULTS, st.sampled_from(SCHEMAS), st.booleans())
def test_any_answer_has_a_verdict(result: ChatResult, schema: Any, wants_json: bool) -> None:
    """With a value exactly where it is usable; and what was cut off or stopped is never called good."""
    verdict, value = judge_value(result, schema, wants_json=wants_json)
    if verdict is None:
        assert value is None
        return
    assert verdict.sentence.encode("utf-8", "surrogatepass")
    if verdict.is_usable:
        assert (result.is_partial, result.finish_reason in ("length", "error", "content_filter")) == (False, False)
        assert value == read_json(result.text).value
    else:
        assert value is None


@pytest.mark.parametrize("opening", ["[", '{"a":', '{"$ref":', "```json\n["])
@pytest.mark.parametrize("depth", [100, 900, 100_000])
def test_an_answer_nested_beyond_reason_has_a_verdict(opening: str, depth: int) -> None:
    """Closed and not."""
    closing = "]" if opening.endswith("[") else "}"
    for text in (opening * depth, opening * depth + "1" + closing * depth):
        verdict, _ = judge_value(ChatResult(text=text, finish_reason="stop"), SCHEMAS[4], wants_json=True)
        assert verdict is not None


@pytest.mark.parametrize(("depth", "kind"), [(200, "valid"), (201, "not_json"), (700, "not_json"), (5_000, "not_json")])
def test_json_200_levels_deep_is_read_and_no_deeper(depth: int, kind: str) -> None:
    """What is read can be drawn, stored and exported; brackets in a text are no levels."""
    nested = '{"a":[' * (depth // 2) + "[" * (depth % 2)
    text = nested + '"[[["' + "".join({"[": "]", "{": "}"}.get(letter, "") for letter in reversed(nested))
    verdict, _ = judge_value(ChatResult(text=text, finish_reason="stop"), True)
    assert verdict is not None
    assert verdict.kind == kind
    assert (kind == "valid") == ("too deep" not in verdict.sentence)


def test_many_brackets_beside_each_other_are_not_deep() -> None:
    verdict, value = judge_value(ChatResult(text=json.dumps([[]] * 500), finish_reason="stop"), True)
    assert verdict is not None
    assert (verdict.kind, len(value)) == ("valid", 500)
