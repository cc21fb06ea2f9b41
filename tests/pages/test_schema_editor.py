"""The schema editor without a browser: three views in step, undo, and what a provider would refuse."""

import json
from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from service.simulator import Simulator
from tests.pages.conftest import last_run
from tests.pages.schema_table import as_new, edit, shown

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


def as_table(editor: AppTest) -> AppTest:
    return editor.segmented_control(key=f"{FORMAT}.view").set_value("table").run()


def write_json(editor: AppTest, schema: object) -> AppTest:
    as_json(editor)
    text = schema if isinstance(schema, str) else json.dumps(schema)
    return editor.text_area(key=f"{FORMAT}.schema_json").set_value(text).run()


def schema_in(editor: AppTest) -> object:
    return json.loads(editor.session_state[f"{FORMAT}.schema_json"])


def errors(editor: AppTest) -> str:
    return "\n".join(error.value for error in editor.error)


def test_a_table_is_a_schema_and_is_sent(editor: AppTest, server: Simulator) -> None:
    """It is what a new schema begins with; a row that was added by mistake does no harm."""
    assert (shown(editor)["rows"], editor.session_state[f"{FORMAT}.schema_json"]) == ([], "")
    rows = [as_new("1", name="items", type="object", is_list=True), as_new("2", name="price", type="number", depth=1)]
    edit(editor, *rows, as_new("3"))
    assert not editor.error
    editor.chat_input(key="chat.input").set_value("hello").run()
    assert last_run().join(20)
    sent = server.chat_requests[-1].body["response_format"]["json_schema"]["schema"]
    assert sent["properties"]["items"]["items"]["properties"] == {"price": {"type": "number"}}


def test_a_wrong_row_is_kept_named_and_not_sent(editor: AppTest, server: Simulator) -> None:
    """The schema stays what it was before, and the row is as it was typed after another view was looked at."""
    edit(editor, as_new("1", name="a"))
    before = schema_in(editor)
    edit(editor, as_new("1", name="a"), as_new("2", name="b", type="choice"), stamp="b:2")
    told = shown(editor)
    assert "without allowed values" in told["errors"]["1"]
    assert told["stamp"] == "b:2"
    assert schema_in(editor) == before
    assert "Field 2: `b` is a choice" in errors(editor)
    editor.chat_input(key="chat.input").set_value("hello").run()
    assert server.chat_requests == []
    as_table(as_line(editor))
    assert [row["name"] for row in shown(editor)["rows"]] == ["a", "b"]


def test_what_a_row_cannot_say_is_locked_and_kept(editor: AppTest) -> None:
    schema = {"type": "object", "properties": {"a": {"oneOf": [{"type": "string"}, {"type": "null"}]}, "b": {}}}
    write_json(editor, schema)
    rows = shown(as_table(editor))["rows"]
    assert "one of several shapes" in rows[0]["lock"]
    assert rows[1]["lock"] == ""
    edit(editor, rows[0] | {"name": "c"}, rows[1])
    assert schema_in(editor)["properties"]["c"] == schema["properties"]["a"]


def test_a_whole_without_fields_has_no_table(editor: AppTest) -> None:
    write_line(as_line(editor), "= list of int")
    as_table(editor)
    assert "has no fields to list" in editor.info[0].value
    assert schema_in(editor) == {"type": "array", "items": {"type": "integer"}}


def test_a_list_of_objects_has_the_fields_of_an_item(editor: AppTest) -> None:
    write_line(as_line(editor), "= list { a }")
    edit(as_table(editor), shown(editor)["rows"][0] | {"name": "b"})
    assert schema_in(editor)["items"]["required"] == ["b"]


def test_changes_of_the_table_can_be_taken_back_one_by_one(editor: AppTest) -> None:
    """Also a row that was deleted while another one was wrong."""
    edit(editor, as_new("1", name="a"), as_new("2", name="b"))
    edit(editor, as_new("1", name="a"), as_new("2", name="a"), stamp="b:2")
    edit(editor, as_new("2", name="a"), stamp="b:3")
    assert list(schema_in(editor)["properties"]) == ["a"]
    undo, redo = f"{FORMAT}.schema_json.undo", f"{FORMAT}.schema_json.redo"
    editor.button(key=undo).click().run()
    assert [row["name"] for row in shown(editor)["rows"]] == ["a", "a"]
    editor.button(key=undo).click().run()
    assert list(schema_in(editor)["properties"]) == ["a", "b"]
    editor.button(key=redo).click().run()
    editor.button(key=redo).click().run()
    assert [row["id"] for row in shown(editor)["rows"]] == ["2"]
    editor.button(key=undo).click().run()
    edit(editor, as_new("1", name="z"), stamp="b:4")
    assert editor.button(key=redo).disabled


def test_json_that_was_typed_can_be_taken_back(editor: AppTest) -> None:
    """Half-typed or not; Undo and Redo are always in their place."""
    undo, redo = f"{FORMAT}.schema_json.undo", f"{FORMAT}.schema_json.redo"
    assert editor.button(key=undo).disabled
    edit(editor, as_new("1", name="a"))
    before = schema_in(editor)
    write_json(editor, LOOSE)
    write_json(editor, "{")
    editor.button(key=undo).click().run()
    assert schema_in(editor) == LOOSE
    editor.button(key=undo).click().run()
    assert schema_in(editor) == before
    assert [row["name"] for row in shown(as_table(editor))["rows"]] == ["a"]
    editor.button(key=redo).click().run()
    assert schema_in(editor) == LOOSE


def test_an_example_takes_the_place_of_a_half_typed_table(editor: AppTest, server: Simulator) -> None:
    """Also where its schema is the one that the table says but for what is wrong in it."""
    editor.button(key="chat.example.4").click().run()
    assert last_run().join(20)
    rows = shown(editor)["rows"]
    edit(editor, *rows, as_new("1", name=rows[0]["name"]))
    assert "name of another field" in errors(editor)
    editor.query_params.clear()
    editor.run()
    editor.button(key="chat.example.4").click().run()
    assert not editor.error
    assert last_run().join(20)
    assert len(server.chat_requests) == 2


def test_an_edit_of_a_table_that_was_replaced_is_dropped(editor: AppTest) -> None:
    """It would put the rows of one schema into another."""
    edit(editor, as_new("1", name="a"))
    before = schema_in(editor)
    edit(editor, as_new("1", name="b"), stamp="b:2", origin="another")
    assert schema_in(editor) == before


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
    rows = shown(as_table(editor))["rows"]
    assert [(row["name"], row["type"]) for row in rows] == [("a", "integer"), ("b", "text")]
    edit(editor, rows[1], rows[0] | {"required": False})
    assert editor.session_state[f"{FORMAT}.schema_json"] != ""
    as_line(editor)
    assert editor.text_area(key=f"{FORMAT}.notation").value == "b, a? int"


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


@pytest.mark.parametrize("view", [as_line, as_table])
def test_broken_json_has_no_other_view_until_it_is_corrected(
    editor: AppTest, view: Callable[[AppTest], AppTest]
) -> None:
    write_json(editor, "{")
    view(editor)
    assert "The JSON has to be corrected first." in errors(editor)
    assert editor.session_state[f"{FORMAT}.schema_json"] == "{"


def test_what_the_provider_would_refuse_is_said_and_mended(editor: AppTest, server: Simulator) -> None:
    """Each reason has its place and its fix; all at once, and back again."""
    editor.selectbox(key="chat.model").set_value("openai/o3-deep-research").run()
    write_json(editor, LOOSE)
    editor.toggle(key=f"{FORMAT}.strict_form").set_value(False).run()
    assert editor.warning[-1].value.startswith("OpenAI would refuse this schema, for ")
    editor.button(key=f"{FORMAT}.schema_json.fix_all").click().run()
    mended = schema_in(editor)
    assert mended["additionalProperties"] is False
    assert mended["required"] == ["name", "age"]
    assert not editor.warning
    assert any("Nothing known that OpenAI would refuse." in caption.value for caption in editor.caption)
    editor.button(key=f"{FORMAT}.schema_json.undo").click().run()
    assert schema_in(editor) == LOOSE


def test_for_an_unknown_provider_it_is_said_which_known_ones_would_refuse(editor: AppTest) -> None:
    """As information: nothing was checked for the model that is chosen."""
    write_json(editor, LOOSE)
    told = "\n".join(caption.value for caption in editor.caption)
    assert "refuses is not known. OpenAI would refuse this schema, for " in told
    assert "Nothing known" not in told
    closed = {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]}
    write_json(editor, {**closed, "additionalProperties": False})
    told = "\n".join(caption.value for caption in editor.caption)
    assert "None of OpenAI, Anthropic and Google would refuse this schema, as far as is known." in told


def test_a_schema_that_is_not_strict_is_not_checked_for_it(editor: AppTest) -> None:
    editor.selectbox(key="chat.model").set_value("openai/o3-deep-research").run()
    write_json(editor, LOOSE)
    editor.checkbox(key=f"{FORMAT}.strict").uncheck().run()
    assert not editor.warning
    assert not editor.info
