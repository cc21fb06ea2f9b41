"""Made-up conversations as an export holds them, of any length."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

__all__ = ["export_of", "last_words"]

BEGAN = datetime(2026, 1, 1, tzinfo=UTC)


def export_of(ident: str, messages: int, answer: str, model: str) -> str:
    """Return an export with one conversation.

    Args:
        ident: Its id, which makes it another one than the last.
        messages: How many it has, questions and answers in turn; an even number.
        answer: What every answer says behind its number.
        model: Who answered.
    """
    header = {"format": "openrouter-playground", "version": 1, "exported_at": _time(0)}
    end = {"type": "end", "conversations": 1, "runs": 0}
    return "\n".join(map(json.dumps, (header, _conversation(ident, messages // 2, answer, model), end)))


def last_words(messages: int) -> str:
    """Return what the last answer of such a conversation begins with, and no other."""
    return f"Answer {messages // 2}."


def _conversation(ident: str, turns: int, answer: str, model: str) -> dict[str, Any]:
    said = [(f"Question {turn}?", f"{last_words(2 * turn)} {answer}") for turn in range(1, turns + 1)]
    return {
        "type": "conversation",
        "id": ident,
        "title": ident,
        "created_at": _time(0),
        "updated_at": _time(turns),
        "shown": f"{ident}-{2 * turns}",
        "messages": [message for turn in range(turns) for message in _turn(ident, turn, said[turn][0])],
        "runs": [_run(ident, turn, text, model) for turn, (_, text) in enumerate(said)],
        "prompts": list(_prompts(said)),
    }


def _turn(ident: str, turn: int, question: str) -> Iterator[dict[str, Any]]:
    """Give a question and the run that answers; the first one has nothing above it."""
    above = {"parent": f"{ident}-{2 * turn}"} if turn else {}
    asked = f"{ident}-{2 * turn + 1}"
    yield {"id": asked, "created_at": _time(turn), "message": {"role": "user", "content": question}, **above}
    yield {"id": f"{ident}-{2 * turn + 2}", "created_at": _time(turn), "parent": asked, "run": f"{ident}-run-{turn}"}


def _run(ident: str, turn: int, text: str, model: str) -> dict[str, Any]:
    return {
        "id": f"{ident}-run-{turn}",
        "kind": "chat",
        "state": "completed",
        "created_at": _time(turn),
        "updated_at": _time(turn),
        "ended_at": _time(turn),
        "prompt": 2 * turn,
        "request": {"model": model, "payload": {}},
        "result": {
            "id": f"gen-{turn}",
            "model": model,
            "requested_model": model,
            "provider": "Simulator",
            "text": text,
            "finish_reason": "stop",
            "usage": {"prompt_tokens": 20, "completion_tokens": 120, "total_tokens": 140, "cost": "0.000065"},
            "timings": {"first_token": 0.2, "total": 1.2},
        },
    }


def _prompts(said: list[tuple[str, str]]) -> Iterator[dict[str, Any]]:
    """Give what was sent, each behind the one before: that is how requests share their beginnings."""
    flat = [message for question, answer in said for message in (("user", question), ("assistant", answer))]
    for place, (role, content) in enumerate(flat):
        yield {"message": {"role": role, "content": content}, **({"parent": place - 1} if place else {})}


def _time(minutes: int) -> str:
    return (BEGAN + timedelta(minutes=minutes)).isoformat()
