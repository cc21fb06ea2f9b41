"""How far what is seen of an answer is behind what was sent of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bench.text import compact

__all__ = ["in_letters", "largest_lag"]

Growth = Sequence[tuple[float, int]]
"""Moments in seconds, in order, each with how much there was by then."""


def in_letters(sent: Iterable[tuple[float, int]], text: str) -> Growth:
    """Return what was sent counted in letters and digits, as a page shows them, and not in characters of Markdown."""
    return [(at, len(compact(text[:length]))) for at, length in sent]


def largest_lag(sent: Growth, seen: Growth) -> float:
    """Return for how many seconds at most something that had been sent was not seen, from the first sight of it on."""
    largest, place = 0.0, 0
    known = seen[0][1]
    for at, length in seen[1:]:
        while place < len(sent) and sent[place][1] <= known:
            place += 1
        if place < len(sent):
            largest = max(largest, at - sent[place][0])
        known = length
    return largest
