"""Keys of browser sessions: each goes with its own session's requests, and nobody else's."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from service import ConfigurationError
from service.config import DEFAULT_BASE_URL
from service.simulator import Simulator
from service.web import backend
from service.web.bootstrap import close_backend, connect, find_run
from tests.support import KEY, OTHER_KEY, ask

OWN_KEY = "sk-or-v1-" + "00112233" * 8


@pytest.fixture(autouse=True)
def _fresh_backend(empty_folder: Path) -> Iterator[None]:
    close_backend()
    yield
    close_backend()


@pytest.fixture
def configured(sim: Simulator, monkeypatch: pytest.MonkeyPatch) -> Simulator:
    """The app has a key and an address of its own."""
    monkeypatch.setenv("OPENROUTER_BASE_URL", sim.base_url)
    monkeypatch.setenv("OPENROUTER_API_KEY", OWN_KEY)
    return sim


def keys_by_text(sim: Simulator) -> dict[str, str]:
    """Return which key went with which message."""
    requests = sim.chat_requests
    return {r.body["messages"][-1]["content"]: r.headers.get("authorization", "none") for r in requests}


def test_each_session_sends_its_own_key(configured: Simulator) -> None:
    """And whoever has none sends the app's."""
    first, second = connect(KEY), connect(OTHER_KEY)
    for service, text in ((first, "one"), (second, "two"), (backend().service, "three"), (first, "four")):
        service.chat(ask(text=text))
    keys = {"one": KEY, "two": OTHER_KEY, "three": OWN_KEY, "four": KEY}
    assert keys_by_text(configured) == {text: f"Bearer {key}" for text, key in keys.items()}


def test_in_demo_mode_a_pasted_key_goes_to_openrouter() -> None:
    """With the app's other settings, and OpenRouter's default model instead of the simulator's."""
    config = connect(KEY).config
    assert (config.base_url, config.api_key, config.model) == (DEFAULT_BASE_URL, KEY, "openrouter/auto")
    assert backend().is_demo
    assert backend().service.config.api_key == ""


def test_in_demo_mode_sessions_share_all_but_their_keys(sim: Simulator, monkeypatch: pytest.MonkeyPatch) -> None:
    """One loop and one set of limits; no request carries a key that is not its session's, not even for the models."""
    monkeypatch.setenv("OPENROUTER_MAX_RETRIES", "0")
    first, second = (connect(key, base_url=sim.base_url) for key in (KEY, OTHER_KEY))
    assert first.runs is second.runs
    assert first.config.max_retries == 0
    for service, text in ((first, "one"), (second, "two")):
        service.chat(ask(text=text))
        assert "sim/echo" in {model.id for model in service.list_models()}
    assert keys_by_text(sim) == {"one": f"Bearer {KEY}", "two": f"Bearer {OTHER_KEY}"}
    assert [r.headers.get("authorization") for r in sim.requests if r.path.endswith("/models")] == [None]


def test_a_session_without_a_key_stays_in_demo_mode(sim: Simulator) -> None:
    """Though others have connected."""
    connect(KEY, base_url=sim.base_url)
    assert "imulated" in backend().service.generate("Hello").text
    assert sim.chat_requests == []


def test_runs_are_found_whichever_key_they_have(sim: Simulator) -> None:
    """The socket that paints them knows only ids."""
    own = backend().service.start(ask("sim/echo"))
    theirs = connect(KEY, base_url=sim.base_url).start(ask("sim/echo"))
    assert (find_run(own.id), find_run(theirs.id), find_run("no-such-run")) == (own, theirs, None)
    assert "Hello" in theirs.wait(20).text


def test_a_run_outlives_its_session(sim: Simulator) -> None:
    """Nothing but the run itself holds the connection then."""
    service = connect(KEY, base_url=sim.base_url)
    run = service.start(ask("sim/writer"))
    del service
    assert not run.wait(20).is_partial


def test_closing_the_backend_ends_the_sessions_runs(sim: Simulator) -> None:
    """And the next session gets a service that is open."""
    run = connect(KEY, base_url=sim.base_url).start(ask("sim/hang"))
    close_backend()
    assert run.wait(5).is_partial
    assert connect(KEY, base_url=sim.base_url).chat(ask()).text != ""


@pytest.mark.parametrize("key", ["", " ", "two words", "sk-or-v1-é"])
def test_what_is_no_key_is_refused(key: str, sim: Simulator) -> None:
    """Before anything is sent, in demo mode and beside a key of the app's own, and without repeating it."""
    with pytest.raises(ConfigurationError) as refused:
        connect(key, base_url=sim.base_url)
    assert key.strip() == "" or key not in str(refused.value)
    assert sim.requests == []
