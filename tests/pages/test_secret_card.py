"""A message that seems to hold a key is held back until its writer has decided."""

import json
from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from pages.parts.tool_settings import TEMPLATES, kept_tools
from service.simulator import Simulator
from service.web.bootstrap import backend
from tests.pages.conftest import firsts, new_session, newest, say, settle

SECRET = "ghp_" + "0123456789abcdefghij" * 2
MESSAGE = f"Why does {SECRET} not work?"


@pytest.fixture
def asked(chat: AppTest) -> AppTest:
    """The page after a message with a token was typed."""
    chat.run()
    chat.chat_input(key="chat.input").set_value(MESSAGE).run()
    assert not chat.exception
    return chat


def press(chat: AppTest, name: str) -> None:
    chat.button(key=f"chat.secret.{name}").click().run()
    assert not chat.exception


def sent(server: Simulator) -> list[str]:
    return [request.body["messages"][-1]["content"] for request in server.chat_requests]


def test_it_is_not_sent_and_the_card_says_why(asked: AppTest, server: Simulator) -> None:
    """What it looks like, and its last characters only."""
    assert asked.warning[0].value == (
        "**Not sent yet.** This message holds what looks like a GitHub token (…ghij). "
        "Whoever runs the model would be able to read it."
    )
    assert "Masked, it reads: Why does …ghij not work?" in [caption.value for caption in asked.caption]
    assert sent(server) == []
    assert backend().library.recent("local") == []


def test_it_can_be_masked(asked: AppTest, server: Simulator) -> None:
    """The rest of it goes as it is."""
    press(asked, "mask")
    settle(asked)
    assert sent(server) == ["Why does …ghij not work?"]
    assert len(asked.warning) == 0


def test_it_can_be_sent_as_it_is(asked: AppTest, server: Simulator) -> None:
    """Whoever wrote it knows."""
    press(asked, "send")
    settle(asked)
    assert sent(server) == [MESSAGE]
    assert len(asked.warning) == 0


def test_it_can_be_edited(asked: AppTest, server: Simulator) -> None:
    """It is back in the input, and what is sent then is looked at anew."""
    press(asked, "edit")
    assert asked.chat_input(key="chat.input").proto.value == MESSAGE
    assert len(asked.warning) == 0
    say(asked, "Why does it not work?")
    assert sent(server) == ["Why does it not work?"]


def test_another_message_waits_until_that_is_decided(asked: AppTest, server: Simulator) -> None:
    """Neither is lost."""
    asked.chat_input(key="chat.input").set_value("another").run()
    assert asked.chat_input(key="chat.input").proto.value == "another"
    press(asked, "mask")
    settle(asked)
    assert sent(server) == ["Why does …ghij not work?"]


def test_it_stays_with_its_conversation(chat: AppTest) -> None:
    """In another one nobody asks about it; back here it is still held."""
    chat.run()
    say(chat, "hello")
    first = newest().id
    chat.chat_input(key="chat.input").set_value(MESSAGE).run()
    assert len(chat.warning) == 1
    chat.button(key="chat.new").click().run()
    assert len(chat.warning) == 0
    chat.button(key=f"chat.open.{first}").click().run()
    assert len(chat.warning) == 1


def test_personal_data_is_pointed_out_where_the_settings_say_so(
    chat: AppTest, settings: pytest.MonkeyPatch, server: Simulator
) -> None:
    """Beside keys; a long list is cut short."""
    settings.setenv("OPENROUTER_REDACT", "emails, phones, cards")
    chat.run()
    chat.chat_input(key="chat.input").set_value(
        f"{SECRET}, ada@example.org, +49 30 1234567, 4111 1111 1111 1111, b@example.org"
    ).run()
    assert "a GitHub token (…ghij), an e-mail address, a phone number and 1 more. " in chat.warning[0].value
    press(chat, "mask")
    settle(chat)
    assert sent(server) == ["…ghij, [e-mail], [phone], [card], [e-mail]"]


def test_an_edited_question_is_looked_at_too(chat: AppTest, server: Simulator) -> None:
    """The first Send says what it holds, the second sends it."""
    chat.run()
    say(chat, "hello")
    asked = newest().path().messages[0].id
    chat.button(key=f"chat.{asked}.edit").click().run()
    chat.text_area(key=f"chat.{asked}.text").set_value(MESSAGE)
    chat.button(key=f"chat.{asked}.text.send").click().run()
    assert "Press Send again to send it as it is." in chat.warning[0].value
    assert sent(server) == ["hello"]
    chat.button(key=f"chat.{asked}.text.send").click().run()
    settle(chat)
    assert sent(server) == ["hello", MESSAGE]
    assert firsts(chat)[0] == MESSAGE


def with_file(chat: AppTest, text: str, words: str) -> None:
    """Send a message with a text file."""
    chat.chat_input(key="chat.input").set_value(words).upload("notes.txt", text.encode(), "text/plain").run()


def test_a_text_file_is_masked_with_the_message(chat: AppTest, server: Simulator) -> None:
    """Both are named; where it stays is shown, and neither goes out as it was."""
    chat.run()
    with_file(chat, f"password list\n{SECRET}", MESSAGE)
    told = chat.warning[0].value
    assert "This message holds what looks like a GitHub token (…ghij)." in told
    assert "The file notes.txt holds what looks like a GitHub token (…ghij)." in told
    press(chat, "mask")
    settle(chat)
    words, file = server.chat_requests[-1].body["messages"][-1]["content"]
    assert words["text"] == "Why does …ghij not work?"
    assert file["text"] == '<file name="notes.txt">\npassword list\n…ghij\n</file>'


def test_a_text_file_alone_is_asked_about(chat: AppTest, server: Simulator) -> None:
    """And sent as it is where that is wanted."""
    chat.run()
    with_file(chat, SECRET, "Look at this")
    assert "The file notes.txt holds" in chat.warning[0].value
    assert server.chat_requests == []
    press(chat, "send")
    settle(chat)
    assert SECRET in server.chat_requests[-1].body["messages"][-1]["content"][1]["text"]


def choose(chat: AppTest, name: str) -> None:
    chat.button(key=f"chat.settings_secret.{name}").click().run()
    assert not chat.exception


def test_a_system_prompt_is_asked_about_before_anything_is_sent(chat: AppTest, server: Simulator) -> None:
    """What was typed stays in the input until somebody has decided; masking changes what the panel says."""
    chat.run()
    chat.text_area(key="chat.system_prompt").set_value(f"Use {SECRET} if asked.").run()
    assert chat.warning[0].value == (
        "**Nothing is sent yet.** The system prompt holds what looks like a GitHub token (…ghij). "
        "It goes along with every message. Whoever runs the model would be able to read it."
    )
    chat.chat_input(key="chat.input").set_value(MESSAGE).run()
    assert (server.chat_requests, chat.chat_input(key="chat.input").proto.value) == ([], MESSAGE)
    assert len(chat.warning) == 1
    choose(chat, "mask")
    assert chat.text_area(key="chat.system_prompt").value == "Use …ghij if asked."
    chat.chat_input(key="chat.input").set_value(MESSAGE).run()
    assert "This message holds" in chat.warning[0].value
    press(chat, "mask")
    settle(chat)
    assert server.chat_requests[-1].body["messages"][0]["content"] == "Use …ghij if asked."


def test_settings_that_may_go_are_asked_about_once(chat: AppTest, server: Simulator) -> None:
    """Another secret in the same place is another question."""
    chat.run()
    field = chat.text_area(key="chat.extra_body_json")
    field.set_value(json.dumps({"note": SECRET})).run()
    assert "The extra fields of the request hold what looks like a GitHub token" in chat.warning[-1].value
    assert [button.key for button in chat.button if "settings_secret" in (button.key or "")] == [
        "chat.settings_secret.allow"
    ]
    choose(chat, "allow")
    for text in ("hello", "again"):
        say(chat, text)
    assert [request.body["note"] for request in server.chat_requests] == [SECRET] * 2
    assert not any("Nothing is sent yet" in warning.value for warning in chat.warning)
    field.set_value(json.dumps({"note": f"{SECRET}9"})).run()
    assert "Nothing is sent yet" in chat.warning[-1].value


def test_regenerate_waits_for_that_decision_too(chat: AppTest, server: Simulator) -> None:
    """It would take the system prompt along."""
    chat.run()
    say(chat, "hello")
    chat.text_area(key="chat.system_prompt").set_value(SECRET).run()
    chat.button(key=f"chat.{newest().path().messages[-1].id}.regenerate").click().run()
    assert len(server.chat_requests) == 1
    choose(chat, "allow")
    chat.button(key=f"chat.{newest().path().messages[-1].id}.regenerate").click().run()
    settle(chat)
    assert server.chat_requests[-1].body["messages"][0]["content"] == SECRET


@pytest.fixture
def called(settings: pytest.MonkeyPatch) -> AppTest:
    """The page after a tool was called whose result, given beforehand, holds a token."""
    page = new_session()
    page.session_state["chat.model"] = "sim/tool-caller"
    page.session_state["chat.tools"] = kept_tools([replace(TEMPLATES["Weather, answers by itself"], canned=SECRET)])
    page.run()
    say(page, "Lisbon?")
    return page


def test_a_tools_result_is_asked_about(called: AppTest, server: Simulator) -> None:
    """It does not answer by itself; sent a second time it goes as it is."""
    assert [message.role for message in newest().path().messages] == ["user", "assistant"]
    button = f"chat.{newest().path().messages[-1].id}.send_results"
    called.button(key=button).click().run()
    assert called.warning[0].value.startswith("What the tool returned holds what looks like a GitHub token (…ghij).")
    assert len(server.chat_requests) == 1
    called.button(key=button).click().run()
    settle(called)
    assert server.chat_requests[-1].body["messages"][-1]["content"] == SECRET


def test_a_tools_result_can_be_masked(called: AppTest, server: Simulator) -> None:
    """The box says what will be sent."""
    key = f"chat.{newest().path().messages[-1].id}"
    called.button(key=f"{key}.send_results").click().run()
    called.button(key=f"{key}.results.mask").click().run()
    assert called.text_area(key=f"{key}.result.0").value == "…ghij"
    called.button(key=f"{key}.send_results").click().run()
    settle(called)
    assert server.chat_requests[-1].body["messages"][-1]["content"] == "…ghij"
