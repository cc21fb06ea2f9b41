"""What a tracked file may not hold."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MOST_LINES_OF_A_PAGE = 150
LEFT_FOR_LATER = re.compile(r"\b(?:TO" r"DO|FIX" r"ME|XX" r"X)\b")
# Homes and scratch folders of the machines we work on; /tmp as such is an example like any other.
MACHINE_PATH = re.compile(r"/(?:ro" r"ot|ho" r"me/\w+|Us" r"ers/\w+|wo" r"rk/(?:main|shared)|tmp/(?:lab|bash_jobs))/")
REGISTRY_HOST = re.compile(r"(?:files\.python" r"hosted\.org|py" r"pi\.org/simple|registry\.n" r"pmjs\.org)", re.I)
REAL_KEY = re.compile(r"sk-or-v1-[0-9a-f]{64}")


def tracked() -> list[Path]:
    """Every file that git tracks or would; in a copy without .git every file beside the ignored folders."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    if listing.returncode == 0:
        return [ROOT / name for name in listing.stdout.split("\0") if name and (ROOT / name).is_file()]
    folders = ("app.py", "pages", "service", "tests", "docs", "scripts", "bench", ".streamlit", ".ci")
    files = [path for folder in folders for path in [ROOT / folder, *(ROOT / folder).rglob("*")]]
    return [path for path in files if path.is_file() and "__pycache__" not in path.parts]


def texts() -> list[tuple[str, str]]:
    """Name and content of every tracked text; recorded data is left out, it is others' words."""
    out = []
    for path in tracked():
        name = path.relative_to(ROOT).as_posix()
        if not name.startswith("tests/data/"):
            try:
                out.append((name, path.read_text(encoding="utf-8")))
            except UnicodeDecodeError:
                continue
    return out


def lines_with(pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{name}:{number}: {line.strip()}"
        for name, text in texts()
        for number, line in enumerate(text.splitlines(), 1)
        if pattern.search(line)
    ]


def test_the_files_are_found() -> None:
    """The guards below look at something."""
    names = {name for name, _ in texts()}
    assert {"app.py", "service/config.py", "pages/chat.py", "tests/guards/test_files.py"} <= names


@pytest.mark.parametrize("path", sorted((ROOT / "pages").rglob("*.py")), ids=lambda path: path.name)
def test_a_page_is_short(path: Path) -> None:
    """It reads like a table of contents."""
    assert len(path.read_text(encoding="utf-8").splitlines()) <= MOST_LINES_OF_A_PAGE


def test_nothing_is_left_for_later() -> None:
    """What is not done is an issue, not a comment."""
    assert lines_with(LEFT_FOR_LATER) == []


def test_no_path_of_a_machine_is_in_a_file() -> None:
    """It would work there alone."""
    assert lines_with(MACHINE_PATH) == []


def test_no_package_registry_is_named() -> None:
    """Where packages come from is the machine's setting."""
    assert lines_with(REGISTRY_HOST) == []


def test_no_key_is_in_a_file() -> None:
    """Not even one that looks real; tests put theirs together."""
    assert lines_with(REAL_KEY) == []
