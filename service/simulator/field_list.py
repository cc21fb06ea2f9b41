"""A list of fields from a description: the words that stand in it, no more. It says that it is simulated."""

import re
from collections.abc import Iterator
from typing import Any

from service.simulator import writer
from service.simulator.ask import Ask

NAME = "fields_of_an_answer"
"""What the app calls the form in which it asks for the fields of an answer."""

NOTE = "Simulated: no model has read your description. These fields are words found in it. " + writer.CONNECT
MOST = 12
_SEPARATOR = re.compile(r"[,;:.\n]|\band\b|\bwith\b|\bor\b|\bplus\b", re.IGNORECASE)
_ENDING = re.compile(r"['\u2019]s?")
_KINDS = (
    ("email", r"e-?mails?"),
    ("url", r"links?|urls?|websites?"),
    ("date", r"dates?|days?|deadlines?|birthdays?"),
    ("integer", r"number|count|quantity|amount of|ages?|years?|stars|minutes|how many"),
    ("number", r"prices?|costs?|totals?|amounts?|scores?|weights?|percent"),
    ("boolean", r"whether|is|has|can|should"),
)
_LIST = re.compile(r"\b(lists?|all|every|each)\b|\b\w{3,}[^s\W]s\b", re.IGNORECASE)
_FILLER = frozenset(("field", "fields", "answer", "list", "lists", "each", "every", "whether", "number", "has", "its"))


def described(ask: Ask) -> dict[str, Any]:
    """Return the list of fields that the last user message may mean."""
    fields = {field["name"]: field for field in _fields(ask.last_text)}
    rows = list(fields.values())[:MOST] or [_field("answer", "text", False, "")]
    return {"name": "described_answer", "fields": rows, "note": NOTE}


def _fields(text: str) -> Iterator[dict[str, Any]]:
    for phrase in _SEPARATOR.split(text):
        words = [_ENDING.sub("", word.lower()).replace("-", "_") for word in writer.keywords(phrase)]
        named = [word for word in words if word not in _FILLER][:3]
        if named:
            kind = next((kind for kind, words in _KINDS if re.search(rf"\b({words})\b", phrase, re.IGNORECASE)), "text")
            is_list = kind == "text" and _LIST.search(phrase) is not None
            yield _field("_".join(named), kind, is_list, " ".join(phrase.split())[:200])


def _field(name: str, kind: str, is_list: bool, words: str) -> dict[str, Any]:
    return {
        "name": name,
        "type": kind,
        "is_list": is_list,
        "may_be_null": False,
        "choices": [],
        "description": f"From your words: {words}" if words else "",
        "depth": 0,
    }
