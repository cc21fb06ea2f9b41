"""The registry of runs, and what a run does when something unforeseen happens."""

from collections.abc import Callable, Iterator

import pytest

from service import ChatResult, OpenRouterError, OpenRouterService, ProviderError, Run, Verdict
from service.loop import BackgroundLoop
from service.runs import Runs
from service.simulator import Simulator
from tests.support import FakeClock, ask

MakeService = Callable[..., OpenRouterService]


@pytest.fixture
def loop() -> Iterator[BackgroundLoop]:
    loop = BackgroundLoop()
    yield loop
    loop.close()


async def nothing(run: Run) -> ChatResult:
    return ChatResult()


def start(runs: Runs, work: Callable[[Run], object] = nothing) -> Run:
    return runs.start(Run(ask(), clock=FakeClock()), work)  # type: ignore[arg-type]


def test_a_run_is_found_by_its_id(service: OpenRouterService) -> None:
    """While it goes on and after; an unknown id finds nothing."""
    run = service.start(ask("sim/hang"))
    assert (service.runs.get(run.id), service.runs.live) == (run, [run])
    run.stop()
    assert run.join(5)
    assert (service.runs.get(run.id), service.runs.live) == (run, [])
    assert service.runs.get("unknown") is None


@pytest.mark.parametrize(
    ("model", "sentence"),
    [
        ("sim/out-of-credits", "The request failed before anything had arrived."),
        ("sim/error-mid-stream", "The request failed before the end; what had arrived is kept."),
    ],
)
def test_a_failure_says_whether_anything_is_kept(service: OpenRouterService, model: str, sentence: str) -> None:
    run = service.start(ask(model))
    assert run.join(20)
    assert run.result is not None
    assert run.result.verdict == Verdict("provider_error", sentence)


def test_the_oldest_finished_runs_are_forgotten(loop: BackgroundLoop) -> None:
    """The last ones stay."""
    runs = Runs(loop, keep=3)
    started = []
    for _ in range(5):
        started.append(start(runs))
        started[-1].wait(5)
    assert [runs.get(run.id) for run in started] == [None, None, *started[2:]]


def test_a_live_run_is_never_forgotten(service: OpenRouterService, sim: Simulator) -> None:
    """However many came after it."""
    runs = Runs(service.runs._loop, keep=1)
    service_run = service.start(ask("sim/hang"))
    assert sim.wait_for_request()

    async def wait_for_it(run: Run) -> ChatResult:
        import asyncio

        await asyncio.to_thread(service_run.join, 5)
        return ChatResult(text="late")

    live = start(runs, wait_for_it)
    finished = [start(runs) for _ in range(3)]
    for run in finished:
        run.wait(5)
    assert runs.live == [live]
    service_run.stop()
    assert live.wait(5).text == "late"


def test_something_unforeseen_fails_the_run_and_is_logged(
    loop: BackgroundLoop, caplog: pytest.LogCaptureFixture
) -> None:
    """Nobody waits for ever, and the traceback is in the log rather than on a page."""

    async def broken(run: Run) -> ChatResult:
        raise KeyError("sk-or-v1-0123456789")

    run = start(Runs(loop), broken)
    with pytest.raises(OpenRouterError, match=r"Something unforeseen happened: KeyError\.") as caught:
        run.wait(5)
    assert (run.state, caught.value.retryable, type(caught.value)) == ("failed", False, OpenRouterError)
    assert run.id in caplog.text
    assert "Traceback" in caplog.text


def test_wait_and_result_tell_of_a_failure_each_in_its_way(service: OpenRouterService) -> None:
    """One raises, the other holds what there was."""
    run = service.start(ask("sim/error-mid-stream"))
    assert run.join(5)
    assert run.result is not None
    assert (run.state, run.result.is_partial, run.result.text) == ("failed", True, run.text)
    for _ in range(2):
        with pytest.raises(OpenRouterError) as caught:
            run.wait()
        assert caught.value is run.error


def test_a_cut_connection_is_failed_and_not_interrupted(service: OpenRouterService) -> None:
    """Interrupted is what the end of the process does."""
    run = service.start(ask("sim/disconnect"))
    assert run.join(5)
    assert run.state == "failed"


def test_a_failure_before_any_output_has_an_empty_partial_result(make_service: MakeService) -> None:
    """The page shows the error alone; the figures are there all the same."""
    run = make_service(max_retries=1).start(ask("sim/provider-error"))
    with pytest.raises(ProviderError):
        run.wait(5)
    assert run.result is not None
    assert (run.result.text, run.result.attempts, run.result.requested_model) == ("", 2, "sim/provider-error")
    assert run.result.verdict is not None
    assert run.result.verdict.kind == "provider_error"


def test_a_run_names_itself_without_what_was_said(service: OpenRouterService) -> None:
    """Its id, model and state are enough for a log."""
    run = service.start(ask(text="a private matter"))
    run.wait()
    assert repr(run) == f"Run(id={run.id!r}, model='sim/echo', state='completed')"


def test_a_loop_that_is_closed_twice_is_closed() -> None:
    """And takes no more work."""
    loop = BackgroundLoop()
    loop.close()
    loop.close()
    assert loop.is_closed
    loop.soon(lambda: pytest.fail("called after the end"))


def test_an_id_may_be_part_of_any_key(service: OpenRouterService) -> None:
    """Streamlit's components refuse keys with two underscores in a row, which base64 ids have now and then."""
    assert all(service.start(ask()).id.isalnum() for _ in range(5))
