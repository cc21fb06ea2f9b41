"""One event loop in a thread of its own: every request in flight lives on it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import CancelledError, Future
from typing import Any, TypeVar

from service.errors import ConfigurationError

__all__ = ["BackgroundLoop"]

T = TypeVar("T")


class BackgroundLoop:
    """An asyncio loop that other threads hand work to; its thread does not keep the process alive.

    What it takes it also ends: work that was taken before `end` is cancelled, none is left waiting for ever.
    """

    def __init__(self, name: str = "openrouter") -> None:
        self._loop = asyncio.new_event_loop()
        # The collector may end a loop in the middle of handing it something.
        self._lock = threading.RLock()
        self._is_ending = False
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()
        self._loop.run_until_complete(_cancel_all())
        self._loop.close()

    @property
    def is_closed(self) -> bool:
        """Whether it takes no more work because it was ended."""
        return self._is_ending

    @property
    def is_running(self) -> bool:
        """Whether it takes work; in the child of a fork it does not, for its thread is not there."""
        return not self._is_ending and self._thread.is_alive()

    @property
    def is_here(self) -> bool:
        """Whether this is its thread, on which nothing may be waited for."""
        return threading.current_thread() is self._thread

    def require_running(self) -> None:
        """Refuse to go on where it takes no work.

        Raises:
            ConfigurationError: It has ended, or is another process's.
        """
        if not self.is_running:
            where = "is closed" if self._is_ending else "belongs to the process this one was forked from"
            raise ConfigurationError(f"The service {where}.", hint="Make a new OpenRouterService.")

    def require_elsewhere(self) -> None:
        """Refuse to wait on its own thread, which would be for ever.

        Raises:
            RuntimeError: This is its thread.
        """
        if self.is_here:
            raise RuntimeError("this would wait for itself: call it from another thread, not from a callback of a run")

    def submit(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        """Start a coroutine on the loop; cancelling the future cancels it there.

        Raises:
            ConfigurationError: It takes no more work.
        """
        try:
            self.require_running()
            with self._lock:
                self.require_running()
                return asyncio.run_coroutine_threadsafe(work, self._loop)
        except ConfigurationError:
            work.close()
            raise

    def call(self, work: Coroutine[Any, Any, T], timeout: float | None = None) -> T:
        """Run a coroutine on the loop and wait for its result.

        Raises:
            TimeoutError: It took longer than `timeout` seconds; it is cancelled.
            ConfigurationError: It takes no more work, or ended before the result was there.
            RuntimeError: This is its own thread.
        """
        if self.is_here:
            work.close()
            self.require_elsewhere()
        future = self.submit(work)
        try:
            return future.result(timeout)
        except CancelledError:
            self.require_running()
            raise
        except BaseException:
            future.cancel()
            raise

    def soon(self, callback: Callable[[], object]) -> None:
        """Call something on the loop, soon; does nothing when it takes no more work."""
        if self.is_running:
            with self._lock:
                if self.is_running:
                    self._loop.call_soon_threadsafe(callback)

    def end(self) -> None:
        """Take no more work, cancel what is left and end the thread; returns at once."""
        if self.is_running:
            with self._lock:
                if self.is_running:
                    self._is_ending = True
                    self._loop.call_soon_threadsafe(self._loop.stop)

    def close(self, timeout: float = 2.0) -> None:
        """End it and wait for up to `timeout` seconds until it has ended."""
        self.end()
        if not self.is_here:
            self._thread.join(timeout)


async def _cancel_all() -> None:
    tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await asyncio.get_running_loop().shutdown_asyncgens()
    # A transport that is closed lets go of its socket one step later.
    await asyncio.sleep(0)
