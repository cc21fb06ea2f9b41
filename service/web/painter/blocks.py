"""Cutting a growing Markdown text into blocks that will not change any more."""

from __future__ import annotations

import re

__all__ = ["BlockSplitter"]

_FENCE = re.compile(r"\s*(`{3,}|~{3,})(.*)")
_LIST_ITEM = re.compile(r"(?:[-*+]|\d{1,9}[.)])(?:\s|$)")
_LIST_BEGINNING = re.compile(r"(?:[-*+]|\d{1,9}[.)]?)$")
_CONTINUES = (" ", "\t", ">", "|")


class BlockSplitter:
    """Feed it text as it comes; take the blocks that are finished, and `tail`, which is not.

    A block ends at a blank line outside code fences and `$$` whose next line certainly begins a new block: a list
    item, quote, table row or indented line may continue the one before. Joined, the blocks and the tail are the text
    that was fed.
    """

    def __init__(self) -> None:
        self._tail = ""
        self._scanned = 0
        self._cut: int | None = None
        self._fence = ""
        self._in_math = False

    @property
    def tail(self) -> str:
        """The text behind the last finished block."""
        return self._tail

    def feed(self, text: str) -> list[str]:
        """Return the blocks that this text finishes."""
        self._tail += text
        blocks: list[str] = []
        while True:
            end = self._tail.find("\n", self._scanned)
            line = self._tail[self._scanned : end + 1 if end >= 0 else len(self._tail)]
            if self._cut is not None and line.strip():
                begins = _begins_block(line)
                if begins is None:
                    return blocks
                if begins:
                    blocks.append(self._take(self._cut))
                self._cut = None
            if end < 0:
                return blocks
            self._scan(line)
            self._scanned += len(line)

    def _take(self, cut: int) -> str:
        block, self._tail = self._tail[:cut], self._tail[cut:]
        self._scanned -= cut
        return block

    def _scan(self, line: str) -> None:
        if not line.strip():
            if not self._fence and not self._in_math:
                self._cut = self._scanned + len(line)
            return
        if self._is_fence(line):
            return
        if not self._fence and line.count("$$") % 2:
            self._in_math = not self._in_math

    def _is_fence(self, line: str) -> bool:
        """Open or close a code fence with this line, if it does."""
        found = _FENCE.match(line)
        if found is None:
            return False
        marks, rest = found[1], found[2].strip()
        if not self._fence:
            if marks[0] == "`" and "`" in rest:
                return False
            self._fence = marks
        elif marks.startswith(self._fence) and not rest:
            self._fence = ""
        return True


def _begins_block(line: str) -> bool | None:
    """Whether a line after a blank one certainly begins a new block; `None` while too little of it has come."""
    if line.startswith(_CONTINUES):
        return False
    if not line.endswith("\n") and _LIST_BEGINNING.match(line):
        return None
    return _LIST_ITEM.match(line) is None
