"""Every scenario by its id: what it is for, what it claims to support, and what it does."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from service.simulator import bench, faults, structured, tools, universal
from service.simulator.answers import Answer
from service.simulator.ask import Ask
from service.simulator.catalogue import REASONING, SAMPLING, STRUCTURED, TOOLS, Model, entry
from service.simulator.steps import Response

Behaviour = Callable[[Ask], Answer | Response]

CONTEXT = 128_000
MAX_OUTPUT = 16_384
PRICES = ("1", "4")
_LIMITS = ("max_completion_tokens", "max_tokens", "stop")
_PLAIN = (*SAMPLING, "max_completion_tokens")
_JSON = (*_PLAIN, *STRUCTURED)
_ALL = (*_JSON, *TOOLS, *REASONING, "parallel_tool_calls")
_MEDIA = ("text", "image", "file", "audio", "video")


@dataclass(frozen=True)
class Scenario:
    """One simulated model. `name` is the id without `sim/`; `parameters` are the ones it says it supports."""

    name: str
    title: str
    description: str
    behave: Behaviour
    parameters: Sequence[str] = _ALL
    inputs: Sequence[str] = ("text",)
    outputs: Sequence[str] = ("text",)

    @property
    def id(self) -> str:
        """The model id."""
        return f"sim/{self.name}"

    def model(self) -> Model:
        """Return the scenario's catalogue entry."""
        reasoning = {"mandatory": False, "default_enabled": self.name == "reasoner"}
        return entry(
            self.id,
            f"Simulator: {self.title}",
            f"Simulated. {self.description}",
            created="2026-10-01",
            context=CONTEXT,
            prices=PRICES,
            inputs=self.inputs,
            outputs=self.outputs,
            parameters=self.parameters,
            max_output=MAX_OUTPUT,
            slug=self.id,
            tokenizer="Simulator",
            more_prices={"web_search": "0.01"},
            reasoning=reasoning if "reasoning" in self.parameters else ...,
        )


SCENARIOS: Sequence[Scenario] = (
    Scenario(
        "writer",
        "Writer",
        "Writes a friendly sample answer about your prompt, with a heading, a list, a table, code and a formula; "
        "calls tools, answers in JSON and looks at attachments when the request asks for it.",
        universal.answer,
        inputs=_MEDIA,
    ),
    Scenario("echo", "Echo", "Repeats your last message word for word.", universal.echo, _LIMITS),
    Scenario("slow", "Slow", "Answers like the writer, with long pauses between words.", universal.slow),
    Scenario(
        "reasoner",
        "Reasoner",
        "Thinks out loud before it answers; with few max tokens, thinking eats them all.",
        universal.reasoner,
    ),
    Scenario(
        "vision",
        "Vision",
        "Tells you what you attached: kind, type, size and picture dimensions.",
        universal.vision,
        _PLAIN,
        _MEDIA,
    ),
    Scenario(
        "picture",
        "Picture",
        "Draws a coloured pattern in the place of a picture, another one for each prompt.",
        universal.draw,
        _PLAIN,
        ("text", "image"),
        ("text", "image"),
    ),
    Scenario(
        "tool-caller",
        "Tool caller",
        "Calls up to two of the offered tools with made-up arguments, then answers with their results.",
        tools.answer,
        (*_PLAIN, *TOOLS, "parallel_tool_calls"),
    ),
    Scenario("json", "JSON", "Answers with made-up data that fits your JSON schema.", structured.conforming, _JSON),
    Scenario("wrong-shape", "Wrong shape", "Answers with JSON that breaks your schema.", structured.wrong_shape, _JSON),
    Scenario(
        "broken-json",
        "Broken JSON",
        "Answers with right values, written with commas that JSON does not allow, in a markdown fence.",
        structured.broken,
        _JSON,
    ),
    Scenario(
        "fenced-json",
        "JSON in a fence",
        "Answers with right JSON wrapped in a markdown fence.",
        structured.fenced,
        _JSON,
    ),
    Scenario("not-json", "Not JSON", "Answers in prose although you asked for JSON.", structured.not_json, _JSON),
    Scenario("cut-off", "Cut off", "Stops in mid-sentence as at a token limit.", structured.cut_off, _JSON),
    Scenario("refusal", "Refusal", "Politely refuses every prompt.", universal.refuse, _JSON),
    Scenario("empty", "Empty", "Answers with nothing.", universal.empty, _JSON),
    Scenario(
        "schema-ignored",
        "Schema ignored",
        "Answers with JSON of its own making and ignores your schema.",
        structured.schema_ignored,
        _JSON,
    ),
    Scenario(
        "rate-limited-once",
        "Rate limited once",
        "Turns the first attempt away and answers the second.",
        faults.rate_limited_once,
        _PLAIN,
    ),
    Scenario(
        "rate-limited", "Rate limited", "Turns every attempt away: too many requests.", faults.rate_limited, _PLAIN
    ),
    Scenario(
        "out-of-credits", "Out of credits", "Says that the account has no credits.", faults.out_of_credits, _PLAIN
    ),
    Scenario("moderation", "Moderation", "Says that the prompt was flagged.", faults.moderation, _PLAIN),
    Scenario(
        "context-too-long",
        "Context too long",
        "Says that any prompt is too long for the model.",
        faults.context_too_long,
        _PLAIN,
    ),
    Scenario("provider-error", "Provider error", "Fails at the provider.", faults.provider_error, _PLAIN),
    Scenario("error-200", "Error in a 200", "Answers 200 with a body that is only an error.", faults.error_200, _PLAIN),
    Scenario("null-choices", "No choices", "Answers 200 without any choices.", faults.null_choices, _PLAIN),
    Scenario(
        "error-mid-stream",
        "Error in mid-stream",
        "Breaks off half-way with an error.",
        faults.error_mid_stream,
        _PLAIN,
    ),
    Scenario(
        "error-first-event",
        "Error as first event",
        "Sends an error in place of the first word.",
        faults.error_first_event,
        _PLAIN,
    ),
    Scenario(
        "error-empty-choices",
        "Error with empty choices",
        "Breaks off half-way with an error that belongs to no choice.",
        faults.error_empty_choices,
        _PLAIN,
    ),
    Scenario("disconnect", "Disconnect", "Cuts the connection half-way.", faults.disconnect, _PLAIN),
    Scenario("malformed-event", "Malformed event", "Sends one event that is not JSON.", faults.malformed_event, _PLAIN),
    Scenario("html-502", "HTML 502", "Answers with a gateway's error page.", faults.html_502, _PLAIN),
    Scenario("hang", "Hang", "Takes the request and never answers.", faults.hang, _PLAIN),
    Scenario("stall", "Stall", "Begins to answer and falls silent.", faults.stall, _PLAIN),
    Scenario(
        "bench",
        "Benchmark",
        "Streams filler at a set pace, for measuring: sim/bench:n=2000,ttft=50,itl=5.",
        bench.answer,
        _LIMITS,
    ),
)

BEHAVIOURS = {scenario.id: scenario.behave for scenario in SCENARIOS}


def behaviour(model: Model) -> Behaviour:
    """Return what a model does; models that are no scenario answer as the writer."""
    return BEHAVIOURS.get(model.id, universal.answer)
