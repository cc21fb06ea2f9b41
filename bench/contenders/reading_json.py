"""A long JSON text that comes in pieces of 64 characters: after each piece, all that has come is read."""

import hashlib
import json
import sys
import time
from typing import Any

import jiter

from bench.contenders.common import report
from service.structured.arriving import ArrivingJson

PIECE = 64


def main() -> None:
    """Take who reads and how many characters from the command line, after the base URL, and print the report."""
    read, pieces = READERS[sys.argv[2]], cut(make_answer(int(sys.argv[3])))
    read(pieces)
    began = time.process_time()
    value = read(pieces)
    cpu = time.process_time() - began
    fingerprint = hashlib.sha256(json.dumps(value).encode()).hexdigest()[:16]
    report({"CPU in all": [cpu * 1e3]}, pieces=len(pieces), fingerprint=fingerprint)


def make_answer(characters: int) -> str:
    """Return an invoice with as many lines as that takes."""
    lines: list[Any] = []
    size = 60
    while size < characters:
        at = len(lines)
        lines.append(
            {"name": f"Article {at}", "price": at * 1.5, "tags": ["new", "blue"], "note": "Delivered with care"}
        )
        size += len(json.dumps(lines[-1])) + 2
    return json.dumps({"seller": "Bright Lamps", "lines": lines, "paid": False})


def cut(text: str) -> list[str]:
    return [text[at : at + PIECE] for at in range(0, len(text), PIECE)]


class _Last:
    """Listens, and keeps the value that was complete last: the answer itself."""

    value: Any = None

    def opened(self, path: Any, value: Any) -> None:
        pass

    def took(self, path: Any, value: Any) -> None:
        pass

    def closed(self, path: Any, value: Any) -> None:
        self.value = value


def _ours(pieces: list[str]) -> Any:
    last = _Last()
    reader = ArrivingJson(last)
    for piece in pieces:
        reader.feed(piece)
    return last.value


def _theirs(pieces: list[str]) -> Any:
    come, value = b"", None
    for piece in pieces:
        come += piece.encode()
        value = jiter.from_json(come, partial_mode="trailing-strings")
    return value


READERS = {"service": _ours, "jiter": _theirs}

if __name__ == "__main__":
    main()
