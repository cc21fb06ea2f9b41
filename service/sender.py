"""Sending a run: guard, wire, timeouts, and what the end of a response means."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from service import errors
from service.client import Client, Response
from service.config import OpenRouterConfig
from service.errors import ErrorContext, OpenRouterError
from service.guard.admission import Guard
from service.headers import merged_headers
from service.reader import ResponseReader
from service.redact import redact
from service.results import ChatResult, StreamEvent
from service.runs import Run
from service.telemetry.observer import Observer
from service.wire.answer import Answer

__all__ = ["Sender"]


_SERVER_CACHE = "X-OpenRouter-Cache"
_GRACE = 5.0
"""Seconds to wait for the usage chunk after the finish reason; some servers leave the connection open instead."""

_LINGER = 0.1
"""Seconds to wait for the end of the body after `[DONE]`, and for what it cost after an error."""


class _NotAllowedError(Exception):
    """Ends the attempts: our own limits do not let another one out."""

    def __init__(self, reason: OpenRouterError) -> None:
        super().__init__()
        self.reason = reason


class Sender:
    """Sends runs with one key."""

    def __init__(self, config: OpenRouterConfig, client: Client, guard: Guard, observer: Observer) -> None:
        self._config = config
        self._client = client
        self._guard = guard
        self._observer = observer
        self._key = config.api_key.reveal()

    async def send(self, run: Run, payload: dict[str, Any], *, session: str = "", is_fresh: bool = False) -> ChatResult:
        """Send until an answer is complete or another attempt makes no sense; a fresh one is from no cache.

        Raises:
            OpenRouterError: With `partial` and `context` filled in.
        """
        headers = {"X-Correlation-Id": run.correlation_id, **self._headers(run.parameters.extra_headers, is_fresh)}
        total = self._config.total_timeout
        now = self._guard.retry.clock()
        attempts = self._guard.retry.attempts(
            deadline=None if total is None else now + total,
            before_wait=lambda seconds, attempt: run.will_retry(seconds, attempt, last_error),
        )
        last_error: OpenRouterError | None = None
        try:
            async with asyncio.timeout(total):
                async for attempt in attempts:
                    with attempt:
                        try:
                            await self._attempt(run, payload, session, headers)
                        except (errors.CircuitOpenError, errors.LocalLimitError) as error:
                            raise _NotAllowedError(last_error or error) from None
                        except OpenRouterError as error:
                            last_error = self.explain(run, payload, error)
                            raise
        except _NotAllowedError as no:
            # What went wrong before tells more than that another attempt is not allowed.
            raise self.explain(run, payload, no.reason) from no.reason.__cause__
        except TimeoutError:
            late = errors.RequestTimeoutError(f"The run took longer than {total:g} s in all.")
            raise self.explain(run, payload, late) from None
        except OpenRouterError as error:
            raise self.explain(run, payload, error) from error.__cause__
        return run.outcome()

    def explain(self, run: Run, payload: Mapping[str, Any], error: OpenRouterError) -> OpenRouterError:
        """Fill in what had arrived and where it happened; return the error."""
        if error.partial is None and run.answer.has_arrived:
            error.partial = run.failed_outcome()
        error.context = ErrorContext(
            request_id=run.request_id or error.context.request_id or run.answer.id or None,
            correlation_id=run.correlation_id,
            model=run.model,
            attempt=run.attempt,
            elapsed=run.elapsed,
            payload=redact(payload, self._key, shorten=True),
        )
        if not self._config.is_openrouter_api:
            error.of_other_server()
        return error.mask(self._key)

    def _headers(self, extra: Mapping[str, str], is_fresh: bool) -> dict[str, str]:
        """Return the headers of a request; one that is to be fresh renews what OpenRouter's response cache keeps."""
        headers = merged_headers(self._cache_headers(), extra)
        asked = next((value for name, value in headers.items() if name.lower() == _SERVER_CACHE.lower()), "")
        if is_fresh and asked.lower() == "true":
            return merged_headers(headers, {f"{_SERVER_CACHE}-Clear": "true"})
        return headers

    def _cache_headers(self) -> dict[str, str]:
        """Return what asks for OpenRouter's response cache."""
        if not (self._config.server_cache and self._config.is_openrouter_api):
            return {}
        ttl = self._config.server_cache_ttl
        return {_SERVER_CACHE: "true"} | ({} if ttl is None else {f"{_SERVER_CACHE}-TTL": str(ttl)})

    async def _attempt(self, run: Run, payload: dict[str, Any], session: str, headers: Mapping[str, str]) -> None:
        async with self._guard.admit(self._key, run, session):
            answer = run.begin_attempt()
            self._observer.attempt_started(run)
            failure: OpenRouterError | None = None
            try:
                await self._exchange(run, payload, answer, headers)
            except OpenRouterError as error:
                failure = error.mask(self._key)
                raise
            finally:
                self._observer.attempt_ended(run, failure)

    async def _exchange(self, run: Run, payload: dict[str, Any], answer: Answer, headers: Mapping[str, str]) -> None:
        reader = ResponseReader(answer)
        first = self._config.first_event_timeout or self._config.timeout
        try:
            async with asyncio.timeout(first) as watchdog:
                async with self._client.chat(payload, headers) as response:
                    run.request_id = response.generation_id
                    run.cache = "server" if response.is_from_cache else None
                    await self._read(run, reader, response, watchdog)
        except TimeoutError:
            if not reader.is_decided:
                seconds = self._config.timeout if reader.has_begun else first
                raise errors.RequestTimeoutError(f"No data from {run.model} for {seconds:g} s.") from None
        except errors.NetworkError as error:
            if not reader.is_decided and answer.has_output:
                raise _interrupted(error) from error
            if not reader.is_decided:
                raise
        reader.judge_end()
        run.warnings += reader.warnings()

    async def _read(self, run: Run, reader: ResponseReader, response: Response, watchdog: asyncio.Timeout) -> None:
        loop = asyncio.get_running_loop()
        was_over = False
        reader.begin(response)
        async for chunk in response.chunks():
            _publish(run, reader.feed(chunk))
            if reader.is_over and not was_over:
                # The end of the body follows at once, and reading it keeps the connection for the next request.
                was_over = True
                watchdog.reschedule(loop.time() + _LINGER)
            elif reader.took_data and not was_over:
                patience = min(self._config.timeout, _GRACE) if reader.is_decided else self._config.timeout
                watchdog.reschedule(loop.time() + patience)
        _publish(run, reader.close())


def _publish(run: Run, events: list[StreamEvent]) -> None:
    """Hand on what arrived; sound, a refusal and encrypted reasoning have no events, and are output all the same."""
    if events or (run.answer.has_output and run.state == "waiting"):
        run.publish(events)


def _interrupted(error: OpenRouterError) -> OpenRouterError:
    return errors.StreamInterruptedError(
        "The connection broke in the middle of the answer.", provider_message=error.provider_message, status_code=200
    )
