"""A server that sends what it is told, byte for byte, and a service that is asked to read it."""

import json
from collections.abc import Sequence
from typing import Any, TypeVar

import pytest

from service import ChatRequest, ChatResult, Finished, OpenRouterError, OpenRouterService, StreamEvent
from service.simulator import Reply, Simulator
from tests.support import ask

__all__ = ["DONE", "Wire", "as_bytes", "encoded"]

Error = TypeVar("Error", bound=OpenRouterError)
DONE = b"data: [DONE]\n\n"


class Wire:
    """Scripts the server and asks the service.

    An event is a JSON value, sent as `data: …` and a blank line, or bytes, sent as they are. `done=False` leaves
    out the `[DONE]` at the end. What else a `Reply` takes goes by name: `headers`, `end`, `gap`, `status`.
    """

    def __init__(self, sim: Simulator, service: OpenRouterService) -> None:
        self.sim = sim
        self.service = service

    def stream(self, *events: Any, done: bool = True, request: ChatRequest | None = None, **reply: Any) -> ChatResult:
        """Stream these events and return what came of them."""
        return self._run(encoded(events, done), request, reply)[1]

    def events(self, *events: Any, done: bool = True, **reply: Any) -> list[StreamEvent]:
        """Stream these events and return ours, the last one (`Finished`) left out."""
        return self._run(encoded(events, done), None, reply)[0]

    def whole(self, body: Any, *, request: ChatRequest | None = None, **reply: Any) -> ChatResult:
        """Answer with this body and return what came of it."""
        self.sim.script(Reply(chunks=[as_bytes(body)], **reply))
        return self.service.chat(request or ask())

    def stream_fails(self, kind: type[Error], *events: Any, done: bool = True, **reply: Any) -> Error:
        """Stream these events and return the error that came of them: of exactly this class, raised twice alike."""
        return self._failure(kind, encoded(events, done), reply)

    def stream_fails_with(self, kind: type[Error], body: Any, **reply: Any) -> Error:
        """Ask for a stream, answer with this body and return the error that came of it."""
        return self._failure(kind, [as_bytes(body)], reply)

    def _failure(self, kind: type[Error], chunks: Sequence[bytes], reply: dict[str, Any]) -> Error:
        self.sim.script(Reply(chunks=chunks, **reply))
        with self.service.stream(ask()) as stream, pytest.raises(OpenRouterError) as caught:
            list(stream)
        assert type(caught.value) is kind, repr(caught.value)
        with pytest.raises(kind) as again:
            _ = stream.result
        assert again.value is caught.value
        assert stream.partial is not None
        return caught.value

    def whole_fails(self, kind: type[Error], body: Any, **reply: Any) -> Error:
        """Answer with this body and return the error that came of it: of exactly this class."""
        self.sim.script(Reply(chunks=[as_bytes(body)], **reply))
        with pytest.raises(OpenRouterError) as caught:
            self.service.chat(ask())
        assert type(caught.value) is kind, repr(caught.value)
        return caught.value

    def _run(
        self, chunks: Sequence[bytes], request: ChatRequest | None, reply: dict[str, Any]
    ) -> tuple[list[StreamEvent], ChatResult]:
        self.sim.script(Reply(chunks=chunks, **reply))
        with self.service.stream(request or ask()) as stream:
            *events, last = stream
        assert isinstance(last, Finished)
        assert last.result is stream.result
        return events, stream.result


def as_bytes(value: Any) -> bytes:
    return value if isinstance(value, bytes) else json.dumps(value, ensure_ascii=False).encode()


def encoded(events: Sequence[Any], done: bool) -> list[bytes]:
    """Return the chunks of a stream of these events."""
    chunks = [event if isinstance(event, bytes) else b"data: " + as_bytes(event) + b"\n\n" for event in events]
    return [*chunks, DONE] if done else chunks
