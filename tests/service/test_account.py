"""Figures: what a key may spend, whether the server answers, what a request will take."""

import json
import socket
from collections.abc import Callable
from decimal import Decimal

import pytest

from service import (
    AuthenticationError,
    ChatRequest,
    ContentPart,
    Message,
    NetworkError,
    OpenRouterService,
    ProviderError,
    ResponseFormat,
    Tool,
)
from service.account import Contact, read_key_status
from service.simulator import Reply, Simulator
from service.tokens import estimate_text_tokens
from tests.support import FakeClock, ask, refusing

MakeService = Callable[..., OpenRouterService]


def test_a_key_says_what_it_has_spent(service: OpenRouterService) -> None:
    """Amounts are exact; no limit is None."""
    before = service.key_status()
    cost = service.chat(ask("sim/writer")).usage.cost  # type: ignore[union-attr]
    after = service.key_status()
    assert before.usage is not None
    assert after.usage is not None
    assert after.usage - before.usage == cost != 0
    assert (before.limit, before.remaining) == (None, None)


def test_a_status_is_read_in_full() -> None:
    """Of a key with a limit, as recorded; the account it belongs to is dropped."""
    data = {
        "label": "sk-or-v1-abc...123",
        "limit": 10,
        "limit_remaining": 7.5,
        "limit_reset": "monthly",
        "usage": 2.5,
        "usage_daily": 6e-05,
        "usage_monthly": 2.5,
        "is_free_tier": True,
        "expires_at": "2027-01-01T00:00:00Z",
        "creator_user_id": "user_secret",
        "free_model_daily_requests": {"used": 51, "limit": 50, "remaining": 0},
    }
    status = read_key_status({"data": data})
    assert (status.limit, status.remaining, status.limit_reset) == (Decimal(10), Decimal("7.5"), "monthly")
    assert (status.usage, status.usage_daily) == (Decimal("2.5"), Decimal("0.00006"))
    assert (status.free_requests_used, status.free_requests_limit, status.is_free_tier) == (51, 50, True)
    assert (status.label, status.expires_at) == ("sk-or-v1-abc...123", "2027-01-01T00:00:00Z")
    assert "user_secret" not in f"{status!r} {status.raw!r}"


@pytest.mark.parametrize("body", [None, [], {}, {"data": None}, {"data": {"usage": "much", "limit": True}}])
def test_an_odd_status_is_unknown(body: object) -> None:
    """What cannot be read is None, not zero."""
    status = read_key_status(body)
    assert (status.usage, status.limit, status.remaining, status.free_requests_used) == (None, None, None, None)


def test_a_bad_key_is_said(service: OpenRouterService) -> None:
    """This is how a key is tested: the model list needs none."""
    bad = service.with_key("sk-or-v1-bad-key")
    with pytest.raises(AuthenticationError):
        bad.key_status()
    assert bad.list_models() != []


def test_a_key_that_is_refused_inside_a_200_is_refused(service: OpenRouterService, sim: Simulator) -> None:
    """And not one of which nothing is known."""
    sim.script_for("/key", Reply(chunks=[b'{"error":{"code":401,"message":"User not found."}}']))
    with pytest.raises(AuthenticationError, match="User not found"):
        service.key_status()
    assert service.health().is_key_refused


def test_health_of_a_server_that_answers(make_service: MakeService, sim: Simulator, clock: FakeClock) -> None:
    """Reachable, how fast, how busy."""
    service = make_service(clock=clock, max_concurrent_requests=1)
    runs = [service.start(ask("sim/hang")) for _ in range(3)]
    assert sim.wait_for_request()
    health = service.health()
    assert (health.is_reachable, health.latency, health.last_error, health.breaker) == (True, 0.0, None, "closed")
    assert (health.runs_in_flight, health.runs_waiting) == (1, 2)
    for run in reversed(runs):
        run.stop()


@pytest.fixture
def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def test_health_of_a_server_that_does_not_answer(make_service: MakeService, closed_port: int) -> None:
    """Not reachable, and why; nothing is raised."""
    health = make_service(base_url=f"http://127.0.0.1:{closed_port}/v1").health()
    assert (health.is_reachable, health.latency) == (False, None)
    assert isinstance(health.last_error, NetworkError)
    assert f"http://127.0.0.1:{closed_port}/v1 could not be reached" in str(health.last_error)


def test_health_of_a_server_that_answers_with_an_error(service: OpenRouterService, sim: Simulator) -> None:
    """It answers, but not as it should."""
    sim.script_for("/models", refusing(503, "Down."))
    health = service.health()
    assert (health.is_reachable, type(health.last_error)) == (False, ProviderError)


@pytest.mark.parametrize("status", [401, 403, 404, 429])
def test_a_server_that_refuses_can_be_reached(service: OpenRouterService, sim: Simulator, status: int) -> None:
    """What it says against us stands beside that, and a refused key is told from an unreachable server."""
    sim.script_for("/models", refusing(status))
    health = service.health()
    assert (health.is_reachable, health.is_key_refused) == (True, status == 401)
    assert health.latency is not None
    assert health.last_error is not None
    assert health.last_error.status_code == status


def test_a_refused_key_is_said_until_it_is_taken(service: OpenRouterService) -> None:
    """The model list, which anybody may read, says nothing of it."""
    view = service.with_key("sk-or-v1-bad-key")
    with pytest.raises(AuthenticationError):
        view.chat(ask())
    assert (view.health().is_reachable, view.health().is_key_refused) == (True, True)
    assert service.chat(ask()).text
    assert not service.health().is_key_refused


def test_what_the_server_did_last_is_known_without_asking(
    make_service: MakeService, sim: Simulator, clock: FakeClock, closed_port: int
) -> None:
    """A refusal is an answer; a failure and silence are none; our own limits say nothing."""
    service = make_service(clock=clock, max_retries=0)
    assert service.contact == Contact()
    for model, state in (("sim/echo", "answers"), ("sim/provider-error", "fails"), ("sim/moderation", "answers")):
        clock.advance(1)
        assert service.start(ask(model)).join(5)
        assert service.contact == Contact(state, clock.now)  # type: ignore[arg-type]
    unreachable = make_service(base_url=f"http://127.0.0.1:{closed_port}/v1", max_retries=0, breaker_threshold=1)
    for _ in range(2):
        assert unreachable.start(ask()).join(5)
        assert unreachable.contact.state == "fails"
    before = service.contact
    sim.clear()
    limited = make_service(requests_per_minute=1, max_queue_wait=0.1)
    limited.chat(ask())
    answered = limited.contact
    assert limited.start(ask()).join(5)
    assert (limited.contact, service.contact) == (answered, before)


def test_health_remembers_the_last_thing_that_went_wrong(service: OpenRouterService) -> None:
    """Reachable all the same."""
    with pytest.raises(AuthenticationError):
        service.with_key("sk-or-v1-bad-key").chat(ask())
    assert service.health().last_error is None
    run = service.start(ask("sim/moderation"))
    run.join(5)
    health = service.health()
    assert (health.is_reachable, health.last_error) == (True, run.error)


def test_an_estimate_multiplies_tokens_and_prices(service: OpenRouterService, sim: Simulator) -> None:
    """The answer is taken to be as long as it may be; the parts add up."""
    entry = {"id": "a/b", "pricing": {"prompt": "0.001", "completion": "0.01"}}
    sim.script_for("/models", Reply(chunks=[json.dumps({"data": [entry]}).encode()]))
    request = ask("a/b", "x" * 384, max_tokens=20)
    estimate = service.estimate_cost(request)
    assert (estimate.prompt_tokens, estimate.assumed_completion_tokens) == (100, 20)
    assert (estimate.prompt, estimate.completion, estimate.total) == (Decimal("0.1"), Decimal("0.2"), Decimal("0.3"))
    assert service.estimate_tokens(request) == 100
    assert service.estimate_cost(ask("a/b", max_completion_tokens=7)).assumed_completion_tokens == 7
    assert service.estimate_cost(ask("a/b")).assumed_completion_tokens == 500


def test_an_unknown_price_gives_no_estimate(service: OpenRouterService, sim: Simulator) -> None:
    """A router's, an unlisted model's, and one that nobody could be asked for: a dash, and never $0.00."""
    sim.script_for("/models", refusing(500))
    assert service.estimate_cost(ask()).total is None
    for model in ("openrouter/auto", "no/such-model"):
        estimate = service.estimate_cost(ask(model))
        assert (model, estimate.total, estimate.prompt, estimate.completion) == (model, None, None, None)
        assert estimate.prompt_tokens > 0


def test_an_estimate_counts_what_the_configuration_adds(make_service: MakeService) -> None:
    """The system prompt is sent, so it is counted."""
    bare, prompted = make_service(), make_service(system_prompt="y" * 400)
    assert prompted.estimate_tokens(ask()) - bare.estimate_tokens(ask()) == 104


@pytest.mark.parametrize(
    ("text", "tokens"),
    [("", 0), ("a", 1), ("abcd" * 10, 10), ("日本語日本語", 4), ("Привет мир", 4), ("café" * 9, 10)],
)
def test_a_text_is_counted_by_its_script(text: str, tokens: int) -> None:
    """Four characters a token in English, one and a half in Chinese and Japanese, two and a half elsewhere."""
    assert estimate_text_tokens(text) == tokens


def test_everything_that_is_sent_is_counted(service: OpenRouterService) -> None:
    """Images, files, tools and schemas take tokens too."""
    plain = ask()
    parts = [ContentPart.text("Hello"), ContentPart.image("https://example.org/a.png")]
    with_image = ChatRequest(messages=[Message.user(parts)])
    with_file = ChatRequest(messages=[Message.user([ContentPart.file(b"x" * 60_000, filename="a.pdf")])])
    minute, files = 60 * 32_000, {"wav": 1, "mp3": 2}
    sounds = [ContentPart.audio(b"x" * (minute // less), format=kind) for kind, less in files.items()]  # type: ignore[arg-type]
    heard = [service.estimate_tokens(ChatRequest(messages=[Message.user([sound])])) for sound in sounds]
    with_tool = ask(tools=(Tool.function("f", "d" * 400),))
    with_schema = ask(response_format=ResponseFormat.json_schema("n", {"title": "t" * 400}))
    base = service.estimate_tokens(plain)
    assert service.estimate_tokens(with_image) == base + 1_000
    assert service.estimate_tokens(with_file) > 10_000
    assert [tokens - 4 for tokens in heard] == [60 * 32] * 2
    assert min(service.estimate_tokens(request) for request in (with_tool, with_schema)) > base + 100
