"""The name that a schema is sent under: made from what it comes of, or typed by somebody, which then stays."""

from __future__ import annotations

import re

from pages.parts.response_format_choice import FormatKeys
from pages.parts.state import input_value, put_input

__all__ = ["UNNAMED", "is_typed", "name_to_send", "note_typed_name", "suggest_name"]

UNNAMED = "answer"
_WORD_BEGINS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def name_to_send(name: str) -> str:
    """Return a name as it may be sent: small ASCII letters, digits, _ and -, with _ between words."""
    words = _WORD_BEGINS.sub("_", name.strip())
    plain = "".join(letter if letter.isascii() and (letter.isalnum() or letter in "_-") else "_" for letter in words)
    return plain.strip("_")[:64].lower() or UNNAMED


def note_typed_name(keys: FormatKeys) -> None:
    """Remember that the name was typed; to be called from the input's callback."""
    put_input(keys.typed_name, input_value(keys.name))


def is_typed(keys: FormatKeys) -> bool:
    """Whether somebody typed the name that is there."""
    name = str(input_value(keys.name) or "").strip()
    return bool(name) and input_value(keys.typed_name) == input_value(keys.name)


def suggest_name(keys: FormatKeys, name: str | None) -> None:
    """Take a name unless one was typed; to be called before the inputs are drawn."""
    if not is_typed(keys):
        put_input(keys.name, name_to_send(name or UNNAMED))
