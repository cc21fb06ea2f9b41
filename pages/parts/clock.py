"""Times as their reader's clock shows them."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import streamlit as st

__all__ = ["moment", "reader_zone", "spoken"]


def moment(at: datetime) -> str:
    """Say when something was, on the reader's clock: "Today, 14:05"."""
    return spoken(at, datetime.now(UTC), reader_zone())


def reader_zone() -> tzinfo:
    """Return the time zone of the reader's browser; UTC where it does not tell."""
    try:
        return ZoneInfo(st.context.timezone or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        return UTC


def spoken(at: datetime, now: datetime, zone: tzinfo) -> str:
    """Say when something was as people do: today and yesterday by name, else by date."""
    at, now = at.astimezone(zone), now.astimezone(zone)
    days = (now.date() - at.date()).days
    if days in (0, 1):
        return f"{('Today', 'Yesterday')[days]}, {at:%H:%M}"
    return f"{at.day} {at:%b}, {at:%H:%M}" if at.year == now.year else f"{at.day} {at:%b %Y}, {at:%H:%M}"
