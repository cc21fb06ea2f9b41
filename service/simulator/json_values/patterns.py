"""Reads regular expressions, in the subset of ECMA-262 that schemas use.

The result is a small tree in which every node knows the shortest and the longest text it stands for. Look-arounds are
left out of it; what positive look-aheads ask for is kept beside it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

UNBOUNDED = 1 << 20
"""Stands for "no upper limit"; longer texts are never drawn."""

LOWER = "abcdefghijklmnopqrstuvwxyz"
UPPER = LOWER.upper()
DIGITS = "0123456789"
_WORD = LOWER + UPPER + DIGITS + "_"
_PUNCTUATION = "-.,:;!?'()/+*=@#$%&<>[]{}\"\\|~^`"
PRINTABLE = _WORD + " " + _PUNCTUATION
_ACCENTED = "éüñçøæßπλдяا中日"
_UNIVERSE = PRINTABLE + "\t\n\r\f\v\0" + "\u00a0\u2028" + _ACCENTED
_CLASSES = {"d": DIGITS, "w": _WORD, "s": " \t\n\r\f\v\u00a0\u2028"}
_CONTROLS = {"t": "\t", "n": "\n", "r": "\r", "f": "\f", "v": "\v", "0": "\0"}
_MAX_DEPTH = 60
_MAX_NODES = 5_000


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
        "L": LOWER + UPPER, "Letter": LOWER + UPPER, "Alphabetic": LOWER + UPPER, "ASCII": PRINTABLE,
        "Lu": UPPER, "Uppercase_Letter": UPPER, "Uppercase": UPPER, "Ll": LOWER, "Lowercase_Letter": LOWER,
        "Lowercase": LOWER, "N": DIGITS, "Nd": DIGITS, "Number": DIGITS, "digit": DIGITS,
        "Decimal_Number": DIGITS, "P": "-.,:;!?", "Punctuation": "-.,:;!?", "S": "+=$", "Symbol": "+=$", "Sc": "$€£",
        "Z": " ", "Zs": " ", "Separator": " ", "M": "\u0301", "Latin": LOWER + UPPER, "Greek": "αβγδελπσω",
        "Cyrillic": "абвгдеклмн", "Han": "中日本文字", "Hiragana": "あいうえお", "Katakana": "アイウエオ",
        "Arabic": "ابتث", "Hebrew": "אבגד", "Emoji": "😀🎉🚀", "Emoji_Presentation": "😀🎉🚀", "Any": PRINTABLE,
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
            return self.letters(PRINTABLE)
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
            self.until(">")
            return str(self.groups)
        flags = ""
        while not self.peek(":") and not self.peek(")"):
            flags += self.next()
        self.ignore_case = "i" in flags.partition("-")[0] or self.ignore_case
        self.take(":")
        return ""

    def escape(self) -> Piece:
        char = self.next()
        if char in "bB":
            return _NOTHING
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
            return {"alpha": LOWER + UPPER, "digit": DIGITS, "alnum": _WORD[:-1], "space": " ", "upper": UPPER,
                    "lower": LOWER, "punct": "-.,:;!?", "xdigit": "0123456789abcdef"}.get(name, LOWER)  # fmt: skip
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
