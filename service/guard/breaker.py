"""A circuit breaker for each key and model, so that one that fails for good is not asked again and again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from service.errors import CircuitOpenError, OpenRouterError

__all__ = ["BreakerState", "Breakers"]

BreakerState = Literal["closed", "open", "half_open"]


@dataclass
class _Circuit:
    failures: int = 0
    opened_at: float | None = None
    probing: bool = False


class Breakers:
    """Circuits by (key, model); only transient failures count, and any success closes the circuit.

    After `cooldown` seconds an open circuit lets one request through as a probe.
    """

    def __init__(self, *, threshold: int, cooldown: float, clock: Callable[[], float]) -> None:
        self._threshold = threshold
        self._cooldown = cooldown
        self._clock = clock
        self._circuits: dict[tuple[str, str], _Circuit] = {}

    def state(self, key: str, model: str) -> BreakerState:
        """Return the state of a circuit."""
        circuit = self._circuits.get((key, model))
        if circuit is None or circuit.opened_at is None:
            return "closed"
        return "half_open" if circuit.probing or self._wait(circuit) <= 0 else "open"

    def check(self, key: str, model: str) -> None:
        """Let a request through, or refuse it.

        Raises:
            CircuitOpenError: The circuit is open, or its one probe is under way; `retry_after` says for how long.
        """
        circuit = self._circuits.get((key, model))
        if circuit is None or circuit.opened_at is None:
            return
        wait = self._wait(circuit)
        if wait > 0 or circuit.probing:
            raise CircuitOpenError(
                f"{model} failed {circuit.failures} times in a row; the next try is in {max(wait, 0):.0f} s.",
                retry_after=max(wait, 0.0),
            )
        circuit.probing = True

    def record(self, key: str, model: str, error: OpenRouterError | None) -> None:
        """Note how a request that was let through ended; `None` for a success."""
        if error is None:
            self._circuits.pop((key, model), None)
        elif not error.retryable:
            self.leave(key, model)
        else:
            circuit = self._circuits.setdefault((key, model), _Circuit())
            circuit.failures += 1
            circuit.probing = False
            if 0 < self._threshold <= circuit.failures:
                circuit.opened_at = self._clock()

    def leave(self, key: str, model: str) -> None:
        """Note that a request that was let through proved nothing: stopped, or never sent."""
        if (circuit := self._circuits.get((key, model))) is not None:
            circuit.probing = False

    def _wait(self, circuit: _Circuit) -> float:
        return (circuit.opened_at or 0.0) + self._cooldown - self._clock()
