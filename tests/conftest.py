"""What every test may use: the simulator, services that waste no time, and an environment that holds no settings.

A folder that needs another simulator overrides `sim` in a conftest of its own.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings

from service import OpenRouterConfig, OpenRouterService
from service.simulator import Simulator
from service.telemetry import Observer
from tests.support import KEY, FakeClock, RecordedSleep

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import ReadableSpan
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

# How long an example takes says more about the machine than about the code.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")

DRIVE_A_BROWSER = ("tests/browser/", "tests/bench/test_long.py", "tests/bench/test_pages.py")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Keep the tests of a file in one process, and all that drive a browser: never two Chromiums at a time.

    The marker `xdist_group` is not enough: with pytest 9.2 and pytest-xdist 3.8 it has no effect.
    """
    from xdist.scheduler import LoadScopeScheduling

    class ByPlace(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return "browser" if nodeid.startswith(DRIVE_A_BROWSER) else nodeid.partition("::")[0]

    return ByPlace(config, log)


@pytest.fixture(autouse=True)
def _no_settings_from_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take every key and setting of the developer's out of the environment."""
    for name in list(os.environ):
        if name.upper().startswith(("OPENROUTER_", "OPENAI_", "DATABASE_URL")):
            monkeypatch.delenv(name)


@pytest.fixture
def empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in an empty folder: no .env and no secrets.toml of the developer's is found there."""
    folder = tmp_path / "folder"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture(scope="session")
def simulator() -> Iterator[Simulator]:
    """Run one simulator without pauses for the session."""
    with Simulator(speed=0) as running:
        yield running


@pytest.fixture
def sim(simulator: Simulator) -> Simulator:
    """Return the simulator, which has just forgotten everything."""
    simulator.clear()
    return simulator


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def naps(clock: FakeClock) -> RecordedSleep:
    """Return a sleep that takes no time and notes how long it would have been; it moves `clock`."""
    return RecordedSleep(clock)


@pytest.fixture
def make_service(sim: Simulator) -> Iterator[Callable[..., OpenRouterService]]:
    """Return `make(clock=…, sleep=…, chance=…, observers=…, **settings)`: a service that talks to the simulator.

    It lives until the test ends; unless told otherwise it asks sim/echo and retries without waiting.
    """
    made: list[OpenRouterService] = []

    def make(
        *,
        clock: Callable[[], float] | None = None,
        sleep: Callable[[float], Any] | None = None,
        chance: Callable[[], float] | None = None,
        observers: Sequence[Observer] = (),
        **settings: Any,
    ) -> OpenRouterService:
        given = {"clock": clock, "sleep": sleep, "chance": chance, "observers": observers}
        usual = {"api_key": KEY, "base_url": sim.base_url, "model": "sim/echo", "retry_delay": 0.0}
        config = OpenRouterConfig(**(usual | settings))
        made.append(OpenRouterService(config, **{name: value for name, value in given.items() if value is not None}))
        return made[-1]

    yield make
    for service in made:
        service.close()


@pytest.fixture
def service(make_service: Callable[..., OpenRouterService]) -> OpenRouterService:
    return make_service()


@pytest.fixture(scope="session")
def _exporter() -> "InMemorySpanExporter":
    """Collect spans: a process has one tracer provider, once and for all."""
    # Not at the top: that OpenTelemetry is loaded switches traces on.
    from opentelemetry import trace
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SimpleSpanProcessor
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

    exporter, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    trace.set_tracer_provider(provider)
    return exporter


@pytest.fixture
def spans(_exporter: "InMemorySpanExporter") -> "Iterator[Callable[[], list[ReadableSpan]]]":
    """Return what gives the spans that have ended since the test began."""
    _exporter.clear()
    yield lambda: list(_exporter.get_finished_spans())
    _exporter.clear()
