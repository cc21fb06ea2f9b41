"""The settings of the app around the service, beside those of the service and of the store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeVar, get_args

from service.errors import ConfigurationError
from service.redact import Secret
from service.telemetry.logs import LogFormat, LogLevel
from service.web.hosts import ALLOWED_HOSTS, parse_hosts

__all__ = ["APP_SETTINGS", "LOG_FORMAT", "LOG_LEVEL", "METRICS_TOKEN", "AppSettings", "read_app_settings"]

LOG_LEVEL = "OPENROUTER_LOG_LEVEL"
LOG_FORMAT = "OPENROUTER_LOG_FORMAT"
METRICS_TOKEN = "OPENROUTER_METRICS_TOKEN"  # noqa: S105 - the name of a variable
APP_SETTINGS = {ALLOWED_HOSTS: "", LOG_LEVEL: "info", LOG_FORMAT: "console", METRICS_TOKEN: ""}
"""Their defaults, as texts."""

_SHORTEST_TOKEN = 16

Choice = TypeVar("Choice", LogLevel, LogFormat)


@dataclass(frozen=True)
class AppSettings:
    """Under which names the app is reached, what it logs, and who may read its figures from elsewhere."""

    allowed_hosts: tuple[str, ...] = ()
    log_level: LogLevel = "info"
    log_format: LogFormat = "console"
    metrics_token: Secret = field(default_factory=lambda: Secret(""))


def read_app_settings(found: Mapping[str, str]) -> AppSettings:
    """Read the settings from their texts by variable.

    Raises:
        ConfigurationError: A value is none of those that can be chosen, or the token is too easily guessed.
    """
    return AppSettings(
        allowed_hosts=parse_hosts(found.get(ALLOWED_HOSTS, "")),
        log_level=_choose(found, LOG_LEVEL, get_args(LogLevel)),
        log_format=_choose(found, LOG_FORMAT, get_args(LogFormat)),
        metrics_token=_token(found.get(METRICS_TOKEN, "").strip()),
    )


def _choose(found: Mapping[str, str], variable: str, choices: tuple[Choice, ...]) -> Choice:
    given = (found.get(variable, "").strip() or APP_SETTINGS[variable]).lower()
    for choice in choices:
        if choice == given:
            return choice
    raise ConfigurationError(f"{variable} takes one of {', '.join(choices)}, got {given!r}.")


def _token(given: str) -> Secret:
    if given and (len(given) < _SHORTEST_TOKEN or not given.isascii()):
        raise ConfigurationError(f"{METRICS_TOKEN} takes {_SHORTEST_TOKEN} plain characters or more.")
    return Secret(given)
