"""The matrix as a table to read."""

from collections.abc import Mapping, Sequence

from tests.faults.matrix import Cell, Seen, differences
from tests.faults.table import Fault, Way

__all__ = ["render"]

Matrix = Mapping[Cell, Seen]

_HEADINGS = ("fault", "asked by", "ends as", "sent", "breaker", "text", "hint")
_WIDTHS = (34, 16, 26, 5, 13, 4, 30)
"""With two blanks between them, 140 columns."""

_NOTE = "sent, breaker: without / with retries. text: all that had arrived is kept."


def render(matrix: Matrix) -> str:
    """Return the table, ways that end alike in one line, and below it what is not as it should be."""
    faults: dict[Fault, dict[Way, list[tuple[Cell, Seen]]]] = {}
    for cell, seen in matrix.items():
        faults.setdefault(cell.fault, {}).setdefault(cell.way, []).append((cell, seen))
    wrong = {cell: found for cell, seen in matrix.items() if (found := differences(cell, seen))}
    rule = "  ".join("-" * width for width in _WIDTHS)
    rows = [_line((str(fault), *row)) for fault, ways in faults.items() for row in _rows(ways)]
    said = f"As the table says: {len(matrix) - len(wrong)} of {len(matrix)}"
    problems = [f"! {cell}: {each}" for cell, found in wrong.items() for each in found]
    return "\n".join([_line(_HEADINGS), rule, *rows, rule, _NOTE, said, *map(_cut, problems)])


def _rows(ways: Mapping[Way, Sequence[tuple[Cell, Seen]]]) -> list[tuple[str, ...]]:
    alike: dict[tuple[str, ...], list[str]] = {}
    for way, both in ways.items():
        alike.setdefault(_cells(both), []).append(way)
    return [("all" if len(names) == 3 else ", ".join(names), *cells) for cells, names in alike.items()]


def _cells(both: Sequence[tuple[Cell, Seen]]) -> tuple[str, ...]:
    seen = [found for _, found in both]
    outcomes = list(dict.fromkeys(each.outcome for each in seen))
    shown = outcomes[0] if len(outcomes) == 1 else " / ".join(name.removesuffix("Error") for name in outcomes)
    mark = "! " if any(differences(*each) for each in both) else ""
    return (
        mark + shown,
        " / ".join(str(each.attempts) for each in seen),
        " / ".join(dict.fromkeys(each.breaker for each in seen)),
        "all" if seen[0].text and seen[0].text == seen[0].written else "",
        seen[0].hint,
    )


def _line(cells: Sequence[str]) -> str:
    return "  ".join(_cut(cell, width).ljust(width) for cell, width in zip(cells, _WIDTHS, strict=True)).rstrip()


def _cut(text: str, width: int = 140) -> str:
    return text if len(text) <= width else f"{text[: width - 1]}…"
