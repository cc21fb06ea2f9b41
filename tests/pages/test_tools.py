"""Tools without a browser: entered, called, answered by hand or by themselves, and gone on with."""

import json
from dataclasses import replace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from pages.parts.tool_rounds import MOST_ROUNDS
from pages.parts.tool_settings import TEMPLATES, ToolSetting, faults_of, kept_tools, read_tools
from service.simulator import Reply, Simulator
from service.web.bootstrap import backend
from tests.pages.conftest import new_session, newest, settle, texts
from tests.support import streamed

WEATHER = TEMPLATES["Weather, answers by itself"]
COLLEAGUE = TEMPLATES["Ask a colleague, you answer"]


def opened(*tools: ToolSetting, model: str = "sim/tool-caller") -> AppTest:
    """Return the chat page with these tools and the fold of tools open."""
    page = new_session()
    page.session_state["chat.model"] = model
    page.session_state["chat.tools"] = kept_tools(tools)
    page.session_state["chat.tools_fold"] = True
    return page.run()


def ask(chat: AppTest, text: str) -> None:
    """Send a message and let everything that follows by itself come to its end."""
    chat.chat_input(key="chat.input").set_value(text).run()
    for _ in range(2 * MOST_ROUNDS + 4):
        if not newest().live_runs:
            break
        settle(chat)
    # A run that ended before it was looked for was drawn while it was written.
    chat.run()
    assert not chat.exception


def roles() -> list[str]:
    return [message.role for message in newest().path().messages]


def last_id() -> str:
    return newest().path().messages[-1].id


def sent(server: Simulator, number: int = -1) -> dict[str, Any]:
    return dict(server.chat_requests[number].body)


@pytest.fixture(autouse=True)
def _settings(settings: pytest.MonkeyPatch) -> None:
    """Every page here is served by the simulator."""


def test_a_call_is_answered_by_hand_and_the_conversation_goes_on(server: Simulator) -> None:
    """Nothing is sent while a result is missing; then the result goes back with the id of its call."""
    chat = opened(COLLEAGUE)
    ask(chat, "Is it in stock?")
    assert roles() == ["user", "assistant"]
    answer = last_id()
    chat.button(key=f"chat.{answer}.send_results").click().run()
    assert "Not sent: there is no result yet for ask_colleague." in [error.value for error in chat.error]
    chat.text_area(key=f"chat.{answer}.result.0").set_value("Yes, three of them").run()
    chat.button(key=f"chat.{answer}.send_results").click().run()
    settle(chat)
    assert roles() == ["user", "assistant", "tool", "assistant"]
    call, result = sent(server)["messages"][-2:]
    assert result == {"role": "tool", "tool_call_id": call["tool_calls"][0]["id"], "content": "Yes, three of them"}
    assert any("ask\\_colleague** → Yes, three of them" in fold.label for fold in chat.expander)
    assert "Yes, three of them" in texts(chat)[-1]


def test_canned_results_answer_by_themselves(server: Simulator) -> None:
    """One message, two requests, no click."""
    chat = opened(WEATHER)
    ask(chat, "Lisbon?")
    assert roles() == ["user", "assistant", "tool", "assistant"]
    assert sent(server)["messages"][-1]["content"] == WEATHER.canned
    assert [tool["function"]["name"] for tool in sent(server)["tools"]] == ["get_weather"]


def test_several_rounds_go_on_until_somebody_is_asked(server: Simulator) -> None:
    """A model that never stops calling is stopped after eight rounds; its next results are sent by hand."""
    chat = opened(WEATHER, model="sim/tool-caller:rounds=99")
    ask(chat, "Lisbon?")
    assert len(server.chat_requests) == MOST_ROUNDS + 1
    assert roles()[-1] == "assistant"
    assert any("Tools were called 9 times in a row" in info.value for info in chat.info)
    chat.button(key=f"chat.{last_id()}.send_results").click().run()
    assert len(newest().path().messages) == 2 * MOST_ROUNDS + 4


def test_two_calls_of_one_answer_get_their_own_results(server: Simulator) -> None:
    """Each stands below the one before, and each names its call."""
    chat = opened(WEATHER, COLLEAGUE)
    ask(chat, "Both, please")
    answer = last_id()
    assert chat.text_area(key=f"chat.{answer}.result.0").value == WEATHER.canned
    chat.text_area(key=f"chat.{answer}.result.1").set_value("ask me tomorrow").run()
    chat.button(key=f"chat.{answer}.send_results").click().run()
    settle(chat)
    assert roles() == ["user", "assistant", "tool", "tool", "assistant"]
    messages = sent(server)["messages"]
    assert [call["id"] for call in messages[-3]["tool_calls"]] == [m["tool_call_id"] for m in messages[-2:]]


def test_a_result_is_changed_and_the_old_one_stays(server: Simulator) -> None:
    """The changed result and the others of its answer are sent once more, as another version."""
    chat = opened(WEATHER, COLLEAGUE)
    ask(chat, "Both, please")
    answer = last_id()
    chat.text_area(key=f"chat.{answer}.result.1").set_value("no").run()
    chat.button(key=f"chat.{answer}.send_results").click().run()
    settle(chat)
    second = newest().path().messages[3].id
    chat.button(key=f"chat.{second}.edit").click().run()
    chat.text_area(key=f"chat.{second}.text").set_value("yes").run()
    chat.button(key=f"chat.{second}.text.send").click().run()
    settle(chat)
    assert [message["content"] for message in sent(server)["messages"][-2:]] == [WEATHER.canned, "yes"]
    first = newest().path().messages[2]
    assert (first.version, first.versions) == (2, 2)
    chat.button(key=f"chat.{first.id}.before").click().run()
    assert newest().path().messages[3].text == "no"
    assert newest().path().messages[-1].role == "assistant"


def test_reasoning_goes_back_unchanged(server: Simulator) -> None:
    """What the model thought before it called stands in the next request as it came."""
    chat = opened(WEATHER, model="sim/reasoner")
    ask(chat, "Lisbon?")
    assert roles() == ["user", "assistant", "tool", "assistant"]
    run = newest().path().messages[1].run
    assert run is not None
    assert run.result is not None
    details = run.result.reasoning_details
    assert details
    assert sent(server)["messages"][1]["reasoning_details"] == [dict(entry) for entry in details]


def test_calls_that_got_no_result_are_not_sent_back(server: Simulator) -> None:
    """Who goes on without giving one is not refused by the provider."""
    chat = opened(COLLEAGUE)
    ask(chat, "one")
    ask(chat, "two")
    assert [message["role"] for message in sent(server)["messages"]] == ["user"]
    assert roles() == ["user", "assistant", "user", "assistant"]


def test_a_result_is_made_up_by_the_model(server: Simulator) -> None:
    """It stands in the box, says who made it up, and is sent only on a click."""
    chat = opened(COLLEAGUE, model="sim/writer")
    ask(chat, "In stock?")
    answer = last_id()
    chat.button(key=f"chat.{answer}.result.0.make_up").click().run()
    run = chat.session_state[f"chat.{answer}.result.0.run"]
    assert run is None or run.join(20)
    chat.run()
    made = chat.text_area(key=f"chat.{answer}.result.0").value
    assert isinstance(json.loads(made), dict)
    assert any("Made up by sim/writer" in caption.value for caption in chat.caption)
    assert sent(server)["response_format"] == {"type": "json_object"}
    assert roles() == ["user", "assistant"]


def test_arguments_are_checked_against_the_tool(server: Simulator) -> None:
    """A violation stands below the call in words, at its place."""
    called = {"index": 0, "id": "call_1", "type": "function"}
    arguments = json.dumps({"city": "Lisbon", "unit": "kelvin"})
    delta = {"tool_calls": [{**called, "function": {"name": "get_weather", "arguments": arguments}}]}
    server.script(Reply(chunks=streamed(delta, finish="tool_calls")))
    chat = opened(replace(WEATHER, canned=""))
    ask(chat, "Lisbon?")
    assert any(caption.value.startswith(":material/rule: unit ") for caption in chat.caption)
    assert any("Lisbon" in element.body for element in chat.html)


def test_names_are_checked_where_they_are_entered(server: Simulator) -> None:
    """Nothing is sent while a tool that is on is wrong; one that is off hinders nobody."""
    chat = opened(WEATHER, replace(WEATHER, id="other"))
    assert any("Two tools are called" in error.value for error in chat.error)
    chat.chat_input(key="chat.input").set_value("hello").run()
    assert not server.chat_requests
    chat.checkbox(key="chat.tools.other.on").uncheck().run()
    assert not chat.error
    assert not faults_of([replace(WEATHER, is_on=False), WEATHER], None)
    assert "no blanks" in faults_of([replace(WEATHER, name="get weather")], None)["get_weather"]
    assert "allow only" in faults_of([WEATHER], ["search"])["get_weather"]
    assert "cannot be used" in faults_of([replace(WEATHER, schema="{")], None)["get_weather"]


def test_a_tool_is_added_and_edited_in_a_dialog(server: Simulator) -> None:
    """What is entered counts at once; the list says it when the dialog is closed."""
    chat = opened()
    chat.menu_button(key="chat.add_tool").set_value("Empty tool").run()
    chat.text_input(key="chat.tool.name").set_value("look_up").run()
    chat.text_area(key="chat.tool.canned").set_value("42").run()
    chat.button(key="chat.tool.done").click().run()
    assert [(tool.name, tool.canned) for tool in read_tools(chat.session_state["chat.tools"])] == [("look_up", "42")]
    ask(chat, "hello")
    assert sent(server)["tools"][0]["function"]["name"] == "look_up"
    assert sent(server)["messages"][-1]["content"] == "42"


def test_which_tool_and_how_many_are_sent_where_they_were_chosen(server: Simulator) -> None:
    """A choice that is left alone is not sent; a tool that is gone cannot be asked for."""
    chat = opened(replace(COLLEAGUE, id="colleague"))
    ask(chat, "one")
    assert not {"tool_choice", "parallel_tool_calls"} & sent(server).keys()
    chat.selectbox(key="chat.tool_choice").set_value("tool:ask_colleague")
    chat.selectbox(key="chat.parallel_tools").set_value("off").run()
    ask(chat, "two")
    assert sent(server)["tool_choice"] == {"type": "function", "function": {"name": "ask_colleague"}}
    assert sent(server)["parallel_tool_calls"] is False
    chat.checkbox(key="chat.tools.colleague.on").uncheck().run()
    ask(chat, "three")
    assert not {"tools", "tool_choice", "parallel_tool_calls"} & sent(server).keys()


def test_a_model_without_tools_gets_none(server: Simulator) -> None:
    """They are kept, dimmed, and the reason is said."""
    chat = opened(WEATHER, model="sim/echo")
    assert chat.checkbox(key="chat.tools.get_weather.on").disabled
    assert any("takes no tools" in caption.value for caption in chat.caption)
    ask(chat, "hello")
    assert "tools" not in sent(server)


def test_tools_survive_a_reload() -> None:
    """With their conversation, and for the next one."""
    ask(opened(WEATHER), "Lisbon?")
    assert backend().library.flush(10)
    again = new_session(c=newest().id).run()
    assert read_tools(again.session_state["chat.tools"]) == (WEATHER,)
    assert any("get\\_weather** →" in fold.label for fold in again.expander)
    with pytest.raises(ValueError, match="x"):
        read_tools("x")


def test_a_server_tool_is_sent_and_its_sources_stand_below(server: Simulator) -> None:
    """The switch says what it costs; the answer has numbered links."""
    chat = opened(model="sim/writer")
    chat.toggle(key="chat.server_tool.web_search").set_value(True).run()
    assert any("for each search" in caption.value for caption in chat.caption)
    ask(chat, "News?")
    assert sent(server)["tools"] == [{"type": "openrouter:web_search"}]
    sources = [caption.value for caption in chat.caption if caption.value.startswith("Sources")]
    assert sources == ["Sources\n\n1. [A simulated search result](<https://example.com/simulated-search-result>)"]
    assert any(" · 1 web search (\\$0.01) · " in caption.value for caption in chat.caption)


def test_pages_that_are_read_and_the_clock_are_told_with_their_cost(server: Simulator) -> None:
    """What OpenRouter ran is no call that anybody has to answer; the line of figures counts it."""
    chat = opened(model="sim/writer")
    for name in ("web_fetch", "datetime"):
        chat.toggle(key=f"chat.server_tool.{name}").set_value(True).run()
    ask(chat, "What does https://example.com/news say?")
    chat.run()  # an answer may be complete before the page has looked for it
    assert sent(server)["tools"] == [{"type": "openrouter:web_fetch"}, {"type": "openrouter:datetime"}]
    assert any(" · 2 tool calls by OpenRouter (\\$0.001) · " in caption.value for caption in chat.caption)
    assert "would be read here. The simulator fetches nothing." in texts(chat)[-1]
