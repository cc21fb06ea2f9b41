"""Where a run stands in all lists: by when it began, wherever and whenever it came into the database.

The `seq` of a run is that moment, in microseconds since 1970 times 1,024, so that the key of its row, that of its words
and every index are in the order of time, and a page of any list is read from an index alone. What is below a
microsecond is drawn by lot, lest two processes give the same to two runs.
"""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, select

from service.store.tables import RunRow

__all__ = ["first_seq", "free_seq"]

BITS = 10
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST = 2**62
"""What is said to begin after 2112 stands at the end, all of it."""


def first_seq(began: datetime) -> int:
    """Return the first `seq` of those that begin in this microsecond."""
    return min((began - _BEGINNING) // timedelta(microseconds=1) << BITS, _LATEST)


def free_seq(connection: Connection, began: datetime, *, after: int | None = None) -> int:
    """Return a `seq` that no run has, for one that began then.

    Args:
        connection: In the transaction in which the run is stored.
        began: When.
        after: The one that was given last to a run of the same microsecond, where their order is to be kept.
    """
    seq = first_seq(began) + random.getrandbits(BITS) if after is None else after + 1
    while connection.scalar(select(RunRow.seq).where(RunRow.seq == seq)) is not None:
        seq += 1
    return seq
