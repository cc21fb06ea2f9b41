"""The service: one object that sends requests to OpenRouter, or to a server that speaks its language."""

from __future__ import annotations

import asyncio
import random
import threading
import time
import weakref
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from queue import SimpleQueue
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, Self

from service import errors
from service.account import Contact, Health, KeyStatus, is_answer, read_key_status
from service.cache import ResponseCache
from service.catalogue import Catalogue, ModelInfo
from service.checks import check_request, check_room
from service.client import Client
from service.closing import disconnect, end_forgotten, let_go
from service.completing import completed
from service.config import OpenRouterConfig
from service.endpoint_cache import EndpointCache
from service.endpoints import EndpointInfo, EndpointList, first_asked
from service.errors import ModelNotFoundError, OpenRouterError
from service.guard.admission import Guard
from service.guard.breaker import BreakerState
from service.judging import check_served_model, judged
from service.loop import BackgroundLoop
from service.pricing import CostEstimate, cost_estimate
from service.redact import KeysInUse, Redactor
from service.results import ChatResult
from service.runs import Run, Runs
from service.sender import Sender
from service.streaming import ChatStream
from service.telemetry.logs import RunLog
from service.telemetry.observer import Observer, Observers
from service.telemetry.tracing import RunTraces
from service.tokens import estimate_request_tokens
from service.types import ChatRequest, Message
from service.wire.payload import build_payload

if TYPE_CHECKING:
    from pydantic import BaseModel

    from service.structured.complete import RepairStep, StructuredAnswer, StructuredMode

__all__ = ["OpenRouterService"]


class OpenRouterService:
    """Chat, streaming and structured completions, the model list, and figures, for one configuration.

    Methods are synchronous and safe to call from any thread; behind them every request lives on one background
    event loop. Use it in a `with` block or call `close()`.

    Args:
        config: What `OpenRouterConfig.from_env()` gives when left out.
        clock: Seconds on a clock that never goes back.
        sleep: How a retry waits; given seconds.
        chance: Draws from [0, 1), for the jitter.
        observers: Who hears of runs, beside the log and, where the process has an OpenTelemetry SDK, its traces.

    Raises:
        ConfigurationError: The configuration is wrong or holds no key where one is needed.
    """

    def __init__(
        self,
        config: OpenRouterConfig | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        chance: Callable[[], float] = random.random,
        observers: Sequence[Observer] = (),
    ) -> None:
        self.config = config if config is not None else OpenRouterConfig.from_env()
        self._clock = clock
        self._guard = Guard.from_config(self.config, clock=clock, sleep=sleep, chance=chance)
        self._cache = _response_cache(self.config, clock)
        self._views: weakref.WeakSet[OpenRouterService] = weakref.WeakSet()
        self._lock = threading.RLock()
        # Not a method: what is kept for the loop must not keep the service.
        self._keys = KeysInUse(partial(_keys_of, self.config.api_key.reveal(), self._views, self._lock))
        self._observer = Observers((*_own_observers(self.config, self._keys), *observers))
        self._loop = BackgroundLoop()
        self.runs = Runs(self._loop, self._observer)
        self._owns_loop = True
        self._connect()
        self._catalogue = Catalogue(
            lambda: self._client.get("/models"), ttl=self.config.model_cache_ttl, clock=self._clock
        )
        self._endpoints = EndpointCache(
            lambda path: self._client.get(path), self._catalogue, ttl=self.config.model_cache_ttl, clock=self._clock
        )
        # Whoever forgets to close it leaves no thread behind.
        self._forgotten = weakref.finalize(self, end_forgotten, self._loop, self.runs, self._client)

    def _connect(self) -> None:
        self._client = Client(self.config)
        self._sender = Sender(self.config, self._client, self._guard, self._observer)
        self._own_runs: list[Run] = []
        self._is_closed = False
        self._last_error: OpenRouterError | None = None
        self._contact = Contact()
        self._is_key_refused = False

    def __repr__(self) -> str:
        return f"OpenRouterService(base_url={self.config.shown_base_url!r}, api_key={self.config.api_key!r})"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self, *, as_interrupted: bool = False) -> None:
        """Stop this service's own runs and close its connections, within two seconds; its views end with it.

        With `as_interrupted` the runs end as interrupted: not somebody stopped them, the process is about to end.
        """
        if self._is_closed or not self._loop.is_running:
            # The connections of a process belong to it, not to the children it forks.
            self._is_closed = True
            return
        with self._lock:
            closing = [self, *(view for view in self._views if self._owns_loop)]
            closing = [service for service in closing if not service._is_closed]
            for service in closing:
                service._is_closed = True
        own_runs = [run for service in closing for run in service._own_runs]
        self.runs.stop_all(own_runs, timeout=1.0, as_interrupted=as_interrupted)
        clients = [service._client for service in closing]
        disconnect(self._loop, clients, and_end=self._owns_loop)
        if self._owns_loop:
            self._forgotten.detach()

    def with_key(self, api_key: str) -> OpenRouterService:
        """Return a view with its own key and connections, on the same loop, limits and model list.

        Closing the view stops the view's runs alone; a view that is dropped closes its connections.

        Raises:
            ConfigurationError: The key is blank or malformed.
        """
        if not api_key.strip():
            raise errors.ConfigurationError("The API key is blank.")
        fields = {name: getattr(self.config, name) for name in OpenRouterConfig.model_fields}
        view = object.__new__(type(self))
        view.__dict__.update(self.__dict__)
        view.config = OpenRouterConfig(**{**fields, "api_key": api_key})
        view._owns_loop = False
        view._connect()
        with self._lock:
            self._views.add(view)
        weakref.finalize(view, let_go, self._loop, view._client)
        return view

    @property
    def keys_in_use(self) -> list[str]:
        """Its own key and those of its views, for whoever writes something down; each view knows of all of them."""
        return list(self._keys)

    def generate(self, prompt: str) -> ChatResult:
        """Send one user message; everything else comes from the configuration.

        Raises:
            OpenRouterError: See `service.errors`.
        """
        request = self._complete(ChatRequest(messages=(Message.user(prompt),)))
        return self._finish(self._send(request, self._build_payload(request)))

    def chat(self, request: ChatRequest, *, fresh: bool = False) -> ChatResult:
        """Send a request and return the whole answer; a fresh one is from no response cache.

        Raises:
            OpenRouterError: See `service.errors`; what had arrived is in `partial`.
        """
        request = self._complete(request)
        return self._finish(self._send(request, self._build_payload(request), is_fresh=fresh))

    def stream(self, request: ChatRequest, *, session: str = "", fresh: bool = False) -> ChatStream:
        """Send a request at once and return its events as they come; see `ChatStream`.

        Raises:
            OpenRouterError: The request is wrong; anything later is raised from the iteration.
        """
        request = self._complete(request)
        sink: SimpleQueue[Any] = SimpleQueue()
        payload = self._build_payload(request, stream=True)
        run = self._send(request, payload, sink=sink, session=session, is_fresh=fresh)
        return ChatStream(run, sink)

    def start(self, request: ChatRequest, *, session: str = "", stream: bool = True, fresh: bool = False) -> Run:
        """Send a request in the background and return its handle; see `Run`.

        `session` names whose turn it is when runs have to wait: sessions take turns. Without `stream` the answer
        comes as a whole, which OpenRouter's response healing needs. A fresh answer is from no response cache.

        Raises:
            OpenRouterError: The request is wrong; anything later is in `run.error` and raised by `run.wait()`.
        """
        request = self._complete(request)
        return self._send(request, self._build_payload(request, stream=stream), session=session, is_fresh=fresh)

    def complete_structured(
        self,
        request: ChatRequest,
        schema: Mapping[str, Any] | type[BaseModel],
        *,
        name: str = "answer",
        mode: StructuredMode = "auto",
        max_repairs: int = 0,
        on_invalid: Literal["raise", "return"] = "raise",
        repairs: tuple[RepairStep, ...] = ("reask",),
    ) -> StructuredAnswer:
        """Ask for JSON that follows a schema, check it, and ask again with the violations up to `max_repairs` times.

        `mode` is "native" (the model's structured outputs), "prompt" (the schema goes into the prompt) or "auto":
        native where the model has it or it is unknown. With a pydantic class as schema, `value` is an instance of it.
        `repairs` names what may be done: "local" mends mistakes of writing here and for nothing, "healing" asks
        OpenRouter to do so, "reask" asks again. What was cut off is never repaired.

        Raises:
            SchemaValidationError: No answer satisfied the schema and `on_invalid` is "raise".
            InvalidSchemaError: The schema itself is wrong.
            UnsupportedFeatureError: `mode` is "native" and the model has no structured outputs.
            OpenRouterError: See `service.errors`.
        """
        from service.structured.complete import complete_structured

        return complete_structured(
            self,
            request,
            schema,
            name=name,
            mode=mode,
            max_repairs=max_repairs,
            on_invalid=on_invalid,
            repairs=repairs,
        )

    def list_models(self, *, refresh: bool = False) -> list[ModelInfo]:
        """Return the models; cached for `model_cache_ttl` seconds, the last good list when the server fails.

        Raises:
            OpenRouterError: There is no list at all.
        """
        self._require_open()
        return list(self._loop.call(self._catalogue.models(refresh=refresh)))

    def get_model(self, model: str) -> ModelInfo:
        """Return one model by its id.

        Raises:
            ModelNotFoundError: There is no such model; the hint names the closest.
        """
        self._require_open()
        return self._loop.call(self._catalogue.get(model))

    def list_endpoints(self, model: str, *, refresh: bool = False) -> tuple[EndpointInfo, ...]:
        """Return the providers of a model; cached like the model list, the last good copy when the server fails.

        Empty for a router, and where the server knows the model and tells nothing of providers: only OpenRouter does.

        Raises:
            ModelNotFoundError: There is no such model; the hint names the closest.
            OpenRouterError: The server could not be asked, and never told before.
        """
        self._require_open()
        if not self.config.is_openrouter_api:
            return ()
        try:
            return self._loop.call(self._endpoints.get(model, refresh=refresh))
        except ValueError as error:
            raise ModelNotFoundError(f"A{str(error)[1:]}.") from error

    def known_endpoints(self, model: str) -> EndpointList:
        """Return what is known of a model's providers now, without waiting; never raises.

        What is not known, or known for too long, is asked for in the background: ask again a moment later.
        """
        if not self.config.is_openrouter_api:
            return EndpointList(endpoints=())
        known, is_due = self._endpoints.peek(model)
        if not is_due or not self.is_alive:
            return known
        self._loop.submit(self._endpoints.get(model))
        return replace(known, is_loading=True)

    def key_status(self) -> KeyStatus:
        """Ask what the key may still spend.

        Raises:
            AuthenticationError: The key is not accepted.
            OpenRouterError: The server cannot be asked, or knows no such thing.
        """
        self._require_open()
        return read_key_status(self._ask("/key"))

    def health(self) -> Health:
        """Ask the server for its models and say whether and how fast it answered; never raises."""
        began = self._clock()
        failure: OpenRouterError | None = None
        try:
            self._require_open()
            self._ask("/models", timeout=5.0)
        except OpenRouterError as error:
            failure = error
        is_reachable = failure is None or is_answer(failure)
        return Health(
            is_reachable=is_reachable,
            latency=self._clock() - began if is_reachable else None,
            breaker=self._guard.breakers.state(self.config.api_key.reveal(), self.config.model),
            last_error=failure or self._last_error,
            runs_in_flight=self._guard.slots.taken,
            runs_waiting=self._guard.waiting,
            is_key_refused=self._is_key_refused,
        )

    @property
    def contact(self) -> Contact:
        """What the server did when it was last asked; see `Contact`."""
        return self._contact

    @property
    def is_alive(self) -> bool:
        """Whether requests can still be sent: it is open, and its thread runs."""
        return not self._is_closed and self._loop.is_running

    def _ask(self, path: str, *, timeout: float = 30.0) -> Any:
        try:
            answer = self._loop.call(self._client.get(path, timeout=timeout))
        except OpenRouterError as error:
            self._note(error, is_about_key=path == "/key")
            raise
        self._note(None, is_about_key=path == "/key")
        return answer

    def _note(self, error: OpenRouterError | None, *, is_about_key: bool = True) -> None:
        """Remember what the server did; the list of models is open to everybody and says nothing of a key."""
        self._contact = self._contact.after(error, self._clock())
        if isinstance(error, errors.AuthenticationError) or (error is None and is_about_key):
            self._is_key_refused = error is not None

    @property
    def breakers(self) -> dict[str, BreakerState]:
        """The models whose circuit breaker is not closed, and the worst of its states over all keys."""
        return self._guard.breakers.open_models()

    def estimate_tokens(self, request: ChatRequest) -> int:
        """Return about how many prompt tokens a request will have; see `service.tokens` for how good that is."""
        return estimate_request_tokens(self._complete(request))

    def estimate_cost(self, request: ChatRequest) -> CostEstimate:
        """Return what a request will probably cost, from the catalogue's prices.

        The catalogue has the price of the cheapest provider. Where the request names providers and theirs are known
        (see `known_endpoints`), the price is that of the one that is asked first, which `provider` of the estimate
        names. The answer is taken to have the request's `max_tokens`, or 500 tokens. Unknown prices give `None`.
        """
        request = self._complete(request)
        try:
            pricing = self.get_model(request.model or "").pricing
        except OpenRouterError:
            return cost_estimate(request, None)
        first = self._first_asked(request)
        return (
            cost_estimate(request, pricing) if first is None else cost_estimate(request, first.pricing, first.provider)
        )

    def _first_asked(self, request: ChatRequest) -> EndpointInfo | None:
        """Return the provider that is asked first, where the request names some and they are known."""
        parameters = request.parameters
        preferences = parameters.extra_body.get("provider", parameters.provider)
        if not isinstance(preferences, Mapping) or not self.config.is_openrouter_api:
            return None
        known, _ = self._endpoints.peek(request.model or "")
        return first_asked(known.endpoints or (), preferences)

    def _complete(self, request: ChatRequest) -> ChatRequest:
        """Fill up from the configuration what a request leaves unset, and check what only the service can check."""
        complete = completed(request, self.config)
        check_request(complete, self.config, self._catalogue)
        return complete

    def _build_payload(self, request: ChatRequest | str, *, stream: bool = False) -> dict[str, Any]:
        """Return the JSON body of a request, completed from the configuration."""
        if isinstance(request, str):
            request = ChatRequest(messages=(Message.user(request),))
        is_openrouter = self.config.is_openrouter_api
        return build_payload(
            self._complete(request), stream=stream, asks_for_usage=not is_openrouter, chooses_providers=is_openrouter
        )

    def _send(
        self,
        request: ChatRequest,
        payload: dict[str, Any],
        *,
        sink: SimpleQueue[Any] | None = None,
        session: str = "",
        is_fresh: bool = False,
    ) -> Run:
        """Hand a payload to the loop and return the run; its result passes `_validate_response`."""
        self._require_open()
        check_room(request, self._catalogue.find(request.model or ""))

        async def work(run: Run) -> ChatResult:
            try:
                known = self._recall(run, payload, is_fresh)
                result = known or await self._answer(run, payload, session, is_fresh)
                checked = await self._checked(run, payload, result)
            except OpenRouterError as error:
                self._last_error = error
                self._note(error)
                self._suggest(error, request)
                raise
            if known is None:
                self._remember(run, payload, result, checked)
            return checked

        run = Run(request, clock=self._clock, sink=sink, payload=payload)
        with self._lock:
            # Closed in the meantime, nobody would stop it.
            self._require_open()
            self._own_runs = [*(run for run in self._own_runs if not run.is_ended), run]
            return self.runs.start(run, work)

    async def _answer(self, run: Run, payload: dict[str, Any], session: str, is_fresh: bool) -> ChatResult:
        result = await self._sender.send(run, payload, session=session, is_fresh=is_fresh)
        self._note(None)
        return result

    async def _checked(self, run: Run, payload: dict[str, Any], result: ChatResult) -> ChatResult:
        try:
            return await self._validate(result, run.request)
        except OpenRouterError as error:
            raise self._sender.explain(run, payload, error) from error.__cause__

    async def _validate(self, result: ChatResult, request: ChatRequest) -> ChatResult:
        if request.response_format is not None and request.response_format.wants_json:
            return await asyncio.to_thread(self._validate_response, result, request)
        return self._validate_response(result, request)

    def _recall(self, run: Run, payload: dict[str, Any], is_fresh: bool) -> ChatResult | None:
        """Return the answer to a request from the response cache; `None` where there is none, or none is wanted."""
        if self._cache is None or is_fresh:
            return None
        kept = self._cache.get(self._name_of(payload, run.parameters.extra_headers))
        if kept is None:
            return None
        run.replay(kept.body, kept.original_cost)
        return run.outcome()

    def _remember(self, run: Run, payload: dict[str, Any], result: ChatResult, checked: ChatResult) -> None:
        """Keep an answer that is good for something."""
        if self._cache is not None and (checked.verdict is None or checked.verdict.is_usable):
            self._cache.put(self._name_of(payload, run.parameters.extra_headers), result)

    def _name_of(self, payload: dict[str, Any], headers: Mapping[str, str] | None = None) -> str:
        return ResponseCache.name_of(payload, self.config.base_url, self.config.api_key.reveal(), headers)

    def _require_open(self) -> None:
        self._loop.require_running()
        if self._is_closed:
            raise errors.ConfigurationError("The service is closed.", hint="Make a new OpenRouterService.")

    def _finish(self, run: Run) -> ChatResult:
        """Wait for a run; whatever interrupts the waiting stops the run."""
        try:
            return run.wait()
        finally:
            if not run.is_ended:
                run.stop()

    def _validate_response(self, result: ChatResult, request: ChatRequest) -> ChatResult:
        """Return the result with warnings, verdict and parsed value.

        Raises:
            ProviderError: Another model served than the one asked for, and `strict_model` is set.
        """
        checked = check_served_model(result, request, self._catalogue, is_strict=self.config.strict_model)
        return judged(checked, request.response_format, is_judged=self.config.validate_structured)

    def _suggest(self, error: OpenRouterError, request: ChatRequest) -> None:
        """Name the closest ids where the model asked for does not exist."""
        model = request.model or ""
        if not isinstance(error, ModelNotFoundError) or self._catalogue.find(model) is not None:
            return
        if (close := self._catalogue.suggestion(model)) is not None:
            error.hint = close


def _response_cache(config: OpenRouterConfig, clock: Callable[[], float]) -> ResponseCache | None:
    if not config.cache_responses:
        return None
    return ResponseCache(ttl=config.cache_ttl, max_bytes=config.cache_max_mb * 1_000_000, clock=clock)


def _keys_of(own: str, views: weakref.WeakSet[OpenRouterService], lock: threading.RLock) -> list[str]:
    with lock:
        return [key for key in (own, *(view.config.api_key.reveal() for view in views)) if key]


def _own_observers(config: OpenRouterConfig, keys: KeysInUse) -> tuple[Observer, ...]:
    redactor = Redactor(config.redact, keys)
    return RunLog(redactor), RunTraces(config.base_url, redactor, has_content=config.trace_content)
