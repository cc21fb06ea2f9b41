"""The steps from one form of the database to the next, run at start; no alembic.ini is needed."""

from pathlib import Path

__all__ = ["FOLDER", "VERSION_TABLE", "revisions"]

FOLDER = Path(__file__).parent
VERSION_TABLE = "schema_version"


def revisions() -> tuple[str, ...]:
    """Return the revisions this version of the app knows, oldest first; `v0001_name.py` holds revision 0001."""
    return tuple(sorted(path.stem[1:5] for path in (FOLDER / "versions").glob("v[0-9]*.py")))
