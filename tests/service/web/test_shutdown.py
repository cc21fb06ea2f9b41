"""The end of the app: runs end as interrupted, with what had arrived in the database."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from service.simulator import Reply, Simulator
from service.store import Library
from service.web import backend, lifespan, middleware, routes
from service.web.bootstrap import close_backend, connect
from tests.support import KEY, OTHER_KEY, ask, streamed


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch, sim: Simulator, empty_folder: Path) -> Iterator[Starlette]:
    monkeypatch.setenv("OPENROUTER_BASE_URL", sim.base_url)
    monkeypatch.setenv("OPENROUTER_API_KEY", KEY)
    monkeypatch.setenv("OPENROUTER_MAX_CONCURRENT_REQUESTS", "2")
    close_backend()
    yield Starlette(routes=routes, middleware=middleware, lifespan=lifespan())
    close_backend()


def test_what_goes_on_when_the_app_ends_is_interrupted_with_its_text(
    app: Starlette, sim: Simulator, empty_folder: Path
) -> None:
    """The app's own runs, a session's with its own key, and one that still waits for its turn."""
    sim.script(*[Reply(chunks=streamed("so far", finish=None), end="hang")] * 2)
    with TestClient(app, base_url="http://127.0.0.1:8501"):
        made, view = backend(), connect(OTHER_KEY)
        runs = [made.service.start(ask()), view.start(ask()), made.service.start(ask())]
        for run in runs:
            made.library.record("local", run, kind="chat")
        for run in runs[:2]:
            while not run.text:
                run.join(0.01)
    assert [run.state for run in runs] == ["interrupted"] * 3
    again = Library(f"sqlite:///{empty_folder}/data/playground.sqlite3", is_threaded=False)
    stored = [again.run("local", run.id) for run in runs]
    again.close()
    assert [(run.state, run.text, run.error) for run in stored if run is not None] == [
        ("interrupted", "so far", None),
        ("interrupted", "so far", None),
        ("interrupted", "", None),
    ]
    assert stored[0] is not None
    assert stored[0].result is not None
    assert "the app ended before the answer did" in stored[0].result.warnings[0]
