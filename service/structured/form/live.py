"""A form that fills while its answer arrives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from service.results import Issue
from service.structured.arriving import ArrivingJson
from service.structured.form.form import Form, Fragment

__all__ = ["LiveForm"]


class LiveForm:
    """Feed it the text of an answer; ask for what has changed, and whether the answer can still be right.

    Args:
        schema: The JSON Schema of the answer; `None` where only JSON was asked for.
    """

    def __init__(self, schema: Mapping[str, Any] | bool | None) -> None:
        self._form = Form(schema)
        self._json = ArrivingJson(self._form)

    @property
    def version(self) -> int:
        """Grows with every change."""
        return self._form.version

    @property
    def cleared(self) -> int:
        """The version before which all that was drawn is void."""
        return self._form.cleared

    @property
    def has_begun(self) -> bool:
        """Whether anything of the answer has come."""
        return self._json.state != "empty"

    @property
    def is_json(self) -> bool:
        """Whether what has come can be JSON; a form shows nothing of what cannot."""
        return self._json.state != "broken"

    @property
    def progress(self) -> tuple[int, int]:
        """How many of the fields at the top are complete, of how many."""
        return self._form.progress

    @property
    def issues(self) -> Sequence[Issue]:
        """What is wrong already and will be wrong at the end, in the order of its coming."""
        return self._form.issues

    def feed(self, text: str) -> None:
        """Read what has come."""
        self._json.feed(text)
        if self._json.growing is not None:
            self._form.grow(*self._json.growing)

    def stopped(self) -> str:
        """Return the whole form as it stays when nothing more comes; nothing is called right."""
        self._form.stop()
        return self._form.html()

    def since(self, version: int) -> list[Fragment]:
        """Return the fields that have changed after a version; after -1 all of them."""
        return self._form.since(version)
