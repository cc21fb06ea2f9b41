"""What is wrong with JSON, in the words of people who type it."""

from __future__ import annotations

import json
import re

__all__ = ["in_words"]


def in_words(error: json.JSONDecodeError) -> str:
    """Say what the parser tripped over; what stands there tells more than what it expected."""
    rest, before = error.doc[error.pos :], error.doc[: error.pos].rstrip()
    if error.msg.startswith("Unterminated string"):
        return "this text has no closing quote."
    if not rest.strip():
        return "the JSON ends too early; something is not closed yet."
    if rest[0] in "}]" and before.endswith(","):
        return "remove the comma before the closing bracket."
    return next((words for pattern, words in _FOUND if re.match(pattern, rest)), None) or _expected(error.msg)


_FOUND = (
    ("[\u201c\u201d\u201e\u201f\u2018\u2019']", 'use straight double quotes: "'),
    (r"//|/\*|#", "JSON has no comments; remove this one."),
    (r"(True|False)\b", "write true and false in small letters."),
    (r"None\b", "write null instead of None."),
)


def _expected(message: str) -> str:
    for start, words in _EXPECTED:
        if message.startswith(start):
            return words
    return f"{message}."


_EXPECTED = (
    ("Expecting property name", "a name in double quotes belongs here."),
    ("Illegal trailing comma", "remove this comma: nothing follows it."),
    ("Expecting value", "a value belongs here; texts stand in double quotes."),
    ("Expecting ',' delimiter", "a comma or a closing bracket belongs here."),
    ("Expecting ':' delimiter", "a colon belongs between name and value."),
    ("Invalid control character", "a text must not run over the end of the line; write \\n for a line break."),
    ("Invalid \\", "this is no escape that JSON knows; write \\\\ for a backslash."),
    ("Extra data", "nothing may follow the end of the JSON."),
)
