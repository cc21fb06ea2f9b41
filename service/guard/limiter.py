"""Two limits, alike in how they queue: requests in flight, and so many requests or tokens a minute.

Waiting is first come first served within a session and round-robin among sessions, so that one user's batch does
not starve another's chat. Both are used on one event loop alone.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from service.errors import LocalLimitError
from service.guard.queue import Announce, FairQueue, Waiter, ordinal, wait_for_turn

__all__ = ["RateLimit", "Receipt", "Slots"]


def _tell_nobody(why: Callable[[], str]) -> None:
    """Stands for whoever does not want to know why it waits."""


class Slots:
    """At most `limit` holders at once; 0 is no limit."""

    def __init__(self, limit: int, *, max_wait: float) -> None:
        self._limit = limit
        self._max_wait = max_wait
        self._taken = 0
        self._queue = FairQueue()

    @property
    def taken(self) -> int:
        """How many hold a slot."""
        return self._taken

    @property
    def waiting(self) -> int:
        """How many wait for one."""
        return len(self._queue)

    @asynccontextmanager
    async def hold(self, session: str, announce: Announce = _tell_nobody) -> AsyncIterator[None]:
        """Hold a slot for the block, waiting for it as long as allowed.

        Raises:
            LocalLimitError: No slot came free in time.
        """
        await self._acquire(session, announce)
        try:
            yield
        finally:
            self._release()

    async def _acquire(self, session: str, announce: Announce = _tell_nobody) -> None:
        if not self._limit or (self._taken < self._limit and not len(self._queue)):
            self._taken += 1
            return
        waiter = self._queue.join(session)
        announce(lambda: self._why(waiter))
        try:
            await wait_for_turn(self._queue, waiter, self._max_wait, self._in_flight)
        except BaseException:
            if waiter.turn.done() and not waiter.turn.cancelled():
                self._release()
            raise

    def _release(self) -> None:
        # The slot passes on directly, so that nobody can slip in between.
        if self._queue.call_next() is None:
            self._taken -= 1

    @property
    def _in_flight(self) -> str:
        return "1 request is in flight" if self._limit == 1 else f"{self._limit:,} requests are in flight"

    def _why(self, waiter: Waiter) -> str:
        place = len(self._queue.ahead_of(waiter)) + 1
        who = "you are next" if place == 1 else f"you are {ordinal(place)} in line"
        return f"{self._in_flight}; {who}."


@dataclass
class Receipt:
    """What was taken from a `RateLimit`; set `used` to what was really used, and the rest goes back."""

    used: float = 0.0


class RateLimit:
    """A token bucket: `per_minute` of something, a second's worth (at least one) in a burst; 0 is no limit.

    What takes more than a burst may go when the bucket is full, and those after it wait until that is made up for.
    """

    def __init__(self, per_minute: int, *, max_wait: float, clock: Callable[[], float], unit: str = "requests") -> None:
        self._rate = per_minute / 60
        self._limit = f"{per_minute:,} {unit} per minute"
        self._burst = max(1.0, self._rate)
        self._tokens = self._burst
        self._max_wait = max_wait
        self._clock = clock
        self._filled_at = clock()
        self._queue = FairQueue()
        self._timer: asyncio.TimerHandle | None = None

    @property
    def waiting(self) -> int:
        """How many wait for their turn."""
        return len(self._queue)

    @asynccontextmanager
    async def charge(self, session: str, amount: float, announce: Announce = _tell_nobody) -> AsyncIterator[Receipt]:
        """Take an amount, waiting for it as long as allowed; at the end of the block what was not used goes back.

        Raises:
            LocalLimitError: It would take longer than that.
        """
        receipt = Receipt()
        await self.take(session, amount, announce)
        try:
            yield receipt
        finally:
            self._give_back(amount - receipt.used)

    async def take(self, session: str, amount: float = 1.0, announce: Announce = _tell_nobody) -> None:
        """Take an amount, waiting for it as long as allowed.

        Raises:
            LocalLimitError: It would take longer than that; mostly raised at once, with the wait in `retry_after`.
        """
        if not self._rate:
            return
        self._refill()
        if self._tokens >= min(amount, self._burst) and not len(self._queue):
            self._tokens -= amount
            return
        waiter = self._queue.join(session, amount)
        if (wait := self._wait_of(waiter)) > self._max_wait:
            self._queue.leave(waiter)
            raise LocalLimitError(f"The limit of {self._limit} leaves no room for {wait:.0f} s.", retry_after=wait)
        self._arm()
        announce(lambda: f"At most {self._limit} are sent; this one goes in about {self._wait_of(waiter):.0f} s.")
        try:
            # It may take longer than was thought: those of other sessions who come later have their turns, too.
            await wait_for_turn(self._queue, waiter, self._max_wait, f"at most {self._limit} are sent")
        except BaseException:
            if waiter.turn.done() and not waiter.turn.cancelled():
                self._give_back(amount)
            raise

    def _wait_of(self, waiter: Waiter) -> float:
        """Return the seconds until one's turn, as things stand; safe from any thread."""
        wanted = sum(other.amount for other in self._queue.ahead_of(waiter)) + min(waiter.amount, self._burst)
        return max(0.0, (wanted - self._filled()) / self._rate)

    def _filled(self) -> float:
        return min(self._burst, self._tokens + (self._clock() - self._filled_at) * self._rate)

    def _refill(self) -> None:
        self._tokens, self._filled_at = self._filled(), self._clock()

    def _give_back(self, amount: float) -> None:
        """Put back what was not used; less than nothing is taken instead, when more was used than was thought."""
        if self._rate and amount:
            self._tokens += amount
            self._serve()

    def _serve(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = None
        self._refill()
        while (first := self._queue.first()) is not None and self._tokens >= min(first.amount, self._burst):
            self._tokens -= called.amount if (called := self._queue.call_next()) is not None else 0
        self._arm()

    def _arm(self) -> None:
        first = self._queue.first()
        if self._timer is None and first is not None:
            delay = max(0.0, (min(first.amount, self._burst) - self._tokens) / self._rate)
            self._timer = asyncio.get_running_loop().call_later(delay + 0.001, self._serve)
