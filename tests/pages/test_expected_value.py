"""An answer as the expected value of its question, without a browser: made, edited, compared, removed."""

import json
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from pages.parts.expected_text import problem_of, read_expected
from pages.parts.json_text import JsonObject
from service.simulator import Reply, Simulator
from service.store import Expected
from service.web.bootstrap import backend, close_backend
from tests.pages.conftest import new_session, newest, say, settle
from tests.pages.test_schema_editor import FORMAT, write_json
from tests.support import streamed

SCHEMA = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "age": {"type": "integer"}},
    "required": ["name", "age"],
    "additionalProperties": False,
}
ADA = {"name": "Ada", "age": 36}
USE, EDIT = "Use as expected value", "Edit expected value"


@pytest.fixture
def asked(settings: pytest.MonkeyPatch, server: Simulator) -> AppTest:
    """Return the page with a question and an answer that follows the schema."""
    settings.setenv("OPENROUTER_MODEL", "sim/json")
    chat = new_session().run()
    chat.segmented_control(key=FORMAT).set_value("json_schema").run()
    write_json(chat, SCHEMA)
    answer(server, ADA)
    say(chat, "Who is it?")
    assert not chat.exception
    return chat


def answer(server: Simulator, value: Any) -> None:
    """Let the next answer be this."""
    server.script(Reply(chunks=streamed(value if isinstance(value, str) else json.dumps(value))))


def again(chat: AppTest, server: Simulator, value: Any) -> AppTest:
    """Ask the same again and get this."""
    answer(server, value)
    press(chat, "Regenerate")
    settle(chat)
    return chat


def press(chat: AppTest, label: str) -> AppTest:
    next(button for button in chat.button if button.label == label).click().run()
    assert not chat.exception
    return chat


def labels(chat: AppTest) -> list[str]:
    return [button.label for button in chat.button]


def editor(chat: AppTest) -> Any:
    """Return the text area of the editor; `None` where it is closed."""
    return next((area for area in chat.text_area if area.label == "Expected value"), None)


def save(chat: AppTest, value: Any) -> AppTest:
    """Type a value into the open editor and save it."""
    editor(chat).set_value(value if isinstance(value, str) else json.dumps(value))
    return press(chat, "Save")


def said(chat: AppTest) -> str:
    """Return every quiet line, and every line that opens."""
    folds = [fold.label for fold in chat.expander if "expected" in fold.label]
    return "\n".join([*(caption.value for caption in chat.caption), *folds])


def kept(chat: AppTest) -> Expected | None:
    return newest().path().messages[-1].expected


def test_an_answer_becomes_the_expected_value(asked: AppTest) -> None:
    """The editor begins with what was answered; the answer it was made from matches."""
    assert EDIT not in labels(asked)
    press(asked, USE)
    assert json.loads(editor(asked).value) == ADA
    assert USE not in labels(asked)
    press(asked, "Save")
    assert editor(asked) is None
    assert "Matches the expected value" in said(asked)
    assert kept(asked) == Expected(ADA)
    assert (EDIT in labels(asked), USE in labels(asked)) == (True, False)


def test_later_versions_are_compared_too(asked: AppTest, server: Simulator) -> None:
    """Each says in how many places it differs; the first still matches."""
    save(press(asked, USE), ADA)
    again(asked, server, {"age": 37, "name": "Eve"})
    assert "Differs from the expected value in 2 places" in said(asked)
    again(asked, server, {"age": 36.0, "name": "Ada"})
    assert "Matches the expected value" in said(asked)
    first = newest().path().messages[-1].version_ids[0]
    newest().choose(first)
    assert "Matches the expected value" in said(asked.run())


def test_the_places_are_told_in_words(asked: AppTest, server: Simulator) -> None:
    """What is missing, too; they are written out once somebody looks."""
    save(press(asked, USE), ADA)
    again(asked, server, {"name": "Eve"})
    assert "expected 36" not in said(asked)
    asked.session_state[f"chat.{newest().leaf_id}.expected.differences"] = True
    told = said(asked.run())
    assert 'name: expected "Ada", got "Eve"' in told
    assert "age is missing; expected 36" in told


def test_an_answer_that_is_no_json_is_not_compared(asked: AppTest, server: Simulator) -> None:
    """Nor can it become the expected value; what is expected can still be edited there."""
    save(press(asked, USE), ADA)
    again(asked, server, "I do not know.")
    assert "Not compared with the expected value" in said(asked)
    assert EDIT in labels(asked)
    press(press(asked, EDIT), "Remove")
    assert USE not in labels(asked)


def test_what_breaks_the_schema_is_refused_and_stays_as_it_was_typed(asked: AppTest) -> None:
    """The reason is said, and nothing is kept."""
    typed = '{"name": "Ada", "age": "thirty"}'
    save(press(asked, USE), typed)
    assert "The schema does not allow this: `age` should be a whole number" in asked.error[0].value
    assert editor(asked).value == typed
    assert kept(asked) is None
    save(asked, {"name": "Ada", "age": 30})
    assert kept(asked) == Expected({"name": "Ada", "age": 30})
    assert "Differs from the expected value in 1 place" in said(asked)


def test_half_typed_json_is_marked_at_its_line(asked: AppTest) -> None:
    """And is still there on the next run of the page."""
    save(press(asked, USE), '{\n  "name": Ada}')
    assert "Line 2, column 11: a value belongs here" in asked.error[0].value
    assert editor(asked.run()).value == '{\n  "name": Ada}'
    assert kept(asked) is None


def test_cancel_changes_nothing(asked: AppTest) -> None:
    """The next time the editor begins with the answer again."""
    press(asked, USE)
    editor(asked).set_value("{}")
    press(asked, "Cancel")
    assert (editor(asked), kept(asked)) == (None, None)
    assert json.loads(editor(press(asked, USE)).value) == ADA


def test_what_is_expected_is_edited_and_not_what_was_answered(asked: AppTest, server: Simulator) -> None:
    save(press(asked, USE), {"name": "Eve", "age": 36})
    again(asked, server, ADA)
    assert json.loads(editor(press(asked, EDIT)).value) == {"name": "Eve", "age": 36}


def test_it_is_removed_and_brought_back(asked: AppTest) -> None:
    save(press(asked, USE), ADA)
    press(press(asked, EDIT), "Remove")
    assert kept(asked) is None
    assert "Matches" not in said(asked)
    assert "Expected value removed." in said(asked)
    press(asked, "Undo")
    assert kept(asked) == Expected(ADA)
    assert "Matches the expected value" in said(asked)
    assert "Expected value removed." not in said(asked)


def test_it_survives_a_reload_and_a_restart(asked: AppTest) -> None:
    save(press(asked, USE), ADA)
    assert backend().library.flush(10)
    close_backend()
    found = new_session(c=newest().id).run()
    assert "Matches the expected value" in said(found)


def test_an_answer_in_words_has_no_expected_value(chat: AppTest) -> None:
    say(chat.run(), "Hello")
    assert USE not in labels(chat)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("", JsonObject()),
        ("\ufeff [1]", JsonObject({"value": [1]})),
        ("null", JsonObject({"value": None})),
        ("{1}", JsonObject(problem="Line 1, column 2: a name in double quotes belongs here.", line=1, column=2)),
        ("NaN", JsonObject(problem="NaN is no JSON number.")),
    ],
)
def test_any_json_value_may_be_typed(text: str, read: JsonObject) -> None:
    assert read_expected(text) == read


def test_a_long_list_of_reasons_is_cut() -> None:
    schema = {"type": "array", "items": {"type": "string"}}
    problem = problem_of([1, 2, 3, 4, 5], schema)
    assert problem is not None
    assert problem.count("should be") == 3
    assert problem.endswith("; and 2 more.")


@pytest.mark.parametrize("schema", [None, {"type": "no such type"}])
def test_without_a_schema_that_holds_any_value_may_be_expected(schema: Any) -> None:
    assert problem_of([1], schema) is None


def test_what_is_of_another_kind_altogether_is_refused_in_a_sentence() -> None:
    assert problem_of(1, SCHEMA) == "The schema does not allow this: the whole value should be an object, got 1."
    assert problem_of("x" * 100_000, SCHEMA) == "It has 100,002 characters, and at most 100,000 are kept."
