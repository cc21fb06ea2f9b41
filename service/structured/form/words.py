"""Names and values of an answer as safe HTML, for people who do not read JSON."""

from __future__ import annotations

import re
from datetime import date, datetime
from html import escape
from typing import Any
from urllib.parse import urlsplit

from service.structured.form.shape import Shape
from service.structured.words import Step, clean, shown, spelled

__all__ = ["MAX_DEPTH", "NOTHING", "label", "value_html"]

MAX_DEPTH = 12
"""Lists and objects deeper than this are told by their size."""

NOTHING = "—"
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:_[A-Za-z0-9]+)*")
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|_")
_ADDRESS = re.compile(r"(?:https?://|mailto:)[^\s<>\"]+")
_MAIL = re.compile(r"[^\s@:/?#<>\"]+@[^\s@:/?#<>\"]+")
# Not by strftime, which writes months in the machine's language.
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def label(step: Step) -> str:
    """Write a field's name as words: `unitPrice` and `unit_price` are both "Unit price"; items count from 1."""
    if isinstance(step, int):
        return f"{step + 1}."
    if not _NAME.fullmatch(step):
        return clean(step)
    words = [word if word.isupper() else word.lower() for word in _HUMP.split(step)]
    return " ".join([words[0][:1].upper() + words[0][1:], *words[1:]])


def value_html(value: Any, shape: Shape, depth: int = 0) -> str:
    """Return a value as safe HTML; what is inside lists and objects is drawn too, up to `MAX_DEPTH`.

    Args:
        value: What `json.loads` returns.
        shape: What the schema says about it.
        depth: How many lists and objects it stands in.
    """
    if isinstance(value, dict | list) and value and depth < MAX_DEPTH:
        return _object(value, shape, depth) if isinstance(value, dict) else _list(value, shape, depth)
    if shape.is_choice and value is not None:
        return f'<span class="orp-tag">{_words(value)}</span>'
    return _text(value, shape.format) if isinstance(value, str) else f"<span>{_words(value)}</span>"


def _object(value: dict[str, Any], shape: Shape, depth: int) -> str:
    pairs = (
        f"<div><dt>{escape(shape.child(name).title or label(name))}</dt>"
        f"<dd>{value_html(item, shape.child(name), depth + 1)}</dd></div>"
        for name, item in value.items()
    )
    return f'<dl class="orp-inner">{"".join(pairs)}</dl>'


def _list(value: list[Any], shape: Shape, depth: int) -> str:
    items = (f"<li>{value_html(item, shape.child(at), depth + 1)}</li>" for at, item in enumerate(value))
    return f'<ul class="orp-inner">{"".join(items)}</ul>'


def _words(value: Any) -> str:
    if value is None:
        return NOTHING
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, str):
        return escape(clean(value)) if value.strip() else "(empty text)"
    return escape(shown(value) if isinstance(value, dict | list) else spelled(value))


def _text(value: str, form: str) -> str:
    when = _when(value, form)
    if when is not None:
        raw = escape(clean(value))
        return f'<time datetime="{raw}" title="{raw}">{escape(when)}</time>'
    address = _address(value, form)
    if address is not None:
        href = escape(clean(address))
        return f'<a href="{href}" target="_blank" rel="noopener noreferrer nofollow">{_words(value)}</a>'
    return f'<span class="orp-text">{_words(value)}</span>'


def _when(value: str, form: str) -> str | None:
    """Write a date the way people do; `None` for what is none, or is not said to be one."""
    try:
        if form == "date":
            return _day(date.fromisoformat(value)) if len(value) == 10 else None
        if form == "date-time" and len(value) > 10:
            at = datetime.fromisoformat(value)
            zone = "" if at.tzinfo is None else " UTC" if not at.utcoffset() else f" {at:%z}"
            return f"{_day(at)}, {at:%H:%M}{f':{at:%S}' if at.second else ''}{zone}"
    except (ValueError, OverflowError):
        pass
    return None


def _day(day: date) -> str:
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def _address(value: str, form: str) -> str | None:
    """Return where a text leads, if it is nothing but the address of a web page or a mailbox."""
    if form in ("email", "idn-email") and _MAIL.fullmatch(value):
        return f"mailto:{value}"
    if len(value) > 2_000 or not _ADDRESS.fullmatch(value):
        return None
    try:
        parts = urlsplit(value)
    except ValueError:
        return None
    return value if parts.netloc or parts.scheme == "mailto" else None
