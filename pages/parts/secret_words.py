"""What is said of something secret, and with what a session looks for it."""

from __future__ import annotations

from collections.abc import Sequence

from pages.parts.plain import literal
from pages.parts.state import service
from service.outgoing import Holding, Searcher
from service.secrets import Found

__all__ = ["READS", "searcher", "sentence"]

SHOWN = 3
PLURALS = ("the parameters", "the extra fields of the request")
READS = "Whoever runs the model would be able to read it."


def searcher() -> Searcher:
    """Return what looks for keys, this session's own among them, and for the personal data that the settings name."""
    asked = service()
    return Searcher(asked.config.redact, asked.keys_in_use)


def sentence(holdings: Sequence[Holding]) -> str:
    """Say what stands where: "The system prompt holds what looks like an OpenAI key (…abcd) and a phone number."."""
    return " ".join(_one(holding) for holding in holdings)


def _one(holding: Holding) -> str:
    place = literal(holding.place)
    verb = "hold" if holding.place in PLURALS else "holds"
    return f"{place[0].upper()}{place[1:]} {verb} what looks like {_listed(holding.found)}."


def _listed(found: Sequence[Found]) -> str:
    named = [f"{one.kind} ({literal(one.shown)})" if one.shown.startswith("…") else one.kind for one in found]
    named = list(dict.fromkeys(named))
    shown, rest = named[:SHOWN], len(named) - SHOWN
    if rest > 0:
        shown.append(f"{rest:,} more")
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"
