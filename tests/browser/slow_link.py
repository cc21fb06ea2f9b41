"""A slow link: a proxy that passes what the app sends on at so many bytes a second, and buffers next to nothing."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

__all__ = ["SlowLink", "slow_link"]

PIECE = 2_048
# Buffers of the kernel would take up a whole answer; these are about the smallest that it allows.
RECEIVED_AHEAD = 4_096
SEGMENT = 1_400


class SlowLink:
    """A TCP proxy on a port of its own; `bytes_a_second` may change at any time and `None` is no limit."""

    def __init__(self, target: str) -> None:
        parts = urlsplit(target)
        self.bytes_a_second: float | None = None
        self._target = (parts.hostname or "", parts.port or 0)
        self._closed = threading.Event()
        self._open: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """End it and every connection."""
        self._closed.set()
        for each in (self._listener, *self._open):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                browser, _ = self._listener.accept()
                app = socket.socket()
                app.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVED_AHEAD)
                app.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, SEGMENT)
                app.connect(self._target)
                self._open += [browser, app]
                for source, sink, is_limited in ((browser, app, False), (app, browser, True)):
                    threading.Thread(target=self._pass_on, args=(source, sink, is_limited), daemon=True).start()

    def _pass_on(self, source: socket.socket, sink: socket.socket, is_limited: bool) -> None:
        with suppress(OSError):
            while piece := source.recv(PIECE):
                limit = self.bytes_a_second
                if is_limited and limit is not None:
                    self._closed.wait(len(piece) / limit)
                sink.sendall(piece)
        with suppress(OSError):
            sink.shutdown(socket.SHUT_WR)


@contextmanager
def slow_link(target: str) -> Iterator[SlowLink]:
    """Open a link to an address and close it in the end."""
    link = SlowLink(target)
    try:
        yield link
    finally:
        link.close()
