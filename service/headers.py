"""Extra headers of a request: which may be sent, and how they go together with those the service sends itself.

They are stored with the run and shown with its request, so nothing that is a key may be among them: neither under a
name that keys have, nor as a value that looks like one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from service.redact import redact_text
from service.secrets import find_secrets

__all__ = ["checked_headers", "may_name_secret", "merged_headers", "with_known_spelling"]

MAX_HEADERS = 32
MAX_VALUE_CHARS = 2_000
"""Together with the others they stay below the 64 KB and less that servers read."""

_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}")
_VALUE = re.compile(r"[!-~](?:[ -~]*[!-~])?")
_NAME_IN_TEXT = re.compile(r"([!#$%&*+.^_|~0-9A-Za-z-]+)[\"'`\s]*:")
_OF_CONNECTION = frozenset(
    {"accept", "accept-encoding", "connection", "expect", "host", "keep-alive", "range", "te", "trailer"}
    | {"transfer-encoding", "upgrade"}
)
_OF_CONNECTION_BEGIN = ("content-", "proxy-connection", "sec-websocket-")
_OF_SERVICE = frozenset({"user-agent", "x-correlation-id"})
_OF_SERVICE_BEGIN = ("x-stainless-",)
_NO_SECRETS = frozenset({"idempotency-key"})
_SECRET_WORDS = frozenset({"auth", "jwt", "key", "keys", "pass", "pat", "pwd", "signature", "token"})
_SECRET_PARTS = re.compile(
    r"apikey|accesskey|authenticat|authoriz|authtoken|accesstoken|cookie|credential|passw|secret"
)


def checked_headers(value: Any) -> dict[str, str]:
    """Return extra headers as a dict of their own.

    Raises:
        ValueError: One of them cannot be sent; the sentence says what to do and repeats no value.
    """
    if not isinstance(value, Mapping):
        raise ValueError('extra headers are an object of names and texts, such as {"X-Team": "blue"}')
    if len(value) > MAX_HEADERS:
        raise ValueError(f"extra headers may be {MAX_HEADERS} at most, got {len(value)}; leave some out")
    seen: set[str] = set()
    for name, text in value.items():
        if fault := _name_fault(name) or _value_fault(name, text):
            raise ValueError(fault)
        if name.lower() in seen:
            raise ValueError(f"{name}: stands there twice, in capital and in small letters; keep one of them")
        seen.add(name.lower())
    return dict(value)


def merged_headers(first: Mapping[str, str], over: Mapping[str, str]) -> dict[str, str]:
    """Return both; where they name the same header, whatever its capitals, that of `over` counts."""
    named = {name.lower() for name in over}
    return {**{name: value for name, value in first.items() if name.lower() not in named}, **over}


def with_known_spelling(headers: Mapping[str, str], known: Mapping[str, Any]) -> dict[str, str]:
    """Return headers spelled as in `known`, so that they take the place of those there instead of standing beside."""
    spelling = {name.lower(): name for name in known}
    # OpenRouter's older name of the same header.
    spelling["x-title"] = "X-OpenRouter-Title"
    return {spelling.get(name.lower(), name): value for name, value in headers.items()}


def may_name_secret(text: str) -> bool:
    """Whether a text, which may be half-typed JSON, names a header that holds a key, or holds what looks like one."""
    return redact_text(text) != text or any(_is_secret(name) for name in _NAME_IN_TEXT.findall(text))


def _name_fault(name: Any) -> str | None:
    shown = redact_text(name)[:100] if isinstance(name, str) else str(name)
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        return f"{shown!r}: a header's name has letters, digits and dashes, and no blanks"
    lower = name.lower()
    if shown != name or _is_secret(name):
        return (
            f"{shown}: headers that hold keys, passwords or cookies are not sent as extra headers, which are stored "
            "and shown with the request. Take it out: a key belongs in OPENROUTER_API_KEY or under Connection"
        )
    if lower in _OF_CONNECTION or lower.startswith(_OF_CONNECTION_BEGIN):
        return f"{name}: the connection sets this header itself; take it out"
    if lower in _OF_SERVICE or lower.startswith(_OF_SERVICE_BEGIN):
        return f"{name}: this app sets this header itself, so that its requests can be found again; take it out"
    return None


def _value_fault(name: str, value: Any) -> str | None:
    if not isinstance(value, str):
        return f"{name}: the value must be a text; put it in double quotes"
    if len(value) > MAX_VALUE_CHARS:
        return f"{name}: the value may have {MAX_VALUE_CHARS:,} characters, got {len(value):,}; shorten it"
    if not _VALUE.fullmatch(value):
        return f"{name}: the value must be one line of plain letters, without accents and without blanks at its ends"
    if redact_text(value) != value:
        found = find_secrets(value)
        what = found[0].kind if found else "a key or a password"
        return (
            f"{name}: the value looks like {what}. Extra headers are stored and shown with the request, so it is not "
            "sent; take it out"
        )
    return None


def _is_secret(name: str) -> bool:
    """Whether a header of this name holds a key, a password or a cookie."""
    lower = name.lower()
    words = set(re.split(r"[^a-z0-9]+", lower))
    joined = re.sub(r"[^a-z0-9]+", "", lower)
    return lower not in _NO_SECRETS and bool(words & _SECRET_WORDS or _SECRET_PARTS.search(joined))
