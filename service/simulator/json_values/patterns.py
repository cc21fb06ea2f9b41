"""Texts that match a regular expression, for the subset of ECMA-262 that schemas use.

The expression is parsed into a small tree in which every node knows the shortest and the longest text it stands for,
so that a text of a wanted length can be drawn directly. Look-arounds are dropped while drawing, except that what a
positive look-ahead asks for is mixed in; whoever draws a text checks it afterwards with the real engine.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from random import Random
from typing import Literal

UNBOUNDED = 1 << 20
"""Stands for "no upper limit"; longer texts are never drawn."""

_LOWER = "abcdefghijklmnopqrstuvwxyz"
_UPPER = _LOWER.upper()
_DIGITS = "0123456789"
_WORD = _LOWER + _UPPER + _DIGITS + "_"
_PUNCTUATION = "-.,:;!?'()/+*=@#$%&<>[]{}\"\\|~^`"
_PRINTABLE = _WORD + " " + _PUNCTUATION
_ACCENTED = "éüñçøæßπλдяا中日"
_UNIVERSE = _PRINTABLE + "\t\n\r\f\v\0" + "\u00a0\u2028" + _ACCENTED
_CLASSES = {"d": _DIGITS, "w": _WORD, "s": " \t\n\r\f\v\u00a0\u2028"}
_CONTROLS = {"t": "\t", "n": "\n", "r": "\r", "f": "\f", "v": "\v", "0": "\0", "a": "\a", "e": "\x1b"}
_MAX_DEPTH = 60
_MAX_NODES = 5_000
_MAX_REPEATS = 50_000


class UnsupportedPatternError(ValueError):
    """Raised when the expression is outside the subset, too deep or too large to draw from."""


@dataclass(frozen=True)
class Piece:
    """One node of a parsed expression; `shortest` and `longest` count characters."""

    kind: Literal["chars", "sequence", "choice", "repeat", "backreference"]
    shortest: int
    longest: int
    chars: str = ""
    children: tuple[Piece, ...] = ()
    least: int = 1
    most: int = 1
    group: str = ""


_NOTHING = Piece("sequence", 0, 0)


def _sequence(children: list[Piece]) -> Piece:
    if len(children) == 1:
        return children[0]
    longest = min(UNBOUNDED, sum(child.longest for child in children))
    return Piece("sequence", sum(child.shortest for child in children), longest, children=tuple(children))


def _choice(options: list[Piece]) -> Piece:
    if len(options) == 1:
        return options[0]
    shortest, longest = min(o.shortest for o in options), max(o.longest for o in options)
    return Piece("choice", shortest, longest, children=tuple(options))


def _repeat(child: Piece, least: int, most: int) -> Piece:
    longest = min(UNBOUNDED, child.longest * most)
    return Piece("repeat", child.shortest * least, longest, children=(child,), least=least, most=most)


def _chars(text: str) -> Piece:
    return Piece("chars", 1, 1, chars=text)


@dataclass
class Expression:
    """A parsed expression: the tree, and whether it is tied to the start and the end of the text."""

    tree: Piece
    starts: bool = False
    ends: bool = False
    wanted: list[Piece] = field(default_factory=list)


def _property_chars(name: str) -> str:
    """Return sample characters of a Unicode property such as `L`, `Lu` or `Script=Greek`."""
    value = name.rpartition("=")[2]
    known = {
        "L": _LOWER + _UPPER, "Letter": _LOWER + _UPPER, "Alphabetic": _LOWER + _UPPER, "ASCII": _PRINTABLE,
        "Lu": _UPPER, "Uppercase_Letter": _UPPER, "Uppercase": _UPPER, "Ll": _LOWER, "Lowercase_Letter": _LOWER,
        "Lowercase": _LOWER, "N": _DIGITS, "Nd": _DIGITS, "Number": _DIGITS, "digit": _DIGITS,
        "Decimal_Number": _DIGITS, "P": "-.,:;!?", "Punctuation": "-.,:;!?", "S": "+=$", "Symbol": "+=$", "Sc": "$€£",
        "Z": " ", "Zs": " ", "Separator": " ", "M": "\u0301", "Latin": _LOWER + _UPPER, "Greek": "αβγδελπσω",
        "Cyrillic": "абвгдеклмн", "Han": "中日本文字", "Hiragana": "あいうえお", "Katakana": "アイウエオ",
        "Arabic": "ابتث", "Hebrew": "אבגד", "Emoji": "😀🎉🚀", "Emoji_Presentation": "😀🎉🚀", "Any": _PRINTABLE,
    }  # fmt: skip
    if value not in known:
        raise UnsupportedPatternError(f"the property {name!r} is not known here")
    return known[value]


class _Parser:
    """Reads one expression from left to right; every method consumes what it returns."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.at = 0
        self.depth = 0
        self.nodes = 0
        self.groups = 0
        self.named: dict[str, str] = {}
        self.ignore_case = False
        self.wanted: list[Piece] = []

    def peek(self, text: str) -> bool:
        return self.source.startswith(text, self.at)

    def take(self, text: str) -> bool:
        found = self.peek(text)
        if found:
            self.at += len(text)
        return found

    def next(self) -> str:
        if self.at >= len(self.source):
            raise UnsupportedPatternError("the expression ends too early")
        self.at += 1
        return self.source[self.at - 1]

    def until(self, end: str) -> str:
        stop = self.source.find(end, self.at)
        if stop < 0:
            raise UnsupportedPatternError(f"{end!r} is missing")
        text, self.at = self.source[self.at : stop], stop + len(end)
        return text

    def alternatives(self) -> Piece:
        self.depth += 1
        if self.depth > _MAX_DEPTH:
            raise UnsupportedPatternError("the expression is nested too deeply")
        options = [self.terms()]
        while self.take("|"):
            options.append(self.terms())
        self.depth -= 1
        return _choice(options)

    def terms(self) -> Piece:
        children: list[Piece] = []
        while self.at < len(self.source) and not self.peek("|") and not self.peek(")"):
            self.nodes += 1
            if self.nodes > _MAX_NODES:
                raise UnsupportedPatternError("the expression is too large")
            children.append(self.quantified(self.atom()))
        return _sequence(children)

    def quantified(self, piece: Piece) -> Piece:
        counts = self.counts()
        if counts is None:
            return piece
        if not self.take("?"):
            self.take("+")
        return _repeat(piece, *counts)

    def counts(self) -> tuple[int, int] | None:
        for mark, counts in (("*", (0, UNBOUNDED)), ("+", (1, UNBOUNDED)), ("?", (0, 1))):
            if self.take(mark):
                return counts
        if not self.peek("{"):
            return None
        least, comma, most = self.source[self.at + 1 : self.source.find("}", self.at)].partition(",")
        if not least.isdecimal() or not (most.isdecimal() or most == ""):
            return None
        self.until("}")
        return int(least), (int(most) if most else UNBOUNDED) if comma else int(least)

    def atom(self) -> Piece:
        char = self.next()
        if char in "^$":
            return _NOTHING
        if char == ".":
            return self.letters(_PRINTABLE)
        if char == "(":
            return self.group()
        if char == "[":
            return self.letters(self.char_class())
        if char == "\\":
            return self.escape()
        return self.letters(char)

    def letters(self, chars: str) -> Piece:
        if self.ignore_case:
            chars = chars + "".join(c for c in chars.swapcase() if c not in chars)
        return _chars(chars)

    def group(self) -> Piece:
        name = ""
        look = ""
        if self.take("?"):
            for mark in ("=", "!", "<=", "<!"):
                if self.take(mark):
                    look = mark
                    break
            else:
                name = self.group_head()
        else:
            self.groups += 1
            name = str(self.groups)
        inner = self.alternatives()
        if not self.take(")"):
            raise UnsupportedPatternError("a group is not closed")
        if look:
            if look == "=":
                self.wanted.append(inner)
            return _NOTHING
        if not name:
            return inner
        return Piece("sequence", inner.shortest, inner.longest, children=(inner,), group=name)

    def group_head(self) -> str:
        if self.take("P<") or self.take("<"):
            self.groups += 1
            self.named[str(self.groups)] = self.until(">")
            return str(self.groups)
        if self.take(">"):
            return ""
        flags = ""
        while not self.peek(":") and not self.peek(")"):
            flags += self.next()
        self.ignore_case = "i" in flags.partition("-")[0] or self.ignore_case
        self.take(":")
        return ""

    def escape(self) -> Piece:
        char = self.next()
        if char in "bBAzZG":
            return _NOTHING
        if char == "k" and self.take("<"):
            wanted = self.until(">")
            number = next((number for number, name in self.named.items() if name == wanted), "")
            return Piece("backreference", 0, 0, group=number)
        if char in "123456789":
            return Piece("backreference", 0, 0, group=char)
        return self.letters(self.escaped(char))

    def escaped(self, char: str) -> str:
        """Return the characters that an escape stands for, the letter after the backslash being `char`."""
        if char in _CLASSES:
            return _CLASSES[char]
        if char.lower() in _CLASSES:
            return _without(_CLASSES[char.lower()])
        if char in "pP":
            found = _property_chars(self.until("}")) if self.take("{") else _property_chars(self.next())
            return found if char == "p" else _without(found)
        if char == "x":
            return self.code_point(2)
        if char == "u":
            return chr(int(self.until("}"), 16)) if self.take("{") else self.code_point(4)
        if char == "c":
            return chr(ord(self.next()) % 32)
        return _CONTROLS.get(char, char)

    def code_point(self, digits: int) -> str:
        text = self.source[self.at : self.at + digits]
        self.at += digits
        try:
            return chr(int(text, 16))
        except ValueError as error:
            raise UnsupportedPatternError(f"{text!r} is not a character code") from error

    def char_class(self) -> str:
        negated = self.take("^")
        found: list[str] = []
        while not self.take("]"):
            low = self.class_atom()
            if self.peek("-") and not self.peek("-]") and len(low) == 1:
                self.at += 1
                high = self.class_atom()
                found.append(_span(low, high) if len(high) == 1 else low + "-" + high)
            else:
                found.append(low)
        chars = "".join(dict.fromkeys("".join(found)))
        chars = _without(chars) if negated else chars
        if not chars:
            raise UnsupportedPatternError("a character class is empty")
        return chars

    def class_atom(self) -> str:
        char = self.next()
        if char == "[" and self.take(":"):
            name = self.until(":]")
            return {"alpha": _LOWER + _UPPER, "digit": _DIGITS, "alnum": _WORD[:-1], "space": " ", "upper": _UPPER,
                    "lower": _LOWER, "punct": "-.,:;!?", "xdigit": "0123456789abcdef"}.get(name, _LOWER)  # fmt: skip
        if char != "\\":
            return char
        escaped = self.next()
        return "\b" if escaped == "b" else self.escaped(escaped)


def _without(chars: str) -> str:
    return "".join(c for c in _UNIVERSE if c not in chars)


def _span(low: str, high: str) -> str:
    """Return the characters from `low` to `high`; a long span is thinned, and common characters come first."""
    first, last = ord(low), ord(high)
    common = "".join(c for c in _UNIVERSE if first <= ord(c) <= last)
    step = max(1, (last - first) // 200)
    codes = (code for code in range(first, last + 1, step) if not 0xD800 <= code <= 0xDFFF)
    return common if len(common) >= 10 else common + "".join(chr(code) for code in codes if chr(code) not in common)


@lru_cache(maxsize=512)
def parse(source: str) -> Expression:
    """Return the parsed form of `source`; raises `UnsupportedPatternError`."""
    parser = _Parser(source)
    try:
        tree = parser.alternatives()
    except (ValueError, OverflowError) as error:
        raise UnsupportedPatternError(str(error)) from error
    if parser.at < len(source):
        raise UnsupportedPatternError("a closing parenthesis has no partner")
    ends = source.endswith("$") and not source.endswith("\\$")
    return Expression(tree, source.startswith("^"), ends, parser.wanted)


class _Drawing:
    """One pass over the tree that writes a text of about the wanted length."""

    def __init__(self, rng: Random, word: Callable[[str, int], str | None]) -> None:
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
    for wanted in (_LOWER + _UPPER + _DIGITS, _PRINTABLE):
        calm = "".join(c for c in chars if c in wanted)
        if calm:
            return calm
    return chars


def draw(
    expression: Expression, rng: Random, *, low: int, high: int, word: Callable[[str, int], str | None], wild: bool
) -> str:
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
        padding = "".join(rng.choices(_LOWER, k=low - len(text)))
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
