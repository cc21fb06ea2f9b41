"""What happens when a server takes the request and then says nothing, or not enough."""

import socket
from collections.abc import Callable, Iterator

import pytest

from service import OpenRouterService, RequestTimeoutError, TextDelta
from service.simulator import Reply, Simulator
from tests.support import ask, echoed, streamed

MakeService = Callable[..., OpenRouterService]
SHORT = 0.25
LONG = 1.0
"""For what comes in time: no pause of a busy machine is as long."""

HANGING = ["sim/hang", "sim/hang:comments=1,every=20"]


@pytest.mark.parametrize("model", HANGING, ids=["silent", "comments"])
@pytest.mark.parametrize("is_streamed", [True, False], ids=["streamed", "whole"])
def test_a_server_that_never_answers_is_given_up(
    make_service: MakeService, sim: Simulator, model: str, is_streamed: bool
) -> None:
    """Comments and white space show that the connection lives, not that there is an answer."""
    service = make_service(timeout=SHORT, max_retries=0)
    with pytest.raises(RequestTimeoutError) as caught:
        service.start(ask(model)).wait() if is_streamed else service.chat(ask(model))
    assert caught.value.message == f"No data from {model} for 0.25 s."
    assert (caught.value.retryable, caught.value.partial) == (True, None)
    assert sim.wait_for_disconnect()


def test_a_silence_before_the_first_token_is_tried_again(make_service: MakeService, sim: Simulator) -> None:
    """Nothing had arrived, so nothing can be doubled."""
    sim.script(Reply(chunks=[], end="hang"))
    result = make_service(timeout=LONG).chat(ask())
    assert (result.text, result.attempts, len(sim.chat_requests)) == (echoed(), 2, 2)


def test_a_stream_that_falls_silent_keeps_what_came(make_service: MakeService, sim: Simulator) -> None:
    """The text is in the error, on the run and on the stream, and the request is not sent again."""
    service = make_service(timeout=SHORT)
    stream = service.stream(ask("sim/stall"))
    seen: list[str] = []
    with pytest.raises(RequestTimeoutError, match=r"No data from sim/stall for 0\.25 s\.") as caught:
        seen += [event.text for event in stream if isinstance(event, TextDelta)]
    partial = caught.value.partial
    assert partial is not None
    assert partial.text == stream.run.text != ""
    assert partial.is_partial
    assert stream.partial == partial == stream.run.result
    assert stream.run.state == "failed"
    assert len(sim.chat_requests) == 1
    assert sim.wait_for_disconnect()


def test_comments_between_events_do_not_count_as_data(make_service: MakeService, sim: Simulator) -> None:
    """Comments arrive all the time and an end would come, but too late: the data has been silent for too long."""
    begin, *end = streamed("Hel", "lo")
    comments = [b": OPENROUTER PROCESSING\n\n"] * 6
    sim.script(Reply(chunks=[begin, *comments, *end], gap=0.1))
    with pytest.raises(RequestTimeoutError) as caught:
        make_service(timeout=SHORT).start(ask()).wait()
    assert caught.value.partial is not None
    assert caught.value.partial.text == "Hel"


def test_events_that_keep_coming_are_waited_for(make_service: MakeService, sim: Simulator) -> None:
    """The timeout is between two events, not for the whole answer."""
    sim.script(Reply(chunks=streamed(*"abcdefgh"), gap=0.15))
    assert make_service(timeout=LONG).start(ask()).wait().text == "abcdefgh"


def test_a_whole_answer_that_keeps_coming_is_waited_for(make_service: MakeService, sim: Simulator) -> None:
    """A picture over a slow line takes longer than the timeout, and is data all the time."""
    pieces = [b'{"choices":[{"message":', b'{"content":', b'"Hi"', b'},"finish_reason"', b':"stop"', b"}]}"]
    sim.script(Reply(chunks=pieces, gap=0.24))
    assert make_service(timeout=LONG, max_retries=0).chat(ask()).text == "Hi"


def test_white_space_before_a_whole_answer_is_no_data(make_service: MakeService, sim: Simulator) -> None:
    """OpenRouter sends it for as long as it waits for the provider."""
    sim.script(Reply(chunks=[*[b"\n         \n"] * 6, b'{"choices":[]}'], gap=0.1))
    with pytest.raises(RequestTimeoutError):
        make_service(timeout=SHORT, max_retries=0).chat(ask())


def test_a_whole_answer_that_breaks_off_times_out(make_service: MakeService, sim: Simulator) -> None:
    """Half a JSON body holds nothing that could be shown."""
    with pytest.raises(RequestTimeoutError):
        make_service(timeout=SHORT, max_retries=0).chat(ask("sim/stall"))


def test_the_first_event_may_be_given_less_time(make_service: MakeService) -> None:
    """The sentence names the timeout that struck."""
    service = make_service(timeout=30, first_event_timeout=SHORT, max_retries=0)
    with pytest.raises(RequestTimeoutError, match=r"for 0\.25 s"):
        service.start(ask("sim/hang")).wait()


def test_the_first_event_may_be_given_more_time(make_service: MakeService) -> None:
    """A model that thinks in silence is waited for, where that was configured."""
    service = make_service(timeout=0.2, first_event_timeout=30, max_retries=0)
    assert service.start(ask("sim/bench:n=2,ttft=400,itl=0")).wait().finish_reason == "stop"


def test_a_run_may_not_take_longer_than_its_total_timeout(make_service: MakeService, sim: Simulator) -> None:
    """Data keeps coming, and still it ends; what came is kept."""
    run = make_service(total_timeout=0.4).start(ask("sim/bench:n=100000,ttft=0,itl=10"))
    with pytest.raises(RequestTimeoutError, match=r"The run took longer than 0\.4 s in all\.") as caught:
        run.wait()
    assert caught.value.partial is not None
    assert caught.value.partial.text != ""
    assert caught.value.context.correlation_id == run.correlation_id
    assert sim.wait_for_disconnect()


def test_the_total_timeout_holds_for_an_unstreamed_answer_too(make_service: MakeService) -> None:
    """Whatever is waited for."""
    with pytest.raises(RequestTimeoutError, match="in all"):
        make_service(total_timeout=SHORT).chat(ask("sim/hang"))


def test_a_connection_left_open_after_the_finish_reason_ends_the_run_well(
    make_service: MakeService, sim: Simulator
) -> None:
    """Some servers forget `[DONE]` and the end; the answer is whole all the same."""
    sim.script(Reply(chunks=streamed("Done.")[:-1], end="hang"))
    result = make_service(timeout=SHORT).start(ask()).wait()
    assert (result.text, result.finish_reason, result.is_partial) == ("Done.", "stop", False)


@pytest.fixture
def full_port() -> Iterator[int]:
    """Give a port that listens and whose queue is full, so that nobody else gets a connection."""
    server = socket.create_server(("127.0.0.1", 0), backlog=0)
    port = server.getsockname()[1]
    callers = []
    for _ in range(4):
        caller = socket.socket()
        caller.setblocking(False)
        caller.connect_ex(("127.0.0.1", port))
        callers.append(caller)
    yield port
    for open_socket in (*callers, server):
        open_socket.close()


def test_a_connection_that_does_not_come_about_is_given_up(make_service: MakeService, full_port: int) -> None:
    """The message names the address, and nothing was sent."""
    url = f"http://127.0.0.1:{full_port}/v1"
    service = make_service(base_url=url, connect_timeout=SHORT, max_retries=0)
    with pytest.raises(RequestTimeoutError) as caught:
        service.chat(ask())
    assert caught.value.message == f"No connection to {url} in time."
    assert caught.value.retryable
