"""Bytes to server-sent events.

Tolerant where servers differ from the WHATWG standard: comments, LF, CRLF and CR line ends, a byte order mark,
`data:` with and without a space, several data lines, `event:` and `id:` lines, chunks cut anywhere (also inside a
UTF-8 character), a last event without its blank line.
Source: https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
"""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["EventTooLargeError", "ServerSentEvent", "ServerSentEvents"]

MAX_EVENT_BYTES = 64 * 1024 * 1024
"""No event is larger: a generated image in base64 takes a few megabytes."""

_BOM = b"\xef\xbb\xbf"


class EventTooLargeError(ValueError):
    """A single event exceeds `MAX_EVENT_BYTES`."""


class ServerSentEvent(NamedTuple):
    """One event: its data (lines joined by LF) and its name (`""` for the usual nameless one)."""

    data: bytes
    event: str = ""


class ServerSentEvents:
    """An incremental parser: feed it bytes as they come, take the events that they complete."""

    def __init__(self) -> None:
        self._pending: list[bytes] = []
        self._pending_bytes = 0
        self._started = False
        self._ended_in_cr = False

    def feed(self, chunk: bytes) -> list[ServerSentEvent]:
        """Return the events that these bytes complete.

        Raises:
            EventTooLargeError: An event grows beyond 64 MiB.
        """
        chunk = self._normalise(chunk)
        if not chunk:
            return []
        ends_event = b"\n\n" in chunk or (chunk[:1] == b"\n" and self._pending and self._pending[-1][-1:] == b"\n")
        self._pending.append(chunk)
        self._pending_bytes += len(chunk)
        blocks = b"".join(self._pending).split(b"\n\n") if ends_event else []
        if (
            self._pending_bytes > MAX_EVENT_BYTES
            and max(map(len, blocks), default=self._pending_bytes) > MAX_EVENT_BYTES
        ):
            raise EventTooLargeError(f"an event of the stream is larger than {MAX_EVENT_BYTES:,} bytes")
        if not blocks:
            return []
        rest = blocks.pop()
        self._pending = [rest] if rest else []
        self._pending_bytes = len(rest)
        return [event for block in blocks if (event := _read_block(block)) is not None]

    def close(self) -> list[ServerSentEvent]:
        """Return the last event, if the stream ended without the blank line behind it."""
        rest = b"".join(self._pending)
        self._pending, self._pending_bytes = [], 0
        event = _read_block(rest)
        return [event] if event is not None else []

    def _normalise(self, chunk: bytes) -> bytes:
        if not self._started:
            chunk = self._strip_bom(chunk)
        if self._ended_in_cr and chunk:
            self._ended_in_cr = False
            if chunk.startswith(b"\n"):
                chunk = chunk[1:]
        if b"\r" in chunk:
            self._ended_in_cr = chunk.endswith(b"\r")
            chunk = chunk.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        return chunk

    def _strip_bom(self, chunk: bytes) -> bytes:
        head = b"".join([*self._pending, chunk])
        self._pending, self._pending_bytes = [], 0
        if len(head) < len(_BOM) and _BOM.startswith(head):
            return head
        self._started = True
        return head.removeprefix(_BOM)


def _read_block(block: bytes) -> ServerSentEvent | None:
    if block.startswith(b"data: ") and b"\n" not in block:
        return ServerSentEvent(block[6:])
    data: list[bytes] = []
    name = ""
    for line in block.split(b"\n"):
        field, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        if field == b"data":
            data.append(value)
        elif field == b"event":
            name = value.decode(errors="replace")
    return ServerSentEvent(b"\n".join(data), name) if data else None
