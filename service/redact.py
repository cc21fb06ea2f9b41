"""Keep keys out of everything that is shown, logged or raised."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

from service.secrets import PersonalData, find_secrets, mask_secrets, may_hold_token

__all__ = ["KeysInUse", "Redactor", "Secret", "mask_key", "may_hold_secret", "redact", "redact_text"]

_KEY = re.compile(r"\bsk-[A-Za-z0-9_\-]{8,}")
_BEARER = re.compile(r"(?i)\b(bearer\s+)([A-Za-z0-9._~+/\-]{8,}=*)")
_URL_USER = re.compile(r"(?i)\b([a-z][a-z0-9+.\-]*://)[^/\s@'\"]+@")
_SECRET_NAMES = frozenset({"authorization", "api_key", "api-key", "apikey", "x-api-key", "key", "token", "user_id"})
_ACCOUNT_NAMES = frozenset({"user_id", "creator_user_id"})
_LONG_TEXT = 200


def _told_by(secret: str) -> int:
    """Return how many characters of a secret give it away: half of them, and not a mere word."""
    return max(12, (len(secret) + 1) // 2)


def _without(text: str, secret: str) -> str:
    """Return a text without a secret, and without its beginning where the text was cut off in the middle of it."""
    text = text.replace(secret, mask_key(secret))
    begin = secret[: _told_by(secret)]
    while begin != secret and (at := text.find(begin)) >= 0:
        alike = takewhile(lambda pair: pair[0] == pair[1], zip(text[at:], secret, strict=False))
        text = f"{text[:at]}…{text[at + len(list(alike)) :]}"
    return text


def mask_key(key: str) -> str:
    """Return a key as it may be shown: an ellipsis and its last four characters (`…abcd`)."""
    return f"…{key[-4:]}" if len(key) > 8 else "…"


def redact_text(text: str, *secrets: str) -> str:
    """Mask everything in a text that looks like a key, and the given secrets of eight characters and more."""
    for secret in secrets:
        # Local servers take any word for a key; "ollama" is no secret, and masking it would garble sentences.
        if len(secret) >= 8:
            text = _without(text, secret)
    text = _URL_USER.sub(r"\1…@", text)
    text = _BEARER.sub(lambda found: found[1] + mask_key(found[2]), text)
    text = _KEY.sub(lambda found: mask_key(found[0]), text)
    return mask_secrets(text, find_secrets(text)) if may_hold_token(text) else text


def may_hold_secret(text: str, *secrets: str) -> bool:
    """Whether `redact_text` may change something, found out faster than by doing it."""
    if "sk-" in text or "@" in text or "bearer" in text.lower() or may_hold_token(text):
        return True
    return any(secret[: _told_by(secret)] in text for secret in secrets)


@dataclass(frozen=True)
class Redactor:
    """What logs and traces are cleaned with: keys always go, personal data where that is asked for."""

    personal: tuple[PersonalData, ...] = ()
    secrets: Sequence[str] = ()

    def text(self, text: str) -> str:
        """Return a text as it may be written down."""
        text = redact_text(text, *self.secrets)
        return mask_secrets(text, find_secrets(text, self.personal)) if self.personal else text

    def value(self, value: Any) -> Any:
        """Return a copy of a JSON value as it may be written down, without account ids."""
        return _each_text(redact(value, *self.secrets), self.text)


class KeysInUse(Sequence[str]):
    """The keys that are in use whenever this is read: browser sessions bring theirs and take them away.

    Args:
        find: Returns them.
    """

    def __init__(self, find: Callable[[], Sequence[str]]) -> None:
        self._find = find

    def __len__(self) -> int:
        return len(self._find())

    def __getitem__(self, place: Any) -> Any:
        return self._find()[place]

    def __iter__(self) -> Iterator[str]:
        return iter(self._find())

    def __repr__(self) -> str:
        return f"KeysInUse({len(self)})"


def redact(value: Any, *secrets: str, shorten: bool = False) -> Any:
    """Return a copy of a JSON value with keys masked and account ids dropped; `shorten` also cuts long texts.

    Values under a name such as `Authorization`, `api_key` or `token` are masked whatever they look like;
    what names the account (OpenRouter's `user_id`) goes altogether.
    """
    if isinstance(value, str):
        text = redact_text(value, *secrets)
        return f"{text[:_LONG_TEXT]}… ({len(text):,} characters)" if shorten and len(text) > _LONG_TEXT else text
    if isinstance(value, Mapping):
        return {
            name: mask_key(str(item)) if _is_secret(name, item) else redact(item, *secrets, shorten=shorten)
            for name, item in value.items()
            if name not in _ACCOUNT_NAMES
        }
    if isinstance(value, list | tuple):
        return [redact(item, *secrets, shorten=shorten) for item in value]
    return value


def _each_text(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, Mapping):
        return {name: _each_text(item, change) for name, item in value.items()}
    return [_each_text(item, change) for item in value] if isinstance(value, list | tuple) else value


def _is_secret(name: object, value: object) -> bool:
    return isinstance(value, str) and str(name).lower() in _SECRET_NAMES


class Secret(str):
    """A text that compares and concatenates as itself and shows only its last four characters.

    `str()`, `repr()` and f-strings give the mask; `reveal()` gives the value.
    """

    __slots__ = ()

    def reveal(self) -> str:
        """Return the value itself."""
        return str.__str__(self)

    def __str__(self) -> str:
        return mask_key(str.__str__(self)) if self else ""

    def __repr__(self) -> str:
        return f"Secret({str(self)!r})"

    def __format__(self, spec: str) -> str:
        return format(str(self), spec)
