"""The database: from its address to connections, with its form brought up to date at the start."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from service.errors import ConfigurationError
from service.store.faults import refused, storage_error
from service.store.locks import exclusively
from service.store.migrations import FOLDER, VERSION_TABLE, revisions

__all__ = ["Database", "parse_url"]

BUSY_SECONDS = 1.0
"""How long SQLite waits for another's lock before the caller hears of it."""

LOCK_SECONDS = 3
"""The same for PostgreSQL, whose default is to wait for ever."""

_MIGRATION_LOCK = 0x6F72_7067
"""Any number will do that no other application on the same PostgreSQL uses for its advisory locks."""


def parse_url(url: str) -> URL:
    """Return the address of a database as SQLAlchemy takes it; `postgres://` is the older spelling.

    Raises:
        ConfigurationError: It is not the address of a SQLite file or of a PostgreSQL database.
    """
    what = "DATABASE_URL takes postgresql://user:password@host/name or sqlite:///path/to/file"
    try:
        parsed = make_url(url.strip())
    except ArgumentError:
        raise ConfigurationError(f"{what}; what it holds is no address.") from None
    if parsed.drivername in ("postgres", "postgresql", "postgresql+psycopg"):
        return parsed.set(drivername="postgresql+psycopg")
    if parsed.drivername != "sqlite":
        raise ConfigurationError(f"{what}, got {parsed.drivername}://…")
    if not parsed.database or parsed.database == ":memory:" or parsed.database.startswith("file:"):
        raise ConfigurationError(f"{what}; a SQLite database needs a file.")
    return parsed


class Database:
    """Connections to one database. Nothing is opened before `prepare`.

    Raises:
        ConfigurationError: The address is wrong.
    """

    def __init__(self, url: str) -> None:
        self.url = parse_url(url)
        self.is_sqlite = self.url.drivername == "sqlite"
        self.engine = _sqlite_engine(self.url) if self.is_sqlite else _postgresql_engine(self.url)

    def __repr__(self) -> str:
        return f"Database({self.url.render_as_string(hide_password=True)!r})"

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Give a connection that sees the database as it is now, for reading.

        Raises:
            StorageError: The database cannot be read.
        """
        try:
            with self.engine.connect() as connection:
                yield connection
        except (SQLAlchemyError, sqlite3.Error, OSError) as error:
            raise storage_error(error) from error

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Give a connection in a transaction that is committed at the end of the block.

        Raises:
            SQLAlchemyError: As it came; the writer decides whether to try again.
        """
        with self.engine.connect() as connection:
            connection = connection.execution_options(writes=True)
            with connection.begin():
                yield connection

    def is_current(self) -> bool:
        """Whether the database is in today's form.

        Raises:
            StorageError: It cannot be read.
        """
        with self.read() as connection:
            return _current_revision(connection) == revisions()[-1]

    def prepare(self) -> None:
        """Make the database where there is none, and bring an older one up to date; safe for several processes.

        Raises:
            StorageError: It cannot be opened (`retryable`), or is a newer version's or somebody else's: then it is
                left as it was.
        """
        try:
            if self.is_sqlite:
                self._prepare_file(Path(self.url.database or "").absolute())
            else:
                self._migrate()
        except (SQLAlchemyError, sqlite3.Error, OSError) as error:
            raise storage_error(error) from error

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()

    def _prepare_file(self, path: Path) -> None:
        _make_folder(path.parent)
        # SQLite's own locks do not wait while the journal mode changes.
        with exclusively(path.with_name(f"{path.name}-start")):
            _check_file(path)
            _make_file(path)
            with closing(sqlite3.connect(path, timeout=BUSY_SECONDS)) as connection:
                # Kept in the file. Readers and the writer do not wait for one another.
                connection.execute("PRAGMA journal_mode=WAL")
            self._migrate()

    def _migrate(self) -> None:
        with self.engine.connect() as connection:
            if _current_revision(connection) == revisions()[-1]:
                return
        with self.write() as connection:
            if not self.is_sqlite:
                connection.execute(text("SET LOCAL lock_timeout = '60s'"))
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})
            if _current_revision(connection) != revisions()[-1]:
                _upgrade(connection)


def _check_file(path: Path) -> None:
    """Look at an existing file before anything could change it, be it only its journal mode.

    Raises:
        StorageError: It is not for us.
    """
    if not path.exists() or path.stat().st_size == 0:
        return
    looking = create_engine(URL.create("sqlite", database=f"{path.as_uri()}?mode=ro", query={"uri": "true"}))
    try:
        with looking.connect() as connection:
            _current_revision(connection)
    finally:
        looking.dispose()


def _current_revision(connection: Connection) -> str | None:
    """Return the revision a database is at; `None` where there is nothing yet.

    Raises:
        StorageError: It is of a newer version, or another application's.
    """
    tables = inspect(connection).get_table_names()
    if VERSION_TABLE not in tables:
        if "conversations" in tables or "runs" in tables:
            raise refused("The database holds the tables of another application; it was not touched.")
        return None
    found = connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar()  # noqa: S608 - our constant
    known = revisions()
    if found is not None and found not in known:
        raise refused(
            f"The database was written by a newer version of the app (its form is {found}, this version knows forms "
            f"up to {known[-1]}). It was not touched."
        )
    return found


def _upgrade(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _make_folder(folder: Path) -> None:
    """Make a folder that is closed to others; one that is there is somebody's choice."""
    if not folder.exists():
        folder.mkdir(parents=True, mode=0o700, exist_ok=True)


def _make_file(path: Path) -> None:
    """Make the file, or close it to others; SQLite gives the files beside it the same rights."""
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    if path.stat().st_mode & 0o077:
        path.chmod(0o600)


def _postgresql_engine(url: URL) -> Engine:
    return create_engine(
        url,
        pool_pre_ping=True,
        hide_parameters=True,
        pool_size=5,
        max_overflow=20,
        pool_timeout=5,
        connect_args={
            "connect_timeout": 5,
            "tcp_user_timeout": 10_000,
            "client_encoding": "utf8",
            "application_name": "openrouter-playground",
            "options": f"-c lock_timeout={LOCK_SECONDS}s",
        },
    )


def _sqlite_engine(url: URL) -> Engine:
    engine = create_engine(
        url, connect_args={"timeout": BUSY_SECONDS}, pool_size=5, max_overflow=50, hide_parameters=True
    )

    @event.listens_for(engine, "connect")
    def _set_up(connection: Any, record: Any) -> None:
        # Python's driver would begin transactions by itself, and only before some statements.
        connection.isolation_level = None
        for pragma in ("foreign_keys=ON", "synchronous=NORMAL"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # Whoever is going to write says so at once: a reader that turns writer halfway may be refused.
        writes = connection.get_execution_options().get("writes")
        driver: Any = connection.connection.driver_connection
        driver.execute("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine
