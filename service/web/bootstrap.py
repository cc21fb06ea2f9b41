"""The one service of the process, and the choice between a real server and demo mode."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from service.config import DEFAULT_BASE_URL, OpenRouterConfig, read_environment
from service.errors import ConfigurationError, OpenRouterError, StorageError
from service.openrouter import OpenRouterService
from service.redact import KeysInUse, Redactor
from service.runs import Run
from service.telemetry import Metrics, configure_logging
from service.web.settings import AppSettings, read_app_settings

if TYPE_CHECKING:
    from service.store import Library

__all__ = ["Backend", "backend", "close_backend", "connect", "find_run", "lifespan", "made_backend"]

DEMO_MODEL = "sim/writer"


@dataclass(frozen=True)
class Backend:
    """The service that pages use, whether it talks to the simulator (`is_demo`), and the library of all that was said.

    `keys` are those that are in use, browser sessions' among them; `settings` is what demo mode was told.
    """

    service: OpenRouterService
    is_demo: bool
    library: Library
    app: AppSettings
    metrics: Metrics
    keys: Sequence[str] = field(default=(), repr=False)
    simulator: Any = None
    settings: Mapping[str, str] = field(default_factory=dict, repr=False)


_lock = threading.Lock()
_backend: Backend | None = None
_keyless: dict[str, OpenRouterService] = {}
"""In demo mode, by base URL: the services whose views carry the keys of browser sessions. They have none themselves."""


def backend(environ: Mapping[str, str] | None = None) -> Backend:
    """Return the process's backend; the first call makes it.

    With neither a key nor a base URL set it is the simulator of this package, in this process: demo mode. `environ` is
    the environment as it was before Streamlit wrote secrets.toml into it; see `lifespan`.

    Raises:
        ConfigurationError: A setting is wrong.
        StorageError: The database is a newer version's, or another application's.
    """
    global _backend
    with _lock:
        if _backend is None:
            _backend = _make_backend(_find_settings(environ))
        return _backend


def made_backend() -> Backend | None:
    """Return the process's backend; `None` before it is made, and from when it is closed."""
    return _backend


def allowed_hosts() -> tuple[str, ...]:
    """Return the names the app may be reached under beside loopback's; none before it is made and once it closes."""
    made = _backend
    return () if made is None else made.app.allowed_hosts


def _find_settings(environ: Mapping[str, str] | None) -> dict[str, str]:
    """Return the settings; what has come into the environment since `environ` was taken is from secrets.toml."""
    if environ is None:
        return read_environment()
    come_since = read_environment(os.environ, dotenv_path=None, secrets_path=None)
    return {**come_since, **read_environment(environ)}


def _make_backend(found: Mapping[str, str]) -> Backend:
    app, made = read_app_settings(found), list[OpenRouterService]()
    keys = KeysInUse(lambda: [key for one in (*made, *_keyless.values()) for key in one.keys_in_use])
    metrics = Metrics(services, Redactor((), keys))
    if "OPENROUTER_API_KEY" in found or "OPENROUTER_BASE_URL" in found:
        config = _config(found)
        library = _open_library(found, keys)
        made.append(OpenRouterService(config, observers=[metrics]))
        return Backend(made[0], False, library, app, metrics, keys)
    from service.simulator import Simulator

    simulator = Simulator(requires_key=False, record=False)
    simulator.start()
    try:
        config = _config({"OPENROUTER_MODEL": DEMO_MODEL, **found, "OPENROUTER_BASE_URL": simulator.base_url})
        library = _open_library(found, keys)
    except OpenRouterError:
        simulator.stop()
        raise
    made.append(OpenRouterService(config, observers=[metrics]))
    return Backend(made[0], True, library, app, metrics, keys, simulator, dict(found))


def _open_library(found: Mapping[str, str], keys: Sequence[str]) -> Library:
    # Not at the top: to load SQLAlchemy takes longer than all the rest.
    from service.store import Library

    return Library(environ=found, keys=keys)


def _config(found: Mapping[str, str]) -> OpenRouterConfig:
    return OpenRouterConfig.from_env(found, dotenv_path=None, secrets_path=None)


def connect(key: str, *, base_url: str = DEFAULT_BASE_URL) -> OpenRouterService:
    """Return a service with a key of its own, for one browser session; closing or dropping it ends no other.

    It sends to where the app's own service sends, in demo mode to `base_url`. Sessions share limits and model list.

    Raises:
        ConfigurationError: The key is blank or malformed.
    """
    made = backend()
    parent = _without_key(made, base_url) if made.is_demo else made.service
    return parent.with_key(key)


def _without_key(made: Backend, base_url: str) -> OpenRouterService:
    """Return the service that has no key, so that no session's can become another's; the model list needs none."""
    with _lock:
        if base_url not in _keyless:
            values = {**made.settings, "OPENROUTER_BASE_URL": base_url}
            host = urlsplit(base_url).hostname or ""
            config = OpenRouterConfig.from_env(values, dotenv_path=None, secrets_path=None, allow_http_hosts=(host,))
            _keyless[base_url] = OpenRouterService(config, observers=[made.metrics])
        return _keyless[base_url]


def find_run(ident: str) -> Run | None:
    """Return a run by its id, whichever key it was started with; `None` when it is unknown or long gone."""
    backend()
    return next((run for service in services() if (run := service.runs.get(ident)) is not None), None)


def services() -> list[OpenRouterService]:
    """Return the services that hold runs, as far as they are made."""
    made = _backend
    return [*(() if made is None else (made.service,)), *_keyless.values()]


def close_backend() -> None:
    """End every run as interrupted, with what had arrived stored, and the simulator."""
    global _backend
    with _lock:
        made, _backend = _backend, None
        others = list(_keyless.values())
    for service in others:
        service.close(as_interrupted=True)
    if made is not None:
        made.service.close(as_interrupted=True)
        if made.simulator is not None:
            made.simulator.stop()
        if not made.library.close():
            print("\n  Not everything could be stored.\n", file=sys.stderr, flush=True)  # noqa: T201
    with _lock:
        # Not before: what the library stores last is cleaned of their keys.
        _keyless.clear()


def lifespan() -> Callable[[Any], AbstractAsyncContextManager[dict[str, Any]]]:
    """Return what app.py gives to Streamlit: the backend from the first request to the last.

    Call it as app.py is loaded. When Streamlit builds the app it writes the values of secrets.toml into the
    environment, over what stands there, blank ones too; the environment counts as it is now, before that.
    """
    environ = dict(os.environ)

    @asynccontextmanager
    async def run(app: Any) -> AsyncIterator[dict[str, Any]]:
        undo_logging = _log_as_told(_start(environ))
        try:
            yield {}
        finally:
            close_backend()
            undo_logging()

    return run


def _log_as_told(made: Backend) -> Callable[[], None]:
    config = made.service.config
    keys = KeysInUse(lambda: [*made.keys, made.app.metrics_token.reveal()])
    redactor = Redactor(config.redact, keys)
    return configure_logging(made.app.log_level, made.app.log_format, redactor=redactor)


def _start(environ: Mapping[str, str]) -> Backend:
    """Make the backend and say so; a wrong setting, or a database not for us, ends the process with status 2."""
    try:
        made = backend(environ)
    except (ConfigurationError, StorageError) as error:
        print(f"\n  The app did not start: {error}\n  {error.hint}\n", file=sys.stderr, flush=True)  # noqa: T201
        raise SystemExit(2) from None
    where = "demo mode, no key needed" if made.is_demo else made.service.config.shown_base_url
    print(f"\n  OpenRouter Playground is ready ({where}).", file=sys.stderr, flush=True)  # noqa: T201
    return made
