"""Walking through a notation text, with the line and the column for every complaint."""

from __future__ import annotations

import json
import re
from typing import Any, NoReturn

from service.errors import InvalidSchemaError
from service.structured.words import clean, spelled

__all__ = ["NotationError", "Scanner"]

_BLANK = re.compile(r"[^\S\n]*")
_ANY_BLANK = re.compile(r"\s*")
_JSON_TEXT = re.compile(r'"(?:[^"\\\n]|\\.)*"')
_WORD = re.compile(r"(?:(?!\.\.)[^\s,:{}()|`?\"])+")


class NotationError(InvalidSchemaError):
    """The notation cannot be read.

    Attributes:
        line: The line, from 1.
        column: The character in that line, from 1.
    """

    default_hint = "Correct the notation at the place named."

    def __init__(self, problem: str, line: int, column: int) -> None:
        self.line = line
        self.column = column
        super().__init__(f"Line {line}, column {column}: {clean(problem)}")


class Scanner:
    """A place in a text that moves forward.

    Args:
        text: The notation.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.has_lines = "\n" in text.strip()

    def fail(self, problem: str, at: int | None = None) -> NoReturn:
        """Raise `NotationError` for a place; by default the current one."""
        place = self.at if at is None else at
        before = self.text[:place]
        raise NotationError(problem, before.count("\n") + 1, place - (before.rfind("\n") + 1) + 1)

    def skip_blank(self, *, lines: bool = False) -> None:
        """Step over blanks, and over line breaks too where they mean nothing."""
        found = (_ANY_BLANK if lines else _BLANK).match(self.text, self.at)
        assert found is not None
        self.at = found.end()

    def sees(self, sign: str) -> bool:
        """Say whether a sign stands here."""
        return self.text.startswith(sign, self.at)

    def takes(self, sign: str) -> bool:
        """Step over a sign if it stands here, and say whether it did."""
        if not self.sees(sign):
            return False
        self.at += len(sign)
        return True

    def is_at_end(self) -> bool:
        """Say whether nothing is left."""
        return self.at >= len(self.text)

    def begins_line(self) -> bool:
        """Say whether only blanks stand before this place in its line."""
        place = self.at - 1
        while place >= 0 and self.text[place] in " \t":
            place -= 1
        return place < 0 or self.text[place] == "\n"

    def match(self, pattern: re.Pattern[str]) -> str:
        """Step over what fits a pattern here and return it; `""` when nothing does."""
        found = pattern.match(self.text, self.at)
        if found is None:
            return ""
        self.at = found.end()
        return found[0]

    def word(self) -> str:
        """Return the word that stands here without stepping over it."""
        found = _WORD.match(self.text, self.at)
        return found[0] if found else ""

    def shown(self) -> str:
        """Show what stands here, for a complaint."""
        if self.is_at_end():
            return "the end"
        return "the end of the line" if self.sees("\n") else f"`{self.word() or self.text[self.at]}`"

    def quoted(self) -> str:
        """Read a text in double quotes, written as in JSON."""
        start = self.at
        if not (written := self.match(_JSON_TEXT)):
            self.fail("this quote has no end in its line. Close it with another double quote.")
        try:
            return str(json.loads(written, strict=False))
        except ValueError:
            self.fail("this quoted text has a backslash that means nothing. Write two for one backslash.", start)

    def fragment(self) -> Any:
        """Read JSON between backticks."""
        start = self.at
        end = self.text.find("`", start + 1)
        if end < 0:
            self.fail("this JSON has no end. Close it with another backtick.")
        self.at = end + 1
        try:
            return json.loads(self.text[start + 1 : end], parse_constant=_refuse)
        except json.JSONDecodeError as error:
            self.fail(f"the JSON between the backticks cannot be read: {error.msg}.", start + 1 + error.pos)
        except (ValueError, RecursionError) as error:
            reason = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
            self.fail(f"the JSON between the backticks cannot be read: {reason}.", start)

    def up_to(self, pattern: re.Pattern[str]) -> str:
        """Return the text up to where a pattern fits, or up to the end, and step to there."""
        found = pattern.search(self.text, self.at)
        start, self.at = self.at, found.start() if found else len(self.text)
        return self.text[start : self.at]


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"{spelled(name)} is not a JSON number")
