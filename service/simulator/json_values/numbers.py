"""Numbers within limits, with few decimals."""

from __future__ import annotations

from fractions import Fraction
from math import ceil, floor, lcm
from random import Random

from service.simulator.json_values.constraints import Constraints, ContradictionError, exact, number
from service.simulator.json_values.naming import Hint
from service.simulator.json_values.quantities import usual_range

_DEFAULT = (1.0, 100.0, 2)


def common_step(steps: list[Fraction]) -> Fraction | None:
    """Return the smallest number that is a multiple of all `steps`."""
    if not steps:
        return None
    bottom = lcm(*(step.denominator for step in steps))
    return Fraction(lcm(*(int(step * bottom) for step in steps)), bottom)


def draw_number(found: Constraints, hint: Hint, rng: Random, *, whole: bool, turn: int) -> float:
    """Return a number for `found`; `turn` counts the earlier ones that were not wanted.

    Raises `ContradictionError` where the limits and the steps leave none.
    """
    steps = [*found.steps, Fraction(1)] if whole else found.steps
    step = common_step(steps)
    if step is None:
        step = _fine_step(found, hint, turn)
    low, high = _multiples(found, step)
    if low is not None and high is not None and low > high:
        if found.steps or whole:
            raise ContradictionError(found.pointer, _nothing_between(found, step, whole))
        value = (_edge(found.low) + _edge(found.high)) / 2
        return _plain(value, whole)
    wanted = _wanted(found, hint, rng)
    count = round(wanted / step)
    if turn and low is not None and high is not None:
        count = low + (max(hint.turn, 0) + turn) % (high - low + 1)
    elif turn:
        count += (turn + 1) // 2 * (1 if turn % 2 else -1)
    count = count if low is None else max(low, count)
    count = count if high is None else min(high, count)
    return _plain(count * step, whole)


def _edge(limit: Fraction | None) -> Fraction:
    return limit if limit is not None else Fraction(0)


def _fine_step(found: Constraints, hint: Hint, turn: int) -> Fraction:
    """Return the step of a free decimal: 0.01 or coarser, finer only where the limits are close together."""
    decimals = (usual_range(hint) or _DEFAULT)[2]
    step = Fraction(1, 10**decimals)
    if found.low is not None and found.high is not None:
        while step > (found.high - found.low) / 4 and step > Fraction(1, 10**12) and found.high > found.low:
            step /= 10
    return step * Fraction(1, 10 ** min(turn // 8, 6))


def _multiples(found: Constraints, step: Fraction) -> tuple[int | None, int | None]:
    low = high = None
    if found.low is not None:
        low = ceil(found.low / step)
        low += 1 if found.low_open and low * step == found.low else 0
    if found.high is not None:
        high = floor(found.high / step)
        high -= 1 if found.high_open and high * step == found.high else 0
    return low, high


def _wanted(found: Constraints, hint: Hint, rng: Random) -> Fraction:
    """Return a number from the usual range of the field where that lies within the limits, else from the limits."""
    start, end, _ = usual_range(hint) or _DEFAULT
    low = exact(start) if found.low is None else max(found.low, exact(start))
    high = exact(end) if found.high is None else min(found.high, exact(end))
    if low > high:
        low, high = _span(found)
    return low + (high - low) * Fraction(rng.randrange(1, 1000), 1000)


def _span(found: Constraints) -> tuple[Fraction, Fraction]:
    if found.low is not None and found.high is not None:
        return found.low, found.high
    if found.low is not None:
        return found.low, found.low + max(abs(found.low) / 10, Fraction(100))
    high = _edge(found.high)
    return high - max(abs(high) / 10, Fraction(100)), high


def _plain(value: Fraction, whole: bool) -> float:
    if value.denominator == 1:
        return int(value)
    if whole:
        return floor(value)
    try:
        return float(value)
    except OverflowError:
        return int(value)


def _nothing_between(found: Constraints, step: Fraction, whole: bool) -> str:
    what = "whole number" if whole and step == 1 else f"multiple of {number(step)}"
    return f"no {what} lies between its limits {number(_edge(found.low))} and {number(_edge(found.high))}"
