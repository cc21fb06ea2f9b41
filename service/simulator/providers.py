"""Who serves a model: simulated providers that differ in price, abilities, context, speed and health. None is real."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from service.simulator import wire
from service.simulator.catalogue import Model

TOOL_CHOICES = ("none", "auto", "required", "function")


@dataclass(frozen=True)
class Provider:
    """A simulated provider, as it serves one model.

    `factor` is its price beside the listed one, `lacks` are the parameters of the model that it does not take,
    `most_context` is the longest context in tokens that it serves; `first_word` is in milliseconds, `speed` in tokens
    per second.
    """

    tag: str
    name: str
    factor: Decimal = Decimal(1)
    lacks: frozenset[str] = frozenset()
    tool_choices: Sequence[str] = TOOL_CHOICES
    quantization: str = "unknown"
    most_context: int | None = None
    status: int = 0
    uptime: float | None = 100
    first_word: int = 400
    speed: int = 60

    @property
    def slug(self) -> str:
        """The tag without region and variant."""
        return self.tag.partition("/")[0]


HOME = Provider(wire.PROVIDER.lower(), wire.PROVIDER)
_STEADY = replace(HOME, factor=Decimal("1.5"))
_THRIFT = Provider(
    "simulator-thrift/fp8",
    "Simulator Thrift",
    lacks=frozenset(("structured_outputs", "tool_choice", "logprobs", "top_logprobs")),
    tool_choices=("none", "auto"),
    quantization="fp8",
    most_context=65_536,
    uptime=99.1,
    first_word=1_300,
    speed=32,
)
_SWIFT = Provider(
    "simulator-swift",
    "Simulator Swift",
    Decimal(3),
    lacks=frozenset(("logit_bias", "min_p", "top_k")),
    quantization="bf16",
    uptime=99.97,
    first_word=120,
    speed=410,
)
_EUROPE = replace(_STEADY, tag="simulator/eu", name="Simulator (EU)", factor=Decimal(2), uptime=99.6)
_PLAIN = Provider(
    "simulator-plain/int4",
    "Simulator Plain",
    Decimal("1.2"),
    lacks=frozenset(("structured_outputs", "response_format", "tools", "tool_choice", "seed")),
    tool_choices=(),
    quantization="int4",
    most_context=32_768,
    uptime=97.4,
    first_word=900,
)
_SHAKY = Provider(
    "simulator-shaky",
    "Simulator Shaky",
    Decimal("1.1"),
    status=-2,
    uptime=71.3,
    quantization="fp8",
    first_word=6_200,
    speed=11,
)
_NEW = Provider("simulator-new", "Simulator New", Decimal("1.3"), uptime=None)
_UNFORCED = replace(_SWIFT, lacks=frozenset(), tool_choices=("none", "auto"))

_SERVED_BY: Mapping[str, Sequence[Provider]] = {
    "anthropic/claude-haiku-4.5": (HOME, replace(_EUROPE, factor=Decimal("1.1"))),
    "deepseek/deepseek-v4-flash": (_THRIFT, _STEADY, _SWIFT, _SHAKY),
    "deepseek/deepseek-chat": (_THRIFT, _STEADY, _EUROPE, _SWIFT, _PLAIN),
    "meta-llama/llama-3.3-70b-instruct": (HOME, _THRIFT, _SWIFT, _PLAIN, _SHAKY),
    "mistralai/mistral-small-3.2-24b-instruct": (HOME, _PLAIN),
    "moonshotai/kimi-k2": (_THRIFT, _UNFORCED),
    "qwen/qwen3-235b-a22b-2507": (_THRIFT, _STEADY, _NEW),
    "z-ai/glm-5.3": (HOME, _SHAKY),
}
"""Models with more than one; whoever asks without a wish gets the cheapest that takes what is asked."""


def everybody() -> list[Provider]:
    """Return every provider once, whatever regions and variants it has."""
    by_slug = {HOME.slug: HOME}
    for provider in (provider for providers in _SERVED_BY.values() for provider in providers):
        by_slug.setdefault(provider.slug, provider)
    return list(by_slug.values())


@dataclass(frozen=True)
class Endpoint:
    """A model at one provider."""

    model: Model
    provider: Provider

    @property
    def tag(self) -> str:
        """What `provider.order`, `only` and `ignore` name it by."""
        return self.provider.tag

    def is_named(self, slugs: Sequence[str]) -> bool:
        """Whether one of these names it; a slug without its last part stands for all variants and regions."""
        return any(self.tag == slug or self.tag.startswith(f"{slug}/") for slug in slugs)

    @property
    def served(self) -> Model:
        """The model with the price, the context and the parameters that it has here."""
        entry, provider = self.model.entry, self.provider
        context = entry["context_length"]
        shorter = min(context, provider.most_context) if context and provider.most_context else context
        taken = [name for name in entry["supported_parameters"] if name not in provider.lacks]
        return Model({**entry, "context_length": shorter, "supported_parameters": taken, "pricing": self._pricing()})

    def takes_tool_choice(self, kind: str) -> bool:
        """Whether `tool_choice` may be of a kind: none, auto, required or function."""
        return self.served.supports("tools") and kind in self.provider.tool_choices

    def body(self, *, has_figures: bool) -> dict[str, Any]:
        """Return the entry of /endpoints, in the recorded key order; speeds are told to those with a key alone."""
        served, provider, entry = self.served, self.provider, self.model.entry
        context = served.entry["context_length"] or 0
        most = entry["top_provider"]["max_completion_tokens"]
        return {
            "name": f"{provider.name} | {entry['canonical_slug']}",
            "model_id": self.model.id,
            "model_name": entry["name"],
            "context_length": context,
            "pricing": {**served.entry["pricing"], "discount": 0},
            "provider_name": provider.name,
            "tag": self.tag,
            "quantization": provider.quantization,
            "max_completion_tokens": min(most, context) if most and context else most,
            "max_prompt_tokens": None,
            "supported_parameters": served.entry["supported_parameters"],
            "supports_tool_choice": {kind: self.takes_tool_choice(kind) for kind in TOOL_CHOICES},
            "status": provider.status,
            "uptime_last_30m": provider.uptime if provider.name != HOME.name else None,
            "uptime_last_5m": None,
            "uptime_last_1d": provider.uptime,
            "supports_implicit_caching": False,
            "native_tools": {},
            "supports_voice_cloning": False,
            "supports_multiple_audio_references": False,
            "supports_image_reference": False,
            "latency_last_30m": _spread(provider.first_word, rises=True) if has_figures else None,
            "throughput_last_30m": _spread(provider.speed, rises=False) if has_figures else None,
            # Newer than the recording of 2026-10-02; the official SDK of 2026-10-27 requires both.
            "service_tier": None,
            "supports_diarization": False,
        }

    def _pricing(self) -> dict[str, Any]:
        return {
            name: [_times(override, self.provider.factor) for override in price]
            if name == "overrides"
            else _dearer(price, self.provider.factor)
            for name, price in self.model.entry["pricing"].items()
        }


def endpoints_of(model: Model) -> list[Endpoint]:
    """Return a model at each of its providers."""
    return [Endpoint(model, provider) for provider in _SERVED_BY.get(model.id, (HOME,))]


def listed_endpoints(model: Model, *, has_figures: bool) -> dict[str, Any]:
    """Return the body of /models/{author}/{slug}/endpoints."""
    kept = {name: model.entry.get(name, "") for name in ("id", "name", "created", "description")}
    arch = model.entry["architecture"]
    order = ("tokenizer", "instruct_type", "modality", "input_modalities", "output_modalities")
    bodies = [endpoint.body(has_figures=has_figures) for endpoint in endpoints_of(model)]
    return {"data": {**kept, "architecture": {name: arch[name] for name in order}, "endpoints": bodies}}


def _times(override: Mapping[str, Any], factor: Decimal) -> dict[str, Any]:
    return {name: _dearer(value, factor) if isinstance(value, str) else value for name, value in override.items()}


def _dearer(price: str, factor: Decimal) -> str:
    if factor == 1 or price.startswith("-"):
        return price
    return format((Decimal(price) * factor).normalize(), "f")


def _spread(middle: int, *, rises: bool) -> dict[str, float]:
    """Return percentiles around a middle: the worst hundredth waits five times as long, or gets a fifth."""
    steps = {"p50": 1.0, "p75": 1.4, "p90": 2.2, "p99": 5.0}
    return {name: round(middle * step if rises else middle / step, 1) for name, step in steps.items()}
