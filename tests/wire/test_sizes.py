"""No server fills our memory: what is read of a body has a limit."""

import gzip
import json
from typing import Any

import pytest

from service import ModelNotFoundError, OpenRouterError, OpenRouterService, ProviderError, client, reader
from service.simulator import Reply, Simulator
from tests.support import ask
from tests.wire.support import Wire

LIMIT = 1_000
WHOLE = {"choices": [{"message": {"content": "x" * 2_000}, "finish_reason": "stop"}]}


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "MAX_BODY_BYTES", LIMIT)
    monkeypatch.setattr(client, "MAX_LIST_BYTES", LIMIT)
    monkeypatch.setattr(client, "MAX_REFUSAL_BYTES", LIMIT)


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("kind", ["application/json", "text/plain", ""])
def test_an_answer_in_one_piece_that_grows_without_end_is_refused(wire: Wire, kind: str) -> None:
    """As soon as it is too large, though more would come; and it is not asked for again."""
    headers = {"content-type": kind} if kind else {}
    error = wire.whole_fails(ProviderError, json.dumps(WHOLE).encode(), headers=headers, end="hang")
    assert (error.message, error.retryable) == ("The answer is larger than 1,000 bytes.", False)


@pytest.mark.usefixtures("small")
def test_a_small_body_that_unpacks_to_a_large_one_is_refused(wire: Wire) -> None:
    """What counts is what it takes in memory."""
    packed = gzip.compress(json.dumps(WHOLE).encode())
    assert len(packed) < LIMIT
    headers = {"content-type": "application/json", "content-encoding": "gzip"}
    assert "larger than 1,000 bytes" in wire.whole_fails(ProviderError, packed, headers=headers).message


@pytest.mark.usefixtures("small")
def test_white_space_before_an_answer_may_be_long(wire: Wire) -> None:
    """OpenRouter pads for as long as the provider works, and this may take minutes."""
    body = {"choices": [{"message": {"content": "Hi"}, "finish_reason": "stop"}]}
    padding = [b"\n         " * 8] * 20
    wire.sim.script(Reply(chunks=[*padding, json.dumps(body).encode()], headers={"content-type": "x/y"}))
    assert wire.service.chat(ask()).text == "Hi"


@pytest.mark.usefixtures("small")
def test_of_a_long_refusal_the_beginning_is_read(wire: Wire) -> None:
    """The server goes on, and nobody listens."""
    page = b"<html><title>Down for maintenance</title>" + b"<p>Sorry.</p>" * 500
    error = wire.whole_fails(ProviderError, page, status=503, headers={"content-type": "text/html"}, end="hang")
    assert (error.status_code, error.provider_message) == (503, "Down for maintenance")


@pytest.mark.usefixtures("small")
def test_a_refusal_of_ordinary_length_is_read_whole(wire: Wire) -> None:
    """Nothing of its words is lost."""
    body = {"error": {"code": 404, "message": "The model 'a/b' does not exist."}}
    error = wire.whole_fails(ModelNotFoundError, body, status=404)
    assert error.provider_message == "The model 'a/b' does not exist."


@pytest.mark.usefixtures("small")
def test_a_model_list_that_grows_without_end_is_refused(sim: Simulator, make_service: Any) -> None:
    """Nobody waits for its end."""
    service: OpenRouterService = make_service()
    sim.script_for("/models", Reply(chunks=[b'{"data": [' + b'{"id": "a/b"},' * 100], end="hang"))
    with pytest.raises(OpenRouterError, match=r"larger than 1,000 bytes") as caught:
        service.list_models()
    assert caught.value.retryable is False
