"""The schema editor without a browser: two views in step, undo, and what a provider would refuse."""

import json

import pytest
from streamlit.testing.v1 import AppTest

from service.simulator import Simulator
from tests.pages.conftest import last_run

FORMAT = "chat.response_format"
LOOSE = {"type": "object", "properties": {"name": {"type": "string"}, "age": {"type": "integer", "minimum": 0}}}


@pytest.fixture
def editor(chat: AppTest) -> AppTest:
    """The chat page with the schema editor."""
    chat.run()
    return chat.segmented_control(key=FORMAT).set_value("json_schema").run()


def as_line(editor: AppTest) -> AppTest:
    return editor.segmented_control(key=f"{FORMAT}.view").set_value("line").run()


def as_json(editor: AppTest) -> AppTest:
    return editor.segmented_control(key=f"{FORMAT}.view").set_value("json").run()


def write_line(editor: AppTest, text: str) -> AppTest:
    return editor.text_area(key=f"{FORMAT}.notation").set_value(text).run()


def write_json(editor: AppTest, schema: object) -> AppTest:
    text = schema if isinstance(schema, str) else json.dumps(schema)
    return editor.text_area(key=f"{FORMAT}.schema_json").set_value(text).run()


def schema_in(editor: AppTest) -> object:
    return json.loads(editor.session_state[f"{FORMAT}.schema_json"])


def errors(editor: AppTest) -> str:
    return "\n".join(error.value for error in editor.error)


def test_a_line_is_a_schema_and_is_sent(editor: AppTest, server: Simulator) -> None:
    """Nobody has to read JSON for it."""
    write_line(as_line(editor), "name, age int 0..120, tags list: short labels")
    editor.chat_input(key="chat.input").set_value("hello").run()
    assert last_run().join(20)
    sent = server.chat_requests[-1].body["response_format"]["json_schema"]["schema"]
    assert sent["required"] == ["name", "age", "tags"]
    assert sent["properties"]["age"] == {"type": "integer", "minimum": 0, "maximum": 120}


def test_the_views_follow_each_other(editor: AppTest) -> None:
    write_json(editor, {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]})
    as_line(editor)
    assert editor.text_area(key=f"{FORMAT}.notation").value.startswith("a int")
    write_line(editor, "a int, b")
    as_json(editor)
    assert list(json.loads(editor.text_area(key=f"{FORMAT}.schema_json").value)["properties"]) == ["a", "b"]


def test_a_half_typed_line_is_kept_named_and_not_sent(editor: AppTest, server: Simulator) -> None:
    """The schema stays what it was before."""
    write_line(as_line(editor), "name, age int")
    before = schema_in(editor)
    write_line(editor, "name, age int, address {")
    assert "Line 1" in errors(editor)
    assert editor.text_area(key=f"{FORMAT}.notation").value == "name, age int, address {"
    assert schema_in(editor) == before
    editor.chat_input(key="chat.input").set_value("hello").run()
    assert server.chat_requests == []


def test_broken_json_has_no_line_until_it_is_corrected(editor: AppTest) -> None:
    write_json(editor, "{")
    as_line(editor)
    assert "The JSON has to be corrected first." in errors(editor)
    assert editor.session_state[f"{FORMAT}.schema_json"] == "{"


def test_what_the_provider_would_refuse_is_said_and_mended(editor: AppTest, server: Simulator) -> None:
    """Each reason has its place and its fix; all at once, and back again."""
    editor.selectbox(key="chat.model").set_value("openai/o3-deep-research").run()
    write_json(editor, LOOSE)
    assert editor.warning[-1].value.startswith("OpenAI would refuse this schema, for ")
    editor.button(key=f"{FORMAT}.schema_json.fix_all").click().run()
    mended = schema_in(editor)
    assert mended["additionalProperties"] is False
    assert mended["required"] == ["name", "age"]
    assert not editor.warning
    assert any("Nothing known that OpenAI would refuse." in caption.value for caption in editor.caption)
    editor.button(key=f"{FORMAT}.schema_json.undo").click().run()
    assert schema_in(editor) == LOOSE


def test_a_schema_that_is_not_strict_is_not_checked_for_it(editor: AppTest) -> None:
    editor.selectbox(key="chat.model").set_value("openai/o3-deep-research").run()
    write_json(editor, LOOSE)
    editor.checkbox(key=f"{FORMAT}.strict").uncheck().run()
    assert not editor.warning
