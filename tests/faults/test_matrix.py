"""Every fault of the simulator × chat, stream, structured × retries on, off ends as the table says."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from service.simulator import Simulator
from service.simulator.scenarios import SCENARIOS
from tests.faults.matrix import CELLS, Cell, Seen, differences, fill
from tests.faults.report import render
from tests.faults.table import FAULTS, HEALTHY

# The matrix is filled once, so its tests stay in one process.

PAGE = (Path(__file__).parents[2] / "docs" / "simulator.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def matrix() -> Iterator[Mapping[Cell, Seen]]:
    with Simulator(speed=0) as simulator:
        yield fill(simulator)


@pytest.mark.parametrize("cell", CELLS, ids=str)
def test_a_fault_ends_as_the_table_says(cell: Cell, matrix: Mapping[Cell, Seen]) -> None:
    """Class, hint, attempts, breaker, and not a letter lost of what had arrived."""
    assert differences(cell, matrix[cell]) == []


def test_no_scenario_is_missing() -> None:
    """Each goes wrong in the table, or is healthy."""
    assert {fault.model.partition(":")[0] for fault in FAULTS if fault.model.startswith("sim/")} | HEALTHY >= {
        scenario.id for scenario in SCENARIOS
    }


def documented_variants() -> list[str]:
    """The ids that docs/simulator.md names by their parameters, of those that have kinds, forms or a status."""
    found = []
    for model, cells in re.findall(r"^\| `(sim/[\w-]+)` \| .* \| (.*) \|$", PAGE, re.MULTILINE):
        if named := re.match(r"`(kind|form)=([\w-]+)`", cells):
            values = [named[2], *re.findall(r", `([\w-]+)`", cells)]
            found += [f"{model}:{named[1]}={value}" for value in values]
        elif cells.startswith("`status=`"):
            found += [f"{model}:status={value}" for value in re.findall(r"\d{3}", cells)]
    return found


def test_no_kind_of_a_scenario_is_missing() -> None:
    """As docs/simulator.md lists them."""
    assert len(documented_variants()) > 15
    assert sorted(set(documented_variants()) - {fault.model for fault in FAULTS}) == []


def test_the_printed_table_has_a_line_for_each_fault_and_fits_the_screen(matrix: Mapping[Cell, Seen]) -> None:
    """Not one is wider than 140 columns."""
    lines = render(matrix).splitlines()
    assert max(map(len, lines)) <= 140
    assert [str(fault) for fault in FAULTS if not any(line.startswith(str(fault)) for line in lines)] == []


def test_the_printed_table_says_what_is_not_as_it_should_be(matrix: Mapping[Cell, Seen]) -> None:
    """An error of another class is found, and named."""
    cell = next(cell for cell in CELLS if cell.fault.model == "sim/moderation")
    wrong = {cell: Seen("ProviderError", "Try again.", 3, 3, "open", "", "", "")}
    assert "outcome: 'ModerationError' is due, got 'ProviderError'" in render({**matrix, **wrong})
    assert "As the table says: 0 of 1" in render(wrong)
