"""What a measurement is made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

__all__ = ["QUICK", "Bench", "BrokenError", "Contender", "Measure", "Report", "Sizes", "check"]


class BrokenError(Exception):
    """A contender failed, or what it brought home is wrong: its figures say nothing."""


@dataclass(frozen=True)
class Sizes:
    """How much one process measures; the long answer is left out where it is 0."""

    chunks: int = 10_000
    streams: int = 2
    calls: int = 300
    batch: int = 200
    at_once: int = 50
    batch_ms: int = 300
    imports: int = 3
    stops: int = 20
    stored_runs: int = 100_000
    journalled: int = 60
    answer_chunks: int = 400
    answer_pause_ms: int = 2
    answer: int = 2_000
    long_answer: int = 8_000
    long_rounds: int = 1
    chats: Sequence[int] = (10, 200, 2_000)
    sessions: Sequence[int] = (50, 100)
    watched: int = 500
    soaked: int = 1_000
    soaked_at_once: int = 64
    documents: int = 200
    json_chars: int = 50_000
    json_pause_ms: int = 3


QUICK = Sizes(
    chunks=500,
    streams=1,
    calls=20,
    batch=20,
    at_once=5,
    batch_ms=50,
    imports=1,
    stops=3,
    stored_runs=2_000,
    journalled=5,
    answer_chunks=50,
    answer=300,
    long_answer=0,
    chats=(10, 60),
    sessions=(5,),
    watched=50,
    soaked=60,
    soaked_at_once=16,
    documents=20,
    json_chars=5_000,
)
"""Enough to see that everything runs; the figures mean little."""


@dataclass(frozen=True)
class Contender:
    """Who is measured, with what; `name` stands in the table.

    `module` of `bench.contenders` is run with the arguments, unless the measurement has a stage of its own.
    """

    name: str
    module: str = ""
    arguments: Sequence[object] = ()


@dataclass(frozen=True)
class Measure:
    """One figure that every contender reports.

    `goals` limits our figure: to so many times that of the contender named, or, under `""`, every one to so much.
    A figure below `floor` is impossible: something was left out.
    """

    name: str
    unit: str
    goals: Mapping[str, float] = field(default_factory=dict)
    floor: float = 0.0


@dataclass(frozen=True)
class Bench:
    """One measurement: ours and what one would take instead.

    `expected` is what every contender must bring home; whatever else they bring home must be the same for all.
    `turns` is how many processes of each contender a round takes. `most_rounds` is for what takes long, and
    `needs_warm_up` is false where a turn warms up what it measures.
    """

    title: str
    ours: Contender
    others: Sequence[Contender]
    measures: Sequence[Measure]
    expected: Mapping[str, Any] = field(default_factory=dict)
    turns: int = 1
    most_rounds: int | None = None
    needs_warm_up: bool = True

    @property
    def contenders(self) -> list[Contender]:
        return [*self.others, self.ours]


@dataclass(frozen=True)
class Report:
    """What one process of a contender printed: figures by measure, and what it brought home."""

    contender: str
    figures: Mapping[str, Sequence[float]]
    output: Mapping[str, Any]


def check(bench: Bench, reports: Sequence[Report]) -> None:
    """Refuse reports whose figures say nothing.

    Raises:
        BrokenError: Something was lost, contenders differ in what they read, or a figure is impossible.
    """
    for report in reports:
        who, found = f"{bench.title}: {report.contender}", {name: report.output.get(name) for name in bench.expected}
        if found != bench.expected:
            raise BrokenError(f"{who} should bring home {dict(bench.expected)}, but has {found}.")
        if report.output != reports[0].output:
            other = reports[0]
            raise BrokenError(f"{who} and {other.contender} differ: {report.output} and {other.output}.")
        for measure in bench.measures:
            if not report.figures.get(measure.name) or min(report.figures[measure.name]) < measure.floor:
                seen = report.figures.get(measure.name)
                raise BrokenError(f"{who} has {measure.name} {seen}, at least {measure.floor:g} {measure.unit} is due.")
