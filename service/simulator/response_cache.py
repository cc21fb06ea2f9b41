"""OpenRouter's response cache (beta): asked for by a header, an identical request is answered again at no cost."""

import hashlib
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from service.simulator.answers import Answer

DEFAULT_TTL = 300
LONGEST_TTL = 86_400
KEEP = 1_000


@dataclass(frozen=True)
class CacheAsk:
    """What the headers of a request ask of the cache; `ttl` in seconds."""

    ttl: int = DEFAULT_TTL
    clears: bool = False


def read_headers(headers: Mapping[str, str]) -> CacheAsk | None:
    """Return what is asked of the cache; `None` where it is not to be used."""
    if headers.get("x-openrouter-cache", "").strip().lower() != "true":
        return None
    given = headers.get("x-openrouter-cache-ttl", "").strip()
    ttl = min(max(int(given), 1), LONGEST_TTL) if given.isdecimal() else DEFAULT_TTL
    return CacheAsk(ttl, headers.get("x-openrouter-cache-clear", "").strip().lower() == "true")


@dataclass(frozen=True)
class Kept:
    """An answer, when and for how long it is kept, and the id it was given first."""

    answer: Answer
    at: float
    ttl: int
    source_id: str

    def headers(self, now: float, *, is_hit: bool) -> dict[str, str]:
        """Return what the response says of the cache."""
        said = {"x-openrouter-cache-status": "HIT" if is_hit else "MISS", "x-openrouter-cache-ttl": str(self.ttl)}
        if is_hit:
            said |= {"x-openrouter-cache-age": str(int(now - self.at)), "x-openrouter-cache-source-id": self.source_id}
        return said


@dataclass
class ResponseCache:
    """The last answers by key and body."""

    clock: Callable[[], float] = time.time
    _kept: OrderedDict[str, Kept] = field(default_factory=OrderedDict)

    def find(self, name: str, ask: CacheAsk) -> Kept | None:
        """Return what is kept of a request and still good; what the request clears is forgotten."""
        if ask.clears:
            self._kept.pop(name, None)
        kept = self._kept.get(name)
        return kept if kept is not None and self.clock() < kept.at + kept.ttl else None

    def keep(self, name: str, answer: Answer, ask: CacheAsk, source_id: str) -> Kept:
        """Keep an answer."""
        self._kept[name] = kept = Kept(answer, self.clock(), ask.ttl, source_id)
        self._kept.move_to_end(name)
        while len(self._kept) > KEEP:
            self._kept.popitem(last=False)
        return kept

    def clear(self) -> None:
        """Forget everything."""
        self._kept.clear()


def name_of(key: str, raw: bytes) -> str:
    """Return the name of a request."""
    return hashlib.sha256(key.encode() + b"\0" + raw).hexdigest()
