"""Text to words that compare: what is indexed and what is searched for go through here, alike on every database.

Case, accents and width do not matter. Scripts without blanks between words are cut into pairs of characters.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from functools import cache

__all__ = ["PREFIX", "fold", "search_words", "words_of"]

PREFIX = "*"
"""Stands behind a searched word that may go on."""

LONGEST_WORD = 40
"""Characters of a word that count."""

_ACCENTS = re.compile("[\u0300-\u036f]+")
_ASCII_WORD = re.compile("[a-z0-9]+")
_UNSPACED = (
    "\u0e00-\u0eff"  # Thai, Lao
    "\u1000-\u109f\u1780-\u17ff"  # Burmese, Khmer
    "\u3040-\u30ff"  # Japanese syllables
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"  # Chinese characters
)


def fold(text: str) -> str:
    """Return a text in lower case, without accents, in the plain form of each character."""
    if text.isascii():
        return text.lower()
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    return unicodedata.normalize("NFC", _ACCENTS.sub("", plain))


def words_of(text: str) -> list[str]:
    """Return the words by which a text is found, each once, in the order of their first place."""
    found: dict[str, None] = {}
    for word, is_unspaced in _parts(fold(text)):
        for piece in _pairs(word, ends=True) if is_unspaced else (word[:LONGEST_WORD],):
            found[piece] = None
    return list(found)


def search_words(query: str) -> list[str]:
    """Return what a text has to hold; the last word may go on, and so may a single character of an unspaced script."""
    wanted: dict[str, None] = {}
    last = ""
    for word, is_unspaced in _parts(fold(query)):
        pieces = _pairs(word, ends=False) if is_unspaced else [word[:LONGEST_WORD]]
        last = pieces[-1]
        for piece in pieces:
            wanted[piece + PREFIX if is_unspaced and len(word) == 1 else piece] = None
    if last and last in wanted and not query[-1:].isspace():
        del wanted[last]
        wanted[last + PREFIX] = None
    return list(wanted)


def _parts(folded: str) -> list[tuple[str, bool]]:
    """Cut a folded text into words, each with whether its script is written without blanks."""
    if folded.isascii():
        return [(word, False) for word in _ASCII_WORD.findall(folded)]
    return [(found[0], found.lastgroup == "unspaced") for found in _pattern().finditer(folded)]


def _pairs(word: str, *, ends: bool) -> list[str]:
    """Return neighbouring characters two by two; with `ends` also the last alone, so that each begins something."""
    pairs = [word[at : at + 2] for at in range(len(word) - 1)]
    return [*pairs, word[-1]] if ends or not pairs else pairs


@cache
def _pattern() -> re.Pattern[str]:
    """Match words: letters and digits, with the marks that belong to them, as Indian scripts need."""
    marks = re.escape("".join(chr(code) for code in range(0x370, sys.maxunicode) if _is_mark(code)))
    return re.compile(rf"(?P<unspaced>[{_UNSPACED}]+)|(?:(?![{_UNSPACED}])(?:[^\W_]|[{marks}]))+")


def _is_mark(code: int) -> bool:
    return unicodedata.category(chr(code)).startswith("M")
