"""Advanced without a browser: what is set arrives, what is wrong is said, what is left alone is not sent."""

from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import TextArea

from pages.parts.advanced_choices import CHOICES
from pages.parts.advanced_settings import FIELDS, faults_of_fields, fields_of, names_in
from pages.parts.kept_values import read_choice
from service import ChatRequest, Message, ModelInfo
from service.simulator import Simulator
from service.simulator.media import dimensions
from service.web.bootstrap import backend, close_backend
from tests.pages.conftest import new_session, newest, said_in_fold, settle

BEGIN = "chat.advanced."
DRAWS = "google/gemini-3.1-flash-image-preview"


@pytest.fixture(autouse=True)
def _settings(settings: pytest.MonkeyPatch) -> None:
    """Every page here is served by the simulator."""


def sent(chat: AppTest, server: Simulator) -> dict[str, Any]:
    """Send a message and return what arrived."""
    chat.chat_input(key="chat.input").set_value("hello").run()
    assert not chat.exception
    settle(chat)
    return dict(server.chat_requests[-1].body)


def drawn(chat: AppTest) -> set[str]:
    """Return the names of the inputs that stand in the fold."""
    inputs = (*chat.text_input, *chat.multiselect, *chat.selectbox, *chat.checkbox, *chat.number_input)
    keys = [found.key for found in inputs if found.key and found.key.startswith(BEGIN)]
    return {key.removeprefix(BEGIN).removesuffix(".chosen") for key in keys}


def name_providers(chat: AppTest, name: str, *slugs: str) -> AppTest:
    """Choose or type providers in one of the three lists."""
    return chat.multiselect(key=f"{BEGIN}{name}.chosen").set_value(list(slugs))


def choose(chat: AppTest, model: str) -> AppTest:
    """Choose a model, and return the page."""
    return chat.selectbox(key="chat.model").set_value(model).run()


def headers(chat: AppTest) -> TextArea:
    """Return the input of the extra headers."""
    return chat.text_area(key="chat.extra_headers_json")


def says(chat: AppTest) -> str:
    """Return what the fold says is set in it."""
    return said_in_fold(chat, "chat.advanced")


def test_everything_that_is_set_arrives_and_survives_a_reload(server: Simulator) -> None:
    """In OpenRouter's form; the fold says how much it is."""
    chat = new_session().run()
    assert says(chat) == ""
    name_providers(chat, "order", "simulator", "openai")
    name_providers(chat, "ignore", "azure")
    for name, text in {"models": "sim/writer", "preset": "mine"}.items():
        chat.text_input(key=f"chat.advanced.{name}").set_value(text)
    chat.selectbox(key="chat.advanced.sort").set_value("price")
    chat.selectbox(key="chat.advanced.data_collection").set_value("allow")
    chat.selectbox(key="chat.advanced.service_tier").set_value("flex")
    chat.checkbox(key="chat.advanced.zdr").check()
    chat.checkbox(key="chat.advanced.no_fallbacks").check()
    chat.checkbox(key="chat.advanced.distillable").check()
    chat.checkbox(key="chat.advanced.plugin.context-compression").check()
    chat.checkbox(key="chat.advanced.plugin.moderation").check()
    chat.multiselect(key="chat.advanced.quantizations").set_value(["fp16", "unknown"])
    chat.number_input(key="chat.advanced.min_throughput").set_value(50.0)
    chat.number_input(key="chat.advanced.max_latency").set_value(1.5)
    chat.number_input(key="chat.advanced.max_price_completion").set_value(4.5).run()
    chat.checkbox(key="chat.advanced.sort_together").check().run()
    assert says(chat) == "16 set"
    expected = {
        "provider": {
            "order": ["simulator", "openai"],
            "ignore": ["azure"],
            "sort": {"by": "price", "partition": "none"},
            "quantizations": ["fp16", "unknown"],
            "preferred_min_throughput": 50.0,
            "preferred_max_latency": 1.5,
            "data_collection": "allow",
            "zdr": True,
            "enforce_distillable_text": True,
            "allow_fallbacks": False,
            "max_price": {"completion": 4.5},
        },
        "models": ["sim/writer"],
        "plugins": [{"id": "context-compression"}, {"id": "moderation"}],
        "service_tier": "flex",
        "preset": "mine",
    }
    body = sent(chat, server)
    assert {name: body[name] for name in expected} == expected
    assert backend().library.flush(10)
    again = new_session(c=newest().id).run()
    assert says(again) == "16 set"
    body = sent(again, server)
    assert {name: body[name] for name in expected} == expected


def test_what_is_left_alone_is_not_sent(server: Simulator) -> None:
    body = sent(new_session().run(), server)
    unset = {"provider", "models", "plugins", "service_tier", "preset", "modalities", "image_config"}
    assert not unset & body.keys()


def test_all_models_are_sorted_together_only_where_there_is_an_order() -> None:
    """Without one there is nothing to choose by, and the switch cannot be set."""
    assert fields_of({"sort_together": True}.get) == {}
    chat = new_session().run()
    assert chat.checkbox(key="chat.advanced.sort_together").disabled
    chat.selectbox(key="chat.advanced.sort").set_value("latency").run()
    assert not chat.checkbox(key="chat.advanced.sort_together").disabled


def test_the_auto_router_is_told_among_which_models_it_chooses(server: Simulator) -> None:
    """Another model is not: what is set is kept, neither drawn nor sent."""
    chat = choose(new_session().run(), "openrouter/auto")
    chat.text_input(key="chat.advanced.auto.allowed").set_value("microsoft/*, openai/gpt-4o")
    chat.text_input(key="chat.advanced.auto.excluded").set_value("openai/*")
    chat.selectbox(key="chat.advanced.auto.cost_tier").set_value("low").run()
    body = sent(chat, server)
    assert body["plugins"] == [
        {
            "id": "auto-router",
            "allowed_models": ["microsoft/*", "openai/gpt-4o"],
            "excluded_models": ["openai/*"],
            "cost_tier": "low",
        }
    ]
    assert newest().path().messages[-1].run.result.model == "microsoft/phi-4"
    choose(chat, "sim/echo")
    assert not {name for name in drawn(chat) if name.startswith("auto.")}
    assert "plugins" not in sent(chat, server)


def test_pictures_are_asked_for_and_shown_where_a_model_makes_them(server: Simulator) -> None:
    """They are stored with the history, each once, and can be downloaded after a reload."""
    chat = choose(new_session().run(), DRAWS)
    chat.selectbox(key="chat.advanced.output").set_value("text+image")
    chat.selectbox(key="chat.advanced.aspect_ratio").set_value("16:9").run()
    assert says(chat) == "2 set"
    body = sent(chat, server)
    assert (body["modalities"], body["image_config"]) == (["text", "image"], {"aspect_ratio": "16:9"})
    library = backend().library
    assert library.flush(10)
    # From now on it is read from the database.
    library._journal.tick()
    again = new_session(c=newest().id).run()
    shown = "".join(element.proto.body for element in again.get("html"))
    assert '<img src="/file/' in shown
    assert "Download · " in shown
    key = shown.partition("/file/")[2][:64]
    data = library.file("local", key)
    assert data is not None
    assert dimensions(data.data) == (96, 54)


def test_other_models_are_asked_for_no_pictures_and_the_page_says_why(server: Simulator) -> None:
    """What was set for one that makes them is kept for it."""
    chat = choose(new_session().run(), DRAWS)
    chat.selectbox(key="chat.advanced.output").set_value("image").run()
    choose(chat, "sim/echo")
    assert not {"output", "aspect_ratio"} & drawn(chat)
    assert any("is not known to make pictures" in caption.value for caption in chat.caption)
    assert "modalities" not in sent(chat, server)
    choose(chat, DRAWS)
    assert chat.selectbox(key="chat.advanced.output").value == "image"


def test_a_model_that_only_draws_is_not_asked_for_words() -> None:
    """Its pictures have a shape all the same."""
    only_draws = ModelInfo(id="a/b", name="B", output_modalities=("image",))
    says = {"output": "text+image", "aspect_ratio": "1:1"}
    assert fields_of(says.get, "a/b", only_draws) == {"image_config": {"aspect_ratio": "1:1"}}


def test_extra_headers_arrive_are_shown_and_survive_a_reload(server: Simulator) -> None:
    """Beside the body, which does not hold them."""
    chat = new_session().run()
    headers(chat).set_value('{"X-Team": "blue", "x-session-id": "s-1"}').run()
    assert says(chat) == "1 set"
    body = sent(chat, server)
    assert "extra_headers" not in body
    assert server.chat_requests[-1].headers["x-team"] == "blue"
    assert backend().library.flush(10)
    again = new_session(c=newest().id).run()
    again.session_state[f"chat.{newest().path().messages[-1].id}.raw"] = True
    again.run()
    assert '{\n  "X-Team": "blue",\n  "x-session-id": "s-1"\n}' in [shown.value for shown in again.code]
    sent(again, server)
    assert server.chat_requests[-1].headers["x-session-id"] == "s-1"


def test_headers_of_the_settings_are_named_where_others_are_typed(
    settings: pytest.MonkeyPatch, server: Simulator
) -> None:
    """And go along, but for the one that is typed here."""
    settings.setenv("OPENROUTER_EXTRA_HEADERS", '{"X-Team": "blue", "X-Stage": "test"}')
    close_backend()
    chat = new_session().run()
    assert any("from the settings of the server: X" in caption.value for caption in chat.caption)
    headers(chat).set_value('{"x-team": "red"}').run()
    sent(chat, server)
    arrived = server.chat_requests[-1].headers
    assert (arrived["x-team"], arrived["x-stage"]) == ("red", "test")


def test_half_typed_headers_are_kept_and_marked_at_their_line(server: Simulator) -> None:
    typed = '{"X-Team": "blue",\n "X-Stage" "test"}'
    chat = new_session().run()
    headers(chat).set_value(typed).run()
    assert "Line 2, column 12: a colon belongs between name and value." in chat.error[0].value
    assert '2 |  "X-Stage" "test"}' in chat.code[0].value
    chat.chat_input(key="chat.input").set_value("hello").run()
    assert not server.chat_requests
    assert headers(chat).value == typed
    assert headers(new_session().run()).value == typed


@pytest.mark.parametrize("typed", ['{"X-Api-Key": "hunter2-hunter2"}', '{"X-Api-Key": "hunter2-hunter2'])
def test_a_header_that_holds_a_key_is_neither_sent_nor_stored(server: Simulator, typed: str) -> None:
    """It stays in the input of this session alone, half-typed too."""
    chat = new_session().run()
    headers(chat).set_value(typed).run()
    assert any("Not sent until Run settings are corrected" in error.value for error in chat.error)
    assert headers(chat).value == typed
    chat.chat_input(key="chat.input").set_value("hello").run()
    assert not server.chat_requests
    assert backend().library.flush(10)
    assert not any(b"hunter2" in path.read_bytes() for path in Path("data").glob("*.sqlite3*") if path.is_file())
    assert headers(new_session().run()).value == ""


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("models", "gpt-4o", "gpt-4o does not look like a model id"),
        ("only", "open!ai", "does not look like a provider"),
        ("preset", "two words", "one name, without blanks"),
        ("auto.allowed", "gpt-4o", "gpt-4o does not look like a model id"),
    ],
)
def test_what_cannot_be_right_is_said_and_not_sent(server: Simulator, name: str, text: str, said: str) -> None:
    chat = choose(new_session().run(), "openrouter/auto")
    if name == "only":
        name_providers(chat, name, text).run()
    else:
        chat.text_input(key=f"chat.advanced.{name}").set_value(text).run()
    assert any(said in error.value.replace("\\", "") for error in chat.error)
    chat.chat_input(key="chat.input").set_value("hello").run()
    assert not server.chat_requests


def test_a_provider_is_not_both_wanted_and_unwanted() -> None:
    says = {"only": "openai, azure", "ignore": "azure"}
    assert "azure" in faults_of_fields(says.get)["ignore"]
    says = {"auto.allowed": "a/b c/*", "auto.excluded": "c/*"}
    assert "c/" in faults_of_fields(says.get, "openrouter/auto")["auto.excluded"]
    assert faults_of_fields(says.get, "sim/echo") == {}
    assert faults_of_fields({}.get) == {}
    assert fields_of({}.get) == {}
    assert names_in("a, b\nc  ,") == ["a", "b", "c"]


def test_every_input_of_the_fold_is_kept() -> None:
    """What can be set stands in the list by which settings are stored, and can be sent."""
    chosen = {name: {str: "a/b", bool: True, float: 1.0, list: ["fp8"]}[kind] for name, kind in FIELDS.items()}
    chosen |= {"sort": "price", "data_collection": "deny", "preset": "mine", "output": "image"}
    info = ModelInfo(id=DRAWS, name=DRAWS, output_modalities=("text", "image"))
    fields = fields_of(chosen.get, "openrouter/auto", info)
    assert fields.keys() >= {"modalities", "image_config"}
    assert ChatRequest(messages=(Message.user("x"),), **fields).parameters.set_fields().keys() == fields.keys()
    chat = choose(new_session().run(), "openrouter/auto")
    assert drawn(chat) == FIELDS.keys()


@pytest.mark.parametrize("name", CHOICES)
def test_a_kept_choice_that_is_none_is_left_out(name: str) -> None:
    """What is kept may come from an imported file."""
    read = read_choice(name)
    assert [read(known) for known in CHOICES[name]] == list(CHOICES[name])
    with pytest.raises(ValueError, match="nonsense"):
        read("nonsense")


def test_kept_precisions_are_known_ones() -> None:
    read = read_choice("quantizations")
    assert read(["int4", "nonsense", "fp16"]) == ["fp16", "int4"]
    with pytest.raises(ValueError, match="fp16"):
        read("fp16")


def test_another_server_is_asked_for_nothing_of_openrouters(settings: pytest.MonkeyPatch, server: Simulator) -> None:
    """Only the extra body and the extra headers stand there."""
    settings.setenv("OPENROUTER_BASE_URL", server.base_url.removesuffix("/api/v1") + "/v1")
    close_backend()
    chat = new_session().run()
    assert drawn(chat) == set()
    assert chat.text_area(key="chat.extra_body_json").value == ""
    assert headers(chat).value == ""
