"""Before sending, without a browser: what the model can, how its schema is sent, and to whom."""

import json
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from service import ResponseFormat
from service.simulator import Simulator
from service.store import RunView
from service.structured import strictify
from tests.pages.conftest import new_session, newest, say
from tests.pages.test_schema_editor import FORMAT, LOOSE, write_json

OPENAI = "openai/gpt-4o"
JSON_MODE_ONLY = "microsoft/phi-4"
NO_JSON_MODE = "sim/moderation"


@pytest.fixture
def editor(settings: pytest.MonkeyPatch) -> AppTest:
    """The chat page with a model that has structured outputs, and a schema."""
    settings.setenv("OPENROUTER_MODEL", "sim/json")
    chat = new_session().run()
    chat.segmented_control(key=FORMAT).set_value("json_schema").run()
    return write_json(chat, LOOSE)


def choose(editor: AppTest, model: str) -> AppTest:
    return editor.selectbox(key="chat.model").set_value(model).run()


def toggles(editor: AppTest) -> dict[str, bool]:
    return {toggle.label: toggle.value for toggle in editor.toggle if toggle.key.startswith(FORMAT)}


def sent(editor: AppTest, server: Simulator) -> dict[str, Any]:
    """Send a message and return what arrived."""
    say(editor, "hello")
    assert not editor.exception
    return server.chat_requests[-1].body


def answered() -> RunView:
    """Return the run that answers, live or stored."""
    run = newest().path().messages[-1].run
    assert run is not None
    return run


def verdict() -> str:
    result = answered().result
    assert result is not None
    assert result.verdict is not None
    return result.verdict.kind


def test_only_providers_that_support_the_schema_are_asked_for(editor: AppTest, server: Simulator) -> None:
    """Unless somebody switches that off; without a schema nothing is asked of providers."""
    assert toggles(editor) == {"Only providers that support it": True}
    assert sent(editor, server)["provider"] == {"require_parameters": True}
    editor.toggle(key=f"{FORMAT}.only_supporting").set_value(False).run()
    assert "provider" not in sent(editor, server)
    editor.segmented_control(key=FORMAT).set_value("json_object").run()
    assert "provider" not in sent(editor, server)


def test_a_provider_setting_of_the_users_own_wins(editor: AppTest, server: Simulator) -> None:
    own = {"provider": {"require_parameters": False, "sort": "price"}}
    editor.text_area(key="chat.extra_body_json").set_value(json.dumps(own)).run()
    assert sent(editor, server)["provider"] == own["provider"]


@pytest.mark.parametrize("model", [JSON_MODE_ONLY, NO_JSON_MODE])
def test_a_model_that_cannot_be_held_to_a_schema_may_be_told_it(editor: AppTest, model: str) -> None:
    """The offer stands below the warning, and takes its place."""
    choose(editor, model)
    assert toggles(editor) == {"Put the schema into the prompt instead": False}
    assert "Put the schema into the prompt instead" in editor.warning[0].value
    editor.toggle(key=f"{FORMAT}.in_prompt").set_value(True).run()
    assert not editor.warning
    assert "it gets it as words" in editor.info[0].value
    assert json.dumps(LOOSE, separators=(",", ":")) in "".join(code.value for code in editor.code)


def test_a_schema_in_the_prompt_is_judged_like_any_other(editor: AppTest, server: Simulator) -> None:
    choose(editor, JSON_MODE_ONLY)
    editor.toggle(key=f"{FORMAT}.in_prompt").set_value(True).run()
    body = sent(editor, server)
    assert (body["response_format"], body["messages"][0]["role"], "provider" in body) == (
        {"type": "text"},
        "system",
        False,
    )
    assert verdict() == "valid"
    assert [tab.label for tab in editor.tabs][:3] == ["Form", "JSON", "Raw"]


def test_switching_to_a_model_with_structured_outputs_leaves_the_prompt(editor: AppTest, server: Simulator) -> None:
    """The choice is kept for the next model that cannot."""
    choose(editor, JSON_MODE_ONLY)
    editor.toggle(key=f"{FORMAT}.in_prompt").set_value(True).run()
    choose(editor, "sim/json")
    assert sent(editor, server)["response_format"]["type"] == "json_schema"
    assert toggles(choose(editor, NO_JSON_MODE))["Put the schema into the prompt instead"] is True


def test_the_strict_form_is_sent_and_what_was_written_stays(editor: AppTest, server: Simulator) -> None:
    """Where the provider would refuse it as written; answers are judged by what was written."""
    choose(editor, OPENAI)
    assert editor.info[0].value.startswith("OpenAI would refuse this schema, for 2 reasons. Its strict form is sent")
    arrived = sent(editor, server)["response_format"]["json_schema"]
    assert (arrived["schema"], arrived["strict"]) == (strictify(LOOSE), True)
    assert json.loads(editor.session_state[f"{FORMAT}.schema_json"]) == LOOSE
    form = answered().response_format
    assert form is not None
    assert (form.asked_schema, verdict()) == (LOOSE, "valid")


def test_the_strict_form_may_be_switched_off(editor: AppTest, server: Simulator) -> None:
    choose(editor, OPENAI)
    editor.toggle(key=f"{FORMAT}.strict_form").set_value(False).run()
    assert editor.warning[0].value == "OpenAI would refuse this schema, for 2 reasons."
    assert sent(editor, server)["response_format"]["json_schema"]["schema"] == LOOSE


def test_what_is_written_and_what_is_sent_stand_side_by_side(editor: AppTest) -> None:
    """With each change in words; nothing is drawn of it before somebody asks."""
    choose(editor, OPENAI)
    assert "What will be sent" not in [caption.value for caption in editor.caption]
    editor.button(key=f"{FORMAT}.schema_json.compare").click().run()
    assert [json.loads(code.value) for code in editor.code] == [LOOSE, strictify(LOOSE)]
    (changes,) = [text.value for text in editor.markdown if text.value.startswith("- ")]
    assert changes.splitlines() == [
        "- The whole answer: other fields forbidden",
        "- **name**: required, with null where it could be left out",
        "- **age**: required, with null where it could be left out",
    ]


def test_a_schema_that_no_strict_form_saves_is_sent_as_written(editor: AppTest) -> None:
    choose(editor, OPENAI)
    nested: dict[str, Any] = {"type": "string"}
    for _ in range(12):
        nested = {"type": "object", "properties": {"in": nested}}
    write_json(editor, nested)
    assert "Send its strict form" not in toggles(editor)
    assert "would refuse" in editor.warning[0].value


def test_the_choices_survive_a_reload(editor: AppTest) -> None:
    choose(editor, OPENAI)
    editor.toggle(key=f"{FORMAT}.strict_form").set_value(False).run()
    editor.toggle(key=f"{FORMAT}.only_supporting").set_value(False).run()
    again = new_session().run()
    assert toggles(again) == {"Send its strict form": False, "Only providers that support it": False}


def test_a_configured_schema_begins_as_it_is_configured(settings: pytest.MonkeyPatch) -> None:
    form = ResponseFormat.json_schema("n", strictify(LOOSE), written=LOOSE, delivery="prompt")
    told = {
        "type": "json_schema",
        "json_schema": form.definition,
        "written": LOOSE,
        "delivery": "prompt",
    }
    settings.setenv("OPENROUTER_RESPONSE_FORMAT", json.dumps(told))
    settings.setenv("OPENROUTER_MODEL", JSON_MODE_ONLY)
    chat = new_session().run()
    assert toggles(chat) == {"Put the schema into the prompt instead": True}
    assert json.loads(chat.session_state[f"{FORMAT}.schema_json"]) == LOOSE
