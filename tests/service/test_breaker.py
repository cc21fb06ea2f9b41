"""The circuit breaker: one key and model that fails again and again is left alone for a while."""

from collections.abc import Callable

import pytest

from service import (
    AuthenticationError,
    CircuitOpenError,
    ModerationError,
    OpenRouterError,
    OpenRouterService,
    ProviderError,
    RequestTimeoutError,
)
from service.simulator import Reply, Simulator
from tests.support import FakeClock, ask, echoed, failing

MakeService = Callable[..., OpenRouterService]
BROKEN = "sim/provider-error"


@pytest.fixture
def guarded(make_service: MakeService, clock: FakeClock) -> OpenRouterService:
    """A service whose circuits open after three failures, for 30 s of the fake clock."""
    return make_service(clock=clock, max_retries=0, breaker_threshold=3, breaker_cooldown=30, model=BROKEN)


def fail(service: OpenRouterService, times: int, model: str = BROKEN) -> None:
    for _ in range(times):
        with pytest.raises(ProviderError):
            service.chat(ask(model))


def test_after_so_many_failures_in_a_row_nothing_is_sent(
    guarded: OpenRouterService, sim: Simulator, clock: FakeClock
) -> None:
    """The refusal says how often it failed and how long to wait."""
    fail(guarded, 3)
    clock.advance(10)
    with pytest.raises(CircuitOpenError) as caught:
        guarded.chat(ask(BROKEN))
    assert caught.value.message == "sim/provider-error failed 3 times in a row; the next try is in 20 s."
    assert (caught.value.retry_after, caught.value.context.attempt, len(sim.chat_requests)) == (20.0, 0, 3)
    assert guarded.health().breaker == "open"


def test_two_failures_are_not_enough(guarded: OpenRouterService) -> None:
    """And the state says closed."""
    fail(guarded, 2)
    assert guarded.health().breaker == "closed"
    fail(guarded, 1)


def test_a_success_in_between_starts_the_count_again(guarded: OpenRouterService, sim: Simulator) -> None:
    """Only failures in a row count."""
    for _ in range(2):
        sim.script(*failing(2))
        fail(guarded, 2, "sim/echo")
        assert guarded.chat(ask()).text == echoed()


def test_after_the_cooldown_one_request_goes_through_as_a_probe(
    guarded: OpenRouterService, sim: Simulator, clock: FakeClock
) -> None:
    """While it is under way the others are still refused."""
    fail(guarded, 3)
    clock.advance(30)
    assert guarded.health().breaker == "half_open"
    sim.script(Reply(end="hang"))
    probe = guarded.start(ask(BROKEN))
    assert sim.wait_for_request(4)
    with pytest.raises(CircuitOpenError):
        guarded.chat(ask(BROKEN))
    assert (guarded.health().breaker, len(sim.chat_requests)) == ("half_open", 4)
    probe.stop()
    assert probe.join(5)


def test_a_probe_that_succeeds_closes_the_circuit(guarded: OpenRouterService, sim: Simulator, clock: FakeClock) -> None:
    """And the count begins anew."""
    sim.script(*failing(3))
    fail(guarded, 3, "sim/echo")
    clock.advance(30)
    assert guarded.chat(ask()).text == echoed()
    sim.script(*failing(2))
    fail(guarded, 2, "sim/echo")
    assert guarded.chat(ask()).text == echoed()


def test_a_probe_that_fails_opens_it_for_another_cooldown(guarded: OpenRouterService, clock: FakeClock) -> None:
    """One failure is enough then."""
    fail(guarded, 3)
    clock.advance(30)
    fail(guarded, 1)
    clock.advance(29)
    with pytest.raises(CircuitOpenError, match="failed 4 times in a row; the next try is in 1 s"):
        guarded.chat(ask(BROKEN))
    clock.advance(1)
    fail(guarded, 1)


def test_a_probe_that_is_stopped_leaves_room_for_another(
    guarded: OpenRouterService, sim: Simulator, clock: FakeClock
) -> None:
    """It proved nothing, and it does not block the door for good."""
    sim.script(*failing(3), Reply(end="hang"))
    fail(guarded, 3, "sim/echo")
    clock.advance(30)
    probe = guarded.start(ask())
    assert sim.wait_for_request(4)
    probe.stop()
    assert probe.join(5)
    assert guarded.chat(ask()).text == echoed()


def test_a_probe_that_is_refused_for_another_reason_leaves_room_for_another(
    guarded: OpenRouterService, sim: Simulator, clock: FakeClock
) -> None:
    """A moderated prompt says nothing about the provider."""
    sim.script(*failing(3))
    fail(guarded, 3, "sim/moderation")
    clock.advance(30)
    for _ in range(3):
        with pytest.raises(ModerationError):
            guarded.chat(ask("sim/moderation"))


def test_a_circuit_is_one_models(guarded: OpenRouterService) -> None:
    """The other models of the same key answer."""
    fail(guarded, 3)
    assert guarded.chat(ask()).text == echoed()


def test_a_circuit_is_one_keys(guarded: OpenRouterService, sim: Simulator) -> None:
    """What fails with one key may work with another: limits and providers of one's own differ."""
    fail(guarded, 3)
    other = guarded.with_key("sk-or-v1-another")
    fail(other, 2)
    assert other.health().breaker == "closed"
    assert len(sim.chat_requests) == 5
    with pytest.raises(CircuitOpenError):
        guarded.chat(ask(BROKEN))


def test_a_bad_key_never_closes_the_door_for_others(guarded: OpenRouterService, sim: Simulator) -> None:
    """Nor for itself: a refusal is no failure of the provider."""
    bad = guarded.with_key("sk-or-v1-bad-key")
    for _ in range(5):
        with pytest.raises(AuthenticationError):
            bad.chat(ask())
    assert guarded.chat(ask()).text == echoed()
    assert len(sim.chat_requests) == 6


REFUSED: list[tuple[str, type[OpenRouterError]]] = [
    ("sim/moderation", ModerationError),
    ("sim/no-such-model", OpenRouterError),
    ("sim/out-of-credits", OpenRouterError),
]


@pytest.mark.parametrize(("model", "kind"), REFUSED)
def test_refusals_do_not_open_it(
    guarded: OpenRouterService, sim: Simulator, model: str, kind: type[OpenRouterError]
) -> None:
    """Only what may pass by itself counts."""
    for _ in range(4):
        with pytest.raises(kind):
            guarded.chat(ask(model))
    assert len(sim.chat_requests) == 4


def test_timeouts_and_broken_streams_open_it(make_service: MakeService, sim: Simulator) -> None:
    """A model that hangs is as useless as one that fails."""
    service = make_service(max_retries=0, breaker_threshold=2, timeout=0.2)
    for _ in range(2):
        with pytest.raises(RequestTimeoutError):
            service.chat(ask("sim/hang"))
    with pytest.raises(CircuitOpenError):
        service.chat(ask("sim/hang"))
    for _ in range(2):
        assert service.start(ask("sim/disconnect")).join(5)
    with pytest.raises(CircuitOpenError):
        service.start(ask("sim/disconnect")).wait(5)
    assert len(sim.chat_requests) <= 4  # the two refused were not sent; a late one may have been given up unsent


def test_the_original_error_is_kept_when_it_opens_in_the_middle_of_a_run(
    make_service: MakeService, sim: Simulator
) -> None:
    """What opened it tells more than that it is open, and no attempt is made against it."""
    service = make_service(max_retries=5, breaker_threshold=2)
    with pytest.raises(ProviderError) as caught:
        service.chat(ask(BROKEN))
    assert "overloaded" in caught.value.provider_message
    assert (caught.value.context.attempt, len(sim.chat_requests)) == (2, 2)
    with pytest.raises(CircuitOpenError):
        service.chat(ask(BROKEN))


def test_a_threshold_of_zero_never_opens(make_service: MakeService, sim: Simulator) -> None:
    """For whoever does not want it."""
    service = make_service(max_retries=0, breaker_threshold=0)
    fail(service, 12)
    assert len(sim.chat_requests) == 12


def test_a_run_that_waits_too_long_for_a_slot_leaves_the_circuit_as_it_is(
    make_service: MakeService, sim: Simulator, clock: FakeClock
) -> None:
    """It was our own limit; a probe that was never sent may be sent by the next."""
    service = make_service(
        clock=clock, max_retries=0, breaker_threshold=1, max_concurrent_requests=1, max_queue_wait=0.2
    )
    sim.script(*failing(1))
    fail(service, 1, "sim/echo")
    clock.advance(30)
    with service.stream(ask("sim/hang")), pytest.raises(OpenRouterError, match="No turn within"):
        service.chat(ask())
    assert service.chat(ask()).text == echoed()


def test_what_waits_for_its_turn_is_not_sent_once_the_circuit_is_open(
    make_service: MakeService, sim: Simulator
) -> None:
    """A batch against a model that fails does not go on to its last row."""
    service = make_service(max_retries=0, breaker_threshold=2, max_concurrent_requests=1)
    runs = [service.start(ask(BROKEN)) for _ in range(6)]
    assert all(run.join(5) for run in runs)
    assert [type(run.error) for run in runs] == [ProviderError] * 2 + [CircuitOpenError] * 4
    assert len(sim.chat_requests) == 2


def test_one_that_was_sent_before_does_not_let_another_trial_in(
    guarded: OpenRouterService, sim: Simulator, clock: FakeClock
) -> None:
    """Stopped or refused, it is not the trial, whose place stays taken."""
    sim.script(Reply(end="hang"))
    earlier = guarded.start(ask(BROKEN))
    assert sim.wait_for_request()
    fail(guarded, 3)
    clock.advance(30)
    sim.script(Reply(end="hang"))
    trial = guarded.start(ask(BROKEN))
    assert sim.wait_for_request(5)
    earlier.stop()
    assert earlier.join(5)
    with pytest.raises(CircuitOpenError, match="failed 3 times in a row; one request is out as a trial"):
        guarded.chat(ask(BROKEN))
    trial.stop()
    assert trial.join(5)
