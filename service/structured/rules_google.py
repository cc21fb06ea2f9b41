"""What Google's Gemini refuses, and what everybody refuses.

Little is certain: Gemini ignores most of what it does not know. "Reported" is a public report without the
provider's exact words.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from service.structured.linting import LintIssue, Rule, dangling, levels, outside
from service.structured.scene import Scene

__all__ = ["GENERIC", "GOOGLE"]

MAX_LEVELS = 15


def _deep(scene: Scene) -> Iterator[LintIssue]:
    if (deep := levels(scene)) > MAX_LEVELS:
        yield LintIssue(
            "", f"Gemini takes about {MAX_LEVELS} lists and objects inside each other, and these are {deep}."
        )


GENERIC: Final = (
    Rule(outside, "llama.cpp, vLLM, 2026: nothing is fetched"),
    Rule(dangling, "llama.cpp, 2026: Error resolving ref"),
)

GOOGLE: Final = (
    *GENERIC,
    Rule(_deep, "answered: exceeds the maximum allowed nesting depth, 2026; reported at about 15 levels, 2026"),
)
