"""A thousand runs leave nothing behind."""

import asyncio
import gc
import os
import threading
from collections.abc import Callable
from pathlib import Path

from service import OpenRouterService, Run
from service.simulator import Simulator
from service.telemetry import Metrics
from tests.support import ask

MakeService = Callable[..., OpenRouterService]
PATIENCE = 30.0
MODELS = ("sim/echo", "sim/json", "sim/moderation", "sim/disconnect", "sim/html-502", "sim/error-mid-stream")


def open_files() -> int:
    return len(os.listdir("/proc/self/fd"))


def tasks_of(service: OpenRouterService) -> int:
    """How many tasks the loop has beside the one that counts them."""

    async def count() -> int:
        return len(asyncio.all_tasks()) - 1

    return service._loop.call(count())


def start(service: OpenRouterService, sim: Simulator, number: int) -> Run:
    """Start a run that is answered, that fails, or that is stopped."""
    if number % 10:
        return service.start(ask(MODELS[number % len(MODELS)], f"run {number}"), session=str(number % 7))
    run = service.start(ask("sim/hang"))
    run.stop()
    return run


def settle(is_so: Callable[[], bool]) -> None:
    """Let the server's side come to its end, too; what is expected is asserted afterwards."""
    waiting = threading.Event()
    for _ in range(200):
        if is_so():
            return
        waiting.wait(0.02)


def test_a_thousand_runs_leave_no_task_thread_connection_or_file(make_service: MakeService, sim: Simulator) -> None:
    """Answered, failed, stopped, cached; while the service lives nothing is held but idle connections."""
    make_service().chat(ask())  # what is loaded once is loaded
    gc.collect()
    threads, files = set(threading.enumerate()), open_files()
    service = make_service(
        observers=[Metrics()], max_retries=0, breaker_threshold=0, max_concurrent_requests=20, cache_responses=True
    )
    for first in range(0, 1_000, 100):
        batch = [start(service, sim, number) for number in range(first, first + 100)]
        assert all(run.join(PATIENCE) for run in batch)
    health = service.health()
    assert (tasks_of(service), health.runs_in_flight, health.runs_waiting, service.runs.live) == (0, 0, 0, [])
    assert open_files() - files <= 2 * 100 + 10
    service.close()
    settle(lambda: open_files() <= files)
    assert open_files() <= files
    begun = set(threading.enumerate()) - threads
    for thread in begun:
        thread.join(PATIENCE)
    assert {thread.name for thread in begun if thread.is_alive()} == set()


def test_no_view_of_a_key_stays(make_service: MakeService, sim: Simulator) -> None:
    """A session that brings its own key leaves nothing when it goes."""
    service = make_service()
    service.chat(ask())
    files = open_files()
    for number in range(100):
        view = service.with_key(f"sk-or-v1-{number:032}")
        view.chat(ask())
        view.close()
    del view
    gc.collect()
    settle(lambda: open_files() <= files)
    assert open_files() <= files
    assert len(service._views) == 0


def test_the_count_of_files_sees_one() -> None:
    """It would notice."""
    before = open_files()
    with Path(__file__).open():
        assert open_files() == before + 1
