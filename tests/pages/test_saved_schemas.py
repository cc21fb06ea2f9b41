"""Saved schemas without a browser: saved by a name, opened in any version, found by where they are used."""

import json

import pytest
from streamlit.testing.v1 import AppTest

from service.store import SavedSchema
from service.web.bootstrap import backend
from tests.pages.conftest import new_session, newest, say

FORMAT = "chat.response_format"
SAVED = f"{FORMAT}.saved"
CONTACT = '{"type": "object",\n "properties": {"name": {"type": "string"}}}'
WIDER = '{"type": "object", "properties": {"name": {"type": "string"}, "age": {"type": "integer"}}}'
OTHER = '{"type": "object", "properties": {"city": {"type": "string"}}}'


@pytest.fixture
def editor(chat: AppTest) -> AppTest:
    """The chat page with the schema editor, showing JSON."""
    chat.run()
    chat.segmented_control(key=FORMAT).set_value("json_schema").run()
    return chat.segmented_control(key=f"{FORMAT}.view").set_value("json").run()


def write(editor: AppTest, schema: str) -> AppTest:
    return editor.text_area(key=f"{FORMAT}.schema_json").set_value(schema).run()


def press(editor: AppTest, key: str) -> AppTest:
    """Press a button, and let the page follow as it does in a browser."""
    return editor.button(key=f"{SAVED}.{key}").click().run().run()


def save(editor: AppTest, name: str | None = None) -> AppTest:
    press(editor, "save")
    if name is not None:
        editor.text_input(key=f"{SAVED}.name").set_value(name).run()
    return press(editor, "done")


def captions(editor: AppTest) -> str:
    return "\n".join(caption.value for caption in editor.caption)


def text_in(editor: AppTest) -> str:
    return str(editor.session_state[f"{FORMAT}.schema_json"])


def saved() -> SavedSchema:
    (found,) = backend().library.schemas.recent("local")
    return found


def test_a_schema_is_saved_by_a_name_and_said_to_be(editor: AppTest) -> None:
    """Its title is the name to begin with; half a schema cannot be saved."""
    assert editor.button(key=f"{SAVED}.save").disabled
    write(editor, "{")
    assert editor.button(key=f"{SAVED}.save").disabled
    write(editor, json.dumps({"title": "contact", **json.loads(CONTACT)}))
    press(editor, "save")
    assert editor.text_input(key=f"{SAVED}.name").value == "Contact"
    press(editor, "done")
    assert not editor.exception
    assert "Saved as Contact, version 1" in captions(editor)
    assert saved().name == "Contact"


def test_the_saved_name_is_what_is_sent_unless_one_was_typed(editor: AppTest) -> None:
    """The first time; later the name that is sent is not touched."""
    save(write(editor, CONTACT), "Reviews table")
    assert editor.text_input(key=f"{FORMAT}.name").value == "reviews_table"
    editor.text_input(key=f"{FORMAT}.name").set_value("mine").run()
    save(write(editor, OTHER), "Another")
    assert editor.text_input(key=f"{FORMAT}.name").value == "mine"


def test_a_changed_schema_is_the_next_version(editor: AppTest) -> None:
    """What has changed is said, and kept with it; an unchanged one is not saved again."""
    save(write(editor, CONTACT), "Contact")
    press(editor, "save")
    assert editor.button(key=f"{SAVED}.done").disabled
    write(editor, WIDER)
    assert "Contact, changed since version 1" in captions(editor)
    press(editor, "save")
    assert editor.button(key=f"{SAVED}.done").label == "Save as version 2"
    editor.text_input(key=f"{SAVED}.note").set_value("with age").run()
    press(editor, "done")
    assert "Saved as Contact, version 2" in captions(editor)
    versions = backend().library.schemas.versions("local", saved().id)
    assert [(version.number, version.note, version.text) for version in versions] == [
        (2, "with age", WIDER),
        (1, "", CONTACT),
    ]


def test_a_name_that_is_there_is_told_before(editor: AppTest) -> None:
    save(write(editor, CONTACT), "Contact")
    write(editor, OTHER)
    assert "Contact" not in captions(editor), "it shares no field with what was saved"
    press(editor, "save")
    editor.text_input(key=f"{SAVED}.name").set_value("CONTACT").run()
    assert "There is Contact already; this becomes its next version." in captions(editor)
    assert editor.button(key=f"{SAVED}.done").label == "Save as version 2"


def test_an_older_version_is_opened_as_it_was_written_and_undone(editor: AppTest) -> None:
    """It is the newest that is offered first; Undo forgets where the other came from."""
    for schema in (CONTACT, WIDER):
        save(write(editor, schema), "Contact")
    similar = WIDER.replace("age", "zip")
    editor.session_state[SAVED] = ""
    write(editor, similar)
    press(editor, "list")
    press(editor, f"Versions.{saved().id}")
    assert "Version 1, Today" in captions(editor)
    press(editor, f"Open version 1.{saved().id}")
    assert text_in(editor) == CONTACT
    assert editor.text_input(key=f"{FORMAT}.name").value == "contact"
    assert "Saved as Contact, version 1; the newest is version 2" in captions(editor)
    editor.button(key=f"{FORMAT}.schema_json.undo").click().run()
    assert text_in(editor) == similar
    assert "Contact" not in captions(editor)


def test_where_it_is_used_is_told_with_it(editor: AppTest) -> None:
    save(write(editor, CONTACT), "Contact")
    editor.selectbox(key="chat.model").set_value("sim/json").run()
    say(editor, "Who?")
    say(editor, "And who else?")
    press(editor, "list")
    assert "· asked 2 times" in captions(editor)
    press(editor, f"All answers.{saved().id}")
    assert editor.session_state["history.shows"] == "answers"
    assert editor.session_state["history.schema"] == saved().id


def test_a_schema_is_renamed_unless_another_has_the_name(editor: AppTest) -> None:
    schemas = backend().library.schemas
    place = schemas.save("local", "Place", OTHER).schema_id
    save(write(editor, CONTACT), "Contact")
    press(editor, "list")
    press(editor, f"Rename.{place}")
    name = f"{SAVED}.rename.{place}"
    editor.text_input(key=name).set_value("Given up").run()
    press(editor, f"rename.{place}.cancel")
    press(editor, f"Rename.{place}")
    editor.text_input(key=name).set_value("contact")
    press(editor, f"rename.{place}.done")
    assert 'There is another saved schema called "Contact".' in editor.error[0].value
    editor.text_input(key=name).set_value("Town")
    press(editor, f"rename.{place}.done")
    assert not editor.error
    found = schemas.get("local", place)
    assert found is not None
    assert found.name == "Town"


def test_a_deleted_schema_comes_back(editor: AppTest) -> None:
    save(write(editor, CONTACT), "Contact")
    press(editor, "list")
    press(editor, f"Delete.{saved().id}")
    assert backend().library.schemas.recent("local") == []
    assert "Nothing saved yet." in captions(editor)
    press(editor, "undelete")
    assert saved().name == "Contact"


def test_saved_schemas_are_found_by_name(editor: AppTest) -> None:
    for name in ("Contact", "Invoice"):
        backend().library.schemas.save("local", name, CONTACT)
    press(editor, "list")
    editor.text_input(key=f"{SAVED}.search").set_value("inv").run()
    assert [line.value for line in editor.markdown if line.value in ("**Contact**", "**Invoice**")] == ["**Invoice**"]
    editor.text_input(key=f"{SAVED}.search").set_value("nothing").run()
    assert "No saved schema has this name." in captions(editor)


def test_what_it_began_as_is_known_after_a_reload(editor: AppTest) -> None:
    """Of the conversation that it was changed in, and of none that has no schema."""
    save(write(editor, CONTACT), "Contact")
    say(editor, "Who?")
    write(editor, WIDER)
    again = new_session(c=newest().id).run()
    assert "Contact, changed since version 1" in captions(again)
    again.button(key="chat.new").click().run()
    assert not again.exception
