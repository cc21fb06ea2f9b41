"""Runs stand where they began, whenever they came into the database, on both databases."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import insert, text

from service import ChatResult, OpenRouterService
from service.store.database import Database
from service.store.library import Library
from service.store.migrations import FOLDER
from service.store.order import first_seq, free_seq
from service.store.prompts import Chain
from service.store.run_rows import end_run, insert_run
from service.store.search import index_run
from service.store.tables import RunRow
from service.store.values import RunFilters
from tests.support import ask

NOW = datetime(2026, 11, 21, tzinfo=UTC)


def store(library: Library, owner: str, name: str, began: datetime) -> None:
    """Put a run that has ended into the database."""
    run: Any = SimpleNamespace(
        id=f"{owner}-{name.replace(' ', '-')}",
        request=ask("sim/echo", f"asked {name}"),
        payload={},
        model="sim/echo",
        state="completed",
        result=ChatResult(text=name),
        error=None,
        created_at=began,
        elapsed=0.0,
    )
    with library._database.write() as connection:
        fields: dict[str, Any] = {"kind": "batch", "process_id": "", "now": NOW, "secrets": (), "before": Chain()}
        insert_run(connection, run, owner=owner, conversation_id=None, **fields)
        end_run(connection, run, ())


def names(library: Library, query: str = "", *, before: int | None = None, limit: int = 50) -> list[str]:
    return [run.text for run in library.runs("me", RunFilters(query=query), before=before, limit=limit)]


def test_what_is_imported_stands_where_it_began(library: Library, service: OpenRouterService) -> None:
    """Between the runs that are there, with and without words, page by page, each once."""
    assert library.flush(10)
    for number in (1, 3, 5):
        store(library, "you", f"theirs {number}", NOW - timedelta(days=number))
    for number in (2, 4):
        store(library, "me", f"mine {number}", NOW - timedelta(days=number))
    library.import_json("me", "".join(library.export_json("you")))
    just_now = service.start(ask("sim/echo", "asked just now"))
    library.record("me", just_now, kind="batch")
    assert just_now.join(20)
    assert library.flush(10)
    in_order = ["theirs 1", "mine 2", "theirs 3", "mine 4", "theirs 5"]
    for query in ("", "asked"):
        assert names(library, query)[1:] == in_order
        seen, before = list[str](), None
        while page := library.runs("me", RunFilters(query=query), before=before, limit=2):
            seen += [run.text for run in page]
            before = page[-1].seq
        assert seen[1:] == in_order


def test_runs_of_one_moment_keep_the_order_of_the_file(library: Library) -> None:
    """However many there are, and however often they come."""
    assert library.flush(10)
    for number in range(40):
        store(library, "you", f"n{number}", NOW)
    theirs = [run.text for run in library.runs("you")]
    for _ in range(2):
        library.import_json("me", "".join(library.export_json("you")))
    assert names(library) == theirs


def test_no_moment_is_too_late() -> None:
    """Two in the far future are told apart as any others."""
    late = first_seq(datetime(8999, 1, 1, tzinfo=UTC))
    assert first_seq(NOW) < first_seq(NOW + timedelta(microseconds=1)) < late < 2**63 - 1


def test_the_next_place_is_taken_where_one_is_not_free(library: Library, monkeypatch: Any) -> None:
    monkeypatch.setattr("service.store.order.random.getrandbits", lambda bits: 7)
    assert library.flush(10)
    store(library, "me", "first", NOW)
    store(library, "me", "second", NOW)
    assert [run.seq - first_seq(NOW) for run in library.runs("me")] == [8, 7]
    with library._database.read() as connection:
        assert free_seq(connection, NOW, after=first_seq(NOW) + 6) == first_seq(NOW) + 9


def test_an_older_database_is_put_in_order(make_url: Callable[[], str]) -> None:
    """Words find the same runs as before; the rest of a row is as it was."""
    older = Database(in_the_form_before(make_url()))
    older.prepare()
    library = Library(older.url.render_as_string(hide_password=False))
    assert names(library) == names(library, "word") == ["new", "old", "older", "oldest"]
    assert names(library, "oldest") == ["oldest"]
    first = library.runs("me", limit=1)[0]
    assert (first.seq, first.id) == (first_seq(NOW), "new")
    assert names(library, "word", before=first.seq, limit=2) == ["old", "older"]
    library.close()
    older.close()


def in_the_form_before(url: str) -> str:
    """Make a database in which runs were imported out of their order; two of them began in one moment."""
    if url.startswith("sqlite"):
        Path(url.removeprefix("sqlite:///")).parent.mkdir()
    older = Database(url)
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    days = {"new": 0, "oldest": 3, "older": 2, "old": 2}
    with older.write() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0006")
        for name, days_ago in days.items():
            at = NOW - timedelta(days=days_ago)
            connection.execute(insert(RunRow.__table__), _row(name, at))
            seq = connection.scalar(text("SELECT max(seq) FROM runs"))
            index_run(connection, seq, "me", asked="word", answered=name)
    older.close()
    return url


def _row(name: str, at: datetime) -> dict[str, Any]:
    times = dict.fromkeys(("created_at", "updated_at", "ended_at"), at)
    texts = {"id": name, "text": name, "owner": "me", "kind": "batch", "state": "completed", "reasoning": ""}
    request = {"model": "sim/echo", "parameters": {}, "payload": {"changed": {}, "missing": []}}
    return {**times, **texts, "requested_model": "sim/echo", "model": "", "attempts": 1, "request": request}
