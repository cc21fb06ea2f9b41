"""A marked key is pushed through every path, and then looked for in everything that came out."""

import io
import json
import logging
import traceback
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from service import ChatRequest, Message, OpenRouterConfig, OpenRouterError, OpenRouterService, Run
from service.redact import redact, redact_text
from service.simulator import Reply, Simulator
from service.simulator.scenarios import SCENARIOS

MARK = "MARKEDKEY4f7c2e91b8d6a350"
KEY = f"sk-or-v1-{MARK}{'0' * 28}wxyz"
BAD_KEY = f"sk-or-v1-bad{MARK}{'0' * 28}wxyz"
SLOW = {"sim/hang", "sim/stall", "sim/slow", "sim/bench"}
SCENARIO_IDS = sorted({scenario.id for scenario in SCENARIOS} - SLOW | {"sim/bench:n=3,ttft=0,itl=0"})


class Catch:
    """Everything that was shown, in one text."""

    def __init__(self) -> None:
        self.shown = io.StringIO()

    def add(self, *values: Any) -> None:
        for value in values:
            self.shown.write(f"{value!s}\n{value!r}\n")

    def add_error(self, error: BaseException) -> None:
        """An error with all that hangs on it: words, fields, context, traceback, causes."""
        self.add(error, error.args)
        if isinstance(error, OpenRouterError):
            fields = vars(error)
            self.add(fields, error.context, dict(error.context.payload), error.partial, error.hint)
            self.shown.write(json.dumps(fields, default=repr))
        self.shown.writelines(traceback.format_exception(error))

    def add_run(self, run: Run) -> None:
        self.add(run, vars(run), run.request, run.request.model_dump_json(), run.notice, run.result, run.text)
        if run.error is not None:
            self.add_error(run.error)

    def holds_the_mark(self) -> bool:
        return MARK in self.shown.getvalue()


@pytest.fixture
def caught(capfd: pytest.CaptureFixture[str]) -> Iterator[Catch]:
    """Collects; at the end the log at DEBUG, the SDK's and the HTTP library's included, and the output are in it."""
    catch = Catch()
    handler = logging.StreamHandler(catch.shown)
    handler.setFormatter(logging.Formatter("%(name)s %(message)s %(args)s %(exc_text)s"))
    loggers = [logging.getLogger(name) for name in ("", "openai", "httpx2", "httpcore2", "service", "asyncio")]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.DEBUG)
    logging.getLogger().addHandler(handler)
    yield catch
    logging.getLogger().removeHandler(handler)
    for logger, level in zip(loggers, levels, strict=True):
        logger.setLevel(level)
    output = capfd.readouterr()
    catch.add(output.out, output.err)
    assert catch.shown.getvalue().count("\n") > 10
    assert not catch.holds_the_mark()


def ask(model: str = "sim/echo") -> ChatRequest:
    return ChatRequest(messages=(Message.user("Hello"),), model=model)


@pytest.fixture
def marked(make_service: Callable[..., OpenRouterService]) -> OpenRouterService:
    return make_service(api_key=KEY, timeout=0.2, max_retries=1)


def test_the_mark_is_found_where_it_is(sim: Simulator, marked: OpenRouterService) -> None:
    """The hunt can succeed: the key does go over the wire."""
    catch = Catch()
    catch.add({"key": KEY})
    assert catch.holds_the_mark()
    marked.chat(ask())
    assert sim.chat_requests[0].headers["authorization"] == f"Bearer {KEY}"


def test_the_logs_are_really_caught(marked: OpenRouterService, caught: Catch) -> None:
    """At DEBUG the SDK says what it sends."""
    marked.chat(ask())
    assert "openai" in caught.shown.getvalue()
    assert "/chat/completions" in caught.shown.getvalue()


@pytest.mark.parametrize("model", [*SCENARIO_IDS, "sim/hang", "sim/stall", "no/such-model"])
def test_no_scenario_gives_it_away(marked: OpenRouterService, caught: Catch, model: str) -> None:
    """Streamed, whole, and structured, whatever comes of it."""
    run = marked.start(ask(model))
    assert run.join(20)
    caught.add_run(run)
    for use in (
        lambda: marked.chat(ask(model)),
        lambda: marked.complete_structured(ask(model), {"type": "object"}),
        lambda: list(marked.stream(ask(model))),
    ):
        try:
            caught.add(use())
        except OpenRouterError as error:
            caught.add_error(error)


ECHOES = [
    Reply(401, {}, [json.dumps({"error": {"message": f"Incorrect API key provided: {KEY}", "code": 401}}).encode()]),
    Reply(500, {"Content-Type": "text/html"}, [f"<title>{KEY}</title>".encode()]),
    Reply(
        502, {}, [json.dumps({"error": {"code": 502, "metadata": {"raw": f'{{"error": "Bearer {KEY}"}}'}}}).encode()]
    ),
    Reply(200, {}, [json.dumps({"error": {"message": KEY, "code": KEY}}).encode()]),
    Reply(200, {}, [f"this is not JSON {KEY}".encode()]),
    Reply(429, {}, [json.dumps({"error": {"message": "No", "metadata": {"provider_name": KEY}}}).encode()]),
    Reply(403, {}, [json.dumps({"error": {"message": "No", "metadata": {"reasons": [KEY]}}}).encode()]),
    Reply(402, {}, [json.dumps({"error": {"message": "No", "metadata": {"remedy_hint": KEY}}}).encode()]),
]


@pytest.mark.parametrize("reply", ECHOES, ids=range(len(ECHOES)))
def test_a_server_that_repeats_it_does_not_give_it_away(
    marked: OpenRouterService, sim: Simulator, caught: Catch, reply: Reply
) -> None:
    """Some proxies do, in their error pages."""
    sim.script(*[reply] * 2)
    run = marked.start(ask())
    assert run.join(20)
    assert run.error is not None
    caught.add_run(run)


def test_what_shows_the_service_shows_a_mask(marked: OpenRouterService, caught: Catch) -> None:
    """Service, views, configuration, figures, health."""
    view = marked.with_key(BAD_KEY)
    for service in (marked, view):
        caught.add(service, service.config, vars(service.config), service.config.model_dump_json(), [service.config])
        caught.add(service.health(), service.estimate_cost(ask()), service.estimate_tokens(ask()))
        caught.add(service.list_models()[0], service.runs.live)
    caught.add(marked.key_status(), marked.key_status().raw)
    for use in (view.key_status, lambda: view.chat(ask())):
        with pytest.raises(OpenRouterError) as error:
            use()
        caught.add_error(error.value)
    caught.add(view.health().last_error)


@pytest.mark.parametrize("key", [f"{KEY} ", f"{KEY}\n{KEY}", f"{KEY}é"], ids=["blank", "two", "accent"])
def test_a_refused_configuration_shows_a_mask(caught: Catch, key: str) -> None:
    """Whatever it was refused for."""
    variables = {"OPENROUTER_API_KEY": key, "OPENROUTER_TIMEOUT": KEY, "OPENROUTER_BASE_URL": f"https://{KEY}@x.org"}
    for name in variables:
        for make in (
            lambda name=name: OpenRouterConfig.from_env({**variables, name: "1"}),
            lambda: OpenRouterConfig(api_key=key, base_url=f"https://x:{KEY}@example.org"),
            lambda: OpenRouterConfig(api_key=key, model=KEY, timeout=KEY, app_name=f"{KEY}\n"),
            lambda: OpenRouterConfig(**{KEY: KEY}),
        ):
            with pytest.raises(OpenRouterError) as error:
                make()
            caught.add_error(error.value)


def test_an_unreachable_server_does_not_give_it_away(
    make_service: Callable[..., OpenRouterService], caught: Catch
) -> None:
    """Nor does an address that is refused by the HTTP library."""
    service = make_service(api_key=KEY, base_url="http://127.0.0.1:9/v1", max_retries=0)
    run = service.start(ask())
    assert run.join(20)
    caught.add_run(run)


def test_redaction_reaches_into_every_corner() -> None:
    """Nested, in a list, beside a bearer, under a name that tells; account ids go altogether."""
    value = {
        "a": [{"Authorization": "Bearer abcdefgh12345678"}, f"x {KEY} y"],
        "api_key": "short-but-secret",
        "user_id": "user_1",
        "error": {"user_id": "user_1", "token": "abcdefghijkl"},
    }
    shown = json.dumps(redact(value))
    for secret in (MARK, "abcdefgh12345678", "short-but-secret", "user_1", "abcdefghijkl"):
        assert (secret, secret in shown) == (secret, False)
    assert value["user_id"] == "user_1"
    assert redact_text("my-local-token", "my-local-token") == "…oken"
