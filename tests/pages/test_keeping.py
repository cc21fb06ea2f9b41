"""What outlives a reload: branches, versions, run settings; and what can be done with conversations."""

from typing import NoReturn

import pytest
from streamlit.testing.v1 import AppTest

from pages.parts.window import window
from service import StorageError
from service.simulator import Simulator
from service.store.database import Database
from service.web.bootstrap import backend, close_backend
from tests.pages.conftest import firsts, new_session, newest, say, settle, texts


def by_role(chat: AppTest, role: str) -> list[str]:
    """Return the ids of the messages of a role on the page's path, oldest first."""
    return [message.id for message in newest().path().messages if message.role == role]


def test_an_edited_question_is_a_version_and_the_old_one_stays(chat: AppTest, server: Simulator) -> None:
    """It is sent with what stood before it alone; the arrows lead back to the old branch."""
    chat.run()
    say(chat, "one")
    say(chat, "two")
    second = by_role(chat, "user")[1]
    chat.button(key=f"chat.{second}.edit").click().run()
    assert chat.text_area(key=f"chat.{second}.text").value == "two"
    chat.text_area(key=f"chat.{second}.text").set_value("zwei").run()
    chat.button(key=f"chat.{second}.text.send").click().run()
    settle(chat)
    assert firsts(chat) == ["one", "one", "zwei", "zwei"]
    assert [message["content"] for message in server.chat_requests[-1].body["messages"]][::2] == ["one", "zwei"]
    edited = by_role(chat, "user")[1]
    assert "2/2" in [caption.value for caption in chat.caption]
    chat.button(key=f"chat.{edited}.before").click().run()
    assert firsts(chat) == ["one", "one", "two", "two"]
    chat.button(key=f"chat.{second}.edit").click().run()
    assert chat.text_area(key=f"chat.{second}.text").value == "two"


def test_regenerate_makes_a_version_with_the_model_chosen_now(chat: AppTest, server: Simulator) -> None:
    """The button names another model where one is chosen; both answers stay."""
    chat.run()
    say(chat, "hello")
    chat.selectbox(key="chat.model").set_value("sim/writer").run()
    answer = by_role(chat, "assistant")[0]
    again = chat.button(key=f"chat.{answer}.regenerate")
    assert again.label == "Regenerate with sim/writer"
    again.click().run()
    settle(chat)
    assert server.chat_requests[-1].body["model"] == "sim/writer"
    newer = by_role(chat, "assistant")[0]
    assert newest().message(newer).versions == 2
    chat.button(key=f"chat.{newer}.before").click().run()
    assert firsts(chat) == ["hello", "hello"]


def test_a_cancelled_edit_changes_nothing(chat: AppTest) -> None:
    """The next one begins with what the message says."""
    chat.run()
    say(chat, "one")
    asked = by_role(chat, "user")[0]
    chat.button(key=f"chat.{asked}.edit").click().run()
    chat.text_area(key=f"chat.{asked}.text").set_value("something else").run()
    chat.button(key=f"chat.{asked}.text.cancel").click().run()
    assert firsts(chat) == ["one", "one"]
    assert newest().message(asked).versions == 1
    chat.button(key=f"chat.{asked}.edit").click().run()
    assert chat.text_area(key=f"chat.{asked}.text").value == "one"


def test_what_failed_to_be_sent_can_be_sent_again(chat: AppTest, settings: pytest.MonkeyPatch) -> None:
    """A question that got no answer, for whatever reason, offers to be sent again, also after a reload."""
    chat.run()
    said = backend().library.create("local")
    said.say("nobody answered")
    page = new_session(c=said.id).run()
    page.button(key=f"chat.{said.leaf_id}.send").click().run()
    settle(page)
    assert firsts(page) == ["nobody answered", "nobody answered"]


def test_nothing_is_sent_again_while_run_settings_are_wrong(chat: AppTest, server: Simulator) -> None:
    """A question without an answer is sent as they say, and what is wrong in them would be left out."""
    chat.run()
    said = backend().library.create("local")
    said.say("nobody answered")
    page = new_session(c=said.id).run()
    page.text_area(key="chat.extra_body_json").set_value("{oops").run()
    page.button(key=f"chat.{said.leaf_id}.send").click().run()
    assert "Run settings have to be corrected first" in page.toast[0].value
    assert not server.chat_requests


def test_an_answer_that_was_broken_off_can_be_continued(chat: AppTest, server: Simulator) -> None:
    """The part that came goes back to the model, with the request to go on."""
    chat.run()
    chat.selectbox(key="chat.model").set_value("sim/disconnect").run()
    say(chat, "tell me more")
    answer = by_role(chat, "assistant")[0]
    chat.selectbox(key="chat.model").set_value("sim/echo").run()
    chat.button(key=f"chat.{answer}.continue").click().run()
    settle(chat)
    sent = server.chat_requests[-1].body["messages"]
    assert [message["role"] for message in sent] == ["user", "assistant", "user"]
    assert sent[1]["content"]
    assert sent[2]["content"] == "Continue exactly where you stopped."


def test_run_settings_survive_a_reload(chat: AppTest) -> None:
    """A new session has those of the conversation in its URL, or those used last; nothing else is sent."""
    chat.run()
    chat.text_area(key="chat.system_prompt").set_value("Be brief.").run()
    chat.selectbox(key="chat.model").set_value("sim/writer").run()
    chat.checkbox(key="chat.temperature.on").check().run()
    chat.slider(key="chat.temperature").set_value(0.35).run()
    say(chat, "hello")
    for page in (new_session(c=newest().id), new_session()):
        page.run()
        assert page.text_area(key="chat.system_prompt").value == "Be brief."
        assert page.checkbox(key="chat.temperature.on").value is True
        assert page.slider(key="chat.temperature").value == 0.35
        assert page.checkbox(key="chat.top_p.on").value is False


def test_each_conversation_has_its_own_settings(chat: AppTest) -> None:
    """To open another one sets the inputs as they were there; a new chat goes on with what is set."""
    chat.run()
    chat.text_area(key="chat.system_prompt").set_value("First").run()
    say(chat, "one")
    first = newest().id
    chat.button(key="chat.new").click().run()
    assert chat.text_area(key="chat.system_prompt").value == "First"
    chat.text_area(key="chat.system_prompt").set_value("Second").run()
    say(chat, "two")
    chat.button(key=f"chat.open.{first}").click().run()
    assert chat.text_area(key="chat.system_prompt").value == "First"


def test_what_was_never_set_in_a_conversation_is_not_taken_from_another(chat: AppTest) -> None:
    """An input that was not drawn yet has nothing to keep, nor has a number that was emptied."""
    chat.session_state["chat.advanced"] = False
    chat.run()
    chat.checkbox(key="chat.max_tokens.on").check().run()
    chat.number_input(key="chat.max_tokens").set_value(None).run()
    say(chat, "one")
    first = newest().id
    chat.button(key="chat.new").click().run()
    chat.session_state["chat.advanced"] = True
    chat.run()
    chat.selectbox(key="chat.pdf_engine").set_value("mistral-ocr").run()
    chat.number_input(key="chat.max_tokens").set_value(500).run()
    say(chat, "two")
    chat.button(key=f"chat.open.{first}").click().run()
    assert chat.selectbox(key="chat.pdf_engine").value == ""
    assert chat.number_input(key="chat.max_tokens").value is None


def test_odd_settings_of_a_conversation_are_passed_over(chat: AppTest) -> None:
    """They may come from an imported file."""
    chat.run()
    said = backend().library.create(
        "local",
        settings={
            "temperature": "hot",
            "temperature.on": 1,
            "response_format": "xml",
            "top_p": 7,
            "seed": True,
            "top_k.on": True,
            "top_k": float("inf"),
            "tools": [{"id": "same", "name": "one"}, {"id": "same", "name": "other"}],
            "x": 1,
        },
    )
    said.say("hello")
    page = new_session(c=said.id)
    page.session_state["chat.tools_fold"] = True
    page.run()
    assert not page.exception
    assert page.segmented_control(key="chat.response_format").value == "text"


def test_a_database_that_cannot_be_read_is_said(chat: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    """And never ends the page, or what was pressed on it, with an exception."""
    chat.run()
    say(chat, "first")
    first = newest().id
    say(chat.button(key="chat.new").click().run(), "second")
    close_backend()
    page = new_session().run()
    monkeypatch.setattr(Database, "read", refuse_to_read)
    page.menu_button(key=f"chat.verbs.{first}").set_value("Duplicate").run()
    elsewhere = new_session(c=first).run()
    assert "cannot be read" in elsewhere.error[0].value
    elsewhere.switch_page("history.py").run().segmented_control(key="history.shows").set_value("runs").run()
    assert "cannot be read" in elsewhere.error[0].value
    assert not page.exception
    assert not elsewhere.exception


def refuse_to_read(database: Database) -> NoReturn:
    raise StorageError("The database cannot be read.")


def test_everything_is_there_after_a_restart(chat: AppTest) -> None:
    """A process that begins anew finds what the one before it had stored."""
    chat.run()
    say(chat, "yesterday")
    said = newest().id
    close_backend()
    page = new_session(c=said).run()
    assert firsts(page) == ["yesterday", "yesterday"]
    assert [found.title for found in backend().library.recent("local")] == ["yesterday"]


def test_a_conversation_is_renamed_copied_deleted_and_brought_back(chat: AppTest) -> None:
    """The verbs of the list's menu."""
    chat.run()
    say(chat, "first title")
    said = newest()
    chat.menu_button(key=f"chat.verbs.{said.id}").set_value("Rename").run()
    chat.text_input(key=f"chat.title.{said.id}").set_value("Given up").run()
    chat.button(key=f"chat.title.{said.id}.cancel").click().run()
    assert said.title == "first title"
    chat.menu_button(key=f"chat.verbs.{said.id}").set_value("Rename").run()
    chat.text_input(key=f"chat.title.{said.id}").set_value("A better title")
    chat.button(key=f"chat.title.{said.id}.save").click().run()
    assert said.title == "A better title"
    chat.menu_button(key=f"chat.verbs.{said.id}").set_value("Duplicate").run()
    assert [found.title for found in backend().library.recent("local")] == ["A better title (copy)", "A better title"]
    assert firsts(chat) == ["first title", "first title"]
    chat.menu_button(key=f"chat.verbs.{said.id}").set_value("Delete").run()
    assert [found.title for found in backend().library.recent("local")] == ["A better title (copy)"]
    chat.button(key="chat.undo").click().run()
    assert backend().library.get("local", said.id) is said
    assert firsts(chat) == ["first title", "first title"]


def test_taking_back_the_deletion_of_another_chat_stays_in_the_open_one(chat: AppTest) -> None:
    """It was not open, so nobody asked to go there."""
    chat.run()
    say(chat, "the other one")
    other = newest()
    chat.button(key="chat.new").click().run()
    say(chat, "the open one")
    chat.menu_button(key=f"chat.verbs.{other.id}").set_value("Delete").run()
    chat.button(key="chat.undo").click().run()
    assert {found.title for found in backend().library.recent("local")} == {"the other one", "the open one"}
    assert firsts(chat) == ["the open one", "the open one"]


def test_a_chat_that_was_begun_meanwhile_stays_open_after_undo(chat: AppTest) -> None:
    """The deleted one is back in the list alone."""
    chat.run()
    say(chat, "the deleted one")
    chat.menu_button(key=f"chat.verbs.{newest().id}").set_value("Delete").run()
    say(chat, "a new one")
    chat.button(key="chat.undo").click().run()
    assert firsts(chat) == ["a new one", "a new one"]


def test_the_list_is_searched(chat: AppTest) -> None:
    chat.run()
    say(chat, "the price of apples")
    chat.button(key="chat.new").click().run()
    say(chat, "the weather")
    chat.text_input(key="chat.search").set_value("APPL").run()
    labels = [button.label for button in chat.button if button.key and button.key.startswith("chat.open.")]
    assert labels == ["the price of apples"]
    chat.text_input(key="chat.search").set_value("pears").run()
    assert "No chat has these words." in [caption.value for caption in chat.caption]


@pytest.mark.parametrize(
    ("messages", "earlier", "shown"),
    [(1, 0, 1), (20, 0, 20), (39, 0, 39), (40, 0, 20), (2_000, 0, 20), (2_000, 20, 40)],
)
def test_a_long_conversation_is_windowed(messages: int, earlier: int, shown: int) -> None:
    """The last 20 to 39 messages, in steps of 20."""
    assert window(messages, earlier) == shown


def test_earlier_messages_are_shown_on_demand(chat: AppTest) -> None:
    chat.run()
    said = backend().library.create("local")
    for number in range(60):
        said.say(f"message {number}")
    page = new_session(c=said.id).run()
    assert texts(page)[0] == "message 40"
    page.button(key="chat.show_earlier").click().run()
    assert texts(page)[0] == "message 20"
    page.button(key="chat.show_earlier").click().run()
    assert texts(page)[0] == "message 0"
    assert len(texts(page)) == 60


def test_what_is_chosen_in_the_open_drawer_holds_for_what_is_sent(chat: AppTest, server: Simulator) -> None:
    """And it is sent once."""
    chat.run()
    chat.button(key="open_settings").click().run()
    chat.text_area(key="chat.system_prompt").set_value("Be brief.")
    say(chat, "Hello")
    assert [request.body["messages"] for request in server.chat_requests] == [
        [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hello"}]
    ]


def test_messages_stand_in_their_order_over_many_questions(chat: AppTest) -> None:
    """Also where the page is drawn anew above them."""
    chat.run()
    questions = [f"question {number}" for number in range(12)]
    for question in questions:
        say(chat, question)
    assert firsts(chat) == [text for question in questions for text in (question, question)]
