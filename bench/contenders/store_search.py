"""Searches as the History page makes them; the first process fills the database."""

import random
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, insert, select

from bench.contenders.common import report
from service.store.database import Database
from service.store.library import Library
from service.store.search import run_words
from service.store.tables import RunRow, WordsRow
from service.store.values import RunFilters, StoredRun

OWNER = "bench"
BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
AT_ONCE = 5_000
WORDS_IN_A_RUN = 80
REPEATS = 5


def main() -> None:
    """Take base URL, file and number of runs from the command line, and print the report."""
    path, count = Path(sys.argv[2]), int(sys.argv[3])
    if not path.exists():
        fill(path.with_suffix(".made"), count)
        path.with_suffix(".made").rename(path)
    with closing(Library(f"sqlite:///{path}", is_threaded=False)) as library:
        assert library.flush()
        report_searches(library)


def report_searches(library: Library) -> None:
    """Measure each search several times and print what was found."""
    first_page = find(library, "common ")
    searches: dict[str, Callable[[], list[StoredRun]]] = {
        "one hit": lambda: find(library, "needle "),
        "hits in every second run": lambda: find(library, "common "),
        "next page of those": lambda: find(library, "common ", before=first_page[-1].seq),
        "beginning of a word": lambda: find(library, "comm"),
    }
    figures = {name: [milliseconds(search) for _ in range(REPEATS)] for name, search in searches.items()}
    with library._database.read() as connection:
        runs = connection.scalar(select(func.count()).select_from(RunRow))
    report(figures, runs=runs, found=[len(search()) for search in searches.values()])


def find(library: Library, query: str, before: int | None = None) -> list[StoredRun]:
    return library.runs(OWNER, RunFilters(query=query), before=before, limit=50)


def milliseconds(search: Callable[[], object]) -> float:
    began = time.perf_counter()
    search()
    return (time.perf_counter() - began) * 1e3


def fill(path: Path, count: int) -> None:
    """Make the database: one run holds "needle", every second one "common"."""
    with closing(Database(f"sqlite:///{path}")) as database:
        database.prepare()
        for first in range(0, count, AT_ONCE):
            rows = list(made_up(range(first, min(first + AT_ONCE, count)), needle=count * 7 // 10))
            with database.write() as connection:
                connection.execute(insert(RunRow), [row for row, _ in rows])
                connection.execute(insert(WordsRow), [words for _, words in rows])
        with database.engine.connect() as connection:
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.exec_driver_sql("BEGIN")


def made_up(numbers: range, needle: int) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    chance = random.Random(numbers.start)
    vocabulary = [f"word{number}" for number in range(5_000)]
    for number in numbers:
        words = (
            chance.choices(vocabulary, k=WORDS_IN_A_RUN) + ["common"] * (number % 2) + ["needle"] * (number == needle)
        )
        text = " ".join(words)
        yield row_of(number, text), {"seq": number + 1, "words": " ".join(run_words(OWNER, "", text))}


def row_of(number: int, text: str) -> dict[str, Any]:
    at = BEGAN + timedelta(minutes=number)
    return {
        "seq": number + 1,
        "id": f"{number:032x}",
        "owner": OWNER,
        "kind": "chat",
        "state": "completed",
        "created_at": at,
        "updated_at": at,
        "ended_at": at,
        "requested_model": "sim/echo",
        "model": "sim/echo",
        "attempts": 1,
        "request": {"model": "sim/echo", "parameters": {}, "payload": {"changed": {}, "missing": []}},
        "result": {"id": f"gen-{number}"},
        "text": text,
        "reasoning": "",
    }


if __name__ == "__main__":
    main()
