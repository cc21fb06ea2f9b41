"""An answer that was mended says so wherever it goes: to the next process, into a copy, out and back in."""

from collections.abc import Callable

import pytest

from service import ChatResult, OpenRouterService, Run, Verdict
from service.store.conversation import OpenConversation
from service.store.library import Library
from service.store.receipt import Receipt
from service.store.values import RunFilters, StoredRun
from service.structured import repair_locally
from service.structured.repair import mended_result
from tests.store.exports import ended, lines_of
from tests.support import ask

CHANGES = ("removed a trailing comma",)


def mended_run() -> Run:
    """Return what was made of a broken answer here."""
    bad = ChatResult(model="a/b", provider="P", text='{"a": 1,}', finish_reason="stop")
    repair = repair_locally(bad)
    assert repair is not None
    return Run.ended(ask("a/b"), mended_result(bad, repair))


@pytest.fixture
def conversation(library: Library, service: OpenRouterService) -> OpenConversation:
    """A question with a bad answer, one mended here, and one asked for again."""
    made = library.create("me")
    said = made.say("Who?")
    bad = made.answer(said.id, ended(service, "Who?"))
    made.answer(said.id, mended_run(), kind="repair", repair=Receipt("local", bad.id, CHANGES))
    made.answer(said.id, ended(service, "Again"), kind="repair", repair=Receipt("reask", bad.id, violations=3))
    return made


def receipts(conversation: OpenConversation) -> list[Receipt | None]:
    """Return the receipts of the versions, each naming the version it mends by its place."""
    versions = conversation.versions(conversation.path().messages[-1].id)
    ids = [found.id for found in versions]
    places = [found.repair and str(ids.index(found.repair.message_id or "")) for found in versions]
    return [
        found.repair and Receipt(found.repair.step, place, found.repair.changes, found.repair.violations)
        for found, place in zip(versions, places, strict=True)
    ]


EXPECTED = [None, Receipt("local", "0", CHANGES), Receipt("reask", "0", (), 3)]


def test_receipts_are_there_at_once_and_in_the_next_process(
    conversation: OpenConversation, library: Library, make_library: Callable[..., Library]
) -> None:
    assert receipts(conversation) == EXPECTED
    assert library.flush(10)
    found = make_library().get("me", conversation.id)
    assert found is not None
    assert receipts(found) == EXPECTED


def test_a_copy_names_its_own_versions(conversation: OpenConversation, library: Library) -> None:
    assert receipts(library.duplicate(conversation)) == EXPECTED


def test_receipts_go_out_and_come_back(conversation: OpenConversation, library: Library) -> None:
    """For another owner, whose messages have other ids."""
    source = "".join(f"{line}\n" for line in library.export_json("me", [conversation.id]))
    assert library.import_json("you", source).conversations == 1
    (summary,) = library.recent("you")
    found = library.get("you", summary.id)
    assert found is not None
    assert receipts(found) == EXPECTED


def test_an_export_names_the_step_and_what_it_changed(conversation: OpenConversation, library: Library) -> None:
    messages = lines_of(library)[1]["messages"]
    assert [message.get("repair") for message in messages] == [
        None,
        None,
        {"step": "local", "of": messages[1]["id"], "changes": list(CHANGES)},
        {"step": "reask", "of": messages[1]["id"], "violations": 3},
    ]


def test_a_run_that_was_mended_here_is_stored_with_nothing_sent(library: Library) -> None:
    """It costs nothing, has no body, and is found by its text."""
    library.record("me", mended_run(), kind="repair")
    assert library.flush(10)
    (stored,) = library.runs("me", RunFilters(kinds=("repair",)))
    assert isinstance(stored, StoredRun)
    assert stored.result is not None
    assert (stored.state, stored.attempt, stored.cost, stored.payload) == ("completed", 0, 0, {})
    assert (stored.text, stored.result.parsed) == ('{\n  "a": 1\n}', {"a": 1})
    assert stored.result.verdict == Verdict("valid", "The answer is good JSON.")


def test_a_run_that_was_never_sent_has_ended_from_the_beginning() -> None:
    run = mended_run()
    assert (run.is_ended, run.state, run.text, run.elapsed) == (True, "completed", '{\n  "a": 1\n}', 0.0)
    assert run.wait(0) is run.result
