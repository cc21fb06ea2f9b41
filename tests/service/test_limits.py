"""Who may send, and when: requests in flight, requests a minute, and whose turn it is."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from service import LocalLimitError, OpenRouterService, ProviderError, Run
from service.guard.limiter import RateLimit, Slots
from service.simulator import Simulator
from tests.support import FakeClock, RecordedSleep, ask, echoed, failing

MakeService = Callable[..., OpenRouterService]
PATIENCE = 5.0


def texts_sent(sim: Simulator) -> list[str]:
    """The user messages in the order in which the simulator got them."""
    return [request.body["messages"][-1]["content"] for request in sim.chat_requests]


def test_never_more_requests_are_in_flight_than_allowed(make_service: MakeService, sim: Simulator) -> None:
    """Each one that ends lets exactly one more through."""
    service = make_service(max_concurrent_requests=3)
    runs = [service.start(ask("sim/hang")) for _ in range(7)]
    for ended in range(5):
        expected = min(3 + ended, 7)
        assert sim.wait_for_request(expected)
        health = service.health()
        assert (len(sim.chat_requests), health.runs_in_flight, health.runs_waiting) == (expected, 3, 4 - ended)
        next(run for run in runs if run.state == "waiting").stop()
        assert sim.wait_for_disconnect(ended + 1)


def test_a_stream_holds_its_place_until_it_ends(make_service: MakeService, sim: Simulator) -> None:
    """Not only until its first token."""
    service = make_service(max_concurrent_requests=1)
    stream = service.stream(ask("sim/stall"))
    next(stream)
    waiting = service.start(ask())
    assert (service.health().runs_waiting, len(sim.chat_requests)) == (1, 1)
    stream.close()
    assert waiting.wait(PATIENCE).text == echoed()


def test_a_failed_request_gives_its_place_back(make_service: MakeService, sim: Simulator) -> None:
    """As does one that times out."""
    service = make_service(max_concurrent_requests=1, max_retries=0, timeout=0.2)
    for model in ("sim/moderation", "sim/hang", "sim/disconnect", "sim/html-502"):
        assert service.start(ask(model)).join(PATIENCE)
    assert service.chat(ask()).text == echoed()
    assert service.health().runs_in_flight == 0


def test_sessions_take_turns(make_service: MakeService, sim: Simulator) -> None:
    """A batch of one user does not starve the chat of another; within a session the order is kept."""
    service = make_service(max_concurrent_requests=1)
    first = service.start(ask("sim/hang", "first"))
    batch = [service.start(ask(text=f"batch {number}"), session="batch") for number in range(4)]
    chats = [service.start(ask(text=f"chat {number}"), session="chat") for number in range(2)]
    assert service.health().runs_waiting == 6
    first.stop()
    for run in (*batch, *chats):
        run.wait(PATIENCE)
    assert texts_sent(sim) == ["first", "batch 0", "chat 0", "batch 1", "chat 1", "batch 2", "batch 3"]


def test_who_waits_too_long_for_a_slot_is_told(make_service: MakeService, sim: Simulator) -> None:
    """Nothing was sent, it is not tried again by us, and the error says what to raise."""
    service = make_service(max_concurrent_requests=1, max_queue_wait=0.2)
    with service.stream(ask("sim/hang")), pytest.raises(LocalLimitError) as caught:
        service.chat(ask())
    error = caught.value
    assert error.message == "No turn within 0.2 s: 1 request is in flight."
    assert (error.retry_after, error.retryable, error.context.attempt, error.partial) == (0.2, True, 0, None)
    assert len(sim.chat_requests) == 1


def test_a_request_beyond_the_rate_is_refused_when_it_would_wait_too_long(
    make_service: MakeService, sim: Simulator, clock: FakeClock
) -> None:
    """One a minute: the second is told at once how long it would have been, and a minute later it passes."""
    service = make_service(clock=clock, requests_per_minute=1, max_queue_wait=10)
    assert service.generate("one").text == echoed("one")
    with pytest.raises(LocalLimitError, match="The limit of 1 requests per minute leaves no room for 60 s") as caught:
        service.generate("two")
    assert caught.value.retry_after == pytest.approx(60)
    clock.advance(20)
    with pytest.raises(LocalLimitError) as caught:
        service.generate("three")
    assert caught.value.retry_after == pytest.approx(40)
    clock.advance(40)
    assert service.generate("four").text == echoed("four")
    assert texts_sent(sim) == ["one", "four"]


def test_every_attempt_takes_a_token(make_service: MakeService, sim: Simulator, clock: FakeClock) -> None:
    """A retry counts like a request; where none is left, the run ends with what went wrong before."""
    sim.script(*failing(1))
    service = make_service(clock=clock, sleep=RecordedSleep(clock), requests_per_minute=1, max_queue_wait=10)
    with pytest.raises(ProviderError):
        service.generate("Hello")
    assert len(sim.chat_requests) == 1


def test_without_a_limit_the_clock_does_not_matter(make_service: MakeService, clock: FakeClock) -> None:
    """Zero requests a minute means that they are not counted."""
    service = make_service(clock=clock, requests_per_minute=0)
    assert [service.generate(str(number)).text for number in range(5)] == [echoed(str(number)) for number in range(5)]


def test_the_keys_of_a_service_share_its_limits(make_service: MakeService, sim: Simulator) -> None:
    """Slots protect the machine and the server, whoever pays."""
    service = make_service(max_concurrent_requests=1, max_queue_wait=0.2)
    other = service.with_key("sk-or-v1-another")
    with service.stream(ask("sim/hang")), pytest.raises(LocalLimitError):
        other.chat(ask())
    assert other.chat(ask()).text == echoed()


async def _settled() -> None:
    """Let every task run until it waits."""
    for _ in range(10):
        await asyncio.sleep(0)


def run(test: Callable[[], Awaitable[None]]) -> None:
    asyncio.run(test())  # type: ignore[arg-type]


def test_a_slot_given_to_one_who_has_just_left_goes_to_the_next() -> None:
    """Cancelled in the very moment of its turn, a waiter does not take the slot with it."""

    async def scenario() -> None:
        slots = Slots(1, max_wait=5)
        done: list[str] = []

        async def hold(name: str) -> None:
            async with slots.hold(name):
                done.append(name)

        async with slots.hold("first"):
            second, third = (asyncio.create_task(hold(name)) for name in ("second", "third"))
            await _settled()
        assert done == []
        second.cancel()
        await asyncio.wait_for(third, 5)
        assert done == ["third"]
        assert (slots.taken, slots.waiting) == (0, 0)

    run(scenario)


def test_a_waiter_that_leaves_early_leaves_no_trace() -> None:
    """Its session is forgotten, and nobody is called in its place."""

    async def scenario() -> None:
        slots = Slots(1, max_wait=5)
        async with slots.hold("a"):
            waiter = asyncio.create_task(slots._acquire("b"))
            await _settled()
            assert slots.waiting == 1
            waiter.cancel()
            await asyncio.gather(waiter, return_exceptions=True)
            assert slots.waiting == 0
        assert slots.taken == 0

    run(scenario)


def test_a_burst_of_a_second_is_let_through_at_once(clock: FakeClock) -> None:
    """600 a minute are ten a second: ten pass, the eleventh would wait for a tenth of a second."""

    async def scenario() -> None:
        rate = RateLimit(600, max_wait=0.05, clock=clock)
        for _ in range(10):
            await rate.take("a")
        with pytest.raises(LocalLimitError) as caught:
            await rate.take("a")
        assert caught.value.retry_after == pytest.approx(0.1)
        clock.advance(3_600)
        for _ in range(10):
            await rate.take("a")
        with pytest.raises(LocalLimitError):
            await rate.take("a")

    run(scenario)


def test_the_wait_counts_those_who_are_before_one(clock: FakeClock) -> None:
    """The fourth of a session waits four times as long as its first; another session's first comes second."""

    async def scenario() -> None:
        rate = RateLimit(1, max_wait=200, clock=clock)
        await rate.take("a")
        said: list[Callable[[], str]] = []
        waiters = [asyncio.create_task(rate.take("a", 1, said.append)) for _ in range(3)]
        await _settled()
        assert rate.waiting == 3
        with pytest.raises(LocalLimitError) as caught:
            await rate.take("a")
        assert caught.value.retry_after == pytest.approx(240)
        waiters.append(asyncio.create_task(rate.take("b", 1, said.append)))
        await _settled()
        assert [why().rpartition("about ")[2] for why in said] == ["60 s.", "180 s.", "240 s.", "120 s."]
        clock.advance(20)
        assert said[0]() == "At most 1 requests per minute are sent; this one goes in about 40 s."
        for waiter in waiters:
            waiter.cancel()
        await asyncio.gather(*waiters, return_exceptions=True)
        assert rate.waiting == 0

    run(scenario)


def test_those_who_wait_for_the_rate_take_turns_too() -> None:
    """On a real clock, 3,000 a minute: one every 20 ms, in turn by session."""

    async def scenario() -> None:
        rate = RateLimit(3_000, max_wait=30, clock=asyncio.get_running_loop().time)
        for _ in range(50):
            await rate.take("before")
        order: list[str] = []

        async def take(session: str, name: str) -> None:
            await rate.take(session)
            order.append(name)

        names = [("a", "a1"), ("a", "a2"), ("a", "a3"), ("b", "b1")]
        await asyncio.gather(*(take(session, name) for session, name in names))
        assert order == ["a1", "b1", "a2", "a3"]

    run(scenario)


def test_stopping_one_who_waits_for_the_rate_sends_nothing(
    make_service: MakeService, sim: Simulator, clock: FakeClock
) -> None:
    """A run that waits for its minute can be stopped like any other."""
    service = make_service(clock=clock, requests_per_minute=1, max_queue_wait=300)
    service.generate("one")
    waiting: Run = service.start(ask(text="two"))
    assert service.health().runs_waiting == 1
    waiting.stop()
    assert waiting.wait(PATIENCE).is_partial
    assert (waiting.state, texts_sent(sim), service.health().runs_waiting) == ("stopped", ["one"], 0)


def test_a_queued_run_says_why_it_waits(make_service: MakeService, sim: Simulator) -> None:
    """How many are before it, as that is when one looks; nothing once it was sent."""
    service = make_service(max_concurrent_requests=2)
    first, _ = (service.start(ask("sim/hang")) for _ in range(2))
    waiting = [service.start(ask("sim/hang"), session=session) for session in ("a", "a", "b")]
    assert service.health().runs_waiting == 3
    assert [run.notice for run in waiting] == [
        "2 requests are in flight; you are next.",
        "2 requests are in flight; you are 3rd in line.",
        "2 requests are in flight; you are 2nd in line.",
    ]
    assert sim.wait_for_request(2)
    first.stop()
    assert sim.wait_for_request(3)
    assert [run.notice for run in waiting] == [
        "",
        "2 requests are in flight; you are 2nd in line.",
        "2 requests are in flight; you are next.",
    ]


def test_a_run_that_waits_for_the_rate_says_for_how_long(make_service: MakeService, clock: FakeClock) -> None:
    """The seconds count down."""
    service = make_service(clock=clock, requests_per_minute=20)
    service.generate("one")
    waiting = service.start(ask(text="two"))
    assert service.health().runs_waiting == 1
    assert waiting.notice == "At most 20 requests per minute are sent; this one goes in about 3 s."
    clock.advance(1)
    assert waiting.notice.endswith("about 2 s.")


def test_without_a_limit_everything_is_in_flight_at_once(make_service: MakeService, sim: Simulator) -> None:
    """Zero places means that they are not counted."""
    service = make_service(max_concurrent_requests=0)
    runs = [service.start(ask("sim/hang")) for _ in range(20)]
    assert sim.wait_for_request(20)
    assert (service.health().runs_in_flight, service.health().runs_waiting) == (20, 0)
    for run in runs:
        run.stop()


def test_tokens_are_estimated_before_and_counted_after(
    make_service: MakeService, sim: Simulator, clock: FakeClock
) -> None:
    """A request may go when a second's worth is there, and the next pays for what it really used."""
    service = make_service(clock=clock, tokens_per_minute=6_000, max_queue_wait=3)
    usage = service.chat(ask(max_tokens=1_000)).usage
    assert usage is not None
    assert usage.total_tokens < 100
    clock.advance(1)
    used = service.chat(ask(text="word " * 2_000, max_tokens=100)).usage
    assert used is not None
    assert used.total_tokens > 1_000
    with pytest.raises(LocalLimitError, match="The limit of 6,000 tokens per minute leaves no room for") as caught:
        service.chat(ask())
    assert caught.value.retry_after == pytest.approx(used.total_tokens / 100)
    clock.advance(60)
    assert service.chat(ask()).text == echoed()


def test_who_is_not_sent_pays_nothing(make_service: MakeService, sim: Simulator, clock: FakeClock) -> None:
    """A run that is stopped while it waits for a place gives back what it had taken."""
    service = make_service(
        clock=clock, requests_per_minute=120, tokens_per_minute=60_000, max_concurrent_requests=1, max_queue_wait=0.4
    )
    blocker = service.start(ask("sim/hang", max_tokens=1))
    assert sim.wait_for_request()
    waiting = service.start(ask(max_tokens=900))
    assert service.health().runs_waiting == 1
    assert waiting.notice == "1 request is in flight; you are next."
    waiting.stop()
    blocker.stop()
    assert waiting.join(PATIENCE)
    assert blocker.join(PATIENCE)
    assert service.chat(ask(max_tokens=900)).text == echoed()


def test_a_batch_that_fills_the_line_does_not_turn_others_away(make_service: MakeService, clock: FakeClock) -> None:
    """What another session has to wait for is its own turn, not the whole batch."""
    service = make_service(clock=clock, requests_per_minute=1, max_queue_wait=200)
    batch = [service.start(ask(), session="batch") for _ in range(9)]
    for run in batch[5:]:
        run.join(PATIENCE)
    assert [run.state for run in batch[5:]] == ["failed"] * 4
    chat = service.start(ask(), session="chat")
    assert service.health().runs_waiting == 4
    assert chat.notice.endswith("about 120 s.")
