"""Whatever a conversation holds goes out and comes back as it was, on both databases."""

import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from service import ErrorContext, Issue, OpenRouterError, SchemaValidationError, errors
from service.store.conversation_rows import ConversationState, insert_conversation, insert_messages
from service.store.library import Library
from service.store.prompts import Chain
from service.store.receipt import Receipt
from service.store.run_rows import end_run, insert_run
from service.store.tree import Node, Tree
from service.store.values import StoredRun, headline_of
from service.wire.payload import build_payload
from tests.store.exports import lines_of, without_ids
from tests.store.test_codec import ANY_TEXT, ERRORS, JSON, MESSAGES, OBJECT, REQUESTS, RESULTS

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
NUMBERS = itertools.count(1)
TIMES = st.integers(0, 10**14).map(lambda passed: BEGIN + timedelta(microseconds=passed))
COSTS = (
    st.none() | st.decimals(0, 1_000, places=12) | st.sampled_from([Decimal("1E-20"), Decimal("0E-9"), Decimal("12E2")])
)
STATES = st.sampled_from(["completed", "failed", "stopped", "interrupted"])


def new_id(digits: int = 24) -> str:
    """Return an id that no other example has."""
    return f"{next(NUMBERS):0{digits}x}"


@st.composite
def errors_of_runs(draw: st.DrawFn) -> OpenRouterError:
    kind = draw(st.sampled_from(ERRORS))
    context = ErrorContext("gen-1", None, draw(st.none() | ANY_TEXT), draw(st.integers(0, 9)), 0.5, draw(OBJECT))
    fields: dict[str, Any] = {"code": draw(st.none() | ANY_TEXT), "retry_after": draw(st.none() | st.floats(0, 1e6))}
    if kind is SchemaValidationError:
        fields["issues"] = [Issue("a[0]", draw(ANY_TEXT))]
    return kind(draw(ANY_TEXT), provider_message=draw(ANY_TEXT), status_code=429, context=context, **fields)


@st.composite
def ended_runs(draw: st.DrawFn) -> SimpleNamespace:
    """A run as the store takes it."""
    request, result = draw(REQUESTS), replace(draw(RESULTS), original_cost=draw(COSTS))
    if result.usage is not None:
        result = replace(result, usage=replace(result.usage, cost=draw(COSTS)))
    return SimpleNamespace(
        id=new_id(32),
        request=request,
        payload=build_payload(request, stream=True) | draw(st.just({}) | st.just({"plugins": [{"id": "web"}]})),
        model=request.model or "",
        state=draw(STATES),
        result=result,
        error=draw(st.none() | errors_of_runs()),
        created_at=draw(TIMES),
        elapsed=result.timings.total,
    )


@st.composite
def receipts(draw: st.DrawFn, known: list[str]) -> Receipt:
    """How an answer mends an earlier message, or one that is gone."""
    step = draw(st.sampled_from(["local", "reask", "healing", "model"]))
    mended = draw(st.none() | st.sampled_from(known)) if known else None
    return Receipt(step, mended, draw(st.lists(ANY_TEXT, max_size=2).map(tuple)), draw(st.integers(0, 9)))


@st.composite
def trees(draw: st.DrawFn) -> list[tuple[Node, Any, SimpleNamespace | None]]:
    """Messages in the order of their making, each below an earlier one or at the top; some are runs."""
    out: list[tuple[Node, Any, SimpleNamespace | None]] = []
    for number in range(1, draw(st.integers(0, 6)) + 1):
        parent = draw(st.none() | st.sampled_from([node.id for node, _, _ in out])) if out else None
        run = draw(st.none() | ended_runs())
        message = draw(MESSAGES) if run is None else None
        role = "assistant" if message is None else message.role
        known = [node.id for node, _, _ in out]
        repair = draw(st.none() | receipts(known)) if run is not None else None
        node = Node(new_id(), parent, number, role, draw(TIMES), None if run is None else run.id, repair)
        out.append((node, message, run))
    return out


def store(library: Library, owner: str, ident: str, tree: list[tuple[Node, Any, Any]], fields: dict[str, Any]) -> None:
    """Put a conversation, and another run that has none, into the database."""
    said = [message for _, message, _ in tree if message is not None and message.role == "user"]
    headline = headline_of(said[0].content) if said else ""
    nodes = [node for node, _, _ in tree]
    leaf = nodes[len(nodes) // 2].id if nodes else None
    state = ConversationState(BEGIN, BEGIN, headline=headline, tree=Tree.of(nodes, leaf), **fields)
    with library._database.write() as connection:
        insert_conversation(connection, ident, owner, state)
        for _, _, run in tree:
            if run is not None:
                store_ended(connection, run, owner, ident)
        insert_messages(connection, ident, owner, [(node, message) for node, message, _ in tree], ())


def store_ended(connection: Connection, run: Any, owner: str, ident: str) -> None:
    """Store a run that has come to its end."""
    start = {"kind": "chat", "process_id": "", "now": run.created_at, "secrets": (), "before": Chain()}
    insert_run(connection, run, owner=owner, conversation_id=ident, **start)
    end_run(connection, run, ())


# One library for all examples: each has owners of its own.
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(tree=trees(), title=st.none() | st.just("A title"), draft=ANY_TEXT, kept=JSON)
def test_whatever_is_exported_comes_back(library: Library, tree: Any, title: str | None, draft: str, kept: Any) -> None:
    """The export of the import is the same but for the ids, and each run has the same request, result and error."""
    assert library.flush(10)
    owner, other = f"owner {new_id()}", f"other {new_id()}"
    store(library, owner, new_id(), tree, {"title": title, "draft": draft, "settings": kept})
    summary = library.import_json(other, "".join(library.export_json(owner)))
    assert (summary.messages, summary.skipped, summary.restored) == (len(tree), 0, 0)
    assert without_ids(lines_of(library, other)) == without_ids(lines_of(library, owner))
    for mine, theirs in zip(library.runs(owner), library.runs(other), strict=True):
        assert isinstance(mine, StoredRun)
        for name in ("request", "payload", "result", "state", "text", "created_at", "elapsed", "cost", "kind", "model"):
            assert (name, getattr(theirs, name)) == (name, getattr(mine, name))
        assert type(theirs.error) is type(mine.error)
        assert (theirs.error and vars(theirs.error)) == (mine.error and vars(mine.error))


def test_the_errors_are_all_there() -> None:
    """Every class that a run may end with is tried above."""
    assert {kind.__name__ for kind in ERRORS} == {
        name for name, value in vars(errors).items() if isinstance(value, type) and issubclass(value, OpenRouterError)
    }
