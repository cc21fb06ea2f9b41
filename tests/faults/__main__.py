"""Print the matrix of faults: `python -m tests.faults`."""

import sys

from service.simulator import Simulator
from tests.faults.matrix import differences, fill
from tests.faults.report import render


def main() -> int:
    """Return 1 when something is not as the table says."""
    with Simulator(speed=0) as simulator:
        matrix = fill(simulator)
    print(render(matrix))
    return int(any(differences(cell, seen) for cell, seen in matrix.items()))


if __name__ == "__main__":
    sys.exit(main())
