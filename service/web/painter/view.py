"""What a live run looks like: rendered once for all who watch it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from typing import Any

from service.runs import Run
from service.structured.form import LiveForm
from service.structured.words import shortened
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
    form: int = -1


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


class _Shape:
    """The form of an answer that is to be JSON, as long as it can become that."""

    def __init__(self, run: Run) -> None:
        asked = run.response_format
        self.form = LiveForm(asked.schema_body) if asked is not None and asked.wants_json else None
        self.alert = ""
        self._position = 0

    def take(self, read: Callable[[int], tuple[str, int]]) -> bool:
        """Read what is new; whether that changed anything."""
        if self.form is None:
            return False
        text, self._position = read(self._position)
        before = self.form.version
        self.form.feed(text)
        self.alert = _alert(self.form)
        if not self.form.is_json:
            self.form = None
            return True
        return self.form.version != before

    def since(self, version: int) -> dict[str, Any] | None:
        """Return the fields that a viewer lacks; `None` where there is no form."""
        if self.form is None:
            return None
        fields = [[each.key, each.parent, each.html] for each in self.form.since(version)]
        return {
            "is_fresh": version < self.form.cleared,
            "has_begun": self.form.has_begun,
            "fields": fields,
            "head": _progress(self.form),
        }


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
        self._shape = _Shape(run)

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
            self._shape = _Shape(self.run)
            self.version += 1
        changed = self._shape.take(answer.text_since) | self._reasoning.take(answer.reasoning_since)
        if self._shape.form is None:
            changed |= self._text.take(answer.text_since)
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
            seen.epoch, seen.answer, seen.reasoning, seen.form = self._epoch, 0, 0, -1
        frame = {
            "run": self.run.id,
            "epoch": self._epoch,
            "state": self.run.state,
            "line": self._line,
            "answer": self._text.since(min(seen.answer, len(self._text.blocks))),
            "reasoning": self._reasoning.since(min(seen.reasoning, len(self._reasoning.blocks))),
            "form": self._shape.since(seen.form),
            "alert": self._shape.alert,
            "done": self._was_ended,
        }
        seen.answer, seen.reasoning = len(self._text.blocks), len(self._reasoning.blocks)
        seen.version = self.version
        seen.form = self._shape.form.version if self._shape.form is not None else -1
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


def _progress(form: LiveForm) -> str:
    done, total = form.progress
    return f"{done} of {total} fields" if total else ""


def _alert(form: LiveForm) -> str:
    """Say early that an answer will not be what was asked for; safe HTML."""
    if not form.is_json:
        return "Not JSON so far: the answer is written in words."
    if not form.issues:
        return ""
    first, *others = form.issues
    more = f", and {len(others)} more" if others else ""
    return escape(f"Wrong shape already: {shortened(str(first), 200).replace('`', '')}{more}.")
