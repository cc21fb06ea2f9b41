"""What can be set and what can go wrong is in the documentation."""

import builtins
import inspect
import re
from pathlib import Path

import pytest

from service import errors
from service.config import settings
from service.store.settings import DATA_FOLDER
from service.web.settings import APP_SETTINGS

ROOT = Path(__file__).resolve().parents[2]
ERRORS = sorted(
    name for name, value in vars(errors).items() if inspect.isclass(value) and issubclass(value, errors.OpenRouterError)
)
KNOWN = {*(setting.variable for setting in settings()), *APP_SETTINGS, DATA_FOLDER}
"""The settings of the service, and those of the app around it."""


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def example_lines() -> dict[str, str]:
    """The settings of .env.example, commented out or not: variable and value."""
    found = re.findall(r"^#?\s?(OPENROUTER_[A-Z_]+)=(.*)$", read(".env.example"), re.MULTILINE)
    assert len(found) == len(dict(found)), "a setting stands twice in .env.example"
    return {name: value.strip().strip("\"'") for name, value in found}


def test_every_setting_is_in_the_configuration_page_with_its_default() -> None:
    """In one line."""
    lines = read("docs/configuration.md").splitlines()
    missing = [
        setting.variable
        for setting in settings()
        if not any(f"`{setting.variable}`" in line and setting.default in line for line in lines)
    ]
    assert missing == []


def test_every_setting_is_in_the_example_file_with_its_default() -> None:
    """A copy of the file with every line switched on changes nothing."""
    lines = example_lines()
    assert [setting.variable for setting in settings() if setting.variable not in lines] == []
    wrong = {
        setting.variable for setting in settings() if setting.default and lines[setting.variable] != setting.default
    }
    assert wrong == set()


def test_the_example_file_holds_no_setting_that_is_none() -> None:
    """A name that was changed in the code is changed there."""
    assert sorted(set(example_lines()) - KNOWN) == []
    app = {**APP_SETTINGS, DATA_FOLDER: "data"}
    assert {name: example_lines()[name] for name in app} == app


@pytest.mark.parametrize("page", ["docs/configuration.md", "docs/telemetry.md", "README.md"])
def test_pages_name_no_setting_that_is_none(page: str) -> None:
    """A misspelt variable would be looked for in vain."""
    named = set(re.findall(r"OPENROUTER_[A-Z]+(?:_[A-Z]+)*", read(page)))
    assert sorted(named - KNOWN) == []


def test_every_error_is_in_the_errors_page() -> None:
    """Whoever meets one finds what to do."""
    text = read("docs/errors.md")
    assert [name for name in ERRORS if f"`{name}`" not in text] == []


def test_the_errors_page_names_no_error_that_is_none() -> None:
    """Nor one that was renamed; Python's own may be named."""
    named = set(re.findall(r"`([A-Z]\w+Error)`", read("docs/errors.md")))
    assert sorted(named - set(ERRORS) - set(dir(builtins))) == []


def test_every_error_stands_in_the_tree_of_its_module() -> None:
    """The drawing at the top is the first thing one reads."""
    tree = errors.__doc__ or ""
    assert [name for name in ERRORS if not re.search(rf"── {name} |^    {name}$", tree, re.MULTILINE)] == []
