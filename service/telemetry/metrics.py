"""Runs as figures for Prometheus."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from service.redact import Redactor
from service.telemetry.observer import Observer

if TYPE_CHECKING:
    from service.errors import OpenRouterError
    from service.guard.breaker import BreakerState
    from service.openrouter import OpenRouterService
    from service.runs import Run

__all__ = ["Metrics"]

MOST_MODELS = 200
OTHER_MODEL = "other"
LATENCIES = (0.25, 0.5, 1, 2, 4, 8, 15, 30, 60, 120, 300, 600)
FIRST_TOKENS = (0.1, 0.2, 0.35, 0.5, 0.75, 1, 1.5, 2.5, 5, 10, 20, 60)
_LIVE = {"queued": "queued", "waiting": "in_flight", "streaming": "in_flight"}
_BREAKER: dict[BreakerState, int] = {"closed": 0, "half_open": 1, "open": 2}


class Metrics(Observer):
    """Counts runs, in a registry of its own; give one to every service of the process as an observer.

    A model is a label once it has answered, and at most 200 are: what somebody asks for by a wrong name, or makes up,
    counts as "other".

    Args:
        services: Returns the services whose runs and breakers are looked at when the figures are read.
        redactor: What names of models are cleaned with.
    """

    def __init__(
        self,
        services: Callable[[], Iterable[OpenRouterService]] = tuple,
        redactor: Redactor = Redactor(),  # noqa: B008 - a frozen value
    ) -> None:
        from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector

        self._redactor = redactor
        self._services = services
        self._models: set[str] = set()
        self._lock = threading.Lock()
        self._registry = registry = CollectorRegistry()
        ProcessCollector(registry=registry)

        def counter(name: str, what: str, *labels: str) -> Counter:
            return Counter(f"openrouter_{name}", what, labels, registry=registry)

        self._requests = counter("requests", "Runs that have ended, by how.", "model", "state")
        self._attempts = counter("attempts", "Requests sent, retries included.", "model")
        self._errors = counter("errors", "Runs that failed, by the class of their error.", "type")
        self._failures = counter("failed_attempts", "Attempts that failed, retried or not.", "type")
        self._tokens = counter("tokens", "Tokens as counted by the providers.", "model", "kind")
        self._cost = counter("cost_usd", "USD as reported by the server.", "model")
        self._hits = counter("cache_hits", "Answers from a response cache, the app's own or the server's.", "cache")
        self._latency = Histogram(
            "openrouter_latency_seconds",
            "From the start of a run to its end, completed runs.",
            ["model"],
            buckets=LATENCIES,
            registry=registry,
        )
        self._first_token = Histogram(
            "openrouter_time_to_first_token_seconds",
            "From sending to the first token.",
            ["model"],
            buckets=FIRST_TOKENS,
            registry=registry,
        )
        registry.register(_Now(services, redactor))

    def render(self) -> tuple[bytes, str]:
        """Return the figures as Prometheus reads them, and their content type."""
        from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

        return generate_latest(self._registry), CONTENT_TYPE_LATEST

    def attempt_ended(self, run: Run, error: OpenRouterError | None) -> None:
        """Count what was sent, and what failed."""
        self._attempts.labels(self._label(run)).inc()
        if error is not None:
            self._failures.labels(type(error).__name__).inc()

    def run_ended(self, run: Run) -> None:
        """Count how it ended, and what it took."""
        model, result = self._label(run), run.result
        self._requests.labels(model, run.state).inc()
        if run.error is not None:
            self._errors.labels(type(run.error).__name__).inc()
        if result is None:
            return
        if result.cache is not None:
            self._hits.labels(result.cache).inc()
        if result.cache == "local":
            return
        if result.timings.first_token is not None:
            self._first_token.labels(model).observe(result.timings.first_token)
        if run.state == "completed":
            self._latency.labels(model).observe(result.timings.total)
        if (usage := result.usage) is not None:
            kinds = {
                "prompt": usage.prompt_tokens,
                "completion": usage.completion_tokens,
                "reasoning": usage.reasoning_tokens,
                "cached": usage.cached_tokens,
            }
            for kind, tokens in kinds.items():
                self._tokens.labels(model, kind).inc(max(0, tokens))
            self._cost.labels(model).inc(max(0.0, float(usage.cost or 0)))

    def _label(self, run: Run) -> str:
        """Return the model as a label: the one asked for, once it has answered."""
        model = self._redactor.text(run.model)
        with self._lock:
            has_answered = run.answer.has_output and run.answer.fault is None
            if has_answered and len(self._models) < MOST_MODELS:
                self._models.add(model)
            return model if model in self._models else OTHER_MODEL


class _Now:
    """What is so when the figures are read."""

    def __init__(self, services: Callable[[], Iterable[OpenRouterService]], redactor: Redactor) -> None:
        self._services = services
        self._redactor = redactor

    def describe(self) -> Iterator[Any]:
        """Say what is collected, without asking anybody."""
        yield from self._families([])

    def collect(self) -> Iterator[Any]:
        """Look at runs and breakers."""
        yield from self._families(list(self._services()))

    def _families(self, services: list[OpenRouterService]) -> Iterator[Any]:
        from prometheus_client.core import GaugeMetricFamily

        states = [_LIVE[run.state] for service in services for run in service.runs.live if run.state in _LIVE]
        yield GaugeMetricFamily("openrouter_runs_in_flight", "Runs that were sent.", value=states.count("in_flight"))
        yield GaugeMetricFamily("openrouter_queue_length", "Runs that wait to be sent.", value=states.count("queued"))
        breakers = GaugeMetricFamily(
            "openrouter_breaker_state",
            "Circuit breakers that are not closed, the worst of each model: 1 half open, 2 open.",
            labels=["model"],
        )
        worst: dict[str, int] = {}
        for service in services:
            for name, state in service.breakers.items():
                model = self._redactor.text(name)
                worst[model] = max(worst.get(model, 0), _BREAKER[state])
        for model, value in sorted(worst.items())[:MOST_MODELS]:
            breakers.add_metric([model], value)
        yield breakers
