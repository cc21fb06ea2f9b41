"""Stopping: at any moment, at once, without an exception, and with what had arrived."""

import signal
import socket
import threading
from collections.abc import Callable, Iterator

import pytest

from service import ConfigurationError, OpenRouterError, OpenRouterService, ReasoningDelta, Run, TextDelta, Verdict
from service.simulator import Reply, Simulator
from tests.support import HeldSleep, ask, echoed, refusing, streamed

MakeService = Callable[..., OpenRouterService]
PATIENCE = 5.0


def is_stopped(run: Run) -> bool:
    """Whether a run came to its end as a stopped one: no error, a partial result that says so."""
    result = run.wait(PATIENCE)
    assert result.verdict is not None
    return (run.state, run.error, result.is_partial, result.verdict.kind) == ("stopped", None, True, "stopped")


def test_a_run_stops_before_the_first_byte(service: OpenRouterService, sim: Simulator) -> None:
    """The request was sent and nothing has come back: the connection is closed all the same."""
    run = service.start(ask("sim/hang"))
    assert sim.wait_for_request()
    assert run.state == "waiting"
    run.stop()
    assert is_stopped(run)
    assert run.wait().text == ""
    assert run.wait().verdict == Verdict("stopped", "Stopped before anything had arrived.")
    assert sim.wait_for_disconnect()


def test_an_unstreamed_request_stops_too(service: OpenRouterService, sim: Simulator) -> None:
    """Whoever waits in `chat` in another thread gets the partial result."""
    results = []
    waiting = threading.Thread(target=lambda: results.append(service.chat(ask("sim/hang"))))
    waiting.start()
    assert sim.wait_for_request()
    (run,) = service.runs.live
    run.stop()
    waiting.join(PATIENCE)
    assert [(result.is_partial, result.requested_model) for result in results] == [(True, "sim/hang")]
    assert sim.wait_for_disconnect()


def test_a_run_stops_while_it_waits_for_its_next_attempt(make_service: MakeService, sim: Simulator) -> None:
    """It is not sent again."""
    sim.script(refusing(429, headers={"Retry-After": "60"}))
    held = HeldSleep()
    run = make_service(sleep=held).start(ask())
    assert held.begun.wait(PATIENCE)
    run.stop()
    assert is_stopped(run)
    assert (run.wait().attempts, run.notice, len(sim.chat_requests)) == (1, "", 1)


def test_a_run_stops_while_it_waits_for_a_slot(make_service: MakeService, sim: Simulator) -> None:
    """It leaves the queue, nothing of it was sent, and its place goes to the next."""
    service = make_service(max_concurrent_requests=1)
    requests = (ask("sim/hang"), ask(text="Second"), ask())
    first, second, third = (service.start(request) for request in requests)
    assert service.health().runs_waiting == 2
    second.stop()
    assert is_stopped(second)
    assert second.wait().attempts == 0
    first.stop()
    assert third.wait(PATIENCE).text == echoed()
    assert "Second" not in str([request.body for request in sim.chat_requests])


def test_a_run_stops_in_the_middle_and_keeps_its_text(service: OpenRouterService, sim: Simulator) -> None:
    """What the reader has seen is what stays."""
    stream = service.stream(ask("sim/stall"))
    first = next(event for event in stream if isinstance(event, TextDelta))
    assert stream.run.state == "streaming"
    stream.run.stop()
    assert is_stopped(stream.run)
    assert stream.result.text.startswith(first.text)
    assert sim.wait_for_disconnect()


def test_the_events_of_a_stopped_stream_end_with_the_result(service: OpenRouterService) -> None:
    """No exception is raised from the iteration either."""
    stream = service.stream(ask("sim/stall"))
    seen = [next(stream)]
    stream.run.stop()
    seen += list(stream)
    *deltas, end = seen
    assert end.type == "finished"
    assert end.result is stream.result
    assert "".join(delta.text for delta in deltas if isinstance(delta, TextDelta)) == stream.result.text


def test_reasoning_is_kept_too(service: OpenRouterService, sim: Simulator) -> None:
    """A model stopped while it thinks has said something."""
    sim.script(Reply(chunks=streamed({"content": "", "reasoning": "Let me see"}, finish=None), end="hang"))
    stream = service.stream(ask())
    assert next(stream) == ReasoningDelta("Let me see")
    stream.close()
    assert (stream.result.reasoning, stream.result.text) == ("Let me see", "")


def test_leaving_the_block_early_stops_the_run(service: OpenRouterService, sim: Simulator) -> None:
    """Then the result is partial, and it is there at once."""
    with service.stream(ask("sim/stall")) as stream:
        for event in stream:
            assert isinstance(event, TextDelta)
            break
    assert is_stopped(stream.run)
    assert stream.result is stream.partial is stream.run.result
    assert stream.result.text != ""
    assert sim.wait_for_disconnect()


def test_an_exception_inside_the_block_stops_the_run_and_goes_on(service: OpenRouterService, sim: Simulator) -> None:
    """The caller's exception is the one that is seen."""
    stream = service.stream(ask("sim/hang"))

    def fail() -> None:
        with stream:
            assert sim.wait_for_request()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert is_stopped(stream.run)
    assert sim.wait_for_disconnect()


def test_stopping_twice_is_stopping_once(service: OpenRouterService, sim: Simulator) -> None:
    """Two clicks do no harm."""
    run = service.start(ask("sim/hang"))
    assert sim.wait_for_request()
    run.stop()
    run.stop()
    assert is_stopped(run)
    run.stop()
    assert is_stopped(run)


def test_stopping_after_the_end_changes_nothing(service: OpenRouterService) -> None:
    """The answer is whole and stays so."""
    run = service.start(ask())
    result = run.wait(PATIENCE)
    run.stop()
    service.list_models()
    assert (run.state, run.wait() is result, result.is_partial) == ("completed", True, False)


def test_a_run_stopped_in_the_moment_it_starts_comes_to_its_end(service: OpenRouterService) -> None:
    """Whichever is faster, somebody who waits for it is not left waiting."""
    runs = [service.start(ask("sim/hang")) for _ in range(30)]
    for run in runs:
        run.stop()
    assert [is_stopped(run) for run in runs] == [True] * 30


def test_a_run_walks_through_its_states(service: OpenRouterService, make_service: MakeService, sim: Simulator) -> None:
    """Queued, waiting, streaming, completed; what it has no figure for yet is None."""
    busy = make_service(max_concurrent_requests=1)
    blocker, queued = busy.start(ask("sim/hang")), busy.start(ask())
    assert busy.health().runs_waiting == 1
    assert (queued.state, queued.attempt, queued.result) == ("queued", 0, None)
    assert (blocker.state, blocker.attempt, blocker.result) == ("waiting", 1, None)
    with pytest.raises(TimeoutError, match="still waiting"):
        blocker.wait(0)
    blocker.stop()
    result = queued.wait(PATIENCE)
    assert (queued.state, queued.result) == ("completed", result)
    assert result.timings.first_token is not None
    assert 0 < result.timings.queued <= result.timings.total == queued.elapsed


def test_close_stops_the_runs_of_the_service(make_service: MakeService, sim: Simulator) -> None:
    """Those that wait, those that stream, and those that nobody waits for."""
    service = make_service()
    runs = [service.start(ask(model)) for model in ("sim/hang", "sim/stall", "sim/hang")]
    assert sim.wait_for_request(3)
    service.close()
    assert [is_stopped(run) for run in runs] == [True] * 3
    assert sim.wait_for_disconnect(3)
    service.close()


USES: dict[str, Callable[[OpenRouterService], object]] = {
    "generate": lambda service: service.generate("Hello"),
    "chat": lambda service: service.chat(ask()),
    "stream": lambda service: service.stream(ask()),
    "start": lambda service: service.start(ask()),
    "list_models": lambda service: service.list_models(),
    "get_model": lambda service: service.get_model("sim/echo"),
    "key_status": lambda service: service.key_status(),
    "complete_structured": lambda service: service.complete_structured(ask(), {"type": "object"}),
    "with_key": lambda service: service.with_key("sk-or-v1-other").chat(ask()),
}


@pytest.mark.parametrize("use", USES.values(), ids=USES)
def test_after_close_every_use_says_that_it_is_closed(
    make_service: MakeService, use: Callable[[OpenRouterService], object]
) -> None:
    """And not "Event loop is closed"."""
    service = make_service()
    service.close()
    with pytest.raises(ConfigurationError, match="The service is closed"):
        use(service)


def test_after_close_health_says_so_without_raising(make_service: MakeService) -> None:
    """Health never raises."""
    service = make_service()
    service.close()
    health = service.health()
    assert (health.is_reachable, health.latency) == (False, None)
    assert isinstance(health.last_error, ConfigurationError)


class Interrupted(BaseException):
    """What a script that is being stopped, or a Ctrl+C, throws into a thread that waits."""


def test_an_interrupted_wait_stops_the_run(service: OpenRouterService, sim: Simulator) -> None:
    """Nobody is left to read the answer, so it is not paid for."""
    runs: list[Run] = []

    def interrupt(number: int, frame: object) -> None:
        raise Interrupted

    def interrupt_once_sent() -> None:
        sim.wait_for_request()
        runs.extend(service.runs.live)
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGUSR1)

    before = signal.signal(signal.SIGUSR1, interrupt)
    helper = threading.Thread(target=interrupt_once_sent)
    try:
        helper.start()
        with pytest.raises(Interrupted):
            service.chat(ask("sim/hang"))
    finally:
        helper.join()
        signal.signal(signal.SIGUSR1, before)
    assert sim.wait_for_disconnect()
    assert [is_stopped(run) for run in runs] == [True]


class CountingServer:
    """A server that answers every request alike on connections it keeps open, and knows which are still open."""

    BODY = b'{"id": "gen-1", "model": "m", "choices": [{"message": {"content": "Hi"}, "finish_reason": "stop"}]}'

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}/v1"
        self.connections: list[threading.Thread] = []
        self._accepting = threading.Thread(target=self._accept)
        self._accepting.start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections.append(threading.Thread(target=self._serve, args=(connection,)))
            self.connections[-1].start()

    def _serve(self, connection: socket.socket) -> None:
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(self.BODY)}\r\n\r\n"
        pending = b""
        with connection:
            while received := connection.recv(65_536):
                pending += received
                if b'"stream":' in pending:
                    pending = b""
                    connection.sendall(head.encode() + self.BODY)

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._accepting.join(PATIENCE)


@pytest.fixture
def counting() -> Iterator[CountingServer]:
    server = CountingServer()
    yield server
    server.close()


def test_fifty_runs_leave_neither_threads_nor_connections(make_service: MakeService, counting: CountingServer) -> None:
    """Connections are used again while the service lives, and closed when it closes."""
    threads = set(threading.enumerate())
    service = make_service(base_url=counting.url, max_concurrent_requests=4)
    runs = [service.start(ask("m")) for _ in range(50)]
    assert [run.wait(PATIENCE).text for run in runs] == ["Hi"] * 50
    assert len(counting.connections) <= 4
    service.close()
    begun = {*counting.connections, *(set(threading.enumerate()) - threads)}
    for thread in begun:
        thread.join(PATIENCE)
    assert [thread.name for thread in begun if thread.is_alive()] == []


def test_an_error_after_the_stop_does_not_replace_it(service: OpenRouterService, sim: Simulator) -> None:
    """The simulator answers with an error the moment the run is stopped: stopped it is, or failed, but not both."""
    for _ in range(20):
        run = service.start(ask("sim/error-200"))
        run.stop()
        assert run.join(PATIENCE)
        if run.state == "stopped":
            assert run.error is None
        else:
            assert (run.state, isinstance(run.error, OpenRouterError)) == ("failed", True)
