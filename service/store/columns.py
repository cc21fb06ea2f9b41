"""Column types that hold exactly what was put in, alike on SQLite and PostgreSQL."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from sqlalchemy import BigInteger, DateTime, Dialect, Text
from sqlalchemy.types import TypeDecorator

__all__ = ["ExactText", "Json", "Money", "UtcTime", "dump_json", "from_units", "to_units"]

UNITS = Decimal(10) ** 12
"""Money is kept in whole units of 10⁻¹² USD."""

MOST_UNITS = 2**63 - 1
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
_HALF_CHARACTER = re.compile("[\ud800-\udfff]")
_UNSTORABLE = re.compile("[\x00\x1b\ud800-\udfff]")
_ESCAPED = re.compile("\x1b([0-9a-f]{4})")


def to_units(amount: Decimal) -> int | None:
    """Return an amount in USD in units; `None` where it has no place (nine million dollars and more)."""
    if not amount.is_finite() or abs(amount) >= MOST_UNITS / UNITS:
        return None
    return int((amount * UNITS).to_integral_value(ROUND_HALF_EVEN))


def from_units(units: int) -> Decimal:
    """Return units in USD."""
    return (Decimal(units) / UNITS).normalize() if units else Decimal(0)


def dump_json(value: Any) -> str:
    """Return a value as compact JSON that has a UTF-8, half characters and NUL included.

    Raises:
        ValueError: It is nested too deeply.
    """
    try:
        text = _ENCODER.encode(value)
        if not text.isascii() and _HALF_CHARACTER.search(text):
            text = json.dumps(value, separators=(",", ":"))
    except RecursionError:
        raise ValueError("The value is nested too deeply.") from None
    return text


class UtcTime(TypeDecorator[datetime]):
    """A time that knows its zone; a naive one is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the time in UTC; SQLite has no zones, there it goes without saying."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time needs its zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the time in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Money(TypeDecorator[Decimal]):
    """An amount in USD, exact to 10⁻¹²; one that is too large to add up is kept as unknown."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        """Return whole units."""
        return None if value is None else to_units(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:
        """Return USD."""
        return None if value is None else from_units(int(value))


class Json(TypeDecorator[Any]):
    """A JSON value as text: PostgreSQL's own types refuse NUL, NaN and half characters, which answers do hold."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        """Return the JSON; `None` stays NULL."""
        return None if value is None else dump_json(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        """Return the value."""
        return None if value is None else json.loads(value)


class ExactText(TypeDecorator[str]):
    """A text that may hold what PostgreSQL and UTF-8 refuse: NUL and half characters are escaped."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Return the text with an escape character and four digits for each that has no place."""
        if value is None or not _UNSTORABLE.search(value):
            return value
        return _UNSTORABLE.sub(lambda found: f"\x1b{ord(found[0]):04x}", value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        """Return the text as it was."""
        if value is None or "\x1b" not in value:
            return value
        return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), value)
