"""Runs to rows and back: what is written when a run starts, while it streams and when it ends."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, Connection, Update, bindparam, insert, select, update

from service.results import ChatResult, Usage
from service.runs import Run
from service.store import codec
from service.store.files import store_files, without_files
from service.store.order import free_seq
from service.store.prompts import Chain, chain_of, load_prompt, store_prompt
from service.store.schema_hash import format_hash
from service.store.search import index_run
from service.store.tables import RunRow, table_of
from service.store.values import RunView, headline_of, text_of
from service.structured.instruct import is_repair_instruction
from service.types import Message

__all__ = ["asked_last", "checkpoint_run", "end_run", "insert_run", "interrupt_runs", "load_messages"]


_RUNS = table_of(RunRow)
_ARRIVED = (
    "model",
    "provider",
    "verdict",
    "prompt_tokens",
    "completion_tokens",
    "reasoning_tokens",
    "cached_tokens",
    "cost",
    "queued_seconds",
    "first_token_seconds",
    "total_seconds",
    "attempts",
    "result",
    "text",
    "reasoning",
    "state",
    "updated_at",
)


def _updating(names: Sequence[str]) -> Update:
    return update(_RUNS).where(_RUNS.c.id == bindparam("run_id")).values({n: bindparam(n) for n in names})


# Made once: to make a statement takes longer than to execute it.
_INSERT = insert(_RUNS)
_CHECKPOINT = _updating(_ARRIVED).where(_RUNS.c.ended_at.is_(None))
_END = _updating((*_ARRIVED, "ended_at", "error", "error_class")).returning(_RUNS.c.seq, _RUNS.c.owner)


def insert_run(
    connection: Connection,
    run: Run,
    *,
    owner: str,
    kind: str,
    conversation_id: str | None,
    process_id: str,
    now: datetime,
    secrets: Sequence[str],
    before: Chain,
) -> Chain:
    """Store a run that has just been started; words find it once it has ended.

    `before` is what was sent with an earlier run, as this function returned it: what the two share is not read again.
    """
    request = run.request
    encode = partial(codec.encode_sent, secrets=secrets)
    chain = chain_of(owner, request.messages, encode, before)
    rest = codec.encode_request(request, run.payload, secrets)
    values = {
        "seq": free_seq(connection, run.created_at),
        "id": run.id,
        "owner": owner,
        "kind": kind,
        "conversation_id": conversation_id,
        "created_at": run.created_at,
        "requested_model": codec.mask(run.model, secrets),
        "headline": headline_of(codec.mask(asked_last(reversed(request.messages)), secrets)),
        "prompt_id": store_prompt(connection, owner, chain, encode, now),
        "schema_hash": format_hash(rest.get("response_format")),
        "request": rest,
        "state": "queued",
        "process_id": process_id,
        "updated_at": now,
        "model": "",
        "attempts": 0,
        "text": "",
        "reasoning": "",
    }
    connection.execute(_INSERT, values)
    return chain


def end_run(connection: Connection, run: RunView, secrets: Sequence[str]) -> None:
    """Store how a run ended; from now on it is found by its answer, too."""
    columns = columns_of_end(run, secrets)
    columns["result"] = keep_files(connection, run.id, columns["result"], columns["ended_at"])
    row = connection.execute(_END, {"run_id": run.id, **columns}).one_or_none()
    if row is not None:
        asked = codec.mask(asked_last(reversed(run.request.messages)), secrets)
        index_run(connection, row.seq, row.owner, asked=asked, answered=columns["text"])


def keep_files(connection: Connection, run_id: str, result: dict[str, Any], at: datetime) -> dict[str, Any]:
    """Store the pictures and the sound of a run's answer, and return the answer that names them."""
    kept, files = without_files(result)
    if files:
        owner = connection.scalar(select(RunRow.owner).where(RunRow.id == run_id))
        store_files(connection, owner or "", files, at)
    return kept


def checkpoint_run(connection: Connection, run: Run, now: datetime, secrets: Sequence[str]) -> None:
    """Store what has arrived so far; pictures and sound wait for the end."""
    so_far = replace(run.outcome(is_partial=True), images=(), audio=None)
    columns = columns_of_result(so_far, secrets) | {"state": run.state, "updated_at": now}
    connection.execute(_CHECKPOINT, {"run_id": run.id, **columns})


def interrupt_runs(connection: Connection, is_lost: ColumnElement[bool]) -> None:
    """Mark runs whose process is gone; they are found by what had been stored of their answers."""
    lost = select(RunRow.seq, RunRow.owner, RunRow.prompt_id, RunRow.text)
    for row in connection.execute(lost.where(is_lost, RunRow.ended_at.is_(None))).all():
        messages = [codec.decode_message(encoded) for encoded in load_prompt(connection, row.prompt_id)]
        index_run(connection, row.seq, row.owner, asked=asked_last(reversed(messages)), answered=row.text)
    ended = {"state": "interrupted", "ended_at": RunRow.updated_at}
    connection.execute(update(RunRow).where(is_lost, RunRow.ended_at.is_(None)).values(ended))


def columns_of_end(run: RunView, secrets: Sequence[str]) -> dict[str, Any]:
    """Return the columns of a run that has ended."""
    result, error = run.result, run.error
    assert result is not None
    ended_at = run.created_at + timedelta(seconds=run.elapsed)
    columns = columns_of_result(result, secrets) | {"state": run.state, "ended_at": ended_at, "updated_at": ended_at}
    columns["error"] = None if error is None else codec.encode_error(error, secrets)
    columns["error_class"] = None if error is None else type(error).__name__
    return columns


def columns_of_result(result: ChatResult, secrets: Sequence[str]) -> dict[str, Any]:
    """Return the columns of what has arrived."""
    usage, timings = result.usage, result.timings
    return {
        "model": codec.mask(result.model, secrets),
        "provider": codec.mask(result.provider, secrets),
        "verdict": result.verdict.kind if result.verdict is not None else None,
        "prompt_tokens": _count(usage, "prompt_tokens"),
        "completion_tokens": _count(usage, "completion_tokens"),
        "reasoning_tokens": _count(usage, "reasoning_tokens"),
        "cached_tokens": _count(usage, "cached_tokens"),
        "cost": usage.cost if usage is not None else None,
        "queued_seconds": timings.queued,
        "first_token_seconds": timings.first_token,
        "total_seconds": timings.total,
        "attempts": result.attempts,
        "result": codec.encode_result(result, secrets),
        "text": codec.mask(result.text, secrets),
        "reasoning": codec.mask(result.reasoning, secrets),
    }


def load_messages(connection: Connection, run_id: str) -> list[Any]:
    """Return the messages of a run's request, encoded."""
    prompt_id = connection.scalar(select(RunRow.prompt_id).where(RunRow.id == run_id))
    return load_prompt(connection, prompt_id)


def asked_last(messages: Iterable[Message]) -> str:
    """Return what was asked last, by which a run is found: what was said before belongs to earlier runs.

    An answer that was asked for again, with what was wrong with it, is found by its question.

    Args:
        messages: What was sent, the newest first; no more is read than is needed.
    """
    asked: list[str] = []
    for message in messages:
        if message.role in ("user", "tool"):
            asked.append(text_of(message.content))
        elif message.role == "assistant":
            if not is_repair_instruction("\n".join(asked)):
                break
            asked.clear()
    return "\n".join(reversed(asked))


def _count(usage: Usage | None, name: str) -> int | None:
    """Return a number of tokens; one that no database holds is unknown."""
    tokens: int | None = getattr(usage, name, None)
    return tokens if tokens is not None and abs(tokens) < 2**63 else None
