"""An answer that cannot fit is refused before it is sent, where the catalogue knows the context."""

import json
from collections.abc import Callable

import pytest

from pages.parts.actions import LowerMaxTokens
from pages.parts.error_steps import next_steps
from service import ContextLengthError, OpenRouterService
from service.simulator import Reply, Simulator
from tests.support import ask, echoed

MakeService = Callable[..., OpenRouterService]


@pytest.fixture
def small(service: OpenRouterService, sim: Simulator) -> OpenRouterService:
    """A service that knows that sim/echo has a context of 1,000 tokens."""
    entry = {"id": "sim/echo", "context_length": 1_000}
    sim.script_for("/models", Reply(chunks=[json.dumps({"data": [entry]}).encode()]))
    service.list_models()
    return service


@pytest.mark.parametrize("name", ["max_tokens", "max_completion_tokens"])
def test_an_answer_that_cannot_fit_is_refused(small: OpenRouterService, sim: Simulator, name: str) -> None:
    """With the numbers, the way out, and a button for it; nothing was sent."""
    for use in (small.chat, small.start, small.stream):
        with pytest.raises(ContextLengthError) as caught:
            use(ask(**{name: 995}))
    error = caught.value
    assert error.message == (
        "sim/echo's maximum context length is 1000 tokens; this asks for about 1001 "
        "(6 of text input, 995 for the answer). Nothing was sent."
    )
    assert error.hint == f"Set {name} to at most 994."
    assert next_steps(error)[0] == LowerMaxTokens(994)
    assert sim.chat_requests == []


def test_what_fits_exactly_is_sent(small: OpenRouterService) -> None:
    """And whatever has no limit: the provider knows better than an estimate."""
    assert small.chat(ask(max_tokens=994)).text == echoed()
    assert small.chat(ask(text="word " * 2_000)).finish_reason == "stop"


def test_a_prompt_that_fills_the_context_alone_has_another_way_out(small: OpenRouterService) -> None:
    """No limit is low enough."""
    with pytest.raises(ContextLengthError) as caught:
        small.chat(ask(text="x" * 8_000, max_tokens=1))
    assert caught.value.hint == "Shorten the conversation, or choose another model."


def test_what_nobody_knows_is_sent(service: OpenRouterService, sim: Simulator) -> None:
    """Without a list, or without a context in it."""
    assert service.chat(ask(max_tokens=10_000_000)).text == echoed()
    sim.script_for("/models", Reply(chunks=[b'{"data": [{"id": "sim/echo"}]}']))
    service.list_models()
    assert service.chat(ask(max_tokens=10_000_000)).text == echoed()
