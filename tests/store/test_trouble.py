"""A database that is locked, full, read-only or gone never costs what is on the screen."""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, event, text

from service import OpenRouterService, StorageError
from service.store.database import Database
from service.store.library import Library
from service.store.writer import Writer
from tests.store.support import wait_for
from tests.support import ask, echoed

Make = Callable[..., Library]


@contextmanager
def locked(url: str) -> Iterator[None]:
    """Hold the lock that every writer needs, as another program would."""
    database = Database(url)
    with database.write() as connection:
        if not database.is_sqlite:
            connection.execute(text("LOCK TABLE conversations, runs, messages IN ACCESS EXCLUSIVE MODE"))
        yield
    database.close()


def path_of(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))


def chat(library: Library, service: OpenRouterService) -> Any:
    """Say something and have it answered; return the conversation."""
    conversation = library.create("me")
    run = service.start(ask())
    assert run.join(20)
    conversation.answer(conversation.say("Hello").id, run)
    return conversation


def test_a_chat_goes_on_while_the_database_is_locked(make_library: Make, service: OpenRouterService, url: str) -> None:
    """Everything is there from memory, and stored once the lock is gone."""
    library = make_library(patience=0.05)
    assert library.flush(10)
    with locked(url):
        conversation = chat(library, service)
        assert [message.text for message in conversation.path().messages] == ["Hello", echoed()]
        assert library.get("me", conversation.id) is conversation
        assert conversation.messages_to_send(conversation.leaf_id)[-1].content == echoed()
        assert library.pending > 0
        assert not library.flush(0.01)
    assert library.flush(20)
    assert library.problem is None
    again = make_library().get("me", conversation.id)
    assert again is not None
    assert [message.text for message in again.path().messages] == ["Hello", echoed()]


def test_a_locked_database_is_said_on_the_page(make_sqlite: Callable[[], str]) -> None:
    """In plain words, with what happens to what is new; the words go away with the trouble."""
    url = make_sqlite()
    with closing(Library(url, patience=0.0)) as library:
        assert library.flush(10)
        with locked(url):
            begun = library.create("me")
            begun.say("Hello")
            wait_for(lambda: library.problem is not None)
            assert library.problem == (
                "The database is locked by another program. "
                "What is new is kept in memory and stored as soon as that is possible."
            )
            assert [found.title for found in library.recent("me")] == ["Hello"]
        assert library.flush(20)
        assert library.problem is None


def test_a_full_disk_keeps_everything_in_memory(make_sqlite: Callable[[], str], service: OpenRouterService) -> None:
    """Until there is room again."""
    url = make_sqlite()
    with closing(Library(url, patience=0.05)) as library:
        assert library.flush(10)
        allow_pages(library, 1)
        conversation = chat(library, service)
        for _ in range(40):
            conversation.say("a long story " * 500)
        wait_for(lambda: library.problem is not None)
        assert (library.problem or "").startswith("The disk is full: the database cannot be written.")
        assert len(conversation.path().messages) == 42
        allow_pages(library, 1_000_000)
        assert library.flush(20)
        assert library.problem is None
    with closing(Library(url)) as again:
        found = again.get("me", conversation.id)
        assert found is not None
        assert len(found.path().messages) == 42


def allow_pages(library: Library, pages: int) -> None:
    """Let the database have so many pages; SQLite takes what it has already where that is more."""
    engine = library._database.engine
    engine.dispose()

    @event.listens_for(engine, "connect")
    def limit(connection: Any, record: Any) -> None:
        connection.execute(f"PRAGMA max_page_count={pages}")


def test_a_database_that_becomes_read_only_is_said(make_sqlite: Callable[[], str]) -> None:
    """And written once it may be again."""
    url = make_sqlite()
    with closing(Library(url, patience=0.05)) as library:
        assert library.flush(10)
        library._database.engine.dispose()
        query_only(library, True)
        conversation = library.create("me")
        conversation.say("Hello")
        wait_for(lambda: library.problem is not None)
        assert (library.problem or "").startswith("The database cannot be written: it is read-only.")
        query_only(library, False)
        assert library.flush(20)
    with closing(Library(url)) as again:
        assert again.get("me", conversation.id) is not None


def query_only(library: Library, on: bool) -> None:
    """Let new connections refuse to write, as a file system mounted read-only does."""
    engine = library._database.engine
    engine.dispose()

    @event.listens_for(engine, "connect")
    def limit(connection: Any, record: Any) -> None:
        connection.execute(f"PRAGMA query_only={'ON' if on else 'OFF'}")


def test_a_server_that_is_not_there_does_not_stop_the_start(service: OpenRouterService, tmp_path: Path) -> None:
    """A chat works; what is not open cannot be read, and the sentence is for the page."""
    settings = {"OPENROUTER_PLAYGROUND_DATA": str(tmp_path)}
    library = Library("postgres://nobody:hunter2secret@127.0.0.1:9/db", environ=settings, patience=0.01)
    conversation = chat(library, service)
    assert [message.text for message in conversation.path().messages] == ["Hello", echoed()]
    wait_for(lambda: library.problem is not None)
    assert (library.problem or "").startswith("The database cannot be reached.")
    assert library.recent("me") == [conversation.summary]
    assert library.recent("you") == []
    with pytest.raises(StorageError, match="cannot be reached"):
        library.get("me", "0" * 24)
    with pytest.raises(StorageError, match="cannot be reached"):
        library.runs("me")
    assert library.close(0.05) is False


def test_a_start_waits_for_a_database_that_comes_later(tmp_path: Path, service: OpenRouterService) -> None:
    """Nothing has to be started again."""
    folder = tmp_path / "folder"
    folder.write_text("in the way")
    with closing(Library(f"sqlite:///{folder}/playground.sqlite3", environ={}, patience=0.01)) as library:
        conversation = chat(library, service)
        wait_for(lambda: library.problem is not None)
        folder.unlink()
        assert library.flush(20)
        assert library.problem is None
    with closing(sqlite3.connect(folder / "playground.sqlite3")) as connection:
        assert connection.execute("SELECT id FROM conversations").fetchall() == [(conversation.id,)]


def test_what_can_never_be_stored_is_left_out_and_said(
    make_library: Make, caplog: pytest.LogCaptureFixture, url: str
) -> None:
    """The rest is stored, the log says what happened, and what is on the screen stays."""
    library = make_library()
    conversation = library.create("me")
    with closing(Database(url)) as database, database.write() as connection:
        connection.execute(text("DELETE FROM conversations"))
    conversation.say("Hello")
    later = library.create("me")
    assert library.flush(10)
    assert library.problem == "Something could not be stored; the log says why."
    assert "a change could not be stored" in caplog.text
    assert "Hello" not in caplog.text
    assert library.get("me", conversation.id) is conversation
    assert [message.text for message in conversation.path().messages] == ["Hello"]
    assert make_library().get("me", later.id) is not None


def test_verbs_are_done_in_order_each_in_a_transaction(database: Database) -> None:
    """One that fails leaves nothing behind."""
    done: list[str] = []

    def fail(connection: Connection) -> None:
        connection.execute(text("UPDATE processes SET id = 'x'"))
        raise ValueError("no")

    writer = Writer(database)
    writer.submit(lambda connection: done.append("first"))
    writer.submit(fail)
    writer.submit(lambda connection: done.append("last"))
    assert writer.flush(10)
    assert done == ["first", "last"]
    assert writer.close()


def test_only_the_newest_of_a_name_waits(database: Database) -> None:
    """A checkpoint that was not written in time is not written at all."""
    done: list[str] = []
    go = threading.Event()
    writer = Writer(database)
    writer.submit(lambda connection: done.append(str(go.wait(10))), group="a")
    tickets = [writer.submit(lambda connection, n=n: done.append(n), newest="run", group="a") for n in ("1", "2", "3")]
    assert (writer.pending, len(set(map(id, tickets)))) == (2, 1)
    assert not writer.is_settled("a")
    go.set()
    assert writer.flush(10)
    assert done == ["True", "3"]
    assert writer.is_settled("a")
    assert writer.close()


def test_a_verb_is_tried_again_until_it_succeeds(make_sqlite: Callable[[], str]) -> None:
    """With growing pauses."""
    url = make_sqlite()
    with closing(Database(url)) as database:
        database.prepare()
        writer = Writer(database, shortest=0.001, longest=0.01)
        tries: list[int] = []

        def stumble(connection: Connection) -> None:
            tries.append(len(tries))
            if len(tries) < 5:
                raise OSError("No space left on device")

        assert writer.submit(stumble).wait(10)
        assert len(tries) == 5
        assert writer.problem is None
        assert writer.close()


def test_a_list_that_cannot_be_read_is_no_empty_list(make_sqlite: Callable[[], str]) -> None:
    """The page is told, although nothing waits to be written; and told no longer once it can be read."""
    url = make_sqlite()
    with closing(Library(url)) as library:
        library.create("me").say("Hello")
        assert library.flush(10)
        library._database.engine.dispose()
        hidden = path_of(url).with_name("hidden")
        path_of(url).rename(hidden)
        path_of(url).mkdir()
        assert [found.title for found in library.recent("me")] == ["Hello"]
        assert library.recent("me", query="Hello") == []
        assert library.problem == "The database file cannot be opened. What is shown is what is in memory."
        path_of(url).rmdir()
        hidden.rename(path_of(url))
        assert [found.title for found in library.recent("me")] == ["Hello"]
        assert library.problem is None
