"""Runs as OpenTelemetry spans, named as its semantic conventions for generative AI name them (v1.37 and later).

Nothing happens, and nothing is loaded, unless the process has configured an SDK: whoever does so has imported
`opentelemetry.trace`. A run is a span of kind client with all its retries; each attempt is a span below it.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from service._version import __version__
from service.redact import Redactor
from service.telemetry.observer import Observer

if TYPE_CHECKING:
    from opentelemetry.trace import Span, Tracer

    from service.errors import OpenRouterError
    from service.results import ChatResult
    from service.runs import Run

__all__ = ["RunTraces"]

_PARAMETERS = ("temperature", "top_p", "top_k", "max_tokens", "seed", "frequency_penalty", "presence_penalty")


class RunTraces(Observer):
    """Writes runs to whatever tracer provider the process has configured.

    Args:
        base_url: Where requests go.
        redactor: What texts are cleaned with.
        has_content: Whether prompts and answers are put into the spans, too.
    """

    def __init__(self, base_url: str, redactor: Redactor, *, has_content: bool) -> None:
        url = urlsplit(base_url)
        self._server: dict[str, str | int] = {
            "server.address": url.hostname or "",
            "server.port": url.port or _usual_port(url.scheme),
        }
        self._is_openrouter = (url.hostname or "").endswith("openrouter.ai")
        self._redactor = redactor
        self._has_content = has_content
        self._runs: dict[str, Span] = {}
        self._attempts: dict[str, Span] = {}

    def run_started(self, run: Run) -> None:
        """Begin the run's span, below the one that the caller is in."""
        if (tracer := _tracer()) is None:
            return
        from opentelemetry.trace import SpanKind

        name, attributes = self._redactor.text(f"chat {run.model}"), self._cleaned(self._of_request(run))
        self._runs[run.id] = tracer.start_span(name, kind=SpanKind.CLIENT, attributes=attributes)

    def attempt_started(self, run: Run) -> None:
        """Begin an attempt's span."""
        parent = self._runs.get(run.id)
        if parent is None or (tracer := _tracer()) is None:
            return
        from opentelemetry.trace import SpanKind, set_span_in_context

        self._attempts[run.id] = tracer.start_span(
            f"attempt {run.attempt}",
            context=set_span_in_context(parent),
            kind=SpanKind.CLIENT,
            attributes=self._cleaned(
                {**self._server, "gen_ai.request.model": run.model, "openrouter.attempt": run.attempt}
            ),
        )

    def attempt_ended(self, run: Run, error: OpenRouterError | None) -> None:
        """End an attempt's span."""
        if (span := self._attempts.pop(run.id, None)) is not None:
            span.set_attributes(self._cleaned({"gen_ai.response.id": run.request_id}))
            self._end(span, error)

    def run_ended(self, run: Run) -> None:
        """End the run's span with what came of it."""
        if (span := self._runs.pop(run.id, None)) is None:
            return
        if run.result is not None:
            span.set_attributes(self._cleaned(self._of_result(run, run.result)))
        self._end(span, run.error)

    def _of_request(self, run: Run) -> dict[str, Any]:
        parameters = run.parameters
        form = run.response_format
        attributes = {
            "gen_ai.operation.name": "chat",
            # The format of the conversation; for other servers that is OpenAI's, whoever they are.
            "gen_ai.provider.name": "openrouter" if self._is_openrouter else "openai",
            "gen_ai.request.model": run.model,
            "gen_ai.request.stream": bool(run.payload.get("stream")),
            "gen_ai.output.type": "json" if form is not None and form.wants_json else None,
            "gen_ai.request.stop_sequences": list(parameters.stop) if isinstance(parameters.stop, tuple) else None,
            "openrouter.run.id": run.id,
            **{f"gen_ai.request.{name}": getattr(parameters, name) for name in _PARAMETERS},
            **self._server,
        }
        if self._has_content:
            attributes["gen_ai.input.messages"] = self._content(
                [_message(message) for message in run.payload.get("messages", ())]
            )
        return attributes

    def _of_result(self, run: Run, result: ChatResult) -> dict[str, Any]:
        usage = result.usage
        attributes = {
            "gen_ai.response.id": result.id or None,
            "gen_ai.response.model": result.model or None,
            "gen_ai.response.finish_reasons": [result.finish_reason] if result.finish_reason else None,
            "gen_ai.response.time_to_first_chunk": result.timings.first_token,
            "openrouter.provider": result.provider,
            "openrouter.attempts": result.attempts,
            "openrouter.run.state": run.state,
            "openrouter.cache": result.cache,
            "openrouter.verdict": result.verdict.kind if result.verdict is not None else None,
        }
        if usage is not None:
            attributes |= {
                "gen_ai.usage.input_tokens": usage.prompt_tokens,
                "gen_ai.usage.output_tokens": usage.completion_tokens,
                "gen_ai.usage.reasoning.output_tokens": usage.reasoning_tokens,
                "gen_ai.usage.cache_read.input_tokens": usage.cached_tokens,
                "openrouter.cost_usd": None if usage.cost is None else float(usage.cost),
            }
        if self._has_content:
            parts = [{"type": "text", "content": result.text}]
            answer = {"role": "assistant", "parts": parts, "finish_reason": result.finish_reason or "error"}
            attributes["gen_ai.output.messages"] = self._content([answer])
        return attributes

    def _cleaned(self, attributes: Mapping[str, Any]) -> dict[str, Any]:
        """Return what is known of attributes: a model, a stop sequence or an id may be a key that was pasted there."""
        return {name: self._redactor.value(value) for name, value in attributes.items() if value is not None}

    def _content(self, messages: list[dict[str, Any]]) -> str:
        return json.dumps(self._redactor.value(messages), ensure_ascii=False)

    def _end(self, span: Span, error: OpenRouterError | None) -> None:
        if error is not None:
            from opentelemetry.trace import StatusCode

            told = {"error.type": type(error).__name__, "http.response.status_code": error.status_code}
            span.set_attributes(self._cleaned(told))
            span.set_status(StatusCode.ERROR, self._redactor.text(error.message))
        span.end()


def _tracer() -> Tracer | None:
    """Return the tracer of the provider that the process has configured; `None` where it has none."""
    if "opentelemetry.trace" not in sys.modules:
        return None
    from opentelemetry import trace

    return trace.get_tracer("openrouter-playground", __version__)


def _usual_port(scheme: str) -> int:
    return 443 if scheme == "https" else 80


def _message(message: Mapping[str, Any]) -> dict[str, Any]:
    """Return a message as the conventions write it; what is no text is named, not copied."""
    content = message.get("content")
    if isinstance(content, str):
        parts = [{"type": "text", "content": content}]
    else:
        parts = [
            {"type": "text", "content": part["text"]} if part.get("type") == "text" else {"type": part.get("type")}
            for part in content or ()
        ]
    return {"role": message.get("role"), "parts": parts}
