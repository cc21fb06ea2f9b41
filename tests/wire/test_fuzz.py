"""Whatever a server sends, and wherever the network cuts it: the same result, or an error of ours, and never a hang."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from itertools import pairwise
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from service import ChatResult, OpenRouterError, StreamInterruptedError, TextDelta
from service.account import read_key_status
from service.catalogue import read_models
from service.client import Response
from service.reader import ResponseReader
from service.simulator import Reply
from service.wire.answer import Answer
from service.wire.faults import error_from_response
from tests.support import ask
from tests.wire.odd_json import ANYTHING, CHUNKS, escaped
from tests.wire.samples import SAMPLES
from tests.wire.support import Wire

RECORDED = {name: sample["sse"].encode() for name, sample in SAMPLES.items() if "sse" in sample}
LINE_ENDS = st.sampled_from([b"\n", b"\n", b"\r\n", b"\r"])
STREAMS = st.builds(lambda name, end: RECORDED[name].replace(b"\n", end), st.sampled_from(sorted(RECORDED)), LINE_ENDS)
BODIES = [json.dumps(sample["body"]).encode() for sample in SAMPLES.values() if "body" in sample]
KINDS = st.sampled_from(["text/event-stream", "application/json", ""])
PLACES = st.lists(st.integers(0, 1 << 20), max_size=12)
PIECES = st.sampled_from(
    [b"\n", b"\n\n", b"\r", b"data: ", b"data: [DONE]\n\n", b"event: error\n", b": x\n\n", b"{", b'"', b"\\", b"\xff"]
) | st.binary(max_size=8)


class Seen(NamedTuple):
    """What came of a response."""

    result: ChatResult
    told: str
    warnings: tuple[str, ...]
    error: str


class FakeHead(Response):
    """The head of a response that never was."""

    def __init__(self, content_type: str) -> None:
        self.status_code = 200
        self.generation_id = None
        self.content_type = content_type


def read(chunks: Sequence[bytes], kind: str = "text/event-stream") -> Seen:
    """Read a response as the sender does; anything but an error of ours gets out, and fails the test."""
    reader, told, error = ResponseReader(Answer()), "", ""
    reader.begin(FakeHead(kind))
    try:
        events = []
        for chunk in chunks:
            events += reader.feed(chunk)
            if reader.answer.fault:
                break
        events += reader.close()
        told = "".join(event.text for event in events if isinstance(event, TextDelta))
        reader.judge_end()
    except OpenRouterError as failure:
        error = f"{failure!r} {failure.hint}"
    result = reader.answer.result()
    assert result.text.startswith(told)
    return Seen(result, told, tuple(reader.warnings()), error)


def cut(data: bytes, places: list[int]) -> list[bytes]:
    """Return the data in pieces, cut at these places."""
    edges = [0, *sorted(place % (len(data) + 1) for place in places), len(data)]
    return [data[start:end] for start, end in pairwise(edges)]


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A recorded stream or body of which something is missing, or into which something was put."""
    data = draw(STREAMS | st.sampled_from(BODIES))
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(data)))
        end = draw(st.integers(start, min(len(data), start + 400)))
        data = data[:start] + draw(PIECES | st.just(data[start:end] * 2)) + data[end:]
    return data


@settings(max_examples=80, deadline=None)
@given(STREAMS, PLACES, KINDS)
def test_any_split_of_a_recorded_stream_gives_the_same_result(stream: bytes, places: list[int], kind: str) -> None:
    """Whatever the headers say."""
    assert read(cut(stream, places), kind) == read([stream], kind)


@pytest.mark.parametrize("name", RECORDED)
def test_a_recorded_stream_may_come_byte_by_byte(name: str) -> None:
    stream = RECORDED[name][:6_000]
    assert read([bytes([byte]) for byte in stream]) == read([stream])


@settings(max_examples=150, deadline=None)
@given(damaged(), PLACES, KINDS)
def test_a_damaged_stream_gives_a_result_or_an_error_of_ours(stream: bytes, places: list[int], kind: str) -> None:
    """And the same one wherever it is cut."""
    assert read(cut(stream, places), kind) == read([stream], kind)


@settings(max_examples=80, deadline=None)
@given(STREAMS, st.integers(0, 1 << 20))
def test_a_stream_that_breaks_off_keeps_what_had_arrived(stream: bytes, place: int) -> None:
    """No letter is lost or made up, and it is never taken for the whole."""
    beginning, whole = read([stream[: place % (len(stream) + 1)]]), read([stream])
    assert whole.result.text.startswith(beginning.result.text)
    assert whole.result.reasoning.startswith(beginning.result.reasoning)
    if not beginning.error:
        assert (beginning.result.text, beginning.result.finish_reason) == (
            whole.result.text,
            whole.result.finish_reason,
        )


@settings(max_examples=60, deadline=None)
@given(st.lists(CHUNKS, max_size=3), st.sampled_from(["", "error"]))
def test_any_json_gives_an_answer_or_a_fault(chunks: list[Any], event: str) -> None:
    answer = Answer()
    for chunk in chunks:
        answer.add(chunk, event=event)
    result = answer.result()
    assert result.text == answer.text
    assert (result.text + result.reasoning).encode().decode() == result.text + result.reasoning


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.binary(max_size=30) | CHUNKS.map(lambda chunk: b"data: " + escaped(chunk) + b"\n\n"), max_size=4),
    PLACES,
    KINDS,
)
def test_any_bytes_give_a_result_or_an_error_of_ours(chunks: list[bytes], places: list[int], kind: str) -> None:
    """And the same one wherever they are cut."""
    assert read(cut(b"".join(chunks), places), kind) == read(chunks, kind)


@settings(max_examples=60, deadline=None)
@given(CHUNKS.map(escaped))
def test_any_json_as_a_whole_body_gives_a_result_or_an_error_of_ours(body: bytes) -> None:
    assert read([body], "application/json") == read([body], "")


@pytest.mark.parametrize("opening", [b"[", b'{"a":', b'{"choices":[{"delta":', b'{"error":'])
@pytest.mark.parametrize("depth", [150, 990, 200_000])
def test_json_nested_beyond_reason_gives_a_result_or_an_error_of_ours(opening: bytes, depth: int) -> None:
    """Closed and not, as an event and as a body."""
    closing = bytes({0x5B: 0x5D, 0x7B: 0x7D}[byte] for byte in reversed(opening) if byte in b"[{")
    for nested in (opening * depth, opening * depth + b"1" + closing * depth):
        assert read([b"data: " + nested + b"\n\n"]).result.text == ""
        assert read([nested], "application/json").result.text == ""


@pytest.mark.parametrize("half", ["", '"\\ud83d",'], ids=["plain", "with half a character"])
def test_json_is_read_about_200_levels_deep(half: str) -> None:
    """By whichever of the two decoders."""
    for depth, text in ((190, "Hi"), (210, ""), (900, "")):
        nested = "[" * depth + half + "1" + "]" * depth
        for first in ("[1]", f"[{half}1]"):
            fields = f'"content": "Hi", "w": {first}, "x": {nested}'
            event = '{"choices": [{"delta": {' + fields + '}, "finish_reason": "stop"}]}'
            seen = read([f"data: {event}\n\n".encode()])
            assert (depth, seen.result.text) == (depth, text)


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from([400, 402, 403, 404, 429, 500]),
    ANYTHING,
    st.dictionaries(st.sampled_from(["retry-after", "x-ratelimit-reset"]), st.text() | st.integers().map(str)),
)
@example(429, {}, {"retry-after": "1e999"})
@example(429, {"error": {"metadata": {"retry_after_seconds": 10**400}}}, {})
def test_any_error_body_gives_an_error_of_ours(status: int, body: Any, headers: dict[str, str]) -> None:
    error = error_from_response(status, headers, escaped(body), now=datetime.now(UTC))
    assert (error.status_code, bool(error.message), bool(error.hint)) == (status, True, True)
    assert error.retry_after is None or error.retry_after >= 0


MODEL_NAMES = st.sampled_from([
    "id", "name", "pricing", "prompt", "completion", "request", "overrides", "min_prompt_tokens", "utc_start",
    "context_length", "architecture", "input_modalities", "top_provider", "supported_parameters",
    "default_parameters", "created", "alias_target", "slug", "reasoning", "meta", "n_ctx", "canonical_slug",
    "is_moderated",
])  # fmt: skip
PRICES = st.sampled_from(["0.000001", "-1", "1e999", "NaN", "", "free", 0, 10**400, 0.1])
ENTRIES = st.dictionaries(
    MODEL_NAMES, ANYTHING | PRICES | st.dictionaries(MODEL_NAMES, ANYTHING | PRICES, max_size=4), max_size=8
)


@settings(max_examples=100, deadline=None)
@given(ANYTHING | st.fixed_dictionaries({"data": st.lists(ENTRIES | ANYTHING, max_size=3)}))
def test_any_json_as_a_model_list_gives_models_or_an_error_of_ours(body: Any) -> None:
    """And what it gives can be used."""
    try:
        models = read_models(body)
    except OpenRouterError:
        return
    for model in models:
        cost = model.pricing.cost(1_000, 10)
        assert isinstance(model.name, str)
        assert cost is None or isinstance(cost, Decimal)
        assert model.supports("tools") in (True, False, None)
        assert hash(model.id) is not None
        assert model.is_free in (True, False)


@settings(max_examples=60, deadline=None)
@given(ANYTHING | st.fixed_dictionaries({"data": ENTRIES | ANYTHING}))
def test_any_json_as_a_key_status_is_read(body: Any) -> None:
    assert isinstance(read_key_status(body).label, str)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(stream=damaged() | STREAMS, places=PLACES, end=st.sampled_from(["close", "close", "cut"]))
def test_over_a_socket_too_it_ends_and_nothing_is_unforeseen(
    wire: Wire, stream: bytes, places: list[int], end: Any
) -> None:
    """A run that ended says how: with an answer, or with an error of a class of its own."""
    wire.sim.script(Reply(chunks=cut(stream, places), end=end))
    run = wire.service.start(ask())
    assert run.join(20)
    assert run.state in ("completed", "failed")
    assert type(run.error) is not OpenRouterError
    assert run.result is not None
    assert run.result.text == run.text


def test_a_stream_cut_in_the_middle_of_its_answer_is_interrupted_wherever_that_is(wire: Wire) -> None:
    """At a dozen places of one recording."""
    stream = max(RECORDED.values(), key=len)
    whole = read([stream]).result.text
    last = stream.index(b'"finish_reason":"')
    for place in range(last // 12, last, last // 12):
        error = wire.stream_fails(StreamInterruptedError, stream[:place], done=False, end="cut")
        assert error.partial is None or whole.startswith(error.partial.text)
