"""How a service ends: closed by somebody else, from a callback, forgotten, forked, or with the process."""

import gc
import os
import signal
import subprocess
import sys
import threading
import warnings
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from service import ConfigurationError, OpenRouterConfig, OpenRouterService, Run, TextDelta
from service.simulator import Reply, Simulator
from service.telemetry import Observer
from tests.support import KEY, OTHER_KEY, FakeClock, ask, echoed, streamed

MakeService = Callable[..., OpenRouterService]
PATIENCE = 10.0
ROOT = Path(__file__).parents[2]


class Interrupting(FakeClock):
    """A clock that does something when it is asked for the time; so another thread would come in between."""

    def __init__(self) -> None:
        super().__init__()
        self.then: Callable[[], object] | None = None

    def __call__(self) -> float:
        do, self.then = self.then, None
        if do is not None:
            do()
        return super().__call__()


def forgettable(sim: Simulator) -> OpenRouterService:
    """Return a service that nobody but the caller holds, and that nobody closes."""
    return OpenRouterService(OpenRouterConfig(api_key=KEY, base_url=sim.base_url, model="sim/echo"))


@pytest.fixture
def hurried() -> Iterator[None]:
    """Let threads take turns as often as they can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def thread_of(service: OpenRouterService) -> threading.Thread:
    return service._loop._thread


# Closed while it is used


def test_a_service_closed_in_the_middle_of_a_start_starts_nothing(make_service: MakeService, sim: Simulator) -> None:
    """The run would be on a loop that has ended, and whoever waits for it would wait for ever."""
    clock = Interrupting()
    service = make_service(clock=clock)
    clock.then = service.close
    with pytest.raises(ConfigurationError, match="The service is closed"):
        service.start(ask())
    assert sim.chat_requests == []


@pytest.mark.usefixtures("hurried")
def test_closing_a_view_stops_what_many_threads_have_started(make_service: MakeService, sim: Simulator) -> None:
    """None is forgotten, however they get in each other's way."""
    view = make_service(max_concurrent_requests=1).with_key(OTHER_KEY)
    runs: list[Run] = []
    barrier = threading.Barrier(24)

    def start() -> None:
        barrier.wait()
        runs.extend(view.start(ask("sim/hang")) for _ in range(8))

    threads = [threading.Thread(target=start) for _ in range(24)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    view.close()
    assert [run.state for run in runs] == ["stopped"] * 192


def test_connections_that_are_closed_meanwhile_mean_a_closed_service(service: OpenRouterService) -> None:
    """The HTTP library would say so in an exception of its own."""
    service._loop.call(service._client.close())
    with pytest.raises(ConfigurationError, match="The service is closed"):
        service.list_models()


# From a callback of a run


def in_callback(service: OpenRouterService, do: Callable[[], object]) -> BaseException | None:
    """Do something on the loop's thread, when a run ends there; return what it raised."""
    run = service.start(ask("sim/hang"))
    done = threading.Event()
    raised: list[BaseException] = []

    def callback(run: Run) -> None:
        try:
            do()
        except BaseException as error:
            raised.append(error)
        done.set()

    run.when_ended(callback)
    run.stop()
    assert done.wait(PATIENCE)
    return raised[0] if raised else None


@pytest.mark.parametrize(
    "wait",
    [
        lambda service: service.chat(ask()),
        lambda service: next(iter(service.stream(ask()))),
        lambda service: service.start(ask()).join(),
        lambda service: service.list_models(),
    ],
    ids=["chat", "stream", "join", "list_models"],
)
def test_waiting_in_a_callback_is_refused(
    wait: Callable[[OpenRouterService], object], service: OpenRouterService
) -> None:
    """It would be for itself, for ever, and with it every other run."""
    error = in_callback(service, lambda: wait(service))
    assert isinstance(error, RuntimeError)
    assert service.chat(ask()).text == echoed()


def test_a_callback_may_start_a_run(service: OpenRouterService) -> None:
    started: list[Run] = []
    assert in_callback(service, lambda: started.append(service.start(ask()))) is None
    assert started[0].wait(PATIENCE).text == echoed()


def test_a_callback_may_close_the_service(make_service: MakeService) -> None:
    """Its thread ends behind it, and so do the other runs."""
    service = make_service()
    held = service.start(ask("sim/hang"))
    assert in_callback(service, service.close) is None
    thread_of(service).join(PATIENCE)
    assert not thread_of(service).is_alive()
    assert held.state == "stopped"


# Forgotten


def test_a_forgotten_service_leaves_no_thread(sim: Simulator) -> None:
    """A cell of a notebook that is run again and again makes one each time."""
    service = forgettable(sim)
    assert service.chat(ask()).text == echoed()
    thread = thread_of(service)
    del service
    gc.collect()
    thread.join(PATIENCE)
    assert not thread.is_alive()


def test_what_a_forgotten_service_has_begun_it_ends(sim: Simulator) -> None:
    """The stream holds what it needs; the thread goes with the last of it."""
    sim.script(Reply(chunks=streamed(*"abcd"), gap=0.05))
    service = forgettable(sim)
    thread, stream = thread_of(service), service.stream(ask())
    del service
    gc.collect()
    assert "".join(event.text for event in stream if isinstance(event, TextDelta)) == "abcd"
    del stream
    gc.collect()
    thread.join(PATIENCE)
    assert not thread.is_alive()


def test_a_closed_service_is_let_go_although_an_observer_knows_it(sim: Simulator) -> None:
    """With it its last thousand answers."""

    class Knowing(Observer):
        service: OpenRouterService

    knowing = Knowing()
    config = OpenRouterConfig(api_key=KEY, base_url=sim.base_url, model="sim/echo")
    service = knowing.service = OpenRouterService(config, observers=[knowing])
    run = weakref.ref(service.start(ask()))
    service.close()
    del service, knowing
    gc.collect()
    assert run() is None


def test_a_view_holds_the_service_it_is_of(sim: Simulator) -> None:
    service = forgettable(sim)
    view = service.with_key(OTHER_KEY)
    del service
    gc.collect()
    assert view.chat(ask()).text == echoed()


# Other processes


def test_the_child_of_a_fork_is_told_to_make_its_own(service: OpenRouterService) -> None:
    """Its copy has no thread: it would wait for ever, and closing it must not touch the parent's connections."""
    assert service.chat(ask()).text == echoed()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        signal.alarm(10)
        os._exit(0 if _is_refused(service) else 1)
    assert os.waitpid(child, 0)[1] == 0
    assert service.chat(ask()).text == echoed()


def _is_refused(service: OpenRouterService) -> bool:
    try:
        service.chat(ask())
    except ConfigurationError as error:
        service.close()
        return "forked" in str(error)
    except BaseException:
        return False
    return False


def test_a_script_that_forgets_to_close_ends_without_a_word(sim: Simulator) -> None:
    """With warnings as errors, a view, and a run that still goes on."""
    script = f"""
from service import ChatRequest, Message, OpenRouterConfig, OpenRouterService

service = OpenRouterService(OpenRouterConfig(api_key={KEY!r}, base_url={sim.base_url!r}, model="sim/echo"))
view = service.with_key({OTHER_KEY!r})
assert service.generate("a").text and view.generate("b").text
run = service.start(ChatRequest(messages=[Message.user("c")], model="sim/stall"))
while not run.text:
    run.join(0.01)
"""
    command = [sys.executable, "-W", "error", "-c", script]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert (answer.returncode, answer.stdout, answer.stderr) == (0, "", "")
