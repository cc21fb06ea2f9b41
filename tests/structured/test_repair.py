"""What is mended of an answer without asking again, what never is, and the requests that ask again."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service import ChatResult, Issue, Message, Verdict
from service.structured import healing_request, repair_locally, repair_request
from service.structured.mending import MAX_CHARS, mend
from tests.support import ask

SCHEMA = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "age": {"type": "integer"}},
    "required": ["name", "age"],
    "additionalProperties": False,
}
PERSON = {"name": "Ann", "age": 30}
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)
CONTAINERS = st.lists(VALUES, max_size=4) | st.dictionaries(st.text(max_size=5), VALUES, max_size=4)

MENDED = [
    ('{"name": "Ann", "age": 30,}', ["removed a trailing comma"]),
    ('```json\n{"name": "Ann", "age": 30,}\n```', ["removed the code fence", "removed a trailing comma"]),
    ('Here it is: {"name": "Ann", "age": 30} Enjoy!', ["removed the text around the JSON"]),
    ("{'name': 'Ann', \"age\": 30}", ["changed single quotes to double quotes, 2 times"]),
    ("{“name”: “Ann”, “age”: 30}", ["changed curly quotes to straight ones, 3 times"]),
    ('{name: Ann, "age": 30}', ["put quotes around 2 names or texts"]),
    ('{"name": "Ann" "age": 30}', ["added a missing comma"]),
    ('{"name": "Ann", // her name\n "age": 30}', ["removed a comment"]),
    ('{"name": "Ann", "age": 030}', ["wrote a number as JSON does"]),
    ('{"name": "Ann", "age": 30}}', ["removed a closing bracket too many"]),
]


@pytest.mark.parametrize(("text", "changes"), MENDED)
def test_a_mistake_of_writing_is_mended_and_named(text: str, changes: list[str]) -> None:
    """The value is what was meant, the verdict is given anew, and the changes are all there is."""
    repair = repair_locally(text, SCHEMA)
    assert repair is not None
    assert (repair.value, list(repair.changes), repair.verdict.kind) == (PERSON, changes, "valid")
    assert json.loads(repair.text) == PERSON


def test_literals_of_python_and_line_breaks_in_texts_are_written_as_json_does() -> None:
    mended = mend('{"a": True, "b": None, "c": "x\ny"}')
    assert mended is not None
    assert mended.value == {"a": True, "b": None, "c": "x\ny"}
    assert mended.changes == (
        "wrote True, False or None as JSON does, 2 times",
        "wrote a line break inside a text as \\n",
    )


def test_a_mended_answer_may_still_have_the_wrong_shape() -> None:
    """Then it says so: mending the writing is no judgement."""
    repair = repair_locally('{"name": "Ann", "age": "thirty",}', SCHEMA)
    assert repair is not None
    assert (repair.verdict.kind, [issue.path for issue in repair.verdict.issues]) == ("wrong_shape", ["age"])


@pytest.mark.parametrize(
    "text",
    [
        '{"name": "Ann", "age": 30',
        '{"name": "Ann", "age": 3',
        '{"name": "Ann", "ag',
        '```json\n{"name": "Ann", "age": 30,}',
        '[{"name": "Ann", "age": 30}, {"name',
        '{"name": "Ann", "age": 30, /* and',
        "{'name': 'Ann', 'age': 30, 'x': 'y",
    ],
)
def test_what_is_open_at_the_end_is_never_closed(text: str) -> None:
    assert repair_locally(text) is None
    assert repair_locally(text, True) is None


@pytest.mark.parametrize(
    "text",
    [
        '{"name": "She said "hi" to me", "age": 30}',
        '{"name": , "age": 30}',
        '{"name": "Ann", "name": "Bob", "age": 30,}',
        '{"a": 1} {"b": 2}',
        "[1, 2, ...]",
        '{"a": NaN}',
        '{"a" 1}',
        "[1}",
        "No JSON at all.",
        "",
        "[" * 5_000 + "]" * 5_000 + ",",
    ],
)
def test_where_one_would_have_to_guess_nothing_is_mended(text: str) -> None:
    assert repair_locally(text) is None


def test_good_json_is_left_alone() -> None:
    """Also where its shape is wrong: nobody knows better here."""
    assert repair_locally(json.dumps(PERSON), SCHEMA) is None
    assert repair_locally('```\n{"name": "Ann", "age": 30}\n```', SCHEMA) is None
    assert repair_locally('{"name": "Ann"}', SCHEMA) is None


@pytest.mark.parametrize(
    "fields",
    [{"finish_reason": "length"}, {"finish_reason": "stop", "is_partial": True}, {"finish_reason": "content_filter"}],
)
def test_an_answer_that_did_not_end_by_itself_is_not_mended(fields: dict[str, Any]) -> None:
    """However complete its text looks."""
    assert repair_locally(ChatResult(text='{"name": "Ann", "age": 30,}', **fields), SCHEMA) is None


@settings(deadline=None, max_examples=300)
@given(value=CONTAINERS, spare=st.booleans(), fenced=st.booleans(), data=st.data())
def test_nothing_that_was_cut_off_is_ever_mended(value: Any, spare: bool, fenced: bool, data: st.DataObject) -> None:
    """Whatever the value, wherever the cut, and whatever else is wrong with it."""
    text = json.dumps(value, indent=1, ensure_ascii=data.draw(st.booleans()))
    whole = text[:-1] + "," + text[-1] if spare and value else text
    cut = whole[: data.draw(st.integers(0, len(whole) - 1))]
    before = "```json\n" if fenced else ""
    assert mend(before + cut) is None
    assert repair_locally(before + cut) is None


@settings(deadline=None, max_examples=200)
@given(value=CONTAINERS)
def test_a_comma_too_many_changes_no_value(value: Any) -> None:
    """What is mended is exactly what was written; where the library would change more, nothing is mended."""
    text = json.dumps(value, ensure_ascii=False)
    mended = mend(text[:-1] + "," + text[-1])
    if mended is not None:
        assert (mended.value, mended.changes) == (value, ("removed a trailing comma",))


@settings(deadline=None, max_examples=200)
@given(text=st.text(alphabet="{}[],:\"'\\/* \n`aT1.-“”", max_size=60))
def test_any_text_has_an_outcome(text: str) -> None:
    """A value of the text's own JSON, or nothing; never an error."""
    mended = mend(text)
    assert mended is None or json.loads(mended.text) == mended.value


@pytest.mark.parametrize("worst", ['["a b ', "{" + "a: b c d, ", "[" + "("])
def test_a_hostile_text_ends_in_time(worst: str) -> None:
    """The library would take minutes; it runs in a process that is ended."""
    piece = worst[1:]
    closing = "]" if worst[0] == "[" else "}"
    assert mend(worst[0] + piece * (60_000 // len(piece)) + closing) is None


def test_a_text_that_is_too_long_is_not_looked_at() -> None:
    assert mend("[" + "1," * MAX_CHARS + "]") is None


def test_a_long_answer_is_mended_like_a_short_one() -> None:
    """In a process of its own, with the same outcome."""
    value = [{"name": f"Person {number}", "age": number} for number in range(300)]
    mended = mend(json.dumps(value)[:-1] + ",]")
    assert mended is not None
    assert (mended.value, mended.changes) == (value, ("removed a trailing comma",))


def test_asking_again_repeats_the_request_and_names_the_violations() -> None:
    """With the answer itself; everything else stays, and the request that is given too."""
    request = ask("a/b", "Who?", temperature=0.2)
    verdict = Verdict("wrong_shape", "Wrong.", (Issue("age", "should be a whole number"), Issue("", "is odd")))
    again = repair_request(request, ChatResult(text="{}"), verdict)
    *repeated, answer, said = again.messages
    assert (tuple(repeated), answer) == (request.messages, Message.assistant("{}"))
    assert "- `age` should be a whole number\n- is odd" in str(said.content)
    assert (again.model, again.parameters, len(request.messages)) == ("a/b", request.parameters, 1)


def test_another_model_may_be_asked() -> None:
    again = repair_request(ask("a/b"), ChatResult(text="No."), Verdict("not_json", "It is prose."), model="c/d")
    assert again.model == "c/d"
    assert "It is prose." in str(again.messages[-1].content)


def test_response_healing_is_asked_for_once_beside_other_plugins() -> None:
    request = ask("a/b", plugins=[{"id": "web"}])
    healed = healing_request(healing_request(request))
    assert healed.parameters.plugins == ({"id": "web"}, {"id": "response-healing"})
    assert request.parameters.plugins == ({"id": "web"},)
