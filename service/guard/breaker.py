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
    has_trial: bool = False


class Breakers:
    """Circuits by (key, model); only transient failures count, and any success closes the circuit.

    After `cooldown` seconds an open circuit lets one request through as a trial.
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
        return "half_open" if circuit.has_trial or self._wait(circuit) <= 0 else "open"

    def open_models(self) -> dict[str, BreakerState]:
        """Return the models with a circuit that is not closed, the worst of each over all keys."""
        found: dict[str, BreakerState] = {}
        for key, model in list(self._circuits):
            state = self.state(key, model)
            if state == "open" or (state == "half_open" and model not in found):
                found[model] = state
        return found

    def admit(self, key: str, model: str) -> bool:
        """Let a request through, or refuse it; True when it is the one trial of a circuit that was open.

        Raises:
            CircuitOpenError: The circuit is open, or its trial is under way; `retry_after` says for how long.
        """
        circuit = self._circuits.get((key, model))
        if circuit is None or circuit.opened_at is None:
            return False
        wait = self._wait(circuit)
        if wait > 0 or circuit.has_trial:
            when = f"the next try is in {wait:.0f} s" if wait > 0 else "one request is out as a trial"
            raise CircuitOpenError(
                f"{model} failed {circuit.failures} times in a row; {when}.", retry_after=max(wait, 0.0)
            )
        circuit.has_trial = True
        return True

    def record(self, key: str, model: str, error: OpenRouterError | None, *, is_trial: bool) -> None:
        """Note how a request that was let through ended; `None` for a success."""
        if error is None:
            self._circuits.pop((key, model), None)
            return
        self.leave(key, model, is_trial=is_trial)
        if error.retryable:
            circuit = self._circuits.setdefault((key, model), _Circuit())
            circuit.failures += 1
            if 0 < self._threshold <= circuit.failures:
                circuit.opened_at = self._clock()

    def leave(self, key: str, model: str, *, is_trial: bool) -> None:
        """Note that a request that was let through proved nothing: stopped, or never sent."""
        if is_trial and (circuit := self._circuits.get((key, model))) is not None:
            circuit.has_trial = False

    def _wait(self, circuit: _Circuit) -> float:
        return (circuit.opened_at or 0.0) + self._cooldown - self._clock()
