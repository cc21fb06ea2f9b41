"""Every status, the words around it, how long to wait, and what other libraries raise, as errors of ours."""

import importlib
import inspect
import json
import traceback
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from types import ModuleType
from typing import Any

import httpx2
import openai
import pytest

from service import (
    AuthenticationError,
    ConfigurationError,
    ContextLengthError,
    InsufficientCreditsError,
    InvalidRequestError,
    ModelNotFoundError,
    ModerationError,
    NetworkError,
    OpenRouterError,
    PermissionDeniedError,
    ProviderError,
    RateLimitError,
    RequestTimeoutError,
    UnsupportedFeatureError,
)
from service.client import translate
from service.simulator import Reply, Simulator
from service.wire.faults import error_from_response, retry_after
from tests.support import ask
from tests.wire.support import Wire

NOW = datetime(2026, 10, 2, 12, 0, 0, tzinfo=UTC)


def refused(status: int, message: str = "Provider returned error", **metadata: Any) -> OpenRouterError:
    """Return the error that OpenRouter's body with this message and metadata becomes."""
    return read(status, {"error": {"code": status, "message": message, "metadata": metadata}, "user_id": "user_1"})


def read(status: int, body: Any, headers: dict[str, str] | None = None) -> OpenRouterError:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return error_from_response(status, httpx2.Headers(headers or {}), raw, now=NOW)


# Statuses

ENDPOINTS = "No endpoints found that "
CASES: list[tuple[int, str, dict[str, Any], type[OpenRouterError], bool, str]] = [
    (400, "x is not a valid model ID", {}, ModelNotFoundError, False, "model"),
    (400, 'Input required: specify "prompt" or "messages"', {}, InvalidRequestError, False, "Change the request"),
    (400, "This endpoint's maximum context length is 8 tokens.", {}, ContextLengthError, False, "Shorten"),
    (400, "prompt is too long: 9 tokens > 8 maximum", {}, ContextLengthError, False, "Shorten"),
    (400, "x", {"error_type": "context_length_exceeded"}, ContextLengthError, False, "Shorten"),
    (400, "x", {"error_type": "max_tokens_exceeded"}, ContextLengthError, False, "Shorten"),
    (400, "x", {"error_type": "token_limit_exceeded"}, ContextLengthError, False, "Shorten"),
    (400, "x", {"error_type": "content_policy_violation"}, ModerationError, False, "Rephrase"),
    (400, "x", {"error_type": "refusal"}, ModerationError, False, "Rephrase"),
    (400, "x", {"error_type": "invalid_image"}, InvalidRequestError, False, "Change the request"),
    (400, "Reasoning is mandatory for this endpoint and cannot be disabled.", {}, InvalidRequestError, False, "effort"),
    (401, "User not found.", {}, AuthenticationError, False, "API key"),
    (402, "Insufficient credits.", {}, InsufficientCreditsError, False, "Add credits"),
    (402, "x", {"remedy_hint": "Do this."}, InsufficientCreditsError, False, "Do this."),
    (402, "x", {"limit_source": "openrouter_credits"}, InsufficientCreditsError, False, "Add credits"),
    (402, "x", {"limit_source": "openrouter_in_flight_budget"}, InsufficientCreditsError, True, "Wait"),
    (402, "x", {"reason": "in_flight_budget_exhausted"}, InsufficientCreditsError, True, "Wait"),
    (403, "Key limit exceeded (total limit). Manage it using …", {}, PermissionDeniedError, False, "limit"),
    (403, "Only management keys can perform this operation", {}, PermissionDeniedError, False, "permission"),
    (403, "x", {"reasons": ["violence"], "flagged_input": "…"}, ModerationError, False, "Rephrase"),
    (403, "x", {"patterns": ["card number"]}, ModerationError, False, "Rephrase"),
    (404, ENDPOINTS + 'support tool use. Try disabling "x".', {}, UnsupportedFeatureError, False, "Drop the feature"),
    (404, ENDPOINTS + "support image input", {}, UnsupportedFeatureError, False, "Drop the feature"),
    (404, ENDPOINTS + "support the provided 'tool_choice' value.", {}, UnsupportedFeatureError, False, "Drop"),
    (404, ENDPOINTS + "can handle the requested parameters.", {}, UnsupportedFeatureError, False, "Drop"),
    (404, ENDPOINTS + "satisfy the max price for this request", {}, ModelNotFoundError, False, "maximum price"),
    (404, ENDPOINTS + "matching your data policy (Free model training).", {}, ModelNotFoundError, False, "privacy"),
    (404, "No allowed providers are available", {}, ModelNotFoundError, False, "provider preferences"),
    (404, "This model is unavailable for free.", {}, ModelNotFoundError, False, "model"),
    (404, "Not Found", {}, ModelNotFoundError, False, "model"),
    (408, "Operation timed out. Please try again later.", {}, RequestTimeoutError, True, "Try again"),
    (409, "Conflict", {}, InvalidRequestError, False, "Change the request"),
    (412, "x", {"error_type": "precondition_failed"}, InvalidRequestError, False, "Change the request"),
    (413, "Request payload too large", {}, InvalidRequestError, False, "Change the request"),
    (422, "Invalid argument", {}, InvalidRequestError, False, "Change the request"),
    (429, "x", {"limit_source": "openrouter_free_tier_daily"}, RateLimitError, False, "daily reset"),
    (429, "Rate limit exceeded: free-models-per-day. ", {}, RateLimitError, False, "Wait"),
    (429, "x", {"limit_source": "openrouter_free_tier_per_minute"}, RateLimitError, True, "minute"),
    (429, "x", {"limit_source": "upstream_provider_shared_pool"}, RateLimitError, True, "another model or provider"),
    (429, "x", {"limit_source": "openrouter_admission_control"}, RateLimitError, True, "Wait a moment"),
    (429, "x", {"limit_source": "something_new"}, RateLimitError, True, "another model or provider"),
    (429, "x", {}, RateLimitError, True, "another model or provider"),
    (500, "Internal Server Error", {}, ProviderError, True, "Try again"),
    (502, "Provider returned error", {}, ProviderError, True, "Try again"),
    (503, "There is no available model provider", {}, ProviderError, True, "Try again"),
    (504, "x", {}, RequestTimeoutError, True, "Try again"),
    (524, "Request timed out. Please try again later.", {}, RequestTimeoutError, True, "Try again"),
    (529, "Provider returned error", {}, ProviderError, True, "Try again"),
    (599, "x", {}, ProviderError, True, "Try again"),
]


@pytest.mark.parametrize(
    ("status", "message", "metadata", "kind", "retryable", "hint"),
    CASES,
    ids=[f"{case[0]}-{next(iter(case[2].items()), case[1][:40])}" for case in CASES],
)
def test_a_status_is_an_error_with_the_next_step(
    status: int,
    message: str,
    metadata: dict[str, Any],
    kind: type[OpenRouterError],
    retryable: bool,
    hint: str,
) -> None:
    error = refused(status, message, provider_name="Groq", **metadata)
    assert type(error) is kind
    assert (error.status_code, error.code, error.provider) == (status, str(status), "Groq")
    assert (error.retryable, error.provider_message) == (retryable, message)
    assert hint in error.hint
    assert error.message[0].isupper()
    assert error.message.endswith(".")
    assert "user_1" not in f"{error} {error!r} {vars(error)}"


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 408, 413, 422, 429, 500, 502, 503, 504, 524, 529])
def test_a_status_over_the_wire_is_the_same_error(status: int, wire: Wire) -> None:
    """Streaming or not, an error before the answer begins is an ordinary response."""
    body = {"error": {"code": status, "message": "Said so.", "metadata": {"provider_name": "Groq"}}}
    kind = type(read(status, body))
    for error in (wire.whole_fails(kind, body, status=status), wire.stream_fails_with(kind, body, status=status)):
        assert (error.status_code, error.code, error.provider) == (status, str(status), "Groq")
        assert (error.provider_message, error.partial) == ("Said so.", None)


def test_the_reasons_of_a_moderation_are_named() -> None:
    error = refused(403, reasons=["violence", "self-harm"], provider_name="OpenAI")
    assert error.message == "OpenAI's moderation flagged the input for violence, self-harm."


def test_a_redirect_is_not_followed(wire: Wire) -> None:
    """The key must not go to an address that nobody configured."""
    error = wire.whole_fails(InvalidRequestError, b"", status=307, headers={"location": "/api/v1/models"})
    assert error.status_code == 307
    assert [request.path for request in wire.sim.requests] == ["/api/v1/chat/completions"]


# The provider's own words


def in_json(value: Any) -> str:
    return json.dumps(value)


WORDS = "temperature must be below 1"
GOOGLE = {"error": {"code": 400, "message": WORDS, "status": "INVALID_ARGUMENT"}}
RAW: dict[str, Any] = {
    "plain text": WORDS,
    "an object in a text": in_json(GOOGLE),
    "an object": GOOGLE,
    "Google's list in a text": in_json([GOOGLE]),
    "Anthropic's form": in_json({"type": "error", "error": {"type": "invalid_request_error", "message": WORDS}}),
    "a message alone": in_json({"message": WORDS}),
    "FastAPI's detail": in_json({"detail": [{"loc": ["body"], "msg": WORDS, "type": "value_error"}]}),
    "an error text": in_json({"error": WORDS}),
    "nested three times": in_json(
        {"error": {"message": in_json({"error": {"message": in_json({"error": {"message": WORDS}})}})}}
    ),
    "a router behind the router": in_json(
        {
            "error": {
                "message": "Provider returned error",
                "metadata": {"raw": in_json({"error": {"message": "Upstream", "metadata": {"raw": in_json(GOOGLE)}}})},
            }
        }
    ),
    "a list of errors": in_json({"success": False, "errors": [{"code": 10000, "message": WORDS}]}),
    "a gateway's page": f"<!DOCTYPE html>\n<html><head><title>{WORDS}</title></head><body><hr>nginx</body></html>",
    "a gateway's page in an object": in_json({"error": {"message": f"<html><body>{WORDS}</body></html>"}}),
    "with empty names before": in_json({"error": {"message": ""}, "message": "", "detail": WORDS}),
}


@pytest.mark.parametrize("raw", RAW.values(), ids=RAW.keys())
def test_the_innermost_words_are_unwrapped(raw: Any) -> None:
    error = refused(400, raw=raw, provider_name="Google")
    assert error.provider_message == WORDS
    assert str(error) == f"The request was refused as malformed. {WORDS}"


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("{not JSON", "{not JSON"),
        ("[Errno 5] Input/output error", "[Errno 5] Input/output error"),
        ("  spaces stay \n", "  spaces stay \n"),
        ("", "Provider returned error"),
        (None, "Provider returned error"),
        ({}, "Provider returned error"),
        ([], "Provider returned error"),
        (7, "Provider returned error"),
        ('{"status": 7}', '{"status": 7}'),
    ],
)
def test_raw_that_cannot_be_unwrapped_is_shown_as_far_as_it_is_words(raw: Any, expected: str) -> None:
    assert refused(502, raw=raw).provider_message == expected


def test_raw_nested_beyond_reason_does_no_harm() -> None:
    deep = "[" * 100_000 + "]" * 100_000
    assert refused(502, raw=deep).provider_message == deep[:2000]
    value: Any = WORDS
    for _ in range(60):
        value = {"error": [value]}
    error = refused(502, raw=value)
    assert (type(error), error.provider_message) == (ProviderError, "Provider returned error")
    assert read(502, b'{"error":' * 50_000 + b"1" + b"}" * 50_000).status_code == 502


def test_words_without_end_are_cut() -> None:
    assert len(refused(502, raw="x" * 1_000_000).provider_message) == 2000


def test_what_the_words_say_decides_too() -> None:
    """OpenRouter's own message is "Provider returned error" for whatever a provider refuses."""
    raw = in_json({"error": {"message": "This model's maximum context length is 8192 tokens."}})
    assert type(refused(400, raw=raw)) is ContextLengthError


@pytest.mark.parametrize(
    ("body", "words", "code"),
    [
        ({"error": {"message": "x", "code": 400}}, "x", "400"),
        ({"error": {"message": "x", "code": "invalid_api_key", "type": "y", "param": None}}, "x", "invalid_api_key"),
        ({"error": "x"}, "x", None),
        ({"error": {"error": {"message": "x", "code": 400}}}, "x", "400"),
        ({"error": {"message": "x", "error_type": "not_found", "http_status": 404}}, "x", "404"),
        ([{"error": {"message": "x", "code": 400}}], "x", "400"),
        ({"object": "error", "message": "x", "type": "BadRequestError", "code": 400}, "x", "400"),
        ({"type": "error", "error": {"type": "invalid_request_error", "message": "x"}}, "x", None),
        ({"detail": "x"}, "x", None),
        ({"detail": [{"msg": "x"}]}, "x", None),
        ({"message": "x"}, "x", None),
        ({"error": True, "message": "x"}, "x", None),
        ({"error": 429}, "", "429"),
        ({"error": ["x"]}, "x", None),
        ({"error": {"message": ["x"], "code": 429.0}}, "x", "429"),
        ({"error": {"message": {"text": 7, "detail": "x"}}}, "x", None),
        ({"code": "InvalidParameter", "message": "x"}, "x", "InvalidParameter"),
        ({"error": {"message": None, "code": None}}, "", None),
        (
            {"success": False, "error": {"name": "ZodError", "message": '[{"message": "x", "path": ["a", 0]}]'}},
            "x (a.0)",
            None,
        ),
        (
            {"success": False, "error": {"name": "ZodError", "message": '[{"message": "x"}, {"message": "y"}]'}},
            "x; y",
            None,
        ),
        ({"success": False, "error": {"name": "ZodError", "message": "no JSON"}}, "no JSON", None),
        (b"upstream connect error", "upstream connect error", None),
        (b"<html><head><title>502 Bad Gateway</title></head><body><h1>502</h1></body></html>", "502 Bad Gateway", None),
        (b"<html><body><style>p {}</style><h1>Bad</h1>\n<p>gateway</p></body></html>", "Bad gateway", None),
        (b"\xff\xfe", "\ufffd\ufffd", None),
        (b"", "", None),
        (b"   ", "", None),
    ],
)
def test_the_words_of_any_error_body_are_found(body: Any, words: str, code: str | None) -> None:
    error = read(502, body)
    assert (type(error), error.status_code) == (ProviderError, 502)
    assert (error.provider_message, error.code) == (words, code)
    assert str(error).strip()


def test_a_page_of_a_gateway_over_the_wire_is_put_into_words(wire: Wire) -> None:
    page = b"<html><head><title>502 Bad Gateway</title></head><body><center>nginx</center></body></html>"
    error = wire.whole_fails(ProviderError, page, status=502, headers={"content-type": "text/html"})
    assert str(error) == "The provider failed (502). 502 Bad Gateway"
    assert (error.retryable, error.status_code) == (True, 502)


SECRET = "sk-or-v1-" + "f00d" * 16


@pytest.mark.parametrize(
    "body",
    [
        {"error": {"message": f"Bad key {SECRET}", "code": 401}},
        {"error": {"message": "x", "code": 401, "metadata": {"raw": f"Bad key {SECRET}"}}},
        {"error": {"message": "x", "code": 401, "metadata": {"raw": in_json({"error": f"Bad key {SECRET}"})}}},
        {"error": f"Bad key {SECRET}"},
        {"message": f"Bad key {SECRET}"},
        {"detail": f"Bad key {SECRET}"},
        f"Authorization: Bearer {SECRET}".encode(),
        f"<html><title>Bad key {SECRET}</title></html>".encode(),
    ],
)
def test_a_key_in_the_providers_words_is_masked(body: Any) -> None:
    error = read(401, body)
    assert "f00df00d" not in f"{error} {error!r} {vars(error)}"
    assert "…f00d" in error.provider_message


def test_a_key_in_a_body_of_200_is_masked(wire: Wire) -> None:
    error = wire.whole_fails(AuthenticationError, {"error": {"message": f"Bad key {SECRET}", "code": 401}})
    assert error.provider_message == "Bad key …f00d"
    error = wire.whole_fails(ProviderError, f"Bad key {SECRET}".encode(), headers={"content-type": "text/plain"})
    assert error.provider_message == "Bad key …f00d"


def test_a_key_in_an_error_event_is_masked(wire: Wire) -> None:
    error = wire.stream_fails(ProviderError, f"event: error\ndata: Bad key {SECRET}\n\n".encode())
    assert error.provider_message == "Bad key …f00d"


OTHER_SECRET = "my-own-key-1234"


@pytest.mark.parametrize(
    "reply",
    [
        Reply(401, {}, [f'{{"error":{{"message":"Bad key {OTHER_SECRET}","code":401}}}}'.encode()]),
        Reply(502, {}, [f"<html><title>Bad key {OTHER_SECRET}</title></html>".encode()]),
        Reply(200, {}, [f'{{"error":{{"message":"Bad key {OTHER_SECRET}","code":401}}}}'.encode()]),
        Reply(200, {}, [f"event: error\ndata: Bad key {OTHER_SECRET}\n\n".encode()]),
        Reply(200, {"content-type": "text/plain"}, [f"Bad key {OTHER_SECRET}".encode()]),
    ],
)
def test_a_key_of_any_form_stays_out_of_errors_and_traces(reply: Reply, sim: Simulator, make_service: Any) -> None:
    """Servers other than OpenRouter have keys of other forms, and some repeat them."""
    sim.script(reply)
    with pytest.raises(OpenRouterError) as caught:
        make_service(api_key=OTHER_SECRET, max_retries=0).chat(ask())
    error = caught.value
    assert error.provider_message == "Bad key …1234"
    shown = f"{error} {error!r} {vars(error)} {''.join(traceback.format_exception(error))}"
    assert OTHER_SECRET not in shown


# How long to wait

RESET = str(int((NOW + timedelta(seconds=42)).timestamp() * 1000))
LATER = format_datetime(NOW + timedelta(seconds=17), usegmt=True)
EARLIER = format_datetime(NOW - timedelta(seconds=17), usegmt=True)


@pytest.mark.parametrize(
    ("headers", "metadata", "expected"),
    [
        ({"Retry-After": "7"}, {}, 7.0),
        ({"Retry-After": "1.5"}, {}, 1.5),
        ({"Retry-After": " 7 "}, {}, 7.0),
        ({"Retry-After": "0"}, {}, 0.0),
        ({"Retry-After": "-3"}, {}, 0.0),
        ({"Retry-After": LATER}, {}, 17.0),
        ({"Retry-After": EARLIER}, {}, 0.0),
        ({}, {"retry_after_seconds": 5}, 5.0),
        ({}, {"retry_after_seconds": "5"}, 5.0),
        ({}, {"headers": {"Retry-After": "9"}}, 9.0),
        ({}, {"headers": {"retry-after": "9"}}, 9.0),
        ({"X-RateLimit-Reset": RESET}, {}, 42.0),
        ({}, {"headers": {"X-RateLimit-Reset": RESET}}, 42.0),
        ({}, {"headers": {"X-RateLimit-Reset": int(RESET)}}, 42.0),
        ({"X-RateLimit-Reset": "1000"}, {}, 0.0),
        ({"Retry-After": "7", "X-RateLimit-Reset": RESET}, {"retry_after_seconds": 5}, 7.0),
        ({"X-RateLimit-Reset": RESET}, {"retry_after_seconds": 5}, 5.0),
        ({"X-RateLimit-Reset": RESET}, {"headers": {"Retry-After": "9"}}, 9.0),
        ({"Retry-After": "7"}, {"headers": {"Retry-After": "9"}}, 7.0),
        ({"Retry-After": "soon", "X-RateLimit-Reset": RESET}, {"retry_after_seconds": 5}, 5.0),
        ({"Retry-After": "soon", "X-RateLimit-Reset": RESET}, {}, 42.0),
        ({"Retry-After": "nan"}, {"retry_after_seconds": "inf", "headers": {"X-RateLimit-Reset": "soon"}}, None),
        ({"Retry-After": ""}, {"retry_after_seconds": None, "headers": None}, None),
        ({"Retry-After": "Fri, 99 Xxx 9999 99:99:99 GMT"}, {}, None),
        ({"Retry-After": f"Fri, 01 Jan {'9' * 20} 00:00:00 GMT"}, {}, None),
        ({"Retry-After": "9" * 400}, {"retry_after_seconds": 5}, 5.0),
        ({}, {"retry_after_seconds": True}, None),
        ({}, {}, None),
    ],
)
def test_the_server_says_how_long_to_wait(
    headers: dict[str, str], metadata: dict[str, Any], expected: float | None
) -> None:
    """Retry-After, then retry_after_seconds, then X-RateLimit-Reset in milliseconds; headers come in the body too."""
    assert retry_after(httpx2.Headers(headers), metadata, now=NOW) == expected
    body = {"error": {"code": 429, "message": "x", "metadata": metadata}}
    assert read(429, body, headers).retry_after == expected


def test_a_wait_over_the_wire_is_read(wire: Wire) -> None:
    body = {"error": {"code": 429, "message": "x", "metadata": {"headers": {"Retry-After": "9"}}}}
    assert wire.whole_fails(RateLimitError, body, status=429).retry_after == 9.0
    assert wire.whole_fails(RateLimitError, body, status=429, headers={"retry-after": "7"}).retry_after == 7.0
    assert wire.stream_fails(RateLimitError, body).retry_after == 9.0
    assert (
        wire.whole_fails(RateLimitError, body, status=429, headers={"x-generation-id": "gen-9"}).context.request_id
        == "gen-9"
    )


# What other libraries raise

REQUEST = httpx2.Request("POST", "http://127.0.0.1:1/api/v1/chat/completions")


def answered(status: int) -> httpx2.Response:
    return httpx2.Response(status, request=REQUEST, json={"error": {"message": "Said so.", "code": status}})


def caused_by(error: Exception) -> openai.APIConnectionError:
    wrapped = openai.APIConnectionError(request=REQUEST)
    wrapped.__cause__ = error
    return wrapped


TRANSPORT: dict[str, tuple[type[OpenRouterError], bool]] = {
    "CloseError": (NetworkError, True),
    "ConnectError": (NetworkError, True),
    "ConnectTimeout": (RequestTimeoutError, True),
    "DecodingError": (ProviderError, True),
    "HTTPError": (NetworkError, True),
    "InvalidURL": (ConfigurationError, False),
    "LocalProtocolError": (ConfigurationError, False),
    "NetworkError": (NetworkError, True),
    "PoolTimeout": (RequestTimeoutError, True),
    "ProtocolError": (NetworkError, True),
    "ProxyError": (NetworkError, True),
    "ReadError": (NetworkError, True),
    "ReadTimeout": (RequestTimeoutError, True),
    "RemoteProtocolError": (NetworkError, True),
    "RequestError": (NetworkError, True),
    "SSEError": (NetworkError, True),
    "StreamClosed": (NetworkError, True),
    "StreamConsumed": (NetworkError, True),
    "StreamError": (NetworkError, True),
    "TimeoutException": (RequestTimeoutError, True),
    "TooManyRedirects": (NetworkError, True),
    "TransportError": (NetworkError, True),
    "UnsupportedProtocol": (ConfigurationError, False),
    "WriteError": (NetworkError, True),
    "WriteTimeout": (RequestTimeoutError, True),
}
"""The classes of httpx2 that a request can raise, with ours and whether it may be sent again."""

NEVER_RAISED_HTTPX2 = {
    "CookieConflict",  # by reading a cookie by a name that two of them have; we read none
    "HTTPStatusError",  # by raise_for_status(), which only the SDK calls: it raises an APIStatusError instead
    "RequestNotRead",  # by reading the body of a request of our own
    "ResponseNotRead",  # by asking for a body before it was read; the SDK reads it before it looks at an error
}

OF_OPENAI: dict[str, tuple[Exception, type[OpenRouterError]]] = {
    "APIConnectionError": (openai.APIConnectionError(request=REQUEST), NetworkError),
    "APIError": (openai.APIError("x", REQUEST, body=None), ProviderError),
    "APIResponseValidationError": (openai.APIResponseValidationError(answered(200), None), ProviderError),
    "APIStatusError": (openai.APIStatusError("x", response=answered(402), body=None), InsufficientCreditsError),
    "APITimeoutError": (openai.APITimeoutError(REQUEST), RequestTimeoutError),
    "AuthenticationError": (openai.AuthenticationError("x", response=answered(401), body=None), AuthenticationError),
    "BadRequestError": (openai.BadRequestError("x", response=answered(400), body=None), InvalidRequestError),
    "ConflictError": (openai.ConflictError("x", response=answered(409), body=None), InvalidRequestError),
    "InternalServerError": (openai.InternalServerError("x", response=answered(529), body=None), ProviderError),
    "NotFoundError": (openai.NotFoundError("x", response=answered(404), body=None), ModelNotFoundError),
    "OAuthError": (openai.OAuthError(response=answered(401), body=None), AuthenticationError),
    "OpenAIError": (openai.OpenAIError("x"), ProviderError),
    "PermissionDeniedError": (
        openai.PermissionDeniedError("x", response=answered(403), body=None),
        PermissionDeniedError,
    ),
    "RateLimitError": (openai.RateLimitError("x", response=answered(429), body=None), RateLimitError),
    "UnprocessableEntityError": (
        openai.UnprocessableEntityError("x", response=answered(422), body=None),
        InvalidRequestError,
    ),
}

NEVER_RAISED_OPENAI = {
    "ContentFilterFinishReasonError",  # by the SDK's .parse() and .stream() helpers, which we do not use
    "LengthFinishReasonError",  # the same
    "WebSocketConnectionClosedError",  # by the realtime API
    "WebSocketQueueFullError",  # the same
}


def shown_by(library: ModuleType) -> set[str]:
    """Return the names of the exceptions that a library shows."""
    return {name for name, kind in inspect.getmembers(library, inspect.isclass) if issubclass(kind, BaseException)}


def below(kind: type[Exception]) -> set[str]:
    """Return the names of a class and all below it that their library shows under its own name."""
    names = {kind.__name__} if kind.__module__ == "openai" and not kind.__name__.startswith("_") else set()
    return names.union(*(below(child) for child in kind.__subclasses__()))


def test_no_exception_of_another_library_is_new() -> None:
    """A class that an update brings has to be put where it belongs: into a table above, or among the never raised."""
    assert shown_by(httpx2) == TRANSPORT.keys() | NEVER_RAISED_HTTPX2
    # The members of openai are not looked through: that would import every corner of it, a matter of seconds.
    assert below(openai.OpenAIError) == OF_OPENAI.keys() | NEVER_RAISED_OPENAI


@pytest.mark.parametrize("name", TRANSPORT)
def test_an_exception_of_httpx2_is_one_of_ours(name: str) -> None:
    """Alone, as while a body is read, and wrapped by the SDK, as while a request is sent."""
    kind, retryable = TRANSPORT[name]
    error = made(getattr(httpx2, name))
    for foreign in (error, caused_by(error)):
        ours = translate(foreign, base_url="http://127.0.0.1:1/api/v1")
        assert (type(ours), ours.retryable) == (kind, retryable)
        assert (ours.status_code, ours.code) == (None, None)
        assert ours.provider_message == (str(error) or name)
        assert ours.hint


def made(kind: type[Exception]) -> Exception:
    """Return an exception of httpx2; some know their own words."""
    return kind() if kind in (httpx2.StreamClosed, httpx2.StreamConsumed) else kind("went wrong")


@pytest.mark.parametrize("name", OF_OPENAI)
def test_an_exception_of_the_sdk_is_one_of_ours(name: str) -> None:
    foreign, kind = OF_OPENAI[name]
    ours = translate(foreign, base_url="http://127.0.0.1:1/api/v1")
    assert type(ours) is kind
    assert ours.hint
    if isinstance(foreign, openai.APIStatusError):
        assert (ours.status_code, ours.provider_message) == (foreign.status_code, "Said so.")


def test_a_key_in_the_words_of_another_library_is_masked() -> None:
    """Whatever the key looks like: servers other than OpenRouter have keys of other forms."""
    ours = translate(httpx2.LocalProtocolError("Illegal header value b'Bearer my-own-key-1234'"), key="my-own-key-1234")
    assert "my-own-key" not in f"{ours} {vars(ours)}"


def test_every_error_of_ours_has_a_hint() -> None:
    module = importlib.import_module("service.errors")
    kinds = {kind for _, kind in inspect.getmembers(module, inspect.isclass) if issubclass(kind, OpenRouterError)}
    assert {kind.__name__ for kind in kinds if not kind.default_hint} == {"OpenRouterError"}
