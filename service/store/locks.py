"""Locks that the system frees when their holder dies, however it dies."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

fcntl: Any
try:
    import fcntl
except ImportError:  # Windows has no flock; there nothing can be told by a lock
    fcntl = None

__all__ = ["ProcessLock", "exclusively", "is_held"]


@contextmanager
def exclusively(path: Path) -> Iterator[None]:
    """Wait until no other process is in such a block with the same file."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        if fcntl is not None:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


class ProcessLock:
    """A lock on a file of its own, from `take` until `release` or the end of the process."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None

    def take(self) -> None:
        """Take the lock, where the system and the folder allow it; else others have to go by the heartbeat."""
        if fcntl is None or self._descriptor is not None:
            return
        with contextlib.suppress(OSError):
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def release(self) -> None:
        """Let go, and remove the file."""
        if self._descriptor is not None:
            with contextlib.suppress(OSError):
                self._path.unlink()
            os.close(self._descriptor)
            self._descriptor = None


def is_held(path: Path) -> bool | Literal["unknown"]:
    """Tell whether a process lock is held; "unknown" where its file is not here, as with one of another machine."""
    if fcntl is None or not path.exists():
        return "unknown"
    try:
        descriptor = os.open(path, os.O_RDWR)
    except OSError:
        return "unknown"
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return "unknown"
    finally:
        os.close(descriptor)
    return False
