"""The model list, and what to do while there is none: a server that is silent must not hold up every click."""

from __future__ import annotations

import time

from pages.parts.state import input_value, put_input, service
from service import ModelInfo, OpenRouterError

__all__ = ["models"]

PAUSE = 10.0
"""Seconds after a failure in which a session's page does not ask for the list again."""

_FAILED = "shell.models_failed"


def models() -> tuple[list[ModelInfo], OpenRouterError | None]:
    """Return the model list; empty, with the reason, where there is none."""
    asked = service()
    match input_value(_FAILED):
        case (whom, float(failed_at), OpenRouterError() as error) if whom is asked:
            if time.monotonic() - failed_at < PAUSE:
                return [], error
    try:
        return asked.list_models(), None
    except OpenRouterError as error:
        put_input(_FAILED, (asked, time.monotonic(), error))
        return [], error
