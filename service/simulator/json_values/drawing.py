"""Texts that match a regular expression and are about as long as wanted.

Whoever draws a text checks it afterwards with the real engine: look-arounds are only approximated.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from random import Random

from service.simulator.json_values.patterns import DIGITS, LOWER, PRINTABLE, UPPER, Expression, Piece

WordFinder = Callable[[str, int], str | None]
"""Offers a word made of the given characters and of the given length."""

_MAX_REPEATS = 50_000


class _Drawing:
    """One pass over the tree that writes a text of about the wanted length."""

    def __init__(self, rng: Random, word: WordFinder) -> None:
        self.rng = rng
        self.word = word
        self.groups: dict[str, str] = {}

    def text(self, piece: Piece, length: int) -> str:
        length = max(piece.shortest, min(length, piece.longest))
        if piece.kind == "chars":
            return self.rng.choice(piece.chars)
        if piece.kind == "backreference":
            return self.groups.get(piece.group, "")
        if piece.kind == "choice":
            return self.choice(piece, length)
        if piece.kind == "repeat":
            return self.repeat(piece, length)
        text = self.parts(piece.children, length)
        if piece.group:
            self.groups[piece.group] = text
        return text

    def choice(self, piece: Piece, length: int) -> str:
        fitting = [o for o in piece.children if o.shortest <= length <= o.longest]
        option = self.rng.choice(fitting or piece.children)
        return self.text(option, length)

    def repeat(self, piece: Piece, length: int) -> str:
        child = piece.children[0]
        if child.kind == "chars":
            return self.run(child.chars, length)
        low = max(piece.least, -(-length // child.longest) if child.longest else piece.least)
        high = min(piece.most, length // child.shortest if child.shortest else low + 2)
        count = min(self.rng.randint(low, min(high, low + 6)) if high > low else low, _MAX_REPEATS)
        return self.evenly(child, count, length)

    def evenly(self, child: Piece, count: int, length: int) -> str:
        """Return `count` texts of the same piece that have `length` characters together."""
        texts = []
        for left in range(count, 0, -1):
            share = min(child.longest, max(child.shortest, length // left))
            texts.append(self.text(child, share))
            length -= len(texts[-1])
        return "".join(texts)

    def run(self, chars: str, length: int) -> str:
        word = self.word(chars, length) if len(chars) > 1 else None
        if word is not None:
            return word
        calm = _calm(chars)
        return "".join(self.rng.choices(calm, k=length))

    def parts(self, children: tuple[Piece, ...], length: int) -> str:
        spare = max(0, length - sum(child.shortest for child in children))
        room = sum(min(child.longest - child.shortest, spare) for child in children)
        texts = []
        for child in children:
            own = min(child.longest - child.shortest, spare)
            room -= own
            share = self.rng.randint(min(own, max(0, spare - room)), own) if own else 0
            spare -= share
            texts.append(self.text(child, child.shortest + share))
        return "".join(texts)


@lru_cache(maxsize=512)
def _calm(chars: str) -> str:
    """Return the characters of a class that read well: no control characters, and letters rather than signs."""
    for wanted in (LOWER + UPPER + DIGITS, PRINTABLE):
        calm = "".join(c for c in chars if c in wanted)
        if calm:
            return calm
    return chars


def draw(expression: Expression, rng: Random, *, low: int, high: int, word: WordFinder, wild: bool) -> str:
    """Return a text that matches the expression, of `low` to `high` characters where it allows that.

    `word` may offer a word made of the given characters and of the given length. `wild` asks for texts that differ
    more from each other: any length within the limits, no words, and what look-aheads want mixed in at random.
    """
    tree = expression.tree
    open_end = not (expression.starts and expression.ends)
    least = max(tree.shortest, min(low, tree.longest))
    most = min(high, tree.longest)
    natural = max(least, min(most, max(tree.shortest, 1) + rng.randint(2, 7)))
    length = rng.randint(least, max(least, min(most, least + 40))) if wild else natural
    drawing = _Drawing(rng, (lambda chars, size: None) if wild else word)
    text = drawing.text(tree, length)
    if expression.wanted:
        text = _mix(text, [drawing.text(piece, piece.shortest + rng.randint(0, 2)) for piece in expression.wanted], rng)
    if open_end and len(text) < low:
        padding = "".join(rng.choices(LOWER, k=low - len(text)))
        text = padding + text if expression.ends and not expression.starts else text + padding
    return text


def _mix(text: str, wanted: list[str], rng: Random) -> str:
    """Overwrite stretches of `text`, from its end, with what the look-aheads ask for."""
    at = len(text)
    for piece in wanted:
        core = piece[-1:] if len(piece) > 1 and rng.random() < 0.7 else piece
        at = at - len(core) if at >= len(core) else rng.randint(0, max(0, len(text) - len(core)))
        text = text[:at] + core + text[at + len(core) :]
    return text
