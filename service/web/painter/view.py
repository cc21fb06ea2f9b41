"""What a live run looks like: rendered once for all who watch it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from typing import Any

from service.runs import Run
from service.web.painter.blocks import BlockSplitter
from service.web.painter.render import render_markdown
from service.wire.answer import Answer

__all__ = ["RunView", "Seen"]

FRAMES_PER_SECOND = 15
SHARE_OF_TIME = 0.1
"""A block that takes long to render is rendered less often: at most a tenth of the time goes into one run."""


@dataclass
class Seen:
    """What a viewer already has of a run."""

    epoch: int = -1
    answer: int = 0
    reasoning: int = 0
    version: int = -1


class _Section:
    """A growing text: the HTML of its finished blocks, and of the rest."""

    def __init__(self) -> None:
        self.blocks: list[str] = []
        self.tail = ""
        self._position = 0
        self._splitter = BlockSplitter()

    def take(self, read: Callable[[int], tuple[str, int]]) -> bool:
        text, self._position = read(self._position)
        if not text:
            return False
        self.blocks += [render_markdown(block) for block in self._splitter.feed(text)]
        self.tail = render_markdown(self._splitter.tail, is_final=False) if self._splitter.tail.strip() else ""
        return True

    def since(self, count: int) -> dict[str, Any]:
        return {"from": count, "blocks": self.blocks[count:], "tail": self.tail}


class RunView:
    """Fragments of one run. `refresh` renders what is new, at most 15 times a second however many watch."""

    def __init__(self, run: Run, clock: Callable[[], float] = time.monotonic) -> None:
        self.run = run
        self.version = 0
        self._clock = clock
        self._answer: Answer | None = None
        self._epoch = 0
        self._next_frame = 0.0
        self._was_ended = False
        self._line = ""
        self._text, self._reasoning = _Section(), _Section()

    def refresh(self) -> None:
        """Render what has come since the last frame, if a frame is due."""
        now = self._clock()
        is_ended = self.run.is_ended
        if now < self._next_frame and not (is_ended and not self._was_ended):
            return
        answer = self.run.answer
        if answer is not self._answer:
            # Another attempt: what the one before had written does not count.
            self._answer, self._epoch = answer, self._epoch + 1
            self._text, self._reasoning = _Section(), _Section()
            self.version += 1
        changed = self._text.take(answer.text_since) | self._reasoning.take(answer.reasoning_since)
        line = status_line(self.run)
        if changed or line != self._line or is_ended != self._was_ended:
            self.version += 1
        self._line, self._was_ended = line, is_ended
        cost = self._clock() - now
        self._next_frame = now + max(1 / FRAMES_PER_SECOND, cost / SHARE_OF_TIME)

    def frame_for(self, seen: Seen) -> dict[str, Any] | None:
        """Return what a viewer lacks, and note that it has it; `None` when it lacks nothing."""
        if seen.version == self.version:
            return None
        if seen.epoch != self._epoch:
            seen.epoch, seen.answer, seen.reasoning = self._epoch, 0, 0
        frame = {
            "run": self.run.id,
            "epoch": self._epoch,
            "state": self.run.state,
            "line": self._line,
            "answer": self._text.since(min(seen.answer, len(self._text.blocks))),
            "reasoning": self._reasoning.since(min(seen.reasoning, len(self._reasoning.blocks))),
            "done": self._was_ended,
        }
        seen.answer, seen.reasoning = len(self._text.blocks), len(self._reasoning.blocks)
        seen.version = self.version
        return frame


def status_line(run: Run) -> str:
    """Say in a few words what a live run is doing; safe HTML."""
    if run.notice:
        return escape(run.notice)
    seconds = f"{run.elapsed:.0f} s"
    match run.state:
        case "queued":
            return "Waiting for its turn"
        case "waiting":
            return f"Waiting for the first token · {seconds}"
        case "streaming":
            return f"Thinking · {seconds}" if not run.answer.has_text else f"Writing · {seconds}"
    return ""
