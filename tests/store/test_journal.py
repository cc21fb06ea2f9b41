"""Runs are stored as they go, and what a dead process has left is marked."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from service import ChatRequest, Message, OpenRouterService, Run
from service.simulator import Simulator
from service.store.library import Library
from service.store.values import RunFilters, StoredRun
from tests.store.support import wait_for
from tests.support import ask

Make = Callable[..., Library]
ROOT = Path(__file__).resolve().parents[2]


class Time:
    """A clock by the calendar that stands still until it is told otherwise."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 21, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


def stalled(service: OpenRouterService) -> Run:
    """Return a run of which all that comes has arrived: one word."""
    run = service.start(ask("sim/stall:after=1", "A story"))
    wait_for(lambda: bool(run.text))
    return run


def stored(library: Library, run_id: str) -> StoredRun:
    """Return what another process knows of a run."""
    found = library.run("me", run_id)
    assert isinstance(found, StoredRun)
    return found


def test_a_run_is_stored_when_it_starts_and_while_it_streams(make_library: Make, service: OpenRouterService) -> None:
    """Another process sees how far it had come at the last checkpoint."""
    library, other = make_library(is_threaded=False), make_library(is_threaded=False)
    run = stalled(service)
    conversation = library.create("me")
    asked = conversation.say("A story")
    conversation.answer(asked.id, run)
    at_first = stored(other, run.id)
    assert (at_first.state, at_first.is_ended, at_first.text, at_first.result) == ("queued", False, "", None)
    assert at_first.request == run.request
    library._journal.tick()
    assert library.flush(10)
    later = stored(other, run.id)
    assert (later.state, later.text, later.is_ended) == ("streaming", run.text, False)
    assert library.run("me", run.id) is run
    assert conversation.path().messages[-1].run is run
    assert conversation.live_runs == [run]
    run.stop()
    assert run.join(10)
    wait_for(lambda: stored(other, run.id).is_ended)
    end = stored(other, run.id)
    assert (end.state, end.result, conversation.live_runs) == ("stopped", run.result, [])


def test_without_news_there_is_no_checkpoint(make_library: Make, service: OpenRouterService) -> None:
    """A run that waits costs nothing."""
    library = make_library(is_threaded=False)
    run = stalled(service)
    library.record("me", run, kind="chat")
    library._journal.tick()
    assert library.flush(10)
    before = library.pending
    library._journal.tick()
    assert (before, library.pending) == (0, 0)
    run.stop()
    assert run.join(10)


def test_the_journal_ticks_by_itself(make_library: Make, service: OpenRouterService) -> None:
    """About once a second."""
    library, other = make_library(), make_library()
    run = stalled(service)
    library.record("me", run, kind="chat")
    wait_for(lambda: stored(other, run.id).text == run.text)
    run.stop()
    assert run.join(10)


def test_an_end_is_let_go_of_once_it_is_stored(make_library: Make, service: OpenRouterService) -> None:
    """Until then the run itself is shown."""
    library = make_library(is_threaded=False)
    run = service.start(ask())
    library.record("me", run, kind="chat")
    assert run.join(10)
    assert library.run("me", run.id) is run
    assert library.flush(10)
    library._journal.tick()
    assert isinstance(library.run("me", run.id), StoredRun)


def test_a_run_of_a_process_that_is_dead_for_certain_is_marked_at_once(
    make_library: Make, service: OpenRouterService
) -> None:
    """Its lock is free; no need to wait for silence."""
    time = Time()
    library = make_library(now=time, is_threaded=False)
    run = stalled(service)
    library.record("me", run, kind="chat")
    library._journal.tick()
    assert library.flush(10)
    let_go_of_the_lock(library)
    found = stored(make_library(now=time), run.id)
    wait_for(lambda: stored(make_library(now=time), run.id).is_ended)
    found = stored(make_library(now=time), run.id)
    assert (found.state, found.text) == ("interrupted", run.text)
    run.stop()
    assert run.join(10)


def let_go_of_the_lock(library: Library) -> None:
    """Let the lock go as the system does for a process that died: the file stays."""
    descriptor = library._journal._lock._descriptor
    assert descriptor is not None
    os.close(descriptor)
    library._journal._lock._descriptor = None


def remove_the_lock(library: Library) -> None:
    """Let the lock be out of sight, as that of a process on another machine is."""
    library._journal._lock_of(library._journal.process_id).unlink()


def test_a_process_of_which_nothing_is_known_counts_as_dead_after_30_seconds(
    make_library: Make, service: OpenRouterService
) -> None:
    """Not before, and not while it gives signs of life."""
    time = Time()
    library, other = (make_library(now=time, is_threaded=False) for _ in range(2))
    run = stalled(service)
    library.record("me", run, kind="chat")
    library._journal.tick()
    remove_the_lock(library)
    states = []
    for seconds in (29, 29, 31):
        if len(states) < 2:
            library._journal.tick()
        assert library.flush(10)
        time.advance(seconds)
        other._journal.look_for_dead()
        assert other.flush(10)
        states.append(stored(other, run.id).state)
    assert states == ["streaming", "streaming", "interrupted"]
    run.stop()
    assert run.join(10)


def test_a_live_run_is_never_marked_by_another_process(make_library: Make, service: OpenRouterService) -> None:
    """However long it says nothing: its lock is held."""
    time = Time()
    library = make_library(now=time, is_threaded=False)
    run = stalled(service)
    library.record("me", run, kind="chat")
    assert library.flush(10)
    time.advance(3_600)
    other = make_library(now=time, is_threaded=False)
    assert other.flush(10)
    assert stored(other, run.id).state == "queued"
    run.stop()
    assert run.join(10)


def test_a_run_that_was_marked_by_mistake_is_put_right_by_its_end(
    make_library: Make, service: OpenRouterService
) -> None:
    """A machine may have been asleep for a minute."""
    time = Time()
    library, other = (make_library(now=time, is_threaded=False) for _ in range(2))
    run = stalled(service)
    library.record("me", run, kind="chat")
    assert library.flush(10)
    remove_the_lock(library)
    time.advance(31)
    other._journal.look_for_dead()
    assert other.flush(10)
    assert stored(other, run.id).state == "interrupted"
    library._journal.tick()
    run.stop()
    assert run.join(10)
    assert library.flush(10)
    assert (stored(other, run.id).state, stored(other, run.id).result) == ("stopped", run.result)


CHILD = """
import sys
from service import ChatRequest, Message, OpenRouterConfig, OpenRouterService
from service.store.library import Library

url, base_url = sys.argv[1:]
library = Library(url)
service = OpenRouterService(OpenRouterConfig(api_key="sk-or-v1-child", base_url=base_url, model="sim/stall:after=1"))
conversation = library.create("me")
said = conversation.say("Tell me a story")
run = service.start(ChatRequest(messages=[Message.user("Tell me a story")]))
conversation.answer(said.id, run)
while not run.text:
    run.join(0.01)
library._journal.tick()
library.flush()
print(conversation.id, run.id, len(run.text), flush=True)
run.join()
"""


def test_a_killed_process_leaves_its_text_to_the_next_start(make_library: Make, sim: Simulator, url: str) -> None:
    """`kill -9` in mid-answer: the run is interrupted, with the text up to the last checkpoint, and can be found."""
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, url, sim.base_url], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    try:
        assert child.stdout is not None
        conversation_id, run_id, length = child.stdout.readline().split()
        watcher = make_library()
        assert watcher.flush(10)
        assert stored(watcher, run_id).state == "streaming"
    finally:
        child.send_signal(signal.SIGKILL)
        child.communicate()
    library = make_library()
    assert library.flush(10)
    conversation = library.get("me", conversation_id)
    assert conversation is not None
    asked, answered = conversation.path().messages
    run = answered.run
    assert isinstance(run, StoredRun)
    assert (run.state, run.is_ended, run.error, len(run.text)) == ("interrupted", True, None, int(length))
    assert run.result is not None
    assert (run.result.text, run.result.is_partial, run.result.verdict) == (run.text, True, None)
    assert run.result.warnings[-1].startswith("Interrupted: the app ended before the answer did.")
    assert run.request == ChatRequest(messages=[Message.user("Tell me a story")], model="sim/stall:after=1")
    word = run.text.split()[0]
    assert [found.id for found in library.runs("me", RunFilters(query=f"{word} story"))] == [run_id]
    assert asked.text == "Tell me a story"


def test_a_process_that_ends_in_good_order_leaves_nothing_behind(
    make_library: Make, make_service: Callable[..., OpenRouterService], url: str
) -> None:
    """Neither a row nor a lock."""
    library = make_library()
    service = make_service()
    run = stalled(service)
    library.record("me", run, kind="chat")
    service.close()
    assert library.close()
    other = make_library(is_threaded=False)
    assert other.flush(10)
    assert stored(other, run.id).state == "stopped"
    assert [path.stem for path in other._journal._locks.iterdir()] == [other._journal.process_id]


def test_what_is_to_be_done_at_the_end_is_done_once(service: OpenRouterService) -> None:
    """Also where the run has ended before."""
    called: list[str] = []
    run = service.start(ask())
    run.when_ended(lambda ended: called.append(ended.state))
    assert run.join(10)
    wait_for(lambda: bool(called))
    run.when_ended(lambda ended: called.append("again"))
    assert called == ["completed", "again"]


def test_a_failing_callback_does_not_hold_up_the_others(
    service: OpenRouterService, caplog: pytest.LogCaptureFixture
) -> None:
    """It is logged."""
    called: list[str] = []
    run = service.start(ask())
    assert run.join(10)
    run.when_ended(lambda ended: [][0])
    run.when_ended(lambda ended: called.append("done"))
    assert called == ["done"]
    assert "what was to be done after run" in caplog.text
