"""Searching runs: words in the index, everything else in columns, newest first, page by page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, or_, select

from service.outcomes import FAILURES, NOT_SENT, PROVIDER_ERROR
from service.store.search import matching
from service.store.tables import ConversationRow, RunRow
from service.store.values import RunFilters

__all__ = ["find_models", "find_runs", "is_kept"]


def find_runs(
    connection: Connection, owner: str, filters: RunFilters, *, before: int | None, limit: int
) -> list[Mapping[str, Any]]:
    """Return the rows of an owner's runs that pass the filters, newest first."""
    chosen = _choose(connection.dialect.name, owner, filters, before).limit(limit)
    # First which, then what they hold: whatever has to be sorted is short.
    seqs = list(connection.scalars(chosen))
    rows = connection.execute(select(RunRow.__table__).where(RunRow.seq.in_(seqs)).order_by(RunRow.seq.desc()))
    return [dict(row) for row in rows.mappings()]


def _choose(dialect: str, owner: str, filters: RunFilters, before: int | None) -> Select[int]:
    key: ColumnElement[int] = RunRow.__table__.c.seq
    found = matching(dialect, owner, filters.query)
    if found is None:
        chosen = select(key)
    else:
        # The index walks backwards by itself, where it is asked for its own key.
        key = found.subquery("hits").c.seq
        chosen = select(key).join(RunRow, RunRow.seq == key)
    chosen = chosen.where(*is_kept(owner), *_conditions(filters))
    if before is not None:
        chosen = chosen.where(key < before)
    return chosen.order_by(key.desc())


def is_kept(owner: str) -> tuple[ColumnElement[bool], ...]:
    """Return what holds for an owner's runs that are neither deleted nor in a deleted conversation."""
    shown = select(ConversationRow.id).where(
        ConversationRow.id == RunRow.conversation_id, ConversationRow.deleted_at.is_(None)
    )
    is_shown = or_(RunRow.conversation_id.is_(None), shown.exists())
    return RunRow.owner == owner, RunRow.deleted_at.is_(None), is_shown


def find_models(connection: Connection, owner: str) -> list[str]:
    """Return the models that an owner's runs have asked, by name."""
    wanted = select(RunRow.requested_model).where(RunRow.owner == owner).distinct()
    return sorted(connection.scalars(wanted))


def _conditions(filters: RunFilters) -> list[ColumnElement[bool]]:
    row = RunRow
    found: list[ColumnElement[bool]] = []
    if filters.model is not None:
        found.append(row.requested_model == filters.model)
    for column, values in (
        (row.state, filters.states),
        (row.kind, filters.kinds),
        (row.schema_hash, filters.schema_hashes),
    ):
        if values:
            found.append(column.in_(values))
    if filters.verdicts:
        found.append(or_(*map(_came_out, filters.verdicts)))
    if filters.min_cost is not None:
        found.append(row.cost >= filters.min_cost)
    if filters.max_cost is not None:
        found.append(row.cost <= filters.max_cost)
    if filters.since is not None:
        found.append(row.created_at >= filters.since)
    if filters.until is not None:
        found.append(row.created_at < filters.until)
    if filters.conversation_id is not None:
        found.append(row.conversation_id == filters.conversation_id)
    return found


def _came_out(name: str) -> ColumnElement[bool]:
    """Return what holds for runs of this outcome; see `service.outcomes.outcome_name`."""
    failed, was_sent = RunRow.verdict == PROVIDER_ERROR, RunRow.attempts > 0
    is_told = RunRow.error_class.is_not(None)
    if name == NOT_SENT:
        return and_(failed, is_told, or_(RunRow.attempts == 0, RunRow.error_class.in_(FAILURES[name])))
    if name in FAILURES:
        return and_(failed, was_sent, RunRow.error_class.in_(FAILURES[name]))
    if name == PROVIDER_ERROR:
        others = [kind for kinds in FAILURES.values() for kind in kinds]
        is_its_own = and_(was_sent, RunRow.error_class.not_in(others))
        return and_(failed, or_(RunRow.error_class.is_(None), is_its_own))
    return RunRow.verdict == name
