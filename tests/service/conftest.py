"""These tests work in an empty folder, so that no settings file of the developer's is read."""

import pytest


@pytest.fixture(autouse=True)
def _in_an_empty_folder(empty_folder: object) -> None:
    """See `empty_folder`."""
