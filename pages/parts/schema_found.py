"""What a schema may begin with, read: the schema that comes out, or what is wrong with the text and where."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from pages.parts.json_text import DECODER, JsonObject, fault
from service import InvalidSchemaError
from service.structured import (
    SourceError,
    infer_schema,
    infer_schema_from_csv,
)
from service.structured.source.pydantic_read import named_schema_from_pydantic
from service.structured.source.typescript_read import named_schema_from_typescript
from service.structured.words import plural

__all__ = ["Found", "decoded", "examples_in", "from_code", "from_csv", "from_examples"]

MOST_CHARS = 1_000_000
_GAP = re.compile(r"[\s,]*")
_TYPESCRIPT = re.compile(
    r"^[ \t]*(?:(?:export|declare)\s+){0,2}(?:interface\s+\w|type\s+\w+\s*(?:<.*>\s*)?=|enum\s+\w+\s*\{)", re.MULTILINE
)


@dataclass(frozen=True)
class Found:
    """What came out of a source; nothing at all while there is nothing to read.

    Attributes:
        schema: The schema to begin with.
        name: What it is called, where the source says so.
        note: What to say about it, in a sentence.
        problem: Why there is no schema, in a sentence.
        line, column: Where in the text, from 1.
        is_blank: Whether to begin with no field at all.
    """

    schema: Any = None
    name: str | None = None
    note: str = ""
    problem: str | None = None
    line: int | None = None
    column: int | None = None
    is_blank: bool = False


def from_examples(text: str) -> Found:
    """Read a schema from example answers in JSON: one, a list of several, or one after another."""
    examples, wrong = examples_in(text)
    if wrong is not None:
        return Found(problem=wrong.problem, line=wrong.line, column=wrong.column)
    if not examples:
        return Found()
    return _read(lambda: (None, infer_schema(examples, closed=True)), f"Read from {plural(len(examples), 'example')}.")


def examples_in(text: str) -> tuple[list[Any], JsonObject | None]:
    """Return the examples that a text holds, and what is wrong with it."""
    text = text.removeprefix("\ufeff")
    if len(text) > MOST_CHARS:
        return [], JsonObject(problem=f"This is more than {MOST_CHARS:,} characters. A few examples are enough.")
    values: list[Any] = []
    place = _gap(text, 0)
    while place < len(text):
        try:
            value, end = DECODER.raw_decode(text, place)
        except (ValueError, RecursionError) as error:
            return [], fault(error)
        values.append(value)
        place = _gap(text, end)
    is_list = len(values) == 1 and isinstance(values[0], list) and any(isinstance(one, dict) for one in values[0])
    return (values[0] if is_list else values), None


def from_csv(text: str, file_name: str | None = None) -> Found:
    """Read a schema from a table: its header and some rows; a file gives it its name."""
    if not text.strip():
        return Found()
    if len(text) > MOST_CHARS:
        return Found(problem=f"This is more than {MOST_CHARS:,} characters. The header and a few rows are enough.")
    name = PurePath(file_name).stem if file_name is not None else None
    note = "A list of rows, each with the columns as fields."
    return _read(lambda: (name, infer_schema_from_csv(text, closed=True)), note)


def from_code(text: str) -> Found:
    """Read a schema from pasted Pydantic or TypeScript; nothing of it is run."""
    if not text.strip():
        return Found()
    if _TYPESCRIPT.search(text):
        return _read(lambda: named_schema_from_typescript(text), "Read as TypeScript.")
    return _read(lambda: named_schema_from_pydantic(text), "Read as Python.")


def decoded(content: bytes) -> str:
    """Return the text of an uploaded table, as spreadsheets write it."""
    encodings = ("utf-16",) if content[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "cp1252", "latin-1")
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return content.decode("utf-8", "replace")


def _read(read: Callable[[], tuple[str | None, Any]], note: str) -> Found:
    try:
        name, schema = read()
        return Found(schema, name, note=note)
    except SourceError as error:
        return Found(problem=error.message, line=error.line, column=error.column)
    except InvalidSchemaError as error:
        return Found(problem=f"{error.message} {error.hint}")


def _gap(text: str, place: int) -> int:
    found = _GAP.match(text, place)
    return found.end() if found is not None else place
