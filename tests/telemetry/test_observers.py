"""One place hears of runs and passes it on."""

from collections.abc import Callable

import pytest

from service import OpenRouterError, OpenRouterService, Run
from service.simulator import Simulator
from service.telemetry import Observer
from service.telemetry.observer import Observers
from tests.support import ask, failing

MakeService = Callable[..., OpenRouterService]


class Listener(Observer):
    """Writes down what it hears."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, int, str]] = []

    def run_started(self, run: Run) -> None:
        self.heard.append(("started", run.attempt, run.state))

    def attempt_started(self, run: Run) -> None:
        self.heard.append(("sent", run.attempt, run.state))

    def attempt_ended(self, run: Run, error: OpenRouterError | None) -> None:
        self.heard.append((type(error).__name__, run.attempt, run.state))

    def run_ended(self, run: Run) -> None:
        self.heard.append(("ended", run.attempt, run.state))


class Broken(Listener):
    """Raises whatever it hears."""

    def __getattribute__(self, name: str) -> object:
        if name.startswith(("run_", "attempt_")):
            raise ZeroDivisionError
        return super().__getattribute__(name)


def test_a_run_is_heard_from_its_start_to_its_end(sim: Simulator, make_service: MakeService) -> None:
    """Each attempt with its beginning and why it failed; the same for a session's own key."""
    listener = Listener()
    service = make_service(observers=[listener])
    for view in (service, service.with_key("sk-or-v1-" + "5" * 20)):
        listener.heard.clear()
        sim.script(*failing(1))
        view.start(ask()).wait(5)
        assert listener.heard == [
            ("started", 0, "queued"),
            ("sent", 1, "waiting"),
            ("ProviderError", 1, "waiting"),
            ("sent", 2, "waiting"),
            ("NoneType", 2, "streaming"),
            ("ended", 2, "completed"),
        ]


def test_one_that_fails_hurts_nobody(make_service: MakeService, caplog: pytest.LogCaptureFixture) -> None:
    """Neither the run nor who hears of it after."""
    listener = Listener()
    service = make_service(observers=[Broken(), listener])
    assert service.start(ask()).wait(5).finish_reason == "stop"
    assert len(listener.heard) == 4
    assert caplog.text.count("Broken failed") == 4


def test_an_observer_need_not_listen_to_everything(
    service: OpenRouterService, caplog: pytest.LogCaptureFixture
) -> None:
    """What it does not override does nothing, which is no failure either."""
    run = service.start(ask())
    run.wait(5)
    quiet = Observers([Observer()])
    quiet.run_started(run)
    quiet.attempt_started(run)
    quiet.attempt_ended(run, None)
    quiet.run_ended(run)
    assert "failed" not in caplog.text
