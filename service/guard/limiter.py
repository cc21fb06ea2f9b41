"""Two limits, alike in how they queue: requests in flight, and requests a minute.

Waiting is first come first served within a session and round-robin among sessions, so that one user's batch does
not starve another's chat. Both are used on one event loop alone.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from service.errors import LocalLimitError

__all__ = ["RateLimit", "Slots"]


class _FairQueue:
    """Futures waiting for a turn, by session."""

    def __init__(self) -> None:
        self._sessions: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()

    def __len__(self) -> int:
        return sum(len(waiting) for waiting in self._sessions.values())

    def join(self, session: str) -> asyncio.Future[None]:
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._sessions.setdefault(session, deque()).append(turn)
        return turn

    def leave(self, session: str, turn: asyncio.Future[None]) -> None:
        waiting = self._sessions.get(session)
        if waiting is not None and turn in waiting:
            waiting.remove(turn)
            if not waiting:
                del self._sessions[session]

    def call_next(self) -> bool:
        """Give the next session's first waiter its turn; False when nobody waits."""
        while self._sessions:
            session, waiting = self._sessions.popitem(last=False)
            turn = waiting.popleft()
            if waiting:
                self._sessions[session] = waiting
            if not turn.done():
                turn.set_result(None)
                return True
        return False


async def _wait(queue: _FairQueue, session: str, turn: asyncio.Future[None], seconds: float, what: str) -> None:
    try:
        async with asyncio.timeout(seconds):
            await turn
    except TimeoutError:
        raise LocalLimitError(f"No turn within {seconds:g} s: {what}.", retry_after=seconds) from None
    finally:
        queue.leave(session, turn)


class Slots:
    """At most `limit` holders at once."""

    def __init__(self, limit: int, *, max_wait: float) -> None:
        self._limit = limit
        self._max_wait = max_wait
        self._taken = 0
        self._queue = _FairQueue()

    @property
    def taken(self) -> int:
        """How many hold a slot."""
        return self._taken

    @property
    def waiting(self) -> int:
        """How many wait for one."""
        return len(self._queue)

    @asynccontextmanager
    async def hold(self, session: str) -> AsyncIterator[None]:
        """Hold a slot for the block, waiting for it as long as allowed.

        Raises:
            LocalLimitError: No slot came free in time.
        """
        await self._acquire(session)
        try:
            yield
        finally:
            self._release()

    async def _acquire(self, session: str) -> None:
        if self._taken < self._limit and not len(self._queue):
            self._taken += 1
            return
        turn = self._queue.join(session)
        try:
            await _wait(self._queue, session, turn, self._max_wait, f"{self._limit} requests are in flight")
        except BaseException:
            if turn.done() and not turn.cancelled():
                self._release()
            raise

    def _release(self) -> None:
        # The slot passes on directly, so that nobody can slip in between.
        if not self._queue.call_next():
            self._taken -= 1


class RateLimit:
    """A token bucket: `per_minute` requests a minute, a second's worth (at least one) in a burst; 0 is no limit."""

    def __init__(self, per_minute: int, *, max_wait: float, clock: Callable[[], float]) -> None:
        self._rate = per_minute / 60
        self._burst = max(1.0, self._rate)
        self._tokens = self._burst
        self._max_wait = max_wait
        self._clock = clock
        self._filled_at = clock()
        self._queue = _FairQueue()
        self._timer: asyncio.TimerHandle | None = None

    @property
    def waiting(self) -> int:
        """How many wait for a token."""
        return len(self._queue)

    async def take(self, session: str) -> None:
        """Take a token, waiting for it as long as allowed.

        Raises:
            LocalLimitError: It would take longer than that; raised at once, with the wait in `retry_after`.
        """
        if not self._rate:
            return
        self._refill()
        if self._tokens >= 1 and not len(self._queue):
            self._tokens -= 1
            return
        wait = (len(self._queue) + 1 - self._tokens) / self._rate
        if wait > self._max_wait:
            limit = f"{self._rate * 60:g} requests per minute"
            raise LocalLimitError(f"The limit of {limit} leaves no room for {wait:.0f} s.", retry_after=wait)
        turn = self._queue.join(session)
        self._arm()
        try:
            await turn
        except BaseException:
            if turn.done() and not turn.cancelled():
                self._tokens += 1
                self._serve()
            raise
        finally:
            self._queue.leave(session, turn)

    def _refill(self) -> None:
        now = self._clock()
        self._tokens = min(self._burst, self._tokens + (now - self._filled_at) * self._rate)
        self._filled_at = now

    def _serve(self) -> None:
        self._timer = None
        self._refill()
        while self._tokens >= 1 and self._queue.call_next():
            self._tokens -= 1
        self._arm()

    def _arm(self) -> None:
        if self._timer is None and len(self._queue):
            delay = max(0.0, (1 - self._tokens) / self._rate)
            self._timer = asyncio.get_running_loop().call_later(delay + 0.001, self._serve)
