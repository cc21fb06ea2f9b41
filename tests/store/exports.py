"""What the tests of export and import share."""

import json
import re
from typing import Any

from sqlalchemy import func, select

from service import ContentPart, Message, OpenRouterService, Run
from service.store.conversation import OpenConversation
from service.store.library import Library
from service.store.tables import Base, ProcessRow
from tests.support import ask

__all__ = ["ended", "fill", "lines_of", "table_sizes", "without_ids"]

_ID = re.compile(r'"[0-9a-f]{24}(?:[0-9a-f]{8})?"')


def ended(service: OpenRouterService, text: str, model: str = "sim/echo") -> Run:
    """Return a run that has come to its end."""
    run = service.start(ask(model, text))
    assert run.join(20)
    return run


def fill(library: Library, service: OpenRouterService, owner: str = "me") -> OpenConversation:
    """Make a conversation with versions, parts, a tool's result, settings and a draft; a failed run; a run alone."""
    conversation = library.create(owner, settings={"model": "sim/echo", "temperature": 0.2})
    asked = conversation.say("one")
    answered = conversation.answer(asked.id, ended(service, "one"))
    more = conversation.say("two\u2028three \U0001f600")
    conversation.answer(more.id, ended(service, "two"))
    conversation.answer(asked.id, ended(service, "one"))
    conversation.edit(asked.id, [ContentPart.text("uno"), ContentPart.image(b"png", detail="low")])
    conversation.edit(answered.id, "My own words.")
    said = conversation.say(Message.tool("call-1", "42"))
    conversation.answer(said.id, ended(service, "Fail", model="sim/provider-error:status=400"))
    conversation.choose(answered.id)
    conversation.rename("The title")
    conversation.keep_draft("not sent")
    library.record(owner, ended(service, "row"), kind="batch")
    assert library.flush(10)
    return conversation


def lines_of(library: Library, owner: str = "me", ids: list[str] | None = None) -> list[dict[str, Any]]:
    """Return the lines of an export, read."""
    return [json.loads(line) for line in library.export_json(owner, ids)]


def without_ids(lines: list[dict[str, Any]]) -> list[str]:
    """Return the lines with ids counted in the order in which they come, and without the time of the export."""
    numbers: dict[str, str] = {}
    told = [json.dumps({name: value for name, value in line.items() if name != "exported_at"}) for line in lines]
    return [_ID.sub(lambda found: numbers.setdefault(found[0], f'"id {len(numbers)}"'), line) for line in told]


def table_sizes(library: Library) -> dict[str, int]:
    """Return how many rows each table has; processes come and go."""
    tables = [table for table in Base.metadata.sorted_tables if table.name != ProcessRow.__tablename__]
    with library._database.read() as connection:
        return {table.name: connection.scalar(select(func.count()).select_from(table)) or 0 for table in tables}
