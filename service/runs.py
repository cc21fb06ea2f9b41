"""A run: one request and its outcome. It lives in the process, not in a page, and can be watched and stopped."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from queue import SimpleQueue
from typing import Any, Literal

from service.errors import OpenRouterError
from service.loop import BackgroundLoop
from service.results import CacheName, ChatResult, Finished, StreamEvent, Timings, Verdict
from service.telemetry.observer import Observer
from service.types import ChatRequest, ModelParameters, ResponseFormat, Tool
from service.wire.answer import Answer

__all__ = ["Run", "RunState", "Runs"]

RunState = Literal["queued", "waiting", "streaming", "completed", "failed", "stopped", "interrupted"]

STOPPED = Verdict("stopped", "Stopped before the end; what had arrived is kept.")
STOPPED_EARLY = Verdict("stopped", "Stopped before anything had arrived.")
FAILED = Verdict("provider_error", "The request failed before the end; what had arrived is kept.")
FAILED_EARLY = Verdict("provider_error", "The request failed before anything had arrived.")

log = logging.getLogger(__name__)

Clock = Callable[[], float]
Work = Callable[["Run"], Awaitable[ChatResult]]
Sink = SimpleQueue[list[StreamEvent] | OpenRouterError | None]
"""Where a reader gets the events: in batches, then the error if there is one, then `None`."""


class Run:
    """One request and its outcome, from `queued` over `waiting` and `streaming` to its end.

    Attributes:
        id: Unguessable, unique.
        request: What was asked, completed from the configuration.
        payload: The JSON body it is sent with; not to be changed.
        state: queued, waiting (sent, nothing back), streaming, completed, failed, stopped, interrupted.
        notice: Why it waits, in a sentence that is true now; `""` when it does not.
        error: Why it failed; `None` while it has not.
        result: The whole answer, or what arrived of one; `None` until the end. Reading it never raises.
        created_at: When it began (UTC).
        attempt: How many times the request was sent so far.
    """

    def __init__(
        self,
        request: ChatRequest,
        *,
        clock: Clock,
        sink: Sink | None = None,
        payload: Mapping[str, Any] | None = None,
    ) -> None:
        self.id = secrets.token_hex(16)
        self.request = request
        self.payload: Mapping[str, Any] = payload if payload is not None else {}
        self.correlation_id = secrets.token_hex(16)
        self.request_id: str | None = None
        self.state: RunState = "queued"
        self.error: OpenRouterError | None = None
        self.result: ChatResult | None = None
        self.created_at = datetime.now(UTC)
        self.attempt = 0
        self.answer = Answer()
        self.warnings: list[str] = []
        self.cache: CacheName | None = None
        self._original_cost: Decimal | None = None
        self._clock = clock
        self._sink = sink
        self._begun = clock()
        self._queued: float | None = None
        self._sent = self._begun
        self._first_token: float | None = None
        self._why = _for_nothing
        self._ended = threading.Event()
        self._waiting: list[Callable[[Run], object]] = []
        self._task: asyncio.Task[None] | None = None
        self._loop: BackgroundLoop | None = None
        self._observer = Observer()
        self._is_interrupted = False

    @classmethod
    def ended(cls, request: ChatRequest, result: ChatResult) -> Run:
        """Return a run for which nothing is sent: its result is known already, as that of an answer mended here."""
        run = cls(request, clock=lambda: 0.0)
        run.answer.add({"choices": [{"index": 0, "message": {"content": result.text}}]})
        run._end("completed", result)
        return run

    def __repr__(self) -> str:
        return f"Run(id={self.id!r}, model={self.request.model!r}, state={self.state!r})"

    @property
    def model(self) -> str:
        """The model that was asked for."""
        return self.request.model or ""

    @property
    def parameters(self) -> ModelParameters:
        """The parameters of the request."""
        return self.request.parameters

    @property
    def tools(self) -> tuple[Tool, ...]:
        """The tools of the request."""
        return self.request.tools

    @property
    def response_format(self) -> ResponseFormat | None:
        """The response format of the request."""
        return self.request.response_format

    @property
    def text(self) -> str:
        """The text so far."""
        return self.answer.text

    @property
    def reasoning(self) -> str:
        """The reasoning so far."""
        return self.answer.reasoning

    @property
    def notice(self) -> str:
        """Why it waits."""
        return self._why()

    @property
    def is_ended(self) -> bool:
        """Whether it has come to its end, whatever that is."""
        return self._ended.is_set()

    @property
    def elapsed(self) -> float:
        """Seconds since it began, or from its beginning to its end."""
        return self.result.timings.total if self.result is not None else self._clock() - self._begun

    def wait(self, timeout: float | None = None) -> ChatResult:
        """Wait for the end and return the result; a stopped run's is partial.

        Raises:
            OpenRouterError: The run failed.
            TimeoutError: It is still going on after `timeout` seconds; the run goes on.
            RuntimeError: This is the thread that does the work, as in a callback of `when_ended`.
        """
        if not self.join(timeout):
            raise TimeoutError(f"the run is still {self.state} after {timeout:g} s")
        if self.error is not None:
            raise self.error
        assert self.result is not None
        return self.result

    def join(self, timeout: float | None = None) -> bool:
        """Wait for the end, whatever it is; False when it has not come within `timeout` seconds."""
        self._require_elsewhere()
        return self._ended.wait(timeout)

    def _require_elsewhere(self) -> None:
        """Refuse to wait for the end on the thread that brings it about.

        Raises:
            RuntimeError: This is that thread.
        """
        if self._loop is not None and not self.is_ended:
            self._loop.require_elsewhere()

    def when_ended(self, callback: Callable[[Run], object]) -> None:
        """Call something once it has ended, at once if it has; on the thread of the loop, so it must not block."""
        self._waiting.append(callback)
        if self._ended.is_set():
            self._tell()

    def _tell(self) -> None:
        while self._waiting:
            # Two threads may come here at once; each callback is called by one of them.
            with contextlib.suppress(IndexError):
                self._call(self._waiting.pop(0))

    def _call(self, callback: Callable[[Run], object]) -> None:
        try:
            callback(self)
        except Exception:
            log.exception("what was to be done after run %s failed", self.id)

    def stop(self) -> None:
        """Stop it, in whatever state it is; returns at once, and what had arrived is kept."""
        if self._loop is not None:
            self._loop.soon(self._cancel)

    def interrupt(self) -> None:
        """Stop it because the process ends, which is told from what somebody has stopped."""
        self._is_interrupted = True
        self.stop()

    def _cancel(self) -> None:
        if self._task is not None:
            self._task.cancel()

    def begin_attempt(self) -> Answer:
        """Note that the request is sent (again), and return where its answer goes."""
        now = self._clock()
        self.attempt += 1
        self.answer = Answer()
        self.warnings = []
        self.cache = None
        self.request_id = None
        self._why = _for_nothing
        self._sent, self._first_token = now, None
        if self._queued is None:
            self._queued = now - self._begun
        self.state = "waiting"
        return self.answer

    def will_retry(self, seconds: float, attempt: int, error: BaseException | None) -> None:
        """Note that the next attempt waits."""
        due = self._clock() + seconds
        said = f"{_sentence(error)} " if error else ""
        self.state = "queued"
        self.waits_for(lambda: f"{said}Attempt {attempt} in {max(0.0, due - self._clock()):.0f} s.")

    def waits_for(self, why: Callable[[], str]) -> None:
        """Note why it waits: something that says it in a sentence whenever it is asked, from any thread."""
        self._why = why

    def publish(self, events: list[StreamEvent]) -> None:
        """Hand on what arrived."""
        if self._first_token is None:
            self._first_token = self._clock() - self._sent
            self.state = "streaming"
        if self._sink is not None:
            self._sink.put(events)

    def replay(self, body: Mapping[str, Any], original_cost: Decimal | None) -> None:
        """Take an answer that is known already, as if it came in this moment; nothing is sent."""
        self.cache, self._original_cost = "local", original_cost
        self.publish(self.answer.add(body))

    def outcome(self, *, is_partial: bool = False, verdict: Verdict | None = None) -> ChatResult:
        """Return what has arrived as a result."""
        return self.answer.result(
            requested_model=self.model,
            timings=Timings(
                queued=self._queued or 0.0, first_token=self._first_token, total=self._clock() - self._begun
            ),
            attempts=self.attempt,
            is_partial=is_partial,
            verdict=verdict,
            warnings=tuple(self.warnings),
            cache=self.cache,
            original_cost=self._original_cost,
        )

    def failed_outcome(self) -> ChatResult:
        """Return what had arrived before it failed, which may be nothing."""
        return self.outcome(is_partial=True, verdict=FAILED if self.answer.has_output else FAILED_EARLY)

    def _end(self, state: RunState, result: ChatResult, error: OpenRouterError | None = None) -> None:
        if self._ended.is_set():
            return
        self.result, self.error, self.state, self._why = result, error, state, _for_nothing
        # Before anybody who waits goes on: a script may be over then.
        self._observer.run_ended(self)
        self._ended.set()
        if self._sink is not None:
            self._sink.put(error if error is not None else [Finished(result)])
            self._sink.put(None)
        self._tell()


class Runs:
    """Every run of the process, live ones and the last finished ones, on one background loop."""

    def __init__(self, loop: BackgroundLoop, observer: Observer | None = None, *, keep: int = 1_000) -> None:
        self._loop = loop
        self._observer = observer or Observer()
        self._keep = keep
        self._runs: OrderedDict[str, Run] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, run_id: str) -> Run | None:
        """Return a run by its id; `None` when it is unknown or long gone."""
        return self._runs.get(run_id)

    @property
    def live(self) -> list[Run]:
        """The runs that have not come to their end, oldest first."""
        with self._lock:
            return [run for run in self._runs.values() if not run.is_ended]

    def start(self, run: Run, work: Work) -> Run:
        """Start a run; `work` returns its result or raises, and is cancelled when the run is stopped."""
        with self._lock:
            self._runs[run.id] = run
            while len(self._runs) > self._keep and next(iter(self._runs.values())).is_ended:
                self._runs.popitem(last=False)
        run._loop = self._loop
        run._observer = self._observer
        self._observer.run_started(run)
        self._loop.soon(lambda: self._launch(run, work))
        return run

    def _launch(self, run: Run, work: Work) -> None:
        run._task = asyncio.ensure_future(self._drive(run, work))
        # A task that is cancelled before its first step never enters `_drive`.
        run._task.add_done_callback(lambda task: _end_stopped(run))

    async def _drive(self, run: Run, work: Work) -> None:
        try:
            result = await work(run)
        except asyncio.CancelledError:
            _end_stopped(run)
        except OpenRouterError as error:
            run._end("failed", error.partial or run.failed_outcome(), error)
        except Exception as error:
            log.exception("run %s failed in an unforeseen way", run.id)
            run._end("failed", run.failed_outcome(), _unforeseen(error))
        else:
            run._end("completed", result)

    def stop_all(self, runs: list[Run], timeout: float, *, as_interrupted: bool = False) -> None:
        """Stop these runs and wait up to `timeout` seconds for the ends of all."""
        for run in runs:
            (run.interrupt if as_interrupted else run.stop)()
        deadline = time.monotonic() + timeout
        for run in () if self._loop.is_here else runs:
            run.join(max(0.0, deadline - time.monotonic()))


def _end_stopped(run: Run) -> None:
    if run.is_ended:
        return
    if run._is_interrupted:
        run._end("interrupted", run.outcome(is_partial=True))
    else:
        verdict = STOPPED if run.answer.has_output else STOPPED_EARLY
        run._end("stopped", run.outcome(is_partial=True, verdict=verdict))


def _for_nothing() -> str:
    return ""


def _unforeseen(error: Exception) -> OpenRouterError:
    return OpenRouterError(f"Something unforeseen happened: {type(error).__name__}.", hint="Please report this.")


def _sentence(error: BaseException) -> str:
    """Return what went wrong with a stop at its end; the provider's words, which come last, often have none."""
    words = str(error).rstrip()
    return words if words.endswith((".", "!", "?", "…")) else f"{words}."
