"""Names for generated types: one word, capitalised, each used once."""

from __future__ import annotations

import re
from collections.abc import Container

__all__ = ["singular", "type_name", "unused"]

_WORDS = re.compile(r"[^\W_]+")
_FEW = 4


def type_name(text: str, otherwise: str) -> str:
    """Return a text as the name of a type: `line items` becomes `LineItems`."""
    words = _WORDS.findall(text[:80])
    name = "".join(word[0].upper() + word[1:] for word in words)
    if not name.isidentifier():
        name = otherwise + name
    return name if name.isidentifier() else otherwise


def singular(name: str) -> str:
    """Return what one of several is called, as far as a final s tells."""
    if len(name) >= _FEW and name.endswith("ies"):
        return name[:-3] + "y"
    return name[:-1] if len(name) >= _FEW and name.endswith("s") and not name.endswith(("ss", "us", "is")) else name


def unused(name: str, taken: Container[str]) -> str:
    """Return a name that is not taken, numbered from 2 if need be."""
    if name not in taken:
        return name
    number = 2
    while f"{name}{number}" in taken:
        number += 1
    return f"{name}{number}"
