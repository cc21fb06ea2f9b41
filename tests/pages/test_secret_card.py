"""A message that seems to hold a key is held back until its writer has decided."""

import pytest
from streamlit.testing.v1 import AppTest

from service.simulator import Simulator
from service.web.bootstrap import backend
from tests.pages.conftest import firsts, newest, say, settle

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
