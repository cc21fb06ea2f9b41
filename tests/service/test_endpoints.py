"""The providers of a model: how they are asked for, what is kept, how entries are read, and who is asked first."""

import json
import threading
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from service import (
    EndpointInfo,
    EndpointList,
    ModelNotFoundError,
    OpenRouterService,
    Pricing,
    ProviderError,
)
from service.endpoints import allowed_endpoints, first_asked
from service.simulator import Reply, Simulator
from service.wire.endpoints import endpoints_path, read_endpoints
from tests.support import FakeClock, ask, refusing

MakeService = Callable[..., OpenRouterService]
SAMPLES = Path(__file__).parents[1] / "data" / "openrouter-samples.jsonl"
MANY = "deepseek/deepseek-chat"


def fetches(sim: Simulator) -> list[str]:
    return [request.path.partition("/models/")[2] for request in sim.requests if request.path.endswith("/endpoints")]


def told(*entries: Any) -> Reply:
    return Reply(chunks=[json.dumps({"data": {"id": "a/b", "endpoints": list(entries)}}).encode()])


def tags(endpoints: tuple[EndpointInfo, ...] | None) -> list[str]:
    return [endpoint.tag for endpoint in endpoints or ()]


def only(entry: Any) -> EndpointInfo:
    (endpoint,) = read_endpoints({"data": {"endpoints": [entry]}})
    return endpoint


def at(tag: str, price: str | None = None, **fields: Any) -> EndpointInfo:
    pricing = Pricing() if price is None else Pricing(prompt=Decimal(price), completion=Decimal(price))
    return EndpointInfo(tag=tag, provider=tag.title(), pricing=pricing, **fields)


def test_each_provider_has_its_own_price_context_and_abilities(service: OpenRouterService) -> None:
    """Where the model list has only the cheapest price and the union of what they take."""
    info, endpoints = service.get_model(MANY), service.list_endpoints(MANY)
    assert len(endpoints) == 5
    assert {endpoint.supports("structured_outputs") for endpoint in endpoints} == {True, False}
    union = frozenset(name for endpoint in endpoints for name in endpoint.supported_parameters or ())
    assert union == info.supported_parameters
    assert min(endpoint.pricing.prompt or 0 for endpoint in endpoints) == info.pricing.prompt
    assert {endpoint.context_length for endpoint in endpoints} == {32_768, 65_536, 163_840}
    assert [endpoint.takes_tool_choice("required") for endpoint in endpoints] == [False, True, True, True, False]


def test_speeds_are_told_with_a_key_alone(make_service: MakeService, sim: Simulator) -> None:
    with_key = make_service().list_endpoints(MANY)[0]
    without = make_service(api_key="").list_endpoints(MANY)[0]
    assert (with_key.latency, with_key.throughput) == (1.3, 32.0)
    assert (without.latency, without.throughput, without.uptime) == (None, None, 99.1)


@pytest.mark.parametrize(
    ("asked", "path"),
    [
        (MANY, MANY),
        (f"{MANY}:nitro", MANY),
        (f"openrouter/{MANY}", MANY),
        ("~anthropic/claude-sonnet-latest", "anthropic/claude-sonnet-5.5"),
        ("anthropic/claude-4.5-haiku-20251001", "anthropic/claude-4.5-haiku-20251001"),
        ("google/gemma-4-31b-it:free", "google/gemma-4-31b-it:free"),
        ("sim/bench:n=3,itl=0", "sim/bench"),
    ],
)
def test_aliases_dated_slugs_and_variants_are_asked_for_as_their_model(
    service: OpenRouterService, sim: Simulator, asked: str, path: str
) -> None:
    """And the second time from the cache."""
    first = service.list_endpoints(asked)
    assert first
    assert service.list_endpoints(asked) == first == service.known_endpoints(asked).endpoints
    assert fetches(sim) == [f"{path}/endpoints"]


@pytest.mark.parametrize("model", ["openrouter/auto", "@preset/mine"])
def test_a_router_has_no_providers_of_its_own(service: OpenRouterService, sim: Simulator, model: str) -> None:
    assert service.list_endpoints(model) == ()
    assert service.known_endpoints(model) == EndpointList(())
    assert fetches(sim) == []


def test_another_server_is_not_asked(make_service: MakeService, sim: Simulator) -> None:
    """Only OpenRouter has such an address."""
    other = make_service(base_url=sim.base_url.removesuffix("/api/v1") + "/v1")
    assert other.list_endpoints(MANY) == ()
    assert other.known_endpoints(MANY) == EndpointList(())
    assert sim.requests == []


def test_a_server_with_openrouters_path_and_without_this_address_knows_nothing_of_providers(
    service: OpenRouterService, sim: Simulator
) -> None:
    """Which is no error: the model is there."""
    sim.script_for("/endpoints", refusing(404, "Not Found"))
    assert service.list_endpoints(MANY) == ()
    assert service.known_endpoints(MANY) == EndpointList(())


@pytest.mark.parametrize("model", ["deepseek/deepseek-chad", "no/../pe", "deepseek-chat", "a b"])
def test_a_model_that_is_not_there_is_said_to_be_so(service: OpenRouterService, model: str) -> None:
    with pytest.raises(ModelNotFoundError) as caught:
        service.list_endpoints(model)
    if "deepseek" in model:
        assert "'deepseek/deepseek-chat'" in caught.value.hint


def test_a_list_is_kept_as_long_as_the_model_list(make_service: MakeService, sim: Simulator, clock: FakeClock) -> None:
    service = make_service(clock=clock, model_cache_ttl=300)
    sim.script_for("/endpoints", told({"tag": "one", "provider_name": "One"}))
    assert tags(service.list_endpoints(MANY)) == ["one"]
    clock.advance(299)
    assert tags(service.list_endpoints(MANY)) == ["one"]
    clock.advance(2)
    assert len(service.list_endpoints(MANY)) == 5
    service.list_endpoints(MANY, refresh=True)
    assert len(fetches(sim)) == 3


@pytest.mark.parametrize(
    "failure",
    [refusing(500), Reply(chunks=[b"<html>"]), Reply(chunks=[b'{"data": []}']), Reply(end="cut")],
    ids=["500", "no JSON", "no list", "cut off"],
)
def test_when_the_server_fails_the_last_good_copy_stays(
    make_service: MakeService, sim: Simulator, clock: FakeClock, failure: Reply
) -> None:
    """With the reason beside it, and the server is left alone until the next time is over."""
    service = make_service(clock=clock, model_cache_ttl=300)
    first = service.list_endpoints(MANY)
    clock.advance(301)
    sim.script_for("/endpoints", failure)
    assert service.list_endpoints(MANY) == first
    known = service.known_endpoints(MANY)
    assert (known.endpoints, known.is_loading, known.error is not None) == (first, False, True)
    clock.advance(301)
    service.list_endpoints(MANY)
    assert service.known_endpoints(MANY).error is None
    assert len(fetches(sim)) == 3


def test_without_a_copy_the_failure_is_raised_and_who_only_looks_does_not_ask_again(
    service: OpenRouterService, sim: Simulator
) -> None:
    """Whoever asks outright does."""
    sim.script_for("/endpoints", refusing(500))
    with pytest.raises(ProviderError):
        service.list_endpoints(MANY)
    known = service.known_endpoints(MANY)
    assert (known.endpoints, known.is_loading, type(known.error)) == (None, False, ProviderError)
    assert len(fetches(sim)) == 1
    assert len(service.list_endpoints(MANY)) == 5


def test_looking_does_not_wait(service: OpenRouterService, sim: Simulator) -> None:
    """The server takes its time; meanwhile nothing is known, and one request is under way however often one looks."""
    service.list_models()
    sim.script_for("/endpoints", Reply(chunks=[b" ", b'{"data": {"endpoints": [{"tag": "late"}]}}'], gap=0.2))
    assert [service.known_endpoints(MANY) for _ in range(3)] == [EndpointList(None, is_loading=True)] * 3
    assert tags(service.list_endpoints(MANY)) == ["late"]
    assert tags(service.known_endpoints(MANY).endpoints) == ["late"]
    assert len(fetches(sim)) == 1


def test_many_callers_at_once_cause_one_fetch_also_when_it_fails(service: OpenRouterService, sim: Simulator) -> None:
    service.list_models()
    sim.script_for("/endpoints", Reply(500, {}, [b" ", b'{"error": {"message": "No.", "code": 500}}'], gap=0.2))
    ready = threading.Barrier(4)
    failures: list[Exception] = []

    def ask_once() -> None:
        ready.wait()
        try:
            service.list_endpoints(MANY)
        except ProviderError as error:
            failures.append(error)

    callers = [threading.Thread(target=ask_once) for _ in range(4)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    assert (len(fetches(sim)), len(failures)) == (1, 4)


def test_looking_never_fails(make_service: MakeService) -> None:
    """Not with half an id, not when the service is closed."""
    service = make_service()
    assert service.known_endpoints("half a name") == EndpointList(())
    service.close()
    assert service.known_endpoints(MANY) == EndpointList()


def test_the_recorded_list_is_read_whole() -> None:
    lines = SAMPLES.read_text(encoding="utf-8").splitlines()
    body = next(sample["body"] for sample in map(json.loads, lines) if sample["name"] == "model_endpoints_2026_10")
    (endpoint,) = read_endpoints(body)
    assert (endpoint.tag, endpoint.provider, endpoint.model) == (
        "google-ai-studio",
        "Google AI Studio",
        "google/lyria-3-pro-preview",
    )
    assert endpoint.supported_parameters == {"max_tokens", "temperature", "top_p", "seed", "response_format"}
    assert endpoint.tool_choices == {"none", "auto", "required", "function"}
    assert (endpoint.context_length, endpoint.quantization, endpoint.status) == (1_048_576, None, 0)
    assert (endpoint.uptime, endpoint.latency, endpoint.throughput) == (99.91164126352993, None, None)
    assert (endpoint.pricing.prompt, endpoint.is_degraded) == (0, False)


def test_what_is_not_told_is_unknown() -> None:
    """Not "no", not free, not down."""
    endpoint = only({"provider_name": "Deep Infra"})
    assert (endpoint.tag, endpoint.provider) == ("deep-infra", "Deep Infra")
    assert (endpoint.supports("tools"), endpoint.takes_tool_choice("required")) == (None, None)
    assert (endpoint.pricing.prompt, endpoint.uptime, endpoint.is_degraded) == (None, None, False)


ODD: list[Any] = [None, 7, "x", [], {}, {"tag": 5}, {"provider_name": None}]
STRANGE = {
    "tag": "a",
    "pricing": [],
    "supported_parameters": {"tools": True},
    "supports_tool_choice": ["auto"],
    "context_length": "long",
    "status": "down",
    "uptime_last_30m": True,
    "uptime_last_1d": float("inf"),
    "latency_last_30m": {"p50": None},
    "throughput_last_30m": 31,
    "quantization": 8,
}


def test_entries_that_cannot_be_read_are_left_out_and_odd_fields_are_unknown() -> None:
    (endpoint,) = read_endpoints({"data": {"endpoints": [*ODD, STRANGE]}})
    assert endpoint == EndpointInfo(tag="a", provider="a", throughput=31.0)


@pytest.mark.parametrize("body", [None, [], {}, {"data": None}, {"data": {"endpoints": {}}}, {"data": [{"tag": "a"}]}])
def test_a_body_without_a_list_is_an_error(body: Any) -> None:
    with pytest.raises(ProviderError, match="providers could not be read"):
        read_endpoints(body)


def test_an_id_is_no_way_to_another_address() -> None:
    assert endpoints_path("a/b?x=1#y") == "/models/a/b%3Fx%3D1%23y/endpoints"
    assert [endpoints_path(name) for name in ("a", "a/", "/b", "a/b/c", "../key", "a/..")] == [None] * 6


def test_a_slug_without_its_last_part_stands_for_all_of_its_variants() -> None:
    """As OpenRouter reads `only`, `order` and `ignore`; case does not matter."""
    endpoints = (at("deepinfra/fp8"), at("deepinfra/bf16"), at("deepinfra-turbo"), at("azure"))
    assert tags(allowed_endpoints(endpoints, {"only": ["DeepInfra"]})) == ["deepinfra/fp8", "deepinfra/bf16"]
    assert tags(allowed_endpoints(endpoints, {"only": ["deepinfra", "azure"], "ignore": ["deepinfra/fp8"]})) == [
        "deepinfra/bf16",
        "azure",
    ]
    assert tags(allowed_endpoints(endpoints, {"order": ["azure"]})) == tags(endpoints)
    assert tags(allowed_endpoints(endpoints, {"order": ["azure"], "allow_fallbacks": False})) == ["azure"]
    assert tags(allowed_endpoints(endpoints, {"only": "azure", "ignore": [3]})) == tags(endpoints)


def test_a_price_ceiling_and_a_precision_narrow_it_down() -> None:
    """Per million tokens; what is not told counts as "unknown", and an unknown price passes."""
    endpoints = (at("one", "0.000001", quantization="fp8"), at("two", "0.000002"), at("three"))
    ceiling = {"max_price": {"prompt": 1, "completion": "1.5"}}
    assert tags(allowed_endpoints(endpoints, ceiling)) == ["one", "three"]
    assert tags(allowed_endpoints(endpoints, {"max_price": {"prompt": "much"}})) == tags(endpoints)
    assert tags(allowed_endpoints(endpoints, {"quantizations": ["fp8", "bf16"]})) == ["one"]
    assert tags(allowed_endpoints(endpoints, {"quantizations": ["unknown"]})) == ["two", "three"]


CHEAP, DEAR, DOWN = at("cheap", "1"), at("dear", "9"), at("down", "0", status=-2)
SECRET = at("secret")


@pytest.mark.parametrize(
    ("preferences", "first"),
    [
        (None, None),
        ({"sort": "price"}, None),
        ({"order": ["dear"]}, DEAR),
        ({"order": ["nobody", "dear", "cheap"]}, DEAR),
        ({"order": ["nobody"]}, CHEAP),
        ({"only": ["dear", "cheap", "secret"]}, CHEAP),
        ({"only": ["down", "dear"]}, DEAR),
        ({"only": ["down"]}, DOWN),
        ({"only": ["nobody"]}, None),
        ({"only": ["dear", "cheap"], "sort": "throughput"}, None),
        ({"only": ["dear", "cheap"], "sort": {"by": "price"}}, CHEAP),
        ({"only": ["dear"], "sort": "latency"}, DEAR),
        ({"order": ["dear"], "ignore": ["dear"]}, CHEAP),
    ],
)
def test_who_is_asked_first(preferences: dict[str, Any] | None, first: EndpointInfo | None) -> None:
    assert first_asked((DOWN, SECRET, DEAR, CHEAP), preferences) == first


def test_an_estimate_has_the_price_of_the_provider_that_is_asked_first(
    service: OpenRouterService, sim: Simulator
) -> None:
    """Once it is known; it is said whose it is, and what is charged is that."""
    request = ask(MANY, max_tokens=100, provider={"order": ["simulator-swift"]})
    before = service.estimate_cost(request)
    assert (before.provider, fetches(sim)) == (None, [])
    service.list_endpoints(MANY)
    after = service.estimate_cost(request)
    assert (after.provider, after.total) == ("Simulator Swift", (before.total or 0) * 3)
    assert service.estimate_cost(ask(MANY, max_tokens=100)) == before
    extra = ask(MANY, extra_body={"provider": {"only": ["simulator/eu"]}})
    assert service.estimate_cost(extra).provider == "Simulator (EU)"
    assert service.chat(request).provider == "Simulator Swift"


def test_providers_are_known_to_every_key(make_service: MakeService, sim: Simulator) -> None:
    """A view asks nothing that is known already."""
    service = make_service()
    service.list_endpoints(MANY)
    view = service.with_key("sk-or-v1-" + "1" * 64)
    assert len(view.known_endpoints(MANY).endpoints or ()) == 5
    assert len(fetches(sim)) == 1
