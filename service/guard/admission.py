"""The four gates of an attempt in one: breaker, requests a minute, tokens a minute, requests in flight."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from service.errors import CircuitOpenError, LocalLimitError, OpenRouterError
from service.guard.breaker import Breakers
from service.guard.limiter import RateLimit, Slots
from service.guard.retry import RetryPolicy
from service.tokens import assumed_completion_tokens, estimate_request_tokens

if TYPE_CHECKING:
    from service.config import OpenRouterConfig
    from service.runs import Run

__all__ = ["Guard"]


@dataclass(frozen=True)
class Guard:
    """What every key of a service shares: who may send, when, how often."""

    slots: Slots
    requests: RateLimit
    tokens: RateLimit
    breakers: Breakers
    retry: RetryPolicy
    counts_tokens: bool = False

    @classmethod
    def from_config(
        cls,
        config: OpenRouterConfig,
        *,
        clock: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]],
        chance: Callable[[], float],
    ) -> Guard:
        """Make the guard that a configuration asks for; time, sleep and chance are given."""
        wait = config.max_queue_wait
        return cls(
            slots=Slots(config.max_concurrent_requests, max_wait=wait),
            requests=RateLimit(config.requests_per_minute, max_wait=wait, clock=clock),
            tokens=RateLimit(config.tokens_per_minute, max_wait=wait, clock=clock, unit="tokens"),
            breakers=Breakers(threshold=config.breaker_threshold, cooldown=config.breaker_cooldown, clock=clock),
            retry=RetryPolicy(
                config.max_retries, config.retry_delay, config.max_retry_delay, clock=clock, sleep=sleep, chance=chance
            ),
            counts_tokens=config.tokens_per_minute > 0,
        )

    @property
    def waiting(self) -> int:
        """How many attempts wait for their turn."""
        return self.slots.waiting + self.requests.waiting + self.tokens.waiting

    @asynccontextmanager
    async def admit(self, key: str, run: Run, session: str) -> AsyncIterator[None]:
        """Wait until an attempt of a run may be sent, hold its place for the block, and learn from how that ends.

        Raises:
            CircuitOpenError: The model failed too often with this key.
            LocalLimitError: It would have to wait for too long.
        """
        model, breakers = run.model, self.breakers
        is_trial = breakers.admit(key, model)
        try:
            async with self._paid(run, session), self.slots.hold(session, run.waits_for):
                # While it waited, others may have found out that the model fails.
                is_trial = is_trial or breakers.admit(key, model)
                yield
        except (LocalLimitError, CircuitOpenError):
            breakers.leave(key, model, is_trial=is_trial)
            raise
        except OpenRouterError as error:
            breakers.record(key, model, error, is_trial=is_trial)
            raise
        except BaseException:
            breakers.leave(key, model, is_trial=is_trial)
            raise
        breakers.record(key, model, None, is_trial=is_trial)

    @asynccontextmanager
    async def _paid(self, run: Run, session: str) -> AsyncIterator[None]:
        """Take what an attempt counts for; what was not sent after all, and not used, goes back."""
        before, guess = run.attempt, self._guess(run)
        async with (
            self.requests.charge(session, 1, run.waits_for) as request,
            self.tokens.charge(session, guess, run.waits_for) as tokens,
        ):
            try:
                yield
            finally:
                if run.attempt > before:
                    usage = run.answer.usage
                    request.used, tokens.used = 1, guess if usage is None else usage.total_tokens

    def _guess(self, run: Run) -> int:
        if not self.counts_tokens:
            return 0
        return estimate_request_tokens(run.request) + assumed_completion_tokens(run.request)
