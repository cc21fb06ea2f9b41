"""Reading what stands behind a field's name: its type, limits, choices, list, object, or JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from difflib import get_close_matches
from math import isfinite
from typing import Any

from service.structured.fields import Field, Rest
from service.structured.fields.rows import FORMATS
from service.structured.notation.scan import Scanner
from service.structured.notation.words import CHOICE_WORDS, LIMITS, LIST_LIMITS, NUMBER, SYNONYMS, TYPE_WORDS, meant

__all__ = ["ValueReader", "is_value_start"]

_CHOICE_END = re.compile(r"[|)\n(\"`{}]|\Z")
_CLOSE = 0.75
"""How much alike two words are that may be mistaken for each other, of 1."""

_CONSTANTS = {"true": True, "false": False}


def is_value_start(scanner: Scanner) -> bool:
    """Say whether something about the type stands here, rather than a description or the next field."""
    return not scanner.is_at_end() and scanner.text[scanner.at] not in ",:}|\n"


class ValueReader:
    """Reads one value.

    Args:
        scanner: Stands behind the name, blanks skipped.
        braces: Reads the fields of an object, once its opening brace has been read; returns whether it is open.
    """

    def __init__(self, scanner: Scanner, braces: Callable[[], bool]) -> None:
        self._scanner = scanner
        self._braces = braces

    def value(self) -> Field:
        """Read a list or a single value."""
        scanner = self._scanner
        if meant(scanner.word()) != "list":
            return self._single()
        scanner.at += len(scanner.word())
        kept = self._limits(LIST_LIMITS)
        kept |= self._more({*kept, "items"})
        row = self._item()
        return replace(row, is_list=True, rest=replace(row.rest, of_list=kept))

    def _item(self) -> Field:
        """Read what a list is of; nothing means texts."""
        scanner = self._scanner
        scanner.skip_blank()
        if scanner.word() == "of":
            scanner.at += len("of")
            scanner.skip_blank()
            if meant(scanner.word()) == "list":
                scanner.fail(
                    "a list of lists has no words. Write its items as JSON between backticks, or use a list of objects."
                )
            return self._single()
        if scanner.sees("{") or scanner.sees("("):
            return self._single()
        if scanner.word() and not scanner.word().startswith(("`", "?")):
            scanner.fail(f"write `list of {scanner.word()}`, or a colon before a description.")
        return Field("")

    def _single(self) -> Field:
        scanner = self._scanner
        if scanner.takes("{"):
            return self._object(self._braces())
        if scanner.sees("("):
            return self._choice("")
        if scanner.sees("`"):
            return Field("", "locked", rest=Rest(fragment=json.dumps(scanner.fragment(), ensure_ascii=False)))
        return self._word()

    def _word(self) -> Field:
        scanner = self._scanner
        place, written = scanner.at, scanner.word()
        word = meant(written)
        if word not in TYPE_WORDS:
            scanner.fail(_unknown(scanner))
        scanner.at += len(written)
        scanner.skip_blank()
        if scanner.sees("("):
            if word not in CHOICE_WORDS:
                scanner.fail(f"choices cannot be of the type {word}. Write them without it.", place)
            return self._choice(word)
        kind = TYPE_WORDS[word]
        if kind == "object":
            return self._object(True)
        kept = self._limits(LIMITS[kind]) if kind in LIMITS else {}
        taken = {*kept, "format"} if kind in FORMATS.values() else set(kept)
        return Field("", kind, rest=Rest(kept | self._more(taken)))

    def _object(self, is_open: bool) -> Field:
        kept = self._more(set())
        if "additionalProperties" in kept:
            is_open = True
        return Field("", "object", is_open=is_open, rest=Rest(kept))

    def _more(self, taken: set[str]) -> dict[str, Any]:
        """Read further keywords as JSON, if there are any."""
        scanner = self._scanner
        scanner.skip_blank()
        if not scanner.sees("`"):
            return {}
        place = scanner.at
        found = scanner.fragment()
        if not isinstance(found, dict):
            scanner.fail("behind a type there can only be a JSON object with more about it.", place)
        if twice := sorted(taken & found.keys()):
            scanner.fail(f"{twice[0]} is said twice, in words and in JSON. Take one of them out.", place)
        return found

    def _limits(self, names: tuple[str, str]) -> dict[str, Any]:
        """Read `2..5`, `2..` or `..5`."""
        scanner = self._scanner
        scanner.skip_blank()
        place = scanner.at
        lower = scanner.match(NUMBER)
        if not scanner.takes(".."):
            if lower:
                scanner.fail(f"write `{lower}..` for at least, `..{lower}` for at most.", place)
            return {}
        upper = scanner.match(NUMBER)
        if not lower and not upper:
            scanner.fail("a number is missing at one side of the dots, such as `0..120`.", place)
        ends = {name: self._number(text, place) for name, text in zip(names, (lower, upper), strict=True) if text}
        if names[0] != "minimum" and not all(isinstance(end, int) and end >= 0 for end in ends.values()):
            scanner.fail("a length is a whole number from 0. Correct the limit.", place)
        if len(ends) == 2 and ends[names[0]] > ends[names[1]]:
            scanner.fail("the lower limit stands first. Swap the two numbers.", place)
        return ends

    def _number(self, text: str, place: int) -> int | float:
        try:
            number = json.loads(text)
        except ValueError:
            self._scanner.fail(f"`{text[:20]}` is not written as a number. Leave out zeros in front.", place)
        if not isfinite(number):
            self._scanner.fail("this number is too large. Write a smaller one.", place)
        return number  # type: ignore[no-any-return]

    def _choice(self, word: str) -> Field:
        """Read the values in parentheses."""
        scanner = self._scanner
        opened = scanner.at
        scanner.takes("(")
        choices = [self._one_choice(word, opened)]
        while scanner.takes("|"):
            choices.append(self._one_choice(word, opened))
        if not scanner.takes(")"):
            self._bad_choice(opened)
        kept = self._more({"enum"})
        rest = Rest(kept, choice_type=CHOICE_WORDS[word] if word else None)
        return Field("", "choice", choices=tuple(choices), rest=rest)

    def _one_choice(self, word: str, opened: int) -> Any:
        scanner = self._scanner
        scanner.skip_blank(lines=True)
        place = scanner.at
        if scanner.sees('"'):
            value: Any = scanner.quoted()
        else:
            written = scanner.up_to(_CHOICE_END).strip()
            if not written:
                self._bad_choice(opened)
            if "," in written:
                scanner.fail("choices are separated by |. Write (open | closed), and put a comma into quotes.", place)
            value = written if word == "text" else self._bare(written, place)
        scanner.skip_blank(lines=True)
        return value

    def _bare(self, written: str, place: int) -> Any:
        if written == "null":
            self._scanner.fail("null is no choice. Write `| null` behind the parentheses.", place)
        if written in _CONSTANTS:
            return _CONSTANTS[written]
        return self._number(written, place) if NUMBER.fullmatch(written) else written

    def _bad_choice(self, opened: int) -> None:
        scanner = self._scanner
        if scanner.is_at_end():
            scanner.fail("these choices have no end. Close them with a parenthesis.", opened)
        scanner.fail(
            f"a choice is missing before {scanner.shown()}. Write them like (open | closed), odd ones in quotes."
        )


def _unknown(scanner: Scanner) -> str:
    word = scanner.word()
    if not word or word[0] in _PROBLEMS or NUMBER.fullmatch(word):
        return _PROBLEMS.get(word[:1]) or (
            f"{scanner.shown()} is not understood here. Write the type first, such as `int 0..120`, or a comma."
        )
    if word.endswith("[]"):
        return f"write `list of {meant(word[:-2])}` instead of `{word[:40]}`."
    if close := get_close_matches(word.lower()[:40], [*TYPE_WORDS, "list", *SYNONYMS], 1, _CLOSE):
        return f"there is no type `{word}`. Did you mean `{meant(close[0])}`?"
    known = ", ".join((*TYPE_WORDS, "list"))
    return (
        f"there is no type `{word[:40]}`. The types are {known}. Put a comma before the next field, a colon before a "
        "description, and a name of several words in quotes."
    )


_PROBLEMS = {
    ";": "fields are separated by commas. Write a comma instead of the semicolon.",
    "=": "only the whole begins with =. Put a description behind a colon.",
    ".": "a name with dots stands in quotes.",
}
