"""Runs as figures: what is counted, under which labels, and what is never a label."""

from collections.abc import Callable
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from service import OpenRouterError, OpenRouterService
from service.simulator import Reply, Simulator
from service.telemetry import Metrics
from service.telemetry.metrics import MOST_MODELS
from tests.support import FakeClock, ask, failing, streamed

MakeService = Callable[..., OpenRouterService]


class Counted:
    """A service and its figures."""

    def __init__(self, make_service: MakeService, **settings: Any) -> None:
        made: list[OpenRouterService] = []
        self.metrics = Metrics(lambda: made)
        self.service = make_service(observers=[self.metrics], **settings)
        made.append(self.service)

    def values(self) -> dict[tuple[str, tuple[str, ...]], float]:
        text, kind = self.metrics.render()
        assert kind.startswith("text/plain; version=")
        return {
            (sample.name, tuple(value for name, value in sorted(sample.labels.items()) if name != "le")): sample.value
            for family in text_string_to_metric_families(text.decode())
            for sample in family.samples
            if not sample.name.endswith("_created")
        }


@pytest.fixture
def counted(make_service: MakeService) -> Counted:
    return Counted(make_service)


def test_a_run_is_counted_with_what_it_took(counted: Counted) -> None:
    """Requests, time, tokens by kind, cost."""
    result = counted.service.start(ask("sim/writer")).wait(5)
    assert result.usage is not None
    assert result.usage.cost is not None
    values = counted.values()
    assert values["openrouter_requests_total", ("sim/writer", "completed")] == 1
    assert values["openrouter_attempts_total", ("sim/writer",)] == 1
    assert values["openrouter_latency_seconds_count", ("sim/writer",)] == 1
    assert values["openrouter_latency_seconds_sum", ("sim/writer",)] == pytest.approx(result.timings.total)
    assert values["openrouter_time_to_first_token_seconds_count", ("sim/writer",)] == 1
    assert values["openrouter_tokens_total", ("prompt", "sim/writer")] == result.usage.prompt_tokens
    assert values["openrouter_tokens_total", ("completion", "sim/writer")] == result.usage.completion_tokens
    assert values["openrouter_cost_usd_total", ("sim/writer",)] == pytest.approx(float(result.usage.cost))


def test_errors_are_counted_by_their_class(counted: Counted, sim: Simulator) -> None:
    """Those of a run, and those of attempts, of which some were made good."""
    sim.script(*failing(2))
    counted.service.chat(ask())
    with pytest.raises(OpenRouterError):
        counted.service.chat(ask("sim/moderation"))
    values = counted.values()
    assert values["openrouter_errors_total", ("ModerationError",)] == 1
    assert ("openrouter_errors_total", ("ProviderError",)) not in values
    assert values["openrouter_failed_attempts_total", ("ProviderError",)] == 2
    assert values["openrouter_requests_total", ("other", "failed")] == 1


def test_what_is_under_way_is_read_when_it_is_asked_for(make_service: MakeService, sim: Simulator) -> None:
    """In flight, and in line."""
    counted = Counted(make_service, max_concurrent_requests=2)
    runs = [counted.service.start(ask("sim/hang")) for _ in range(5)]
    assert sim.wait_for_request(2)
    assert counted.service.health().runs_waiting == 3
    values = counted.values()
    assert (values["openrouter_runs_in_flight", ()], values["openrouter_queue_length", ()]) == (2, 3)
    for run in reversed(runs):
        run.stop()
        assert run.join(5)
    values = counted.values()
    assert (values["openrouter_runs_in_flight", ()], values["openrouter_queue_length", ()]) == (0, 0)
    assert values["openrouter_requests_total", ("other", "stopped")] == 5


def test_a_breaker_that_is_not_closed_is_shown(make_service: MakeService, clock: FakeClock, sim: Simulator) -> None:
    """Open is 2, half open 1, and one that has closed again is not there."""
    counted = Counted(make_service, clock=clock, max_retries=0, breaker_threshold=1, breaker_cooldown=30)
    sim.script(*failing(1))
    with pytest.raises(OpenRouterError):
        counted.service.chat(ask())
    assert counted.values()["openrouter_breaker_state", ("sim/echo",)] == 2
    assert counted.service.breakers == {"sim/echo": "open"}
    clock.advance(30)
    assert counted.values()["openrouter_breaker_state", ("sim/echo",)] == 1
    counted.service.chat(ask())
    assert ("openrouter_breaker_state", ("sim/echo",)) not in counted.values()


def test_a_name_that_is_made_up_is_no_label(counted: Counted) -> None:
    """Whoever can ask could else fill the memory with names."""
    for number in range(3):
        with pytest.raises(OpenRouterError):
            counted.service.chat(ask(f"made/up-{number}"))
    assert counted.values()["openrouter_requests_total", ("other", "failed")] == 3
    assert not any("made/up" in label for _, labels in counted.values() for label in labels)


def test_the_labels_are_bounded(counted: Counted, sim: Simulator) -> None:
    """A server that answers to any name cannot fill the memory either."""
    for number in range(MOST_MODELS + 5):
        sim.script(Reply(chunks=streamed("Hi")))
        counted.service.chat(ask(f"model/{number}"))
    models = {labels[0] for name, labels in counted.values() if name == "openrouter_requests_total"}
    assert len(models) == MOST_MODELS + 1
    assert counted.values()["openrouter_requests_total", ("other", "completed")] == 5


def test_the_process_is_measured_too(counted: Counted) -> None:
    """Memory and open files tell of leaks."""
    values = counted.values()
    assert values["process_open_fds", ()] > 0
    assert values["process_resident_memory_bytes", ()] > 0
