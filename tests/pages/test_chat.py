"""The chat page without a browser: what it sends and what it shows."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from service.simulator import Simulator
from service.web.bootstrap import backend, close_backend
from tests.pages.conftest import firsts, new_session, newest, say, settle, texts
from tests.support import ask


def test_it_begins_empty_with_no_greeting(chat: AppTest) -> None:
    """Before the first message there is no message, and the model of the settings is chosen."""
    chat.run()
    assert not chat.exception
    assert len(chat.chat_message) == 0
    assert chat.selectbox(key="chat.model").value == "sim/echo"


def test_a_conversation_sends_what_was_said_before(chat: AppTest, server: Simulator) -> None:
    """The second message goes out with the first and its answer in front."""
    chat.run()
    say(chat, "first")
    say(chat, "second")
    assert not chat.exception
    roles = [(m["role"], m["content"].splitlines()[0]) for m in server.chat_requests[-1].body["messages"]]
    assert roles == [("user", "first"), ("assistant", "first"), ("user", "second")]
    assert firsts(chat) == ["first", "first", "second", "second"]


def test_a_failed_turn_is_left_out_of_the_next_request(chat: AppTest, server: Simulator) -> None:
    """A turn that got no answer stays on the page but is not sent again, so that roles keep taking turns."""
    chat.run()
    chat.selectbox(key="chat.model").set_value("sim/moderation").run()
    say(chat, "refused")
    assert "moderation flagged the input" in chat.error[0].value
    chat.selectbox(key="chat.model").set_value("sim/echo").run()
    say(chat, "accepted")
    assert [m["content"] for m in server.chat_requests[-1].body["messages"]] == ["accepted"]
    assert texts(chat)[0] == "refused"
    said = "Without an answer, this question is not sent along with later ones."
    assert [said in caption.value for caption in chat.run().caption].count(True) == 1


def test_an_unknown_model_gets_the_closest_names(chat: AppTest, settings: pytest.MonkeyPatch) -> None:
    """A model that does not exist is answered with what was probably meant."""
    settings.setenv("OPENROUTER_MODEL", "sim/ecko")
    chat.run()
    say(chat, "hello")
    assert "Did you mean 'sim/echo'" in chat.error[0].value


def test_the_url_names_the_conversation(chat: AppTest) -> None:
    """A reload, which is a new session with the same URL, shows the same conversation."""
    chat.run()
    say(chat, "remember me")
    again = new_session(c=newest().id).run()
    assert firsts(again) == ["remember me", "remember me"]


def test_an_unknown_conversation_is_said_to_be_lost(chat: AppTest) -> None:
    """The page says so, offers the examples, and the next message begins a new one."""
    chat.query_params["c"] = "no-such"
    chat.run()
    assert "not here" in chat.warning[0].value
    say(chat, "anew")
    assert not chat.warning
    assert texts(chat)[0] == "anew"


def test_new_chat_begins_empty_and_the_old_one_is_in_the_list(chat: AppTest) -> None:
    """Nothing is lost by beginning anew: the list leads back."""
    chat.run()
    say(chat, "the first conversation")
    chat.button(key="chat.new").click().run()
    assert len(chat.chat_message) == 0
    chat.button(key=f"chat.open.{newest().id}").click().run()
    assert texts(chat)[0] == "the first conversation"


def test_an_example_is_sent_as_it_stands(chat: AppTest, server: Simulator) -> None:
    """A card on the empty page works at once."""
    chat.run()
    chat.button(key="chat.example.2").click().run()
    assert server.wait_for_request()
    assert "rainbow" in server.chat_requests[-1].body["messages"][-1]["content"]


def test_a_wrong_setting_is_said_on_the_page(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A setting that cannot be used is named with what it got and what it takes."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OPENROUTER_API_KEY", "sk-or-v1-pagetest0001")
    monkeypatch.setenv("OPENROUTER_TIMEOUT", "soon")
    close_backend()
    chat = new_session().run()
    assert "OPENROUTER_TIMEOUT takes a number" in chat.error[0].value
    assert "'soon'" in chat.error[0].value


def test_a_batch_of_others_does_not_hold_up_a_chat(chat: AppTest, settings: pytest.MonkeyPatch) -> None:
    """A message takes its turn as its owner's, behind one of the batch and not behind all of it."""
    settings.setenv("OPENROUTER_MAX_CONCURRENT_REQUESTS", "1")
    chat.run()
    service = backend().service
    batch = [service.start(ask("sim/hang")) for _ in range(4)]
    assert service.health().runs_waiting == 3
    chat.chat_input(key="chat.input").set_value("mine").run()
    assert service.health().runs_waiting == 4
    (mine,) = newest().live_runs
    assert mine.notice == "1 request is in flight; you are 2nd in line."
    for run in (mine, *batch):
        run.stop()


def test_a_cached_answer_says_so_and_regenerate_asks_anew(
    chat: AppTest, settings: pytest.MonkeyPatch, server: Simulator
) -> None:
    """The same question in another chat is free; who presses Regenerate wants another answer."""
    settings.setenv("OPENROUTER_CACHE_RESPONSES", "true")
    chat.run()
    for _ in range(2):
        say(chat, "the same")
        line = figures(chat)
        answer = newest().path().messages[-1].id
        chat.button(key="chat.new").click().run()
    assert "cached, free instead of" in line
    assert len(server.chat_requests) == 1
    chat.button(key=f"chat.open.{newest().id}").click().run()
    chat.button(key=f"chat.{answer}.regenerate").click().run()
    settle(chat)
    assert len(server.chat_requests) == 2
    assert "cached" not in figures(chat)


def figures(chat: AppTest) -> str:
    """Return the line of figures below the last answer."""
    return [caption.value for caption in chat.caption if " · total " in caption.value][-1]
