"""Mending a bad answer, without a browser: the steps, their prices, the versions they make, and the receipts."""

import json
import re
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from pages.parts.actions import AcceptAnyProvider
from pages.parts.asking import any_provider
from pages.parts.error_steps import next_steps
from pages.parts.repair_steps import less_reasoning
from service import (
    ChatResult,
    ErrorContext,
    ModelParameters,
    ResponseFormat,
    UnsupportedFeatureError,
    Usage,
)
from service.simulator import Simulator
from service.store import Receipt, StoredMessage
from service.structured.words import plural
from service.web.bootstrap import backend
from tests.pages.conftest import new_session, newest, say, settle
from tests.pages.test_schema_editor import FORMAT, write_json
from tests.support import ask, refusing

SCHEMA = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "age": {"type": "integer"}},
    "required": ["name", "age"],
    "additionalProperties": False,
}


@pytest.fixture
def asked(settings: pytest.MonkeyPatch) -> Any:
    """Return `asked(model, **inputs)`: the page with that model's answer to the schema."""

    def asked(model: str, **inputs: Any) -> AppTest:
        settings.setenv("OPENROUTER_MODEL", model)
        chat = new_session().run()
        chat.segmented_control(key=FORMAT).set_value("json_schema").run()
        write_json(chat, SCHEMA)
        for name, value in inputs.items():
            chat.session_state[f"chat.{name}"] = value
        say(chat, "Who is it?")
        assert not chat.exception
        return chat

    return asked


def answers() -> list[StoredMessage]:
    """Return the versions of the answer, oldest first."""
    return newest().versions(newest().path().messages[-1].id)


def kinds() -> list[str]:
    return [found.run.result.verdict.kind for found in answers() if found.run and found.run.result.verdict]  # type: ignore[union-attr]


def steps(chat: AppTest) -> list[str]:
    wanted = ("Fix here", "Ask again", "Response healing", "Lower reasoning")
    return [button.label for button in chat.button if button.label.startswith(wanted)]


def press(chat: AppTest, label: str) -> AppTest:
    next(button for button in chat.button if button.label.startswith(label)).click().run()
    settle(chat)
    assert not chat.exception
    return chat


def captions(chat: AppTest) -> str:
    return "\n".join(caption.value for caption in chat.caption)


def test_a_mistake_of_writing_is_mended_here_and_for_nothing(asked: Any, server: Simulator) -> None:
    """Another version, with what was changed; the first is still called bad, and nothing was sent."""
    chat = asked("sim/broken-json")
    assert [label.partition(" · ")[0] for label in steps(chat)] == ["Fix here", "Ask again", "Response healing"]
    press(chat, "Fix here")
    assert kinds() == ["not_json", "valid"]
    assert "Mended from version 1: removed the code fence, removed a trailing comma · free" in captions(chat)
    assert "sim/broken-json · nothing was sent" in captions(chat)
    assert (len(server.chat_requests), steps(chat)) == (1, [])
    mended = answers()[1]
    assert mended.repair == Receipt("local", answers()[0].id, ("removed the code fence", "removed a trailing comma"))
    assert mended.run is not None
    assert mended.run.result is not None
    assert (json.loads(mended.text), mended.run.payload) == (mended.run.result.parsed, {})


def test_a_mended_answer_goes_on_in_the_conversation(asked: Any, server: Simulator) -> None:
    """The model sees what was mended, not what it wrote."""
    chat = press(asked("sim/broken-json"), "Fix here")
    mended = answers()[1].text
    say(chat, "And now?")
    assert server.chat_requests[-1].body["messages"][1] == {"role": "assistant", "content": mended}


def test_a_wrong_shape_is_asked_for_again_with_its_violations(asked: Any, server: Simulator) -> None:
    """With the price before and the receipt after; a free fix is not offered where there is none."""
    chat = asked("sim/wrong-shape")
    count = len(answers()[0].run.result.verdict.issues)
    (label,) = steps(chat)
    assert label.startswith(f"Ask again with {count} violation")
    assert " · ≈ \\$0.00" in label
    press(chat, "Ask again")
    assert kinds() == ["wrong_shape", "valid"]
    assert [run.headline for run in backend().library.runs("local")] == ["Who is it?", "Who is it?"]
    *_, answer, told = server.chat_requests[-1].body["messages"]
    assert answer == {"role": "assistant", "content": answers()[0].text}
    assert all(str(issue) in told["content"] for issue in answers()[0].run.result.verdict.issues)
    (receipt,) = [caption.value for caption in chat.caption if "Asked again after" in caption.value]
    assert receipt.partition("Asked")[2] == f" again after {plural(count, 'violation')} in version 1"
    assert " · \\$0.00" in captions(chat)
    assert steps(chat) == []


def test_the_first_version_is_still_there_and_still_bad(asked: Any) -> None:
    chat = press(asked("sim/wrong-shape"), "Ask again")
    chat.button(key=f"chat.{answers()[1].id}.before").click().run()
    labels = [text.value for text in chat.markdown] + [button.label for button in chat.button]
    assert "Wrong shape" in "".join(labels)
    assert "Asked again" not in captions(chat)
    assert len(steps(chat)) == 1


def test_receipts_survive_a_reload(asked: Any) -> None:
    """Also in another process, which only has the database."""
    press(asked("sim/broken-json"), "Fix here")
    before = captions(new_session(c=newest().id).run())
    from service.web.bootstrap import close_backend

    close_backend()
    after = captions(new_session(c=newest().id).run())
    assert "Mended from version 1: removed the code fence" in after
    assert "Mended from version 1: removed the code fence" in before
    assert kinds() == ["not_json", "valid"]


def test_response_healing_asks_for_the_whole_answer(asked: Any, server: Simulator) -> None:
    """The same request with the plugin, not streamed."""
    chat = press(asked("sim/broken-json"), "Response healing")
    assert kinds() == ["not_json", "valid"]
    first, second = (request.body for request in server.chat_requests)
    assert (second["plugins"], second["stream"]) == ([{"id": "response-healing"}], False)
    assert second["messages"] == first["messages"]
    assert "Asked again with response healing after version 1" in captions(chat)


def test_a_receipt_has_figures_where_no_line_above_has_them(asked: Any, server: Simulator) -> None:
    """The second request failed before anything had come."""
    chat = asked("sim/wrong-shape")
    server.script(refusing(403))
    press(chat, "Ask again")
    assert re.search(r"Asked again after \d+ violations? in version 1 · — · \d+\.\d s", captions(chat))


def test_another_model_may_be_asked(asked: Any, server: Simulator) -> None:
    """It is chosen, its price is said, and it gets the bad answer with what was wrong."""
    chat = asked("sim/schema-ignored")
    key = f"chat.{answers()[0].id}"
    chat.session_state[f"{key}.other"] = True
    chat.run()
    chat.selectbox(key=f"{key}.other_model").set_value("sim/json").run()
    assert chat.button(key=f"{key}.other_ask").label.startswith("Ask · ≈ \\$0.00")
    chat.button(key=f"{key}.other_ask").click().run()
    settle(chat)
    assert kinds() == ["wrong_shape", "valid"]
    assert server.chat_requests[-1].body["model"] == "sim/json"
    assert "Asked sim/json after " in captions(chat)


def test_a_repair_that_fails_leaves_the_steps_for_the_next(asked: Any) -> None:
    chat = press(asked("sim/schema-ignored"), "Ask again")
    assert kinds() == ["wrong_shape", "wrong_shape"]
    press(chat, "Ask again")
    assert [found.repair.message_id for found in answers() if found.repair] == [found.id for found in answers()[:2]]


def test_in_demo_nothing_has_a_price(settings: pytest.MonkeyPatch) -> None:
    from service.web.bootstrap import close_backend

    settings.delenv("OPENROUTER_BASE_URL")
    settings.delenv("OPENROUTER_API_KEY")
    settings.setenv("OPENROUTER_MODEL", "sim/wrong-shape")
    close_backend()
    chat = new_session().run()
    chat.segmented_control(key=FORMAT).set_value("json_schema").run()
    write_json(chat, SCHEMA)
    say(chat, "Who is it?")
    assert steps(chat)[0].endswith(" · free in demo")


@pytest.mark.parametrize("model", ["sim/json", "sim/fenced-json", "sim/refusal", "sim/empty"])
def test_other_answers_have_nothing_to_mend(asked: Any, model: str) -> None:
    assert steps(asked(model)) == []


def test_a_cut_off_answer_is_not_mended(asked: Any) -> None:
    """It gets more tokens or less reasoning."""
    chat = asked("sim/cut-off")
    assert steps(chat) == []
    assert "Raise max tokens" in "".join(button.label for button in chat.button)


def test_reasoning_that_ate_the_tokens_can_be_lowered(asked: Any, server: Simulator) -> None:
    inputs = {"max_tokens.on": True, "max_tokens": 20, "reasoning_effort.on": True, "reasoning_effort": "high"}
    chat = asked("sim/reasoner", **inputs)
    assert kinds() == ["cut_off"]
    assert steps(chat) == ["Lower reasoning effort to low"]
    press(chat, "Lower reasoning")
    body = server.chat_requests[-1].body
    assert (body["reasoning_effort"], body["max_tokens"]) == ("low", 20)


@pytest.mark.parametrize(
    ("parameters", "effort"),
    [
        ({}, "low"),
        ({"reasoning_effort": "high"}, "low"),
        ({"reasoning": {"effort": "low"}}, "minimal"),
        ({"reasoning": {"max_tokens": 5_000}}, "low"),
        ({"reasoning_effort": "minimal"}, None),
    ],
)
def test_the_effort_goes_down_step_by_step(parameters: dict[str, Any], effort: str | None) -> None:
    spent = ChatResult(usage=Usage(completion_tokens=100, reasoning_tokens=80))
    assert less_reasoning(ModelParameters(**parameters), spent) == effort


@pytest.mark.parametrize(
    "usage", [None, Usage(completion_tokens=100), Usage(completion_tokens=100, reasoning_tokens=20)]
)
def test_reasoning_that_took_little_is_not_to_blame(usage: Usage | None) -> None:
    assert less_reasoning(ModelParameters(), ChatResult(usage=usage)) is None


def test_where_no_provider_supports_everything_any_may_be_accepted() -> None:
    """The first step, in the place of dropping a field that nobody set."""
    words = (
        "No endpoints found that can handle the requested parameters. To learn more about provider routing, visit: x"
    )
    payload = {"provider": {"require_parameters": True}, "model": "a/b"}
    error = UnsupportedFeatureError(words, context=ErrorContext(payload=payload))
    assert next_steps(error)[0] == AcceptAnyProvider()
    unasked = UnsupportedFeatureError(words, context=ErrorContext(payload={"model": "a/b"}))
    assert AcceptAnyProvider() not in next_steps(unasked)


def test_a_request_that_accepts_any_provider_keeps_the_rest() -> None:
    form = ResponseFormat.json_schema("n", SCHEMA, require_parameters=True)
    request = ask(response_format=form, provider={"require_parameters": True, "sort": "price"})
    changes = any_provider(request)
    assert changes["response_format"] == ResponseFormat.json_schema("n", SCHEMA)
    assert changes["provider"] == {"sort": "price"}
    assert any_provider(ask()) == {"response_format": None, "provider": None}
