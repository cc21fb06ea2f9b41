"""Where the database is."""

from pathlib import Path

import pytest

from service.config import read_environment
from service.store.database import parse_url
from service.store.library import Library
from service.store.settings import database_url, locks_folder


def test_without_settings_it_is_a_file_in_the_data_folder(empty_folder: Path) -> None:
    """Made at the first use, together with the folder."""
    library = Library()
    library.create("me").say("Hello")
    assert library.close()
    assert (empty_folder / "data" / "playground.sqlite3").is_file()


def test_the_data_folder_can_be_named(tmp_path: Path) -> None:
    """A blank name is none."""
    named = database_url({"OPENROUTER_PLAYGROUND_DATA": str(tmp_path / "a b?%")})
    assert parse_url(named).database == str(tmp_path / "a b?%" / "playground.sqlite3")
    assert database_url({"OPENROUTER_PLAYGROUND_DATA": " "}) == database_url({})


def test_an_address_wins_over_the_folder() -> None:
    settings = {"OPENROUTER_PLAYGROUND_DATA": "elsewhere", "DATABASE_URL": "postgres://u:p@h/db"}
    assert database_url(settings) == "postgres://u:p@h/db"


def test_it_is_read_where_all_settings_are(empty_folder: Path) -> None:
    """Environment before .env; other names of that file are nobody's business."""
    (empty_folder / ".env").write_text("DATABASE_URL=postgres://dotenv/db\nDATABASE_PASSWORD=x\n", encoding="utf-8")
    assert read_environment({}) == {"DATABASE_URL": "postgres://dotenv/db"}
    assert read_environment({"DATABASE_URL": "postgres://environ/db"}) == {"DATABASE_URL": "postgres://environ/db"}


@pytest.mark.parametrize("settings", [{}, {"OPENROUTER_PLAYGROUND_DATA": "here"}])
def test_the_locks_of_two_databases_do_not_meet(settings: dict[str, str]) -> None:
    """Nor does the password stand in a path."""
    addresses = ["postgres://u:secret@h/one", "postgres://u:secret@h/two", "sqlite:///one.db", "sqlite:///two.db"]
    folders = [str(locks_folder(parse_url(address), settings)) for address in addresses]
    assert len(set(folders)) == 4
    assert not any("secret" in folder for folder in folders)
