"""Reading a response: bytes in, events out, and at its end the decision whether it was an answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from service import errors
from service.client import Response
from service.errors import OpenRouterError
from service.results import StreamEvent
from service.sse import MAX_EVENT_BYTES, EventTooLargeError, ServerSentEvent, ServerSentEvents
from service.wire.answer import Answer
from service.wire.faults import Fault, error_from_fault, readable
from service.wire.reading import decode_json

__all__ = ["ResponseReader"]

MAX_BODY_BYTES = MAX_EVENT_BYTES
"""No answer in one piece is larger, since it holds what an event may hold."""

_BOM = b"\xef\xbb\xbf"
_STREAM_STARTS = (b"data:", b"event:", b"id:", b"retry:", b":")
_STREAM_OF_TYPE = {"text/event-stream": True, "application/json": False}


class ResponseReader:
    """The bytes of a response to events of the answer.

    The Content-Type decides how they are read, whatever was asked for; where it says neither, or what the body cannot
    be, how the body begins.

    Attributes:
        is_done: Whether the stream said that it is.
        took_data: Whether the bytes fed last held more than comments and white space.
        has_begun: Whether any bytes did.
    """

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.is_done = False
        self.took_data = False
        self.has_begun = False
        self._parser = ServerSentEvents()
        self._expects_stream: bool | None = None
        self._is_stream: bool | None = None
        self._body: list[bytes] = []
        self._body_bytes = 0
        self._content_type = ""
        self._status = 200
        self._unreadable = 0

    def begin(self, response: Response) -> None:
        """Note what the headers say."""
        self._content_type, self._status = response.content_type, response.status_code
        self._expects_stream = _STREAM_OF_TYPE.get(response.content_type)

    def feed(self, chunk: bytes) -> list[StreamEvent]:
        """Take bytes as they come and return what is new in them.

        Raises:
            ProviderError: An event, or an answer in one piece, grows beyond 64 MiB.
        """
        self.took_data = False
        if self.is_done:
            return []
        if self._is_stream is None:
            # White space tells nothing, and is sent for as long as the provider works.
            chunk = b"".join([*self._body, chunk]).lstrip()
            self._body, self._body_bytes = [], 0
            self._is_stream = _is_stream(chunk, self._expects_stream)
        if not self._is_stream:
            self._keep(chunk)
            return []
        try:
            return self._take(self._parser.feed(chunk))
        except EventTooLargeError as error:
            raise errors.ProviderError(f"The stream cannot be read: {error}.", retryable=False) from error

    def _keep(self, chunk: bytes) -> None:
        self._note_data(bool(chunk.strip()))
        self._body.append(chunk)
        self._body_bytes += len(chunk)
        if self._body_bytes > MAX_BODY_BYTES:
            self._body = []
            raise errors.ProviderError(f"The answer is larger than {MAX_BODY_BYTES:,} bytes.", retryable=False)

    def _note_data(self, is_data: bool = True) -> None:
        self.took_data = self.took_data or is_data
        self.has_begun = self.has_begun or is_data

    def close(self) -> list[StreamEvent]:
        """Take what is left at the end of the body.

        Raises:
            OpenRouterError: It is a body that is not JSON.
        """
        if self._is_stream is None:
            self._is_stream = self._expects_stream
        if not self._is_stream:
            return self.answer.add(self._decode_body())
        if self.is_over:
            return []
        # Half an event, where the connection broke, counts for nothing.
        before = self._unreadable
        events = self._take(self._parser.close())
        self._unreadable = before
        return events

    @property
    def is_over(self) -> bool:
        """Whether the server said that nothing more comes: the stream is done, or failed."""
        return self.is_done or self.answer.is_failed

    @property
    def is_decided(self) -> bool:
        """Whether it is known how the answer ends, even if the body has not come to its end."""
        return self.is_over or self.answer.finish_reason is not None

    def warnings(self) -> list[str]:
        """Return what the reader of the answer should know."""
        if not self._unreadable:
            return []
        return [f"{self._unreadable} part(s) of the stream could not be read and were left out."]

    def _take(self, parsed: list[ServerSentEvent]) -> list[StreamEvent]:
        out: list[StreamEvent] = []
        answer = self.answer
        for data, name in parsed:
            if data.startswith(b"[DONE]"):
                self.is_done = True
                break
            self._note_data()
            try:
                value = decode_json(data)
            except ValueError:
                for value in self._salvage(data, name):
                    out += answer.add(value, event=name)
            else:
                out += answer.add(value, event=name)
        return out

    def _salvage(self, data: bytes, name: str) -> list[Any]:
        """Read data that is not JSON: the words of an error, or several events that one line end separates."""
        if name == "error":
            return [data.decode(errors="replace")]
        values = []
        for line in data.split(b"\n"):
            try:
                values.append(decode_json(line))
            except ValueError:
                self.is_done = self.is_done or line.strip() == b"[DONE]"
        if not values and data.strip():
            self._unreadable += 1
        return values

    def _decode_body(self) -> Any:
        """Decode a whole answer; OpenRouter pads it with white space while it waits for the provider."""
        body = b"".join(self._body)
        try:
            return decode_json(body)
        except ValueError as error:
            if not body.strip():
                raise errors.EmptyResponseError(
                    "The server answered with nothing at all.", status_code=self._status
                ) from error
            what = (
                "broken JSON" if self._content_type == "application/json" else self._content_type or "something unknown"
            )
            raise errors.ProviderError(
                f"The server answered with {what} instead of an answer.",
                status_code=self._status,
                provider_message=readable(body),
            ) from error

    def judge_end(self) -> None:
        """Decide whether a response that came to its end is an answer.

        Raises:
            OpenRouterError: It held an error, broke off, or held nothing.
        """
        answer = self.answer
        if (fault := _fault_of(answer)) is not None:
            raise self._failure(fault)
        if not answer.has_choice and (self.is_done or not self._is_stream):
            if self._unreadable:
                raise errors.ProviderError("Nothing of the stream could be read.", status_code=self._status)
            raise errors.EmptyResponseError("The server answered without any choice.", status_code=self._status)
        if self._is_stream and answer.finish_reason is None:
            raise errors.StreamInterruptedError("The stream ended before the answer did.", status_code=self._status)

    def _failure(self, fault: Fault) -> OpenRouterError:
        fault = replace(fault, provider=fault.provider or self.answer.provider)
        error = error_from_fault(fault, http_status=self._status, now=datetime.now(UTC))
        if not self.answer.has_output:
            return error
        kind = errors.StreamInterruptedError if self._is_stream else errors.ProviderError
        return kind(
            "The provider failed in the middle of the answer.",
            code=error.code,
            provider_message=error.provider_message,
            status_code=self._status,
            provider=error.provider,
            retryable=error.retryable,
            retry_after=error.retry_after,
            # Running again does not help where the same request would be refused from the start.
            hint=None if error.retryable else f"Keep what arrived. {error.hint}",
        )


def _is_stream(head: bytes, expected: bool | None) -> bool | None:
    """Decide by what the Content-Type says and by how a body begins; `None` while too little of it has come.

    The beginning wins where the body cannot be what the type says: proxies send errors as streams, and streams as
    JSON.
    """
    if expected:
        return head[:1] not in (b"{", b"[") if head else None
    return _looks_like_stream(head)


def _looks_like_stream(head: bytes) -> bool | None:
    """Tell a stream from a body by how it begins; `None` while too little of it has come."""
    head = head.removeprefix(_BOM).lstrip()[:10]
    if head.startswith(_STREAM_STARTS):
        return True
    return None if any(start.startswith(head) for start in (_BOM, *_STREAM_STARTS)) else False


def _fault_of(answer: Answer) -> Fault | None:
    """Return the error of an answer, also where there is no error object to say which."""
    if answer.fault is not None:
        return answer.fault
    is_failed = answer.native_finish_reason == "network_error" and not answer.text
    if is_failed or answer.finish_reason == "error":
        return Fault(provider_message=answer.native_finish_reason or "")
    return None
