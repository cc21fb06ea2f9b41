"""Sending again after a transient failure: exponential backoff with jitter, or as long as the server asks."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from service.errors import CircuitOpenError, LocalLimitError, OpenRouterError

if TYPE_CHECKING:
    from tenacity import AsyncRetrying, RetryCallState

__all__ = ["RetryPolicy", "is_worth_retrying"]

Sleep = Callable[[float], Awaitable[None]]
Clock = Callable[[], float]
Chance = Callable[[], float]


def is_worth_retrying(error: BaseException) -> bool:
    """Whether the same request may succeed if sent again now: transient, from outside, and before any output."""
    if not isinstance(error, OpenRouterError) or isinstance(error, LocalLimitError | CircuitOpenError):
        return False
    return error.retryable and (error.partial is None or not has_output(error))


def has_output(error: OpenRouterError) -> bool:
    """Whether something of the answer had arrived before the error."""
    partial = error.partial
    return partial is not None and bool(
        partial.text
        or partial.reasoning
        or partial.reasoning_details
        or partial.tool_calls
        or partial.images
        or partial.annotations
        or partial.refusal
        or partial.audio
    )


@dataclass(frozen=True)
class RetryPolicy:
    """How often and how long to wait; `chance` draws from [0, 1)."""

    max_retries: int
    delay: float
    max_delay: float
    clock: Clock
    sleep: Sleep
    chance: Chance

    def wait_before(self, attempt: int, error: BaseException | None) -> float:
        """Return the seconds to wait after the given attempt (from 1) failed.

        What the server asks for is taken as it is; else the delay doubles with each attempt, and chance takes up
        to half of it away, so that many clients do not come back together.
        """
        asked = error.retry_after if isinstance(error, OpenRouterError) else None
        if asked is not None:
            return asked
        backoff = min(self.delay * 2.0 ** (attempt - 1), self.max_delay)
        return backoff * (1 - self.chance() / 2)

    def attempts(self, *, deadline: float | None, before_wait: Callable[[float, int], None]) -> AsyncRetrying:
        """Return an iterator over attempts; it re-raises the last error where another attempt makes no sense.

        A wait longer than `max_delay`, or past the deadline (on the policy's clock), fails at once.
        """
        from tenacity import AsyncRetrying, retry_if_exception

        def wait(state: RetryCallState) -> float:
            error = state.outcome.exception() if state.outcome else None
            return self.wait_before(state.attempt_number, error)

        def stop(state: RetryCallState) -> bool:
            wake = self.clock() + state.upcoming_sleep
            too_late = deadline is not None and wake >= deadline
            return state.attempt_number > self.max_retries or state.upcoming_sleep > self.max_delay or too_late

        def announce(state: RetryCallState) -> None:
            before_wait(state.upcoming_sleep, state.attempt_number + 1)

        return AsyncRetrying(
            retry=retry_if_exception(is_worth_retrying),
            wait=wait,
            stop=stop,
            sleep=self.sleep,
            before_sleep=announce,
            reraise=True,
        )
