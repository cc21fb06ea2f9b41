"""The simulator, which also says when it sent what: `python -m bench.timed_simulator`.

`GET /sent` answers `{question: [[at, length], …]}` and begins anew. There is a pair for each write with text: when it
was made, in seconds since 1970, and how many characters of the answer had been sent by then. A browser on this machine
reads the same clock.
"""

import json
import re
import socket
import time
from typing import Any

import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.simulator import create_app

TOKEN = b'"finish_reason":null'
"""What chunks with text have and the last ones have not."""
_CONTENT = re.compile(rb'"content":("(?:[^"\\]|\\.)*")')


class NotedTokens:
    """Notes for each question when its answer went out."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._sent: dict[str, list[tuple[float, int]]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] == "/sent":
            await self._tell(send)
            return
        body = bytearray()
        sent: list[tuple[float, int]] = []

        async def reading() -> Message:
            message = await receive()
            body.extend(message.get("body", b""))
            return message

        async def noting(message: Message) -> None:
            if TOKEN in message.get("body", b""):
                if not sent:
                    self._sent[_question(body)] = sent
                sent.append((time.time(), (sent[-1][1] if sent else 0) + _length(message["body"])))
            await send(message)

        await self._app(scope, reading, noting)

    async def _tell(self, send: Send) -> None:
        body = json.dumps(self._sent).encode()
        self._sent = {}
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})


def _question(body: bytes | bytearray) -> str:
    asked: dict[str, Any] = json.loads(body)
    return str(asked["messages"][-1]["content"])


def _length(chunks: bytes) -> int:
    """Return how many characters of an answer are in these chunks."""
    return sum(len(json.loads(text)) for text in _CONTENT.findall(chunks))


def main() -> None:
    """Serve on a free port until told to stop; the first line printed ends with the base URL."""
    # With the protocol named, asyncio switches Nagle's algorithm off on what the socket accepts.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    listener.listen(2048)
    print(f"http://127.0.0.1:{listener.getsockname()[1]}/api/v1", flush=True)
    config = uvicorn.Config(
        NotedTokens(create_app(record=False)), http="h11", ws="none", lifespan="off", log_level="critical"
    )
    uvicorn.Server(config).run(sockets=[listener])


if __name__ == "__main__":
    main()
