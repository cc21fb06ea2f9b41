"""How the app's one service is made: demo mode or a real server, from which settings, and how a start fails."""

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from service import ConfigurationError, OpenRouterService, __version__
from service.simulator import Simulator
from service.web import backend, lifespan, middleware, routes
from service.web.bootstrap import close_backend
from tests.support import KEY, OTHER_KEY, ask, echoed


@pytest.fixture(autouse=True)
def _fresh_backend() -> Iterator[None]:
    close_backend()
    yield
    close_backend()


def simulators_running() -> int:
    return len([thread for thread in threading.enumerate() if thread.name == "openrouter-simulator"])


def test_with_nothing_set_it_is_demo_mode() -> None:
    """The simulator answers, without a key, and says that it does; every call gives the same backend."""
    made = backend()
    assert made.is_demo
    assert made.service.config.is_loopback
    assert (made.service.config.model, made.service.config.api_key) == ("sim/writer", "")
    assert "imulated" in made.service.generate("Hello").text
    assert backend() is made


def test_demo_mode_keeps_the_other_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """A model and a system prompt do not make it a real server."""
    monkeypatch.setenv("OPENROUTER_MODEL", "sim/echo")
    monkeypatch.setenv("OPENROUTER_MAX_RETRIES", "0")
    config = backend().service.config
    assert (config.model, config.max_retries) == ("sim/echo", 0)


@pytest.mark.parametrize("name", ["OPENROUTER_API_KEY", "OPENROUTER_BASE_URL"])
def test_a_key_or_an_address_leads_out_of_demo_mode(monkeypatch: pytest.MonkeyPatch, sim: Simulator, name: str) -> None:
    """Either alone is enough; a blank one is none."""
    value = {"OPENROUTER_API_KEY": KEY, "OPENROUTER_BASE_URL": sim.base_url}[name]
    monkeypatch.setenv("OPENROUTER_API_KEY", " ")
    monkeypatch.setenv(name, value)
    before = simulators_running()
    made = backend()
    assert (made.is_demo, made.simulator, simulators_running()) == (False, None, before)
    assert getattr(made.service.config, name.removeprefix("OPENROUTER_").lower()) == value


def test_closing_the_backend_ends_service_and_simulator() -> None:
    """Nothing is left running, and the next call makes another."""
    before = simulators_running()
    first = backend()
    run = first.service.start(ask("sim/hang"))
    assert simulators_running() == before + 1
    close_backend()
    assert run.wait(5).is_partial
    assert simulators_running() == before
    close_backend()
    assert backend() is not first


def test_a_wrong_setting_in_demo_mode_leaves_no_simulator_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages ask again at every visit."""
    monkeypatch.setenv("OPENROUTER_TIMEOUT", "soon")
    before = simulators_running()
    for _ in range(2):
        with pytest.raises(ConfigurationError, match="OPENROUTER_TIMEOUT takes a number"):
            backend()
    assert simulators_running() == before


def test_the_environment_counts_as_it_was_when_the_app_was_loaded(
    monkeypatch: pytest.MonkeyPatch, sim: Simulator
) -> None:
    """What came into it since, over it or beside it, is what secrets.toml says and ranks behind .env."""
    monkeypatch.setenv("OPENROUTER_API_KEY", KEY)
    monkeypatch.setenv("OPENROUTER_MODEL", "sim/echo")
    Path(".env").write_text("OPENROUTER_MODEL=sim/slow\nOPENROUTER_APP_NAME=dotenv\n", encoding="utf-8")
    app = lifespan()
    for name, value in {
        "API_KEY": OTHER_KEY,
        "MODEL": "",
        "APP_NAME": "secrets",
        "SITE_URL": "https://secrets.example",
        "BASE_URL": sim.base_url,
    }.items():
        monkeypatch.setenv(f"OPENROUTER_{name}", value)

    async def start() -> OpenRouterService:
        async with app(None):
            return backend().service

    config = asyncio.run(start()).config
    assert (config.api_key, config.model, config.app_name) == (KEY, "sim/echo", "dotenv")
    assert (config.site_url, config.base_url) == ("https://secrets.example", sim.base_url)


def test_a_start_with_a_wrong_setting_ends_the_process_in_words(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Status 2, what is wrong and what to do, and no traceback."""
    monkeypatch.setenv("OPENROUTER_MAX_RETRIES", "many")

    async def start() -> None:
        async with lifespan()(None):
            pytest.fail("started")

    with pytest.raises(SystemExit) as caught:
        asyncio.run(start())
    assert caught.value.code == 2
    said = capfd.readouterr().err
    assert "The app did not start: OPENROUTER_MAX_RETRIES takes a whole number from 0 up to 20, got 'many'" in said
    assert "docs/configuration.md" in said


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch, sim: Simulator) -> Iterator[TestClient]:
    """The app's routes, middleware and lifespan, without Streamlit."""
    monkeypatch.setenv("OPENROUTER_BASE_URL", sim.base_url)
    monkeypatch.setenv("OPENROUTER_API_KEY", KEY)
    app = Starlette(routes=routes, middleware=middleware, lifespan=lifespan())
    with TestClient(app, base_url="http://127.0.0.1:8501") as client:
        yield client


def test_healthz_says_that_the_app_is_up(client: TestClient) -> None:
    """With its version, and never from a cache; by then the service is made."""
    response = client.get("/healthz")
    assert (response.status_code, response.json()) == (200, {"status": "ok", "version": __version__})
    assert response.headers["cache-control"] == "no-store"
    assert backend().service.chat(ask("sim/echo")).text == echoed()


@pytest.mark.parametrize("path", ["/healthz", "/no-such-page"])
def test_every_answer_carries_the_security_headers(client: TestClient, path: str) -> None:
    """Errors too."""
    headers = client.get(path).headers
    policy = dict(part.strip().split(" ", 1) for part in headers["content-security-policy"].split(";"))
    assert (policy["default-src"], policy["frame-ancestors"], policy["object-src"]) == ("'self'", "'self'", "'none'")
    assert policy["img-src"] == "'self' data: blob:"
    assert policy["connect-src"] == "'self' blob:"
    assert "unsafe-inline" not in policy["script-src"]
    assert (headers["referrer-policy"], headers["x-content-type-options"]) == ("no-referrer", "nosniff")


def test_streamlits_own_inline_scripts_are_allowed_by_their_digest(client: TestClient) -> None:
    """Without it the first page stays blank."""
    policy = client.get("/healthz").headers["content-security-policy"]
    assert "'sha256-" in policy.partition("script-src")[2].partition(";")[0]
