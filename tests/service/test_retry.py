"""When a request is sent again, after how long, and how often."""

import time
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service import (
    AuthenticationError,
    InsufficientCreditsError,
    InvalidRequestError,
    ModelNotFoundError,
    OpenRouterError,
    OpenRouterService,
    PermissionDeniedError,
    ProviderError,
    RateLimitError,
    StreamInterruptedError,
)
from service.guard.retry import RetryPolicy
from service.simulator import Reply, Simulator
from tests.support import FakeClock, HeldSleep, RecordedSleep, ask, echoed, failing, refusing

MakeService = Callable[..., OpenRouterService]


def test_a_429_with_retry_after_waits_exactly_that_long(
    make_service: MakeService, sim: Simulator, naps: RecordedSleep
) -> None:
    """The server's word counts more than our backoff, and both attempts are on the simulator's log."""
    sim.script(refusing(429, headers={"Retry-After": "7"}))
    result = make_service(sleep=naps, retry_delay=1).chat(ask())
    assert naps.seconds == [7.0]
    assert (result.text, result.attempts, len(sim.chat_requests)) == (echoed(), 2, 2)


def test_a_wait_named_in_the_metadata_is_kept_to(
    make_service: MakeService, sim: Simulator, naps: RecordedSleep
) -> None:
    """Providers' limits come without the header but with retry_after_seconds."""
    sim.script(refusing(429, retry_after_seconds=4.5))
    make_service(sleep=naps, retry_delay=1).chat(ask())
    assert naps.seconds == [4.5]


def test_a_rate_limit_that_names_its_reset_waits_until_then(
    make_service: MakeService, sim: Simulator, naps: RecordedSleep
) -> None:
    """X-RateLimit-Reset is in epoch milliseconds."""
    reset = str(int((time.time() + 60) * 1000))
    sim.script(refusing(429, limit_source="openrouter_free_tier_per_minute", headers={"X-RateLimit-Reset": reset}))
    make_service(sleep=naps, retry_delay=1).chat(ask())
    assert len(naps.seconds) == 1
    assert 30 < naps.seconds[0] <= 60


@pytest.mark.parametrize(
    ("drawn", "waits"),
    [(0.0, [1.0, 2.0, 4.0]), (0.5, [0.75, 1.5, 3.0]), (0.999, [0.5005, 1.001, 2.002])],
    ids=["longest", "middle", "shortest"],
)
def test_without_a_word_from_the_server_the_wait_doubles_and_chance_takes_up_to_half(
    make_service: MakeService, sim: Simulator, naps: RecordedSleep, drawn: float, waits: list[float]
) -> None:
    """Many clients that failed together do not come back together."""
    sim.script(*failing(3))
    result = make_service(sleep=naps, chance=lambda: drawn, retry_delay=1).chat(ask())
    assert naps.seconds == pytest.approx(waits)
    assert result.attempts == 4


@given(
    attempt=st.integers(1, 60),
    delay=st.floats(0, 600),
    longest=st.floats(0, 3_600),
    drawn=st.floats(0, 1, exclude_max=True),
)
def test_a_backoff_never_exceeds_the_longest_wait(attempt: int, delay: float, longest: float, drawn: float) -> None:
    """Whatever is configured and drawn, it stays between half the backoff and the longest wait."""
    policy = RetryPolicy(20, delay, longest, clock=FakeClock(), sleep=RecordedSleep(), chance=lambda: drawn)
    wait = policy.wait_before(attempt, ProviderError("failed"))
    assert min(delay, longest) / 2 <= wait <= longest


def test_a_long_row_of_failures_waits_no_longer_than_max_retry_delay(
    make_service: MakeService, sim: Simulator, naps: RecordedSleep
) -> None:
    """The doubling ends there."""
    sim.script(*failing(4))
    make_service(sleep=naps, chance=lambda: 0.0, retry_delay=1, max_retry_delay=3, max_retries=4).chat(ask())
    assert naps.seconds == [1.0, 2.0, 3.0, 3.0]


REFUSALS = [
    (refusing(400, "Bad."), InvalidRequestError),
    (refusing(401, "User not found."), AuthenticationError),
    (refusing(402, "Insufficient credits."), InsufficientCreditsError),
    (refusing(403, "Key limit exceeded (total limit)."), PermissionDeniedError),
    (refusing(404, "No endpoints found for this."), ModelNotFoundError),
    (refusing(413, "Request payload too large"), InvalidRequestError),
    (refusing(422, "Invalid argument"), InvalidRequestError),
]


@pytest.mark.parametrize(("reply", "kind"), REFUSALS, ids=lambda value: str(getattr(value, "status", "")) or None)
def test_a_refusal_that_will_not_change_is_sent_once(
    service: OpenRouterService, sim: Simulator, reply: Reply, kind: type[OpenRouterError]
) -> None:
    """Asking again would only count against the quota."""
    sim.script(reply)
    with pytest.raises(kind) as caught:
        service.chat(ask())
    assert (type(caught.value), caught.value.retryable, len(sim.chat_requests)) == (kind, False, 1)


def test_the_daily_limit_of_free_models_is_never_retried(service: OpenRouterService, sim: Simulator) -> None:
    """It lasts until midnight UTC, and each attempt counts."""
    with pytest.raises(RateLimitError, match="Today's requests") as caught:
        service.chat(ask("sim/rate-limited:kind=daily"))
    assert (caught.value.retryable, len(sim.chat_requests)) == (False, 1)


@pytest.mark.parametrize("kind", ["upstream", "minute", "admission"])
def test_the_other_rate_limits_are_retried(make_service: MakeService, sim: Simulator, kind: str) -> None:
    """They pass within a minute."""
    service = make_service(max_retries=2, sleep=RecordedSleep())
    with pytest.raises(RateLimitError) as caught:
        service.chat(ask(f"sim/rate-limited:kind={kind}"))
    assert (caught.value.context.attempt, len(sim.chat_requests)) == (3, 3)


def test_of_the_402s_only_the_one_about_requests_in_flight_is_retried(
    make_service: MakeService, sim: Simulator
) -> None:
    """The budget comes free when they end; credits do not."""
    service = make_service(max_retries=1)
    with pytest.raises(InsufficientCreditsError, match="in flight"):
        service.chat(ask("sim/out-of-credits:kind=in-flight"))
    assert len(sim.chat_requests) == 2
    for kind in ("credits", "max-tokens", "key-limit"):
        sim.clear()
        with pytest.raises(InsufficientCreditsError):
            service.chat(ask(f"sim/out-of-credits:kind={kind}"))
        assert (kind, len(sim.chat_requests)) == (kind, 1)


@pytest.mark.parametrize("model", ["sim/error-mid-stream", "sim/error-empty-choices", "sim/disconnect"])
def test_nothing_is_sent_again_after_the_first_token(service: OpenRouterService, sim: Simulator, model: str) -> None:
    """The reader has already seen it, and it is billed."""
    with pytest.raises(StreamInterruptedError) as caught:
        service.start(ask(model)).wait()
    assert caught.value.partial is not None
    assert caught.value.partial.text != ""
    assert len(sim.chat_requests) == 1


def test_an_unstreamed_answer_that_broke_off_is_not_asked_for_again(service: OpenRouterService, sim: Simulator) -> None:
    """What had arrived is output here too."""
    with pytest.raises(ProviderError) as caught:
        service.chat(ask("sim/error-mid-stream"))
    assert caught.value.partial is not None
    assert caught.value.partial.text != ""
    assert len(sim.chat_requests) == 1


def test_an_error_in_place_of_the_first_token_is_retried(make_service: MakeService, sim: Simulator) -> None:
    """A 200 whose stream begins with an error is the HTTP status that the error names."""
    with pytest.raises(ProviderError) as caught:
        make_service(max_retries=2).start(ask("sim/error-first-event")).wait()
    assert (caught.value.code, len(sim.chat_requests)) == ("502", 3)


def test_with_max_retries_0_everything_is_sent_once(make_service: MakeService, sim: Simulator) -> None:
    """Our setting is the only one: the SDK adds no attempts of its own."""
    sim.script(*failing(3))
    with pytest.raises(ProviderError):
        make_service(max_retries=0).chat(ask())
    assert len(sim.chat_requests) == 1


def test_a_wait_past_the_total_timeout_fails_at_once(
    make_service: MakeService, sim: Simulator, naps: RecordedSleep, clock: FakeClock
) -> None:
    """Nobody is kept waiting for an attempt that cannot take place."""
    sim.script(refusing(429, headers={"Retry-After": "7"}))
    with pytest.raises(RateLimitError) as caught:
        make_service(sleep=naps, clock=clock, total_timeout=5).chat(ask())
    assert (naps.seconds, caught.value.retry_after, len(sim.chat_requests)) == ([], 7.0, 1)


def test_the_total_timeout_counts_the_waits_that_were_taken(
    make_service: MakeService, sim: Simulator, naps: RecordedSleep, clock: FakeClock
) -> None:
    """Two waits of 3 s fit into 8 s, a third does not."""
    sim.script(*(refusing(429, headers={"Retry-After": "3"}) for _ in range(4)))
    with pytest.raises(RateLimitError):
        make_service(sleep=naps, clock=clock, total_timeout=8).chat(ask())
    assert naps.seconds == [3.0, 3.0]


def test_a_wait_longer_than_max_retry_delay_fails_at_once(
    make_service: MakeService, sim: Simulator, naps: RecordedSleep
) -> None:
    """The error says how long the server wanted."""
    sim.script(refusing(429, headers={"Retry-After": "121"}))
    with pytest.raises(RateLimitError) as caught:
        make_service(sleep=naps, max_retry_delay=120).chat(ask())
    assert (naps.seconds, caught.value.retry_after, len(sim.chat_requests)) == ([], 121.0, 1)


def test_attempts_are_counted_in_the_error_and_share_one_correlation_id(
    make_service: MakeService, sim: Simulator
) -> None:
    """The log of the server and ours can be laid side by side."""
    sim.script(*failing(3))
    run = make_service(max_retries=2).start(ask())
    with pytest.raises(ProviderError) as caught:
        run.wait()
    sent = {request.headers["x-correlation-id"] for request in sim.chat_requests}
    assert sent == {run.correlation_id} == {caught.value.context.correlation_id}
    assert (caught.value.context.attempt, caught.value.context.model) == (3, "sim/echo")
    assert caught.value.partial is None


def test_a_run_that_waits_says_why_and_holds_no_slot(make_service: MakeService, sim: Simulator) -> None:
    """With one slot, another run gets through while the first waits for its next attempt."""
    sim.script(refusing(429, "Slow down.", headers={"Retry-After": "12"}))
    held = HeldSleep()
    service = make_service(sleep=held, max_concurrent_requests=1)
    waiting = service.start(ask())
    assert held.begun.wait(5)
    assert service.chat(ask(text="Another")).text == echoed("Another")
    assert (waiting.state, waiting.attempt) == ("queued", 1)
    assert waiting.notice == "The provider asks to slow down (429). Slow down. Attempt 2 in 12 s."


def test_words_without_a_stop_get_one_before_the_next_attempt_is_told(
    make_service: MakeService, sim: Simulator
) -> None:
    """Two sentences do not run into one another."""
    sim.script(refusing(429, "Slow down", headers={"Retry-After": "12"}))
    held = HeldSleep()
    waiting = make_service(sleep=held).start(ask())
    assert held.begun.wait(5)
    assert waiting.notice == "The provider asks to slow down (429). Slow down. Attempt 2 in 12 s."


def test_a_failed_attempt_leaves_nothing_in_the_answer(make_service: MakeService, sim: Simulator) -> None:
    """The answer is the last attempt's alone."""
    half = b'data: {"id": "gen-0-lost", "model": "sim/echo", "choices": []}\n\ndata: {"error": {"code": 502}}\n\n'
    sim.script(Reply(chunks=[half]))
    run = make_service().start(ask())
    result = run.wait()
    assert (result.text, result.attempts, result.id == "gen-0-lost") == (echoed(), 2, False)
