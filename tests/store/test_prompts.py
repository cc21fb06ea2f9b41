"""What was sent is stored once, and what a conversation sent before is not read again for its next question."""

from datetime import UTC, datetime
from typing import Any

import pytest

from service.store.codec import encode_sent
from service.store.database import Database
from service.store.prompts import Chain, chain_of, load_prompt, store_prompt
from service.types import Message

AT = datetime(2026, 10, 1, tzinfo=UTC)
ROLES = (Message.user, Message.assistant)
TALK = tuple(ROLES[number % 2](f"message {number}") for number in range(10))


def test_only_what_is_new_is_read() -> None:
    """Its ids are those it would have without a chain before it."""
    read: list[Message] = []

    def encode(message: Message) -> dict[str, Any]:
        read.append(message)
        return encode_sent(message)

    before = chain_of("me", TALK[:7], encode, Chain())
    chain = chain_of("me", TALK, encode, before)
    assert read == list(TALK)
    assert chain == chain_of("me", TALK, encode_sent, Chain())


@pytest.mark.parametrize("place", [0, 3, 6], ids=["at the top", "in the middle", "at the end"])
def test_another_beginning_is_another_chain(place: int) -> None:
    """As with an edited question: all behind it has other ids."""
    before = chain_of("me", TALK[:7], encode_sent, Chain())
    edited = (*TALK[:place], Message.user("edited"), *TALK[place + 1 :])
    chain = chain_of("me", edited, encode_sent, before)
    assert chain == chain_of("me", edited, encode_sent, Chain())
    assert [one == other for one, other in zip(before.ids, chain.ids, strict=False)] == [at < place for at in range(7)]


def test_a_shorter_one_keeps_its_beginning() -> None:
    """As when an answer is asked for again."""
    before = chain_of("me", TALK, encode_sent, Chain())
    assert chain_of("me", TALK[:4], encode_sent, before).ids == before.ids[:4]


def test_equal_messages_are_alike() -> None:
    """The system prompt is made anew for each request."""
    before = chain_of("me", (Message.system("Be brief."), *TALK), encode_sent, Chain())
    unread = {"encode": lambda message: pytest.fail(f"{message} was read again")}
    assert chain_of("me", (Message.system("Be brief."), *TALK), **unread, before=before) == before


def test_what_the_database_lost_is_stored_with_the_next(database: Database) -> None:
    """A chain is in memory also where its transaction came to nothing."""
    lost = chain_of("me", TALK[:7], encode_sent, Chain())
    chain = chain_of("me", TALK, encode_sent, lost)
    with database.write() as connection:
        last = store_prompt(connection, "me", chain, encode_sent, AT)
    with database.read() as connection:
        assert load_prompt(connection, last) == [encode_sent(message) for message in TALK]
