"""Figures to rows: median, spread, ratio to a baseline, and whether a goal is met."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

__all__ = ["Row", "render"]

_HEADINGS = ("contender", "measure", "median", "min – max", "ratio", "min – max", "to", "goal", "met")


@dataclass(frozen=True)
class Row:
    """One contender's figures for one measure.

    With a baseline the goal limits the ratio to it, without one the worst figure. Figures and baseline are in the
    order of their taking: what stands at the same place was measured right after one another.
    """

    contender: str
    measure: str
    unit: str
    figures: Sequence[float]
    baseline: str = ""
    baseline_figures: Sequence[float] = ()
    goal: float | None = None

    @property
    def median(self) -> float:
        return median(self.figures)

    @property
    def ratios(self) -> list[float]:
        """What each figure is of its neighbour, so that a machine that slows down slows both."""
        if not self.baseline:
            return []
        pairs = zip(self.figures, self.baseline_figures, strict=True)
        return [own / other if other else math.inf for own, other in pairs]

    @property
    def ratio(self) -> float | None:
        return median(self.ratios) if self.baseline else None

    @property
    def is_met(self) -> bool | None:
        """Whether the goal is met; `None` where there is none."""
        if self.goal is None:
            return None
        return (max(self.figures) if self.ratio is None else self.ratio) <= self.goal

    def cells(self) -> tuple[str, ...]:
        unit = f" {self.unit}"
        ratio = "" if self.ratio is None else f"{self.ratio:.2f}"
        goal = (
            "" if self.goal is None else f"≤ {self.goal:.2f}" if self.baseline else f"all ≤ {_figure(self.goal)}{unit}"
        )
        met = {None: "", True: "yes", False: "NO"}[self.is_met]
        spread = _spread(self.figures, _figure)
        ratios = _spread(self.ratios, "{:.2f}".format) if self.baseline else ""
        return (
            self.contender,
            self.measure,
            _figure(self.median) + unit,
            spread,
            ratio,
            ratios,
            self.baseline,
            goal,
            met,
        )


def render(rows: Sequence[Row]) -> str:
    """Return the rows as a table that is also Markdown."""
    cells = [_HEADINGS, *(row.cells() for row in rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = ["| " + " | ".join(map(str.ljust, line, widths)) + " |" for line in cells]
    rule = "|" + "|".join("-" * (width + 2) for width in widths) + "|"
    return "\n".join([lines[0], rule, *lines[1:]])


def _spread(figures: Sequence[float], form: Callable[[float], str]) -> str:
    return f"{form(min(figures))} – {form(max(figures))}"


def _figure(value: float) -> str:
    """Write three digits, as many as such a measurement carries."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"
