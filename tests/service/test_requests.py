"""From configuration and request to what is sent."""

import threading
from collections.abc import Callable
from typing import Any

import pytest

from service import (
    ChatRequest,
    InvalidRequestError,
    Message,
    ModelNotFoundError,
    ModelParameters,
    OpenRouterService,
    ResponseFormat,
    Tool,
)
from service.simulator import Simulator
from tests.support import KEY, ask, echoed

MakeService = Callable[..., OpenRouterService]


def sent(sim: Simulator) -> dict[str, object]:
    return sim.chat_requests[-1].body


def test_a_prompt_alone_is_enough(make_service: MakeService, sim: Simulator) -> None:
    """Everything else comes from the configuration, and what nobody set is not sent."""
    result = make_service(model="openrouter/sim/echo").generate("Hello")
    assert (result.text, result.requested_model, result.verdict) == (echoed(), "sim/echo", None)
    assert sent(sim) == {"model": "sim/echo", "messages": [{"role": "user", "content": "Hello"}], "stream": False}


def test_what_the_request_leaves_unset_comes_from_the_configuration(make_service: MakeService, sim: Simulator) -> None:
    """Field by field: a parameter of the request replaces its namesake alone."""
    service = make_service(
        system_prompt="Be brief.",
        response_format=ResponseFormat.json_object(),
        parameters=ModelParameters(temperature=0.2, top_k=5, extra_body={"x": 1, "y": 1}),
    )
    service.chat(ask(None, temperature=0.9, seed=7, extra_body={"y": 2}))
    assert sent(sim) == {
        "model": "sim/echo",
        "messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hello"}],
        "temperature": 0.9,
        "top_k": 5,
        "seed": 7,
        "response_format": {"type": "json_object"},
        "x": 1,
        "y": 2,
        "stream": False,
    }


@pytest.mark.parametrize("own", [Message.system("Mine."), Message.developer("Mine.")], ids=["system", "developer"])
def test_a_request_with_its_own_system_message_keeps_it(
    make_service: MakeService, sim: Simulator, own: Message
) -> None:
    """Two would contradict each other."""
    request = ChatRequest(messages=(Message.user("Hello"), own))
    make_service(system_prompt="Be brief.").chat(request)
    assert [message["content"] for message in sent(sim)["messages"]] == ["Hello", "Mine."]  # type: ignore[attr-defined]


def test_a_request_may_ask_for_text_where_the_configuration_asks_for_json(
    make_service: MakeService, sim: Simulator
) -> None:
    """Set is set."""
    make_service(response_format=ResponseFormat.json_object()).chat(ask(response_format=ResponseFormat.text()))
    assert sent(sim)["response_format"] == {"type": "text"}


def test_the_request_itself_stays_as_it_was(make_service: MakeService) -> None:
    """It can be sent again, to another service."""
    service = make_service(system_prompt="Be brief.", parameters=ModelParameters(temperature=0.2))
    request = ask(None)
    before = request.model_dump_json()
    run = service.start(request)
    run.wait()
    assert request.model_dump_json() == before
    assert (run.request.model, run.request.parameters.temperature) == ("sim/echo", 0.2)


def test_a_message_may_be_too_long(make_service: MakeService, sim: Simulator) -> None:
    """The error says which, how long, how long it may be, and what to raise."""
    request = ChatRequest(messages=(Message.user("ok"), Message.assistant("x" * 1_001)))
    with pytest.raises(InvalidRequestError) as caught:
        make_service(max_message_chars=1_000).chat(request)
    assert caught.value.message == "Message 2 (assistant) has 1,001 characters; the limit is 1,000."
    assert "OPENROUTER_MAX_MESSAGE_CHARS" in caught.value.hint
    assert sim.requests == []


def test_only_the_tools_that_are_allowed_are_sent(make_service: MakeService, sim: Simulator) -> None:
    """By name; what OpenRouter runs itself is not concerned, and an empty list allows none."""
    search, shell = Tool.function("search"), Tool.function("shell")
    web = Tool.server("openrouter:web_search")
    service = make_service(allowed_tools=("search",))
    service.chat(ask("sim/tool-caller", tools=(search, web)))
    assert len(sim.chat_requests) == 1
    with pytest.raises(InvalidRequestError, match="The tool 'shell' is not allowed here") as caught:
        service.chat(ask(tools=(search, shell)))
    assert caught.value.hint == "OPENROUTER_ALLOWED_TOOLS allows: search."
    with pytest.raises(InvalidRequestError) as caught:
        make_service(allowed_tools=()).chat(ask(tools=(search,)))
    assert caught.value.hint == "OPENROUTER_ALLOWED_TOOLS allows: none."
    assert len(sim.chat_requests) == 1


def test_at_openrouter_a_model_needs_its_vendor(make_service: MakeService) -> None:
    """Said before anything is sent; presets and other servers have names of their own."""
    service = make_service(base_url="https://openrouter.ai/api/v1", api_key=KEY)
    with pytest.raises(ModelNotFoundError, match="must look like 'vendor/model', got 'gpt-4o'"):
        service.chat(ask("gpt-4o"))
    assert service.runs.live == []


def test_an_unknown_model_is_answered_with_the_closest_of_the_list(service: OpenRouterService) -> None:
    """Where the list is already known; nothing is fetched for an error."""
    service.list_models()
    with pytest.raises(ModelNotFoundError) as caught:
        service.chat(ask("sim/ecko"))
    assert caught.value.hint.startswith("Did you mean 'sim/echo'")


def test_each_run_has_a_correlation_id_of_its_own(service: OpenRouterService, sim: Simulator) -> None:
    """It is sent, and it is the run's."""
    runs = [service.start(ask()) for _ in range(2)]
    results = [run.wait() for run in runs]
    assert {run.correlation_id for run in runs} == {r.headers["x-correlation-id"] for r in sim.chat_requests}
    assert {run.request_id for run in runs} == {result.id for result in results}
    assert len({run.id for run in runs} | {run.correlation_id for run in runs}) == 4


def test_sixty_four_runs_at_once_from_several_threads(make_service: MakeService, sim: Simulator) -> None:
    """Each gets the answer to its own question."""
    service = make_service(max_concurrent_requests=64)
    answers: dict[str, str] = {}

    def use(thread: int) -> None:
        names = [f"{thread}-{number}" for number in range(16)]
        runs = {name: service.start(ask(text=name)) for name in names}
        answers.update({name: run.wait(20).text for name, run in runs.items()})

    threads = [threading.Thread(target=use, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    expected = [f"{thread}-{number}" for thread in range(4) for number in range(16)]
    assert answers == {name: echoed(name) for name in expected}
    assert len(sim.chat_requests) == 64


def test_sixty_four_requests_are_in_flight_together(make_service: MakeService, sim: Simulator) -> None:
    """None of them needs a thread, so none waits for one."""
    service = make_service(max_concurrent_requests=64)
    before = threading.active_count()
    runs = [service.start(ask("sim/hang")) for _ in range(64)]
    assert sim.wait_for_request(64)
    assert service.health().runs_in_flight == 64
    assert threading.active_count() - before < 8
    for run in runs:
        run.stop()
    assert sim.wait_for_disconnect(64)


@pytest.mark.parametrize(
    ("own", "defaults", "together"),
    [
        ({"reasoning": {"max_tokens": 9}}, {"reasoning_effort": "low"}, {"reasoning": {"max_tokens": 9}}),
        ({"reasoning_effort": "low"}, {"reasoning": {"max_tokens": 9}}, {"reasoning_effort": "low"}),
        ({"seed": 1}, {"reasoning_effort": "low"}, {"seed": 1, "reasoning_effort": "low"}),
    ],
)
def test_how_much_a_model_thinks_is_one_choice(
    own: dict[str, Any], defaults: dict[str, Any], together: dict[str, Any]
) -> None:
    """However it is written, a request's own choice leaves nothing of the configuration's: both would be refused."""
    assert ModelParameters(**own).merged_over(ModelParameters(**defaults)).set_fields() == together
