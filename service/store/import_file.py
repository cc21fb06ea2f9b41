"""Reading an export: every line is checked before anything is stored, and a broken one is named."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NoReturn

from pydantic import ValidationError

from service.errors import ImportFileError
from service.store.export_fields import DEEPEST, is_deeper
from service.store.export_format import FORMAT, VERSION, ConversationLine, EndLine, Line, RunLine, SchemaLine
from service.structured.extract import read_json

__all__ = ["MOST_BYTES", "MOST_LINE_BYTES", "ImportFile"]

MOST_BYTES = 200_000_000
MOST_LINE_BYTES = 50_000_000

_KINDS: dict[str, type[Line]] = {
    "conversation": ConversationLine,
    "run": RunLine,
    "schema": SchemaLine,
    "end": EndLine,
}
_PLACE = re.compile(r"Line \d+, column (\d+): ")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_TAGS = frozenset({"str", "float", "int", "bool"})
"""Names by which pydantic tells which of several types it tried."""


class ImportFile:
    """An export as a file holds it; a line at a time is in memory.

    Args:
        source: The file's bytes or text. A byte order mark and Windows' line ends are fine.

    Raises:
        ImportFileError: It is too large.
    """

    def __init__(self, source: bytes | str) -> None:
        if len(source) > MOST_BYTES:
            raise ImportFileError(f"The file is larger than {_megabytes(MOST_BYTES)}, the most that can be imported.")
        encoded = source.encode(errors="surrogatepass") if isinstance(source, str) else source
        self._source = encoded.removeprefix(b"\xef\xbb\xbf")

    def check(self) -> None:
        """Read it to its end.

        Raises:
            ImportFileError: It is no export, or broken.
        """
        for _ in self.lines():
            pass

    def lines(self) -> Iterator[ConversationLine | RunLine | SchemaLine]:
        """Give its conversations, runs and saved schemas.

        Raises:
            ImportFileError: It is no export, or broken from here on.
        """
        numbered = self._values()
        _check_header(*next(numbered, (1, None)))
        counted = {"conversation": 0, "run": 0, "schema": 0}
        seen: dict[tuple[str, str], int] = {}
        for number, value in numbered:
            line = _line(number, value)
            if isinstance(line, EndLine):
                return _check_end(number, line, counted, next(numbered, None))
            _check_once(number, line, seen)
            counted[line.type] += 1
            yield line
        _refuse(self._count(), "the file ends here, before its end line: it was cut off")

    def _values(self) -> Iterator[tuple[int, Any]]:
        """Give the lines that hold something, with their numbers."""
        start = number = 0
        while start < len(self._source):
            number += 1
            end = self._source.find(b"\n", start)
            end = end if end >= 0 else len(self._source)
            if end - start > MOST_LINE_BYTES:
                _refuse(number, f"the line is longer than {_megabytes(MOST_LINE_BYTES)}")
            text = self._source[start:end].rstrip(b" \t\r")
            if text:
                yield number, _read(number, text)
            start = end + 1

    def _count(self) -> int:
        return self._source.rstrip(b" \t\r\n").count(b"\n") + 1


def _read(number: int, encoded: bytes) -> Any:
    try:
        text = encoded.decode()
    except UnicodeDecodeError as error:
        column = len(encoded[: error.start].decode()) + 1
        _refuse(number, "this is no UTF-8 text", column)
    try:
        value = read_json(text).value
    except ValueError as error:
        found = _PLACE.match(str(error))
        complaint = str(error)[found.end() :] if found else str(error)
        _refuse(number, complaint.removesuffix("."), int(found[1]) if found else None)
    if is_deeper(value, DEEPEST):
        _refuse(number, "the lists and objects inside each other are too deep")
    return value


def _check_header(number: int, value: Any) -> None:
    if not isinstance(value, dict) or value.get("format") != FORMAT:
        _refuse(number, f'this is no export of OpenRouter Playground: it would begin with {{"format": "{FORMAT}", …}}')
    version = value.get("version")
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        _refuse(number, '"version" should be a whole number from 1')
    if version > VERSION:
        _refuse(
            number,
            f"the file was written by a newer version of the app (its format is {version}, this version reads "
            f"up to {VERSION})",
        )


def _line(number: int, value: Any) -> Line:
    kind = value.get("type") if isinstance(value, dict) else None
    model = _KINDS.get(kind) if isinstance(kind, str) else None
    if model is None:
        _refuse(number, f'the line should be an object with "type": one of {", ".join(_KINDS)}')
    try:
        return model.model_validate(value)
    except ValidationError as error:
        _refuse(number, _in_words(error))


def _in_words(error: ValidationError) -> str:
    found = error.errors(include_url=False, include_input=False, include_context=False)
    place = _path(found[0]["loc"])
    message = found[0]["msg"].removeprefix("Value error, ").replace("Input should", "should")
    message = {"Field required": "is missing", "Extra inputs are not permitted": "is not known"}.get(message, message)
    more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
    # What a file names may hold half a character, which cannot be shown.
    return f"{place}{': ' if place else ''}{message}{more}".encode(errors="replace").decode()


def _path(parts: tuple[int | str, ...]) -> str:
    out = ""
    for part in parts:
        if isinstance(part, int):
            out += f"[{part}]"
        elif _NAME.fullmatch(part) and part not in _TAGS:
            out += f".{part}" if out else part
    return out[:200]


def _check_once(number: int, line: ConversationLine | RunLine | SchemaLine, seen: dict[tuple[str, str], int]) -> None:
    """Refuse a second conversation, or a second line for a run; conversations may show the same run."""
    ident = line.run.id if isinstance(line, RunLine) else line.id
    first = seen.setdefault((line.type, ident), number)
    if first != number:
        _refuse(number, f'{line.type} "{ident}" is on line {first} already')


def _check_end(number: int, line: EndLine, counted: dict[str, int], following: tuple[int, Any] | None) -> None:
    for kind, told in (("conversation", line.conversations), ("run", line.runs), ("schema", line.schemas)):
        if counted[kind] != told:
            _refuse(number, f"there should be {told} lines of type {kind}, and there are {counted[kind]}")
    if following is not None:
        _refuse(following[0], "this stands behind the end line")


def _megabytes(count: int) -> str:
    return f"{count // 1_000_000} MB"


def _refuse(line: int, complaint: str, column: int | None = None) -> NoReturn:
    place = f"Line {line}" if column is None else f"Line {line}, column {column}"
    raise ImportFileError(f"{place}: {complaint}.", line=line, column=column) from None
