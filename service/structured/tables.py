"""A schema from a table: a header and some rows, as spreadsheets write them."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, Final

from service.errors import InvalidSchemaError
from service.structured.infer import common_format
from service.structured.scene import read_schema

__all__ = ["infer_schema_from_csv"]

_DELIMITERS: Final = ",;\t|"
_SAMPLED_ROWS = 20
_WHOLE = re.compile(r"[-+]?(0|[1-9]\d{0,17})")
_DECIMAL = re.compile(r"[-+]?(0|[1-9]\d*)(\.\d+)?([eE][-+]?\d{1,3})?")
_DECIMAL_WITH_COMMA = re.compile(r"[-+]?(0|[1-9]\d*)(,\d+)?")
_TRUTHS: Final = frozenset({"true", "false", "yes", "no"})


def infer_schema_from_csv(text: str, *, closed: bool = False) -> dict[str, Any]:
    """Return a schema for rows like those of a table: an object whose field `rows` is a list of objects.

    The first line names the fields. A column takes numbers when all its cells are such, true and false when each says
    true, false, yes or no, else texts, with a form (a date, say) when all have it; it takes null when a cell is empty.
    Numbers with leading zeros are texts. Commas, semicolons, tabs and bars may separate; where it is not the comma,
    decimals may have one.

    Args:
        text: The table, with or without a byte order mark.
        closed: Forbid fields beside the columns.

    Raises:
        InvalidSchemaError: There is no header, a quote is never closed, or the schema would have more than 50,000
            characters.
    """
    header, rows, delimiter = _read(text.removeprefix("\ufeff"))
    columns = {name: _column([_cell(row, index) for row in rows], delimiter) for index, name in enumerate(header)}
    shut = {"additionalProperties": False} if closed else {}
    row = {"type": "object", "properties": columns, "required": list(columns), **shut}
    rows_field = {"rows": {"type": "array", "items": row}}
    schema: dict[str, Any] = read_schema({"type": "object", "properties": rows_field, "required": ["rows"], **shut})
    return schema


def _read(text: str) -> tuple[list[str], list[list[str]], str]:
    delimiter = _delimiter(text)
    records = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    lines: list[list[str]] = []
    begins = 1
    try:
        for line in records:
            lines.append(line)
            begins = records.line_num + 1
    except csv.Error as error:
        said = f"The table cannot be read: {error}, in the row that begins in line {begins}."
        raise InvalidSchemaError(said, hint="Check its quotes.") from error
    filled = [line for line in lines if any(cell.strip() for cell in line)]
    if not filled:
        raise InvalidSchemaError("The table is empty.", hint="Its first line names the columns.")
    width = max(map(len, filled))
    return _names([*filled[0], *[""] * (width - len(filled[0]))]), filled[1:], delimiter


def _records(text: str, delimiter: str) -> Iterator[list[str]]:
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)


def _delimiter(text: str) -> str:
    """Guess what separates the cells: what cuts the first rows into as many cells as the header, and into most.

    Python's own guess (`csv.Sniffer`) takes minutes on some texts and is wrong on short ones.
    """
    header = text.lstrip("\r\n").partition("\n")[0]
    possible = [sign for sign in _DELIMITERS if sign in header]
    return max(possible, key=lambda sign: _evenness(text, sign), default=",")


def _evenness(text: str, delimiter: str) -> tuple[int, int]:
    try:
        widths = [len(record) for record in islice(_records(text, delimiter), _SAMPLED_ROWS) if record]
    except csv.Error:
        return 0, 0
    return sum(width == widths[0] for width in widths), widths[0]


def _names(header: Sequence[str]) -> list[str]:
    """Name every column, and none like another."""
    names: dict[str, None] = {}
    times: dict[str, int] = {}
    for number, cell in enumerate(header, 1):
        plain = name = cell.strip() or f"column_{number}"
        while name in names:
            times[plain] = times.get(plain, 1) + 1
            name = f"{plain}_{times[plain]}"
        names[name] = None
    return list(names)


def _cell(row: Sequence[str], index: int) -> str:
    return row[index].strip() if index < len(row) else ""


def _column(cells: Sequence[str], delimiter: str) -> dict[str, Any]:
    filled = [cell for cell in cells if cell]
    kind = _kind(filled, delimiter)
    schema: dict[str, Any] = {"type": [kind, "null"] if len(filled) < len(cells) else kind}
    if kind == "string" and (form := common_format(filled)) is not None:
        schema["format"] = form
    return schema


def _kind(cells: Sequence[str], delimiter: str) -> str:
    if not cells:
        return "string"
    if all(_WHOLE.fullmatch(cell) for cell in cells):
        return "integer"
    if all(_DECIMAL.fullmatch(cell) for cell in cells):
        return "number"
    if delimiter != "," and all(_DECIMAL_WITH_COMMA.fullmatch(cell) for cell in cells):
        return "number"
    return "boolean" if {cell.lower() for cell in cells} <= _TRUTHS else "string"
