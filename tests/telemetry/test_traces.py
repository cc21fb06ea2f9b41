"""Runs as spans: only where the process has an SDK, with the conventions' names, and without content."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.semconv._incubating.attributes import gen_ai_attributes
from opentelemetry.trace import SpanKind, StatusCode

from service import OpenRouterError, OpenRouterService, ResponseFormat
from service.simulator import Simulator
from tests.support import KEY, ask, failing

MakeService = Callable[..., OpenRouterService]
ROOT = Path(__file__).resolve().parents[2]
Spans = Callable[[], list[ReadableSpan]]


def test_a_run_is_a_span_with_an_attempt_below_it(service: OpenRouterService, spans: Spans) -> None:
    """Named and described as the conventions say."""
    result = service.chat(ask(temperature=0.5, max_tokens=50))
    assert result.usage is not None
    attempt, run = spans()
    assert (run.name, run.kind, attempt.name) == ("chat sim/echo", SpanKind.CLIENT, "attempt 1")
    assert attempt.parent is not None
    assert attempt.parent.span_id == run.get_span_context().span_id
    facts = dict(run.attributes or {})
    assert facts["gen_ai.operation.name"] == "chat"
    assert facts["gen_ai.provider.name"] == "openai"
    assert facts["gen_ai.request.model"] == facts["gen_ai.response.model"] == "sim/echo"
    assert (facts["gen_ai.request.temperature"], facts["gen_ai.request.max_tokens"]) == (0.5, 50)
    assert facts["gen_ai.response.id"] == result.id
    assert facts["gen_ai.response.finish_reasons"] == ("stop",)
    assert facts["gen_ai.usage.input_tokens"] == result.usage.prompt_tokens
    assert facts["gen_ai.usage.output_tokens"] == result.usage.completion_tokens
    assert (facts["server.address"], isinstance(facts["server.port"], int)) == ("127.0.0.1", True)
    assert facts["openrouter.cost_usd"] == pytest.approx(float(result.usage.cost or 0))
    assert run.status.status_code is StatusCode.UNSET


def test_its_names_are_the_conventions(service: OpenRouterService, spans: Spans) -> None:
    """Every `gen_ai` attribute is one of theirs."""
    service.chat(ask("sim/json", temperature=1, response_format=ResponseFormat.json_object(), stop=["END"]))
    known = {value for name, value in vars(gen_ai_attributes).items() if name.startswith("GEN_AI_")}
    used = {name for span in spans() for name in span.attributes or {} if name.startswith("gen_ai.")}
    assert len(used) > 10
    assert used - known == set()


def test_every_attempt_is_a_span_of_its_own(service: OpenRouterService, sim: Simulator, spans: Spans) -> None:
    """Those that failed say how; the run that made it is no error."""
    sim.script(*failing(1, 503))
    service.chat(ask())
    first, second, run = spans()
    assert first.attributes is not None
    assert (first.status.status_code, first.attributes["error.type"]) == (StatusCode.ERROR, "ProviderError")
    assert first.attributes["http.response.status_code"] == 503
    assert [second.status.status_code, run.status.status_code] == [StatusCode.UNSET] * 2


def test_a_failed_run_is_an_error(service: OpenRouterService, spans: Spans) -> None:
    """By its class."""
    with pytest.raises(OpenRouterError):
        service.chat(ask("sim/moderation"))
    assert {(span.status.status_code, (span.attributes or {})["error.type"]) for span in spans()} == {
        (StatusCode.ERROR, "ModerationError")
    }


def test_a_stopped_run_ends_its_spans(service: OpenRouterService, sim: Simulator, spans: Spans) -> None:
    """Nothing stays open."""
    run = service.start(ask("sim/hang"))
    assert sim.wait_for_request()
    run.stop()
    assert run.join(5)
    assert [span.name for span in spans()] == ["attempt 1", "chat sim/hang"]


def test_it_stands_below_the_callers_span(service: OpenRouterService, spans: Spans) -> None:
    """So that one's own trace shows what it waited for."""
    with trace.get_tracer("mine").start_as_current_span("mine"):
        service.chat(ask())
    _, run, mine = spans()
    assert run.parent is not None
    assert run.parent.span_id == mine.get_span_context().span_id


def test_prompts_and_answers_are_left_out(service: OpenRouterService, spans: Spans) -> None:
    """As is the key."""
    service.chat(ask(text="a very private question"))
    text = "".join(span.to_json() for span in spans())
    assert [word for word in ("private question", KEY) if word in text] == []


def test_where_they_are_wanted_they_are_cleaned(make_service: MakeService, spans: Spans) -> None:
    """Keys always, personal data as told."""
    service = make_service(trace_content=True, redact=["emails"])
    service.chat(ask(text=f"I am ada@example.org, my key is {KEY}."))
    facts = spans()[-1].attributes or {}
    (asked,) = json.loads(str(facts["gen_ai.input.messages"]))
    (answered,) = json.loads(str(facts["gen_ai.output.messages"]))
    assert asked == {
        "role": "user",
        "parts": [{"type": "text", "content": "I am [e-mail], my key is …cdef."}],
    }
    assert answered["parts"][0]["content"].startswith("I am [e-mail], my key is …cdef.")


def test_without_an_sdk_nothing_is_loaded(sim: Simulator) -> None:
    """Neither the API nor, for whoever only asks, the log's and the figures' libraries."""
    code = f"""
import sys
from service import OpenRouterConfig, OpenRouterService
with OpenRouterService(OpenRouterConfig(base_url={sim.base_url!r}, api_key={KEY!r}, model="sim/echo")) as service:
    service.generate("Hello")
print([name for name in ("opentelemetry", "structlog", "prometheus_client") if name in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
