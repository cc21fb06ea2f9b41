"""Structured answers that are repaired: here, by OpenRouter, or by asking again, as far as that is allowed."""

import pytest

from service import OpenRouterService
from service.simulator import Simulator
from service.structured.complete import RepairStep
from tests.service.test_structured import RIGHT, SCHEMA, answering, sent
from tests.support import ask

BROKEN = '{"name": "Ann", "age": 30,}'


def test_a_local_repair_costs_no_request(service: OpenRouterService, sim: Simulator) -> None:
    """The answer as it came is kept and still called bad; what was made of it says that nothing was sent."""
    sim.script(*answering(BROKEN))
    answer = service.complete_structured(ask("sim/json"), SCHEMA, repairs=("local",))
    assert answer.value == {"name": "Ann", "age": 30}
    assert answer.repair is not None
    assert answer.repair.changes == ("removed a trailing comma",)
    assert [(found.verdict.kind, found.attempts) for found in answer.attempts if found.verdict] == [
        ("not_json", 1),
        ("valid", 0),
    ]
    assert (answer.attempts[0].text, answer.result.usage.cost, len(sim.chat_requests)) == (BROKEN, 0, 1)  # type: ignore[union-attr]


@pytest.mark.parametrize(("repairs", "requests"), [((), 1), (("local",), 1), (("reask",), 3), (("local", "reask"), 3)])
def test_only_the_repairs_that_are_named_are_made(
    service: OpenRouterService, sim: Simulator, repairs: tuple[RepairStep, ...], requests: int
) -> None:
    answer = service.complete_structured(
        ask("sim/schema-ignored"), SCHEMA, max_repairs=2, repairs=repairs, on_invalid="return"
    )
    assert (answer.value, len(sim.chat_requests), len(answer.attempts)) == (None, requests, requests)


def test_after_a_local_repair_that_does_not_suffice_the_mended_answer_is_asked_about(
    service: OpenRouterService, sim: Simulator
) -> None:
    sim.script(*answering('{"name": "Ann", "age": "thirty",}', RIGHT))
    answer = service.complete_structured(ask("sim/json"), SCHEMA, max_repairs=1, repairs=("local", "reask"))
    assert answer.value == {"name": "Ann", "age": 30}
    assert [found.verdict.kind for found in answer.attempts if found.verdict] == ["not_json", "wrong_shape", "valid"]
    assert answer.repair is None
    assert sent(sim)["messages"][-2]["content"] == answer.attempts[1].text


def test_response_healing_is_asked_for_from_the_beginning(service: OpenRouterService, sim: Simulator) -> None:
    """It is done before the answer is sent, so that one request suffices."""
    answer = service.complete_structured(ask("sim/broken-json"), SCHEMA, repairs=("healing",))
    assert answer.verdict is not None
    assert (answer.verdict.kind, len(sim.chat_requests)) == ("valid", 1)
    assert sent(sim)["plugins"] == [{"id": "response-healing"}]


def test_a_cut_off_answer_is_not_mended(service: OpenRouterService, sim: Simulator) -> None:
    """Not even one whose text looks whole."""
    sim.script(*answering(BROKEN, finish="length"))
    answer = service.complete_structured(
        ask("sim/json"), SCHEMA, max_repairs=3, repairs=("local", "healing", "reask"), on_invalid="return"
    )
    assert answer.verdict is not None
    assert (answer.verdict.kind, answer.value, len(answer.attempts)) == ("cut_off", None, 1)
