"""JSON that is still arriving: read once as it comes, never from the beginning again."""

from __future__ import annotations

import json
import re
from typing import Any, Literal, Protocol

from service.structured.extract import MAX_DIGITS
from service.structured.words import Step, clean

__all__ = ["MAX_LEVELS", "ArrivingJson", "Listener", "Path"]

Path = tuple[Step, ...]

MAX_LEVELS = 64
"""The most lists and objects inside each other that are read while they arrive."""

_TOKEN = re.compile(
    r'[ \t\n\r]*(?:([{}\[\],:])|"([^"\\\x00-\x1f]*)"|("[^"\\\x00-\x1f]*(?:\\.[^"\\\x00-\x1f]*)+")'
    r'|([^\s{}\[\],:"]+)(?=[\s{}\[\],:"]))'
)
_SPACE = re.compile(r"[ \t\n\r]*")
_BEFORE = re.compile(r"[\s\ufeff\u200b]*(?:(?:`{3,}|~{3,})[^\n`]*(?:\n\s*|\Z))?")
_BEHIND = re.compile(r"[\s\ufeff\u200b]*(?:`+|~+)?")
_GROWING_TEXT = re.compile(r'"[^"\\\x00-\x1f]*(?:\\.[^"\\\x00-\x1f]*)*\\?')
_GROWING_WORD = re.compile(r"[-+.\w]+")
_HALF_ESCAPE = re.compile(r"(?<!\\)(?:\\\\)*(\\(?:u[0-9a-fA-F]{0,3})?)\Z")
_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?")
_NAMES: dict[str, Any] = {"true": True, "false": False, "null": None}

State = Literal["empty", "arriving", "complete", "broken"]
_Wanted = Literal["value", "first item", "first key", "key", "colon", "comma", "nothing"]


class Listener(Protocol):
    """Hears what has arrived; paths are those of the value."""

    def opened(self, path: Path, value: Any) -> None:
        """Hear that a list or an object begins; `value` is filled from now on."""

    def took(self, path: Path, value: Any) -> None:
        """Hear that a text, number, true, false or null is complete."""

    def closed(self, path: Path, value: Any) -> None:
        """Hear that a list or an object is complete."""


class _BrokenError(Exception):
    pass


class ArrivingJson:
    """Feed it an answer as it comes; the listener hears of each value once, when it begins and when it is complete.

    What it takes for JSON is what `read_json` takes: the answer alone, or inside a fence that it begins with.

    Attributes:
        state: `empty` before the first character of JSON, `broken` when it cannot become JSON any more.
        growing: Path and text so far of the text that is being written; `None` between two of them.
    """

    def __init__(self, listener: Listener) -> None:
        self.state: State = "empty"
        self.growing: tuple[Path, str] | None = None
        self._listener = listener
        self._rest = ""
        self._wanted: _Wanted = "value"
        self._fence = ""
        self._open: list[tuple[Any, Path]] = []
        self._key: Step = ""

    def feed(self, text: str) -> None:
        """Read what has come."""
        self._rest += text
        try:
            if self.state == "empty":
                self._begin()
            if self.state == "arriving":
                self._read()
            if self.state == "complete":
                self._end()
        except (_BrokenError, ValueError):
            self.state = "broken"
            self.growing = None

    def _begin(self) -> None:
        found = _BEFORE.match(self._rest)
        start = found.end() if found else 0
        if start == len(self._rest) or (not self._fence and set(self._rest[start:]) <= {"`", "~"}):
            return
        self._fence = self._rest[:start].strip("\ufeff\u200b \t\r\n")[:1]
        if self._fence not in ("`", "~"):
            self._fence = ""
        if self._rest[start] not in '{["-0123456789tfn':
            raise _BrokenError
        self._rest = self._rest[start:]
        self.state = "arriving"

    def _read(self) -> None:
        position, rest = 0, self._rest
        match = _TOKEN.match
        while self._wanted != "nothing" and (found := match(rest, position)) is not None:
            mark, plain, escaped, word = found.groups()
            if mark is not None:
                self._mark(mark)
            elif word is not None:
                self._scalar(_word(word))
            else:
                self._text(plain if plain is not None else json.loads(escaped))
            position = found.end()
        self._rest = rest[position:]
        if self._wanted == "nothing":
            self.state, self.growing = "complete", None
        else:
            self._grow()

    def _mark(self, mark: str) -> None:
        wanted = self._wanted
        if mark == "," and wanted == "comma":
            self._wanted = "key" if isinstance(self._open[-1][0], dict) else "value"
        elif mark == ":" and wanted == "colon":
            self._wanted = "value"
        elif mark in "{[" and wanted in ("value", "first item"):
            self._push({} if mark == "{" else [])
        elif (mark == "}" and wanted in ("first key", "comma") and isinstance(self._open[-1][0], dict)) or (
            mark == "]" and wanted in ("first item", "comma") and isinstance(self._open[-1][0], list)
        ):
            value, path = self._open.pop()
            self._wanted = "comma" if self._open else "nothing"
            self._listener.closed(path, value)
        else:
            raise _BrokenError

    def _push(self, value: Any) -> None:
        if len(self._open) >= MAX_LEVELS:
            raise _BrokenError
        path = self._put(value)
        self._open.append((value, path))
        self._wanted = "first key" if isinstance(value, dict) else "first item"
        self._listener.opened(path, value)

    def _text(self, text: str) -> None:
        if self._wanted in ("key", "first key"):
            self._key, self._wanted = text, "colon"
        else:
            self._scalar(text)

    def _scalar(self, value: Any) -> None:
        if self._wanted not in ("value", "first item"):
            raise _BrokenError
        path = self._put(value)
        self._wanted = "comma" if self._open else "nothing"
        self._listener.took(path, value)

    def _put(self, value: Any) -> Path:
        """Put a value where it belongs, and return its path."""
        if not self._open:
            return ()
        container, path = self._open[-1]
        if isinstance(container, list):
            container.append(value)
            return (*path, len(container) - 1)
        container[self._key] = value
        return (*path, self._key)

    def _grow(self) -> None:
        """Look at the value that is being written, if it can still become one."""
        self.growing = None
        start = _SPACE.match(self._rest)
        rest = self._rest[start.end() :] if start else self._rest
        if not rest:
            return
        if rest[0] != '"':
            if self._wanted not in ("value", "first item") or not _GROWING_WORD.fullmatch(rest):
                raise _BrokenError
            return
        if self._wanted in ("colon", "comma") or not _GROWING_TEXT.fullmatch(rest):
            raise _BrokenError
        if self._wanted in ("value", "first item"):
            self.growing = (self._next_path(), _so_far(rest))

    def _next_path(self) -> Path:
        if not self._open:
            return ()
        container, path = self._open[-1]
        return (*path, len(container) if isinstance(container, list) else self._key)

    def _end(self) -> None:
        """Let nothing follow but the end of the fence; what stands behind that is no part of the answer."""
        if self._fence:
            found = _BEHIND.match(self._rest)
            if found is not None and found.end() < len(self._rest) and self._fence not in found[0]:
                raise _BrokenError
        elif self._rest.strip("\ufeff\u200b \t\r\n"):
            raise _BrokenError


def _word(word: str) -> Any:
    if word in _NAMES:
        return _NAMES[word]
    found = _NUMBER.fullmatch(word)
    if found is None or len(word) > MAX_DIGITS:
        raise _BrokenError
    if found[1] is None and found[2] is None:
        return int(word)
    value = float(word)
    if value in (float("inf"), float("-inf")):
        raise _BrokenError
    return value


def _so_far(written: str) -> str:
    r"""Return the text that a beginning like `"Gr\u00fc` holds; half an escape waits for its other half."""
    half = _HALF_ESCAPE.search(written)
    whole = written[: half.start(1)] if half else written
    text: str = json.loads(f'{whole}"')
    return clean(text[:-1] if "\ud800" <= text[-1:] <= "\udbff" else text)
