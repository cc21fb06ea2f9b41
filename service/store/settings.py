"""Where the database is, by the settings."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from hashlib import blake2b
from pathlib import Path

from sqlalchemy.engine import URL

from service.config import DATABASE_URL

__all__ = ["DATA_FOLDER", "database_url", "locks_folder"]

DATA_FOLDER = "OPENROUTER_PLAYGROUND_DATA"
FILE = "playground.sqlite3"


def database_url(settings: Mapping[str, str]) -> str:
    """Return the address of the database: `DATABASE_URL`, else a SQLite file in the data folder."""
    if settings.get(DATABASE_URL, "").strip():
        return settings[DATABASE_URL]
    folder = Path(settings.get(DATA_FOLDER, "").strip() or "data").expanduser().absolute()
    return URL.create("sqlite", database=str(folder / FILE)).render_as_string()


def locks_folder(url: URL, settings: Mapping[str, str]) -> Path:
    """Return where the processes of one database hold their locks: beside a SQLite file, else on this machine.

    A lock that lies elsewhere cannot be seen; then the heartbeat counts.
    """
    if url.drivername == "sqlite":
        path = Path(url.database or "").absolute()
        return path.with_name(f"{path.name}-processes")
    named = settings.get(DATA_FOLDER, "").strip()
    folder = Path(named).expanduser() if named else Path(tempfile.gettempdir()) / "openrouter-playground"
    address = url.render_as_string(hide_password=True)
    return folder.absolute() / f"processes-{blake2b(address.encode(), digest_size=8).hexdigest()}"
