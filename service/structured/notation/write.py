"""From a JSON Schema to the notation: in one line where it fits, else one line a field."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from service.structured.fields import Field, SchemaFields, schema_to_fields
from service.structured.fields.write import children
from service.structured.notation.words import (
    BARE_CHOICE,
    BARE_NAME,
    CHOICE_WORDS,
    LIMITS,
    LIST_LIMITS,
    TYPE_WORDS,
    is_type,
)

__all__ = ["schema_to_notation"]

_WORD_OF_TYPE = {kind: word for word, kind in TYPE_WORDS.items()}
_WORD_OF_CHOICE = {kind: word for word, kind in CHOICE_WORDS.items()}
_NO_TEXTS = ("true", "false", "null")

Rows = tuple[Field, ...]


def schema_to_notation(schema: Mapping[str, Any] | bool, *, width: int | None = 100) -> str:
    """Return a schema as a notation; `schema_from_notation` gives equal JSON back.

    Args:
        schema: A JSON Schema. What has no words stands as JSON between backticks.
        width: The most characters of one line; a longer text has one line for each field. `None` means always one line.

    Raises:
        InvalidSchemaError: It is not plain JSON, or has more than 50,000 characters or 64 levels.
    """
    fields = schema_to_fields(schema)
    line = _Writer(has_lines=False).whole(fields)
    if width is None or len(line) <= width:
        return line
    lines = _Writer(has_lines=True).whole(fields)
    # A text of one line is read by other rules, so it has to be written by them.
    return lines if "\n" in lines else line


class _Writer:
    """Writes rows.

    Args:
        has_lines: Whether each field stands in a line of its own.
    """

    def __init__(self, *, has_lines: bool) -> None:
        self._has_lines = has_lines

    def whole(self, fields: SchemaFields) -> str:
        root = fields.root
        if fields.rows and root == Field("", "object", is_open=root.is_open):
            return self._joined(fields.rows, 0, is_open=root.is_open)
        return "= " + self._value(root, fields.rows, -1) + self._description(root)

    def _joined(self, rows: Rows, depth: int, *, is_open: bool) -> str:
        written = [self._field(row, below) for row, below in children(rows, depth)]
        if is_open:
            written.append("...")
        return f"\n{'  ' * depth}".join(written) if self._has_lines else ", ".join(written)

    def _field(self, row: Field, below: Rows) -> str:
        name = row.name if BARE_NAME.fullmatch(row.name) else _json(row.name)
        value = self._value(row, below, row.depth)
        # Text is what a field is when nothing is said.
        value = "" if value == "text" else value.removeprefix("text ") if value.startswith("text | null") else value
        return f"{name}{'' if row.required else '?'}{value and ' '}{value}{self._description(row)}"

    def _value(self, row: Field, below: Rows, depth: int) -> str:
        single = self._single(row, below, depth)
        if row.is_list:
            single = self._list(row, single)
        if not row.nullable:
            return single
        return f"{single} | null{self._beside_null(row)}"

    def _beside_null(self, row: Field) -> str:
        kept = row.rest.of_null
        # JSON and anything have no other way to be null, so nothing needs to be said of it.
        is_usual = not kept and not row.is_list and row.type in ("any", "locked")
        return "" if kept is None or is_usual else f" {_fragment(kept)}"

    def _list(self, row: Field, single: str) -> str:
        written = "list" + _limited(row.rest.of_list, LIST_LIMITS)
        return written if single == "text" else f"{written} {'' if single.startswith(('{', '(')) else 'of '}{single}"

    def _single(self, row: Field, below: Rows, depth: int) -> str:
        if row.type == "locked":
            return f"`{(row.rest.fragment or '').replace('`', _BACKTICK)}`"
        if row.type == "choice":
            return _choice(row) + _more(row.rest.keywords)
        if row.type == "object":
            return self._object(row, below, depth)
        return _WORD_OF_TYPE[row.type] + _limited(row.rest.keywords, LIMITS.get(row.type))

    def _object(self, row: Field, below: Rows, depth: int) -> str:
        kept = row.rest.keywords
        is_open = row.is_open and "additionalProperties" not in kept
        if is_open and not below:
            return "object" + _more(kept)
        inner = self._joined(below, depth + 1, is_open=is_open)
        if self._has_lines and inner:
            inner = f"{{\n{'  ' * (depth + 1)}{inner}\n{'  ' * max(depth, 0)}}}"
        else:
            inner = f"{{ {inner} }}" if inner else "{ }"
        return inner + _more(kept)

    def _description(self, row: Field) -> str:
        if not row.description:
            return ""
        is_bare = _is_line(row.description) if self._has_lines else _is_bare(row.description)
        return f": {row.description if is_bare else _json(row.description)}"


def _is_line(text: str) -> bool:
    """Say whether a text can stand behind a colon up to the end of its line as it is."""
    return (
        text.isprintable()
        and text == text.strip()
        and not text.startswith('"')
        and not text.endswith(",")
        and not is_type(text)
    )


def _is_bare(text: str) -> bool:
    """Say whether it can in a text of one line, where commas and braces end it."""
    return _is_line(text) and not {",", "}"} & set(text)


def _choice(row: Field) -> str:
    named = row.rest.choice_type
    word = f"{_WORD_OF_CHOICE[named]} " if named else ""
    return f"{word}({' | '.join(map(_choice_value, row.choices))})"


def _choice_value(value: Any) -> str:
    is_bare = isinstance(value, str) and BARE_CHOICE.fullmatch(value) and value not in _NO_TEXTS
    return value if is_bare else _json(value)


def _limited(kept: Mapping[str, Any], names: tuple[str, str] | None) -> str:
    """Write limits as `2..5` where that says it, and all other keywords as JSON."""
    if names is None or not _are_limits(ends := [kept.get(name) for name in names], names):
        return _more(kept)
    lower, upper = ("" if end is None else _json(end) for end in ends)
    return f" {lower}..{upper}{_more({name: kept[name] for name in kept if name not in names})}"


def _are_limits(ends: list[Any], names: tuple[str, str]) -> bool:
    given = [end for end in ends if end is not None]
    if not given or any(isinstance(end, bool) or not isinstance(end, int | float) for end in given):
        return False
    if names[0] != "minimum" and not all(isinstance(end, int) and end >= 0 for end in given):
        return False
    return len(given) < 2 or given[0] <= given[1]


def _more(kept: Mapping[str, Any]) -> str:
    return f" {_fragment(kept)}" if kept else ""


def _fragment(kept: Mapping[str, Any]) -> str:
    # Sorted, so that the same schema always gives the same text.
    return f"`{_json(dict(sorted(kept.items()))).replace('`', _BACKTICK)}`"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


_BACKTICK = "\\u0060"
