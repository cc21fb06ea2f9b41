"""How every fault of the simulator has to end, written down by hand from docs/errors.md.

One line a fault. Where a stream or a structured completion ends in another way than a chat, it says so.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

__all__ = ["FAULTS", "HEALTHY", "RETRIES", "SCHEMA", "End", "Fault", "Way"]

Way = Literal["chat", "stream", "structured"]

RETRIES = 2
"""How often a request is sent again where retries are on."""

SCHEMA = {
    "type": "object",
    "properties": {"city": {"type": "string"}, "people": {"type": "integer"}},
    "required": ["city", "people"],
    "additionalProperties": False,
}


@dataclass(frozen=True)
class End:
    """How a request ends.

    Attributes:
        outcome: The class of the error; where there is none, `answer` or the verdict on it.
        hint: Words that the hint holds.
        sent: How often it is sent where retries are on; where they are off it is once.
        trips: Whether it counts for the circuit breaker.
        keeps_text: Whether text had arrived; all of it is then kept.
        with_retries: The outcome where retries are on, if that is another one.
        warning: Words that a warning of the result holds.
    """

    outcome: str
    hint: str = ""
    sent: int = 1
    trips: bool = False
    keeps_text: bool = False
    with_retries: str = ""
    warning: str = ""


@dataclass(frozen=True, eq=False)
class Fault:
    """A model that fails, or a request that is refused, and how that ends.

    `fields` go into the request. `wants_json` asks for JSON in a chat and a stream too. `is_silent` is a server that
    says nothing for so long that the timeouts have to be short.
    """

    model: str
    chat: End
    stream: End | None = None
    structured: End | None = None
    name: str = ""
    key: str = "sk-or-v1-"
    fields: Mapping[str, Any] = field(default_factory=dict)
    wants_json: bool = False
    is_silent: bool = False

    def end(self, way: Way) -> End:
        """Return how it ends when it is asked in this way."""
        other = {"stream": self.stream, "structured": self.structured}.get(way)
        return other or self.chat

    def __str__(self) -> str:
        return self.name or self.model


def passing(kind: str, hint: str) -> End:
    """What may pass by itself, before anything of the answer: sent again as often as allowed."""
    return End(kind, hint, sent=1 + RETRIES, trips=True)


def lasting(kind: str, hint: str) -> End:
    """What will not change: sent once, and nothing is held against the model."""
    return End(kind, hint)


def broken(kind: str, hint: str) -> End:
    """What breaks off in the middle: never sent again, and what had arrived is kept."""
    return End(kind, hint, trips=True, keeps_text=True)


def judged(verdict: str, *, keeps_text: bool = True) -> End:
    """An answer that is worth little: no error, but a verdict."""
    return End(verdict, keeps_text=keeps_text)


def unusable(*, keeps_text: bool = True) -> End:
    """The same answer where a value was asked for."""
    return End("SchemaValidationError", "simplify the schema", keeps_text=keeps_text)


BUSY = passing("RateLimitError", "Wait a moment and try again")
FAILED = passing("ProviderError", "choose another provider or model")
LATE = passing("RequestTimeoutError", "raise the timeout")
LOST = passing("NetworkError", "Check the connection")
NOTHING = passing("EmptyResponseError", "choose another provider or model")
MALFORMED = lasting("InvalidRequestError", "Change the request")
CUT = broken("StreamInterruptedError", "Keep what arrived, or run again")
FAILED_HALFWAY = broken("ProviderError", "choose another provider or model")
SILENT_HALFWAY = broken("RequestTimeoutError", "raise the timeout")

TOOL = {"type": "function", "function": {"name": "weather", "parameters": {"type": "object"}}}
IMAGE = [{"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}]

FAULTS: Sequence[Fault] = (
    # Refused for now: too many requests, too little money
    Fault(
        "sim/rate-limited-once",
        End("RateLimitError", "Wait a moment", sent=2, trips=True, with_retries="answer"),
        structured=End("RateLimitError", "Wait a moment", sent=2, trips=True, with_retries="SchemaValidationError"),
    ),
    Fault("sim/rate-limited", BUSY),
    Fault("sim/rate-limited:kind=upstream", BUSY),
    Fault("sim/rate-limited:kind=minute", passing("RateLimitError", "Wait a minute, or choose a paid model")),
    Fault("sim/rate-limited:kind=admission", BUSY),
    Fault("sim/rate-limited:kind=daily", lasting("RateLimitError", "Wait for the daily reset (00:00 UTC)")),
    Fault("sim/out-of-credits", lasting("InsufficientCreditsError", "Add credits or raise the key's limit")),
    Fault("sim/out-of-credits:kind=credits", lasting("InsufficientCreditsError", "Add credits")),
    Fault("sim/out-of-credits:kind=max-tokens", lasting("InsufficientCreditsError", "lower Max tokens")),
    Fault("sim/out-of-credits:kind=in-flight", passing("InsufficientCreditsError", "Wait until other runs have ended")),
    Fault("sim/out-of-credits:kind=key-limit", lasting("InsufficientCreditsError", "this API key's usage limit")),
    # Refused for good: the prompt, the request, the key, the model
    Fault("sim/moderation", lasting("ModerationError", "Rephrase the prompt")),
    Fault("sim/context-too-long", lasting("ContextLengthError", "Shorten the conversation")),
    Fault("sim/echo", lasting("AuthenticationError", "Check the API key"), name="a wrong key", key="sk-or-v1-bad"),
    Fault("no/such-model", lasting("ModelNotFoundError", "Choose a model from the list")),
    Fault("sim/ecko", lasting("ModelNotFoundError", "Did you mean 'sim/echo'"), name="a model misspelt"),
    Fault(
        "sim/bench",
        lasting("UnsupportedFeatureError", "Drop the feature"),
        name="tools it lacks",
        fields={"tools": [TOOL]},
    ),
    Fault(
        "sim/bench",
        lasting("UnsupportedFeatureError", "Drop the feature"),
        name="an image it cannot see",
        fields={"messages": [{"role": "user", "content": IMAGE}]},
    ),
    Fault(
        "sim/bench",
        lasting("UnsupportedFeatureError", "Drop the feature"),
        name="parameters it lacks",
        fields={"top_k": 3, "provider": {"require_parameters": True}},
    ),
    Fault(
        "sim/echo",
        lasting("ModelNotFoundError", "provider preferences"),
        name="no provider left",
        fields={"provider": {"only": ["nobody"]}},
    ),
    Fault(
        "sim/echo",
        lasting("ModelNotFoundError", "Raise the maximum price"),
        name="too dear",
        fields={"provider": {"max_price": {"prompt": 0.1}}},
    ),
    # The provider fails before it answers
    Fault("sim/provider-error", FAILED),
    Fault("sim/provider-error:status=400", MALFORMED),
    Fault("sim/provider-error:status=408", LATE),
    Fault("sim/provider-error:status=413", MALFORMED),
    Fault("sim/provider-error:status=422", MALFORMED),
    Fault("sim/provider-error:status=500", FAILED),
    Fault("sim/provider-error:status=502", FAILED),
    Fault("sim/provider-error:status=503", FAILED),
    Fault("sim/provider-error:status=504", LATE),
    Fault("sim/provider-error:status=524", LATE),
    Fault("sim/provider-error:status=529", FAILED),
    Fault("sim/html-502", FAILED),
    Fault("sim/error-200", FAILED),
    Fault("sim/null-choices", NOTHING),
    Fault("sim/error-first-event", FAILED),
    Fault("sim/hang", LATE, is_silent=True),
    Fault("sim/hang:comments=1,every=50", LATE, is_silent=True),
    # The answer breaks off
    Fault("sim/error-mid-stream", FAILED_HALFWAY, stream=CUT),
    Fault("sim/error-mid-stream:form=recorded", FAILED_HALFWAY, stream=CUT),
    Fault("sim/error-empty-choices", FAILED, stream=CUT),
    Fault("sim/disconnect", LOST, stream=CUT),
    Fault("sim/stall", LATE, stream=SILENT_HALFWAY, is_silent=True),
    Fault("sim/stall:comments=1", LATE, stream=SILENT_HALFWAY, is_silent=True),
    Fault(
        "sim/malformed-event",
        FAILED,
        stream=End("answer", keeps_text=True, warning="1 part(s) of the stream could not be read"),
    ),
    # The answer is whole, and not what was asked for
    Fault("sim/broken-json", judged("not_json"), structured=unusable(), wants_json=True),
    Fault("sim/wrong-shape", judged("wrong_shape"), structured=unusable(), wants_json=True),
    Fault("sim/schema-ignored", judged("wrong_shape"), structured=unusable(), wants_json=True),
    Fault("sim/not-json", judged("not_json"), structured=unusable(), wants_json=True),
    Fault("sim/cut-off", judged("cut_off"), structured=unusable(), wants_json=True),
    Fault("sim/fenced-json", judged("fenced"), wants_json=True),
    Fault("sim/refusal", judged("refused", keeps_text=False), structured=unusable(keeps_text=False), wants_json=True),
    Fault(
        "sim/refusal:form=filter",
        judged("refused", keeps_text=False),
        structured=unusable(keeps_text=False),
        wants_json=True,
    ),
    Fault("sim/empty", judged("empty", keeps_text=False), structured=unusable(keeps_text=False), wants_json=True),
)

HEALTHY = frozenset(
    f"sim/{name}"
    for name in ("writer", "echo", "slow", "reasoner", "vision", "picture", "tool-caller", "json", "bench")
)
"""The scenarios in which nothing goes wrong."""
