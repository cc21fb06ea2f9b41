"""Models: what /models lists and what a chat request is checked against."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from types import EllipsisType
from typing import Any

DYNAMIC_VARIANTS = (":nitro", ":floor", ":exacto", ":online")
ROUTES = {"openrouter/free": "google/gemma-4-31b-it:free"}
ROUTED_TO = "sim/writer"
SAMPLING = ("frequency_penalty", "max_tokens", "presence_penalty", "seed", "stop", "temperature", "top_p")
STRUCTURED = ("response_format", "structured_outputs")
TOOLS = ("tool_choice", "tools")
REASONING = ("include_reasoning", "reasoning", "reasoning_effort")


@dataclass(frozen=True)
class Model:
    """One catalogue entry, in the shape of /models, with its prices and abilities as questions."""

    entry: Mapping[str, Any]

    @property
    def id(self) -> str:
        """The id that requests name."""
        return str(self.entry["id"])

    @property
    def is_free(self) -> bool:
        """Whether answers cost nothing."""
        return self.id.endswith(":free") or self.id == "openrouter/free"

    @property
    def context_length(self) -> int | None:
        """The context in tokens; `None` where the entry has none or 0."""
        return self.entry["context_length"] or None

    @property
    def reasoning_is_mandatory(self) -> bool:
        """Whether reasoning cannot be switched off."""
        return bool(self.entry.get("reasoning", {}).get("mandatory"))

    @property
    def inputs(self) -> Sequence[str]:
        """The kinds of input: text, image, file, audio, video."""
        return list(self.entry["architecture"]["input_modalities"])

    @property
    def outputs(self) -> Sequence[str]:
        """The kinds of output."""
        return list(self.entry["architecture"]["output_modalities"])

    def supports(self, parameter: str) -> bool:
        """Whether a request parameter has an effect."""
        return parameter in self.entry["supported_parameters"]

    def price(self, name: str, prompt: int = 0) -> Decimal:
        """Return one price in USD per token; 0 for a free model, a router and a price that is not listed.

        A price override applies when the prompt is strictly longer than its `min_prompt_tokens`.
        """
        if self.is_free:
            return Decimal(0)
        pricing = self.entry["pricing"]
        value = pricing.get(name, "0")
        for override in pricing.get("overrides", ()):
            if "min_prompt_tokens" in override and prompt > override["min_prompt_tokens"]:
                value = override.get(name, value)
        return max(Decimal(value), Decimal(0))

    def cost(self, prompt: int, completion: int) -> tuple[Decimal, Decimal]:
        """Return the cost of prompt and completion in USD, from token counts."""
        return prompt * self.price("prompt", prompt), completion * self.price("completion", prompt)


@dataclass(frozen=True)
class Named:
    """A model found by the id of a request, with the parameters of its suffix."""

    model: Model
    served_as: str
    options: Mapping[str, str]
    searches_web: bool = False


class Catalogue:
    """All models, found by id, dated slug, alias or variant."""

    def __init__(self, models: Iterable[Model]) -> None:
        self.models = list(models)
        slugs = {str(model.entry["canonical_slug"]): model for model in reversed(self.models) if not model.is_free}
        self._by_id = {**slugs, **{model.id: model for model in self.models}}

    def find(self, name: str) -> Named | None:
        """Find what a request's `model` means; aliases and routers are served as a concrete model."""
        base, options = _parameters(name)
        variant = next((suffix for suffix in DYNAMIC_VARIANTS if base.endswith(suffix)), "")
        model = self._by_id.get(base.removesuffix(variant))
        if model is None:
            return None
        target = model.entry.get("alias_target", {}).get("slug") or _routed(model)
        if target:
            return Named(self._by_id[target], target, options, variant == ":online")
        return Named(model, name, options, variant == ":online")

    def entry(self, name: str) -> Model | None:
        """Find the catalogue entry that an id, dated slug or variant names, without following aliases."""
        base, _ = _parameters(name)
        variant = next((suffix for suffix in DYNAMIC_VARIANTS if base.endswith(suffix)), "")
        return self._by_id.get(base.removesuffix(variant))


def _parameters(name: str) -> tuple[str, dict[str, str]]:
    """Split `sim/bench:n=2000,itl=5` into the id and its parameters."""
    base, colon, suffix = name.partition(":")
    if not colon or "=" not in suffix:
        return name, {}
    pairs = (part.partition("=") for part in suffix.split(","))
    return base, {key.strip(): value.strip() for key, _, value in pairs}


def _routed(model: Model) -> str | None:
    """Return the concrete model behind a router; answers of routers name that one."""
    return ROUTES.get(model.id, ROUTED_TO) if model.id.startswith("openrouter/") else None


def entry(
    id: str,
    name: str,
    description: str | EllipsisType,
    *,
    created: str,
    context: int | None,
    prices: tuple[str, str],
    inputs: Sequence[str] = ("text",),
    outputs: Sequence[str] = ("text",),
    parameters: Iterable[str] = (),
    max_output: int | None = None,
    slug: str | None = None,
    tokenizer: str = "Other",
    more_prices: Mapping[str, Any] | None = None,
    **changed: Any,
) -> Model:
    """Build an entry in the recorded key order.

    `prices` are USD per million tokens for prompt and completion, `created` is a date, `changed` replaces or adds
    fields; what is `...` is left out.
    """
    moment = datetime.fromisoformat(created).replace(tzinfo=UTC)
    canonical = slug or f"{id.removesuffix(':free')}-{moment:%Y%m%d}"
    value: dict[str, Any] = {
        "id": id,
        "canonical_slug": canonical,
        "hugging_face_id": None,
        "name": name,
        "created": int(moment.timestamp()),
        "description": description,
        "context_length": context,
        "architecture": {
            "modality": f"{'+'.join(inputs)}->{'+'.join(outputs)}",
            "input_modalities": list(inputs),
            "output_modalities": list(outputs),
            "tokenizer": tokenizer,
            "instruct_type": None,
        },
        "pricing": {"prompt": _per_token(prices[0]), "completion": _per_token(prices[1]), **(more_prices or {})},
        "top_provider": {"context_length": context, "max_completion_tokens": max_output, "is_moderated": False},
        "per_request_limits": None,
        "supported_parameters": sorted(parameters),
        "default_parameters": {},
        "supported_voices": None,
        "knowledge_cutoff": None,
        "expiration_date": None,
        "links": {"details": f"/api/v1/models/{canonical}/endpoints"},
    }
    merged = {**value, **changed}
    return Model({key: item for key, item in merged.items() if item is not ...})


def _per_token(per_million: str) -> str:
    """Turn a price per million tokens into the wire's price per token; `-1` means that it varies."""
    if per_million == "-1":
        return per_million
    return format(Decimal(per_million).scaleb(-6).normalize(), "f")
