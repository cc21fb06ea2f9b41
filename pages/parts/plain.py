"""Text of others inside our own Markdown lines."""

from __future__ import annotations

import re

from service.structured.words import clean

__all__ = ["literal"]

_ACTIVE = re.compile(r"([\\`*_\[\]<>$~&#|!^]|:(?=[A-Za-z]))")
_OPENING = re.compile(r"^([-+=]|\d+(?=[.)]))")


def literal(text: str) -> str:
    """Return one line of Markdown that shows a text as it is: no link, image, directive, formula or list."""
    line = _ACTIVE.sub(r"\\\1", " ".join(clean(text).split()))
    opening = _OPENING.match(line)
    if opening is None:
        return line
    rest = line[opening.end() :]
    return f"{opening[0]}\\{rest}" if opening[0].isdigit() else f"\\{line}"
