"""The verdict on an answer is decided in one order, and nothing that went wrong is ever called valid."""

from typing import Any

import pytest

from service import ChatResult, InvalidSchemaError, Issue, ToolCall, Usage, Verdict
from service.structured import judge, judge_value

SCHEMA = {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"], "additionalProperties": False}
GOOD = '{"a": 1}'
FENCED = f"```json\n{GOOD}\n```"
WRONG = '{"a": "x"}'
CALL = ToolCall("call_1", "look_up", "{}")
STOPPED = Verdict("stopped", "Stopped by you.")
FAILED = Verdict("provider_error", "The provider failed.")
IMAGE = {"type": "image_url", "image_url": {"url": "data:image/png;base64,"}}


def answer(text: str = "", finish: str | None = "stop", **fields: Any) -> ChatResult:
    return ChatResult(text=text, finish_reason=finish, **fields)


# What is asked for, the result, the kind.
ORDER: list[tuple[str, ChatResult, str | None]] = [
    # stopped wins over everything
    ("schema", answer(GOOD, verdict=STOPPED), "stopped"),
    ("schema", answer(GOOD, None, verdict=STOPPED, is_partial=True), "stopped"),
    ("schema", answer(GOOD, "length", verdict=STOPPED), "stopped"),
    ("text", answer("Hello", "content_filter", verdict=STOPPED), "stopped"),
    ("text", answer("", "error", verdict=STOPPED), "stopped"),
    ("text", answer("", None, is_partial=True, tool_calls=(CALL,)), "stopped"),
    ("schema", answer(GOOD, "length", is_partial=True, refusal="No."), "stopped"),
    # then a failure of the provider
    ("schema", answer(GOOD, verdict=FAILED), "provider_error"),
    ("schema", answer(GOOD, "length", verdict=FAILED, is_partial=True), "provider_error"),
    ("schema", answer(GOOD, "error", is_partial=True), "provider_error"),
    ("text", answer("", "error", refusal="No."), "provider_error"),
    # then a refusal
    ("schema", answer(GOOD, refusal="I cannot help with that."), "refused"),
    ("schema", answer(GOOD, "length", refusal="No."), "refused"),
    ("text", answer("", "stop", refusal="No."), "refused"),
    ("schema", answer(GOOD, "content_filter"), "refused"),
    ("text", answer("", "content_filter", tool_calls=(CALL,)), "refused"),
    ("schema", answer(GOOD, refusal=" \n"), "valid"),
    ("schema", answer(GOOD, native_finish_reason="SAFETY"), "refused"),
    ("text", answer("I", None, native_finish_reason="refusal"), "refused"),
    ("schema", answer(GOOD, "length", native_finish_reason="SAFETY"), "cut_off"),
    # then what was cut off, before any JSON is read
    ("schema", answer(GOOD, "length"), "cut_off"),
    ("schema", answer(FENCED, "length"), "cut_off"),
    ("schema", answer(WRONG, "length"), "cut_off"),
    ("schema", answer('{"a": ', "length"), "cut_off"),
    ("text", answer("Once upon", "length"), "cut_off"),
    ("text", answer("", "length"), "cut_off"),
    ("text", answer("Let me see", "length", tool_calls=(CALL,)), "cut_off"),
    ("schema", answer("", "length", tool_calls=(CALL,)), None),
    ("schema", answer(GOOD, native_finish_reason="MAX_TOKENS"), "cut_off"),
    ("text", answer("Once upon", None, native_finish_reason="max_output_tokens"), "cut_off"),
    ("schema", answer("", native_finish_reason="length", tool_calls=(CALL,)), None),
    # then what is empty
    ("text", answer(" \ufeff\n\u200b "), "empty"),
    ("text", answer("", None), "empty"),
    ("schema", answer(""), "empty"),
    ("json", answer("", reasoning="Hmm."), "empty"),
    ("text", answer("", images=(IMAGE,)), None),
    ("text", answer("", audio={"data": "UklGRg==", "transcript": "Hi"}), None),
    ("schema", answer("", "tool_calls", tool_calls=(CALL,)), None),
    ("text", answer("", "stop", tool_calls=(CALL,)), None),
    # then what is no JSON
    ("schema", answer("Sure, here you go."), "not_json"),
    ("json", answer(f"Sure: {GOOD}"), "not_json"),
    ("schema", answer(f"```json\n{GOOD}"), "not_json"),
    ("schema", answer("", images=(IMAGE,)), "not_json"),
    ("schema", answer("I will look it up.", "tool_calls", tool_calls=(CALL,)), None),
    # then what has the wrong shape, fenced or not
    ("schema", answer(WRONG), "wrong_shape"),
    ("schema", answer(f"```json\n{WRONG}\n```"), "wrong_shape"),
    ("json", answer("[1]"), "wrong_shape"),
    ("json", answer("```\n[1]\n```"), "wrong_shape"),
    ("json", answer("null"), "wrong_shape"),
    # and last what is right
    ("schema", answer(FENCED), "fenced"),
    ("json", answer(f"Here:\n{FENCED}"), "fenced"),
    ("schema", answer(GOOD), "valid"),
    ("schema", answer(GOOD, None), "valid"),
    *[("schema", answer(GOOD, native_finish_reason=word), "valid") for word in ("end_turn", "STOP", "completed")],
    ("schema", answer(GOOD, "tool_calls", tool_calls=(CALL,)), "valid"),
    ("json", answer(GOOD), "valid"),
    ("text", answer("Hello"), None),
    ("text", answer(GOOD), None),
    ("text", answer("Hello", verdict=Verdict("valid", "From another check.")), None),
    ("schema", answer(WRONG, verdict=Verdict("valid", "From another check.")), "wrong_shape"),
]


@pytest.mark.parametrize(("asked", "result", "kind"), ORDER)
def test_the_first_kind_that_applies_is_the_verdict(asked: str, result: ChatResult, kind: str | None) -> None:
    verdict, value = judge_value(result, SCHEMA if asked == "schema" else None, wants_json=asked != "text")

    assert (verdict.kind if verdict else None) == kind
    assert value == ({"a": 1} if kind in ("valid", "fenced") else None)
    assert judge(result, SCHEMA if asked == "schema" else None, wants_json=asked != "text") == verdict


def test_a_verdict_of_the_sender_is_kept_word_for_word() -> None:
    assert judge(answer(GOOD, verdict=STOPPED), SCHEMA) is STOPPED
    assert judge(answer(GOOD, verdict=FAILED), SCHEMA) is FAILED


def spent(completion: int, reasoning: int = 0) -> Usage:
    return Usage(completion_tokens=completion, reasoning_tokens=reasoning)


@pytest.mark.parametrize(
    ("result", "sentence"),
    [
        (
            answer("Once", "length", usage=spent(500)),
            "The answer stops in the middle: it reached the limit of 500 tokens.",
        ),
        (
            answer("Once", "length", usage=spent(1_500, 1_400)),
            "The answer stops in the middle: it reached the limit of 1,500 tokens, 1,400 of them spent on reasoning.",
        ),
        (answer("Once", "length"), "The answer stops in the middle: it reached its token limit."),
        (answer("", "length", usage=spent(500, 500)), "Reasoning used up all 500 tokens before the answer began."),
        (answer("", "length", reasoning="Hmm"), "Reasoning used up all the tokens before the answer began."),
        (answer("", "length", usage=spent(1)), "The answer did not begin: it reached the limit of 1 token."),
        (answer("", refusal="I can't\n help."), "The model refused: “I can't help.”"),
        (answer("x", "content_filter"), "The answer was withheld by the provider's content filter."),
        (answer(""), "The model gave an empty answer."),
        (answer("", reasoning="Hmm"), "The model reasoned, and then gave no answer."),
        (answer("x", None, is_partial=True), "The answer was stopped before its end; what had arrived is kept."),
        (answer("x", "error", is_partial=True), "The provider failed before the answer was complete."),
        (answer("Sure!"), "The answer is not JSON. Line 1, column 1: this is not the beginning of JSON."),
        (answer(WRONG), 'The answer has the wrong shape: `a` should be a whole number, got "x".'),
        (answer("[]"), "The answer has the wrong shape: the answer should be an object, got an empty list."),
        (answer('{"b": 1}'), "The answer has the wrong shape in 2 places, first: `b` is not allowed here."),
        (answer(FENCED), "The answer is good JSON inside a fence and follows the schema."),
        (answer(GOOD), "The answer is good JSON and follows the schema."),
    ],
)
def test_the_sentence_says_what_happened(result: ChatResult, sentence: str) -> None:
    verdict = judge(result, SCHEMA)

    assert verdict is not None
    assert verdict.sentence == sentence


def test_a_long_refusal_is_shortened() -> None:
    verdict = judge(answer("", refusal="no " * 1_000))

    assert verdict is not None
    assert verdict.sentence.endswith("…”")
    assert len(verdict.sentence) < 350


def test_every_violation_is_in_the_verdict_with_its_path() -> None:
    verdict = judge(answer('{"a": 1.5, "b": 2}'), SCHEMA)

    assert verdict is not None
    assert verdict.issues == (Issue("a", "should be a whole number, got 1.5"), Issue("b", "is not allowed here"))
    assert not verdict.is_usable


def test_null_can_be_a_right_answer() -> None:
    verdict, value = judge_value(answer("null"), {"type": "null"})

    assert verdict == Verdict("valid", "The answer is good JSON and follows the schema.")
    assert value is None


def test_true_and_false_are_schemas_too() -> None:
    assert judge_value(answer("[1]"), True) == (
        Verdict("valid", "The answer is good JSON and follows the schema."),
        [1],
    )
    refused = judge(answer("[1]"), False)
    assert refused is not None
    assert refused.issues == (Issue("", "is not allowed here"),)


def test_an_invalid_schema_is_an_error_and_no_verdict() -> None:
    with pytest.raises(InvalidSchemaError, match="`type` should be one of"):
        judge(answer(GOOD), {"type": "nope"})
    assert judge(answer(GOOD, "length"), {"type": "nope"}) is not None
