"""Stand-ins for models of the real catalogue: ids, prices and abilities as on OpenRouter, odd cases included.

Ids and prices follow recordings of 2026-08 to 2026-10 where there is one and are plausible elsewhere.
The answers are the simulator's own, and say so.
"""

from collections.abc import Iterator
from typing import Any

from service.simulator.catalogue import REASONING, SAMPLING, STRUCTURED, TOOLS, Model, entry

_ALL = ("text", "image", "file", "audio", "video")
_SEES = ("text", "image", "file")
_FULL = (*SAMPLING, *STRUCTURED, *TOOLS)
_OPEN = (*_FULL, "logit_bias", "logprobs", "min_p", "repetition_penalty", "top_k", "top_logprobs")
_NULLS = dict.fromkeys(("temperature", "top_p", "top_k", "frequency_penalty", "presence_penalty", "repetition_penalty"))
_SEARCH = {"web_search": "0.01"}
_EFFORTS = ["max", "xhigh", "high", "medium", "low"]


def _thinks(*, mandatory: bool = False, **more: Any) -> dict[str, Any]:
    return {"mandatory": mandatory, **more}


def _stand_in(vendor: str, note: str) -> str:
    return f"{note} Here it is a stand-in for {vendor}'s model: the simulator answers, not the model."


def models() -> Iterator[Model]:
    """Yield the stand-ins, grouped by vendor."""
    yield from _openai()
    yield from _anthropic()
    yield from _google()
    yield from _open_weights()
    yield from _others()
    yield from _free()
    yield from _routers()
    yield from _aliases()


_GPT_OVERRIDES = {
    **_SEARCH,
    "input_cache_read": "0.0000001",
    "input_cache_write": "0.0000025",
    "overrides": [{"min_prompt_tokens": 272_000, "prompt": "0.000004", "completion": "0.000015"}],
}
_GPT_PARAMETERS = (*STRUCTURED, *TOOLS, *REASONING, "max_completion_tokens", "max_tokens", "seed", "verbosity")
_CLAUDE_PRICES = {
    **_SEARCH,
    "input_cache_read": "0.0000002",
    "input_cache_write": "0.0000025",
    "input_cache_write_1h": "0.000004",
}


def _openai() -> Iterator[Model]:
    yield entry(
        "openai/gpt-6.1-sol",
        "OpenAI: GPT-6.1 Sol",
        _stand_in("OpenAI", "A large reasoning model that takes no temperature and always thinks."),
        created="2026-09-29",
        context=1_050_000,
        prices=("2", "10"),
        inputs=_SEES,
        parameters=_GPT_PARAMETERS,
        max_output=128_000,
        tokenizer="GPT",
        more_prices=_GPT_OVERRIDES,
        reasoning=_thinks(mandatory=True, default_enabled=True, supported_efforts=_EFFORTS, default_effort="medium"),
    )
    yield entry(
        "openai/gpt-5.4-nano",
        "OpenAI: GPT-5.4 Nano",
        _stand_in("OpenAI", "A small, cheap model for simple, frequent work."),
        created="2026-03-17",
        context=400_000,
        prices=("0.2", "1.25"),
        inputs=_SEES,
        parameters=_GPT_PARAMETERS,
        max_output=128_000,
        tokenizer="GPT",
        more_prices=_SEARCH,
        reasoning=_thinks(supported_efforts=["high", "medium", "low", "none"], default_effort="none"),
    )
    yield entry(
        "openai/gpt-4.1-mini",
        "OpenAI: GPT-4.1 Mini",
        _stand_in("OpenAI", "A quick general model with a long context."),
        created="2025-04-14",
        context=1_047_576,
        prices=("0.4", "1.6"),
        inputs=_SEES,
        parameters=_FULL,
        max_output=32_768,
        slug="openai/gpt-4.1-mini-2025-04-14",
        tokenizer="GPT",
        more_prices=_SEARCH,
    )
    yield entry(
        "openai/gpt-4o",
        "OpenAI: GPT-4o",
        _stand_in("OpenAI", "An older all-round model for text and images."),
        created="2024-05-13",
        context=128_000,
        prices=("2.5", "10"),
        inputs=_SEES,
        parameters=(*_FULL, "logit_bias", "logprobs", "prediction", "top_logprobs", "web_search_options"),
        max_output=16_384,
        tokenizer="GPT",
        default_parameters=_NULLS,
        knowledge_cutoff="2023-10-31",
    )
    yield entry(
        "openai/gpt-3.5-turbo",
        "OpenAI: GPT-3.5 Turbo",
        _stand_in("OpenAI", "An early chat model with a short context, about to be retired."),
        created="2023-05-28",
        context=16_385,
        prices=("0.5", "1.5"),
        parameters=(*SAMPLING, *TOOLS, "response_format", "logit_bias"),
        max_output=4_096,
        tokenizer="GPT",
        expiration_date="2026-12-31",
        default_parameters=None,
    )
    yield entry(
        "openai/gpt-5-image-mini",
        "OpenAI: GPT-5 Image Mini",
        _stand_in("OpenAI", "Answers with text and pictures."),
        created="2025-10-16",
        context=400_000,
        prices=("2.5", "2"),
        inputs=("file", "image", "text"),
        outputs=("image", "text"),
        parameters=(*SAMPLING, *STRUCTURED),
        max_output=128_000,
        tokenizer="GPT",
        more_prices={"image": "0.0000025", "image_output": "0.000008"},
    )


def _anthropic() -> Iterator[Model]:
    yield entry(
        "anthropic/claude-sonnet-5.5",
        "Anthropic: Claude Sonnet 5.5",
        _stand_in("Anthropic", "A strong everyday model that always thinks and takes temperature but no top_p."),
        created="2026-09-28",
        context=1_000_000,
        prices=("2", "10"),
        inputs=_SEES,
        parameters=(*STRUCTURED, *TOOLS, *REASONING, "max_completion_tokens", "max_tokens", "stop", "temperature"),
        max_output=128_000,
        tokenizer="Claude",
        more_prices=_CLAUDE_PRICES,
        reasoning=_thinks(mandatory=True, supported_efforts=_EFFORTS, default_effort="high"),
    )
    yield entry(
        "anthropic/claude-haiku-4.5",
        "Anthropic: Claude Haiku 4.5",
        _stand_in("Anthropic", "A fast, inexpensive model."),
        created="2025-10-15",
        context=200_000,
        prices=("1", "5"),
        inputs=_SEES,
        parameters=(*STRUCTURED, *TOOLS, *REASONING, "max_tokens", "stop", "temperature", "top_k", "top_p"),
        max_output=64_000,
        slug="anthropic/claude-4.5-haiku-20251001",
        tokenizer="Claude",
        more_prices=_CLAUDE_PRICES,
        reasoning=_thinks(supports_max_tokens=True),
    )
    yield entry(
        "anthropic/claude-sonnet-4",
        "Anthropic: Claude Sonnet 4",
        _stand_in("Anthropic", "An earlier Sonnet, without structured outputs and dearer above 200,000 tokens."),
        created="2025-05-22",
        context=1_000_000,
        prices=("3", "15"),
        inputs=_SEES,
        parameters=(*TOOLS, "include_reasoning", "reasoning", "max_tokens", "stop", "temperature", "top_k", "top_p"),
        max_output=64_000,
        slug="anthropic/claude-4-sonnet-20250522",
        tokenizer="Claude",
        more_prices={
            **_SEARCH,
            "overrides": [{"min_prompt_tokens": 200_000, "prompt": "0.000006", "completion": "0.0000225"}],
        },
        hugging_face_id="",
        default_parameters=_NULLS,
        knowledge_cutoff="2025-01-31",
        reasoning=_thinks(),
    )
    yield entry(
        "anthropic/claude-opus-4.6",
        "Anthropic: Claude Opus 4.6",
        _stand_in("Anthropic", "A large model for long, demanding work."),
        created="2026-02-05",
        context=1_000_000,
        prices=("5", "25"),
        inputs=_SEES,
        parameters=(*_FULL, *REASONING, "top_k", "verbosity"),
        max_output=128_000,
        slug="anthropic/claude-4.6-opus-20260205",
        tokenizer="Claude",
        more_prices=_CLAUDE_PRICES,
        reasoning=_thinks(default_enabled=False, supported_efforts=_EFFORTS),
    )


def _google() -> Iterator[Model]:
    yield entry(
        "google/gemini-3.1-pro-preview",
        "Google: Gemini 3.1 Pro Preview",
        _stand_in("Google", "A large model for text, pictures, sound and video; it always thinks."),
        created="2026-02-19",
        context=1_048_576,
        prices=("2", "12"),
        inputs=_ALL,
        parameters=(*_FULL, *REASONING, "top_k"),
        max_output=65_536,
        tokenizer="Gemini",
        more_prices={
            "image": "0.000002",
            "audio": "0.000002",
            "internal_reasoning": "0.000012",
            "overrides": [{"min_prompt_tokens": 200_000, "prompt": "0.000004", "completion": "0.000018"}],
        },
        reasoning=_thinks(mandatory=True, supported_efforts=["high", "medium", "low"]),
    )
    yield entry(
        "google/gemini-2.5-flash-lite",
        "Google: Gemini 2.5 Flash Lite",
        _stand_in("Google", "A very cheap, fast model for text, pictures, sound and video."),
        created="2025-07-22",
        context=1_048_576,
        prices=("0.1", "0.4"),
        inputs=_ALL,
        parameters=(*_FULL, "include_reasoning", "reasoning"),
        max_output=65_535,
        tokenizer="Gemini",
        more_prices={"image": "0.0000001", "audio": "0.0000003"},
        reasoning=_thinks(default_enabled=False, supports_max_tokens=True),
    )
    yield entry(
        "google/gemini-3.1-flash-image-preview",
        "Google: Gemini 3.1 Flash Image Preview",
        _stand_in("Google", "Draws and edits pictures in a conversation."),
        created="2026-02-26",
        context=65_536,
        prices=("0.5", "3"),
        inputs=("image", "text"),
        outputs=("image", "text"),
        parameters=("max_tokens", "response_format", "seed", "temperature", "top_p"),
        max_output=65_536,
        tokenizer="Gemini",
        more_prices={"image_output": "0.00006"},
    )
    yield entry(
        "google/lyria-3-pro-preview",
        "Google: Lyria 3 Pro Preview",
        _stand_in("Google", "Writes songs; listed here so that audio output can be filtered."),
        created="2026-03-30",
        context=1_048_576,
        prices=("0", "0"),
        inputs=("text", "image"),
        outputs=("text", "audio"),
        parameters=("max_tokens", "response_format", "seed", "temperature", "top_p"),
        max_output=65_536,
    )


def _open_weights() -> Iterator[Model]:
    rows: list[tuple[str, str, str, str, int, tuple[str, str], tuple[str, ...]]] = [
        (
            "deepseek/deepseek-v4-flash",
            "DeepSeek: V4 Flash",
            "DeepSeek",
            "2026-04-24",
            1_048_576,
            ("0.14", "0.28"),
            (*_OPEN, *REASONING),
        ),
        ("deepseek/deepseek-chat", "DeepSeek: DeepSeek V3", "DeepSeek", "2024-12-26", 163_840, ("0.32", "0.89"), _OPEN),
        ("z-ai/glm-5.3", "Z.ai: GLM 5.3", "Z.ai", "2026-08-16", 202_752, ("0.6", "2.2"), (*_OPEN, *REASONING)),
        (
            "qwen/qwen3-235b-a22b-2507",
            "Qwen: Qwen3 235B A22B",
            "Alibaba",
            "2025-07-21",
            262_144,
            ("0.09", "0.58"),
            (*_OPEN, "top_a"),
        ),
        ("moonshotai/kimi-k2", "MoonshotAI: Kimi K2", "Moonshot AI", "2025-07-11", 131_072, ("0.55", "2.2"), _OPEN),
        (
            "meta-llama/llama-3.3-70b-instruct",
            "Meta: Llama 3.3 70B Instruct",
            "Meta",
            "2024-12-06",
            131_072,
            ("0.1", "0.32"),
            _OPEN,
        ),
        (
            "mistralai/mistral-small-3.2-24b-instruct",
            "Mistral: Mistral Small 3.2 24B",
            "Mistral",
            "2025-06-20",
            131_072,
            ("0.06", "0.18"),
            _OPEN,
        ),
        (
            "microsoft/phi-4",
            "Microsoft: Phi 4",
            "Microsoft",
            "2025-01-10",
            16_384,
            ("0.06", "0.14"),
            (*SAMPLING, "response_format", "min_p", "repetition_penalty", "top_k"),
        ),
        (
            "gryphe/mythomax-l2-13b",
            "MythoMax 13B",
            "Gryphe",
            "2023-07-02",
            4_096,
            ("0.06", "0.06"),
            (*SAMPLING, "top_a", "top_k", "min_p", "repetition_penalty"),
        ),
    ]
    for id, name, vendor, created, context, prices, parameters in rows:
        reasoning = _thinks() if "reasoning" in parameters else ...
        note = "An open-weights model."
        yield entry(
            id,
            name,
            _stand_in(vendor, note),
            created=created,
            context=context,
            prices=prices,
            parameters=parameters,
            max_output=min(context, 32_768),
            hugging_face_id=name.split(": ")[-1].replace(" ", "-"),
            default_parameters={"temperature": 0.7, "top_p": None, "frequency_penalty": None},
            reasoning=reasoning,
        )


def _others() -> Iterator[Model]:
    yield entry(
        "x-ai/grok-4.1-fast",
        "xAI: Grok 4.1 Fast",
        _stand_in("xAI", "A fast model with a very long context."),
        created="2025-11-19",
        context=2_000_000,
        prices=("0.2", "0.5"),
        inputs=("text", "image"),
        parameters=(*_FULL, *REASONING, "logprobs", "top_logprobs", "parallel_tool_calls"),
        max_output=30_000,
        tokenizer="Grok",
        more_prices={"overrides": [{"min_prompt_tokens": 128_000, "prompt": "0.0000004", "completion": "0.000001"}]},
        reasoning=_thinks(default_enabled=True),
    )
    yield entry(
        "perplexity/sonar",
        "Perplexity: Sonar",
        _stand_in("Perplexity", "Answers with web sources; takes neither tools nor a response format."),
        created="2025-01-27",
        context=127_072,
        prices=("1", "1"),
        inputs=("text", "image"),
        parameters=("max_tokens", "temperature", "top_k", "top_p", "web_search_options"),
        more_prices={"web_search": "0.005"},
    )
    yield entry(
        "cohere/command-a",
        "Cohere: Command A",
        ...,
        created="2025-03-13",
        context=256_000,
        prices=("2.5", "10"),
        parameters=(*SAMPLING, *STRUCTURED, "top_k"),
        max_output=8_192,
        tokenizer="Cohere",
    )
    yield entry(
        "amazon/nova-lite-v1",
        "Amazon: Nova Lite 1.0",
        _stand_in("Amazon", "A cheap model for text and pictures; optional fields are missing from its entry."),
        created="2024-12-05",
        context=300_000,
        prices=("0.06", "0.24"),
        inputs=("text", "image"),
        parameters=("max_tokens", "stop", "temperature", "tools", "top_k", "top_p"),
        max_output=5_120,
        tokenizer="Nova",
        hugging_face_id=...,
        knowledge_cutoff=...,
        expiration_date=...,
    )
    yield entry(
        "openai/o3-deep-research",
        "OpenAI: o3 Deep Research",
        _stand_in("OpenAI", "Researches on the web before it answers; no sampling parameters at all."),
        created="2025-10-10",
        context=200_000,
        prices=("10", "40"),
        inputs=_SEES,
        parameters=(*STRUCTURED, *TOOLS, *REASONING, "max_tokens", "seed"),
        max_output=100_000,
        tokenizer="GPT",
        more_prices=_SEARCH,
        expiration_date="2027-01-15",
        reasoning=_thinks(mandatory=True),
    )
    yield entry(
        "black-forest-labs/flux.2-pro",
        "Black Forest Labs: FLUX.2 Pro",
        _stand_in("Black Forest Labs", "Makes pictures only; its context length is 0."),
        created="2025-11-25",
        context=0,
        prices=("0", "0"),
        inputs=("text", "image"),
        outputs=("image",),
        parameters=("seed",),
        more_prices={"image_output": "0.0000146"},
    )


def _free() -> Iterator[Model]:
    yield entry(
        "google/gemma-4-31b-it:free",
        "Google: Gemma 4 31B (free)",
        _stand_in("Google", "A free open-weights model."),
        created="2026-04-02",
        context=262_144,
        prices=("0", "0"),
        inputs=("image", "text", "video"),
        parameters=(
            *TOOLS,
            "include_reasoning",
            "max_tokens",
            "reasoning",
            "response_format",
            "seed",
            "temperature",
            "top_p",
        ),
        max_output=32_768,
        tokenizer="Gemma",
        hugging_face_id="google/gemma-4-31B-it",
        default_parameters={**_NULLS, "temperature": 1, "top_p": 0.95, "top_k": 64},
        reasoning=_thinks(default_enabled=False),
    )
    yield entry(
        "nvidia/nemotron-3-super-120b-a12b:free",
        "NVIDIA: Nemotron 3 Super (free)",
        _stand_in("NVIDIA", "A free mixture-of-experts model."),
        created="2026-03-11",
        context=262_144,
        prices=("0", "0"),
        parameters=(*STRUCTURED, *TOOLS, *REASONING, "max_tokens", "seed", "temperature", "top_p"),
        max_output=235_929,
        default_parameters={**_NULLS, "temperature": 1, "top_p": 0.95},
        reasoning=_thinks(default_enabled=True, supports_max_tokens=True, supported_efforts=["medium", "low"]),
    )
    yield entry(
        "liquid/lfm-2.5-2.6b:free",
        "LiquidAI: LFM2.5 2.6B (free)",
        _stand_in("Liquid AI", "A tiny free model with neither tools nor structured outputs."),
        created="2026-09-15",
        context=32_768,
        prices=("0", "0"),
        parameters=(*SAMPLING, "include_reasoning", "reasoning", "min_p", "repetition_penalty", "top_k"),
        max_output=32_768,
        reasoning=_thinks(default_enabled=True),
    )


def _routers() -> Iterator[Model]:
    for id, name, note in (
        (
            "openrouter/auto",
            "Auto Router",
            "Chooses a model for each prompt; here the simulator's writer, unless told otherwise.",
        ),
        ("openrouter/free", "Free Models Router", "Chooses among free models; here always the simulator's writer."),
    ):
        price = "0" if id.endswith("free") else "-1"
        yield entry(
            id,
            name,
            note,
            created="2023-11-08",
            context=2_000_000 if price == "-1" else 200_000,
            prices=(price, price),
            inputs=_ALL,
            outputs=("text", "image"),
            parameters=(*_OPEN, *REASONING, "prediction", "top_a", "web_search_options"),
            slug=id,
            tokenizer="Router",
            top_provider={"context_length": None, "max_completion_tokens": None, "is_moderated": False},
        )
    yield entry(
        "openrouter/bodybuilder",
        "Body Builder (beta)",
        "Turns a wish into a request body; here answered by the simulator's writer. Its context length is unknown.",
        created="2025-12-04",
        context=None,
        prices=("-1", "-1"),
        parameters=("max_tokens",),
        slug="openrouter/bodybuilder",
        tokenizer="Router",
        default_parameters=None,
    )


def _aliases() -> Iterator[Model]:
    targets = {model.id: model for model in (*_openai(), *_anthropic())}
    for alias, name, target in (
        ("~openai/gpt-sol-latest", "OpenAI: GPT Sol Latest", "openai/gpt-6.1-sol"),
        ("~anthropic/claude-sonnet-latest", "Anthropic: Claude Sonnet Latest", "anthropic/claude-sonnet-5.5"),
    ):
        source = targets[target].entry
        alias_target = {"name": source["name"], "slug": target}
        head = {"id": alias, "canonical_slug": alias, "alias_target": alias_target}
        text = f"Always the newest model of its family; at present {source['name']}."
        details = {"details": f"/api/v1/models/{alias}/endpoints"}
        rest = {key: value for key, value in source.items() if key not in head}
        yield Model({**head, **rest, "name": name, "description": text, "links": details})
