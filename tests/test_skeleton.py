"""The scaffolding keeps its word: requirements, configuration, and the scripts that `make` and CI rely on."""

import ast
import os
import re
import shutil
import socket
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from streamlit import config

from scripts import check_port, chromium

ROOT = Path(__file__).resolve().parents[1]
OUR_OWN = {"service", "pages", "bench", "scripts"}
# Installed for a library that loads it by name, so no import of ours shows it.
LOADED_BY_NAME = {"psycopg"}
"""SQLAlchemy loads the driver that an address asks for."""

REQUIREMENT = re.compile(r"(?P<name>[\w-]+)(\[[\w,]+])?>=[\d.]+,<[\d.]+  # \S.*")


def requirement_lines(name: str) -> list[str]:
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line.strip() and not line.startswith(("#", "-r "))]


def declared() -> set[str]:
    return {canonical(re.split(r"[\[<>=]", line)[0]) for line in requirement_lines("requirements.txt")}


def canonical(distribution: str) -> str:
    return re.sub(r"[-_.]+", "-", distribution).lower()


def shipped_files() -> Iterator[Path]:
    yield ROOT / "app.py"
    yield from (ROOT / "pages").rglob("*.py")
    yield from (ROOT / "service").rglob("*.py")


def third_party_imports(source: str) -> set[str]:
    modules = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            modules |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            modules.add(node.module.split(".")[0])
    return modules - OUR_OWN - set(sys.stdlib_module_names)


def imported_by_the_app() -> set[str]:
    return set().union(*(third_party_imports(path.read_text(encoding="utf-8")) for path in shipped_files()))


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_requirement_has_both_bounds_and_a_reason(name: str) -> None:
    """A line reads `name>=lowest,<next  # why`."""
    assert [line for line in requirement_lines(name) if not REQUIREMENT.fullmatch(line)] == []


def test_every_package_the_app_imports_is_declared() -> None:
    """A stranger who installs requirements.txt alone has all that app.py, pages and service import."""
    providers = packages_distributions()
    missing = {
        module
        for module in imported_by_the_app()
        if not declared() & {canonical(distribution) for distribution in providers.get(module, [])}
    }
    assert missing == set()


def test_every_declared_package_is_imported() -> None:
    """Nobody installs what the app does not use."""
    providers = packages_distributions()
    used = {canonical(distribution) for module in imported_by_the_app() for distribution in providers.get(module, [])}
    assert declared() - used - LOADED_BY_NAME == set()


def test_every_streamlit_option_set_here_exists() -> None:
    """A misspelt option in config.toml would be ignored with no more than a line in the log."""
    known = set(config.get_config_options())
    text = (ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8")
    assert set(option_names(tomllib.loads(text))) - known == set()


def option_names(table: dict[str, object], prefix: str = "") -> Iterator[str]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from option_names(value, f"{prefix}{key}.")
        else:
            yield prefix + key


SAFE_SETTINGS = {
    "server.address": "127.0.0.1",
    "server.showEmailPrompt": False,
    "browser.gatherUsageStats": False,
    "runner.postScriptGC": False,
    "client.showErrorDetails": "none",
}


def test_streamlit_takes_the_safe_settings_from_the_repository() -> None:
    """Loopback only, no question at the start, no telemetry, no traceback for visitors."""
    script = f"from streamlit import config; print({{name: config.get_option(name) for name in {list(SAFE_SETTINGS)}}})"
    environ = {name: value for name, value in os.environ.items() if not name.startswith("STREAMLIT_")}
    command = [sys.executable, "-c", script]
    answer = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, check=True)
    assert ast.literal_eval(answer.stdout) == SAFE_SETTINGS


def test_an_example_of_the_secrets_file_holds_no_secret() -> None:
    """Every value in the example is blank, which means unset."""
    text = (ROOT / ".streamlit" / "secrets.toml.example").read_text(encoding="utf-8")
    assert set(tomllib.loads(text).values()) == {""}


@pytest.mark.parametrize("path", [".env", ".env.local", ".streamlit/secrets.toml", ".venv/bin/python", "data/runs.db"])
def test_git_never_sees_keys_or_data(path: str, tmp_path: Path) -> None:
    """What holds keys or people's texts is ignored."""
    assert is_ignored(path, tmp_path)


BELONGING = [".env.example", ".streamlit/secrets.toml.example", ".streamlit/config.toml", "tests/data/samples.jsonl"]


@pytest.mark.parametrize("path", BELONGING)
def test_git_sees_what_belongs_to_the_project(path: str, tmp_path: Path) -> None:
    """The ignore rules do not swallow examples and settings."""
    assert not is_ignored(path, tmp_path)


def is_ignored(path: str, folder: Path) -> bool:
    """Ask git in a fresh repository, so that this also works in a copy without a .git folder."""
    subprocess.run(["git", "init", "-q", str(folder)], check=True)
    shutil.copy(ROOT / ".gitignore", folder)
    return subprocess.run(["git", "check-ignore", "-q", path], cwd=folder, check=False).returncode == 0


def test_make_alone_lists_the_targets() -> None:
    """The first thing a newcomer types explains the rest."""
    answer = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True)
    listed = re.findall(r"^  make (\w+) +\S", answer.stdout, re.MULTILINE)
    assert listed == ["help", "install", "run", "test", "check", "faults", "bench", "screenshots", "format", "clean"]


def executable(path: Path, body: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
    path.chmod(0o755)
    return path


class Commands:
    """A folder of commands that is all a script finds on its PATH, besides the shell's own tools."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for tool in ("sh", "sed"):
            executable(folder / tool, f'exec {shutil.which(tool)} "$@"')

    def add(self, name: str, body: str) -> Path:
        return executable(self.folder / name, body)

    def find_python(self, **environ: str) -> subprocess.CompletedProcess[str]:
        command = [str(shutil.which("sh")), str(ROOT / "scripts" / "find-python.sh")]
        environ = {"PATH": str(self.folder), **environ}
        return subprocess.run(command, env=environ, capture_output=True, text=True, check=False)


@pytest.fixture
def commands(tmp_path: Path) -> Commands:
    return Commands(tmp_path / "bin")


BROKEN_SHIM = "echo 'python: command not found in this version' >&2; exit 127"
THIS_PYTHON = getattr(sys, "_base_executable", sys.executable)


def python_that_says(version: str, status: int) -> str:
    return f"printf '%s\\n' /opt/python {version}; exit {status}"


def test_a_python_that_exists_but_fails_is_passed_over(commands: Commands) -> None:
    """A version manager's shim without a version behind it is no Python; the next name is tried."""
    commands.add("python3.14", BROKEN_SHIM)
    commands.add("python3.13", python_that_says("3.9.2", 3))
    commands.add("python3", f'exec {THIS_PYTHON} "$@"')
    answer = commands.find_python()
    assert (answer.returncode, Path(answer.stdout.strip()).resolve()) == (0, Path(THIS_PYTHON).resolve())


def test_without_a_usable_python_the_reason_is_named(commands: Commands) -> None:
    """The message says what was found, why it will not do, and what to install."""
    commands.add("python3.12", BROKEN_SHIM)
    commands.add("python3", python_that_says("3.9.2", 3))
    answer = commands.find_python()
    assert (answer.returncode, answer.stdout) == (1, "")
    assert "(python3.12 does not run, python3 is 3.9.2)" in answer.stderr
    assert "apt-get install python3 python3-venv" in answer.stderr


def test_a_python_without_venv_says_which_package_brings_it(commands: Commands) -> None:
    """Debian ships Python without the venv module."""
    commands.add("python3", python_that_says("3.11.2", 4))
    answer = commands.find_python()
    assert answer.returncode == 1
    assert "/opt/python (Python 3.11.2) lacks the venv module" in answer.stderr
    assert "apt-get install python3-venv" in answer.stderr


def test_a_python_with_venv_is_preferred_to_a_newer_one_without(commands: Commands) -> None:
    """The newest version is no use when it cannot build the environment."""
    commands.add("python3.14", python_that_says("3.14.0", 4))
    commands.add("python3.11", python_that_says("3.11.9", 0))
    assert commands.find_python().stdout == "/opt/python\n"


def test_the_python_that_was_asked_for_is_the_only_candidate(commands: Commands) -> None:
    """`make PYTHON=…` never falls back to another version in silence."""
    commands.add("python3", python_that_says("3.13.1", 0))
    answer = commands.find_python(PYTHON="python3.12")
    assert (answer.returncode, answer.stdout) == (1, "")
    assert "python3.12 does not exist" in answer.stderr


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield server.getsockname()[1]


def test_a_taken_port_is_refused_with_a_free_one(taken_port: int) -> None:
    """The message is a command that works."""
    message = check_port.main(str(taken_port))
    assert message is not None
    found = re.fullmatch(rf"Port {taken_port} is taken: make run PORT=(\d+)", message)
    assert found
    assert check_port.trouble(int(found[1])) is None


def test_a_free_port_is_accepted(taken_port: int) -> None:
    """Nothing is said about a port that the message itself proposed."""
    free = check_port.main(str(taken_port))
    assert free is not None
    assert check_port.main(free.rpartition("=")[2]) is None


@pytest.mark.parametrize("text", ["0", "65536", "http", "-1", ""])
def test_a_port_that_is_none_is_refused(text: str) -> None:
    """What was given and what is taken stand in the message."""
    assert check_port.main(text) == f"PORT takes a number from 1 to 65535, got {text!r}: make run PORT=8501"


A_BROWSER = "echo 'Chromium 150.0.1'"
A_PLACEHOLDER = "echo 'This command needs the chromium snap to be installed.'; exit 1"


def test_the_chosen_chromium_comes_first(commands: Commands, tmp_path: Path) -> None:
    """CHROMIUM beats whatever PATH offers."""
    commands.add("chromium", A_BROWSER)
    chosen = str(executable(tmp_path / "elsewhere" / "my-browser", A_BROWSER))
    assert chromium.find({"PATH": str(commands.folder), "CHROMIUM": chosen}) == chosen


def test_a_placeholder_for_chromium_is_passed_over(commands: Commands, tmp_path: Path) -> None:
    """A command that only tells how to install Chromium is no Chromium."""
    commands.add("chromium", A_PLACEHOLDER)
    real = str(executable(tmp_path / "opt" / "chrome", A_BROWSER))
    assert chromium.find({"PATH": str(commands.folder)}, places=[real]) == real


def test_a_chosen_chromium_that_does_not_run_is_refused(commands: Commands) -> None:
    """A wrong CHROMIUM is said, and not replaced in silence."""
    commands.add("chromium", A_BROWSER)
    with pytest.raises(chromium.ChromiumMissingError, match="CHROMIUM=/nowhere/chrome does not run"):
        chromium.find({"PATH": str(commands.folder), "CHROMIUM": "/nowhere/chrome"})


EVERY_OUTCOME = """
import pytest

def test_passed(): ...

@pytest.mark.skip
def test_marked(): ...

def test_midway():
    pytest.skip("later")

@pytest.mark.xfail
def test_expected():
    assert 0

@pytest.mark.xfail
def test_unexpected(): ...
"""


def test_strict_outcomes_let_a_clean_suite_pass(tmp_path: Path) -> None:
    """A suite in which every test ran and passed is what CI wants."""
    answer = run_strictly(tmp_path, {"test_one.py": "def test_passed(): ..."})
    assert (answer.returncode, "1 passed" in answer.stdout) == (0, True), answer.stdout


@pytest.mark.parametrize("arguments", [[], ["-p", "xdist", "-n", "2"]], ids=["one process", "two processes"])
def test_strict_outcomes_refuse_what_did_not_really_run(arguments: list[str], tmp_path: Path) -> None:
    """A skip, of a test or of a whole file, and an expected failure fail the session and are listed."""
    whole_file = "import pytest\npytest.importorskip('no_such_module')"
    answer = run_strictly(tmp_path, {"test_it.py": EVERY_OUTCOME, "test_file.py": whole_file}, *arguments)
    assert answer.returncode == pytest.ExitCode.TESTS_FAILED, answer.stdout
    assert sorted(re.findall(r"^(?:skipped|xfailed|xpassed): .*", answer.stdout, re.MULTILINE)) == [
        "skipped: test_file.py",
        "skipped: test_it.py::test_marked",
        "skipped: test_it.py::test_midway",
        "xfailed: test_it.py::test_expected",
        "xpassed: test_it.py::test_unexpected",
    ]


def run_strictly(folder: Path, files: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run these test files under the plugin alone, whatever this session's own pytest was told."""
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    environ = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "scripts.strict_outcomes", *arguments, "--rootdir", folder, folder],
        cwd=ROOT,
        env=environ | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
