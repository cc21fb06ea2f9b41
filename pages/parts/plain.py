"""Text of others inside our own Markdown lines."""

from __future__ import annotations

import re

from service.structured.words import clean

__all__ = ["COLON", "literal", "plain_colon"]

_ACTIVE = re.compile(r"([\\`*_\[\]<>$~&#|!^])")
COLON = r":(?=\w|[+-]\d:)(?=(?P<shortcode>(?:[0-9_-]*[A-Za-z][A-Za-z0-9_-]*|[+-]1|100|1234):)?)"
"""A colon with which something of Streamlit's own may begin: `:red[…]`, `:material/home:`, `:smile:`, `:::note`."""

_COLON = re.compile(COLON)
_OPENING = re.compile(r"^([-+=]|\d+(?=[.)]))")


def plain_colon(found: re.Match[str]) -> str:
    """Write a colon so that Streamlit takes nothing for an icon, a colour or a shortcode; see `COLON`."""
    # Shortcodes are looked for in what is read already: only a sign that nobody sees keeps them apart.
    return "&#58;" if found["shortcode"] is None else "&#58;\u2060"


def literal(text: str) -> str:
    """Return one line of Markdown that shows a text as it is: no link, image, directive, formula or list."""
    line = _COLON.sub(plain_colon, _ACTIVE.sub(r"\\\1", " ".join(clean(text).split())))
    opening = _OPENING.match(line)
    if opening is None:
        return line
    rest = line[opening.end() :]
    return f"{opening[0]}\\{rest}" if opening[0].isdigit() else f"\\{line}"
