"""The pictures of the documentation are there, described, and small."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "docs" / "images"
MOST_BYTES = 250_000
SHOWN = re.findall(r"!\[([^\]]*)\]\(([^)\s]+)\)", (ROOT / "README.md").read_text(encoding="utf-8"))


def test_the_readme_shows_pictures_that_exist() -> None:
    """Each with a sentence for those who do not see it."""
    assert len(SHOWN) >= 2
    assert [name for _, name in SHOWN if not (ROOT / name).is_file()] == []
    assert [name for words, name in SHOWN if len(words.split()) < 5] == []


@pytest.mark.parametrize("path", sorted(FOLDER.iterdir()), ids=lambda path: path.name)
def test_a_picture_is_a_small_png(path: Path) -> None:
    """A page with all of them loads at once, and a clone stays small."""
    assert path.read_bytes().startswith(b"\x89PNG\r\n\x1a\n")
    assert path.stat().st_size <= MOST_BYTES
