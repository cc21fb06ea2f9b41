"""Texts for a field: by its format, its pattern and what it is about, within its lengths."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from random import Random

from service.simulator.json_values.checks import accepts
from service.simulator.json_values.constraints import Constraints, ContradictionError
from service.simulator.json_values.drawing import WordFinder, draw
from service.simulator.json_values.formats import FORMATS, SHORT, around, lengthened
from service.simulator.json_values.naming import Hint, formatted, persona_of, suggestion
from service.simulator.json_values.patterns import Expression, UnsupportedPatternError, parse
from service.simulator.json_values.phrases import PHRASES, SENTENCES, WORDS
from service.simulator.json_values.work import Work

MAX_LENGTH = 100_000
_TRIES = 60
_EMAIL = frozenset({"email", "idn-email"})


def draw_text(found: Constraints, hint: Hint, rng: Random, draft: int, work: Work) -> str:
    """Return a text for `found`; raises `ContradictionError` where none is found."""
    if found.min_length > MAX_LENGTH:
        why = f"it asks for at least {found.min_length} characters, and at most {MAX_LENGTH} are made"
        raise ContradictionError(found.pointer, why)
    work.spend(found.min_length // 500)
    for text in _candidates(found, hint, rng):
        if _fits(found, text) and accepts(found, text, draft):
            return text
        work.spend()
    raise ContradictionError(found.pointer, _why_not(found))


def _fits(found: Constraints, text: str) -> bool:
    return found.min_length <= len(text) and (found.max_length is None or len(text) <= found.max_length)


def _why_not(found: Constraints) -> str:
    wishes = [f"pattern {pattern!r}" for pattern in found.patterns] + [f"format {name!r}" for name in found.formats]
    if found.max_length is not None:
        wishes.append(f"maxLength {found.max_length}")
    if found.min_length:
        wishes.append(f"minLength {found.min_length}")
    if found.forbidden:
        wishes.append("what it refuses")
    return f"no text was found for its {', '.join(wishes)}"


def _candidates(found: Constraints, hint: Hint, rng: Random) -> Iterator[str]:
    if found.contents:
        yield from _encoded(found, rng)
    yield from _formatted(found, hint, rng)
    if found.patterns:
        yield from _patterned(found, hint, rng)
        yield from _words(found, rng)
    yield from _described(found, hint, rng)
    if found.forbidden or found.formats:
        yield from _words(found, rng)
    yield "x" * found.min_length


def _encoded(found: Constraints, rng: Random) -> Iterator[str]:
    for plain in ('{"status": "ok", "items": 3}', '"ok"', "[1, 2, 3]", "1", rng.choice(SENTENCES), ""):
        yield base64.b64encode(plain.encode()).decode()
        yield plain


def _formatted(found: Constraints, hint: Hint, rng: Random) -> Iterator[str]:
    for name in found.formats:
        if name not in FORMATS:
            continue
        if name in _EMAIL:
            yield persona_of(hint).email
        elif name == "uri" and hint.name:
            yield suggestion(hint, rng)
        for _ in range(12 if found.patterns or found.max_length or found.forbidden else 3):
            yield formatted(name, hint, rng)
        yield from SHORT.get(name, ())
        for length in {found.min_length, found.max_length or found.min_length}:
            longer = lengthened(name, length)
            if longer is not None and length <= MAX_LENGTH:
                yield longer


def _patterned(found: Constraints, hint: Hint, rng: Random) -> Iterator[str]:
    for _ in range(3):
        yield suggestion(hint, rng)
    parsed: list[Expression] = []
    for pattern in found.patterns:
        try:
            parsed.append(parse(pattern))
        except UnsupportedPatternError:
            continue
    high = MAX_LENGTH if found.max_length is None else found.max_length
    for turn in range(_TRIES if parsed else 0):
        expression = parsed[turn % len(parsed)]
        wild = turn >= max(4, 2 * len(parsed)) and turn % 2 == 1
        text = draw(expression, rng, low=found.min_length, high=high, word=_word_finder(rng), wild=wild)
        yield text
        for name in found.formats:
            yield from _grafted(name, text, rng)
    if len(parsed) > 1:
        yield from _joined(parsed, rng, high)


def _grafted(name: str, text: str, rng: Random) -> Iterator[str]:
    """Yield texts of a format that carry a match of a pattern: inside, at the start, at the end."""
    wrapped = around(name, text)
    if wrapped is not None:
        yield wrapped
    plain = FORMATS[name](rng) if name in FORMATS else ""
    if len(text) < len(plain):
        yield text + plain[len(text) :]
        yield plain[: len(plain) - len(text)] + text


def _joined(parsed: list[Expression], rng: Random, high: int) -> Iterator[str]:
    """Yield texts in which a match of each pattern stands: those tied to the start first, to the end last."""
    ordered = sorted(parsed, key=lambda expression: (not expression.starts, expression.ends))
    for turn in range(20):
        yield "".join(draw(e, rng, low=0, high=high, word=_word_finder(rng), wild=turn > 9) for e in ordered)


def _word_finder(rng: Random) -> WordFinder:
    def find(chars: str, length: int) -> str | None:
        allowed = set(chars)
        fitting = [word for word in WORDS if len(word) == length and allowed.issuperset(word)]
        if fitting:
            return rng.choice(fitting)
        fitting = [word.upper() for word in WORDS if len(word) == length and allowed.issuperset(word.upper())]
        if fitting and not allowed & set("0123456789"):
            return rng.choice(fitting)
        return None

    return find


def _described(found: Constraints, hint: Hint, rng: Random) -> Iterator[str]:
    if hint.again > 1:
        yield _sized(f"{suggestion(hint, rng)} {max(hint.turn, 0) + hint.again}", found, rng)
    for _ in range(4):
        yield _sized(suggestion(hint, rng), found, rng)
    for _ in range(8):
        yield _sized(rng.choice(PHRASES), found, rng)
        yield _sized(rng.choice(SENTENCES), found, rng)


def _sized(text: str, found: Constraints, rng: Random) -> str:
    """Return the text, lengthened by sentences or shortened at a word, so that it fits the limits."""
    while len(text) < found.min_length:
        sentence = rng.choice(SENTENCES)
        text = f"{text} {sentence}" if text else sentence
    high = found.max_length
    if high is None or len(text) <= high:
        return text
    cut = text[: high + 1].rsplit(" ", 1)[0].rstrip(" ,.;:")
    if found.min_length <= len(cut) <= high and (cut != text[: len(cut)] or len(cut) > 1):
        return cut
    words = [word for word in WORDS if found.min_length <= len(word) <= high]
    return rng.choice(words) if words else text[:high]


def _words(found: Constraints, rng: Random) -> Iterator[str]:
    high = found.max_length if found.max_length is not None else found.min_length + 12
    for _ in range(6):
        yield _sized(rng.choice(WORDS), found, rng)
    for chars in ("abcdefghijklmnopqrstuvwxyz", "0123456789", "ABCDEFGHJKLMNPQRSTUVWXYZ", "aA1 -_.#!"):
        for _ in range(4):
            length = rng.randint(found.min_length, max(found.min_length, min(high, found.min_length + 12)))
            yield "".join(rng.choices(chars, k=length))
