"""Play a response over the socket, and notice at once when the client has left."""

import asyncio
from collections.abc import Callable
from contextlib import suppress

from starlette.types import Message, Receive, Scope
from starlette.types import Send as SendMessage

from service.simulator.steps import Cut, Hang, Response, Send, Wait

EXPOSED = "X-Generation-Id,X-Provider-Name,request-id,cf-ray"


class Played:
    """A Starlette response that plays steps.

    `speed` divides every pause (2 is twice as fast, 0 means no pauses). `on_end` is told once whether the
    client got everything: `True` when the steps were played out, `False` when it left before that.
    """

    def __init__(self, response: Response, *, speed: float, on_end: Callable[[bool], None]) -> None:
        self.response = response
        self.speed = speed
        self.on_end = on_end
        self._started = False
        self._ended = False
        self._due = 0.0

    async def __call__(self, scope: Scope, receive: Receive, send: SendMessage) -> None:
        """Send the response; return without ending the body when it is to be cut."""
        writing = asyncio.ensure_future(self._write(send))
        watching = asyncio.ensure_future(_client_leaves(receive))
        try:
            await asyncio.wait((writing, watching), return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (writing, watching):
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task
        self._end(complete=False)

    def _end(self, *, complete: bool) -> None:
        if not self._ended:
            self._ended = True
            self.on_end(complete)

    async def _write(self, send: SendMessage) -> None:
        self._due = asyncio.get_running_loop().time()
        for step in self.response.steps:
            match step:
                case Send(data):
                    await self._send(send, data)
                case Wait(seconds, exact):
                    await self._pause(seconds if exact else scaled(seconds, self.speed))
                case Hang():
                    await self._hang(send, step)
                case Cut():
                    self._end(complete=True)
                    return
        await self._start(send)
        # Before the last byte: whoever reads it may ask at once what it cost.
        self._end(complete=True)
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _send(self, send: SendMessage, data: bytes) -> None:
        await self._start(send)
        if data:
            await send({"type": "http.response.body", "body": data, "more_body": True})
            await asyncio.sleep(0)

    async def _start(self, send: SendMessage) -> None:
        if self._started:
            return
        self._started = True
        message: Message = {"type": "http.response.start", "status": self.response.status, "headers": self._headers()}
        await send(message)

    def _headers(self) -> list[tuple[bytes, bytes]]:
        headers = {
            "access-control-allow-origin": "*",
            "access-control-expose-headers": EXPOSED,
            **self.response.headers,
        }
        return [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]

    async def _pause(self, seconds: float) -> None:
        """Sleep towards an absolute time, so that many short pauses do not add up to a drift."""
        if seconds <= 0:
            return
        now = asyncio.get_running_loop().time()
        self._due = max(self._due + seconds, now - 1.0)
        if self._due > now:
            await asyncio.sleep(self._due - now)

    async def _hang(self, send: SendMessage, step: Hang) -> None:
        while True:
            if step.comment:
                await self._send(send, step.comment)
            await asyncio.sleep(step.every if step.comment else 3600)


def scaled(seconds: float, speed: float) -> float:
    """Return a pause at a speed: 2 halves it, 0 leaves it out."""
    return seconds / speed if speed > 0 else 0.0


async def _client_leaves(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
