"""What is told of runs: to logs, to metrics and to traces; see docs/telemetry.md.

`import service` loads neither structlog nor prometheus-client nor opentelemetry; each loads when it is used.
"""

from service.telemetry.logs import configure_logging
from service.telemetry.metrics import Metrics
from service.telemetry.observer import Observer

__all__ = ["Metrics", "Observer", "configure_logging"]
