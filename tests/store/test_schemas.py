"""Saved schemas: names, versions, and the runs that were asked by them, on both databases."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import insert, inspect, text

from service import InvalidRequestError, InvalidSchemaError, OpenRouterService, ResponseFormat, Run
from service.store.database import Database
from service.store.library import Library
from service.store.migrations import FOLDER
from service.store.schema_hash import format_hash, schema_hash
from service.store.tables import RunRow
from service.store.values import RunFilters
from tests.support import KEY, ask

Make = Callable[..., Library]
CONTACT = '{"type": "object",\n  "properties": {"name": {"type": "string"}}, "required": ["name"]}'
WIDER = '{"type": "object", "properties": {"name": {"type": "string"}, "age": {"type": "integer"}}}'
OTHER = '{"type": "object", "title": "A place", "properties": {"city": {"type": "string"}}}'


def answer(library: Library, service: OpenRouterService, schema: str, owner: str = "me", **fields: Any) -> Run:
    """Ask by a schema, in a run that has ended and is stored."""
    form = ResponseFormat.json_schema("answer", json.loads(schema))
    run = service.start(ask("sim/json", "Invent one", response_format=form, **fields))
    library.record(owner, run, kind="batch")
    assert run.join(20)
    assert library.flush(10)
    return run


def test_a_text_is_kept_as_it_was_written_and_only_a_change_makes_a_version(make_library: Make) -> None:
    """Blanks and order included, over a restart."""
    library = make_library()
    first = library.schemas.save("me", "  Contact ", CONTACT)
    assert library.schemas.save("me", "Contact", CONTACT) == first
    second = library.schemas.save("me", "contact", WIDER, note="with  age")
    schemas = make_library().schemas
    found = schemas.recent("me")
    assert [(schema.name, schema.version) for schema in found] == [("Contact", 2)]
    versions = schemas.versions("me", first.schema_id)
    assert [(version.number, version.text, version.note) for version in versions] == [
        (2, WIDER, "with age"),
        (1, CONTACT, ""),
    ]
    assert (versions[0].schema_id, versions[0].created_at) == (second.schema_id, second.created_at)
    assert [version.number for version in schemas.versions("me", first.schema_id, before=2)] == [1]


def test_an_older_text_may_come_back_as_the_newest(library: Library) -> None:
    for schema in (CONTACT, WIDER, CONTACT):
        made = library.schemas.save("me", "Contact", schema)
    assert made.number == 3


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ("{", "no JSON"),
        ("[]", "in braces"),
        ('{"type": "objekt"}', "objekt"),
        (json.dumps({"description": "x" * 50_000}), "50,000"),
        ('{"not": ' * 65 + "{}" + "}" * 65, "64"),
        (" " * 200_001 + "{}", "200,000"),
        ("[" * 100_000, "no JSON"),
    ],
    ids=["half", "list", "no schema", "too long", "too deep", "too many blanks", "far too deep"],
)
def test_what_is_no_schema_is_refused_in_a_sentence(library: Library, schema: str, words: str) -> None:
    with pytest.raises(InvalidSchemaError, match=words):
        library.schemas.save("me", "Contact", schema)
    assert library.schemas.recent("me") == []


@pytest.mark.parametrize(("name", "words"), [(" ", "needs a name"), ("n" * 81, "at most 80 characters, got 81")])
def test_a_name_is_needed_and_short(library: Library, name: str, words: str) -> None:
    saved = library.schemas.save("me", "Contact", CONTACT)
    for change in (
        lambda: library.schemas.save("me", name, CONTACT),
        lambda: library.schemas.rename("me", saved.schema_id, name),
    ):
        with pytest.raises(InvalidRequestError, match=words):
            change()


def test_a_name_is_had_once_among_those_that_are_there(library: Library) -> None:
    """Case aside; a deleted one gives it free, and comes back under another."""
    schemas = library.schemas
    gone = schemas.save("me", "Contact", CONTACT).schema_id
    place = schemas.save("me", "Place", OTHER).schema_id
    with pytest.raises(InvalidRequestError, match='called "Contact"'):
        schemas.rename("me", place, "CONTACT")
    renamed = schemas.rename("me", gone, "CONTACT")
    assert renamed is not None
    assert renamed.name == "CONTACT"
    assert schemas.delete("me", gone)
    assert schemas.get("me", gone) is None
    assert schemas.named("me", "contact") is None
    assert schemas.rename("me", place, "Contact") is not None
    back = schemas.restore("me", gone)
    assert back is not None
    assert back.name == "CONTACT (2)"
    assert (schemas.restore("me", gone), schemas.delete("me", "never was")) == (None, False)


def test_schemas_are_found_by_words_of_their_name_page_by_page(make_library: Make) -> None:
    now = datetime(2026, 11, 21, tzinfo=UTC)
    moments = (now + timedelta(seconds=number) for number in range(100))
    schemas = make_library(now=lambda: next(moments), is_threaded=False).schemas
    for name in ("Café menu", "Menu of wines", "Contact"):
        schemas.save("me", name, CONTACT)
    assert [found.name for found in schemas.recent("me", query="men")] == ["Menu of wines", "Café menu"]
    assert [found.name for found in schemas.recent("me", query="cafe menu")] == ["Café menu"]
    first = schemas.recent("me", limit=2)
    assert [found.name for found in schemas.recent("me", before=first[-1])] == ["Café menu"]


def test_somebody_elses_schemas_are_not_there(library: Library, service: OpenRouterService) -> None:
    """Nor can they be changed; the same name is free."""
    schemas = library.schemas
    mine = schemas.save("me", "Contact", CONTACT)
    run = answer(library, service, CONTACT)
    theirs = schemas.save("you", "Contact", CONTACT)
    assert theirs.schema_id != mine.schema_id
    assert schemas.get("you", mine.schema_id) is None
    assert schemas.versions("you", mine.schema_id) == []
    assert schemas.rename("you", mine.schema_id, "Mine now") is None
    assert schemas.delete("you", mine.schema_id) is False
    assert schemas.answers_of("you", mine.schema_id) is None
    assert schemas.answers_of("you", theirs.schema_hash) is None
    assert schemas.answered("you") == []
    assert [found.use.runs for found in schemas.recent("you")] == [0]
    assert library.runs("you", RunFilters(schema_hashes=(mine.schema_hash,))) == []
    assert [found.id for found in library.runs("me", RunFilters(schema_hashes=(mine.schema_hash,)))] == [run.id]


def test_where_a_schema_is_used(library: Library, service: OpenRouterService) -> None:
    """By version and in all, blanks and order aside, without what was deleted."""
    schemas = library.schemas
    saved = schemas.save("me", "Contact", CONTACT)
    schemas.save("me", "Contact", WIDER)
    runs = [answer(library, service, schema) for schema in (CONTACT, CONTACT, WIDER, OTHER)]
    answer(library, service, json.dumps(json.loads(CONTACT), sort_keys=True, indent=4))
    found = schemas.get("me", saved.schema_id)
    assert found is not None
    assert found.use.runs == 4
    assert found.use.last_at is not None
    assert found.use.last_at > runs[2].created_at
    assert [version.use.runs for version in schemas.versions("me", saved.schema_id)] == [1, 3]
    library.delete_run("me", runs[0].id)
    assert library.flush(10)
    assert [version.use.runs for version in schemas.versions("me", saved.schema_id)] == [1, 2]
    assert [(one.name, one.is_saved, one.use.runs) for one in schemas.answered("me")] == [
        ("Contact", True, 3),
        ("A place", False, 1),
    ]


def test_a_run_counts_once_where_two_versions_say_the_same(library: Library, service: OpenRouterService) -> None:
    saved = library.schemas.save("me", "Contact", CONTACT)
    library.schemas.save("me", "Contact", json.dumps(json.loads(CONTACT)))
    answer(library, service, CONTACT)
    found = library.schemas.get("me", saved.schema_id)
    assert found is not None
    assert (found.version, found.use.runs) == (2, 1)


def test_the_answers_of_a_chat_go_with_it(library: Library, service: OpenRouterService) -> None:
    """Deleted with it, and back again."""
    conversation = library.create("me")
    said = conversation.say("Invent one")
    form = ResponseFormat.json_schema("answer", json.loads(OTHER))
    run = service.start(ask("sim/json", "Invent one", response_format=form))
    conversation.answer(said.id, run)
    assert run.join(20)
    assert library.flush(10)
    library.delete("me", conversation.id)
    assert library.schemas.answered("me") == []
    library.restore("me", conversation.id)
    assert [found.name for found in library.schemas.answered("me")] == ["A place"]


def test_the_columns_of_a_table_are_those_of_all_versions(library: Library, service: OpenRouterService) -> None:
    """The newest first; of a schema that is not saved those of its runs."""
    saved = library.schemas.save("me", "Contact", CONTACT)
    library.schemas.save("me", "Contact", '{"properties": {"age": {"title": "Age"}, "email": {}}}')
    table = library.schemas.answers_of("me", saved.schema_id)
    assert table is not None
    assert [(field.name, field.title) for field in table.fields] == [
        ("age", "Age"),
        ("email", "email"),
        ("name", "name"),
    ]
    assert len(table.hashes) == 2
    answer(library, service, OTHER)
    other = library.schemas.answers_of("me", schema_hash(json.loads(OTHER)))
    assert other is not None
    assert ([field.name for field in other.fields], other.schema.name) == (["city"], "A place")


def test_a_text_is_known_as_the_version_that_says_the_same(library: Library) -> None:
    """The newest that does, of the schema one looks at first; half a text is none."""
    schemas = library.schemas
    contact = schemas.save("me", "Contact", CONTACT).schema_id
    schemas.save("me", "Contact", WIDER)
    schemas.save("me", "Contact", f"{CONTACT} ")
    copy = schemas.save("me", "Copy", CONTACT).schema_id
    spaced = json.dumps(json.loads(CONTACT), indent=8)

    def told(text: str, first: str | None = None, owner: str = "me") -> tuple[str, int] | None:
        found = schemas.version_of(owner, text, first=first)
        return None if found is None else (found[0].name, found[1])

    assert (told(WIDER), told(spaced, contact), told(spaced, copy)) == (("Contact", 2), ("Contact", 3), ("Copy", 1))
    assert (told(OTHER), told("{"), told("[]"), told(""), told(CONTACT, owner="you")) == (None,) * 5
    schemas.delete("me", copy)
    assert told(spaced, copy) == ("Contact", 3)


def test_a_deleted_schema_is_gone_for_good_after_30_days(make_library: Make, database: Database) -> None:
    """Its versions with it; one that was brought back is not."""
    now = datetime(2026, 11, 21, tzinfo=UTC)
    library = make_library(now=lambda: now, is_threaded=False)
    gone, kept = (library.schemas.save("me", name, CONTACT).schema_id for name in ("Gone", "Kept"))
    for ident in (gone, kept):
        library.schemas.delete("me", ident)
    library.schemas.restore("me", kept)
    later = make_library(now=lambda: now + timedelta(days=31), is_threaded=False)
    assert later.flush(10)
    assert later.schemas.restore("me", gone) is None
    with database.read() as connection:
        assert connection.scalar(text("SELECT COUNT(*) FROM schema_versions")) == 1


def test_a_key_in_a_schema_is_not_stored_and_its_answers_are_found(
    make_library: Make, service: OpenRouterService, database: Database
) -> None:
    """It is masked in the text, and in what both are known by."""
    library = make_library(keys=["my-own-token"])
    schema = json.dumps({"type": "object", "description": f"{KEY} my-own-token", "properties": {"a": {}}})
    saved = library.schemas.save("me", f"For {KEY}", schema, note=KEY)
    answer(library, service, schema)
    found = library.schemas.get("me", saved.schema_id)
    assert found is not None
    assert found.use.runs == 1
    with database.read() as connection:
        told = str(connection.execute(text("SELECT * FROM saved_schemas")).all())
        told += str(connection.execute(text("SELECT * FROM schema_versions")).all())
    assert KEY not in told
    assert "my-own-token" not in told


def test_an_import_brings_what_its_runs_were_asked_by(library: Library, service: OpenRouterService) -> None:
    answer(library, service, OTHER)
    library.import_json("you", "".join(library.export_json("me")))
    assert [(found.name, found.use.runs) for found in library.schemas.answered("you")] == [("A place", 1)]


def test_a_format_is_known_in_both_ways_of_writing() -> None:
    """As a run keeps it, and as OpenRouter writes it; what was written counts, where that is told."""
    form = ResponseFormat.json_schema("answer", {"b": 1, "a": 2})
    kept = {"type": "json_schema", "definition": {"name": "answer", "schema": {"a": 2, "b": 1}}}
    assert format_hash(form.model_dump()) == format_hash(kept) == schema_hash({"a": 2, "b": 1})
    strict = {**kept, "definition": {"schema": {"strict": True}}, "written": {"a": 2, "b": 1}}
    assert format_hash(strict) == schema_hash({"a": 2, "b": 1})
    assert format_hash({"type": "json_object"}) is format_hash(None) is None


def test_runs_of_an_older_database_are_found_by_their_schema(
    make_url: Callable[[], str], library: Library, service: OpenRouterService, database: Database
) -> None:
    """The migration fills in what they were asked by, in more than one batch."""
    answer(library, service, CONTACT)
    library.record("me", service.start(ask()), kind="batch")
    assert library.flush(10)
    with database.read() as connection:
        rows = [dict(row) for row in connection.execute(RunRow.__table__.select()).mappings()]
    older = Database(in_the_form_before(make_url(), rows))
    older.prepare()
    with older.read() as connection:
        counts = text("SELECT schema_hash, COUNT(*) AS runs FROM runs GROUP BY schema_hash")
        found = {row.schema_hash: row.runs for row in connection.execute(counts)}
    older.close()
    assert found == {schema_hash(json.loads(CONTACT)): 600, None: 600}


def in_the_form_before(url: str, rows: list[dict[str, Any]]) -> str:
    """Make a database as it was before schemas could be saved, with each of these runs 600 times."""
    if url.startswith("sqlite"):
        Path(url.removeprefix("sqlite:///")).parent.mkdir()
    older = Database(url)
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    with older.write() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0002")
        known = {column["name"] for column in inspect(connection).get_columns("runs")} - {"seq"}
        blank = {"conversation_id": None, "prompt_id": None}
        kept = [{name: value for name, value in (row | blank).items() if name in known} for row in rows]
        copies = [{**row, "id": f"{number} of {place}"} for place, row in enumerate(kept) for number in range(600)]
        connection.execute(insert(RunRow.__table__), copies)
    older.close()
    return url
