"""Storing what an export holds, under ids of its new owner's own.

An id is made from the owner and the id in the file. So nobody learns whether somebody else has it, and a file that is
imported again is known by the ids it would get.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b

from sqlalchemy import Connection, insert, select, update

from service.redact import redact
from service.store import codec
from service.store.conversation_rows import (
    ConversationState,
    change_conversation,
    insert_conversation,
    insert_messages,
)
from service.store.expected import Expected
from service.store.export_fields import PromptFields, RunFields
from service.store.export_format import ConversationLine, MessageFields, RepairFields, RunLine, SchemaLine
from service.store.export_rows import batches
from service.store.files import files_of, store_files, without_files
from service.store.import_schemas import ImportedSchemas
from service.store.import_values import run_columns
from service.store.order import first_seq, free_seq
from service.store.prompts import link, store_links
from service.store.receipt import Receipt
from service.store.run_rows import asked_last
from service.store.search import index_run
from service.store.tables import ConversationRow, RunRow, table_of
from service.store.tree import Node, Tree
from service.store.values import headline_of
from service.types import Message

__all__ = ["ImportSummary", "Importing"]

_INSERT_RUN = insert(table_of(RunRow)).returning(table_of(RunRow).c.seq)


@dataclass(frozen=True)
class ImportSummary:
    """What an import has brought.

    Attributes:
        conversations, messages, runs: What is new.
        restored: Conversations, and runs outside of any, that were there, deleted, and are there again.
        skipped: Those that were there already; nothing of them was changed.
        schemas: Saved schemas that are new.
        renamed: The names under which schemas are kept whose own was taken by another.
    """

    conversations: int = 0
    messages: int = 0
    runs: int = 0
    restored: int = 0
    skipped: int = 0
    schemas: int = 0
    renamed: tuple[str, ...] = ()


class Importing:
    """An import into the database, line by line, in one transaction.

    Args:
        connection: In the transaction.
        owner: Whose everything is from now on.
        keys: What must not be stored, beside what looks like a key.
    """

    def __init__(self, connection: Connection, owner: str, keys: Sequence[str]) -> None:
        self._connection, self._owner, self._keys = connection, owner, keys
        self._run_ids: dict[str, str] = {}
        self._seqs: dict[datetime, int] = {}
        self._messages = self._runs = self._conversations = self._restored = self._skipped = 0
        self._schemas = ImportedSchemas(connection, owner, keys)

    def store(self, lines: Iterable[ConversationLine | RunLine | SchemaLine]) -> ImportSummary:
        """Store lines that have been checked, and return what is new."""
        for line in lines:
            if isinstance(line, ConversationLine):
                self._store_conversation(line)
            elif isinstance(line, SchemaLine):
                self._store_schema(line)
            else:
                self._store_run_alone(line)
        brought = (self._conversations, self._messages, self._runs, self._restored, self._skipped)
        return ImportSummary(*brought, self._schemas.added, tuple(self._schemas.renamed))

    def _store_schema(self, line: SchemaLine) -> None:
        came_of_it = self._schemas.store(line, self._own_id("schema", line.id))
        self._count_known(came_of_it != "added", came_of_it == "restored")

    def _store_conversation(self, line: ConversationLine) -> None:
        if self._has_conversation(line):
            return
        ident = self._own_id("conversation", line.id)
        new_runs = self._note_runs(line.runs)
        nodes = [self._node(line, number, message) for number, message in enumerate(line.messages, 1)]
        shown = None if line.shown is None else self._own_id("message", line.id, line.shown)
        insert_conversation(self._connection, ident, self._owner, self._state(line, Tree.of(nodes, shown)))
        self._store_runs(new_runs, line.prompts, ident)
        said = [message.message for message in line.messages]
        insert_messages(self._connection, ident, self._owner, zip(nodes, said, strict=True), self._keys)
        self._conversations += 1
        self._messages += len(nodes)

    def _has_conversation(self, line: ConversationLine) -> bool:
        row = ConversationRow
        ids = (line.id, self._own_id("conversation", line.id))
        wanted = select(row.id, row.deleted_at).where(row.id.in_(ids), row.owner == self._owner)
        found = self._connection.execute(wanted.order_by(row.deleted_at.is_not(None))).first()
        if found is not None and found.deleted_at is not None:
            change_conversation(self._connection, found.id, {"deleted_at": None})
        self._count_known(found is not None, found is not None and found.deleted_at is not None)
        return found is not None

    def _store_run_alone(self, line: RunLine) -> None:
        if line.run.id in self._run_ids:
            return
        if new := self._note_runs([line.run]):
            self._store_runs(new, line.prompts, None)
            return
        is_this = RunRow.id == self._run_ids[line.run.id]
        restored = update(RunRow).where(is_this, RunRow.deleted_at.is_not(None)).values(deleted_at=None)
        self._count_known(True, self._connection.execute(restored).rowcount > 0)

    def _count_known(self, is_known: bool, is_restored: bool) -> None:
        self._restored += is_restored
        self._skipped += is_known and not is_restored

    def _note_runs(self, runs: Sequence[RunFields]) -> list[RunFields]:
        """Note under which ids runs are kept from now on, and return those that are not there yet."""
        unknown = [run for run in runs if run.id not in self._run_ids]
        own = {run.id: self._own_id("run", run.id, size=16) for run in unknown}
        there: set[str] = set()
        for some in batches([*own, *own.values()]):
            wanted = select(RunRow.id).where(RunRow.id.in_(some), RunRow.owner == self._owner)
            there.update(self._connection.scalars(wanted))
        self._run_ids |= {ident: ident if ident in there else made for ident, made in own.items()}
        return [run for run in unknown if self._run_ids[run.id] not in there]

    def _store_runs(
        self, runs: Sequence[RunFields], prompts: Sequence[PromptFields], conversation_id: str | None
    ) -> None:
        prompt_ids = self._store_prompts(prompts, runs[0].created_at) if runs else []
        for run in runs:
            asked = codec.mask(_asked(run.prompt, prompts), self._keys)
            columns = run_columns(run, self._keys) | {"owner": self._owner, "conversation_id": conversation_id}
            if columns.get("result"):
                columns["result"], files = without_files(columns["result"])
                store_files(self._connection, self._owner, files, run.created_at)
            columns |= {
                "id": self._run_ids[run.id],
                "seq": self._seq(run.created_at),
                "headline": headline_of(asked),
                "prompt_id": None if run.prompt is None else prompt_ids[run.prompt],
            }
            seq = self._connection.execute(_INSERT_RUN, columns).scalar_one()
            index_run(self._connection, seq, self._owner, asked=asked, answered=columns["text"])
        self._runs += len(runs)

    def _seq(self, began: datetime) -> int:
        """Return where a run stands among all others; those that began in the same moment keep their order."""
        after = self._seqs.get(began, first_seq(began) - 1)
        self._seqs[began] = free_seq(self._connection, began, after=after)
        return self._seqs[began]

    def _store_prompts(self, prompts: Sequence[PromptFields], at: datetime) -> list[str]:
        """Store what was sent and return the ids, in order."""
        rows: list[dict[str, str]] = []
        for prompt in prompts:
            store_files(self._connection, self._owner, files_of(prompt.message), at)
            parent_id = None if prompt.parent is None else rows[prompt.parent]["id"]
            rows.append(link(self._owner, parent_id, codec.encode_sent(prompt.message, self._keys)))
        store_links(self._connection, rows)
        return [row["id"] for row in rows]

    def _node(self, line: ConversationLine, number: int, message: MessageFields) -> Node:
        return Node(
            id=self._own_id("message", line.id, message.id),
            parent_id=None if message.parent is None else self._own_id("message", line.id, message.parent),
            number=number,
            role=message.role,
            created_at=message.created_at,
            run_id=None if message.run is None else self._run_ids[message.run],
            repair=self._receipt(line, message.repair),
            expected=None if message.expected is None else Expected(codec.mask(message.expected.value, self._keys)),
        )

    def _receipt(self, line: ConversationLine, repair: RepairFields | None) -> Receipt | None:
        if repair is None:
            return None
        of = None if repair.of is None else self._own_id("message", line.id, repair.of)
        return Receipt(repair.step, of, tuple(codec.mask(repair.changes, self._keys)), repair.violations)

    def _state(self, line: ConversationLine, tree: Tree) -> ConversationState:
        asked = (message.message for message in line.messages if message.message is not None and message.role == "user")
        first = next(asked, None)
        return ConversationState(
            line.created_at,
            line.updated_at,
            title=codec.mask(" ".join((line.title or "").split()) or None, self._keys),
            headline="" if first is None else codec.mask(headline_of(first.content), self._keys),
            settings=redact(line.settings, *self._keys),
            draft=codec.mask(line.draft, self._keys),
            tree=tree,
        )

    def _own_id(self, *names: str, size: int = 12) -> str:
        told = "\n".join((self._owner, *names))
        return blake2b(told.encode(errors="surrogatepass"), digest_size=size, person=b"import").hexdigest()


def _asked(place: int | None, prompts: Sequence[PromptFields]) -> str:
    return asked_last(_newest_first(place, prompts))


def _newest_first(place: int | None, prompts: Sequence[PromptFields]) -> Iterator[Message]:
    while place is not None:
        yield prompts[place].message
        place = prompts[place].parent
