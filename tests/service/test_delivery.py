"""How a schema reaches the model: as a response format or in the prompt, in its strict form, and through whom."""

from collections.abc import Callable
from typing import Any

import pytest
from pydantic import ValidationError

from service import ChatRequest, Message, OpenRouterService, ResponseFormat, UnsupportedFeatureError
from service.simulator import Reply, Simulator
from service.structured import strictify
from service.types import MAX_SCHEMA_CHARS
from tests.service.test_structured import SCHEMA, WRONG, sent
from tests.support import ask, streamed

MakeService = Callable[..., OpenRouterService]
JSON_MODE_ONLY = "microsoft/phi-4"
LOOSE = {"type": "object", "properties": {"name": {"type": "string"}, "nick": {"type": "string"}}, "required": ["name"]}
IN_PROMPT = ResponseFormat.json_schema("person", SCHEMA, delivery="prompt")
REQUIRED = ResponseFormat.json_schema("person", SCHEMA, require_parameters=True)


def systems(body: dict[str, Any]) -> list[str]:
    return [message["content"] for message in body["messages"] if message["role"] == "system"]


@pytest.mark.parametrize("way", ["chat", "start", "stream"])
def test_a_schema_in_the_prompt_is_told_and_judged(service: OpenRouterService, sim: Simulator, way: str) -> None:
    """The text format goes out, the schema in a system message, and the verdict is that of a structured answer."""
    request = ask(JSON_MODE_ONLY, response_format=IN_PROMPT)
    if way == "chat":
        result = service.chat(request)
    else:
        result = service.start(request).wait() if way == "start" else service.stream(request).result
    assert result.verdict is not None
    assert (result.verdict.kind, set(result.parsed)) == ("valid", {"name", "age"})
    assert sent(sim)["response_format"] == {"type": "text"}
    (told,) = systems(sent(sim))
    assert '"maximum":150' in told


def test_a_wrong_answer_to_a_schema_in_the_prompt_is_said_to_be_wrong(
    service: OpenRouterService, sim: Simulator
) -> None:
    sim.script(Reply(chunks=streamed(WRONG)))
    result = service.start(ask("sim/echo", response_format=IN_PROMPT)).wait()
    assert result.verdict is not None
    assert (result.verdict.kind, [issue.path for issue in result.verdict.issues]) == ("wrong_shape", ["age"])


def test_a_schema_in_the_prompt_stands_behind_the_system_prompts(make_service: MakeService, sim: Simulator) -> None:
    """The configured one, or those of the request; a system message further down stays where it is."""
    make_service(system_prompt="Be brief.").start(ask(response_format=IN_PROMPT)).join(20)
    assert systems(sent(sim))[0] == "Be brief."
    messages = (Message.developer("First."), Message.user("Hello"), Message.system("Later."))
    make_service().start(ChatRequest(messages=messages, response_format=IN_PROMPT)).join(20)
    roles = [message["role"] for message in sent(sim)["messages"]]
    assert roles == ["developer", "system", "user", "system"]


def test_a_request_that_is_sent_again_tells_its_schema_once(service: OpenRouterService, sim: Simulator) -> None:
    run = service.start(ask(response_format=IN_PROMPT))
    run.join(20)
    service.start(run.request).join(20)
    assert len(systems(sent(sim))) == 1
    assert sim.chat_requests[0].body == sim.chat_requests[1].body


def test_a_configured_schema_may_go_into_the_prompt(make_service: MakeService, sim: Simulator) -> None:
    result = make_service(response_format=IN_PROMPT, model=JSON_MODE_ONLY).generate("Who?")
    assert result.verdict is not None
    assert (result.verdict.kind, len(systems(sent(sim)))) == ("valid", 1)


def test_the_strict_form_is_sent_and_the_schema_as_written_judges(service: OpenRouterService, sim: Simulator) -> None:
    form = ResponseFormat.json_schema("n", strictify(LOOSE), written=LOOSE)
    sim.script(Reply(chunks=streamed('{"name": "Ann", "nick": null}')))
    result = service.start(ask("sim/json", response_format=form)).wait()
    assert result.verdict is not None
    assert (result.verdict.kind, result.parsed) == ("valid", {"name": "Ann"})
    assert sent(sim)["response_format"]["json_schema"]["schema"]["required"] == ["name", "nick"]


@pytest.mark.parametrize(
    ("fields", "provider"),
    [
        ({}, {"require_parameters": True}),
        ({"provider": {"sort": "price"}}, {"require_parameters": True, "sort": "price"}),
        ({"provider": {"require_parameters": False}}, {"require_parameters": False}),
        ({"extra_body": {"provider": {"order": ["x"]}}}, {"require_parameters": True, "order": ["x"]}),
        ({"extra_body": {"provider": {"require_parameters": False}}}, {"require_parameters": False}),
        ({"extra_body": {"provider": None}}, None),
    ],
)
def test_providers_that_support_the_schema_are_asked_for_unless_the_request_says_otherwise(
    service: OpenRouterService, fields: dict[str, Any], provider: Any
) -> None:
    """A setting of the user's own wins, in whichever place it stands."""
    payload = service._build_payload(ask("sim/json", response_format=REQUIRED, **fields))
    assert payload["provider"] == provider


@pytest.mark.parametrize(
    "form",
    [
        ResponseFormat.json_schema("person", SCHEMA),
        IN_PROMPT.model_copy(update={"require_parameters": True}),
        ResponseFormat(type="json_object", require_parameters=True),
    ],
)
def test_nothing_is_asked_of_providers_without_a_native_schema(
    service: OpenRouterService, form: ResponseFormat
) -> None:
    assert "provider" not in service._build_payload(ask("sim/json", response_format=form))


def test_other_servers_are_not_asked(make_service: MakeService) -> None:
    """They know no providers."""
    other = make_service(base_url="http://127.0.0.1:9/v1")
    assert "provider" not in other._build_payload(ask("llama3:8b", response_format=REQUIRED))


def test_no_provider_left_is_an_error_that_says_so(service: OpenRouterService) -> None:
    with pytest.raises(UnsupportedFeatureError, match="requested parameters"):
        service.chat(ask(JSON_MODE_ONLY, response_format=REQUIRED))


def test_a_schema_as_written_has_a_limit_too() -> None:
    with pytest.raises(ValidationError, match="the schema as written must have at most"):
        ResponseFormat.json_schema("n", {}, written={"description": "x" * MAX_SCHEMA_CHARS})
