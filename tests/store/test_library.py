"""Conversations that last: what was said, answered, edited and chosen is there after a restart."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, table

from service import ContentPart, Message, OpenRouterService, Run
from service.store.conversation import LEAF, OpenConversation
from service.store.library import Library
from service.store.tree import Node
from service.store.values import RunFilters, StoredMessage, StoredRun
from tests.support import ask, echoed

Make = Callable[..., Library]


def ended(service: OpenRouterService, text: str = "Hello", model: str = "sim/echo") -> Run:
    """Return a run that has come to its end."""
    run = service.start(ask(model, text))
    assert run.join(20)
    return run


def converse(conversation: OpenConversation, service: OpenRouterService, *texts: str) -> list[StoredMessage]:
    """Say these texts and have them answered; return all messages."""
    out = []
    for text in texts:
        said = conversation.say(text)
        out += [said, conversation.answer(said.id, ended(service, text))]
    return out


def shown(conversation: OpenConversation) -> list[str]:
    return [message.text for message in conversation.path().messages]


def test_what_was_said_and_answered_is_there_after_a_restart(make_library: Make, service: OpenRouterService) -> None:
    """With its title, its times, and the answer as it was."""
    first = make_library()
    begun = first.create("me", settings={"model": "sim/echo"})
    _, answer = converse(begun, service, "What is a token?")
    assert first.flush(10)
    again = make_library().get("me", begun.id)
    assert again is not None
    assert again is not begun
    assert (again.title, again.settings) == ("What is a token?", {"model": "sim/echo"})
    assert (again.created_at, again.updated_at) == (begun.created_at, begun.updated_at)
    assert shown(again) == ["What is a token?", echoed("What is a token?")]
    stored, run = again.path().messages[1].run, answer.run
    assert isinstance(stored, StoredRun)
    assert run is not None
    for name in ("id", "request", "payload", "state", "text", "reasoning", "error", "result", "created_at", "elapsed"):
        assert (name, getattr(stored, name)) == (name, getattr(run, name))
    assert (stored.is_ended, stored.model, stored.attempt, stored.notice) == (True, "sim/echo", 1, "")


def test_a_library_has_one_object_for_a_conversation(library: Library) -> None:
    """Two sessions that have it open see the same."""
    begun = library.create("me")
    assert library.get("me", begun.id) is begun


def test_a_stored_conversation_is_opened_once(make_library: Make) -> None:
    """Also where it was not begun here."""
    begun = make_library().create("me")
    other = make_library()
    assert other.get("me", begun.id) is other.get("me", begun.id)


def test_somebody_elses_conversation_is_not_there(make_library: Make, service: OpenRouterService) -> None:
    """Nor their runs, nor can they be deleted or brought back; in memory or from the database."""
    library = make_library()
    mine = library.create("me")
    converse(mine, service, "secret plans")
    run = ended(service, "secret batch")
    library.record("me", run, kind="batch")
    assert library.flush(10)
    for theirs in (library, make_library()):
        assert theirs.get("you", mine.id) is None
        assert theirs.get("you", "never was") is None
        assert theirs.delete("you", mine.id) is False
        assert theirs.restore("you", mine.id) is None
        assert theirs.run("you", run.id) is None
        assert theirs.recent("you") == theirs.recent("you", query="secret") == []
        assert theirs.runs("you") == theirs.runs("you", RunFilters(query="secret")) == []
        theirs.delete_run("you", run.id)
    assert library.get("me", mine.id) is mine
    assert library.run("me", run.id) is not None


def test_an_edited_message_and_an_answer_asked_for_again_are_versions(
    make_library: Make, service: OpenRouterService
) -> None:
    """Each is told which it is, of how many, and going back shows what followed it."""
    library = make_library()
    conversation = library.create("me")
    asked, answered, more, _ = converse(conversation, service, "one", "two")
    again = conversation.answer(asked.id, ended(service, "one"))
    assert (again.version, again.versions) == (2, 2)
    assert shown(conversation) == ["one", echoed("one")]
    edited = conversation.edit(asked.id, "uno")
    assert (edited.version, edited.versions, edited.role) == (2, 2, "user")
    assert shown(conversation) == ["uno"]
    assert [message.id for message in conversation.versions(answered.id)] == [answered.id, again.id]
    conversation.choose(more.id)
    for known in (conversation, make_library().get("me", conversation.id)):
        assert known is not None
        assert shown(known) == ["one", echoed("one"), "two", echoed("two")]
        assert len(known.tree.nodes) == 6


def test_an_answer_can_be_edited(make_library: Make, service: OpenRouterService) -> None:
    """What the user wrote into the model's mouth is a version without a run."""
    conversation = make_library().create("me")
    asked, answered = converse(conversation, service, "one")
    edited = conversation.edit(answered.id, "My own words.")
    assert (edited.role, edited.run, edited.version) == ("assistant", None, 2)
    again = make_library().get("me", conversation.id)
    assert again is not None
    assert shown(again) == ["one", "My own words."]
    sent = again.messages_to_send(again.say("Go on").id)
    assert [(message.role, message.content) for message in sent] == [
        ("user", "one"),
        ("assistant", "My own words."),
        ("user", "Go on"),
    ]
    assert asked.id in again.tree.nodes


def test_a_branch_goes_on_below_an_older_version(make_library: Make, service: OpenRouterService) -> None:
    """Both ways on stand below the answer."""
    conversation = make_library().create("me")
    _, answered, *_ = converse(conversation, service, "one", "two")
    branch = conversation.say("another way", parent=answered.id)
    assert shown(conversation) == ["one", echoed("one"), "another way"]
    assert branch.versions == 2
    assert conversation.say("anew", parent=None).versions == 2
    assert shown(conversation) == ["anew"]


def test_a_message_that_is_not_there_is_a_key_error(library: Library, service: OpenRouterService) -> None:
    """And nothing is changed."""
    conversation = library.create("me")
    verbs = (
        lambda: conversation.say("x", parent="nowhere"),
        lambda: conversation.edit("nowhere", "x"),
        lambda: conversation.choose("nowhere"),
        lambda: conversation.answer("nowhere", ended(service)),
        lambda: conversation.path("nowhere"),
        lambda: conversation.versions("nowhere"),
        lambda: conversation.messages_to_send("nowhere"),
    )
    for verb in verbs:
        with pytest.raises(KeyError, match="nowhere"):
            verb()
    assert len(conversation.tree.nodes) == 0


def test_parts_and_tool_results_come_back_as_they_were(make_library: Make) -> None:
    """A picture beside a text, and a message with fields of its own."""
    conversation = make_library().create("me")
    parts = (ContentPart.text("What is this?"), ContentPart.image(b"\x89PNG\r\n\x1a\n"))
    said = conversation.say(parts)
    conversation.say(Message.tool("call_1", '{"rain": false}'))
    again = make_library().get("me", conversation.id)
    assert again is not None
    first, second = again.path().messages
    assert again.messages_to_send(said.id) == [Message.user(parts)]
    assert (first.text, again.title) == ("What is this?", "What is this?")
    assert (second.role, second.message) == ("tool", Message.tool("call_1", '{"rain": false}'))


def test_what_is_sent_leaves_unanswered_turns_out(library: Library, service: OpenRouterService) -> None:
    """A question whose answer failed is not asked again, unless it is the one to be answered."""
    conversation = library.create("me")
    converse(conversation, service, "one")
    failed = conversation.say("failed")
    conversation.answer(failed.id, ended(service, "failed", "sim/out-of-credits"))
    conversation.say("never sent")
    last = conversation.say("last")
    sent = conversation.messages_to_send(last.id)
    assert [(message.role, message.content) for message in sent] == [
        ("user", "one"),
        ("assistant", echoed("one")),
        ("user", "last"),
    ]
    assert [message.content for message in conversation.messages_to_send(failed.id)][-1] == "failed"


def test_what_is_remembered_of_answers_is_what_was_answered(make_library: Make, service: OpenRouterService) -> None:
    """Asked twice, and asked while an answer goes on, as from a library that has just been opened."""
    conversation = make_library().create("me")
    converse(conversation, service, "one", "two")
    live = conversation.answer(conversation.say("three").id, service.start(ask("sim/stall", "three")))
    assert isinstance(live.run, Run)
    assert [message.content for message in conversation.messages_to_send(live.id)][1::2] == [
        echoed("one"),
        echoed("two"),
    ]
    live.run.stop()
    live.run.join(10)
    last = conversation.say("four")
    sent = conversation.messages_to_send(last.id)
    assert conversation.messages_to_send(last.id) == sent
    again = make_library().get("me", conversation.id)
    assert again is not None
    assert again.messages_to_send(last.id) == sent


def test_a_failed_run_keeps_its_error(make_library: Make, service: OpenRouterService) -> None:
    """Enough of it to say it again: class, words, hint, and what had arrived."""
    conversation = make_library().create("me")
    run = ended(service, "Hello", "sim/out-of-credits")
    conversation.answer(conversation.say("Hello").id, run)
    again = make_library().get("me", conversation.id)
    assert again is not None
    stored = again.path().messages[-1].run
    assert stored is not None
    assert stored.error is not None
    assert run.error is not None
    assert type(stored.error) is type(run.error)
    assert str(stored.error) == str(run.error)
    for name in ("code", "status_code", "provider", "retryable", "retry_after", "hint", "context", "partial"):
        assert (name, getattr(stored.error, name)) == (name, getattr(run.error, name))


def test_only_the_end_of_a_long_conversation_is_read(make_library: Make, service: OpenRouterService) -> None:
    """The rest is counted."""
    conversation = make_library().create("me")
    converse(conversation, service, *"abcdef")
    again = make_library().get("me", conversation.id)
    assert again is not None
    window = again.path(limit=3)
    assert ([message.text for message in window.messages], window.above) == ([echoed("e"), "f", echoed("f")], 9)
    assert len(again._said) == 1
    assert len(again._runs) == 2


def test_another_process_sees_what_was_changed(make_library: Make, service: OpenRouterService) -> None:
    """Asking for the conversation again is enough."""
    here, there = make_library(), make_library()
    conversation = here.create("me")
    converse(conversation, service, "one")
    assert here.flush(10)
    other = there.get("me", conversation.id)
    assert other is not None
    other.rename("Counting")
    other.say("two")
    again = here.get("me", conversation.id)
    assert again is conversation
    assert (again.title, shown(again)[-1]) == ("Counting", "two")
    assert here.delete("me", conversation.id)
    assert there.get("me", conversation.id) is None


def test_settings_and_draft_are_kept(make_library: Make) -> None:
    """The newest of each."""
    conversation = make_library().create("me")
    for text in ("H", "He", "Hel"):
        conversation.keep_draft(text)
    conversation.keep_settings({"temperature": 0.5})
    again = make_library().get("me", conversation.id)
    assert again is not None
    assert (again.draft, again.settings) == ("Hel", {"temperature": 0.5})


def test_a_title_is_given_and_taken_back(make_library: Make) -> None:
    """Without one the conversation is called after what was said first."""
    conversation = make_library().create("me")
    assert conversation.title == "New chat"
    conversation.say("word " * 30)
    assert conversation.title == "word " * 9 + "wo…"
    conversation.rename("  My\ntitle ")
    assert conversation.title == "My title"
    again = make_library().get("me", conversation.id)
    assert again is not None
    assert again.title == "My title"
    again.rename(None)
    assert again.title == "word " * 9 + "wo…"


def test_a_deleted_conversation_can_be_brought_back(make_library: Make, service: OpenRouterService) -> None:
    """Until then neither it nor its runs are found."""
    library = make_library()
    conversation = library.create("me")
    converse(conversation, service, "fugitive words")
    assert library.flush(10)
    assert library.delete("me", conversation.id)
    assert library.flush(10)
    for where in (library, make_library()):
        assert where.get("me", conversation.id) is None
        assert where.recent("me") == where.recent("me", query="fugitive") == []
        assert where.runs("me") == where.runs("me", RunFilters(query="fugitive")) == []
    restored = make_library().restore("me", conversation.id)
    assert restored is not None
    assert shown(restored) == ["fugitive words", echoed("fugitive words")]
    assert [found.id for found in make_library().recent("me", query="fugitive")] == [conversation.id]
    assert len(make_library().runs("me", RunFilters(query="fugitive"))) == 1


def test_what_was_deleted_long_ago_is_gone_for_good(make_library: Make, service: OpenRouterService) -> None:
    """Messages, runs and what was sent; a copy keeps the runs it shows."""
    old = make_library(now=lambda: datetime.now(UTC) - timedelta(days=31))
    copied, lonely = old.create("me"), old.create("me")
    converse(copied, service, "kept by its copy")
    converse(lonely, service, "alone")
    assert old.flush(10)
    copy = old.duplicate(copied)
    assert [old.delete("me", found.id) for found in (copied, lonely)] == [True, True]
    assert old.close()
    library = make_library()
    assert library.flush(10)
    assert library.restore("me", lonely.id) is None
    assert library.restore("me", copied.id) is None
    again = library.get("me", copy.id)
    assert again is not None
    assert shown(again) == ["kept by its copy", echoed("kept by its copy")]
    stored = again.path().messages[1].run
    assert stored is not None
    assert stored.request.messages[-1].content == "kept by its copy"
    assert row_counts(library) == {"conversations": 1, "messages": 2, "runs": 1, "prompts": 1, "run_words": 1}


def row_counts(library: Library) -> dict[str, int]:
    names = ("conversations", "messages", "runs", "prompts", "run_words")
    with library._database.read() as connection:
        return {name: connection.scalar(select(func.count()).select_from(table(name))) for name in names}


def test_a_copy_has_all_branches_and_a_life_of_its_own(make_library: Make, service: OpenRouterService) -> None:
    """The runs are the same ones: what they cost is not counted twice."""
    library = make_library()
    conversation = library.create("me")
    asked, *_ = converse(conversation, service, "one", "two")
    conversation.edit(asked.id, "uno")
    copy = library.duplicate(conversation)
    copy.say("only here")
    again = make_library().get("me", copy.id)
    assert again is not None
    assert shown(again) == ["uno", "only here"]
    assert shown(conversation) == ["uno"]
    assert again.title == "one (copy)"
    again.choose(again.tree.children(None)[0].id)
    assert shown(again) == ["one", echoed("one"), "two", echoed("two")]
    assert row_counts(library)["runs"] == 2


def test_the_list_has_the_newest_first_and_goes_on_page_by_page(make_library: Make) -> None:
    """Conversations in which nothing was said are not in it."""
    library = make_library()
    for text in ("one", "two", "three", ""):
        conversation = library.create("me")
        if text:
            conversation.say(text)
    listed = library.recent("me", limit=2)
    assert [found.title for found in listed] == ["three", "two"]
    assert [found.title for found in library.recent("me", limit=2, before=listed[-1])] == ["one"]
    assert [found.title for found in make_library().recent("me")] == ["three", "two", "one"]


def test_conversations_are_found_by_title_and_text(make_library: Make, service: OpenRouterService) -> None:
    """Whatever the case and the accents; the last word may be a beginning."""
    library = make_library()
    first, second = library.create("me"), library.create("me")
    converse(first, service, "Rezept für Crème brûlée")
    converse(second, service, "Something else", "with a Café in it")
    second.rename("Reise nach München")
    assert library.flush(10)
    found = {
        query: [summary.id for summary in library.recent("me", query=query)]
        for query in ("CREME brul", "cafe", "munchen", "reise mün", "nothing", "%", "rezept cafe")
    }
    assert found == {
        "CREME brul": [first.id],
        "cafe": [second.id],
        "munchen": [second.id],
        "reise mün": [second.id],
        "nothing": [],
        "%": [second.id, first.id],
        "rezept cafe": [],
    }


def test_a_run_outside_of_conversations_is_kept(make_library: Make, service: OpenRouterService) -> None:
    """Comparisons and batches have no conversation."""
    library = make_library()
    run = ended(service, "batch row")
    library.record("me", run, kind="batch")
    assert library.flush(10)
    stored = make_library().run("me", run.id)
    assert isinstance(stored, StoredRun)
    assert (stored.kind, stored.conversation_id, stored.result) == ("batch", None, run.result)
    library.delete_run("me", run.id)
    assert make_library().run("me", run.id) is None
    library.restore_run("me", run.id)
    assert make_library().run("me", run.id) is not None


VERBS = st.tuples(
    st.sampled_from(["say", "edit", "answer", "choose", "branch", "anew", "restore", "reload", "rename"]),
    st.integers(0, 1_000),
)


def test_nothing_is_lost_whatever_is_done(make_library: Make) -> None:
    """After any sequence of verbs, in this process or another, every message is there, and each can be shown."""
    here, there = make_library(), make_library()

    @settings(max_examples=15, deadline=None)
    @given(st.lists(VERBS, min_size=1, max_size=12))
    def check(verbs: list[tuple[str, int]]) -> None:
        conversation, said = here.create("me"), {}
        for verb, number in verbs:
            ids = sorted(said)
            at = ids[number % len(ids)] if ids else None
            conversation = do(verb, number, at, conversation, said, (here, there))
        assert {ident: conversation.message(ident).text for ident in said} == said
        assert set(conversation.tree.nodes) == set(said)
        for ident in said:
            conversation.choose(ident)
            assert ident in [message.id for message in conversation.path().messages]
        assert here.flush(10)
        again = there.get("me", conversation.id)
        assert again is not None
        assert {node.id: message.text for node, message in texts_of(again)} == said
        assert again.leaf_id == conversation.leaf_id

    check()


def texts_of(conversation: OpenConversation) -> list[tuple[Node, StoredMessage]]:
    return [(node, conversation.message(node.id)) for node in conversation.tree.nodes.values()]


def do(
    verb: str,
    number: int,
    at: str | None,
    conversation: OpenConversation,
    said: dict[str, str],
    libraries: tuple[Library, Library],
) -> OpenConversation:
    """Do one thing, note what was said, and return the conversation to go on with."""
    text, here = f"text {number}", libraries[0]
    match verb:
        case "say" | "anew":
            message = conversation.say(text, parent=LEAF if verb == "say" else None)
        case "branch" | "answer" if at is not None:
            message = conversation.say(
                Message(role="assistant" if verb == "answer" else "user", content=text), parent=at
            )
        case "edit" if at is not None:
            message = conversation.edit(at, text)
        case "choose" if at is not None:
            conversation.choose(at)
            return conversation
        case "restore":
            assert here.delete("me", conversation.id)
            return not_none(here.restore("me", conversation.id))
        case "reload":
            assert all(library.flush(10) for library in libraries)
            return not_none(libraries[number % 2].get("me", conversation.id))
        case _:
            conversation.rename(text)
            return conversation
    said[message.id] = text
    return conversation


def not_none(found: OpenConversation | None) -> OpenConversation:
    assert found is not None
    return found
