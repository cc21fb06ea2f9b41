"""An export holds everything a conversation is made of, and comes back as it was."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from service import ImportFileError, Message, OpenRouterService
from service.store.conversation import OpenConversation
from service.store.library import Library
from service.store.tables import ConversationRow, MessageRow, PromptRow, RunRow
from service.store.values import RunFilters, StoredRun
from tests.store.exports import ended, fill, lines_of, table_sizes, without_ids
from tests.store.support import wait_for
from tests.support import KEY, ask, echoed

Make = Callable[..., Library]


def say(conversation: OpenConversation, service: OpenRouterService, *texts: str) -> None:
    """Say these texts and have them answered."""
    for text in texts:
        conversation.answer(conversation.say(text).id, ended(service, text))


def test_an_export_tells_everything(library: Library, service: OpenRouterService) -> None:
    """By the names that docs/export-format.md gives."""
    conversation = fill(library, service)
    header, told, alone, end = lines_of(library)
    assert {name: header[name] for name in ("format", "version")} == {"format": "openrouter-playground", "version": 1}
    assert datetime.fromisoformat(header["exported_at"]).tzinfo == UTC
    assert (told["type"], told["title"], told["draft"]) == ("conversation", "The title", "not sent")
    assert told["settings"] == {"model": "sim/echo", "temperature": 0.2}
    assert told["shown"] == conversation.leaf_id
    assert datetime.fromisoformat(told["created_at"]) == conversation.created_at
    assert [message["id"] for message in told["messages"]] == list(conversation.tree.nodes)
    assert told["messages"][0]["message"] == {"role": "user", "content": "one"}
    assert told["messages"][5]["message"]["content"][0] == {"type": "text", "text": "uno"}
    run = told["runs"][0]
    assert run["result"]["text"] == echoed("one")
    assert (run["state"], run["kind"], run["request"]["model"]) == ("completed", "chat", "sim/echo")
    assert told["prompts"][run["prompt"]] == {"message": {"role": "user", "content": "one"}}
    assert told["runs"][-1]["error"]["kind"] == "InvalidRequestError"
    assert (alone["type"], alone["run"]["kind"]) == ("run", "batch")
    assert end == {"type": "end", "conversations": 1, "runs": 1}


def test_money_is_written_to_its_last_digit(library: Library, service: OpenRouterService) -> None:
    """As a text, without an exponent."""
    run = ended(service, "row")
    assert run.result is not None
    assert run.result.usage is not None
    library.record("me", run, kind="batch")
    cost = lines_of(library)[1]["run"]["result"]["usage"]["cost"]
    assert isinstance(cost, str)
    assert "E" not in cost
    assert Decimal(cost) == run.result.usage.cost


def test_an_export_names_nobody(make_library: Make, make_service: Any) -> None:
    """Not the owner, not the process, not a key."""
    local = "a-local-token"
    library = make_library()
    service = make_service(api_key=KEY)
    conversation = library.create("owner-of-this", settings={"note": f"{KEY} and {local}"})
    say(conversation, service, f"my key is {KEY}, the other {local}")
    assert library.flush(10)
    told = "".join(make_library(keys=(local,)).export_json("owner-of-this"))
    found = {secret: secret in told for secret in (KEY, local, "owner-of-this", "process", library._journal.process_id)}
    assert found == dict.fromkeys(found, False)


def test_one_conversation_can_be_exported(library: Library, service: OpenRouterService) -> None:
    """Without the others and without runs outside; somebody else's is not there, nor one that was deleted."""
    first = fill(library, service)
    second, gone = library.create("me"), library.create("me")
    say(second, service, "second")
    say(gone, service, "gone")
    library.delete("me", gone.id)
    ids = [line.get("id") for line in lines_of(library, "me", [second.id, gone.id, "never was"])]
    assert ids == [None, second.id, None]
    assert len(lines_of(library, "you", [first.id])) == 2
    assert [line["type"] for line in lines_of(library, "me")[1:]] == ["conversation", "conversation", "run", "end"]


def test_what_was_said_just_now_is_in_it(make_library: Make, service: OpenRouterService) -> None:
    """An export waits until it is stored."""
    library = make_library(patience=0.0)
    say(library.create("me"), service, "just now")
    assert "just now" in "".join(library.export_json("me"))


def test_a_run_that_goes_on_is_exported_as_it_stands(library: Library, make_service: Any) -> None:
    """With the text so far; where it is imported, it was interrupted."""
    service = make_service()
    run = service.start(ask("sim/stall:after=1", "Tell me"))
    conversation = library.create("me")
    said = conversation.say("Tell me")
    conversation.answer(said.id, run)
    wait_for(lambda: bool(run.text))
    told = "".join(library.export_json("me"))
    exported = json.loads(told.splitlines()[1])["runs"][0]
    run.stop()
    assert run.join(20)
    assert (exported["state"], exported["result"]["text"]) == ("streaming", run.text)
    library.import_json("you", told)
    (stored,) = library.runs("you")
    assert (stored.state, stored.is_ended) == ("interrupted", True)
    assert stored.text == run.text


def test_an_export_comes_back(make_library: Make, make_url: Callable[[], str], service: OpenRouterService) -> None:
    """For another owner and in another database, but for the ids; and it is found, sent and shown as before."""
    library = make_library()
    original = fill(library, service)
    told = lines_of(library)
    text = "".join(library.export_json("me"))
    other = Library(make_url(), patience=10.0)
    try:
        for place, owner in ((library, "you"), (other, "me")):
            summary = place.import_json(owner, text)
            assert (summary.conversations, summary.messages, summary.runs) == (1, 9, 5)
            assert (summary.skipped, summary.restored) == (0, 0)
            assert without_ids(lines_of(place, owner)) == without_ids(told)
            (listed,) = place.recent(owner, query="title")
            found = place.get(owner, listed.id)
            assert found is not None
            assert [m.text for m in found.path().messages] == [m.text for m in original.path().messages]
            assert [m.text for m in found.path().messages][:2] == ["one", echoed("one")]
            assert (found.created_at, found.updated_at) == (original.created_at, original.updated_at)
            (hit,) = place.runs(owner, RunFilters(query="row"))
            assert isinstance(hit, StoredRun)
            assert hit.request.messages == (Message.user("row"),)
            assert hit.seq > 0
    finally:
        other.close()


def test_an_export_that_is_imported_again_is_not_doubled(make_library: Make, service: OpenRouterService) -> None:
    """Neither beside the original nor beside the copy."""
    library = make_library()
    fill(library, service)
    text = "".join(library.export_json("me"))
    before = table_sizes(library)
    assert library.import_json("me", text).skipped == 2
    assert table_sizes(library) == before
    assert library.import_json("you", text).conversations == 1
    after = table_sizes(library)
    again = library.import_json("you", text)
    assert (again.conversations, again.messages, again.runs, again.restored, again.skipped) == (0, 0, 0, 0, 2)
    assert table_sizes(library) == after


def test_what_was_deleted_comes_back_by_an_import(library: Library, service: OpenRouterService) -> None:
    """It is there again at once, also where it is open."""
    conversation = fill(library, service)
    run = next(run for run in library.runs("me") if run.kind == "batch")
    text = "".join(library.export_json("me"))
    library.delete("me", conversation.id)
    library.delete_run("me", run.id)
    summary = library.import_json("me", text)
    assert (summary.restored, summary.conversations, summary.skipped) == (2, 0, 0)
    assert [found.id for found in library.recent("me")] == [conversation.id]
    assert library.get("me", conversation.id) is conversation
    assert library.run("me", run.id) is not None


def test_a_run_that_two_conversations_show_is_imported_once(library: Library, service: OpenRouterService) -> None:
    """A duplicate shows the runs of its original; no cost is counted twice."""
    original = library.create("me")
    say(original, service, "one", "two")
    library.duplicate(original)
    text = "".join(library.export_json("me"))
    summary = library.import_json("you", text)
    assert (summary.conversations, summary.messages, summary.runs) == (2, 8, 2)
    for listed in library.recent("you"):
        found = library.get("you", listed.id)
        assert found is not None
        assert [m.text for m in found.path().messages] == ["one", echoed("one"), "two", echoed("two")]


def test_keys_in_a_file_are_not_stored(make_library: Make, service: OpenRouterService) -> None:
    """Wherever somebody has put them."""
    library = make_library()
    fill(library, service)
    text = "".join(library.export_json("me"))
    for word in ("one", "uno", "My own words.", "The title", "not sent", "sim/echo", "Simulated"):
        text = text.replace(f'"{word}', f'"{KEY} {word}')
    make_library().import_json("you", text.replace(f'"model":"{KEY} ', '"model":"'))
    with library._database.read() as connection:
        for table in (ConversationRow, MessageRow, PromptRow, RunRow):
            rows = connection.execute(select(table.__table__).where(table.owner == "you")).all()
            assert rows
            assert KEY not in repr(rows)


@pytest.mark.parametrize("change", ["bom", "crlf", "bytes", "blank lines"])
def test_what_editors_do_to_a_file_does_no_harm(library: Library, service: OpenRouterService, change: str) -> None:
    """A byte order mark, Windows' line ends, blank lines at the end."""
    fill(library, service)
    text = "".join(library.export_json("me"))
    source: str | bytes = {
        "bom": "\ufeff" + text,
        "crlf": text.replace("\n", "\r\n"),
        "bytes": text.encode("utf-8-sig"),
        "blank lines": text.replace("\n", "\n\n") + " \n\n",
    }[change]
    assert library.import_json("you", source).conversations == 1


def test_somebody_elses_id_in_a_file_tells_nothing(library: Library, service: OpenRouterService) -> None:
    """The same comes of it whether somebody has it or nobody."""
    fill(library, service)
    text = "".join(library.export_json("me"))
    known = library.import_json("you", text)
    never = text.replace(lines_of(library)[1]["id"], "0" * 24)
    assert library.import_json("he", never) == known
    assert {run.id for run in library.runs("you")}.isdisjoint({run.id for run in library.runs("me")})
    assert len(library.runs("me")) == 5


def test_a_file_with_a_fault_in_its_last_line_changes_nothing(library: Library, service: OpenRouterService) -> None:
    """All of it or nothing."""
    fill(library, service)
    *kept, alone, end = "".join(library.export_json("me")).split("\n")[:-1]
    before = table_sizes(library)
    broken = "\n".join([*kept, alone.replace('"kind":"batch"', '"kind":7'), end])
    with pytest.raises(ImportFileError, match=r"Line 3: run\.kind: ") as caught:
        library.import_json("you", broken)
    assert (caught.value.line, caught.value.retryable) == (3, False)
    assert table_sizes(library) == before
    assert library.recent("you") == []
