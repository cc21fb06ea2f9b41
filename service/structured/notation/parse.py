"""From the notation to a JSON Schema, by way of the rows of the fields table."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import Any

from service.structured.compiled import MAX_SCHEMA_LEVELS
from service.structured.fields import Field, FieldsError, SchemaFields, fields_to_schema
from service.structured.notation.scan import Scanner
from service.structured.notation.value import ValueReader, is_value_start
from service.structured.notation.words import BARE_NAME, is_type
from service.structured.plain import bounded_source

__all__ = ["schema_from_notation"]

_LINE_END = re.compile(r"\n|\Z")
_DESCRIPTION_END = re.compile(r"[,}\n]|\Z")


def schema_from_notation(text: str) -> Any:
    """Return the JSON Schema that a notation describes.

    Args:
        text: Fields such as `name, age int 0..120, tags list: short labels`; at most 200,000 characters.

    Raises:
        NotationError: It cannot be read; `line` and `column` name the place, the message what to do.
        InvalidSchemaError: The schema would have more than 50,000 characters or 64 levels.
    """
    parser = _Parser(Scanner(bounded_source(text, "The notation")))
    fields = parser.whole()
    try:
        return fields_to_schema(fields)
    except FieldsError as error:
        first = error.errors[0]
        problem = first.message[0].lower() + first.message[1:]
        parser.scanner.fail(problem, parser.places[first.row] if first.row >= 0 else 0)


@dataclass
class _Parser:
    """The rows read so far, and where each began."""

    scanner: Scanner
    rows: list[Field] = field(default_factory=list)
    places: list[int] = field(default_factory=list)

    def whole(self) -> SchemaFields:
        scanner = self.scanner
        scanner.skip_blank(lines=True)
        if scanner.is_at_end():
            scanner.fail("there is no field yet. Write one, such as `name` or `age int`.")
        if scanner.takes("="):
            root = self._described(self._value(-1), begins_line=True)
            scanner.skip_blank(lines=True)
        else:
            root = Field("", "object", is_open=self._fields(0))
        if not scanner.is_at_end():
            scanner.fail(f"{scanner.shown()} is too much here. Take it out, or put a comma before it.")
        return SchemaFields(tuple(self.rows), root)

    def _fields(self, depth: int) -> bool:
        """Read fields up to the end or a closing brace; return whether `...` says that there may be others."""
        scanner = self.scanner
        if depth > MAX_SCHEMA_LEVELS:
            scanner.fail(f"there are more than {MAX_SCHEMA_LEVELS} braces inside each other. Use fewer.")
        scanner.skip_blank(lines=True)
        while not scanner.is_at_end() and not scanner.sees("}"):
            if scanner.takes("...") or scanner.takes("…"):
                self._end_of_dots()
                return True
            self._field(depth)
            self._separator()
        return False

    def _end_of_dots(self) -> None:
        scanner = self.scanner
        scanner.skip_blank(lines=True)
        if scanner.takes(","):
            scanner.skip_blank(lines=True)
        if not scanner.is_at_end() and not scanner.sees("}"):
            scanner.fail("the dots mean that there may be other fields, and stand last. Move them to the end.")

    def _separator(self) -> None:
        scanner = self.scanner
        scanner.skip_blank()
        if scanner.is_at_end() or scanner.sees("}"):
            return
        if not scanner.takes(",") and not scanner.sees("\n"):
            self._unexpected()
        scanner.skip_blank(lines=True)
        if scanner.sees(","):
            scanner.fail("there is no field between these commas. Take one comma out.")

    def _unexpected(self) -> None:
        scanner = self.scanner
        for sign, problem in _PROBLEMS.items():
            if scanner.sees(sign):
                scanner.fail(problem)
        scanner.fail(
            f"{scanner.shown()} is not understood here. Separate fields with commas, put a description behind a "
            "colon, and a name of several words in quotes."
        )

    def _field(self, depth: int) -> None:
        scanner = self.scanner
        place, begins_line = scanner.at, scanner.begins_line()
        name = self._name()
        is_optional = scanner.takes("?")
        scanner.skip_blank()
        if not is_optional:
            is_optional = scanner.takes("?")
            scanner.skip_blank()
        index = len(self.rows)
        self.rows.append(Field(name))
        self.places.append(place)
        row = self._described(self._value(depth), begins_line=begins_line)
        self.rows[index] = replace(row, name=name, depth=depth, required=not is_optional)

    def _name(self) -> str:
        scanner = self.scanner
        if scanner.sees('"'):
            return scanner.quoted()
        if name := scanner.match(BARE_NAME):
            return name
        return scanner.fail(
            f"a field begins with its name, and {scanner.shown()} is none. A name is one word like `first_name`, or "
            'stands in quotes like "first name".'
        )

    def _value(self, depth: int) -> Field:
        scanner = self.scanner
        scanner.skip_blank()
        reader = ValueReader(scanner, lambda: self._braces(depth + 1))
        first = len(self.rows)
        row = reader.value() if depth < 0 or is_value_start(scanner) else Field("")
        below = [child for child in self.rows[first:] if child.depth == depth + 1]
        scanner.skip_blank()
        return self._or_null(_with_hints(row, below))

    def _braces(self, depth: int) -> bool:
        """Read the fields of an object, whose opening brace has been read."""
        scanner = self.scanner
        opened = scanner.at - 1
        is_open = self._fields(depth)
        if not scanner.takes("}"):
            scanner.fail(
                "this brace is never closed. Write } where the object ends, on a line of its own if need be.", opened
            )
        return is_open

    def _or_null(self, row: Field) -> Field:
        scanner = self.scanner
        if not scanner.takes("|"):
            return row
        scanner.skip_blank()
        if scanner.word() != "null":
            scanner.fail("only null can stand behind this bar. Put choices in parentheses: (open | closed).")
        scanner.at += len("null")
        scanner.skip_blank()
        if not scanner.sees("`"):
            return replace(row, nullable=True)
        place = scanner.at
        found = scanner.fragment()
        if not isinstance(found, dict) or "anyOf" in found:
            scanner.fail("behind null there can only be a JSON object without anyOf.", place)
        scanner.skip_blank()
        return replace(row, nullable=True, rest=replace(row.rest, of_null=found))

    def _described(self, row: Field, *, begins_line: bool) -> Field:
        scanner = self.scanner
        scanner.skip_blank()
        if not scanner.takes(":"):
            return row
        scanner.skip_blank()
        if scanner.sees('"'):
            return replace(row, description=scanner.quoted())
        place = scanner.at
        text = self._bare_description(begins_line)
        if row.type == "text" and not row.is_list and is_type(text):
            scanner.fail(
                f"behind a colon stands a description, and `{text}` is a type. Take the colon out, or quote it.", place
            )
        return replace(row, description=text)

    def _bare_description(self, begins_line: bool) -> str:
        scanner = self.scanner
        # In a text of one line a comma begins the next field; in one of several a line is one field's own.
        if not (scanner.has_lines and begins_line):
            return scanner.up_to(_DESCRIPTION_END).strip()
        return scanner.up_to(_LINE_END).strip().removesuffix(",").rstrip()


def _with_hints(row: Field, below: list[Field]) -> Field:
    """Tell which required names have no field, and forget a list of names that says nothing new."""
    written = row.rest.keywords.get("required")
    if row.type != "object" or not isinstance(written, list):
        return row
    names = {child.name for child in below}
    also = tuple(name for name in dict.fromkeys(written) if isinstance(name, str) and name not in names)
    return replace(row, rest=replace(row.rest, also_required=also))


_PROBLEMS = {
    "(": "choices stand right behind the name, or behind text, int, number or bool.",
    "{": "braces stand right behind the name, behind list or behind `list of`.",
    "}": "this brace was never opened. Take it out.",
    '"': "a quoted text stands for a name, at the beginning, or for a description, behind a colon.",
    "[": "write `list of int` for a list of whole numbers.",
}
