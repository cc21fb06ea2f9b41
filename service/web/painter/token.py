"""Who may watch and stop which runs: a token that the page hands to its component, signed by this process."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from itsdangerous import BadSignature, URLSafeTimedSerializer

__all__ = ["read_token", "sign_token"]

MAX_AGE = 24 * 60 * 60
"""Seconds a token is good for; a page that is open longer gets a new one with its next rerun."""

_serializer = URLSafeTimedSerializer(secrets.token_bytes(32), salt="live view")


def sign_token(session: str, run_ids: Sequence[str]) -> str:
    """Return a token that names a session and the runs it may watch and stop."""
    return str(_serializer.dumps([session, *run_ids]))


def read_token(token: object) -> tuple[str, frozenset[str]] | None:
    """Return the session and runs of a token; `None` when it is not one of ours, or too old."""
    if not isinstance(token, str):
        return None
    try:
        session, *run_ids = _serializer.loads(token, max_age=MAX_AGE)
    except (BadSignature, ValueError, TypeError):
        return None
    return str(session), frozenset(map(str, run_ids))
