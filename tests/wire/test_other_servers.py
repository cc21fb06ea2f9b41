"""What llama.cpp's server, aimock, LiteLLM's proxy and vLLM send that OpenRouter does not; bodies as recorded."""

from collections.abc import Callable
from typing import Any

import pytest

from service import (
    AuthenticationError,
    ContextLengthError,
    InsufficientCreditsError,
    ModelNotFoundError,
    OpenRouterError,
    OpenRouterService,
    StreamInterruptedError,
    UnsupportedFeatureError,
)
from service.catalogue import read_models
from service.simulator import Reply, Simulator
from tests.wire.support import as_bytes

MakeService = Callable[..., OpenRouterService]

NO_EYES = "image input is not supported - hint: if this is unexpected, you may need to provide the mmproj"
TOO_LONG = "request (12018 tokens) exceeds the available context size (8192 tokens), try increasing it"
NOT_THE_FORMAT = "The model produced output that does not match the expected peg-native format"
NO_SUCH_NAME = (
    "/chat/completions: Invalid model name passed in model=nosuch. Call `/v1/models` to view available models"
)
SPENT = "You exceeded your current quota, please check your plan and billing details."


@pytest.mark.parametrize(
    ("status", "body", "kind", "words"),
    [
        (500, {"error": {"code": 500, "message": NO_EYES, "type": "server_error"}}, UnsupportedFeatureError, NO_EYES),
        (
            400,
            {"error": {"code": 400, "message": TOO_LONG, "type": "exceed_context_size_error", "n_ctx": 8192}},
            ContextLengthError,
            TOO_LONG,
        ),
        (
            400,
            {"error": {"message": NO_SUCH_NAME, "type": "invalid_request_error", "param": None, "code": "400"}},
            ModelNotFoundError,
            NO_SUCH_NAME,
        ),
        (
            400,
            {"error": {"message": "No connected db.", "type": "no_db_connection", "param": None, "code": "400"}},
            AuthenticationError,
            "No connected db.",
        ),
        (
            429,
            {"error": {"message": SPENT, "type": "insufficient_quota", "param": None, "code": "insufficient_quota"}},
            InsufficientCreditsError,
            SPENT,
        ),
    ],
    ids=[
        "llama.cpp, an image",
        "llama.cpp, too long",
        "LiteLLM, no such model",
        "LiteLLM, an unknown key",
        "aimock, as OpenAI, no quota left",
    ],
)
def test_a_refusal_of_another_server_is_told_for_what_it_is(
    status: int, body: Any, kind: type[OpenRouterError], words: str, wire: Any
) -> None:
    """And none of them is worth another attempt."""
    error = wire.whole_fails(kind, body, status=status)
    assert (error.status_code, error.provider_message, error.retryable) == (status, words, False)


def test_an_error_of_llama_cpp_in_mid_stream_keeps_what_came(wire: Any) -> None:
    """It comes as one more event, and no `[DONE]` follows."""
    head = {"created": 1795222026, "id": "chatcmpl-1", "model": "tiny", "object": "chat.completion.chunk"}
    error = wire.stream_fails(
        StreamInterruptedError,
        {"choices": [{"finish_reason": None, "index": 0, "delta": {"role": "assistant", "content": None}}], **head},
        {"choices": [{"finish_reason": None, "index": 0, "delta": {"content": '{ "name":"gr'}}], **head},
        {"error": {"code": 500, "message": NOT_THE_FORMAT, "type": "server_error"}},
        done=False,
    )
    assert (error.provider_message, error.code, error.partial.text) == (NOT_THE_FORMAT, "500", '{ "name":"gr')


def test_reasoning_may_come_before_the_chunk_with_the_role(wire: Any) -> None:
    """Seen with aimock."""
    result = wire.stream(
        {"choices": [{"index": 0, "delta": {"reasoning_content": "Six times"}, "finish_reason": None}]},
        {"choices": [{"index": 0, "delta": {"reasoning_content": " seven."}, "finish_reason": None}]},
        {"choices": [{"index": 0, "delta": {"role": "assistant", "content": ""}, "finish_reason": None}]},
        {"choices": [{"index": 0, "delta": {"content": "42."}, "finish_reason": None}]},
        {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]},
    )
    assert (result.reasoning, result.text) == ("Six times seven.", "42.")


@pytest.mark.parametrize(
    ("body", "length"),
    [
        ({"meta": {"n_ctx": 1024, "n_ctx_train": 2048}}, 1024),
        ({"max_model_len": 32768, "owned_by": "vllm"}, 32768),
        ({"context_length": 0, "top_provider": {"context_length": None}}, None),
        ({"owned_by": "library"}, None),
    ],
    ids=["llama.cpp", "vLLM", "OpenRouter, unknown", "Ollama"],
)
def test_the_context_of_a_model_is_found_where_its_server_says_it(body: Any, length: int | None) -> None:
    """In tokens; llama.cpp's is what one request gets, not what the model was trained with."""
    assert [model.context_length for model in read_models({"data": [{"id": "tiny", **body}]})] == [length]


NOWHERE = [
    (b'{"error":{"message":"File Not Found","type":"not_found_error","code":404}}', "File Not Found"),
    (b'{"error":{"message":"Not found","type":"not_found"}}', "Not found"),
    (b'{"detail":"Not Found"}', "Not Found"),
    (b"404 page not found", "404 page not found"),
]


@pytest.mark.parametrize(("body", "words"), NOWHERE, ids=["llama.cpp", "aimock", "LiteLLM and vLLM", "Ollama"])
def test_an_address_that_is_not_there_points_at_the_base_url(
    body: bytes, words: str, wire: Any, sim: Simulator, make_service: MakeService
) -> None:
    """Nothing was said of a model; asking for what the key may spend, there is no model at all."""
    error = wire.whole_fails(ModelNotFoundError, body, status=404)
    assert (error.message, error.provider_message) == ("The address was not found.", words)
    assert "OPENROUTER_BASE_URL" in error.hint
    sim.script_for("/key", Reply(404, {}, [body]))
    with pytest.raises(UnsupportedFeatureError) as caught:
        make_service().key_status()
    assert (caught.value.message, caught.value.status_code) == (f"{sim.base_url}/key does not exist.", 404)
    assert caught.value.provider_message == words
    assert "OPENROUTER_BASE_URL" in caught.value.hint


NO_HELP_HERE = [
    (401, {"error": {"message": "Invalid proxy key"}}, "Check the API key."),
    (402, {"error": {"message": "No budget"}}, "Add credits or raise the key's limit, lower Max tokens"),
    (403, {"error": {"message": "Not yours"}}, "Check the key's limit and permissions."),
    (403, {"error": {"message": "Key limit exceeded"}}, "Raise the key's limit, or use another key."),
    (200, {"error": {"message": "Invalid proxy key", "code": 401}}, "Check the API key."),
]


@pytest.mark.parametrize(("status", "body", "hint"), NO_HELP_HERE)
def test_a_hint_does_not_send_people_of_another_server_to_openrouter(
    status: int, body: Any, hint: str, sim: Simulator, make_service: MakeService
) -> None:
    """Their keys and credits are from somewhere else; at OpenRouter's own address it says where to look."""
    sim.script(*[Reply(status, {}, [as_bytes(body)])] * 2)
    hints = []
    for base_url in (f"http://127.0.0.1:{sim.port}/v1", sim.base_url):
        with pytest.raises(OpenRouterError) as caught:
            make_service(base_url=base_url, max_retries=0).generate("Hello")
        hints.append(caught.value.hint)
    assert hints[0].startswith(hint)
    assert ("OpenRouter" in hints[0], "OpenRouter" in hints[1]) == (False, True)


def test_what_a_key_may_spend_is_not_looked_for_at_openrouter_either(sim: Simulator, make_service: MakeService) -> None:
    """The same where no run is involved."""
    sim.script_for("/key", Reply(401, {}, [as_bytes({"error": {"message": "Invalid proxy key"}})]))
    with pytest.raises(AuthenticationError) as caught:
        make_service(base_url=f"http://127.0.0.1:{sim.port}/v1").key_status()
    assert caught.value.hint == "Check the API key."


def test_a_model_that_is_not_there_points_at_the_list(wire: Any) -> None:
    """As Ollama words it."""
    body = {"error": {"message": 'model "llama9" not found, try pulling it first', "type": "api_error", "code": None}}
    error = wire.whole_fails(ModelNotFoundError, as_bytes(body), status=404)
    assert (error.message, error.hint) == ("The model was not found.", "Choose a model from the list.")
