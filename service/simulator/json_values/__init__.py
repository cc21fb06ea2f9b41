"""A plausible value for any JSON Schema: what the simulator's structured answers are made of."""

from service.simulator.json_values.search import NoValueFound, generate

__all__ = ["NoValueFound", "generate"]
