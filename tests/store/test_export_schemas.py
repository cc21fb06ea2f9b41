"""Saved schemas go out with everything else and come back with all their versions, on both databases."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from service import ImportFileError, OpenRouterService, ResponseFormat
from service.store.library import Library
from tests.store.exports import lines_of
from tests.support import KEY, ask

Make = Callable[..., Library]
FIRST = '{"type": "object",\n  "properties": {"name": {"type": "string"}}}'
SECOND = '{"type": "object", "properties": {"name": {"type": "string"}, "age": {"type": "integer"}}}'
NOW = datetime(2026, 11, 21, tzinfo=UTC)


@pytest.fixture
def filled(make_library: Make) -> Library:
    """A library with two saved schemas of mine, one of them in two versions, at moments of their own."""
    moments = (NOW + timedelta(seconds=number) for number in range(1000))
    library = make_library(now=lambda: next(moments), is_threaded=False)
    library.schemas.save("me", "Contact", FIRST)
    library.schemas.save("me", "Contact", SECOND, note="with age")
    library.schemas.save("me", "Place", FIRST)
    return library


def exported(library: Library, owner: str = "me") -> str:
    return "".join(library.export_json(owner))


def told(library: Library, owner: str) -> list[tuple[Any, ...]]:
    """Return what an owner has saved, in all versions."""
    return [
        (found.name, found.created_at, found.updated_at, version.number, version.text, version.note, version.created_at)
        for found in library.schemas.recent(owner)
        for version in library.schemas.versions(owner, found.id)
    ]


def test_saved_schemas_come_back_as_they_were(filled: Library) -> None:
    """Text, notes and times; runs that were asked by them are theirs."""
    summary = filled.import_json("you", exported(filled))
    assert (summary.schemas, summary.renamed, summary.skipped, summary.restored) == (2, (), 0, 0)
    assert told(filled, "you") == told(filled, "me")
    assert {found.id for found in filled.schemas.recent("you")}.isdisjoint(
        found.id for found in filled.schemas.recent("me")
    )
    again = filled.import_json("you", exported(filled))
    assert (again.schemas, again.skipped) == (0, 2)
    assert told(filled, "you") == told(filled, "me")


def test_what_was_asked_by_them_is_found(filled: Library, service: OpenRouterService) -> None:
    run = service.start(ask("sim/json", "Who?", response_format=ResponseFormat.json_schema("a", json.loads(SECOND))))
    filled.record("me", run, kind="batch")
    assert run.join(20)
    assert filled.flush(10)
    filled.import_json("you", exported(filled))
    assert [(found.name, found.use.runs) for found in filled.schemas.answered("you")] == [("Contact", 1)]


def test_the_lines_are_as_told(filled: Library) -> None:
    """By the names that docs/export-format.md gives; where none is saved, the file is of the version before."""
    header, contact, place, end = lines_of(filled)
    assert header["version"] == 2
    assert (contact["type"], contact["name"], place["name"]) == ("schema", "Contact", "Place")
    assert [version["text"] for version in contact["versions"]] == [FIRST, SECOND]
    assert [version.get("note") for version in contact["versions"]] == [None, "with age"]
    assert end == {"type": "end", "conversations": 0, "runs": 0, "schemas": 2}
    filled.create("me").keep_draft("not sent")
    assert filled.flush(10)
    conversation = filled.create("you")
    conversation.keep_draft("mine")
    assert filled.flush(10)
    alone = lines_of(filled, "you")
    assert (alone[0]["version"], "schemas" in alone[-1]) == (1, False)
    assert [line["type"] for line in lines_of(filled, "you", [conversation.id])[1:]] == ["conversation", "end"]


def test_a_name_that_is_taken_is_kept_apart(filled: Library) -> None:
    """Unless what has it says the very same; the summary tells the name."""
    filled.schemas.save("you", "contact", '{"type": "object"}')
    filled.schemas.save("you", "Place", FIRST)
    summary = filled.import_json("you", exported(filled))
    assert (summary.schemas, summary.renamed, summary.skipped) == (1, ("Contact (2)",), 1)
    assert {found.name: found.version for found in filled.schemas.recent("you")} == {
        "contact": 1,
        "Contact (2)": 2,
        "Place": 1,
    }


def test_a_deleted_one_comes_back(filled: Library) -> None:
    """Where it was exported, under another name where its own was taken since."""
    text = exported(filled)
    for found in filled.schemas.recent("me"):
        filled.schemas.delete("me", found.id)
    filled.schemas.save("me", "Place", SECOND)
    summary = filled.import_json("me", text)
    assert (summary.restored, summary.schemas, summary.renamed) == (2, 0, ("Place (2)",))
    assert {found.name for found in filled.schemas.recent("me")} == {"Contact", "Place", "Place (2)"}


def test_a_key_stays_outside(filled: Library) -> None:
    """In a text, a note and a name."""
    text = exported(filled).replace('"with age"', f'"{KEY}"').replace('"Place"', f'"{KEY}"')
    filled.import_json("you", text.replace('\\"integer\\"', f'\\"integer\\", \\"description\\": \\"{KEY}\\"'))
    assert KEY not in str(told(filled, "you"))
    assert len(filled.schemas.recent("you")) == 2


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"name": " "}, "Line 2: the name of a saved schema has 1 to 80 characters"),
        ({"name": "n" * 81}, "Line 2: the name of a saved schema has 1 to 80 characters"),
        ({"versions": []}, "Line 2: versions: "),
        ({"versions": [{"created_at": "2026-01-01T00:00:00Z", "text": "{"}]}, "Line 2: versions[0]: "),
        ({"versions": [{"created_at": "2026-01-01T00:00:00Z", "text": '{"type": "objekt"}'}]}, "objekt"),
        ({"colour": "red"}, "Line 2: colour: is not known"),
    ],
)
def test_a_broken_one_is_named_and_changes_nothing(filled: Library, change: dict[str, Any], words: str) -> None:
    lines = lines_of(filled)
    lines[1] |= change
    with pytest.raises(ImportFileError) as caught:
        filled.import_json("you", "\n".join(map(json.dumps, lines)))
    assert words in caught.value.message
    assert filled.schemas.recent("you") == []


def test_a_file_that_lacks_one_was_cut_off(filled: Library) -> None:
    lines = lines_of(filled)
    with pytest.raises(ImportFileError, match="2 lines of type schema, and there are 1"):
        filled.import_json("you", "\n".join(map(json.dumps, [*lines[:2], lines[-1]])))
