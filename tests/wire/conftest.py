"""A service that sends every request once, and the wire between it and a scripted server."""

from collections.abc import Iterator

import pytest

from service import OpenRouterConfig, OpenRouterService
from service.simulator import Simulator
from tests.support import KEY
from tests.wire.support import Wire


@pytest.fixture(scope="session")
def patient_service(simulator: Simulator) -> Iterator[OpenRouterService]:
    """A service that sends every request once: no retries, and a breaker that never opens."""
    config = OpenRouterConfig(
        api_key=KEY, base_url=simulator.base_url, model="sim/echo", max_retries=0, breaker_threshold=0, timeout=20
    )
    with OpenRouterService(config) as service:
        yield service


@pytest.fixture
def wire(sim: Simulator, patient_service: OpenRouterService) -> Wire:
    return Wire(sim, patient_service)
