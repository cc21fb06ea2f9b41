"""Values as rows and cells of a spreadsheet (RFC 4180), safe against formulas."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from service.structured.words import place

__all__ = ["LONGEST_CELL", "Table", "csv_text", "lists_in", "quoted_cell", "safe_cell", "table_of"]

LONGEST_CELL = 32_000
"""UTF-16 units. Spreadsheets put what is beyond 32,767 into the next row, where it could be a formula."""

MAX_COLUMNS = 200
_MAX_LEVELS = 8
_INVISIBLE = "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u00ad"
_BEFORE = re.compile(rf"[\s\x00-\x1f\x7f-\x9f{_INVISIBLE}]*")
_STARTS_FORMULA = frozenset("=+-@\u2212")
_UNWRITABLE = re.compile("[\x00\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Table:
    """Objects as rows; a column is the names that lead to a field, as in `("address", "city")`.

    A cell that an object does not have is `None`, as is one that holds null.
    """

    columns: tuple[tuple[str, ...], ...]
    rows: tuple[tuple[Any, ...], ...]


def lists_in(value: Any) -> dict[str, list[dict[str, Any]]]:
    """Return the lists of objects in an answer by their places, `""` for the answer itself; none inside other lists."""
    found: dict[str, list[dict[str, Any]]] = {}
    waiting: list[tuple[tuple[str, ...], Any]] = [((), value)]
    for path, item in waiting:
        if isinstance(item, list) and item and all(isinstance(each, dict) for each in item):
            found[place(path)] = item
        elif isinstance(item, dict) and len(path) < _MAX_LEVELS:
            waiting.extend(((*path, name), inner) for name, inner in item.items())
    return found


def table_of(items: list[dict[str, Any]]) -> Table:
    """Return objects as rows, the fields of objects inside them as columns of their own, at most 200."""
    flat = [dict(_flat(item, ())) for item in items]
    columns = tuple(dict.fromkeys(name for row in flat for name in row))[:MAX_COLUMNS]
    return Table(columns, tuple(tuple(row.get(name) for name in columns) for row in flat))


def csv_text(table: Table) -> str:
    """Return a table as a file for spreadsheets, with the mark by which Excel knows that it is UTF-8."""
    rows = [tuple(".".join(column) for column in table.columns), *table.rows]
    return "\ufeff" + "".join(",".join(map(_cell, row)) + "\r\n" for row in rows)


def quoted_cell(text: str) -> str:
    """Return a text as a cell; it stands in quotes, so that no separator in it counts."""
    quoted = safe_cell(text).replace('"', '""')
    return f'"{quoted}"'


def safe_cell(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula, nor for more than one cell.

    What begins with = + - @, or would once blanks and characters that cannot be seen are gone or wide ones are narrow,
    gets an apostrophe before it, as OWASP advises; so does what begins with a tab or a line break.
    """
    text = _UNWRITABLE.sub("\ufffd", text)
    text = _shortened(text) if len(text) * 2 > LONGEST_CELL else text
    first = text[_end_of_blanks(text) :][:1]
    is_formula = bool(_STARTS_FORMULA & set(unicodedata.normalize("NFKC", first)))
    return f"'{text}" if is_formula or text.startswith(("\t", "\r", "\n")) else text


def _end_of_blanks(text: str) -> int:
    found = _BEFORE.match(text)
    return found.end() if found else 0


def _shortened(text: str) -> str:
    encoded = text.encode("utf-16-le")
    left = len(encoded) // 2 - LONGEST_CELL
    if left <= 0:
        return text
    kept = encoded[: 2 * LONGEST_CELL].decode("utf-16-le", errors="ignore")
    return f"{kept}… ({len(text) - len(kept):,} more characters)"


def _flat(item: dict[str, Any], path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    for name, value in item.items():
        if isinstance(value, dict) and value and len(path) < _MAX_LEVELS:
            yield from _flat(value, (*path, name))
        else:
            yield (*path, name), value


def _cell(value: Any) -> str:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return _cell_text(value) if value is None or is_number else quoted_cell(_cell_text(value))


def _cell_text(value: Any) -> str:
    """Write the text of a cell: texts as they are, lists of plain values in one line, everything else as JSON."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, list) and value and not any(isinstance(item, dict | list) for item in value):
        return "; ".join(map(_cell_text, value))
    try:
        return json.dumps(value, ensure_ascii=False)
    except (RecursionError, ValueError):
        return "(too deep to be written)"
