"""Whether two model ids name the same model."""

from __future__ import annotations

import re

from service.catalogue import ModelInfo

__all__ = ["names_same_model"]

_DATE = re.compile(r"[-_@](?:20\d{2}-\d{2}-\d{2}|20\d{6}|\d{4}|\d{2}-\d{2})$")
_ROUTERS = ("openrouter/", "~", "@preset/", "typesafe/")


def names_same_model(asked: str, served: str, known: ModelInfo | None = None) -> bool:
    """Whether the model that served is the one asked for, as far as its name tells.

    OpenRouter echoes the id as asked, or its dated slug, whose words may stand in another order
    (`anthropic/claude-haiku-4.5` is served as `anthropic/claude-4.5-haiku-20251001`). Routers, aliases and presets
    serve any model.
    """
    if asked == served or asked.startswith(_ROUTERS) or "@preset/" in asked:
        return True
    if known is not None and served in (known.canonical_slug, known.alias_of):
        return True
    return _words(asked) == _words(served)


def _words(model: str) -> tuple[str, tuple[str, ...]]:
    base = model.partition(":")[0].lower()
    vendor, slash, name = base.partition("/")
    if not slash:
        vendor, name = "", base
    name = _DATE.sub("", name)
    return vendor, tuple(sorted(re.split(r"[-_.]", name)))
