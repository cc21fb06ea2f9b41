"""From an address to a database in today's form, or to a sentence why not."""

import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Column, Connection, Integer, MetaData, Table, inspect, select, text

from service import ConfigurationError, StorageError
from service.store.columns import ExactText, Json, Money, UtcTime, from_units, to_units
from service.store.database import Database, parse_url
from service.store.migrations import FOLDER, VERSION_TABLE, revisions
from service.store.tables import Base, ProcessRow

ROOT = Path(__file__).resolve().parents[2]
NOW = datetime(2026, 11, 21, 12, 0, 0, 123456, tzinfo=UTC)


@pytest.fixture
def url(make_url: Callable[[], str]) -> str:
    """Return the address of a database that holds nothing, where the other tests begin with one that is prepared."""
    return make_url()


def prepare(url: str) -> None:
    with closing(Database(url)) as database:
        database.prepare()


def tables(connection: Connection) -> set[str]:
    return set(inspect(connection).get_table_names())


@pytest.mark.parametrize("given", ["postgres://u:p@h/db", "postgresql://u:p@h/db", "postgresql+psycopg://u:p@h/db"])
def test_every_spelling_of_postgresql_is_taken(given: str) -> None:
    """Hosts hand out the older one."""
    assert parse_url(f" {given} ").render_as_string(hide_password=False) == "postgresql+psycopg://u:p@h/db"


@pytest.mark.parametrize("given", ["mysql://u:secret@h/db", "nonsense", "sqlite://", "sqlite:///:memory:"])
def test_another_address_is_refused_without_its_password(given: str) -> None:
    """The sentence says what is taken."""
    with pytest.raises(ConfigurationError, match="DATABASE_URL takes postgresql://") as caught:
        parse_url(given)
    assert "secret" not in str(caught.value)


def test_models_and_migrations_agree(database: Database) -> None:
    """What the migrations make is what the tables say; how the words are indexed is each database's own affair."""
    with database.read() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
        found = compare_metadata(context, Base.metadata)
    own = ("run_index", "ix_run_words_words") if database.is_sqlite else ()
    assert [step for step in found if not any(name in str(step) for name in own)] == []


def test_the_known_revisions_are_alembics() -> None:
    """Their order is told from the names of the files, so that a start need not load Alembic."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    script = ScriptDirectory.from_config(config)
    assert [step.revision for step in script.walk_revisions()][::-1] == list(revisions())


def test_a_second_start_changes_nothing_and_loads_no_alembic(url: str) -> None:
    """It only looks."""
    prepare(url)
    code = "import sys; from service.store.database import Database; Database(sys.argv[1]).prepare(); "
    code += "print('alembic' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code, url], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_two_processes_may_start_at_once(url: str) -> None:
    """One makes the tables, the others wait for it."""
    code = "import sys; from service.store.database import Database; Database(sys.argv[1]).prepare()"
    started = [
        subprocess.Popen([sys.executable, "-c", code, url], cwd=ROOT, stderr=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    assert [(process.communicate()[1], process.returncode) for process in started] == [("", 0)] * 3
    with closing(Database(url)) as database, database.read() as connection:
        assert tables(connection) >= {"runs", "messages", "conversations", VERSION_TABLE}


def test_a_database_of_a_newer_version_is_refused_and_not_altered(url: str, database: Database) -> None:
    """The sentence names both versions."""
    with database.write() as connection:
        connection.execute(text(f"UPDATE {VERSION_TABLE} SET version_num = '9999'"))
        before = tables(connection)
    database.close()
    files = contents(url)
    with pytest.raises(StorageError, match=r"newer version of the app \(its form is 9999,") as caught:
        prepare(url)
    assert caught.value.retryable is False
    assert contents(url) == files
    with database.read() as connection:
        assert tables(connection) == before


def contents(url: str) -> dict[str, bytes]:
    """The bytes of a SQLite database; of PostgreSQL's there is nothing to see from here."""
    if not url.startswith("sqlite"):
        return {}
    path = Path(url.removeprefix("sqlite:///"))
    return {found.name: found.read_bytes() for found in [path]}


def test_the_tables_of_another_application_are_left_alone(url: str) -> None:
    """Even where one of them has a name of ours."""
    engine = Database(url).engine
    if url.startswith("sqlite"):
        Path(url.removeprefix("sqlite:///")).parent.mkdir()
    with engine.connect() as connection:
        connection.execute(text("CREATE TABLE runs (distance INTEGER)"))
        connection.commit()
    engine.dispose()
    with pytest.raises(StorageError, match="holds the tables of another application") as caught:
        prepare(url)
    assert caught.value.retryable is False
    with engine.connect() as connection:
        assert tables(connection) == {"runs"}
    engine.dispose()


def test_a_file_that_is_no_database_is_said_and_kept(make_sqlite: Callable[[], str]) -> None:
    """Not a traceback of the driver."""
    url = make_sqlite()
    path = Path(url.removeprefix("sqlite:///"))
    path.parent.mkdir()
    path.write_text("Dear diary, " * 500)
    with pytest.raises(StorageError, match="damaged, or is none"):
        prepare(url)
    assert path.read_text().startswith("Dear diary")


def test_a_server_that_is_not_there_may_come_back() -> None:
    """Another try makes sense, and the password is not told."""
    with pytest.raises(StorageError, match="cannot be reached") as caught:
        prepare("postgres://me:hunter2secret@127.0.0.1:9/db")
    assert caught.value.retryable is True
    assert "hunter2secret" not in f"{caught.value!r}{vars(caught.value)}"


def test_folder_and_files_are_closed_to_others(make_sqlite: Callable[[], str]) -> None:
    """The journal beside the database too, and a file that was open to all."""
    url = make_sqlite()
    path = Path(url.removeprefix("sqlite:///"))
    database = Database(url)
    database.prepare()
    with database.write() as connection:
        connection.execute(ProcessRow.__table__.insert().values(id="a", started_at=NOW, heartbeat_at=NOW))
        assert oct(path.parent.stat().st_mode & 0o777) == "0o700"
        modes = {found.name: oct(found.stat().st_mode & 0o777) for found in path.parent.iterdir()}
        assert {f"{path.name}-wal", f"{path.name}-shm", path.name} <= modes.keys()
        assert set(modes.values()) == {"0o600"}
    database.close()
    path.chmod(0o644)
    prepare(url)
    assert oct(path.stat().st_mode & 0o777) == "0o600"


ODD = Table(
    "odd",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("at", UtcTime),
    Column("cost", Money),
    Column("json", Json),
    Column("text", ExactText),
)
ANY_TEXT = st.text(st.characters(exclude_categories=[]), max_size=20) | st.sampled_from(
    ["\x00", "\x1b0000", "\x1b", "\ud83d", "a\x00\x1b\udfff"]
)
ANY_JSON = st.recursive(st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | ANY_TEXT, st.lists)


def is_usual(at: datetime) -> bool:
    return 1970 < at.year < 2200


def test_values_come_back_as_they_went_in(database: Database) -> None:
    """NUL, half characters, infinity, and times of any zone."""
    engine = database.engine
    with database.write() as connection:
        ODD.create(connection)

    @given(
        at=st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=5))])).filter(is_usual),
        cost=st.decimals(-1_000_000, 1_000_000, places=12, allow_nan=False),
        json=ANY_JSON,
        text=ANY_TEXT,
    )
    def check(**values: object) -> None:
        with engine.connect().execution_options(writes=True) as connection, connection.begin() as transaction:
            connection.execute(ODD.insert().values(id=1, **values))
            row = connection.execute(select(ODD)).mappings().one()
            assert {name: row[name] for name in values} == values
            assert row["at"].tzinfo is UTC
            transaction.rollback()

    check()


def test_money_adds_up_without_a_rest(database: Database) -> None:
    """A tenth of a cent's millionth, added a thousand times, in the database."""
    tiny = Decimal("0.000000000001")
    with database.write() as connection:
        ODD.create(connection)
        connection.execute(ODD.insert(), [{"id": number, "cost": tiny} for number in range(1000)])
        units = connection.execute(text("SELECT SUM(cost) FROM odd")).scalar()
    assert from_units(int(units)) == Decimal("0.000000001")


@pytest.mark.parametrize("amount", ["9300000", "-9300000", "Infinity", "NaN", "1e300"])
def test_an_amount_too_large_is_unknown(amount: str) -> None:
    """Rather than wrong, or the end of the run it belongs to."""
    assert to_units(Decimal(amount)) is None


def test_a_time_without_zone_is_refused(database: Database) -> None:
    """Nobody could say what it means."""
    naive = NOW.replace(tzinfo=None)
    insert = ProcessRow.__table__.insert().values(id="a", started_at=naive, heartbeat_at=naive)
    with pytest.raises(Exception, match="a time needs its zone"), database.write() as connection:
        connection.execute(insert)


def test_a_foreign_key_must_lead_somewhere(database: Database) -> None:
    """SQLite checks that only when told to."""
    statement = text("INSERT INTO run_words(seq, words) VALUES (7, '')")
    with pytest.raises(Exception, match=r"(?i)foreign key"), database.write() as connection:
        connection.execute(statement)
