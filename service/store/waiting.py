"""Files that wait for a message, for whoever reloads the page: in memory alone, nothing of them is written down."""

from __future__ import annotations

import threading
from collections import OrderedDict

from service.attachments import MEGABYTE, Attachment

__all__ = ["WaitingFiles"]


class WaitingFiles:
    """What waits, by owner; the oldest go where there is too much.

    Args:
        most: How many bytes are kept.
    """

    def __init__(self, most: int = 256 * MEGABYTE) -> None:
        self._most = most
        self._kept: OrderedDict[tuple[str, str], Attachment] = OrderedDict()
        self._lock = threading.Lock()

    def keep(self, owner: str, waiting: Attachment) -> None:
        """Keep something that waits."""
        with self._lock:
            self._kept[owner, waiting.id] = waiting
            self._kept.move_to_end((owner, waiting.id))
            while sum(len(one.data) for one in self._kept.values()) > self._most:
                self._kept.popitem(last=False)

    def drop(self, owner: str, waiting: Attachment) -> None:
        """Forget what was sent or removed."""
        with self._lock:
            self._kept.pop((owner, waiting.id), None)

    def find(self, owner: str, ident: str) -> Attachment | None:
        """Return what waits by its id; `None` where this owner has none of that."""
        with self._lock:
            return self._kept.get((owner, ident))
