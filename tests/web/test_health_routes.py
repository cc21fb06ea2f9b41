"""What the app says of itself: alive, ready, and in figures, and to whom."""

import asyncio
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text
from starlette.applications import Starlette
from starlette.testclient import TestClient

from service import ConfigurationError
from service.simulator import Simulator
from service.store import Library
from service.store.migrations import VERSION_TABLE
from service.web import backend, lifespan, middleware, routes
from service.web.bootstrap import close_backend
from service.web.ready import why_not_ready
from service.web.settings import read_app_settings
from tests.support import KEY, ask

TOKEN = "a-token-of-the-operator"


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch, sim: Simulator, empty_folder: Path) -> Iterator[Starlette]:
    """The app's routes, middleware and lifespan, without Streamlit."""
    monkeypatch.setenv("OPENROUTER_BASE_URL", sim.base_url)
    monkeypatch.setenv("OPENROUTER_API_KEY", KEY)
    close_backend()
    yield Starlette(routes=routes, middleware=middleware, lifespan=lifespan())
    close_backend()


@pytest.fixture
def client(app: Starlette) -> Iterator[TestClient]:
    """Somebody at this machine."""
    with TestClient(app, base_url="http://127.0.0.1:8501") as client:
        yield client


def elsewhere(app: Starlette) -> TestClient:
    """Somebody on the network."""
    return TestClient(app, base_url="http://192.168.7.5:8501")


def test_it_is_ready_once_the_database_is(client: TestClient) -> None:
    """The model server was not even asked yet."""
    response = client.get("/readyz")
    assert (response.status_code, response.headers["cache-control"]) == (200, "no-store")
    assert response.json() == {
        "status": "ready",
        "reasons": [],
        "server": {"state": "unknown", "open_breakers": 0, "is_demo": False},
    }


def test_it_is_ready_though_the_model_server_fails(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """To take the app away would not help; the body says it."""
    run = backend().service.start(ask("sim/provider-error"))
    assert run.join(20)
    response = client.get("/readyz")
    assert (response.status_code, response.json()["server"]["state"]) == (200, "fails")


def test_it_is_not_ready_without_its_database(client: TestClient, empty_folder: Path) -> None:
    """The file was replaced by something else, as by a wrong mount: it says what is wrong and is still alive."""
    library = backend().library
    library._database.close()
    file = empty_folder / "data" / "playground.sqlite3"
    # Not written over: SQLite has mapped the one beside it into memory, and a shorter one would end the process.
    for path in (file, *file.parent.glob("playground.sqlite3-???")):
        path.unlink(missing_ok=True)
    file.write_bytes(b"this is no database" * 100)
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["status"] == "not ready"
    assert response.json()["reasons"] == ["The database file is damaged, or is none."]
    assert client.get("/healthz").status_code == 200


def test_a_database_that_is_not_up_to_date_is_not_ready(tmp_path: Path) -> None:
    """Requests wait until the migrations are done."""
    library = Library(f"sqlite:///{tmp_path}/a.sqlite3", is_threaded=False)
    assert library.check() is None
    with library._database.write() as connection:
        connection.execute(text(f"UPDATE {VERSION_TABLE} SET version_num = '0001'"))
    assert library.check() == "The database is not up to date yet."
    library.close()


def test_while_it_closes_it_is_neither(app: Starlette) -> None:
    """Nothing new is made by whoever asks then."""
    with TestClient(app, base_url="http://127.0.0.1:8501"):
        made = backend()
    assert asyncio.run(why_not_ready(None)) == ["The app is starting or closing."]
    assert asyncio.run(why_not_ready(made))[0] == "The app is closing."
    response = TestClient(app, base_url="http://127.0.0.1:8501").get("/readyz")
    assert (response.status_code, "server" in response.json()) == (503, False)


def test_a_database_that_does_not_answer_is_not_waited_for(client: TestClient) -> None:
    """Whoever asks has no time."""
    made = backend()

    class Silent:
        is_over = threading.Event()

        def check(self) -> None:
            self.is_over.wait(10)

    async def ask_briefly() -> list[str]:
        reasons = await why_not_ready(replace(made, library=Silent()), patience=0.05)  # type: ignore[arg-type]
        Silent.is_over.set()
        return reasons

    assert asyncio.run(ask_briefly()) == ["The database does not answer in time."]


def test_a_service_that_is_dead_is_said_to_be(client: TestClient) -> None:
    """Its thread has ended: only a new start helps."""
    assert client.get("/healthz").status_code == 200
    backend().service.close()
    response = client.get("/healthz")
    assert (response.status_code, response.json()["status"]) == (503, "failing")


def test_figures_are_for_this_machine(client: TestClient) -> None:
    """As Prometheus reads them."""
    backend().service.start(ask()).wait(5)
    response = client.get("/metrics")
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("text/plain; version=")
    assert 'openrouter_requests_total{model="sim/echo",state="completed"} 1.0' in response.text
    assert KEY not in response.text


def test_without_a_token_nobody_else_learns_that_there_are_any(client: TestClient, app: Starlette) -> None:
    """Whatever is sent, and also through a proxy on this machine."""
    for headers in ({}, {"Authorization": "Bearer "}, {"Authorization": f"Bearer {TOKEN}"}):
        assert elsewhere(app).get("/metrics", headers=headers).status_code == 404
    assert client.get("/metrics", headers={"X-Forwarded-For": "10.0.0.1"}).status_code == 404


def test_with_the_token_they_are_for_others_too(app: Starlette, monkeypatch: pytest.MonkeyPatch) -> None:
    """And only with it."""
    monkeypatch.setenv("OPENROUTER_METRICS_TOKEN", TOKEN)
    backend()
    other = elsewhere(app)
    assert other.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).status_code == 200
    for wrong in (None, "Bearer", "Bearer x", f"Basic {TOKEN}", f"Bearer {TOKEN}x", "Bearer ä"):
        refused = other.get("/metrics", headers={} if wrong is None else {"Authorization": wrong.encode()})  # type: ignore[dict-item]
        assert (refused.status_code, refused.headers["www-authenticate"]) == (401, "Bearer")


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("LOG_LEVEL", "loud", "OPENROUTER_LOG_LEVEL takes one of debug, info, warning, error, got 'loud'."),
        ("LOG_FORMAT", "xml", "OPENROUTER_LOG_FORMAT takes one of console, json, got 'xml'."),
        ("METRICS_TOKEN", "short", "OPENROUTER_METRICS_TOKEN takes 16 plain characters or more."),
    ],
)
def test_a_wrong_setting_is_said_in_words(name: str, value: str, words: str) -> None:
    """And a token is not repeated."""
    with pytest.raises(ConfigurationError) as caught:
        read_app_settings({f"OPENROUTER_{name}": value})
    assert caught.value.message == words


def test_settings_are_read_as_they_are_meant() -> None:
    """In any case; blank is the default; the token shows itself to nobody."""
    read = read_app_settings({"OPENROUTER_LOG_LEVEL": "DEBUG", "OPENROUTER_METRICS_TOKEN": f" {TOKEN} "})
    assert (read.log_level, read.log_format, read.metrics_token.reveal()) == ("debug", "console", TOKEN)
    assert TOKEN not in repr(read)


def test_the_app_logs_as_told(
    app: Starlette, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """On stderr, from the first request to the last."""
    monkeypatch.setenv("OPENROUTER_LOG_FORMAT", "json")
    with TestClient(Starlette(routes=routes, middleware=middleware, lifespan=lifespan())):
        backend().service.start(ask()).wait(5)
    said = capfd.readouterr().err
    assert '"event": "run completed"' in said
    assert KEY not in said
