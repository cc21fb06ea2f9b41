"""The one service of the process, and the choice between a real server and demo mode."""

from __future__ import annotations

import sys
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from service.config import OpenRouterConfig, read_environment
from service.errors import ConfigurationError
from service.openrouter import OpenRouterService

__all__ = ["Backend", "backend", "close_backend", "lifespan"]

DEMO_MODEL = "sim/writer"


@dataclass(frozen=True)
class Backend:
    """The service that pages use, and whether it talks to the simulator (`is_demo`)."""

    service: OpenRouterService
    is_demo: bool
    simulator: Any = None


_lock = threading.Lock()
_backend: Backend | None = None


def backend() -> Backend:
    """Return the process's backend; the first call makes it.

    With neither a key nor a base URL set it is the simulator of this package, in this process: demo mode.

    Raises:
        ConfigurationError: A setting is wrong.
    """
    global _backend
    with _lock:
        if _backend is None:
            _backend = _make_backend()
        return _backend


def _make_backend() -> Backend:
    found = read_environment()
    if "OPENROUTER_API_KEY" in found or "OPENROUTER_BASE_URL" in found:
        return Backend(OpenRouterService(OpenRouterConfig.from_env()), is_demo=False)
    from service.simulator import Simulator

    simulator = Simulator(requires_key=False)
    simulator.start()
    model = found.get("OPENROUTER_MODEL", DEMO_MODEL)
    config = OpenRouterConfig.from_env(base_url=simulator.base_url, model=model)
    return Backend(OpenRouterService(config), is_demo=True, simulator=simulator)


def close_backend() -> None:
    """Stop every run and the simulator."""
    global _backend
    with _lock:
        made, _backend = _backend, None
    if made is not None:
        made.service.close()
        if made.simulator is not None:
            made.simulator.stop()


@asynccontextmanager
async def lifespan(app: Any) -> AsyncIterator[dict[str, Any]]:
    """Make the backend before the first request and close it after the last; a wrong setting ends the start."""
    try:
        made = backend()
    except ConfigurationError as error:
        print(f"\n  The app did not start: {error}\n  {error.hint}\n", file=sys.stderr, flush=True)  # noqa: T201
        raise SystemExit(2) from None
    where = "demo mode, no key needed" if made.is_demo else made.service.config.base_url
    print(f"\n  OpenRouter Playground is ready ({where}).", file=sys.stderr, flush=True)  # noqa: T201
    try:
        yield {}
    finally:
        close_backend()
