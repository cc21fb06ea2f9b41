"""Advanced without a browser: what is set arrives, what is wrong is said, what is left alone is not sent."""

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from pages.parts.advanced_settings import FIELDS, faults_of_fields, fields_of, names_in
from service import ChatRequest, Message
from service.simulator import Simulator
from service.web.bootstrap import backend, close_backend
from tests.pages.conftest import new_session, newest, settle

BEGIN = "chat.advanced."


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


def labels(chat: AppTest) -> list[str]:
    return [fold.label for fold in chat.expander]


def test_everything_that_is_set_arrives_and_survives_a_reload(server: Simulator) -> None:
    """In OpenRouter's form; the fold says how much it is."""
    chat = new_session().run()
    assert "Advanced" in labels(chat)
    name_providers(chat, "order", "simulator", "openai")
    name_providers(chat, "ignore", "azure")
    for name, text in {"models": "sim/writer", "preset": "mine"}.items():
        chat.text_input(key=f"chat.advanced.{name}").set_value(text)
    chat.selectbox(key="chat.advanced.sort").set_value("price")
    chat.selectbox(key="chat.advanced.data_collection").set_value("allow")
    chat.selectbox(key="chat.advanced.service_tier").set_value("flex")
    chat.checkbox(key="chat.advanced.zdr").check()
    chat.checkbox(key="chat.advanced.no_fallbacks").check()
    chat.checkbox(key="chat.advanced.plugin.context-compression").check()
    chat.number_input(key="chat.advanced.max_price_completion").set_value(4.5).run()
    assert "Advanced · 11 set" in labels(chat)
    expected = {
        "provider": {
            "order": ["simulator", "openai"],
            "ignore": ["azure"],
            "sort": "price",
            "data_collection": "allow",
            "zdr": True,
            "allow_fallbacks": False,
            "max_price": {"completion": 4.5},
        },
        "models": ["sim/writer"],
        "plugins": [{"id": "context-compression"}],
        "service_tier": "flex",
        "preset": "mine",
    }
    body = sent(chat, server)
    assert {name: body[name] for name in expected} == expected
    assert backend().library.flush(10)
    again = new_session(c=newest().id).run()
    assert "Advanced · 11 set" in labels(again)
    body = sent(again, server)
    assert {name: body[name] for name in expected} == expected


def test_what_is_left_alone_is_not_sent(server: Simulator) -> None:
    body = sent(new_session().run(), server)
    assert not {"provider", "models", "plugins", "service_tier", "preset"} & body.keys()


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("models", "gpt-4o", "gpt-4o does not look like a model id"),
        ("only", "open!ai", "does not look like a provider"),
        ("preset", "two words", "one name, without blanks"),
    ],
)
def test_what_cannot_be_right_is_said_and_not_sent(server: Simulator, name: str, text: str, said: str) -> None:
    chat = new_session().run()
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
    assert faults_of_fields({}.get) == {}
    assert fields_of({}.get) == {}
    assert names_in("a, b\nc  ,") == ["a", "b", "c"]


def test_every_input_of_the_fold_is_kept() -> None:
    """What can be set stands in the list by which settings are stored, and can be sent."""
    chosen = {name: {str: "a/b", bool: True, float: 1.0}[kind] for name, kind in FIELDS.items()}
    chosen |= {"sort": "price", "data_collection": "deny", "preset": "mine"}
    fields = fields_of(chosen.get)
    assert ChatRequest(messages=(Message.user("x"),), **fields).parameters.set_fields().keys() == fields.keys()
    chat = new_session().run()
    assert drawn(chat) == FIELDS.keys()


def test_another_server_is_asked_for_nothing_of_openrouters(settings: pytest.MonkeyPatch, server: Simulator) -> None:
    """Only the extra body stands there."""
    settings.setenv("OPENROUTER_BASE_URL", server.base_url.removesuffix("/api/v1") + "/v1")
    close_backend()
    chat = new_session().run()
    assert drawn(chat) == set()
    assert chat.text_area(key="chat.extra_body_json").value == ""
