"""An OpenRouter that runs here: the keyless demo, the backend of the tests, the server of the benchmark.

It answers as OpenRouter does, byte shapes included, and never pretends to be a model: every answer says that it
is simulated. It imports nothing else of `service`.
"""

from service.simulator.app import create_app
from service.simulator.record import RecordedRequest
from service.simulator.server import Simulator
from service.simulator.steps import Reply

__all__ = ["RecordedRequest", "Reply", "Simulator", "create_app"]
