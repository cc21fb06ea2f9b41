"""The model list: how often it is fetched, what is kept of it, and how its entries are read."""

import json
import threading
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from service import ModelInfo, ModelNotFoundError, OpenRouterService, ProviderError, RateLimitError
from service.catalogue import read_models
from service.simulator import Reply, Simulator
from tests.support import FakeClock, refusing

MakeService = Callable[..., OpenRouterService]
SAMPLES = Path(__file__).parents[1] / "data" / "openrouter-samples.jsonl"


def fetches(sim: Simulator) -> int:
    return len([request for request in sim.requests if request.path.endswith("/models")])


def listing(*entries: Any) -> Reply:
    return Reply(chunks=[json.dumps({"data": entries}).encode()])


def ids(models: list[ModelInfo]) -> list[str]:
    return [model.id for model in models]


def only(entry: dict[str, Any]) -> ModelInfo:
    (model,) = read_models({"data": [entry]})
    return model


def test_the_list_is_fetched_once_for_as_long_as_it_is_fresh(
    make_service: MakeService, sim: Simulator, clock: FakeClock
) -> None:
    """A moment before its time is over it is still the same, a moment after it is new."""
    service = make_service(clock=clock, model_cache_ttl=300)
    first = service.list_models()
    clock.advance(299)
    assert service.list_models() == first
    assert (fetches(sim), len(first) > 60) == (1, True)
    clock.advance(2)
    sim.script_for("/models", listing({"id": "a/b"}))
    assert ids(service.list_models()) == ["a/b"]
    assert fetches(sim) == 2


def test_a_refresh_fetches_at_once(service: OpenRouterService, sim: Simulator) -> None:
    """Whatever its age."""
    service.list_models()
    service.list_models(refresh=True)
    assert fetches(sim) == 2


@pytest.mark.parametrize("ttl", [300, 0], ids=["cached", "never cached"])
def test_many_callers_at_once_cause_one_fetch(make_service: MakeService, sim: Simulator, ttl: float) -> None:
    """Eight pages that open together ask once: whoever asked before the list came is served by it."""
    sim.script_for("/models", Reply(chunks=[b" ", b'{"data": [{"id": "a/b"}]}'], gap=0.3))
    service = make_service(model_cache_ttl=ttl)
    lists: list[list[ModelInfo]] = []
    ready = threading.Barrier(8)

    def ask() -> None:
        ready.wait()
        lists.append(service.list_models())

    callers = [threading.Thread(target=ask) for _ in range(8)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    assert (fetches(sim), [ids(models) for models in lists]) == (1, [["a/b"]] * 8)


@pytest.mark.parametrize(
    "failure",
    [refusing(500), Reply(chunks=[b"<html>"]), Reply(chunks=[b'{"data": null}']), Reply(end="cut")],
    ids=["500", "no JSON", "no list", "cut off"],
)
def test_when_the_server_fails_the_last_good_copy_stays(
    make_service: MakeService, sim: Simulator, clock: FakeClock, failure: Reply
) -> None:
    """And it is not asked again before the next time is over, so that an outage does not slow every page."""
    service = make_service(clock=clock, model_cache_ttl=300)
    first = service.list_models()
    clock.advance(301)
    sim.script_for("/models", failure)
    assert service.list_models() == first
    clock.advance(299)
    service.list_models()
    assert fetches(sim) == 2
    clock.advance(2)
    service.list_models()
    assert fetches(sim) == 3


def test_without_a_copy_the_failure_is_raised_and_the_next_call_asks_again(
    service: OpenRouterService, sim: Simulator
) -> None:
    """Nothing is remembered of a list that never came."""
    sim.script_for("/models", refusing(500))
    with pytest.raises(ProviderError):
        service.list_models()
    assert len(service.list_models()) > 60


def test_what_is_handed_out_may_be_changed(service: OpenRouterService) -> None:
    """The next caller gets a list of its own."""
    models = service.list_models()
    models.clear()
    assert service.list_models() != []


def test_a_model_is_found_by_its_id_and_by_its_dated_slug(service: OpenRouterService, sim: Simulator) -> None:
    """And with LiteLLM's prefix in front."""
    sim.script_for("/models", listing({"id": "a/b", "canonical_slug": "a/b-20260101", "name": "B"}))
    assert {service.get_model(name).name for name in ("a/b", "a/b-20260101", "openrouter/a/b")} == {"B"}
    assert fetches(sim) == 1


def test_an_unknown_model_is_answered_with_the_closest(service: OpenRouterService, sim: Simulator) -> None:
    """Without its vendor it is named with it."""
    sim.script_for("/models", listing({"id": "openai/gpt-4o"}, {"id": "openai/gpt-4o-mini"}, {"id": "x/other"}))
    with pytest.raises(ModelNotFoundError, match="There is no model 'gpt-4o'") as caught:
        service.get_model("gpt-4o")
    assert caught.value.hint.startswith("Did you mean 'openai/gpt-4o'")
    with pytest.raises(ModelNotFoundError) as caught:
        service.get_model("openai/gpt-4o-mni")
    assert caught.value.hint == "Did you mean 'openai/gpt-4o-mini' or 'openai/gpt-4o'?"


@pytest.mark.parametrize("model", ["", "  ", "gpt 4"])
def test_what_is_no_model_id_is_not_found(model: str, service: OpenRouterService) -> None:
    with pytest.raises(ModelNotFoundError, match="must look like 'vendor/model'"):
        service.get_model(model)


def test_an_error_inside_a_200_keeps_its_words(service: OpenRouterService, sim: Simulator) -> None:
    sim.script_for("/models", Reply(chunks=[b'{"error":{"code":429,"message":"Slow down"}}']))
    with pytest.raises(RateLimitError, match="Slow down") as caught:
        service.list_models()
    assert (caught.value.code, caught.value.status_code) == ("429", 200)


def test_where_nothing_is_close_the_hint_still_says_what_to_do(service: OpenRouterService) -> None:
    """Choose from the list."""
    with pytest.raises(ModelNotFoundError) as caught:
        service.get_model("zzzzzzzz/qqqqqqqq")
    assert caught.value.hint == "Choose a model from the list."


@pytest.mark.parametrize("name", ["models_list_simonw", "models_entries_2026_10"])
def test_recorded_lists_are_read_whole(name: str) -> None:
    """Every entry that OpenRouter sent is a model with an id, a name and a price that can be told."""
    lines = SAMPLES.read_text(encoding="utf-8").splitlines()
    body = next(sample["body"] for sample in map(json.loads, lines) if sample["name"] == name)
    entries = body["data"]
    models = read_models(body)
    assert ids(models) == [entry["id"] for entry in entries]
    for model, entry in zip(models, entries, strict=True):
        assert model.name == entry["name"]
        assert model.supported_parameters == frozenset(entry["supported_parameters"])
        told = entry["pricing"]["prompt"]
        assert model.pricing.prompt == (None if told == "-1" else Decimal(told))


def test_an_entry_is_read_in_full() -> None:
    """Each field where OpenRouter has it."""
    model = only(
        {
            "id": "a/b:free",
            "canonical_slug": "a/b-20260101",
            "name": "A: B",
            "description": "Fine",
            "created": 1_790_000_000,
            "context_length": 131_072,
            "architecture": {"input_modalities": ["text", "image"], "output_modalities": ["text"]},
            "top_provider": {"context_length": 65_536, "max_completion_tokens": 8_192, "is_moderated": True},
            "supported_parameters": ["tools", "temperature"],
            "default_parameters": {"temperature": 0.7, "top_p": None},
            "pricing": {"prompt": "0", "completion": "0"},
            "reasoning": {"mandatory": True},
            "expiration_date": "2027-01-01",
        }
    )
    assert (model.context_length, model.max_completion_tokens, model.is_moderated) == (131_072, 8_192, True)
    assert (model.input_modalities, model.output_modalities) == (("text", "image"), ("text",))
    assert (model.default_parameters, model.reasoning) == ({"temperature": 0.7}, {"mandatory": True})
    assert (model.expiration_date, model.created, model.is_free) == ("2027-01-01", 1_790_000_000, True)
    assert [model.supports(name) for name in ("tools", "seed")] == [True, False]


def test_a_router_has_no_price_beforehand() -> None:
    """OpenRouter says -1, which is no discount."""
    model = only({"id": "openrouter/auto", "pricing": {"prompt": "-1", "completion": "-1"}, "context_length": None})
    assert (model.is_router, model.pricing.prompt, model.pricing.cost(10, 10)) == (True, None, None)
    assert (model.context_length, model.is_free) == (None, False)


def test_an_alias_is_a_router_too() -> None:
    """It serves whatever its family's latest is."""
    model = only({"id": "~openai/gpt-latest", "alias_target": {"slug": "openai/gpt-6-20260901"}})
    assert (model.alias_of, model.is_router) == ("openai/gpt-6-20260901", True)


def test_other_servers_lists_hold_ids_alone() -> None:
    """Ollama, llama.cpp, vLLM: what they do not tell is unknown, and unknown is not "no" and not free."""
    model = only({"id": "llama3:8b", "object": "model", "created": 1_790_000_000, "owned_by": "library"})
    assert (model.name, model.context_length, model.supported_parameters) == ("llama3:8b", None, None)
    assert (model.supports("tools"), model.pricing.prompt, model.pricing.cost(1, 1)) == (None, None, None)
    assert model.is_free is False


def test_a_list_under_another_name_is_read_too() -> None:
    """Ollama's own route calls it `models`, and its entries have a name and no id."""
    assert ids(read_models({"models": [{"name": "llama3:8b"}, {"model": "phi"}]})) == ["llama3:8b", "phi"]


ODD_ENTRIES: list[Any] = [None, 7, "a/b", [], {}, {"id": None}, {"id": ""}, {"id": 5}]


def test_entries_that_cannot_be_read_are_left_out() -> None:
    """One odd entry does not cost the others."""
    good = {"id": "a/b", "pricing": None, "architecture": [], "top_provider": "x", "supported_parameters": {}}
    assert ids(read_models({"data": [*ODD_ENTRIES, good]})) == ["a/b"]


def test_of_two_entries_with_one_id_the_first_counts() -> None:
    """A page that lists both would show two rows nobody can tell apart."""
    listed = [{"id": "a/b", "name": "First"}, {"id": "c/d"}, {"id": "a/b", "name": "Second"}]
    assert [model.name for model in read_models({"data": listed})] == ["First", "c/d"]


@pytest.mark.parametrize("body", [None, [], {}, {"data": {}}, {"data": "x"}, {"error": {"message": "No."}}])
def test_a_body_without_a_list_is_an_error(body: Any) -> None:
    """And not an empty list of models."""
    with pytest.raises(ProviderError, match="The model list of the server could not be read"):
        read_models(body)


def test_prices_are_exactly_what_the_strings_say() -> None:
    """A binary fraction would turn 0.00000015 into something else."""
    pricing = only({"id": "a/b", "pricing": {"prompt": "0.00000015", "completion": "0.0000006"}}).pricing
    assert (pricing.prompt_per_million, pricing.completion_per_million) == (Decimal("0.15"), Decimal("0.6"))
    assert pricing.cost(1_000, 3) == Decimal("0.0001518")


def test_a_price_per_request_is_added_once() -> None:
    """Whatever the number of tokens."""
    pricing = only({"id": "a/b", "pricing": {"prompt": "0.001", "completion": "0", "request": "0.5"}}).pricing
    assert (pricing.cost(2, 9), pricing.cost(0, 0)) == (Decimal("0.502"), Decimal("0.5"))


def test_a_price_that_depends_on_the_length_applies_strictly_above_its_bound() -> None:
    """Of two that hold, the later one counts; one that names only one price leaves the other."""
    overrides = [
        {"min_prompt_tokens": 100, "prompt": "2", "completion": "20"},
        {"min_prompt_tokens": 200, "prompt": "3"},
        {"utc_start": "0000", "utc_end": "0600", "prompt": "0"},
    ]
    pricing = only({"id": "a/b", "pricing": {"prompt": "1", "completion": "10", "overrides": overrides}}).pricing
    assert [pricing.cost(tokens, 1) for tokens in (100, 101, 200, 201)] == [110, 222, 420, 623]


@pytest.mark.parametrize("overrides", [None, 5, "x", {"min_prompt_tokens": 1}, [None, 5, {"prompt": "9"}]])
def test_overrides_that_cannot_be_read_are_left_out(overrides: Any) -> None:
    """They do not cost the model its price, nor the others their place in the list."""
    pricing = only({"id": "a/b", "pricing": {"prompt": "1", "completion": "10", "overrides": overrides}}).pricing
    assert pricing.cost(2, 1) == 12


@pytest.mark.parametrize("price", ["", "free", None, True, "NaN", [], {}])
def test_a_price_that_is_no_number_is_unknown(price: Any) -> None:
    """Unknown is not zero."""
    pricing = only({"id": "a/b", "pricing": {"prompt": price, "completion": "1"}}).pricing
    assert (pricing.prompt, pricing.prompt_per_million, pricing.cost(1, 1)) == (None, None, None)
