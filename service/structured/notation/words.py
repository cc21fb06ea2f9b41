"""The words of the notation, shared by its reader and its writer."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from service.structured.fields.rows import ChoiceType, FieldType

__all__ = [
    "BARE_CHOICE",
    "BARE_NAME",
    "CHOICE_WORDS",
    "LIMITS",
    "LIST_LIMITS",
    "NUMBER",
    "SYNONYMS",
    "TYPE_WORDS",
    "is_type",
    "meant",
]

TYPE_WORDS: Final[Mapping[str, FieldType]] = MappingProxyType(
    {
        "text": "text",
        "int": "integer",
        "number": "number",
        "bool": "boolean",
        "date": "date",
        "datetime": "datetime",
        "time": "time",
        "email": "email",
        "url": "url",
        "uuid": "uuid",
        "object": "object",
        "any": "any",
    }
)
"""The words for types; a choice, a list and locked JSON have signs of their own."""

SYNONYMS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "str": "text",
        "string": "text",
        "integer": "int",
        "float": "number",
        "decimal": "number",
        "double": "number",
        "boolean": "bool",
        "timestamp": "datetime",
        "uri": "url",
        "link": "url",
        "mail": "email",
        "array": "list",
        "anything": "any",
    }
)
"""What people also write, and which word it stands for."""

CHOICE_WORDS: Final[Mapping[str, ChoiceType]] = MappingProxyType(
    {"text": "text", "int": "integer", "number": "number", "bool": "boolean", "any": "any"}
)
"""The types that may stand before the values of a choice."""

LIMITS: Final[Mapping[FieldType, tuple[str, str]]] = MappingProxyType(
    {
        "text": ("minLength", "maxLength"),
        "integer": ("minimum", "maximum"),
        "number": ("minimum", "maximum"),
    }
)
"""What `2..5` means behind a type: the keywords of its lower and upper end."""

LIST_LIMITS: Final = ("minItems", "maxItems")
"""What it means behind `list`."""

BARE_NAME: Final = re.compile(r"[^\W\d][\w$-]*|\$[\w$-]+")
BARE_CHOICE: Final = re.compile(r"[^\W\d]\w*(?:[ .&/+'-]+\w+)*")
NUMBER: Final = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")


def meant(word: str) -> str:
    """Return the word of the notation that somebody means, in small letters."""
    lower = word.lower()
    return SYNONYMS.get(lower, lower)


def is_type(text: str) -> bool:
    """Say whether a text reads like a type, so that behind a colon it is more likely one than a description."""
    words = text.split()
    if len(words) == 3 and meant(words[0]) == "list" and words[1] == "of":
        words = words[2:]
    return len(words) == 1 and (meant(words[0]) in TYPE_WORDS or meant(words[0]) == "list")
