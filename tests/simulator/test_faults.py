"""What each failing scenario puts on the wire."""

import json

import httpx2
import pytest

LONG = "Plan a launch for our espresso machine in small offices, with milestones and a budget of 20,000 euros."


def test_rate_limited_once_turns_away_the_first_attempt_and_answers_the_second(client):
    first, second = (client.post("sim/rate-limited-once", LONG) for _ in range(2))
    assert (first.status_code, first.headers["retry-after"]) == (429, "0")
    assert second.status_code == 200
    assert client.post("sim/rate-limited-once", LONG + " Else").status_code == 429


def test_attempts_are_counted_for_each_key(client):
    body = {"model": "sim/rate-limited-once", "messages": [{"role": "user", "content": LONG}]}
    client.post("sim/rate-limited-once", LONG)
    other = {"Authorization": "Bearer sk-or-v1-somebody-else"}
    assert client.http.post("/chat/completions", json=body, headers=other).status_code == 429


def test_a_429_of_the_provider_says_when_to_come_back(client):
    response = client.post("sim/rate-limited")
    metadata = response.json()["error"]["metadata"]
    assert response.headers["retry-after"] == metadata["headers"]["Retry-After"] == "0"
    assert metadata["retry_after_seconds"] == 0
    assert metadata["raw"].startswith("sim/rate-limited is temporarily rate-limited upstream.")
    assert response.headers["x-generation-id"].startswith("gen-")


def test_a_429_of_the_free_tier_says_when_it_resets_in_milliseconds(client):
    response = client.post("sim/rate-limited:kind=daily")
    limits = response.json()["error"]["metadata"]["headers"]
    assert int(limits["X-RateLimit-Reset"]) % 86_400_000 == 0
    assert response.headers["x-ratelimit-reset"] == limits["X-RateLimit-Reset"]
    assert "retry-after" not in response.headers


@pytest.mark.parametrize(
    ("kind", "start"),
    [("credits", "Insufficient credits."), ("max-tokens", "This request requires more credits, or fewer max_tokens.")],
)
def test_out_of_credits_is_a_402(client, kind, start):
    response = client.post(f"sim/out-of-credits:kind={kind}")
    assert response.status_code == 402
    assert response.json()["error"]["message"].startswith(start)


def test_moderation_names_what_was_flagged(client):
    response = client.post("sim/moderation", "x" * 300)
    metadata = response.json()["error"]["metadata"]
    assert (response.status_code, metadata["reasons"], metadata["flagged_input"]) == (403, ["violence"], "x" * 100)


def test_context_too_long_asks_for_more_than_the_model_has(client):
    text = client.post("sim/context-too-long").json()["error"]["message"]
    assert text.startswith("This endpoint's maximum context length is 128000 tokens. However, you requested about 1280")


@pytest.mark.parametrize("status", [400, 408, 413, 422, 500, 502, 503, 504, 524, 529])
def test_provider_error_takes_any_status_of_the_reference(client, status):
    response = client.post(f"sim/provider-error:status={status}")
    assert (response.status_code, response.json()["error"]["code"]) == (status, status)


def test_the_providers_own_words_are_in_raw(client):
    metadata = client.post("sim/provider-error").json()["error"]["metadata"]
    assert json.loads(metadata["raw"])["error"]["message"] == "The simulated provider is overloaded."


@pytest.mark.parametrize("stream", [True, False])
def test_error_200_is_whitespace_and_an_error(client, samples, stream):
    body = {"model": "sim/error-200", "stream": stream, "messages": [{"role": "user", "content": LONG}]}
    response = client.http.post("/chat/completions", json=body)
    padding = samples["chat_schema_nonstream_padded"]["leading_whitespace"]
    assert response.status_code == 200
    assert response.text.startswith(padding + '{"error":{')
    assert response.headers["content-type"] == "application/json"


def test_null_choices_are_null(client):
    assert client.post("sim/null-choices").json()["choices"] is None
    assert client.stream("sim/null-choices").events[0]["choices"] is None


def test_an_error_in_mid_stream_comes_after_text_and_ends_the_stream(client):
    streamed = client.stream("sim/error-mid-stream", LONG)
    last = streamed.events[-1]
    assert len(streamed.text) > 100
    assert list(last) == ["id", "object", "created", "model", "provider", "error", "choices"]
    assert last["choices"] == [{"index": 0, "delta": {"content": ""}, "finish_reason": "error"}]
    assert last["error"]["metadata"]["error_type"] == "provider_unavailable"
    assert b"[DONE]" not in streamed.raw


def test_the_error_in_mid_stream_can_have_the_form_recorded_in_2025(client):
    streamed = client.stream("sim/error-mid-stream:form=recorded", LONG)
    last = streamed.events[-1]
    assert last["choices"][0]["finish_reason"] is None
    assert last["usage"]["completion_tokens"] > 0
    assert streamed.raw.endswith(b"data: [DONE]\n\n")


def test_the_same_error_without_streaming_stands_in_the_choice(client):
    choice = client.post("sim/error-mid-stream", LONG).json()["choices"][0]
    assert (choice["finish_reason"], choice["error"]["code"]) == ("error", 502)
    assert len(choice["message"]["content"]) > 100


def test_an_error_can_be_the_first_and_only_event(client):
    events = client.stream("sim/error-first-event").events
    assert [event["error"]["code"] for event in events] == [502]
    assert "error" in client.post("sim/error-first-event").json()


def test_an_error_can_come_with_empty_choices(client):
    streamed = client.stream("sim/error-empty-choices", LONG)
    assert (streamed.events[-1]["choices"], streamed.events[-1]["error"]["code"]) == ([], 502)
    assert client.post("sim/error-empty-choices").json()["choices"] == []


@pytest.mark.parametrize("stream", [True, False])
def test_a_disconnect_is_a_broken_body_and_not_an_end(client, stream):
    body = {"model": "sim/disconnect", "stream": stream, "messages": [{"role": "user", "content": LONG}]}
    received = []
    with (
        client.http.stream("POST", "/chat/completions", json=body) as response,
        pytest.raises(httpx2.RemoteProtocolError, match="incomplete chunked read"),
    ):
        received.extend(response.iter_raw())
    raw = b"".join(received)
    assert response.status_code == 200
    assert len(raw) > 200
    assert not raw.endswith((b"\n\n", b"}"))


def test_one_event_is_malformed_and_the_rest_is_whole(client):
    raw = client.stream_bytes("sim/malformed-event", LONG)
    lines = [line[6:] for line in raw.split(b"\n") if line.startswith(b"data: {")]
    broken = [line for line in lines if not is_json(line)]
    assert len(broken) == 1
    assert raw.endswith(b"data: [DONE]\n\n")
    assert json.loads(lines[-1])["usage"]["completion_tokens"] > 0


def test_a_malformed_body_is_no_json(client):
    response = client.post("sim/malformed-event", LONG)
    assert response.status_code == 200
    assert not is_json(response.content)


def is_json(raw):
    try:
        json.loads(raw)
    except ValueError:
        return False
    return True


def test_html_502_is_a_page(client):
    response = client.post("sim/html-502")
    assert (response.status_code, response.headers["content-type"]) == (502, "text/html")
    assert "<h1>502 Bad Gateway</h1>" in response.text
