"""What answers to a question should be is kept with it: for all its answers, in the next process, in a copy, out and
back in."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text

from service import ImportFileError, InvalidRequestError, OpenRouterService
from service.store import Expected, expected_problem
from service.store.conversation import OpenConversation
from service.store.library import Library
from tests.store.exports import ended, lines_of
from tests.support import KEY

VALUE = {"name": "Ada", "tags": [1, 2.5, None, "é"]}


@pytest.fixture
def conversation(library: Library, service: OpenRouterService) -> OpenConversation:
    """A question with two answers, and one more."""
    made = library.create("me")
    said = made.say("Who?")
    made.answer(said.id, ended(service, "Who?"))
    made.answer(said.id, ended(service, "Again"))
    more = made.say("And then?")
    made.answer(more.id, ended(service, "And then?"))
    return made


def question(conversation: OpenConversation) -> str:
    return conversation.path().messages[0].id


def expected_of_answers(conversation: OpenConversation) -> list[Expected | None]:
    """Return what each version of the first answer is compared with, and the other answer."""
    first, last = conversation.path().messages[1], conversation.path().messages[-1]
    return [found.expected for found in (*conversation.versions(first.id), last)]


def source_of(library: Library, conversation: OpenConversation) -> str:
    return "".join(library.export_json("me", [conversation.id]))


@pytest.mark.parametrize("value", [VALUE, None, "text", 0, False, []])
def test_every_answer_to_the_question_is_compared_with_it(conversation: OpenConversation, value: Any) -> None:
    """Also with null, which is a value; other answers are not."""
    conversation.expect(question(conversation), Expected(value))
    assert expected_of_answers(conversation) == [Expected(value), Expected(value), None]


def test_an_answer_that_comes_later_is_compared_too(conversation: OpenConversation, service: OpenRouterService) -> None:
    conversation.expect(question(conversation), Expected(VALUE))
    later = conversation.answer(question(conversation), ended(service, "Once more"))
    assert (later.version, later.expected) == (3, Expected(VALUE))


def test_an_edited_question_expects_nothing_yet(conversation: OpenConversation, service: OpenRouterService) -> None:
    """It asks something else; the old version still expects what it did."""
    asked = question(conversation)
    conversation.expect(asked, Expected(VALUE))
    edited = conversation.edit(asked, "Who else?")
    assert conversation.answer(edited.id, ended(service, "Who else?")).expected is None
    conversation.choose(asked)
    assert expected_of_answers(conversation)[0] == Expected(VALUE)


@pytest.mark.parametrize("value", [VALUE, None])
def test_it_is_there_in_the_next_process_until_it_is_removed(
    conversation: OpenConversation, library: Library, make_library: Callable[..., Library], value: Any
) -> None:
    conversation.expect(question(conversation), Expected(value))
    assert library.flush(10)
    found = make_library().get("me", conversation.id)
    assert found is not None
    assert expected_of_answers(found) == [Expected(value), Expected(value), None]

    found.expect(question(found), None)
    assert expected_of_answers(found) == [None, None, None]
    conversation.refresh()
    assert expected_of_answers(conversation) == [None, None, None]


def test_what_another_process_expects_is_seen(
    conversation: OpenConversation, library: Library, make_library: Callable[..., Library]
) -> None:
    """The conversation counts it as a change, though nothing was said."""
    before = conversation.updated_at
    assert library.flush(10)
    other = make_library()
    found = other.get("me", conversation.id)
    assert found is not None
    found.expect(question(found), Expected(VALUE))
    assert other.flush(10)
    assert library.get("me", conversation.id) is conversation
    assert expected_of_answers(conversation)[0] == Expected(VALUE)
    assert conversation.updated_at == before


def test_a_copy_expects_the_same_and_is_another(conversation: OpenConversation, library: Library) -> None:
    conversation.expect(question(conversation), Expected(VALUE))
    copy = library.duplicate(conversation)
    assert expected_of_answers(copy) == [Expected(VALUE), Expected(VALUE), None]
    copy.expect(question(copy), None)
    assert expected_of_answers(conversation)[0] == Expected(VALUE)


@pytest.mark.parametrize("value", [VALUE, None])
def test_it_goes_out_and_comes_back(conversation: OpenConversation, library: Library, value: Any) -> None:
    """For another owner, whose messages have other ids."""
    conversation.expect(question(conversation), Expected(value))
    assert [message.get("expected") for message in lines_of(library)[1]["messages"]] == [
        {"value": value},
        None,
        None,
        None,
        None,
    ]
    assert library.import_json("you", source_of(library, conversation)).conversations == 1
    (summary,) = library.recent("you")
    found = library.get("you", summary.id)
    assert found is not None
    assert expected_of_answers(found) == [Expected(value), Expected(value), None]


def test_a_file_without_it_is_imported_as_before(conversation: OpenConversation, library: Library) -> None:
    source = source_of(library, conversation)
    assert '"expected"' not in source
    assert library.import_json("you", source).conversations == 1


def test_a_file_that_expects_what_cannot_be_kept_is_refused(conversation: OpenConversation, library: Library) -> None:
    """With its line, and nothing is imported."""
    conversation.expect(question(conversation), Expected("x"))
    source = source_of(library, conversation).replace('{"value":"x"}', json.dumps({"value": "x" * 100_001}))
    with pytest.raises(ImportFileError, match=r"Line 2.*100,003 characters, and at most 100,000 are kept"):
        library.import_json("you", source)
    assert library.recent("you") == []


def test_another_owner_has_no_such_conversation(conversation: OpenConversation, library: Library) -> None:
    assert library.get("you", conversation.id) is None
    with pytest.raises(KeyError):
        conversation.expect("0" * 24, Expected(VALUE))


def test_keys_are_masked_in_it(conversation: OpenConversation, library: Library) -> None:
    """In memory as in the database."""
    conversation.expect(question(conversation), Expected({"key": KEY}))
    assert library.flush(10)
    with library._database.read() as connection:
        stored = connection.scalar(text("SELECT expected FROM messages WHERE expected IS NOT NULL"))
    assert stored is not None
    assert KEY not in stored
    assert expected_of_answers(conversation)[0] == Expected(json.loads(stored)["value"])


def nested(levels: int) -> Any:
    value: Any = 1
    for _ in range(levels):
        value = [value]
    return value


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        (nested(100), None),
        (nested(101), "It has more than 100 lists and objects inside each other."),
        ("x" * 99_998, None),
        ("x" * 99_999, "It has 100,001 characters, and at most 100,000 are kept."),
        (float("inf"), "It holds a number that JSON cannot write."),
        ({"a": [float("nan")]}, "It holds a number that JSON cannot write."),
    ],
)
def test_what_is_too_large_or_no_json_is_refused_with_the_reason(
    value: Any, problem: str | None, library: Library
) -> None:
    """What was expected before stays."""
    assert expected_problem(value) == problem
    conversation = library.create("me")
    said = conversation.say("Who?")
    conversation.expect(said.id, Expected(1))
    if problem is not None:
        with pytest.raises(InvalidRequestError, match=problem):
            conversation.expect(said.id, Expected(value))
        assert conversation.tree.nodes[said.id].expected == Expected(1)
    else:
        conversation.expect(said.id, Expected(value))
        assert conversation.tree.nodes[said.id].expected == Expected(value)
