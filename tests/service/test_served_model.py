"""Which model served: the same one under another name is no surprise, another one is said."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from service import OpenRouterService, ProviderError
from service.catalogue import ModelInfo
from service.modelnames import names_same_model
from service.simulator import Reply, Simulator
from tests.support import ask, streamed

MakeService = Callable[..., OpenRouterService]
SAMPLES = Path(__file__).parents[1] / "data" / "openrouter-samples.jsonl"


def recorded_pairs() -> Iterator[tuple[str, str]]:
    """The model asked for and the model named in the answer, of every recorded chat that tells both."""
    for line in SAMPLES.read_text(encoding="utf-8").splitlines():
        sample = json.loads(line)
        asked = ((sample.get("request") or {}).get("body") or {}).get("model")
        served = _model_of(sample)
        if asked and served:
            yield asked, served


def _model_of(sample: dict[str, Any]) -> str | None:
    body = sample.get("body")
    if isinstance(body, dict):
        return body.get("model")
    events = [line[6:] for line in (sample.get("sse") or "").splitlines() if line.startswith("data: {")]
    return json.loads(events[0]).get("model") if events else None


def test_there_are_recordings_to_compare() -> None:
    """Dated slugs and words in another order are among them."""
    pairs = set(recorded_pairs())
    assert ("anthropic/claude-haiku-4.5", "anthropic/claude-4.5-haiku-20251001") in pairs
    assert len(pairs) >= 8


@pytest.mark.parametrize(("asked", "served"), sorted(set(recorded_pairs())))
def test_every_recorded_answer_came_from_the_model_asked_for(asked: str, served: str) -> None:
    """None of them may be called a mismatch."""
    assert names_same_model(asked, served)


SAME = [
    ("openai/gpt-4o", "openai/gpt-4o"),
    ("openai/gpt-4o", "openai/gpt-4o-2024-08-06"),
    ("openai/gpt-5.4-nano", "openai/gpt-5.4-nano-20260317"),
    ("anthropic/claude-sonnet-4.6", "anthropic/claude-4.6-sonnet-20260217"),
    ("google/gemini-3.1-flash-lite-preview", "google/gemini-3.1-flash-lite-preview-20260303"),
    ("x/model", "x/model-0528"),
    ("x/model", "x/model-05-20"),
    ("x/model:free", "x/model"),
    ("x/model", "x/model:free"),
    ("x/model:nitro", "x/model-20260101"),
    ("X/Model", "x/model"),
    ("openrouter/auto", "anthropic/claude-4.5-haiku-20251001"),
    ("openrouter/free", "x/y:free"),
    ("~openai/gpt-latest", "openai/gpt-6-20260901"),
    ("@preset/mine", "x/y"),
    ("x/model@preset/mine", "a/b"),
    ("typesafe/jev-router", "a/b"),
    ("gpt-4o", "gpt-4o-2024-08-06"),
]
OTHER = [
    ("openai/gpt-4o", "openai/gpt-4o-mini"),
    ("openai/gpt-4o-mini", "openai/gpt-4o"),
    ("openai/gpt-4o", "openai/gpt-4.1"),
    ("anthropic/claude-haiku-4.5", "anthropic/claude-4.6-haiku-20251001"),
    ("anthropic/claude-haiku-4.5", "anthropic/claude-4.5-sonnet-20250929"),
    ("openai/gpt-4o", "azure/gpt-4o"),
    ("x/model-8b", "x/model-70b"),
    ("llama3:8b", "phi3:8b"),
]


@pytest.mark.parametrize(("asked", "served"), SAME)
def test_these_name_the_same_model(asked: str, served: str) -> None:
    """A date, a variant, another order of words, or a router that serves what it likes."""
    assert names_same_model(asked, served)


@pytest.mark.parametrize(("asked", "served"), OTHER)
def test_these_name_different_models(asked: str, served: str) -> None:
    """However alike they look."""
    assert not names_same_model(asked, served)


def test_the_catalogue_knows_names_that_say_nothing() -> None:
    """A slug or an alias that it lists belongs to the id."""
    known = ModelInfo("x/new", "New", canonical_slug="x/codename-7", alias_of="x/older-1")
    assert names_same_model("x/new", "x/codename-7", known)
    assert names_same_model("x/new", "x/older-1", known)
    assert not names_same_model("x/new", "x/codename-8", known)


def test_another_model_is_a_warning(service: OpenRouterService, sim: Simulator) -> None:
    """The answer stays an answer."""
    sim.script(Reply(chunks=streamed("Hi", model="other/model")))
    result = service.start(ask()).wait()
    assert (result.text, result.model, result.requested_model) == ("Hi", "other/model", "sim/echo")
    assert result.warnings == ("Answered by other/model, not by sim/echo.",)
    assert service.chat(ask()).warnings == ()


def test_with_strict_model_another_model_is_an_error(make_service: MakeService, sim: Simulator) -> None:
    """What it said is kept, it is not asked again, and the hint names the setting."""
    sim.script(Reply(chunks=streamed("Hi", model="other/model")))
    run = make_service(strict_model=True).start(ask())
    with pytest.raises(ProviderError, match=r"Answered by other/model, not by sim/echo\.") as caught:
        run.wait()
    assert caught.value.partial is not None
    assert (caught.value.partial.text, caught.value.retryable) == ("Hi", False)
    assert "strict_model" in caught.value.hint
    context = caught.value.context
    assert (context.model, context.attempt, context.correlation_id) == ("sim/echo", 1, run.correlation_id)
    assert (context.request_id, context.payload["model"]) == ("gen-1-scripted", "sim/echo")
    assert (run.state, len(sim.chat_requests)) == ("failed", 1)


def test_with_strict_model_a_fallback_that_was_asked_for_is_no_error(make_service: MakeService, sim: Simulator) -> None:
    """Whoever lists other models wants them; that one of them served is still said."""
    sim.script(Reply(chunks=streamed("Hi", model="other/model")))
    result = make_service(strict_model=True).start(ask(models=("other/model",))).wait()
    assert result.warnings == ("Answered by other/model, not by sim/echo.",)


def test_a_server_that_does_not_name_its_model_is_believed(make_service: MakeService, sim: Simulator) -> None:
    """Some local servers leave it out."""
    body = {"choices": [{"message": {"content": "Hi"}, "finish_reason": "stop"}]}
    sim.script(Reply(chunks=[json.dumps(body).encode()]))
    result = make_service(strict_model=True).chat(ask())
    assert (result.text, result.model, result.warnings) == ("Hi", "", ())
