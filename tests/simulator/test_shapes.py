"""The bytes against recordings: which keys, in which order, with which spelling of numbers and letters."""

import json
import re
from typing import Any

import pytest

from service.simulator import wire
from service.simulator.chance import seeded

TOOL = {
    "type": "function",
    "function": {
        "name": "weather",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
    },
}


def keys(value: Any) -> Any:
    """Reduce a value to its keys in order, lists to their first item."""
    if isinstance(value, dict):
        return {name: keys(item) for name, item in value.items()}
    if isinstance(value, list):
        return [keys(value[0])] if value else []
    return None


def ordered(value: Any) -> str:
    return json.dumps(keys(value))


def recorded_events(sample: dict[str, Any]) -> list[dict[str, Any]]:
    lines = [line[6:] for line in sample["sse"].split("\n") if line.startswith("data: {")]
    return [json.loads(line) for line in lines]


def without_fingerprint(event: dict[str, Any]) -> dict[str, Any]:
    """Drop the field that only some providers have."""
    return {name: value for name, value in event.items() if name != "system_fingerprint"}


def test_a_text_chunk_has_the_recorded_keys_in_the_recorded_order(client, samples):
    recorded = recorded_events(samples["chat_stream_simple"])
    assert ordered(client.stream().events[0]) == ordered(recorded[0])


def test_the_finish_and_usage_chunks_have_the_recorded_keys_in_the_recorded_order(client, samples):
    recorded = recorded_events(samples["chat_stream_simple"])
    assert [ordered(event) for event in client.stream().events[-2:]] == [ordered(event) for event in recorded[-2:]]


def test_reasoning_chunks_have_the_recorded_keys(client, samples):
    recorded = [without_fingerprint(event) for event in recorded_events(samples["chat_stream_reasoning_2026_10"])]
    events = client.stream("sim/reasoner").events
    assert ordered(events[0]) == ordered(recorded[0])
    assert [ordered(event) for event in events[-2:]] == [ordered(event) for event in recorded[-2:]]


def test_tool_call_chunks_have_the_recorded_keys(client, samples):
    recorded = recorded_events(samples["chat_stream_tool_call_anthropic"])
    events = client.stream("sim/tool-caller", tools=[TOOL]).events
    assert [ordered(event) for event in events[:3]] == [ordered(event) for event in recorded[:3]]
    assert events[1]["choices"][0]["delta"]["tool_calls"] == [{"index": 0, "function": {"arguments": ""}}]


def test_a_stream_starts_with_comments_and_ends_with_done(client):
    raw = client.stream().raw
    assert raw.startswith(b": OPENROUTER PROCESSING\n\n: OPENROUTER PROCESSING\n\ndata: {")
    assert raw.endswith(b"}\n\ndata: [DONE]\n\n")
    assert b"\r" not in raw


def test_every_chunk_has_role_and_content(client):
    for model in ("sim/echo", "sim/reasoner", "sim/refusal", "sim/writer"):
        assert {(delta["role"], "content" in delta) for delta in client.stream(model).deltas} == {("assistant", True)}


def test_the_usage_chunk_has_one_choice_that_repeats_the_finish_reason(client):
    finish, usage = client.stream().events[-2:]
    assert "usage" not in finish
    assert usage["choices"] == finish["choices"]
    assert usage["service_tier"] is None


def test_a_whole_body_has_the_recorded_keys(client, samples):
    assert ordered(client.post().json()) == ordered(samples["chat_schema_nonstream_padded"]["body"])


def test_a_whole_body_with_reasoning_has_the_recorded_keys(client, samples):
    recorded = samples["chat_nonstream_2026_10"]["body"]
    assert ordered(client.post("sim/reasoner").json()) == ordered(recorded)


def test_a_whole_body_with_tool_calls_has_the_recorded_keys_and_no_content(client, samples):
    body = client.post("sim/tool-caller", tools=[TOOL]).json()
    recorded = samples["chat_tool_call_nonstream"]["body"]
    message, expected = body["choices"][0]["message"], recorded["choices"][0]["message"]
    assert list(body) == list(recorded)
    assert list(message) == list(expected)
    assert ordered(message["tool_calls"]) == ordered(expected["tool_calls"])
    assert message["content"] is None


def test_a_file_annotation_has_the_recorded_keys(client, samples):
    recorded = samples["chat_pdf_file_annotation_2026_10"]["body"]["choices"][0]["message"]["annotations"]
    part = {"type": "file", "file": {"filename": "a.pdf", "file_data": "data:application/pdf;base64,JVBERi0="}}
    message = client.post("sim/vision", [part]).json()["choices"][0]["message"]
    assert ordered(message["annotations"]) == ordered(recorded)


@pytest.mark.parametrize("stream", [True, False], ids=["streamed", "whole"])
def test_headers_of_a_200_are_as_recorded(client, samples, stream):
    recorded = samples["chat_stream_reasoning_2026_10" if stream else "chat_nonstream_2026_10"]["headers"]
    response = client.stream().response if stream else client.post()
    for name in recorded.keys() - {"x-generation-id", "referrer-policy", "x-content-type-options"}:
        assert response.headers[name] == recorded[name]
    assert "content-length" not in response.headers


def test_the_generation_id_is_in_header_and_body_and_looks_recorded(client, samples):
    response = client.post()
    found = response.json()["id"]
    assert response.headers["x-generation-id"] == found
    pattern = re.compile(r"gen-\d{10}-[A-Za-z0-9]{20}")
    assert pattern.fullmatch(samples["chat_nonstream_2026_10"]["body"]["id"])
    assert pattern.fullmatch(found)


def test_letters_outside_ascii_are_not_escaped(client, samples):
    assert "40°C" in samples["chat_stream_tool_after_result_anthropic"]["sse"]
    assert "Zürich 🎉 — ok".encode() in client.post(content="Zürich 🎉 — ok").content


def test_a_lone_surrogate_is_escaped_rather_than_broken(client):
    raw = b'{"model":"sim/echo","messages":[{"role":"user","content":"a\\ud800b"}]}'
    answer = client.http.post("/chat/completions", content=raw).json()
    assert answer["choices"][0]["message"]["content"].startswith("a\ud800b")


@pytest.mark.parametrize(
    ("number", "text"),
    [(0.00006, "0.00006"), (0.0000218, "0.0000218"), (1.5e-7, "1.5e-7"), (0.0, "0"), (2.0, "2"), (12.5, "12.5")],
)
def test_numbers_are_written_as_javascript_does(number, text):
    assert wire.encode(number) == text


def test_the_recorded_cost_comes_out_byte_for_byte(samples):
    usage = re.search(r'"usage":(\{.*?\}\})\}\n\ndata: \[DONE\]', samples["chat_stream_simple"]["sse"])
    assert usage is not None
    assert wire.encode(json.loads(usage[1])) == usage[1]


def test_every_recorded_event_is_encoded_byte_for_byte(samples):
    for name, sample in samples.items():
        for line in (sample.get("sse") or "").split("\n"):
            if line.startswith("data: {") and '"usage"' not in line:
                assert wire.event(json.loads(line[6:])) == f"{line}\n\n".encode(), name


def test_generation_ids_carry_the_time():
    assert wire.generation_id(1790981403.7, seeded(1)).startswith("gen-1790981403-")


def test_a_model_entry_has_the_recorded_keys(client, samples):
    recorded = {entry["id"]: entry for entry in samples["models_entries_2026_10"]["body"]["data"]}
    found = {entry["id"]: entry for entry in client.get("/models", output_modalities="all").json()["data"]}
    for name in ("openai/gpt-6.1-sol", "~openai/gpt-sol-latest", "openrouter/auto", "google/gemma-4-31b-it:free"):
        expected = [key for key in recorded[name] if key != "benchmarks"]
        assert list(found[name]) == expected
        assert list(found[name]["architecture"]) == list(recorded[name]["architecture"])
        assert list(found[name]["top_provider"]) == list(recorded[name]["top_provider"])


def test_the_endpoints_of_a_model_have_the_recorded_keys_first(client, samples):
    recorded = samples["model_endpoints_2026_10"]["body"]["data"]
    found = client.get("/models/google/lyria-3-pro-preview/endpoints").json()["data"]
    assert list(found) == list(recorded)
    assert list(found["architecture"]) == list(recorded["architecture"])
    expected = list(recorded["endpoints"][0])
    assert list(found["endpoints"][0])[: len(expected)] == expected


def test_the_key_has_the_recorded_keys_first(client, samples):
    recorded = samples["key_2026_10"]["body"]["data"]
    found = client.get("/key").json()["data"]
    assert list(found)[: len(recorded)] == list(recorded)
    assert found["label"] == "sk-or-v1-012...def"


def test_a_generation_has_the_recorded_keys(client, samples):
    found = client.post().json()["id"]
    client.get("/generation", id=found)
    data = client.get("/generation", id=found).json()["data"]
    assert ordered(data) == ordered(samples["generation_2026_10"]["body"]["data"])


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("upstream", "error_429_upstream_with_retry_after_2026_10"),
        ("daily", "error_429_free_daily_2026_10"),
        ("minute", "error_429_free_per_minute_2026"),
        ("admission", "error_429_admission_control_2026_09"),
    ],
)
def test_each_kind_of_429_has_the_recorded_keys_and_source(client, samples, kind, name):
    found, recorded = client.post(f"sim/rate-limited:kind={kind}").json(), samples[name]["body"]
    assert ordered(found) == ordered(recorded)
    source = "limit_source"
    assert found["error"]["metadata"][source] == recorded["error"]["metadata"][source]


@pytest.mark.parametrize(
    ("kind", "name"),
    [("in-flight", "error_402_in_flight_2026_09"), ("key-limit", "error_402_key_limit_image_2026_10")],
)
def test_each_recorded_402_comes_out_word_for_word(client, samples, kind, name):
    found, recorded = client.post(f"sim/out-of-credits:kind={kind}").json(), samples[name]["body"]
    assert found["error"] == recorded["error"]
