"""Every parameter of a request beside messages, tools and format."""

from __future__ import annotations

from typing import Annotated, Any, Literal, get_args

from pydantic import BeforeValidator, Field, field_validator, model_validator

from service.headers import checked_headers, merged_headers
from service.types.base import Frozen, Json

__all__ = ["REASONING_EFFORTS", "ModelParameters", "ReasoningEffort"]

ReasoningEffort = Literal["max", "xhigh", "high", "medium", "low", "minimal", "none"]

REASONING_EFFORTS: tuple[str, ...] = get_args(ReasoningEffort)
"""Reasoning efforts from the strongest to none."""

_REASONING = ("reasoning", "reasoning_effort")
_REQUEST_FIELDS = frozenset({"messages", "stream"})

_Probability = Annotated[float, Field(ge=0, le=1)]
_Penalty = Annotated[float, Field(ge=-2, le=2)]
_Stop = str | Annotated[tuple[str, ...], Field(min_length=1, max_length=4)]
_LogitBias = dict[str, Annotated[float, Field(ge=-100, le=100)]]
_Metadata = Annotated[
    dict[Annotated[str, Field(max_length=64)], Annotated[str, Field(max_length=512)]], Field(max_length=16)
]
_Headers = Annotated[dict[str, str], BeforeValidator(checked_headers)]


class ModelParameters(Frozen):
    """Every parameter of a request beside messages, tools and format. `None` means unset: it is not sent.

    Ranges are those of OpenRouter's Parameters page; what a model does not take is dropped by OpenRouter silently,
    see `ModelInfo.supported_parameters`. `extra_body` is merged into the payload last, for what is not named here;
    `extra_headers` go along beside the body, and hold no key: see `service.headers`.
    """

    temperature: Annotated[float, Field(ge=0, le=2)] | None = None
    top_p: _Probability | None = None
    top_k: Annotated[int, Field(ge=0)] | None = None
    min_p: _Probability | None = None
    top_a: _Probability | None = None
    frequency_penalty: _Penalty | None = None
    presence_penalty: _Penalty | None = None
    repetition_penalty: Annotated[float, Field(ge=0, le=2)] | None = None
    max_tokens: Annotated[int, Field(ge=1)] | None = None
    max_completion_tokens: Annotated[int, Field(ge=1)] | None = None
    seed: int | None = None
    stop: _Stop | None = None
    logit_bias: _LogitBias | None = None
    logprobs: bool | None = None
    top_logprobs: Annotated[int, Field(ge=0, le=20)] | None = None
    parallel_tool_calls: bool | None = None
    reasoning: Json | None = None
    reasoning_effort: ReasoningEffort | None = None
    include_reasoning: bool | None = None
    verbosity: Literal["low", "medium", "high", "xhigh", "max"] | None = None
    prediction: Json | None = None
    modalities: tuple[Literal["text", "image", "audio"], ...] | None = None
    image_config: Json | None = None
    audio: Json | None = None
    provider: Json | None = None
    models: tuple[str, ...] | None = None
    route: Literal["fallback", "sort"] | None = None
    plugins: tuple[Json, ...] | None = None
    transforms: tuple[str, ...] | None = None
    web_search_options: Json | None = None
    x_search_filter: Json | None = None
    max_tool_calls: Annotated[int, Field(ge=1, le=30)] | None = None
    stop_server_tools_when: tuple[Json, ...] | None = None
    deferred_tools: Json | None = None
    service_tier: str | None = None
    session_id: Annotated[str, Field(max_length=256)] | None = None
    user: str | None = None
    metadata: _Metadata | None = None
    trace: Json | None = None
    cache_control: Json | None = None
    prompt_cache_key: str | None = None
    prompt_cache_options: Json | None = None
    preset: str | None = None
    debug: Json | None = None
    extra_body: Json = Field(default_factory=dict)
    extra_headers: _Headers = Field(default_factory=dict)

    @field_validator("extra_body")
    @classmethod
    def _check_extra(cls, value: dict[str, Any]) -> dict[str, Any]:
        if taken := sorted(_REQUEST_FIELDS & value.keys()):
            raise ValueError(f"extra_body must not hold {', '.join(taken)}: set it on the request itself")
        return value

    @model_validator(mode="after")
    def _check_clashes(self) -> ModelParameters:
        reasoning = self.reasoning or {}
        if reasoning.get("effort") is not None and reasoning.get("max_tokens") is not None:
            raise ValueError("reasoning takes effort or max_tokens, not both")
        if self.reasoning_effort and reasoning.get("effort") not in (None, self.reasoning_effort):
            raise ValueError("reasoning_effort and reasoning.effort differ; set one of them")
        if self.top_logprobs is not None and self.logprobs is False:
            raise ValueError("top_logprobs needs logprobs=True")
        return self

    def merged_over(self, defaults: ModelParameters) -> ModelParameters:
        """Return these parameters, field by field filled up from `defaults` where they are unset.

        How much a model thinks is one choice, however it is written: a budget here leaves no effort of `defaults`.
        """
        extra = {**defaults.extra_body, **self.extra_body}
        own = self.set_fields()
        gone = dict.fromkeys(_REASONING) if own.keys() & set(_REASONING) else {}
        headers = merged_headers(defaults.extra_headers, self.extra_headers)
        return defaults.model_copy(update={**gone, **own, "extra_body": extra, "extra_headers": headers})

    def set_fields(self) -> dict[str, Any]:
        """Return what is set, by name, `extra_body` and `extra_headers` left out."""
        names = self.model_fields_set - {"extra_body", "extra_headers"}
        return {name: value for name in names if (value := getattr(self, name)) is not None}
