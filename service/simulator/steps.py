"""What is sent for one request, as a value: a status, headers, and steps to play over the socket."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

End = Literal["close", "cut", "hang"]


@dataclass(frozen=True, slots=True)
class Send:
    """Write bytes; the headers go out with the first of them."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Wait:
    """Pause for some seconds, scaled by the simulator's speed unless `exact`."""

    seconds: float
    exact: bool = False


@dataclass(frozen=True, slots=True)
class Hang:
    """Stay silent until the client leaves, or send a comment every so many seconds."""

    comment: bytes = b""
    every: float = 0.5


@dataclass(frozen=True, slots=True)
class Cut:
    """Close the connection without ending the chunked body."""


Step = Send | Wait | Hang | Cut


@dataclass(frozen=True)
class Response:
    """One HTTP response to play; `usage` is what it bills, nothing when `None`."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    steps: Iterable[Step] = ()
    usage: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Reply:
    """A scripted answer: raw bytes, each chunk written on its own.

    `end` says what follows the last chunk: `close` ends the body properly, `cut` closes the connection in the
    middle of it, `hang` stays silent until the client leaves. `gap` is the pause between chunks in seconds,
    whatever the simulator's speed. Without a content-type header, chunks that look like server-sent events are
    sent as `text/event-stream`, all others as `application/json`.
    """

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    chunks: Sequence[bytes] = ()
    end: End = "close"
    gap: float = 0.0

    def response(self) -> Response:
        """Turn the reply into steps."""
        headers = {name.lower(): value for name, value in self.headers.items()}
        headers.setdefault("content-type", self._content_type())
        return Response(self.status, headers, list(self._steps()))

    def _content_type(self) -> str:
        start = b"".join(self.chunks[:1]).lstrip(b"\xef\xbb\xbf")
        is_stream = start.startswith((b"data:", b"event:", b"id:", b":"))
        return "text/event-stream" if is_stream else "application/json"

    def _steps(self) -> Iterator[Step]:
        yield Send(b"")
        for number, chunk in enumerate(self.chunks):
            if number and self.gap:
                yield Wait(self.gap, exact=True)
            yield Send(chunk)
        if self.end == "cut":
            yield Cut()
        if self.end == "hang":
            yield Hang()
