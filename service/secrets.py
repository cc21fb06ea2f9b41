"""Find in a text what should not leave the machine: keys of known services, and personal data where that is asked for.

How keys look is from their services' own documentation, seen 2026-10; a key without a form of its own, such as a
password, is not found.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import Literal

__all__ = ["Found", "PersonalData", "find_secrets", "mask_secrets", "may_hold_token"]

PersonalData = Literal["emails", "phones", "cards"]

# Neither inside a word nor inside base64, where anything may stand by chance.
_BEFORE, _BEHIND = r"(?<![A-Za-z0-9+/_-])", r"(?![A-Za-z0-9+/])"

_KEYS = {
    "an OpenRouter key": r"sk-or-v1-[A-Za-z0-9]{16,}",
    "an Anthropic key": r"sk-ant-[A-Za-z0-9_-]{16,}",
    "an OpenAI key": r"sk-(?=[A-Za-z_-]*[0-9])[A-Za-z0-9_-]{20,}",
}
_TOKENS = {
    "an AWS access key": r"(?:AKIA|ASIA)[0-9A-Z]{16}",
    "a GitHub token": r"(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{22,})",
    "a GitLab token": r"glpat-[A-Za-z0-9_-]{20,}",
    "a Google API key": r"AIza[0-9A-Za-z_-]{35}",
    "a Slack token": r"xox[abeoprs]-[0-9A-Za-z-]{10,}",
    "a Hugging Face token": r"hf_[A-Za-z0-9]{30,}",
    "a Groq key": r"gsk_[A-Za-z0-9]{40,}",
    "a Stripe key": r"[rs]k_live_[A-Za-z0-9]{16,}",
    "a signed token (JWT)": r"eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}",
}
_PRIVATE_KEY = re.compile(
    r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY-----(?:.*?-----END (?:[A-Z0-9]+ )*PRIVATE KEY-----|.*)", re.DOTALL
)
_SHORTEST_KEY = 8
"""A local server takes any word for a key; a shorter one stands anywhere by chance."""

_STARTS = (
    *("AKIA", "ASIA", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "glpat-", "AIza", "xox", "hf_", "gsk_"),
    *("k_live_", "eyJ", "PRIVATE KEY"),
)
_FORMS = {kind: re.compile(f"{_BEFORE}{form}{_BEHIND}") for kind, form in (_KEYS | _TOKENS).items()}

_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24}(?![\w-])")
_PHONE = re.compile(
    r"(?<![\w.+])(?:(?:\+\d|\(?0\d)(?:[ ()./-]{0,2}\d){7,13}|\(?[2-9]\d\d\)?[ .-]\d{3}[ .-]\d{4})(?![\w.]?\d|\w)"
)
_CARD = re.compile(r"(?<![\w.])\d(?:[ -]?\d){12,18}(?!\w)")


@dataclass(frozen=True, slots=True)
class Found:
    """Something in a text that should perhaps not be sent.

    Attributes:
        kind: What it looks like: "an OpenAI key", "an e-mail address" …
        start, end: Where it stands.
        shown: How it may be shown: `…abcd`, or what it is in brackets.
    """

    kind: str
    start: int
    end: int
    shown: str


def find_secrets(text: str, personal: Collection[PersonalData] = (), own: Collection[str] = ()) -> list[Found]:
    """Return the keys in a text, and the given kinds of personal data, by their places; none overlaps another.

    Args:
        text: What is looked at.
        personal: Kinds of personal data.
        own: Keys that are found whatever they look like, from eight characters on.
    """
    found: list[Found] = []
    taken = 0
    every = (*_keys_in(text), *_own_keys_in(text, own), *_personal_data_in(text, personal))
    for one in sorted(every, key=lambda one: (one.start, -one.end)):
        if one.start >= taken:
            found.append(one)
            taken = one.end
    return found


def mask_secrets(text: str, found: Collection[Found]) -> str:
    """Return a text with what was found in it replaced by what may be shown."""
    out, place = [], 0
    for one in found:
        out += [text[place : one.start], one.shown]
        place = one.end
    return "".join([*out, text[place:]])


def may_hold_token(text: str) -> bool:
    """Whether it is worth looking closely for keys that do not begin with `sk-`."""
    return any(start in text for start in _STARTS)


def _keys_in(text: str) -> Iterator[Found]:
    if may_hold_token(text):
        for match in _PRIVATE_KEY.finditer(text):
            yield Found("a private key", match.start(), match.end(), "[private key]")
    forms = _FORMS if may_hold_token(text) else {kind: _FORMS[kind] for kind in _KEYS}
    for kind, form in forms.items():
        for match in form.finditer(text):
            yield Found(kind, match.start(), match.end(), f"…{match[0][-4:]}")


def _own_keys_in(text: str, own: Collection[str]) -> Iterator[Found]:
    for key in own:
        if len(key) >= _SHORTEST_KEY:
            for match in re.finditer(re.escape(key), text):
                yield Found("the key that this app uses", match.start(), match.end(), f"…{key[-4:]}")


def _personal_data_in(text: str, personal: Collection[PersonalData]) -> Iterator[Found]:
    forms: dict[PersonalData, tuple[re.Pattern[str], str, str, Callable[[str], bool]]] = {
        "emails": (_EMAIL, "an e-mail address", "[e-mail]", bool),
        "cards": (_CARD, "a card number", "[card]", _is_card),
        "phones": (_PHONE, "a phone number", "[phone]", bool),
    }
    for name, (form, kind, shown, is_one) in forms.items():
        if name in personal:
            for match in form.finditer(text):
                if is_one(match[0]):
                    yield Found(kind, match.start(), match.end(), shown)


def _is_card(text: str) -> bool:
    """Whether the last digit is what Luhn's formula makes of the others, as on every card."""
    digits = [int(character) for character in reversed(text) if character.isdigit()]
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[1::2]]
    return len(set(digits)) > 1 and (sum(digits[::2]) + sum(doubled)) % 10 == 0
