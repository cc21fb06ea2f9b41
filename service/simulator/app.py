"""The routes under /api/v1, as a Starlette application."""

import json
import threading
import time
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.routing import Route

from service.simulator import listing, providers, refusals, vendors, wire
from service.simulator.catalogue import Catalogue
from service.simulator.chance import seeded
from service.simulator.chat import Caller, Chat
from service.simulator.ledger import Generation, Ledger
from service.simulator.player import Played
from service.simulator.record import CHAT_PATH, RecordedRequest, Recorder
from service.simulator.response_cache import read_headers
from service.simulator.scenarios import SCENARIOS
from service.simulator.steps import Reply, Response, Send

PREFIX = "/api/v1"
KEY_START = "sk-or-v1-"
BAD_KEY_START = "sk-or-v1-bad"
_PREFLIGHT = {
    "access-control-allow-methods": "GET,POST,OPTIONS",
    "access-control-allow-headers": "Authorization,Content-Type,HTTP-Referer,X-OpenRouter-Title,X-Title",
}

Answering = Callable[["Simulation", Request, RecordedRequest], Response]


@dataclass
class Scripts:
    """Replies to be given in order, by the end of the path they answer; safe from any thread."""

    _waiting: dict[str, deque[Reply]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, path_suffix: str, *replies: Reply) -> None:
        """Append replies for paths with this end."""
        with self._lock:
            self._waiting.setdefault(path_suffix, deque()).extend(replies)

    def next(self, path: str) -> Reply | None:
        """Take the next reply for a path."""
        with self._lock:
            for suffix, replies in self._waiting.items():
                if replies and path.endswith(suffix):
                    return replies.popleft()
        return None

    def clear(self) -> None:
        """Drop what has not been used."""
        with self._lock:
            self._waiting.clear()


@dataclass
class Simulation:
    """Everything the routes share."""

    speed: float
    requires_key: bool
    recorder: Recorder
    ledger: Ledger
    catalogue: Catalogue
    chat: Chat
    scripts: Scripts = field(default_factory=Scripts)

    def refused_key(self, request: Request, *, optional: bool = False) -> Response | None:
        """Check the Authorization header; a missing one passes where none is required."""
        key = key_of(request)
        if not key:
            return None if optional or not self.requires_key else refusals.missing_key()
        is_known = key.startswith(KEY_START) or not self.requires_key
        return None if is_known and not key.startswith(BAD_KEY_START) else refusals.wrong_key()


def create_app(
    *,
    speed: float = 1.0,
    requires_key: bool = True,
    record: bool = True,
    generation_misses: int = 1,
) -> Starlette:
    """Build the application; its `Simulation` is at `app.state.simulation`.

    `speed` divides every natural pause (0: no pauses). `requires_key=False` lets requests without a key pass.
    `record=False` keeps no requests. `generation_misses` is how often /generation answers 404 for an id first.
    """
    catalogue = Catalogue([*(scenario.model() for scenario in SCENARIOS), *vendors.models()])
    ledger = Ledger(misses=generation_misses)
    retry_after = max(1, round(1 / speed)) if speed > 0 else 0
    chat = Chat(catalogue, ledger, retry_after, seeded())
    app = Starlette(routes=_routes())
    app.state.simulation = Simulation(speed, requires_key, Recorder(enabled=record), ledger, catalogue, chat)
    return app


def key_of(request: Request) -> str:
    """Return the bearer key of a request, or an empty string."""
    kind, _, key = request.headers.get("authorization", "").partition(" ")
    return key.strip() if kind.lower() == "bearer" else ""


def _routes() -> list[Route]:
    table: list[tuple[str, str, Answering]] = [
        ("POST", CHAT_PATH, _chat),
        ("GET", "/models", _models),
        ("GET", "/models/user", _user_models),
        ("GET", "/models/count", _models_count),
        ("GET", "/models/{author}/{slug}/endpoints", _endpoints),
        ("GET", "/model/{author}/{slug}", _model),
        ("GET", "/key", _key),
        ("GET", "/auth/key", _key),
        ("GET", "/credits", _credits),
        ("GET", "/generation", _generation),
        ("GET", "/providers", _providers),
    ]
    routes = [Route(PREFIX + path, _endpoint(answer), methods=[method]) for method, path, answer in table]
    every = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
    return [*routes, Route("/{path:path}", _endpoint(_nowhere), methods=every)]


def _endpoint(answer: Answering) -> Callable[[Request], Awaitable[Played]]:
    async def endpoint(request: Request) -> Played:
        simulation: Simulation = request.app.state.simulation
        raw = await request.body()
        record = _recorded(request, raw)
        simulation.recorder.add(record)
        scripted = simulation.scripts.next(request.url.path)
        response = scripted.response() if scripted else answer(simulation, request, record)
        return _played(simulation, record, response)

    return endpoint


def _recorded(request: Request, raw: bytes) -> RecordedRequest:
    body = _parsed(raw)
    model = body.get("model") if isinstance(body, dict) else None
    return RecordedRequest(
        method=request.method,
        path=request.url.path,
        query=request.url.query,
        headers=dict(request.headers),
        raw=raw,
        body=body,
        model=model if isinstance(model, str) else None,
    )


def _parsed(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        return None


def _played(simulation: Simulation, record: RecordedRequest, response: Response) -> Played:
    record.status = response.status
    record.generation_id = response.headers.get("x-generation-id")

    def on_end(complete: bool) -> None:
        note = simulation.recorder.finish if complete else simulation.recorder.disconnect
        simulation.ledger.end(record.generation_id, time.time(), complete=complete)
        note(record)

    return Played(response, speed=simulation.speed, on_end=on_end)


def _json(value: object, **headers: str) -> Response:
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return Response(200, {"content-type": "application/json", **named}, [Send(wire.json_bytes(value))])


def _chat(simulation: Simulation, request: Request, asked: RecordedRequest) -> Response:
    refused = simulation.refused_key(request)
    if refused is not None:
        return refused
    headers = request.headers
    caller = Caller(key_of(request), headers.get("user-agent"), headers.get("http-referer"), read_headers(headers))
    return simulation.chat.answer(asked.raw, asked.body, caller)


def _models(simulation: Simulation, request: Request, asked: RecordedRequest) -> Response:
    return listing.listed(simulation.catalogue.models, dict(request.query_params))


def _user_models(simulation: Simulation, request: Request, asked: RecordedRequest) -> Response:
    return simulation.refused_key(request) or _models(simulation, request, asked)


def _models_count(simulation: Simulation, request: Request, asked: RecordedRequest) -> Response:
    return listing.counted(simulation.catalogue.models, dict(request.query_params))


def _endpoints(simulation: Simulation, request: Request, asked: RecordedRequest) -> Response:
    model = simulation.catalogue.entry("{author}/{slug}".format(**request.path_params))
    if model is None:
        return refusals.unknown_route()
    has_key = bool(key_of(request)) and simulation.refused_key(request) is None
    return _json(providers.listed_endpoints(model, has_figures=has_key))


def _model(simulation: Simulation, request: Request, asked: RecordedRequest) -> Response:
    found = simulation.catalogue.find("{author}/{slug}".format(**request.path_params))
    return refusals.unknown_route() if found is None else _json({"data": found.model.entry})


def _key(simulation: Simulation, request: Request, asked: RecordedRequest) -> Response:
    refused = simulation.refused_key(request)
    return refused or _json(simulation.ledger.key_body(key_of(request)), cache_control="private, no-store")


def _credits(simulation: Simulation, request: Request, asked: RecordedRequest) -> Response:
    return simulation.refused_key(request) or _json(simulation.ledger.credits_body())


def _generation(simulation: Simulation, request: Request, asked: RecordedRequest) -> Response:
    refused = simulation.refused_key(request)
    if refused is not None:
        return refused
    wanted = request.query_params.get("id", "")
    found: Generation | None = simulation.ledger.find(wanted)
    return refusals.generation_not_found(wanted) if found is None else _json(found.body())


def _providers(simulation: Simulation, request: Request, asked: RecordedRequest) -> Response:
    known = [_provider(provider) for provider in providers.everybody()]
    return _json({"data": known})


def _provider(provider: providers.Provider) -> dict[str, Any]:
    return {
        "name": provider.name,
        "slug": provider.slug,
        "privacy_policy_url": None,
        "terms_of_service_url": None,
        "status_page_url": None,
        "headquarters": None,
        "datacenters": None,
    }


def _nowhere(simulation: Simulation, request: Request, asked: RecordedRequest) -> Response:
    if request.method == "OPTIONS":
        return Response(204, _PREFLIGHT)
    return refusals.unknown_route()
