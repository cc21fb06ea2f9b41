"""Errors inside HTTP 200: in every form, at every place, with what had arrived before."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from service import (
    AuthenticationError,
    ContextLengthError,
    EmptyResponseError,
    InsufficientCreditsError,
    InvalidRequestError,
    ModelNotFoundError,
    ModerationError,
    NetworkError,
    OpenRouterConfig,
    OpenRouterError,
    OpenRouterService,
    PermissionDeniedError,
    ProviderError,
    RateLimitError,
    ReasoningDelta,
    RequestTimeoutError,
    StreamInterruptedError,
    TextDelta,
    ToolCall,
    Usage,
)
from service.simulator import Reply, Simulator
from tests.support import KEY, ask
from tests.wire.support import Wire, encoded

Chunk = dict[str, Any]
IDENTITY: Chunk = {"id": "gen-1", "created": 1790000000, "model": "sim/echo", "provider": "Liquid"}
SPENT = {"prompt_tokens": 3, "completion_tokens": 4, "total_tokens": 7, "cost": 0.25}
COUNTED = Usage(3, 4, 7, cost=Decimal("0.25"))


def text(content: str, **choice: Any) -> Chunk:
    return {**IDENTITY, "choices": [{"index": 0, "delta": {"content": content}, "finish_reason": None, **choice}]}


def failing(error: Any, **chunk: Any) -> Chunk:
    """Return the documented form of an error in a stream: at the top, beside a choice that finishes with an error."""
    return {**text("", finish_reason="error"), "error": error, **chunk}


def words_of(code: Any = 502, message: str = "Provider returned error", **metadata: Any) -> Chunk:
    return {"code": code, "message": message, "metadata": metadata}


# Before any output: the class by the code

BEFORE = [
    (words_of(400), InvalidRequestError, False),
    (words_of(400, "This endpoint's maximum context length is 8 tokens."), ContextLengthError, False),
    (words_of(400, "x/y is not a valid model ID"), ModelNotFoundError, False),
    (words_of(401), AuthenticationError, False),
    (words_of(402), InsufficientCreditsError, False),
    (words_of(402, limit_source="openrouter_in_flight_budget"), InsufficientCreditsError, True),
    (words_of(403), PermissionDeniedError, False),
    (words_of(403, reasons=["violence"]), ModerationError, False),
    (words_of(404), ModelNotFoundError, False),
    (words_of(408), RequestTimeoutError, True),
    (words_of(429), RateLimitError, True),
    (words_of(429, limit_source="openrouter_free_tier_daily"), RateLimitError, False),
    (words_of(500), ProviderError, True),
    (words_of(502), ProviderError, True),
    (words_of(503), ProviderError, True),
    (words_of(504), RequestTimeoutError, True),
    (words_of(524), RequestTimeoutError, True),
    (words_of(529), ProviderError, True),
    (words_of("429"), RateLimitError, True),
    (words_of("rate_limit_exceeded"), RateLimitError, True),
    (words_of("server_error"), ProviderError, True),
    (words_of("context_length_exceeded"), ContextLengthError, False),
    (words_of(None, error_type="rate_limit_exceeded"), RateLimitError, True),
    (words_of(None, error_type="provider_overloaded"), ProviderError, True),
    (words_of("what_is_this"), ProviderError, True),
    (words_of(7), ProviderError, True),
    (words_of(None), ProviderError, True),
]


def named(case: Any) -> str | None:
    return f"{case['code']}-{case['metadata']}-{case['message'][:20]}" if isinstance(case, dict) else None


@pytest.mark.parametrize(("error", "kind", "retryable"), BEFORE, ids=named)
def test_a_body_that_is_only_an_error_is_the_error_of_its_code(
    error: Chunk, kind: type[OpenRouterError], retryable: bool, wire: Wire
) -> None:
    caught = wire.whole_fails(kind, {"error": error, "user_id": "user_1"})
    assert (caught.status_code, caught.retryable) == (200, retryable)
    assert caught.code == (None if error["code"] is None else str(error["code"]))
    assert caught.provider_message == error["message"]
    assert caught.hint
    assert caught.partial is None


@pytest.mark.parametrize(("error", "kind", "retryable"), BEFORE, ids=named)
def test_a_first_event_that_is_an_error_is_the_error_of_its_code(
    error: Chunk, kind: type[OpenRouterError], retryable: bool, wire: Wire
) -> None:
    """Whether the connection is closed behind it or not."""
    caught = wire.stream_fails(kind, b": OPENROUTER PROCESSING\n\n", failing(error), done=False, end="hang")
    assert (caught.status_code, caught.retryable) == (200, retryable)
    assert caught.provider_message == error["message"]
    assert caught.provider == "Liquid"


OVERLOADED = {"type": "overloaded_error", "message": "Overloaded"}


@pytest.mark.parametrize(
    ("events", "kind", "code", "words"),
    [
        pytest.param([{"error": words_of(429)}], RateLimitError, "429", "Provider returned error", id="no choices"),
        pytest.param([failing(words_of(429), choices=[])], RateLimitError, "429", "Provider returned error", id="none"),
        pytest.param([{"error": "It broke"}], ProviderError, None, "It broke", id="a text"),
        pytest.param([{"error": {"error": words_of(429, "inner")}}], RateLimitError, "429", "inner", id="error.error"),
        pytest.param(
            [{"error": {"message": "outer", "code": 429, "error": {"message": "inner"}}}],
            RateLimitError,
            "429",
            "inner",
            id="error.error with words of its own",
        ),
        pytest.param(
            [b'event: error\ndata: {"error":{"code":429,"message":"slow"}}\n\n'],
            RateLimitError,
            "429",
            "slow",
            id="event: error with an error",
        ),
        pytest.param(
            [b'event: error\ndata: {"code":429,"message":"slow"}\n\n'],
            RateLimitError,
            "429",
            "slow",
            id="event: error with the error itself",
        ),
        pytest.param([b"event: error\ndata: upstream gone\n\n"], ProviderError, None, "upstream gone", id="plain text"),
        pytest.param([b'event: error\ndata: "gone"\n\n'], ProviderError, None, "gone", id="a JSON text"),
        pytest.param([b"event: error\ndata: {}\n\n"], ProviderError, None, "", id="event: error with nothing"),
        pytest.param(
            [{"type": "error", "error": OVERLOADED}], ProviderError, None, "Overloaded", id="Anthropic's form"
        ),
        pytest.param(
            [{"object": "error", "message": "too long", "type": "BadRequestError", "code": 400}],
            InvalidRequestError,
            "400",
            "too long",
            id="older vLLM",
        ),
        pytest.param([{"detail": "No such thing"}], ProviderError, None, "No such thing", id="FastAPI's detail"),
        pytest.param([{"error": 429, "message": "slow"}], RateLimitError, "429", "slow", id="a code alone"),
        pytest.param([{"error": True, "detail": "gone"}], ProviderError, None, "gone", id="true, and words beside it"),
        pytest.param([[{"error": words_of(429)}]], RateLimitError, "429", "Provider returned error", id="in a list"),
    ],
)
def test_an_error_event_may_look_like_anything(
    events: list[Any], kind: type[OpenRouterError], code: str | None, words: str, wire: Wire
) -> None:
    error = wire.stream_fails(kind, *events)
    assert (error.code, error.provider_message, error.status_code) == (code, words, 200)
    assert error.message
    if isinstance(events[0], dict | list):
        assert wire.whole_fails(kind, events[0]).provider_message == words


def test_an_error_before_any_output_is_retried_like_the_same_status(sim: Simulator) -> None:
    good = encoded([text("Hi", finish_reason="stop")], done=True)
    chunk = encoded([failing(words_of(502))], done=True)
    config = OpenRouterConfig(api_key=KEY, base_url=sim.base_url, max_retries=2, retry_delay=0)
    with OpenRouterService(config) as service:
        sim.script(Reply(chunks=chunk), Reply(chunks=[b'{"error":{"code":503,"message":"x"}}']), Reply(chunks=good))
        with service.stream(ask()) as stream:
            assert stream.result.text == "Hi"
        assert stream.result.attempts == 3
        sim.script(Reply(chunks=encoded([failing(words_of(401))], done=True)))
        with pytest.raises(AuthenticationError):
            service.start(ask()).wait(timeout=20)
    assert len(sim.chat_requests) == 4


# After output: interrupted, or a provider error where the body was whole

AFTER = [
    pytest.param([text("Hi"), failing(words_of(502), usage=SPENT)], "502", id="documented"),
    pytest.param([text("Hi"), failing(words_of(502), choices=[], usage=SPENT)], "502", id="empty choices"),
    pytest.param([text("Hi"), {**IDENTITY, "error": words_of(502), "usage": SPENT}], "502", id="no choices"),
    pytest.param([text("Hi"), {**text(""), "error": words_of(502), "usage": SPENT}], "502", id="null finish reason"),
    pytest.param([text("Hi"), failing(words_of("server_error"), usage=SPENT)], "server_error", id="a text code"),
    pytest.param([{**text("Hi", error=words_of(502)), "usage": SPENT}], "502", id="inside the choice"),
    pytest.param(
        [text("Hi"), {**text("", finish_reason="error", error=words_of(502)), "usage": SPENT}], "502", id="at its end"
    ),
    pytest.param(
        [{**text("Hi"), "usage": SPENT}, b'event: error\ndata: {"code":502,"message":"Provider returned error"}\n\n'],
        "502",
        id="event: error",
    ),
    pytest.param(
        [{**text("Hi"), "usage": SPENT, "error": words_of(429), "choices": text("Hi")["choices"]}],
        "429",
        id="in the chunk of the text",
    ),
]


@pytest.mark.parametrize(("events", "code"), AFTER)
def test_an_error_after_output_interrupts_and_keeps_what_had_arrived(events: list[Any], code: str, wire: Wire) -> None:
    error = wire.stream_fails(StreamInterruptedError, *events)
    assert (error.code, error.status_code, error.provider) == (code, 200, "Liquid")
    assert error.provider_message == "Provider returned error"
    assert error.hint
    partial = error.partial
    assert (partial.text, partial.usage, partial.id) == ("Hi", COUNTED, "gen-1")
    assert (partial.model, partial.provider, partial.is_partial) == ("sim/echo", "Liquid", True)
    assert partial.verdict.kind == "provider_error"


@pytest.mark.parametrize(
    ("code", "retryable", "hint"),
    [
        (400, False, "Keep what arrived. Change the request"),
        (402, False, "Keep what arrived. Add credits"),
        (429, True, "Keep what arrived, or run again."),
        (502, True, "Keep what arrived, or run again."),
    ],
)
def test_an_error_after_output_says_whether_to_run_again(code: int, retryable: bool, hint: str, wire: Wire) -> None:
    """What would be refused from the start is not worth running again."""
    error = wire.stream_fails(StreamInterruptedError, text("Hi"), failing(words_of(code)))
    assert error.retryable is retryable
    assert error.hint.startswith(hint)


def test_the_events_before_an_error_are_handed_on(wire: Wire) -> None:
    """And the words of the error come from the provider, not from OpenRouter's wrapping."""
    raw = '{"error":{"message":"CUDA out of memory"}}'
    events = [text("Hi"), text("", delta={"reasoning": "Hm"}), failing(words_of(502, raw=raw, provider_name="Groq"))]
    wire.sim.script(Reply(chunks=encoded(events, done=True)))
    seen: list[Any] = []
    stream = wire.service.stream(ask())
    with stream, pytest.raises(StreamInterruptedError) as caught:
        seen.extend(iter(stream))
    assert seen == [TextDelta("Hi"), ReasoningDelta("Hm")]
    assert (caught.value.provider_message, caught.value.provider) == ("CUDA out of memory", "Groq")
    assert stream.partial == caught.value.partial
    assert stream.run.state == "failed"
    assert stream.run.text == "Hi"


@pytest.mark.parametrize(
    "delta",
    [
        {"reasoning": "Hm"},
        {"reasoning_details": [{"type": "reasoning.encrypted", "data": "x"}]},
        {"tool_calls": [{"index": 0, "id": "a", "function": {"name": "f", "arguments": "{"}}]},
        {"refusal": "I can"},
        {"images": [{"type": "image_url", "image_url": {"url": "data:,"}}]},
        {"annotations": [{"type": "url_citation"}]},
        {"audio": {"data": "AA"}},
    ],
    ids=lambda delta: next(iter(delta)),
)
def test_anything_of_an_answer_is_output(delta: Chunk, wire: Wire) -> None:
    error = wire.stream_fails(StreamInterruptedError, text("", delta=delta), failing(words_of(502)))
    assert error.partial is not None


def test_a_call_cut_off_by_an_error_is_kept_as_far_as_it_came(wire: Wire) -> None:
    fragment = {"tool_calls": [{"index": 0, "id": "a", "function": {"name": "f", "arguments": '{"x"'}}]}
    error = wire.stream_fails(StreamInterruptedError, text("", delta=fragment), failing(words_of(502)))
    assert error.partial.tool_calls == (ToolCall("a", "f", '{"x"', None),)


@pytest.mark.parametrize("delta", [{"content": ""}, {"role": "assistant", "content": None}, {}])
def test_an_empty_delta_is_no_output(delta: Chunk, wire: Wire) -> None:
    error = wire.stream_fails(RateLimitError, text("", delta=delta), failing(words_of(429), usage=SPENT))
    assert (error.partial.text, error.partial.usage) == ("", COUNTED)


def test_what_arrives_after_an_error_is_not_read(wire: Wire) -> None:
    error = wire.stream_fails(StreamInterruptedError, text("Hi"), failing(words_of(502)), text(" there"))
    assert error.partial.text == "Hi"


@pytest.mark.parametrize("end", ["close", "cut", "hang"])
def test_what_it_cost_may_come_behind_an_error(end: str, wire: Wire) -> None:
    """In a chunk of its own, as after every answer; however the connection ends, it is not waited for long."""
    chunks = [text("Hi"), failing(words_of(502)), {**IDENTITY, "choices": [], "usage": SPENT}]
    error = wire.stream_fails(StreamInterruptedError, *chunks, done=False, end=end)
    assert (error.code, error.partial.text, error.partial.usage) == ("502", "Hi", COUNTED)


@pytest.mark.parametrize("end", ["cut", "hang"])
def test_an_answer_that_finished_with_an_error_has_failed_however_the_connection_ends(
    end: str, sim: Simulator, make_service: Callable[..., OpenRouterService]
) -> None:
    wire = Wire(sim, make_service(timeout=1, max_retries=0))
    error = wire.stream_fails(ProviderError, text("", finish_reason="error"), done=False, end=end)
    assert error.message == "Liquid returned an error."


def test_the_generation_is_named_although_no_header_does(wire: Wire) -> None:
    """OpenRouter wants its id when something is to be looked into."""
    error = wire.stream_fails(StreamInterruptedError, text("Hi"))
    assert error.context.request_id == "gen-1"


def whole(content: str | None, **choice: Any) -> Chunk:
    message = {"role": "assistant", "content": content}
    return {**IDENTITY, "choices": [{"index": 0, "message": message, **choice}], "usage": SPENT}


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(whole("Hi", finish_reason="error", error=words_of(502)), id="inside the choice"),
        pytest.param({**whole("Hi", finish_reason="error"), "error": words_of(502)}, id="at the top"),
        pytest.param(whole("Hi", finish_reason="stop", error=words_of(502)), id="beside a finish reason"),
    ],
)
def test_an_error_in_a_body_with_output_is_a_provider_error(body: Chunk, wire: Wire) -> None:
    error = wire.whole_fails(ProviderError, body)
    assert (error.code, error.status_code, error.provider) == ("502", 200, "Liquid")
    assert (error.partial.text, error.partial.usage, error.partial.is_partial) == ("Hi", COUNTED, True)


def test_an_error_in_a_body_without_output_is_the_error_of_its_code(wire: Wire) -> None:
    error = wire.whole_fails(RateLimitError, whole(None, finish_reason="error", error=words_of(429)))
    assert error.partial.usage == COUNTED


# Failures without an error object


@pytest.mark.parametrize(
    ("finish_reason", "native"),
    [("error", None), ("error", "error"), ("error", "network_error"), ("stop", "network_error")],
)
def test_a_finish_reason_alone_can_say_that_it_failed(finish_reason: str, native: str | None, wire: Wire) -> None:
    end = text("", finish_reason=finish_reason, native_finish_reason=native)
    error = wire.stream_fails(ProviderError, {**end, "usage": SPENT})
    assert (error.code, error.status_code, error.retryable) == (None, 200, True)
    assert error.provider_message == (native or "")
    assert error.partial.usage == COUNTED
    body = whole(None, finish_reason=finish_reason, native_finish_reason=native)
    assert wire.whole_fails(ProviderError, body).partial.usage == COUNTED


def test_a_finish_reason_of_error_after_output_interrupts(wire: Wire) -> None:
    error = wire.stream_fails(StreamInterruptedError, text("Hi"), {**text("", finish_reason="error"), "usage": SPENT})
    assert (error.partial.text, error.partial.finish_reason, error.partial.usage) == ("Hi", "error", COUNTED)
    assert wire.whole_fails(ProviderError, whole("Hi", finish_reason="error")).partial.text == "Hi"


def test_a_network_error_with_text_is_an_answer(wire: Wire) -> None:
    """The text came through; that the connection to the provider broke behind it changes nothing."""
    result = wire.stream(text("Hi"), text("", finish_reason="stop", native_finish_reason="network_error"))
    assert (result.text, result.is_partial) == ("Hi", False)


# Nothing at all


@pytest.mark.parametrize("choices", [{"choices": []}, {"choices": None}, {}])
def test_an_answer_without_any_choice_is_empty(choices: Chunk, wire: Wire) -> None:
    error = wire.whole_fails(EmptyResponseError, {**IDENTITY, **choices, "usage": SPENT})
    assert (error.status_code, error.retryable, error.partial.usage) == (200, True, COUNTED)
    error = wire.stream_fails(EmptyResponseError, {**IDENTITY, **choices, "usage": SPENT})
    assert (error.status_code, error.partial.usage) == (200, COUNTED)


@pytest.mark.parametrize("body", [b"", b"  \n\n", b"{}", b"[]", b"null", b'"Hi"', b"7"])
def test_a_body_that_holds_nothing_is_empty(body: bytes, wire: Wire) -> None:
    assert wire.whole_fails(EmptyResponseError, body).hint


def test_a_stream_of_nothing_but_the_end_is_empty(wire: Wire) -> None:
    assert wire.stream_fails(EmptyResponseError, b": OPENROUTER PROCESSING\n\n").retryable is True


def test_a_stream_of_comments_alone_is_interrupted(wire: Wire) -> None:
    """It broke off before the answer began, so it is tried again."""
    error = wire.stream_fails(StreamInterruptedError, b": OPENROUTER PROCESSING\n\n", done=False)
    assert (error.retryable, error.partial) == (True, None)


def test_a_stream_of_which_nothing_could_be_read_is_a_provider_error(wire: Wire) -> None:
    assert wire.stream_fails(ProviderError, b"data: <html>\n\n").status_code == 200


@pytest.mark.parametrize(
    ("body", "verdict"),
    [
        (whole("", finish_reason="stop"), "empty"),
        (whole(None, finish_reason="stop"), "empty"),
        (whole(" \n", finish_reason="stop"), "empty"),
        (whole("", finish_reason="length"), "cut_off"),
        (whole("", finish_reason="content_filter"), "refused"),
        ({**IDENTITY, "choices": [{"index": 0, "message": None, "finish_reason": "stop"}]}, "empty"),
        ({**IDENTITY, "choices": [{"index": 0, "finish_reason": "stop"}]}, "empty"),
    ],
)
def test_empty_text_with_a_choice_is_a_result(body: Chunk, verdict: str, wire: Wire) -> None:
    result = wire.whole(body)
    assert (result.text.strip(), result.verdict.kind, result.is_partial) == ("", verdict, False)


def test_a_body_cut_by_the_network_is_a_network_error(wire: Wire) -> None:
    assert wire.whole_fails(NetworkError, b'{"choices":[', end="cut").retryable is True
