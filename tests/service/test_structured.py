"""`complete_structured`: what is asked for, what is accepted, and what is asked again."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from pydantic import BaseModel, field_validator

from service import (
    InvalidSchemaError,
    Issue,
    ModerationError,
    OpenRouterService,
    SchemaValidationError,
    UnsupportedFeatureError,
)
from service.simulator import Reply, Simulator
from tests.support import ask, streamed

MakeService = Callable[..., OpenRouterService]

SCHEMA = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "age": {"type": "integer", "minimum": 0, "maximum": 150}},
    "required": ["name", "age"],
    "additionalProperties": False,
}
RIGHT = '{"name": "Ann", "age": 30}'
WRONG = '{"name": "Ann", "age": "thirty"}'


class Person(BaseModel):
    name: str
    age: int


def answering(*texts: str, finish: str = "stop") -> list[Reply]:
    """Replies that hold these texts, not streamed."""
    bodies = [{"id": "gen-1", "model": "sim/json", "choices": [_choice(text, finish)]} for text in texts]
    return [Reply(chunks=[json.dumps(body).encode()]) for body in bodies]


def _choice(text: str, finish: str) -> dict[str, Any]:
    return {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": finish}


def sent(sim: Simulator, number: int = -1) -> dict[str, Any]:
    return sim.chat_requests[number].body


def test_a_value_that_follows_the_schema_is_returned(service: OpenRouterService, sim: Simulator) -> None:
    """With the result it came from; the schema went out as it is, strictly, and nothing was streamed."""
    answer = service.complete_structured(ask("sim/json"), SCHEMA, name="person")
    assert set(answer.value) == {"name", "age"}
    assert (answer.value, answer.attempts) == (answer.result.parsed, (answer.result,))
    assert answer.value == json.loads(answer.result.text)
    assert answer.verdict is not None
    assert (answer.verdict.kind, answer.result.warnings, len(sim.chat_requests)) == ("valid", (), 1)
    definition = {"name": "person", "schema": SCHEMA, "strict": True}
    assert sent(sim)["response_format"] == {"type": "json_schema", "json_schema": definition}
    assert sent(sim)["stream"] is False


def test_a_pydantic_class_gives_an_instance(service: OpenRouterService, sim: Simulator) -> None:
    """Its own schema is what is sent."""
    sim.script(*answering(RIGHT))
    answer = service.complete_structured(ask("sim/json"), Person)
    assert answer.value == Person(name="Ann", age=30)
    assert sent(sim)["response_format"]["json_schema"]["schema"]["required"] == ["name", "age"]


class Adult(Person):
    @field_validator("age")
    @classmethod
    def _check_age(cls, value: int) -> int:
        if value < 18:
            raise ValueError("must be of age")
        return value


def test_what_a_class_asks_for_beyond_its_schema_counts_too(service: OpenRouterService, sim: Simulator) -> None:
    """A validator's words are a violation like any other, and the model is told of it."""
    sim.script(*answering('{"name": "Ann", "age": 7}', RIGHT))
    answer = service.complete_structured(ask("sim/json"), Adult, max_repairs=1)
    assert answer.value == Adult(name="Ann", age=30)
    verdict = answer.attempts[0].verdict
    assert verdict is not None
    assert (verdict.kind, verdict.sentence) == ("wrong_shape", "The answer is no valid Adult.")
    assert verdict.issues == (Issue("age", "must be of age"),)
    assert "must be of age" in sent(sim)["messages"][-1]["content"]


def test_json_in_a_fence_is_taken_out_of_it(service: OpenRouterService) -> None:
    """The verdict still says so."""
    answer = service.complete_structured(ask("sim/fenced-json"), SCHEMA)
    assert set(answer.value) == {"name", "age"}
    assert answer.verdict is not None
    assert answer.verdict.kind == "fenced"
    assert answer.result.text.startswith("```json")


UNUSABLE = [
    ("sim/wrong-shape", "wrong_shape"),
    ("sim/schema-ignored", "wrong_shape"),
    ("sim/not-json", "not_json"),
    ("sim/cut-off", "cut_off"),
    ("sim/refusal", "refused"),
    ("sim/empty", "empty"),
]


@pytest.mark.parametrize(("model", "kind"), UNUSABLE)
def test_what_cannot_be_used_is_an_error_with_its_verdict(service: OpenRouterService, model: str, kind: str) -> None:
    """Each for its own reason; the answer is in the error."""
    with pytest.raises(SchemaValidationError) as caught:
        service.complete_structured(ask(model), SCHEMA)
    error = caught.value
    assert error.partial is not None
    assert error.partial.verdict is not None
    assert (error.partial.verdict.kind, error.partial.parsed, error.attempts) == (kind, None, (error.partial,))
    assert (error.message, error.issues) == (error.partial.verdict.sentence, error.partial.verdict.issues)
    assert bool(error.issues) is (kind == "wrong_shape")


@pytest.mark.parametrize(("model", "kind"), UNUSABLE)
def test_instead_of_raising_it_may_be_returned(service: OpenRouterService, model: str, kind: str) -> None:
    """Then there is no value."""
    answer = service.complete_structured(ask(model), SCHEMA, on_invalid="return")
    assert answer.verdict is not None
    assert (answer.value, answer.verdict.kind, len(answer.attempts)) == (None, kind, 1)


def test_each_violation_is_named_at_its_path(service: OpenRouterService, sim: Simulator) -> None:
    """In plain words."""
    sim.script(*answering('{"name": "Ann", "age": "thirty"}'))
    with pytest.raises(SchemaValidationError) as caught:
        service.complete_structured(ask("sim/json"), SCHEMA)
    (issue,) = caught.value.issues
    assert issue.path == "age"
    assert "thirty" in issue.message


def test_a_wrong_answer_is_asked_again_with_what_was_wrong(service: OpenRouterService, sim: Simulator) -> None:
    """The model sees its own answer and the violations; the first request is repeated as it was."""
    sim.script(*answering(WRONG, RIGHT))
    request = ask("sim/json", "Who?")
    before = request.model_dump_json()
    answer = service.complete_structured(request, SCHEMA, max_repairs=2)
    assert answer.value == {"name": "Ann", "age": 30}
    assert [attempt.text for attempt in answer.attempts] == [WRONG, RIGHT]
    first, second = sim.chat_requests
    *repeated, assistant, user = second.body["messages"]
    assert (repeated, assistant) == (first.body["messages"], {"role": "assistant", "content": WRONG})
    assert user["role"] == "user"
    assert "age" in user["content"]
    assert second.body["response_format"] == first.body["response_format"]
    assert request.model_dump_json() == before


def test_repairs_are_asked_for_as_often_as_allowed(service: OpenRouterService, sim: Simulator) -> None:
    """One repair is two requests, and every answer is kept."""
    with pytest.raises(SchemaValidationError) as caught:
        service.complete_structured(ask("sim/schema-ignored"), SCHEMA, max_repairs=1)
    assert (len(caught.value.attempts), len(sim.chat_requests)) == (2, 2)
    assert caught.value.partial is caught.value.attempts[-1]
    context = caught.value.context
    assert (context.request_id, context.model, context.attempt) == (
        caught.value.partial.id,
        "sim/schema-ignored",
        2,
    )
    assert context.elapsed > 0


@pytest.mark.parametrize("model", ["sim/cut-off", "sim/refusal", "sim/empty"])
def test_what_no_repair_can_help_is_not_asked_again(service: OpenRouterService, sim: Simulator, model: str) -> None:
    """A limit stays a limit, and a refusal a refusal."""
    with pytest.raises(SchemaValidationError):
        service.complete_structured(ask(model), SCHEMA, max_repairs=3)
    assert len(sim.chat_requests) == 1


def test_without_structured_outputs_the_schema_goes_into_the_prompt(service: OpenRouterService, sim: Simulator) -> None:
    """After the caller's system message and before the rest, with a warning; no format is sent that it lacks."""
    sim.script(*answering(RIGHT))
    answer = service.complete_structured(ask("sim/echo", "Who?"), SCHEMA)
    assert answer.value == {"name": "Ann", "age": 30}
    assert answer.result.warnings[-1] == "sim/echo has no structured outputs; the schema was put into the prompt."
    system, user = sent(sim)["messages"]
    assert (system["role"], user["content"]) == ("system", "Who?")
    assert '"maximum": 150' in system["content"] or '"maximum":150' in system["content"]
    assert sent(sim)["response_format"] == {"type": "text"}


def test_the_prompt_keeps_the_system_prompt_of_the_configuration(make_service: MakeService, sim: Simulator) -> None:
    """The schema comes on top of it and does not take its place."""
    sim.script(*answering(RIGHT))
    make_service(system_prompt="Answer in German.").complete_structured(ask("sim/echo"), SCHEMA)
    systems = [message["content"] for message in sent(sim)["messages"] if message["role"] == "system"]
    assert "Answer in German." in systems[0]
    assert any('"maximum"' in system for system in systems)


def test_mode_prompt_uses_the_prompt_whatever_the_model_can(service: OpenRouterService, sim: Simulator) -> None:
    """Without a warning: it is what was asked for."""
    sim.script(*answering(RIGHT))
    answer = service.complete_structured(ask("sim/json"), SCHEMA, mode="prompt")
    assert (answer.result.warnings, sent(sim)["response_format"]) == ((), {"type": "text"})


def test_mode_native_refuses_a_model_that_cannot(service: OpenRouterService, sim: Simulator) -> None:
    """Before anything is sent to it."""
    with pytest.raises(UnsupportedFeatureError, match="sim/echo has no structured outputs") as caught:
        service.complete_structured(ask("sim/echo"), SCHEMA, mode="native")
    assert 'mode="auto"' in caught.value.hint
    assert sim.chat_requests == []


@pytest.mark.parametrize("mode", ["auto", "native"])
def test_a_model_nobody_knows_is_asked_natively(service: OpenRouterService, sim: Simulator, mode: Any) -> None:
    """Other servers' lists do not tell what a model can."""
    sim.script_for("/models", Reply(chunks=[b'{"data": [{"id": "llama3:8b"}]}']))
    sim.script(*answering(RIGHT))
    answer = service.complete_structured(ask("llama3:8b"), SCHEMA, mode=mode)
    assert (answer.value["age"], sent(sim)["response_format"]["type"]) == (30, "json_schema")


@pytest.mark.parametrize("schema", [{"type": "objekt"}, {"properties": 7}, [], "object"], ids=str)
def test_a_schema_that_is_none_is_refused_before_anything_is_sent(
    service: OpenRouterService, sim: Simulator, schema: Any
) -> None:
    """It is our user's mistake and not the model's."""
    with pytest.raises(InvalidSchemaError):
        service.complete_structured(ask("sim/json"), schema)
    assert sim.chat_requests == []


def test_other_errors_pass_through(service: OpenRouterService) -> None:
    """A moderated prompt is no invalid answer."""
    with pytest.raises(ModerationError):
        service.complete_structured(ask("sim/moderation"), SCHEMA, on_invalid="return")


def test_a_schema_in_the_request_is_checked_by_chat_and_start_too(service: OpenRouterService, sim: Simulator) -> None:
    """The verdict stands on every answer, and nothing is raised for it."""
    request = ask("sim/json", response_format={"type": "json_schema", "json_schema": {"name": "n", "schema": SCHEMA}})
    assert service.chat(request).verdict.kind == "valid"  # type: ignore[union-attr]
    sim.script(Reply(chunks=streamed(WRONG)))
    result = service.start(request).wait()
    assert result.verdict is not None
    assert (result.verdict.kind, result.parsed, [issue.path for issue in result.verdict.issues]) == (
        "wrong_shape",
        None,
        ["age"],
    )


def test_the_check_may_be_switched_off(make_service: MakeService, sim: Simulator) -> None:
    """Then JSON is text like any other."""
    sim.script(Reply(chunks=streamed(WRONG)))
    request = ask("sim/json", response_format={"type": "json_schema", "json_schema": {"name": "n", "schema": SCHEMA}})
    result = make_service(validate_structured=False).start(request).wait()
    assert (result.verdict, result.parsed, result.text) == (None, None, WRONG)
