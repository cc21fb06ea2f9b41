"""What was asked of the simulator, and who left before the end."""

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

KEEP_REQUESTS = 10_000
KEEP_BYTES = 64 * 1024 * 1024
CHAT_PATH = "/chat/completions"


@dataclass(slots=True, eq=False)
class RecordedRequest:
    """One request as it arrived, and how it ended; times are `time.monotonic()`.

    Headers hold the key, so they stay out of the `repr`, as do the bodies.
    """

    method: str
    path: str
    query: str
    headers: dict[str, str] = field(repr=False)
    raw: bytes = field(repr=False)
    body: Any = field(default=None, repr=False)
    model: str | None = None
    generation_id: str | None = None
    status: int | None = None
    finished: bool = False
    disconnected: bool = False
    received_at: float = field(default_factory=time.monotonic)
    disconnected_at: float | None = None


class Recorder:
    """Keep the last requests; safe to read from any thread.

    The oldest are dropped beyond `KEEP_REQUESTS` requests or `KEEP_BYTES` of bodies.
    """

    def __init__(self, *, enabled: bool = True) -> None:
        self.enabled = enabled
        self._changed = threading.Condition()
        self._requests: deque[RecordedRequest] = deque()
        self._bytes = 0
        self._closed = False

    def add(self, request: RecordedRequest) -> None:
        """Remember a request that has just arrived."""
        if not self.enabled:
            return
        with self._changed:
            self._requests.append(request)
            self._bytes += len(request.raw)
            while len(self._requests) > KEEP_REQUESTS or (self._bytes > KEEP_BYTES and len(self._requests) > 1):
                self._bytes -= len(self._requests.popleft().raw)
            self._changed.notify_all()

    def finish(self, request: RecordedRequest) -> None:
        """Note that the whole answer was sent."""
        with self._changed:
            request.finished = True
            self._changed.notify_all()

    def disconnect(self, request: RecordedRequest) -> None:
        """Note that the client left before the end."""
        with self._changed:
            if self._closed:
                return
            request.disconnected = True
            request.disconnected_at = time.monotonic()
            self._changed.notify_all()

    def close(self) -> None:
        """Stop counting disconnects: from now on it is the simulator that leaves."""
        with self._changed:
            self._closed = True

    def requests(self) -> list[RecordedRequest]:
        """Return the remembered requests, oldest first."""
        with self._changed:
            return list(self._requests)

    def chat_requests(self) -> list[RecordedRequest]:
        """Return only the chat requests."""
        return [request for request in self.requests() if request.method == "POST" and request.path.endswith(CHAT_PATH)]

    def disconnects(self) -> list[RecordedRequest]:
        """Return the requests whose client left before the end."""
        return [request for request in self.requests() if request.disconnected]

    def wait(self, condition: Callable[[], bool], timeout: float) -> bool:
        """Wait up to `timeout` seconds for a condition; it is asked again at every change."""
        with self._changed:
            return self._changed.wait_for(condition, timeout)

    def clear(self) -> None:
        """Forget everything."""
        with self._changed:
            self._requests.clear()
            self._bytes = 0
