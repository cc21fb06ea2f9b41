"""`stream()`: what comes out of the iteration, in which order, and what is left when it ends."""

import json
from collections.abc import Callable

import pytest

from service import (
    AnnotationDelta,
    ChatStream,
    Finished,
    ImageDelta,
    InvalidRequestError,
    OpenRouterService,
    ProviderError,
    ReasoningDelta,
    StreamInterruptedError,
    TextDelta,
    Tool,
    ToolCallDelta,
)
from service.simulator import Reply, Simulator
from tests.support import ask, echoed, streamed

MakeService = Callable[..., OpenRouterService]
PICTURE = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}
CITATION = {"type": "url_citation", "url_citation": {"url": "https://example.org", "title": "Example"}}


def test_the_request_is_sent_at_once(service: OpenRouterService, sim: Simulator) -> None:
    """Nobody has to ask for the first event before the model begins."""
    with service.stream(ask("sim/hang")):
        assert sim.wait_for_request()
        assert sim.chat_requests[0].body["stream"] is True


def test_the_events_make_up_the_result(service: OpenRouterService) -> None:
    """Text in pieces, then the whole, and then nothing more."""
    stream = service.stream(ask("sim/writer", "Tell me about bees"))
    *deltas, end = stream
    assert [type(delta) for delta in deltas] == [TextDelta] * len(deltas)
    assert len(deltas) > 5
    assert isinstance(end, Finished)
    assert end.result is stream.result
    assert "".join(delta.text for delta in deltas) == stream.result.text == stream.run.text
    assert (stream.result.finish_reason, stream.run.state, stream.partial) == ("stop", "completed", None)
    assert next(stream, "nothing") == "nothing"


def test_reasoning_comes_before_the_text(service: OpenRouterService) -> None:
    """Both are complete."""
    stream = service.stream(ask("sim/reasoner"))
    *deltas, _ = stream
    kinds = [delta.type for delta in deltas]
    assert kinds == sorted(kinds)  # "reasoning" before "text"
    assert set(kinds) == {"reasoning", "text"}
    assert "".join(delta.text for delta in deltas if isinstance(delta, ReasoningDelta)) == stream.result.reasoning


def test_tool_calls_come_in_fragments(service: OpenRouterService) -> None:
    """The first carries id and name; together they are the arguments as sent."""
    weather = Tool.function("get_weather", "Weather", {"type": "object", "properties": {"city": {"type": "string"}}})
    stream = service.stream(ask("sim/tool-caller", tools=(weather,)))
    fragments = [event for event in stream if isinstance(event, ToolCallDelta)]
    (call,) = stream.result.tool_calls
    assert (fragments[0].index, fragments[0].id, fragments[0].name) == (0, call.id, "get_weather")
    assert [fragment.name for fragment in fragments[1:]] == [""] * (len(fragments) - 1)
    assert "".join(fragment.arguments for fragment in fragments) == call.arguments
    assert call.parsed == json.loads(call.arguments)
    assert stream.result.finish_reason == "tool_calls"


def test_images_and_annotations_are_events_of_their_own(service: OpenRouterService, sim: Simulator) -> None:
    """In the order in which they came."""
    deltas = [{"content": "", "annotations": [CITATION]}, "See ", {"content": "", "images": [PICTURE]}, "this."]
    sim.script(Reply(chunks=streamed(*deltas)))
    stream = service.stream(ask())
    assert list(stream)[:-1] == [AnnotationDelta(CITATION), TextDelta("See "), ImageDelta(PICTURE), TextDelta("this.")]
    assert (stream.result.annotations, stream.result.images) == ((CITATION,), (PICTURE,))


@pytest.fixture
def broken(service: OpenRouterService) -> ChatStream:
    """A stream that breaks off half-way."""
    return service.stream(ask("sim/error-mid-stream"))


@pytest.mark.parametrize(
    "delta",
    [
        {"refusal": "I cannot"},
        {"audio": {"data": "AAAA"}},
        {"reasoning_details": [{"type": "reasoning.encrypted", "data": "A"}]},
    ],
    ids=["refusal", "audio", "encrypted reasoning"],
)
def test_output_without_an_event_of_its_own_is_output(
    delta: dict[str, object], make_service: MakeService, sim: Simulator
) -> None:
    """The run streams from then on, and the time to the first token is that to its first piece."""
    sim.script(Reply(chunks=streamed(delta, finish=None), end="hang"))
    run = make_service(timeout=5, max_retries=0).start(ask())
    while run.state in ("queued", "waiting"):
        assert not run.join(0.01)
    assert run.state == "streaming"
    run.stop()
    assert run.wait().timings.first_token is not None


def test_an_error_is_raised_from_the_iteration_after_the_events(broken: ChatStream) -> None:
    """What arrived before it was handed out, and is in `partial` on the error and on the stream."""
    seen: list[str] = []
    with pytest.raises(StreamInterruptedError) as caught:
        seen.extend(event.text for event in broken if isinstance(event, TextDelta))
    assert caught.value.partial is not None
    assert "".join(seen) == caught.value.partial.text != ""
    assert broken.partial is caught.value.partial
    assert caught.value.partial.is_partial
    assert caught.value.partial.verdict is not None
    assert caught.value.partial.verdict.kind == "provider_error"


def test_the_same_error_is_raised_again_by_result(broken: ChatStream) -> None:
    """As often as one asks."""
    with pytest.raises(StreamInterruptedError) as first:
        list(broken)
    for _ in range(2):
        with pytest.raises(StreamInterruptedError) as again:
            _ = broken.result
        assert again.value is first.value is broken.run.error
    assert next(broken, "nothing") == "nothing"


def test_result_waits_for_the_end_and_the_events_are_still_there(service: OpenRouterService) -> None:
    """It may be asked for before, during and after the iteration."""
    stream = service.stream(ask(text="Good morning"))
    assert stream.result.text == echoed("Good morning")
    assert "".join(event.text for event in stream if isinstance(event, TextDelta)) == stream.result.text


def test_result_raises_the_error_without_an_iteration(broken: ChatStream) -> None:
    """And the iteration still gives the events first."""
    with pytest.raises(StreamInterruptedError) as caught:
        _ = broken.result
    assert isinstance(next(broken), TextDelta)
    with pytest.raises(StreamInterruptedError) as again:
        list(broken)
    assert again.value is caught.value


def test_an_error_before_any_output_has_no_partial_text(service: OpenRouterService, sim: Simulator) -> None:
    """The stream's partial is then empty, and the class is that of the status."""
    sim.script(*[Reply(502, {"Content-Type": "text/html"}, [b"<html><title>502 Bad Gateway</title></html>"])] * 4)
    stream = service.stream(ask())
    with pytest.raises(ProviderError, match="502 Bad Gateway"):
        list(stream)
    assert stream.partial is not None
    assert stream.partial.text == ""


def test_leaving_the_block_after_the_end_stops_nothing(service: OpenRouterService) -> None:
    """The usual way to use it."""
    with service.stream(ask()) as stream:
        for _ in stream:
            pass
        result = stream.result
    assert (stream.run.state, result.text, result.is_partial) == ("completed", echoed(), False)


def test_partial_is_none_while_the_run_goes_on(service: OpenRouterService) -> None:
    """It says what was left of a run that did not end well, not how far it is."""
    with service.stream(ask("sim/stall")) as stream:
        next(stream)
        assert stream.partial is None


def test_a_server_that_does_not_stream_is_read_all_the_same(service: OpenRouterService, sim: Simulator) -> None:
    """The whole answer is then one event."""
    body = {"id": "gen-1", "model": "sim/echo", "choices": [{"message": {"content": "All"}, "finish_reason": "stop"}]}
    sim.script(Reply(chunks=[json.dumps(body).encode()]))
    stream = service.stream(ask())
    first, end = stream
    assert (first, end.type, stream.result.text) == (TextDelta("All"), "finished", "All")


def test_a_wrong_request_is_refused_before_anything_is_sent(make_service: MakeService, sim: Simulator) -> None:
    """`stream` itself raises it."""
    with pytest.raises(InvalidRequestError, match="has 5 characters; the limit is 4"):
        make_service(max_message_chars=4).stream(ask())
    assert sim.requests == []
