"""Shapes that other servers send, or OpenRouter on a bad day; what can be read of them is kept."""

import gzip
import json
from decimal import Decimal
from typing import Any

import pytest

from service import (
    AnnotationDelta,
    Conversation,
    ImageDelta,
    ProviderError,
    ReasoningDelta,
    StreamInterruptedError,
    TextDelta,
    ToolCall,
    ToolCallDelta,
    Usage,
)
from tests.wire.support import Wire

Chunk = dict[str, Any]
STOP: Chunk = {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}
CALLED: Chunk = {"choices": [{"index": 0, "delta": {}, "finish_reason": "tool_calls"}]}


def delta(**fields: Any) -> Chunk:
    """Return a chunk that holds only this delta."""
    return {"choices": [{"index": 0, "delta": fields, "finish_reason": None}]}


def text(content: str) -> Chunk:
    return delta(content=content)


def call(
    index: int | str | None = None, ident: str | None = None, name: str | None = None, arguments: Any = None
) -> Chunk:
    """Return a chunk with a fragment of a tool call; what is `None` is not in it."""
    function = {key: value for key, value in (("name", name), ("arguments", arguments)) if value is not None}
    fragment = {"index": index, "id": ident, "type": "function", "function": function}
    return delta(tool_calls=[{key: value for key, value in fragment.items() if value is not None}])


# Text and reasoning


@pytest.mark.parametrize(
    "field",
    [
        pytest.param({"reasoning": "Hm. "}, id="OpenRouter's name"),
        pytest.param({"reasoning_content": "Hm. "}, id="DeepSeek's, vLLM's and llama.cpp's name"),
        pytest.param({"reasoning": "Hm. ", "reasoning_content": "Hm. "}, id="both, counted once"),
        pytest.param({"reasoning": None, "reasoning_content": "Hm. "}, id="one of them null"),
        pytest.param({"reasoning": "", "reasoning_content": "Hm. "}, id="one of them empty"),
        pytest.param({"content": [{"type": "thinking", "thinking": "Hm. "}]}, id="a thinking part"),
        pytest.param(
            {"content": [{"type": "thinking", "thinking": [{"type": "text", "text": "Hm. "}]}]}, id="Mistral's nesting"
        ),
        pytest.param({"reasoning_details": [{"type": "reasoning.text", "text": "Hm. "}]}, id="details alone"),
        pytest.param({"reasoning_details": [{"type": "reasoning.summary", "summary": "Hm. "}]}, id="a summary alone"),
        pytest.param({"role": "assistant", "content": None, "reasoning_content": "Hm. "}, id="beside null content"),
    ],
)
def test_reasoning_is_found_under_every_name(field: Chunk, wire: Wire) -> None:
    assert wire.events(delta(**field), text("Yes."), STOP) == [ReasoningDelta("Hm. "), TextDelta("Yes.")]
    result = wire.stream(delta(**field), text("Yes."), STOP)
    assert (result.reasoning, result.text) == ("Hm. ", "Yes.")
    message = {"role": "assistant", **field}
    whole = wire.whole({"choices": [{"index": 0, "message": message, "finish_reason": "stop"}]})
    assert (whole.reasoning, whole.text) == ("Hm. ", "")


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ([{"type": "text", "text": "a"}, {"type": "text", "text": "b"}], "ab"),
        (["a", {"type": "output_text", "text": "b"}], "ab"),
        ({"type": "text", "text": "a"}, "a"),
        ([{"type": "text", "text": "a"}, None, 7, {"type": "unheard_of"}, {"type": "text", "text": None}], "a"),
        ([], ""),
    ],
)
def test_content_may_be_a_list_of_parts(content: Any, expected: str, wire: Wire) -> None:
    assert wire.stream(delta(content=content), STOP).text == expected
    whole = {"choices": [{"message": {"content": content}, "finish_reason": "stop"}]}
    assert wire.whole(whole).text == expected


def test_a_picture_among_the_parts_is_an_image(wire: Wire) -> None:
    picture = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AA=="}}
    events = wire.events(delta(content=[{"type": "text", "text": "Here: "}, picture]), STOP)
    assert events == [TextDelta("Here: "), ImageDelta(picture)]


def test_legacy_text_of_a_choice_is_text(wire: Wire) -> None:
    """Servers of the old completions form put `text` beside `index`."""
    assert wire.stream({"choices": [{"index": 0, "text": "Hi", "finish_reason": "stop"}]}).text == "Hi"


def test_an_emoji_cut_between_two_chunks_is_whole_again(wire: Wire) -> None:
    """One chunk ends in the first half of the escaped surrogate pair, the next begins with the second."""
    halves = [rb'{"choices":[{"delta":{"%s":"a\ud83d"}}]}', rb'{"choices":[{"delta":{"%s":"\ude00b"}}]}']
    for name, made in ((b"content", TextDelta), (b"reasoning", ReasoningDelta)):
        chunks = [b"data: " + half % name + b"\n\n" for half in halves]
        assert wire.events(*chunks, STOP) == [made("a"), made("😀b")]


def test_half_an_emoji_becomes_a_replacement_character(wire: Wire) -> None:
    """Text that cannot be written as UTF-8 would break whatever comes after."""
    broken = rb'data: {"choices":[{"delta":{"content":"\ude00 and \ud83d x"}}]}' + b"\n\n"
    end = rb'data: {"choices":[{"delta":{"content":"\ud83d"},"finish_reason":"stop"}]}' + b"\n\n"
    assert wire.stream(broken, end).text == "\ufffd and \ufffd x"


def test_an_emoji_cut_inside_arguments_and_details_is_whole_again(wire: Wire) -> None:
    chunks = [
        rb'{"choices":[{"delta":{"tool_calls":[{"index":0,"id":"c","function":{"name":"f","arguments":"{\"a\":\"\ud83d"}}]}}]}',
        rb'{"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"arguments":"\ude00\"}"}}]}}]}',
        rb'{"choices":[{"delta":{"reasoning_details":[{"type":"reasoning.text","text":"\ud83d","index":0}]}}]}',
        rb'{"choices":[{"delta":{"reasoning_details":[{"type":"reasoning.text","text":"\ude00","index":0}]}}]}',
    ]
    result = wire.stream(*[b"data: " + chunk + b"\n\n" for chunk in chunks], CALLED)
    assert result.tool_calls == (ToolCall("c", "f", '{"a":"😀"}', {"a": "😀"}),)
    assert result.reasoning_details == ({"type": "reasoning.text", "text": "😀", "index": 0},)


def test_characters_cut_by_the_network_are_whole_again(wire: Wire) -> None:
    raw = b"data: " + json.dumps(text("žluťoučký 🐎"), ensure_ascii=False).encode() + b"\n\n"
    headers = {"content-type": "text/event-stream"}
    result = wire.stream(*[raw[at : at + 1] for at in range(len(raw))], STOP, headers=headers)
    assert result.text == "žluťoučký 🐎"


# Identity, choices and usage


def test_a_first_chunk_without_choices_says_nothing(wire: Wire) -> None:
    """Azure begins with what its content filter thinks of the prompt, under an empty name."""
    first = {"choices": [], "created": 0, "id": "", "model": "", "object": "", "prompt_filter_results": [{}]}
    second = {"id": "gen-1", "created": 1790000000, "model": "sim/echo", "provider": "Azure", **text("Hi")}
    result = wire.stream(first, second, STOP)
    assert (result.id, result.created, result.model) == ("gen-1", 1790000000, "sim/echo")
    assert (result.provider, result.text, result.warnings) == ("Azure", "Hi", ())


def test_chunks_without_any_identity_are_read(wire: Wire) -> None:
    result = wire.stream(text("Hi"), STOP)
    assert (result.id, result.created, result.model, result.provider) == ("", None, "", None)
    assert (result.requested_model, result.text) == ("sim/echo", "Hi")


def test_a_provider_named_later_is_noted(wire: Wire) -> None:
    first = {"id": "gen-1", "model": "sim/echo", **text("Hi")}
    assert wire.stream(first, {"provider": "Somebody", **STOP}).provider == "Somebody"


def test_only_choice_0_counts(wire: Wire) -> None:
    other = {"choices": [{"index": "1", "delta": {"content": "no"}, "finish_reason": "length"}]}
    both = {"choices": [{"index": 1, "delta": {"content": "no"}}, {"index": 0, "delta": {"content": "yes"}}]}
    result = wire.stream(other, both, STOP, other)
    assert (result.text, result.finish_reason) == ("yes", "stop")


@pytest.mark.parametrize("index", [{}, {"index": None}, {"index": 0}, {"index": "0"}])
def test_a_choice_without_an_index_is_choice_0(index: Chunk, wire: Wire) -> None:
    assert wire.stream({"choices": [{**index, "delta": {"content": "Hi"}, "finish_reason": "stop"}]}).text == "Hi"


SPENT = {"prompt_tokens": 3, "completion_tokens": 4, "total_tokens": 7, "cost": 0.25}
COUNTED = Usage(3, 4, 7, cost=Decimal("0.25"))


@pytest.mark.parametrize(
    "chunks",
    [
        pytest.param([text("Hi"), STOP, {"choices": [], "usage": SPENT}], id="after the end, without a choice"),
        pytest.param([text("Hi"), STOP, {**STOP, "usage": SPENT}], id="after the end, with a choice"),
        pytest.param([text("Hi"), {**STOP, "usage": SPENT}], id="with the finish reason"),
        pytest.param(
            [{**text("Hi"), "usage": None}, {**STOP, "usage": None}, {"choices": [], "usage": SPENT}],
            id="null until then",
        ),
        pytest.param(
            [{**text("Hi"), "usage": {**SPENT, "cost": 0.1}}, {**STOP, "usage": SPENT}], id="growing on every chunk"
        ),
        pytest.param([{**text("Hi"), "usage": SPENT}, {**STOP, "usage": {}}], id="empty in the end"),
        pytest.param([text("Hi"), STOP, {"usage": SPENT}], id="with no choices at all"),
        pytest.param([text("Hi"), STOP, {"choices": None, "usage": SPENT}], id="with null choices"),
    ],
)
def test_usage_is_found_wherever_it_is(chunks: list[Chunk], wire: Wire) -> None:
    result = wire.stream(*chunks)
    assert (result.text, result.finish_reason, result.usage) == ("Hi", "stop", COUNTED)


@pytest.mark.parametrize(
    ("usage", "expected"),
    [
        ({"prompt_tokens": 3, "completion_tokens": 4}, Usage(3, 4, 7)),
        ({"prompt_tokens": 3, "completion_tokens": 4, "cost": {"total": 1.5}}, Usage(3, 4, 7)),
        ({"prompt_tokens": 3, "completion_tokens": 4, "cost": None}, Usage(3, 4, 7)),
        ({"prompt_tokens": 3, "completion_tokens": 4, "cost": True}, Usage(3, 4, 7)),
        ({"prompt_tokens": None, "completion_tokens": "4", "total_tokens": 9}, Usage(0, 0, 9)),
        ({"prompt_tokens": 3.0, "completion_tokens": 4.0, "cost": 6e-05}, Usage(3, 4, 7, cost=Decimal("0.00006"))),
        ({"prompt_tokens": 3, "completion_tokens": 4, "cost": 0}, Usage(3, 4, 7, cost=Decimal(0))),
        (
            {
                "prompt_tokens": 9,
                "completion_tokens": 8,
                "prompt_tokens_details": {"cached_tokens": 5, "cache_write_tokens": 2},
                "completion_tokens_details": {"reasoning_tokens": 6},
            },
            Usage(9, 8, 17, 6, 5, 2),
        ),
        ({"prompt_tokens": 1, "prompt_tokens_details": None, "completion_tokens_details": []}, Usage(1, 0, 1)),
        ({"prompt_tokens": 10**400, "completion_tokens": 1, "cost": 10**400}, None),
        ([], None),
        ("7 tokens", None),
    ],
)
def test_usage_is_read_as_far_as_it_makes_sense(usage: Any, expected: Usage | None, wire: Wire) -> None:
    result = wire.stream(text("Hi"), {**STOP, "usage": usage})
    assert result.text == "Hi"
    if isinstance(usage, dict) and expected is None:
        assert result.usage is not None
        assert result.usage.completion_tokens == 1
    else:
        assert result.usage == expected


def test_the_cost_is_exact_to_the_last_digit(wire: Wire) -> None:
    """Money never passes through a sum of floats: what was sent is what is kept."""
    raw = b'data: {"choices":[],"usage":{"prompt_tokens":1,"cost":0.0076509169000000005}}\n\n'
    usage = wire.stream(text("Hi"), STOP, raw).usage
    assert str(usage.cost) == "0.0076509169000000005"


# Finish reasons and the end of the stream


def finish(reason: str | None, native: str | None = None) -> Chunk:
    return {"choices": [{"index": 0, "delta": {}, "finish_reason": reason, "native_finish_reason": native}]}


@pytest.mark.parametrize(
    ("chunks", "expected"),
    [
        ([finish("stop", "end_turn"), finish("stop", "end_turn")], ("stop", "end_turn")),
        ([finish("stop", "end_turn"), finish(None, None)], ("stop", "end_turn")),
        ([finish("stop", "end_turn"), finish("length", "MAX_TOKENS")], ("length", "MAX_TOKENS")),
        ([finish("", ""), finish("stop")], ("stop", None)),
        ([finish("something_new")], ("something_new", None)),
    ],
)
def test_the_last_finish_reason_that_is_not_null_counts(
    chunks: list[Chunk], expected: tuple[str, str | None], wire: Wire
) -> None:
    result = wire.stream(text("Hi"), *chunks)
    assert (result.finish_reason, result.native_finish_reason) == expected


def test_text_after_the_finish_reason_is_kept(wire: Wire) -> None:
    assert wire.stream(text("a"), STOP, text("b")).text == "ab"


@pytest.mark.parametrize("end", ["close", "cut", "hang"])
def test_done_ends_the_stream_whatever_the_connection_does(end: str, wire: Wire) -> None:
    """Some servers leave the connection open behind [DONE]."""
    result = wire.stream(text("Hi"), STOP, end=end)
    assert (result.text, result.is_partial) == ("Hi", False)


@pytest.mark.parametrize("end", ["close", "cut"])
def test_a_finish_reason_ends_the_answer_without_done(end: str, wire: Wire) -> None:
    result = wire.stream(text("Hi"), STOP, done=False, end=end)
    assert (result.text, result.finish_reason, result.is_partial) == ("Hi", "stop", False)


def test_a_finish_reason_ends_the_answer_although_the_connection_stays_open(wire: Wire, make_service: Any) -> None:
    """Nothing more is waited for than the usage, and for that not long."""
    hasty = Wire(wire.sim, make_service(timeout=0.2))
    result = hasty.stream(text("Hi"), STOP, done=False, end="hang")
    assert (result.text, result.finish_reason, result.is_partial) == ("Hi", "stop", False)
    assert wire.sim.wait_for_disconnect()


def test_what_follows_done_is_not_read(wire: Wire) -> None:
    assert wire.stream(text("a"), STOP, b"data: [DONE]\n\n", text("b")).text == "a"


def test_the_last_event_needs_no_blank_line(wire: Wire) -> None:
    raw = b"data: " + json.dumps(STOP).encode()
    assert wire.stream(text("Hi"), raw, done=False).finish_reason == "stop"


def test_a_stream_that_ends_without_a_finish_reason_is_interrupted(wire: Wire) -> None:
    error = wire.stream_fails(StreamInterruptedError, text("Hi"), {"choices": [], "usage": SPENT}, done=False)
    assert error.status_code == 200
    assert (error.partial.text, error.partial.usage, error.partial.is_partial) == ("Hi", COUNTED, True)


def test_done_without_a_finish_reason_is_interrupted(wire: Wire) -> None:
    error = wire.stream_fails(StreamInterruptedError, text("Hi"))
    assert error.partial.text == "Hi"


def test_a_connection_cut_in_the_middle_is_interrupted(wire: Wire) -> None:
    error = wire.stream_fails(StreamInterruptedError, text("Hi"), b'data: {"choices":[{"del', done=False, end="cut")
    assert (error.partial.text, error.retryable) == ("Hi", True)
    assert error.hint


# Tool calls


@pytest.mark.parametrize(
    ("chunks", "expected"),
    [
        pytest.param(
            [call(0, "a", "f", ""), call(0, arguments='{"x"'), call(0, arguments=": 1}")],
            [ToolCall("a", "f", '{"x": 1}', {"x": 1})],
            id="OpenAI's own fragments, nothing else in the delta",
        ),
        pytest.param(
            [call(1, "a", "f", "{}"), call(2, "b", "g", "{}")],
            [ToolCall("a", "f", "{}", {}), ToolCall("b", "g", "{}", {})],
            id="indexes from 1",
        ),
        pytest.param(
            [call(1, "b", "g", "{}"), call(0, "a", "f", "{}")],
            [ToolCall("a", "f", "{}", {}), ToolCall("b", "g", "{}", {})],
            id="in the order of the indexes",
        ),
        pytest.param(
            [call(0, "a", "f", '{"x"'), call(1, "b", "g", '{"y"'), call(0, arguments=":1}"), call(1, arguments=":2}")],
            [ToolCall("a", "f", '{"x":1}', {"x": 1}), ToolCall("b", "g", '{"y":2}', {"y": 2})],
            id="interleaved",
        ),
        pytest.param(
            [call(0, "a", "f", ""), call(0, "a", "", '{"x"'), call(0, "", "", ":1}")],
            [ToolCall("a", "f", '{"x":1}', {"x": 1})],
            id="empty names again and again",
        ),
        pytest.param(
            [call(0, "a", "f", '{"x"'), call(0, "a", "f", ":1}"), call(0, "a", "f", "")],
            [ToolCall("a", "f", '{"x":1}', {"x": 1})],
            id="id and name again and again",
        ),
        pytest.param(
            [call(0, "a", "f", "{}"), call(0, "b", "f", '{"x":'), call(0, arguments="1}"), call(0, "c", "g", "{}")],
            [ToolCall("a", "f", "{}", {}), ToolCall("b", "f", '{"x":1}', {"x": 1}), ToolCall("c", "g", "{}", {})],
            id="index 0 for every call, ids tell them apart",
        ),
        pytest.param(
            [call(0, name="f", arguments='{"x":1}'), call(0, name="f", arguments="{}"), call(0, name="g")],
            [
                ToolCall("call_0", "f", '{"x":1}', {"x": 1}),
                ToolCall("call_1", "f", "{}", {}),
                ToolCall("call_2", "g", "", {}),
            ],
            id="index 0 for every call, and no ids",
        ),
        pytest.param(
            [call(0, name="f", arguments='{"x"'), call(0, name="f", arguments=":1}"), call(0, name="f", arguments="")],
            [ToolCall("call_0", "f", '{"x":1}', {"x": 1})],
            id="no ids, the name again and again",
        ),
        pytest.param(
            [call(None, "a", "f", '{"x"'), call(None, arguments=":1}"), call(None, "b", "g", "{}")],
            [ToolCall("a", "f", '{"x":1}', {"x": 1}), ToolCall("b", "g", "{}", {})],
            id="no indexes",
        ),
        pytest.param(
            [delta(tool_calls=[{"function": {"name": "f", "arguments": "{}"}}, {"function": {"name": "g"}}])],
            [ToolCall("call_0", "f", "{}", {}), ToolCall("call_1", "g", "", {})],
            id="neither indexes nor ids",
        ),
        pytest.param(
            [
                call(None, "a", "f"),
                call(None, "b", "g"),
                call(None, "a", arguments='{"x":1}'),
                call(None, "b", "", "{}"),
            ],
            [ToolCall("a", "f", '{"x":1}', {"x": 1}), ToolCall("b", "g", "{}", {})],
            id="no indexes, interleaved by their ids",
        ),
        pytest.param(
            [call(0, "a", "f"), call(0, "b", "g"), call(0, "a", arguments='{"x":1}'), call(0, "b", "", "{}")],
            [ToolCall("a", "f", '{"x":1}', {"x": 1}), ToolCall("b", "g", "{}", {})],
            id="index 0 for every call, interleaved by their ids",
        ),
        pytest.param(
            [call("0", "a", "f", '{"x"'), call("1", "a", "g"), call("0", arguments=":1}"), call("1", arguments="{}")],
            [ToolCall("a", "f", '{"x":1}', {"x": 1}), ToolCall("a", "g", "{}", {})],
            id="indexes as texts",
        ),
        pytest.param(
            [call(0, name="f"), call(0, ident="a"), call(0, arguments="{}")],
            [ToolCall("a", "f", "{}", {})],
            id="the id later",
        ),
        pytest.param(
            [call(0, "a", "f", '{"x": [1, 2')], [ToolCall("a", "f", '{"x": [1, 2', None)], id="arguments cut off"
        ),
        pytest.param([call(0, "a", "f", "[1]")], [ToolCall("a", "f", "[1]", None)], id="arguments that are no object"),
        pytest.param([call(0, "a", "f", "not JSON")], [ToolCall("a", "f", "not JSON", None)], id="no JSON at all"),
        pytest.param([call(0, "a", "f")], [ToolCall("a", "f", "", {})], id="no arguments"),
        pytest.param(
            [call(0, "a", "f", {"x": 1})], [ToolCall("a", "f", '{"x": 1}', {"x": 1})], id="arguments as an object"
        ),
        pytest.param(
            [delta(function_call={"name": "f", "arguments": '{"x"'}), delta(function_call={"arguments": ":1}"})],
            [ToolCall("call_0", "f", '{"x":1}', {"x": 1})],
            id="the legacy function_call",
        ),
        pytest.param(
            [delta(tool_calls=[None, 7, {}, {"function": None}]), call(0, "a", "f", "{}")],
            [ToolCall("a", "f", "{}", {})],
            id="rubbish before",
        ),
    ],
)
def test_tool_calls_are_put_together(chunks: list[Chunk], expected: list[ToolCall], wire: Wire) -> None:
    result = wire.stream(*chunks, CALLED)
    assert list(result.tool_calls) == expected
    assert (result.text, result.verdict) == ("", None)


def test_fragments_of_a_call_are_told_as_they_come(wire: Wire) -> None:
    events = wire.events(call(1, "a", "f", ""), call(1, "a", "f", '{"x"'), call(2, "b", "g", "{}"), CALLED)
    assert events == [
        ToolCallDelta(0, "a", "f", ""),
        ToolCallDelta(0, "a", "", '{"x"'),
        ToolCallDelta(1, "b", "g", "{}"),
    ]


def test_every_call_of_a_body_is_a_call_of_its_own(wire: Wire) -> None:
    """Neither indexes nor ids are needed in a body."""
    calls = [{"type": "function", "function": {"name": "f", "arguments": "{}"}} for _ in range(3)]
    message = {"role": "assistant", "content": None, "tool_calls": calls}
    result = wire.whole({"choices": [{"index": 0, "message": message, "finish_reason": "tool_calls"}]})
    assert list(result.tool_calls) == [ToolCall(f"call_{at}", "f", "{}", {}) for at in range(3)]


def test_calls_beside_text_are_both_kept(wire: Wire) -> None:
    result = wire.stream(text("I'll look."), call(0, "a", "f", "{}"), CALLED)
    assert (result.text, len(result.tool_calls), result.verdict) == ("I'll look.", 1, None)


# Reasoning details, refusals, images, annotations, audio


def test_details_of_different_kinds_stay_apart(wire: Wire) -> None:
    """Fragments are merged by type and index; a new id begins a new detail."""
    kinds = [
        {"type": "reasoning.summary", "summary": "a", "index": 0},
        {"type": "reasoning.summary", "summary": "b", "index": 0, "format": "x"},
        {"type": "reasoning.summary", "summary": "c", "index": 1},
        {"type": "reasoning.encrypted", "data": "d", "index": 0, "id": "r1"},
        {"type": "reasoning.encrypted", "data": "e", "index": 0, "id": "r1"},
        {"type": "reasoning.encrypted", "data": "f", "index": 0, "id": "r2"},
        {"type": "reasoning.server_tool_call", "anything": [1]},
    ]
    result = wire.stream(*[delta(reasoning_details=[kind]) for kind in kinds], text("x"), STOP)
    assert list(result.reasoning_details) == [
        {"type": "reasoning.summary", "summary": "ab", "index": 0, "format": "x"},
        {"type": "reasoning.summary", "summary": "c", "index": 1},
        {"type": "reasoning.encrypted", "data": "de", "index": 0, "id": "r1"},
        {"type": "reasoning.encrypted", "data": "f", "index": 0, "id": "r2"},
        {"type": "reasoning.server_tool_call", "anything": [1]},
    ]
    assert result.reasoning == "abc"


def test_an_empty_signature_does_not_wipe_out_the_real_one(wire: Wire) -> None:
    parts = [{"text": "a", "signature": ""}, {"text": "b", "signature": "real"}, {"text": "", "signature": ""}]
    chunks = [delta(reasoning_details=[{"type": "reasoning.text", "index": 0, **part}]) for part in parts]
    assert wire.stream(*chunks, STOP).reasoning_details == (
        {"type": "reasoning.text", "index": 0, "text": "ab", "signature": "real"},
    )


def test_details_of_a_body_are_left_as_they_are(wire: Wire) -> None:
    """Only fragments are merged: two whole thoughts have a signature each, and are sent back as they came."""
    details = [
        {"type": "reasoning.text", "text": "a", "signature": "s1", "format": None},
        {"type": "reasoning.text", "text": "b", "signature": "s2", "format": None},
    ]
    message = {"role": "assistant", "content": "x", "reasoning": "ab", "reasoning_details": details}
    result = wire.whole({"choices": [{"index": 0, "message": message, "finish_reason": "stop"}]})
    assert list(result.reasoning_details) == details


def test_whatever_came_can_be_sent_back(wire: Wire) -> None:
    """What has no JSON or no UTF-8 would keep a conversation from going on."""
    odd = b'{"type":"%s","index":0,"x":{"score":NaN,"limits":[-Infinity,1e999,0.5],"\\ud83d":"a\\ude00"}}'
    fields = b'"reasoning_details":[%s],"annotations":[%s],"images":[%s]' % (
        odd % b"reasoning.text",
        odd % b"file",
        odd % b"image_url",
    )
    result = wire.stream(b'data: {"choices":[{"index":0,"delta":{%s}}]}\n\n' % fields, text("Hi"), STOP)
    inner = {"score": None, "limits": [None, None, 0.5], "\ufffd": "a\ufffd"}
    assert [part["x"] for part in (*result.reasoning_details, *result.annotations, *result.images)] == [inner] * 3
    conversation = Conversation()
    message = conversation.add_assistant(result)
    assert message.reasoning_details == result.reasoning_details
    json.dumps(conversation.to_request().messages[0].model_dump(), ensure_ascii=False, allow_nan=False).encode()


def test_a_refusal_comes_in_its_own_words(wire: Wire) -> None:
    result = wire.stream(delta(refusal="I can't "), delta(refusal="help."), STOP)
    assert (result.refusal, result.text) == ("I can't help.", "")
    assert result.verdict.kind == "refused"
    message = {"role": "assistant", "content": None, "refusal": "No."}
    assert wire.whole({"choices": [{"message": message, "finish_reason": "stop"}]}).refusal == "No."


def test_images_and_annotations_are_events_and_kept(wire: Wire) -> None:
    image = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AA=="}, "index": 0}
    citation = {"type": "url_citation", "url_citation": {"url": "https://example.com", "title": "x"}}
    chunks = [delta(role="assistant", content="", images=[image]), delta(annotations=[citation]), STOP]
    assert wire.events(*chunks) == [ImageDelta(image), AnnotationDelta(citation)]
    result = wire.stream(*chunks)
    assert (result.images, result.annotations, result.verdict) == ((image,), (citation,), None)


def test_audio_is_put_together(wire: Wire) -> None:
    pieces = [{"id": "a1", "data": "AAA"}, {"data": "BBB", "transcript": "Hel"}, {"transcript": "lo", "expires_at": 9}]
    result = wire.stream(*[delta(audio=piece) for piece in pieces], STOP)
    assert result.audio == {"id": "a1", "data": "AAABBB", "transcript": "Hello", "expires_at": 9}
    assert result.verdict is None


# What the events themselves look like


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(b"data: %s\ndata: %s\n\n", id="separated by one line end"),
        pytest.param(b"data: %s\r\ndata: %s\r\n\r\n", id="the same with CRLF"),
        pytest.param(b"data: %s\ndata: %s\ndata: [DONE]\n", id="the end among them"),
        pytest.param(b"\xef\xbb\xbfdata:%s\r\rdata:%s\r\r", id="CR, a byte order mark and no space"),
        pytest.param(b": hi\nid: 1\nevent: message\ndata: %s\nretry: 3\n\nid: 2\ndata: %s\n\n", id="other fields"),
    ],
)
def test_events_may_be_written_in_many_ways(raw: bytes, wire: Wire) -> None:
    stream = raw % (json.dumps(text("Hi")).encode(), json.dumps(STOP).encode())
    result = wire.stream(stream, done=False)
    assert (result.text, result.finish_reason, result.warnings) == ("Hi", "stop", ())


def test_json_over_several_data_lines_is_one_event(wire: Wire) -> None:
    pretty = json.dumps(text("Hi"), indent=1).encode()
    raw = b"".join(b"data: " + line + b"\n" for line in pretty.split(b"\n")) + b"\n"
    result = wire.stream(raw, STOP)
    assert (result.text, result.warnings) == ("Hi", ())


@pytest.mark.parametrize("broken", [b'data: {"choices":[{"delta":{"cont\n\n', b"data: <html>\n\n", b"data: {]\n\n"])
def test_an_event_that_cannot_be_read_is_left_out_with_a_warning(broken: bytes, wire: Wire) -> None:
    result = wire.stream(text("a"), broken, text("b"), STOP)
    assert result.text == "ab"
    assert result.warnings == ("1 part(s) of the stream could not be read and were left out.",)


@pytest.mark.parametrize("odd", [b"null", b"7", b'"x"', b"[]", b"{}", b'{"choices":7}', b'{"choices":[null,7]}', b""])
def test_json_that_is_no_chunk_says_nothing(odd: bytes, wire: Wire) -> None:
    result = wire.stream(text("a"), b"data: " + odd + b"\n\n", text("b"), STOP)
    assert (result.text, result.warnings) == ("ab", ())


@pytest.mark.parametrize(
    "odd",
    [
        {"delta": None},
        {"delta": 7},
        {"delta": {"content": 7, "reasoning": {}, "tool_calls": 7, "refusal": [], "images": {}, "audio": "x"}},
        {"delta": {"reasoning": [7, None, {"text": 7}], "reasoning_details": [7], "annotations": [None]}},
        {"delta": {"content": None}, "finish_reason": 7, "native_finish_reason": []},
    ],
)
def test_a_choice_of_odd_types_says_nothing(odd: Chunk, wire: Wire) -> None:
    assert wire.events(text("a"), {"choices": [{"index": 0, **odd}]}, text("b"), STOP) == [
        TextDelta("a"),
        TextDelta("b"),
    ]


# The response around the events

BODY = {"id": "gen-1", "choices": [{"index": 0, "message": {"content": "Hi"}, "finish_reason": "stop"}]}


def test_a_body_is_read_although_a_stream_was_asked_for(wire: Wire) -> None:
    assert wire.events(json.dumps(BODY).encode(), done=False) == [TextDelta("Hi")]
    assert wire.sim.chat_requests[0].body["stream"] is True


def test_a_stream_is_read_although_a_body_was_asked_for(wire: Wire) -> None:
    raw = b"data: " + json.dumps({**text("Hi"), "id": "gen-1"}).encode() + b"\n\ndata: " + json.dumps(STOP).encode()
    result = wire.whole(raw)
    assert (result.text, result.id) == ("Hi", "gen-1")
    assert wire.sim.chat_requests[0].body["stream"] is False


@pytest.mark.parametrize("kind", ["", "text/plain; charset=utf-8", "application/octet-stream"])
def test_without_a_telling_content_type_the_beginning_decides(kind: str, wire: Wire) -> None:
    headers = {"content-type": kind}
    body = b" \n \n" + json.dumps(BODY).encode()
    assert wire.whole(body, headers=headers).text == "Hi"
    raw = b"data: " + json.dumps(text("Hi")).encode() + b"\n\n"
    for start in (b"", b": comment\n\n", b":\n\n", b"\n\n", b"event: x\n", b"id: 1\n", b"\xef\xbb\xbf"):
        assert wire.stream(start + raw, STOP, headers=headers).text == "Hi"


def test_the_beginning_may_come_a_byte_at_a_time(wire: Wire) -> None:
    """Nothing is decided before there is enough to decide by."""
    headers = {"content-type": "text/plain"}
    raw = b"\n" * 12 + b"data: " + json.dumps(text("Hi")).encode() + b"\n\n"
    assert wire.stream(*[raw[at : at + 1] for at in range(len(raw))], STOP, headers=headers).text == "Hi"
    body = json.dumps(BODY).encode()
    assert wire.stream(*[body[at : at + 1] for at in range(len(body))], done=False, headers=headers).text == "Hi"


@pytest.mark.parametrize("before", [b"", b" \n\n"], ids=["at once", "behind white space"])
def test_what_cannot_be_what_its_content_type_says_is_read_for_what_it_is(before: bytes, wire: Wire) -> None:
    """Proxies send the JSON of an error as a stream, and streams as JSON."""
    whole = [before, json.dumps(BODY).encode()]
    assert wire.stream(*whole, done=False, headers={"content-type": "text/event-stream"}).text == "Hi"
    events = [before, b": OPENROUTER PROCESSING\n\n", text("Hi"), STOP]
    assert wire.stream(*events, headers={"content-type": "application/json"}).text == "Hi"


def test_a_content_type_may_have_parameters_and_capitals(wire: Wire) -> None:
    headers = {"content-type": "Text/Event-Stream; charset=UTF-8"}
    assert wire.stream(b": x\n\n", text("Hi"), STOP, headers=headers).text == "Hi"


def test_a_body_may_begin_with_a_byte_order_mark(wire: Wire) -> None:
    assert wire.whole(b"\xef\xbb\xbf" + json.dumps(BODY).encode()).text == "Hi"


def test_a_compressed_body_is_read(wire: Wire) -> None:
    packed = gzip.compress(json.dumps(BODY).encode())
    headers = {"content-encoding": "gzip", "content-type": "application/json"}
    assert wire.whole(packed, headers=headers).text == "Hi"


def test_a_compressed_stream_is_read(wire: Wire) -> None:
    raw = b"data: " + json.dumps(text("Hi")).encode() + b"\n\ndata: " + json.dumps(STOP).encode() + b"\n\n"
    packed = gzip.compress(raw)
    headers = {"content-encoding": "gzip", "content-type": "text/event-stream"}
    assert wire.stream(packed[:20], packed[20:], done=False, headers=headers).text == "Hi"


def test_a_body_that_is_not_compressed_as_it_says_is_a_provider_error(wire: Wire) -> None:
    headers = {"content-encoding": "gzip", "content-type": "application/json"}
    error = wire.whole_fails(ProviderError, b"no gzip at all", headers=headers)
    assert error.retryable is True
    assert error.hint


def test_a_body_that_stops_in_the_middle_is_a_provider_error(wire: Wire) -> None:
    error = wire.whole_fails(ProviderError, json.dumps(BODY).encode()[:40])
    assert error.status_code == 200
    assert "broken JSON" in error.message


def test_a_page_instead_of_an_answer_is_a_provider_error(wire: Wire) -> None:
    page = b"<!doctype html><html><head><title>Just a moment...</title></head><body>x</body></html>"
    error = wire.whole_fails(ProviderError, page, headers={"content-type": "text/html; charset=utf-8"})
    assert (error.status_code, error.provider_message) == (200, "Just a moment...")
    assert "text/html" in error.message
