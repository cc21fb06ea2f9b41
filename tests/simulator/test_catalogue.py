"""The model list: what it holds, how it is filtered, sorted and paged."""

import pytest

EVERYTHING = {"output_modalities": "all"}


@pytest.fixture
def entries(client):
    return {entry["id"]: entry for entry in client.get("/models", **EVERYTHING).json()["data"]}


def ids(client, **query):
    return [entry["id"] for entry in client.get("/models", **query).json()["data"]]


def test_there_are_sixty_entries_and_more_and_no_id_twice(client):
    found = ids(client)
    assert len(found) == len(set(found)) >= 60


def test_at_least_twenty_five_entries_are_stand_ins_for_real_models(entries):
    assert sum(not name.startswith(("sim/", "openrouter/", "~")) for name in entries) >= 25


def test_the_odd_cases_of_the_real_list_are_there(entries):
    assert entries["openrouter/auto"]["pricing"] == {"prompt": "-1", "completion": "-1"}
    assert entries["~openai/gpt-sol-latest"]["alias_target"]["slug"] == "openai/gpt-6.1-sol"
    assert entries["openrouter/bodybuilder"]["context_length"] is None
    assert entries["black-forest-labs/flux.2-pro"]["context_length"] == 0
    assert entries["openai/gpt-3.5-turbo"]["default_parameters"] is None
    assert entries["openai/gpt-3.5-turbo"]["expiration_date"] == "2026-12-31"
    assert entries["anthropic/claude-sonnet-4"]["pricing"]["overrides"][0]["min_prompt_tokens"] == 200_000
    assert "hugging_face_id" not in entries["amazon/nova-lite-v1"]
    assert "description" not in entries["cohere/command-a"]
    assert entries["google/lyria-3-pro-preview"]["architecture"]["output_modalities"] == ["text", "audio"]
    assert not {"response_format", "structured_outputs"} & set(entries["perplexity/sonar"]["supported_parameters"])
    assert "temperature" not in entries["openai/gpt-6.1-sol"]["supported_parameters"]
    assert entries["openai/gpt-6.1-sol"]["reasoning"]["mandatory"] is True
    assert entries["gryphe/mythomax-l2-13b"].get("reasoning") is None


def test_prices_are_strings_per_token_without_exponent(entries):
    pricing = [entry["pricing"] for entry in entries.values()]
    assert all(isinstance(price[name], str) for price in pricing for name in ("prompt", "completion"))
    assert entries["google/gemini-2.5-flash-lite"]["pricing"]["prompt"] == "0.0000001"


def test_text_models_are_the_default_and_all_gives_the_rest(client):
    assert "black-forest-labs/flux.2-pro" not in ids(client)
    assert "black-forest-labs/flux.2-pro" in ids(client, **EVERYTHING)
    assert "black-forest-labs/flux.2-pro" in ids(client, output_modalities="image")


def test_audio_output_can_be_filtered(client):
    assert ids(client, output_modalities="audio") == ["google/lyria-3-pro-preview"]


def test_every_wanted_parameter_must_be_supported(client):
    found = ids(client, supported_parameters="tools,top_a")
    assert "qwen/qwen3-235b-a22b-2507" in found
    assert "gryphe/mythomax-l2-13b" not in found


def test_every_wanted_input_must_be_taken(client):
    found = ids(client, input_modalities="image,video")
    assert "google/gemini-2.5-flash-lite" in found
    assert "openai/gpt-4o" not in found


def test_a_search_looks_at_ids_and_names(client):
    assert ids(client, q="HAIKU") == ["anthropic/claude-haiku-4.5"]
    assert "openai/gpt-6.1-sol" in ids(client, q="GPT-6.1 Sol")


def test_sorting_by_context_price_and_age(client, entries):
    by_context = [entries[name]["context_length"] or 0 for name in ids(client, sort="context-high-to-low")]
    by_age = [entries[name]["created"] for name in ids(client, sort="newest")]
    assert by_context == sorted(by_context, reverse=True)
    assert by_age == sorted(by_age, reverse=True)
    cheap, dear = ids(client, sort="pricing-low-to-high"), ids(client, sort="pricing-high-to-low")
    assert "openai/o3-deep-research" == cheap[-1] == dear[0]


def test_an_unknown_order_is_the_usual_one(client):
    assert ids(client, sort="most-popular") == ids(client)


def test_pages_hold_the_whole_list_and_name_the_next(client):
    whole = ids(client)
    first = client.get("/models", limit=40).json()
    assert (first["total_count"], first["links"]["next"]) == (len(whole), "/api/v1/models?limit=40&offset=40")
    second = client.get("/models", limit=40, offset=40).json()
    assert [entry["id"] for entry in first["data"] + second["data"]] == whole
    assert second["links"]["next"] is None


def test_the_list_may_be_cached(client):
    assert client.get("/models").headers["cache-control"].startswith("public, max-age=120")


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("anthropic/claude-haiku-4.5", "anthropic/claude-haiku-4.5"),
        ("anthropic/claude-4.5-haiku-20251001", "anthropic/claude-haiku-4.5"),
        ("~anthropic/claude-sonnet-latest", "anthropic/claude-sonnet-5.5"),
        ("openai/gpt-4o:floor", "openai/gpt-4o"),
    ],
)
def test_one_model_is_found_by_id_slug_alias_and_variant(client, asked, found):
    assert client.get(f"/model/{asked}").json()["data"]["id"] == found


def test_an_unknown_model_is_not_found(client):
    assert client.get("/model/nobody/nothing").status_code == 404
    assert client.get("/models/nobody/nothing/endpoints").status_code == 404


def test_the_endpoint_of_a_model_has_its_prices_and_abilities(client, entries):
    (endpoint,) = client.get("/models/perplexity/sonar/endpoints").json()["data"]["endpoints"]
    assert endpoint["pricing"] == {**entries["perplexity/sonar"]["pricing"], "discount": 0}
    assert endpoint["supports_tool_choice"] == {"none": False, "auto": False, "required": False, "function": False}
    assert endpoint["tag"] == "simulator"
