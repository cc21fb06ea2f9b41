"""A queue that is first come first served within a session and takes turns among sessions."""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice

from service.errors import LocalLimitError

__all__ = ["Announce", "FairQueue", "Waiter", "ordinal", "wait_for_turn"]

Announce = Callable[[Callable[[], str]], object]
"""Is told why one waits: something that says it in a sentence, as true as when it is called, from any thread."""


@dataclass(eq=False, frozen=True)
class Waiter:
    """One who waits: whose it is, how much it is going to take, and what comes true at its turn."""

    session: str
    amount: float
    turn: asyncio.Future[None]


class FairQueue:
    """Those who wait, by session. Used on one event loop; `ahead_of` may be asked from any thread."""

    def __init__(self) -> None:
        self._sessions: OrderedDict[str, deque[Waiter]] = OrderedDict()

    def __len__(self) -> int:
        return sum(len(waiting) for waiting in self._sessions.values())

    def join(self, session: str, amount: float = 1.0) -> Waiter:
        """Add one at the end of its session."""
        waiter = Waiter(session, amount, asyncio.get_running_loop().create_future())
        self._sessions.setdefault(session, deque()).append(waiter)
        return waiter

    def leave(self, waiter: Waiter) -> None:
        """Take one out; nothing happens when it had its turn."""
        waiting = self._sessions.get(waiter.session)
        if waiting is not None and waiter in waiting:
            waiting.remove(waiter)
            if not waiting:
                del self._sessions[waiter.session]

    def first(self) -> Waiter | None:
        """Return whose turn is next."""
        return next((waiting[0] for waiting in self._sessions.values()), None)

    def call_next(self) -> Waiter | None:
        """Give the next session's first waiter its turn and return it; `None` when nobody waits."""
        while self._sessions:
            session, waiting = self._sessions.popitem(last=False)
            waiter = waiting.popleft()
            if waiting:
                self._sessions[session] = waiting
            if not waiter.turn.done():
                waiter.turn.set_result(None)
                return waiter
        return None

    def ahead_of(self, waiter: Waiter) -> list[Waiter]:
        """Return those who come before one, as things stand: a later session's first comes before one's own second."""
        mine = list(self._sessions.get(waiter.session, ()))
        if waiter not in mine:
            return []
        turns = mine.index(waiter)
        ahead, is_earlier = mine[:turns], True
        for session, waiting in list(self._sessions.items()):
            if session == waiter.session:
                is_earlier = False
            else:
                ahead += islice(waiting, turns + is_earlier)
        return ahead


async def wait_for_turn(queue: FairQueue, waiter: Waiter, seconds: float, what: str) -> None:
    """Wait until it is one's turn.

    Raises:
        LocalLimitError: It did not come within so many seconds; `what` says why.
    """
    try:
        async with asyncio.timeout(seconds):
            await waiter.turn
    except TimeoutError:
        raise LocalLimitError(f"No turn within {seconds:g} s: {what}.", retry_after=seconds) from None
    finally:
        queue.leave(waiter)


def ordinal(number: int) -> str:
    """Return a place in words: 1st, 2nd, 3rd, 4th, 11th."""
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number:,}{ending}"
