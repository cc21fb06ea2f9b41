"""Runs in the log: one line for each end, one for each failed attempt; no prompt, no answer, no key.

The lines go to the logger `service.runs` of Python's own logging, their fields in `record.fields`. Whoever uses the
package decides what becomes of them; the app calls `configure_logging`, which lets structlog write them.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal, TextIO

from service.redact import Redactor
from service.telemetry.observer import Observer

if TYPE_CHECKING:
    from structlog.typing import EventDict, Processor, WrappedLogger

    from service.errors import OpenRouterError
    from service.runs import Run

__all__ = ["LogFormat", "LogLevel", "RunLog", "configure_logging"]

LogFormat = Literal["console", "json"]
LogLevel = Literal["debug", "info", "warning", "error"]

LOGGERS = ("service", "pages")
"""Whose lines `configure_logging` writes; those of libraries stay as they are."""

log = logging.getLogger("service.runs")
# Whoever gets an exception need not find it on stderr, too, because nobody has configured any logging.
log.addHandler(logging.NullHandler())


class RunLog(Observer):
    """Writes runs to the log."""

    def __init__(self, redactor: Redactor) -> None:
        self._redactor = redactor

    def run_started(self, run: Run) -> None:
        """Write that it started; at level debug."""
        self._write(logging.DEBUG, "run started", run, {})

    def attempt_ended(self, run: Run, error: OpenRouterError | None) -> None:
        """Write why an attempt failed; the last one's reason stands in the run's line, too."""
        if error is not None:
            self._write(logging.WARNING, "attempt failed", run, _of_error(error))

    def run_ended(self, run: Run) -> None:
        """Write how it ended."""
        level = logging.ERROR if run.state == "failed" else logging.INFO
        self._write(level, f"run {run.state}", run, {**_of_result(run), **_of_error(run.error)})

    def _write(self, level: int, event: str, run: Run, fields: dict[str, Any]) -> None:
        if not log.isEnabledFor(level):
            return
        known = {"run_id": run.id, "request_id": run.request_id, "model": run.model, "attempt": run.attempt, **fields}
        cleaned = self._redactor.value({name: value for name, value in known.items() if value is not None})
        words = " ".join(f"{name}={value}" for name, value in cleaned.items())
        log.log(level, "%s %s", event, words, extra={"event": event, "fields": cleaned})


def _of_error(error: OpenRouterError | None) -> dict[str, Any]:
    if error is None:
        return {}
    return {
        "error": type(error).__name__,
        "status": error.status_code,
        "reason": error.message,
        "provider_message": error.provider_message or None,
    }


def _of_result(run: Run) -> dict[str, Any]:
    result = run.result
    if result is None:
        return {}
    usage, timings = result.usage, result.timings
    return {
        "provider": result.provider,
        "duration": round(timings.total, 3),
        "queued": round(timings.queued, 3),
        "first_token": None if timings.first_token is None else round(timings.first_token, 3),
        "prompt_tokens": None if usage is None else usage.prompt_tokens,
        "completion_tokens": None if usage is None else usage.completion_tokens,
        "cost": None if usage is None or usage.cost is None else str(usage.cost),
        "verdict": None if result.verdict is None else result.verdict.kind,
        "cache": result.cache,
    }


def configure_logging(
    level: LogLevel = "info",
    format: LogFormat = "console",
    *,
    redactor: Redactor | None = None,
    stream: TextIO | None = None,
) -> Callable[[], None]:
    """Let structlog write what the service and the pages log, to `stream` (stderr), and return what undoes that.

    Only these two loggers are touched; a program that uses the package as a library need not call it.
    """
    handler = logging.StreamHandler(stream if stream is not None else sys.stderr)
    handler.setFormatter(_formatter(format, redactor or Redactor(), is_terminal=handler.stream.isatty()))
    before = [
        (logger, logger.handlers[:], logger.level, logger.propagate) for logger in map(logging.getLogger, LOGGERS)
    ]
    for logger, *_ in before:
        _set(logger, [handler], level.upper(), propagate=False)

    def undo() -> None:
        for logger, handlers, old_level, propagate in before:
            _set(logger, handlers, old_level, propagate=propagate)

    return undo


def _set(logger: logging.Logger, handlers: list[logging.Handler], level: int | str, *, propagate: bool) -> None:
    logger.handlers[:] = handlers
    logger.setLevel(level)
    logger.propagate = propagate


def _formatter(format: LogFormat, redactor: Redactor, *, is_terminal: bool) -> logging.Formatter:
    import structlog

    def clean(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
        return {name: redactor.value(value) for name, value in event.items()}

    last: list[Processor] = [structlog.dev.ConsoleRenderer(colors=is_terminal)]
    if format == "json":
        last = [structlog.processors.JSONRenderer(ensure_ascii=False)]
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
        ],
        processors=[
            _take_fields,
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            clean,
            *last,
        ],
    )


def _take_fields(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """Put the fields of a line in the place of the words that stand for them elsewhere."""
    record = event["_record"]
    fields = getattr(record, "fields", None)
    return event if fields is None else {**event, "event": record.event, **fields}
