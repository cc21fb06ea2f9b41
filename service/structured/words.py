"""Plain words for values, types, formats and places, for people who do not read JSON Schema."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from typing import Any, Final

__all__ = [
    "FORMATS",
    "TYPES",
    "clean",
    "either",
    "json_type",
    "one_of",
    "place",
    "plural",
    "shortened",
    "shown",
    "spelled",
]

Step = str | int

MAX_SHOWN = 60
"""The longest value quoted in a message, in characters."""

TYPES: Final = {
    "string": "text",
    "number": "a number",
    "integer": "a whole number",
    "boolean": "true or false",
    "null": "null",
    "array": "a list",
    "object": "an object",
}

FORMATS: Final = {
    "date-time": "a date and time like 2024-12-31T14:30:00Z",
    "date": "a date like 2024-12-31",
    "time": "a time like 14:30:00Z",
    "duration": "a duration like P3D (three days)",
    "email": "an e-mail address",
    "idn-email": "an e-mail address",
    "hostname": "a host name like www.example.com",
    "idn-hostname": "a host name like www.example.com",
    "ipv4": "an IPv4 address like 192.0.2.1",
    "ipv6": "an IPv6 address like 2001:db8::1",
    "uri": "a web address like https://example.com",
    "iri": "a web address like https://example.com",
    "uri-reference": "a web address or a part of one",
    "iri-reference": "a web address or a part of one",
    "uri-template": "a web address with placeholders like /users/{id}",
    "uuid": "a UUID like 123e4567-e89b-12d3-a456-426614174000",
    "json-pointer": "a JSON pointer like /items/0",
    "relative-json-pointer": "a relative JSON pointer like 1/items",
    "regex": "a regular expression",
}

_PLAIN_NAME = re.compile(r"[^\W\d][\w$-]*|\$[\w$-]+")
_MANY_DIGITS = 10**MAX_SHOWN


def place(path: Iterable[Step]) -> str:
    """Write a path the way people do: `items[2].price`, `["odd name"]`; `""` for the whole value."""
    written = ""
    for step in path:
        if isinstance(step, int):
            written += f"[{step}]"
        elif _PLAIN_NAME.fullmatch(step):
            written += f".{shortened(step)}" if written else shortened(step)
        else:
            written += f"[{_quoted(step)}]"
    return clean(written)


def shown(value: Any) -> str:
    """Show what was found: texts and numbers as they are, lists and objects by their size."""
    if isinstance(value, dict):
        return f"an object with {plural(len(value), 'field')}" if value else "an empty object"
    if isinstance(value, list | tuple):
        return f"a list of {plural(len(value), 'item')}" if value else "an empty list"
    return spelled(value)


def spelled(value: Any) -> str:
    """Spell a value out as JSON, shortened."""
    if isinstance(value, str):
        return clean(_quoted(value))
    if isinstance(value, int) and abs(value) >= _MANY_DIGITS:
        return f"a number of about {int(value.bit_length() * 0.30103) + 1:,} digits"
    try:
        return clean(shortened(json.dumps(value, ensure_ascii=False, default=str)))
    except (ValueError, RecursionError):
        return "a very large value"


def _quoted(text: str) -> str:
    return json.dumps(shortened(text), ensure_ascii=False)


def shortened(text: str, limit: int = MAX_SHOWN) -> str:
    """Cut a text at `limit` characters, with an ellipsis."""
    return text if len(text) <= limit else text[: limit - 1] + "…"


def either(words: Sequence[str]) -> str:
    """Join alternatives: `a`, `a or b`, `a, b or c`; each is said once."""
    unique = list(dict.fromkeys(words))
    return unique[0] if len(unique) == 1 else f"{', '.join(unique[:-1])} or {unique[-1]}"


def one_of(options: Sequence[Any], at_most: int = 12) -> str:
    """Say which values are possible: `"a"`, or `one of "a", "b" or "c"`; a long list is cut."""
    words = list(dict.fromkeys(spelled(option) for option in options))
    if len(words) in (1, 2):
        return either(words)
    if len(words) > at_most:
        kept = words[: at_most - 2]
        return f"one of {', '.join(kept)} or {len(words) - len(kept):,} others"
    return f"one of {either(words)}" if words else "one of no values at all"


def plural(count: int, noun: str) -> str:
    """Count a noun: `1 item`, `2 items`."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def json_type(value: Any) -> str:
    """Name the JSON type of a value; whole numbers are `number` too."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, str):
        return "string"
    if isinstance(value, dict):
        return "object"
    return "array" if isinstance(value, list | tuple) else "number"


def clean(text: str) -> str:
    """Replace halves of surrogate pairs, which JSON may escape but nobody can store or send."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text
