"""Conversations in memory: whose they are, and how long they stay."""

from service import OpenRouterService
from service.store import MemoryStore, StoredConversation, Turn
from tests.support import ask


def test_somebody_elses_conversation_is_not_there() -> None:
    """An id of another owner is as unknown as one that never was."""
    store = MemoryStore()
    mine = store.create("me")
    assert store.get("me", mine.id) is mine
    assert store.get("you", mine.id) is None
    assert store.get("me", "never was") is None
    store.delete("you", mine.id)
    assert store.get("me", mine.id) is mine
    store.delete("me", mine.id)
    assert store.get("me", mine.id) is None


def test_the_newest_come_first_and_empty_ones_not_at_all() -> None:
    store = MemoryStore()
    for text in ("one", "two", ""):
        conversation = store.create("me")
        conversation.turns += [Turn(text)] if text else []
    assert [found.title for found in store.recent("me")] == ["two", "one"]
    assert [found.title for found in store.recent("me", limit=1)] == ["two"]
    assert store.recent("you") == []


def test_the_oldest_are_forgotten_first() -> None:
    store = MemoryStore(keep=2)
    first, second, third = (store.create("me") for _ in range(3))
    assert store.get("me", first.id) is None
    assert store.get("me", second.id) is second
    assert store.get("me", third.id) is third


def test_a_title_is_the_beginning_of_what_was_said() -> None:
    """On one line, and short enough for the list."""
    assert StoredConversation("me").title == "New chat"
    assert StoredConversation("me", turns=[Turn("two\n lines")]).title == "two lines"
    title = StoredConversation("me", turns=[Turn("word " * 30)]).title
    assert len(title) <= 48
    assert title == "word " * 9 + "wo…"


def test_what_was_said_before_a_turn_is_sent_with_it(service: OpenRouterService) -> None:
    """Answered turns only, each with its newest answer, up to the turn and not beyond."""
    runs = [service.start(ask(text=text)) for text in ("a", "b", "c")]
    results = [run.wait(10) for run in runs]
    turns = [Turn("first", [runs[0], runs[1]]), Turn("failed"), Turn("last", [runs[2]])]
    conversation = StoredConversation("me", turns=turns)
    said = [(message.role, message.content) for message in conversation.before(turns[2], system_prompt="S").messages]
    assert said == [("system", "S"), ("user", "first"), ("assistant", results[1].text)]
    assert [message.role for message in conversation.before(None).messages] == ["user", "assistant"] * 2
