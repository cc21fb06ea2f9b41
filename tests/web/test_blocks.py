"""A growing text is cut where it will not change any more, and only there."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.web.painter.blocks import BlockSplitter
from service.web.painter.render import render_markdown

LINES = st.sampled_from(
    ["", "", "word", "**bold** start", "- item", "* item", "1. one", "12) twelve", "2024 was", "> quote", "| a | b |",
     "|---|---|", "    indented", "\ttab", "```python", "```", "~~~", "````", "$$", "$$x$$", "# Title", "---", "+", "-"]
)  # fmt: skip


def cut(text: str, size: int = 1) -> tuple[list[str], str]:
    splitter = BlockSplitter()
    blocks = [block for at in range(0, len(text), size) for block in splitter.feed(text[at : at + size])]
    return blocks, splitter.tail


@given(st.lists(LINES).map("\n".join), st.integers(1, 7))
def test_blocks_and_tail_are_the_text(text: str, size: int) -> None:
    """Nothing is lost or doubled, however the text arrives in pieces."""
    blocks, tail = cut(text, size)
    assert "".join(blocks) + tail == text
    assert (blocks, tail) == cut(text, max(1, len(text)))


@given(st.lists(LINES).map("\n".join))
def test_blocks_rendered_one_by_one_are_the_whole_rendered_at_once(text: str) -> None:
    """Cutting never changes what the reader sees, save the white space between blocks."""
    blocks, tail = cut(text)
    apart = "".join(render_markdown(part) for part in [*blocks, tail])
    assert apart == render_markdown(text)


@pytest.mark.parametrize(
    ("text", "blocks"),
    [
        pytest.param("one\n\ntwo", ["one\n\n"], id="a blank line before prose ends a block"),
        pytest.param("one\ntwo", [], id="a single line end does not"),
        pytest.param("- a\n\n- b\n\nend", ["- a\n\n- b\n\n"], id="a loose list stays together"),
        pytest.param("- a\n\n  more\n\nend", ["- a\n\n  more\n\n"], id="an indented line continues its item"),
        pytest.param("```\na\n\nb\n```\n\nend", ["```\na\n\nb\n```\n\n"], id="a fence keeps its blank lines"),
        pytest.param(
            "````\n```\n\nx\n````\n\nend", ["````\n```\n\nx\n````\n\n"], id="a longer fence is not closed early"
        ),
        pytest.param("$$\na\n\nb\n$$\n\nend", ["$$\na\n\nb\n$$\n\n"], id="a formula keeps its blank lines"),
        pytest.param("a\n\n**b** c", ["a\n\n"], id="emphasis is not taken for a list"),
        pytest.param("a\n\n2024 was", ["a\n\n"], id="a year is not taken for a list"),
        pytest.param("a\n\n20", [], id="a number that may become a list item waits"),
        pytest.param("a\n\n*", [], id="a star that may become a list item waits"),
    ],
)
def test_where_a_block_ends(text: str, blocks: list[str]) -> None:
    assert cut(text)[0] == blocks
