"""A broken file is named by its line, in plain words, and changes nothing."""

import json
import re
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from service import ImportFileError, InvalidRequestError, OpenRouterError, StorageError
from service.store import import_file
from service.store.import_file import ImportFile
from service.store.library import Library
from service.store.tables import RunRow
from tests.store.exports import lines_of, table_sizes

AT = "2026-01-02T03:04:05.000006Z"
HEADER = {"format": "openrouter-playground", "version": 1, "exported_at": AT}


def run(ident: str = "r1", **fields: Any) -> dict[str, Any]:
    known = {"id": ident, "kind": "chat", "state": "completed", "created_at": AT, "updated_at": AT}
    asked = {"model": "sim/echo", "payload": {"changed": {"stream": True}}}
    usage = {"prompt_tokens": 1, "cost": "0.000000000001"}
    result = {
        "text": "Hi",
        "usage": usage,
        "timings": {"total": 1.5},
        "verdict": {"kind": "valid", "sentence": "Good."},
    }
    error = {"kind": "ProviderError", "message": "No.", "context": {"payload": {"a": [1]}}}
    return known | {"prompt": 0, "request": asked, "result": result, "error": error} | fields


def said(ident: str = "m1", parent: str | None = None, **fields: Any) -> dict[str, Any]:
    known = {"id": ident, "created_at": AT, "message": {"role": "user", "content": "Hello"}} | fields
    return known if parent is None else known | {"parent": parent}


def answered(ident: str = "m2", parent: str = "m1", run_id: str = "r1") -> dict[str, Any]:
    return {"id": ident, "parent": parent, "created_at": AT, "run": run_id}


PROMPTS = [{"message": {"role": "system", "content": "Be brief."}}, {"parent": 0, "message": said()["message"]}]


def conversation(*messages: dict[str, Any], **fields: Any) -> dict[str, Any]:
    known = {"type": "conversation", "id": "c1", "title": "T", "created_at": AT, "updated_at": AT, "shown": "m1"}
    told = list(messages) or [said(), answered()]
    return known | {"messages": told, "runs": [run()], "prompts": PROMPTS, "settings": {"a": 1}, "draft": "d"} | fields


def export(*lines: Any) -> str:
    """Return a file with these lines between header and end."""
    counts = [sum(line.get("type") == kind for line in lines) for kind in ("conversation", "run")]
    end = {"type": "end", "conversations": counts[0], "runs": counts[1]}
    return "\n".join(json.dumps(line) for line in (HEADER, *lines, end))


ALONE = {"type": "run", "prompts": PROMPTS, "run": run("r2", prompt=1)}
GOOD = export(conversation(), ALONE)


def complaint(source: str | bytes) -> str:
    with pytest.raises(ImportFileError) as caught:
        ImportFile(source).check()
    assert str(caught.value) == caught.value.message
    return caught.value.message


def test_a_file_written_by_hand_is_imported(library: Library) -> None:
    """With no more than what is needed."""
    summary = library.import_json("me", GOOD)
    assert (summary.conversations, summary.messages, summary.runs) == (1, 2, 2)
    (listed,) = library.recent("me")
    found = library.get("me", listed.id)
    assert found is not None
    assert [message.text for message in found.path().messages] == ["Hello"]
    found.choose(found.tree.path()[0].id)
    assert [message.text for message in found.path().messages] == ["Hello", "Hi"]
    assert lines_of(library)[1]["runs"][0]["result"]["usage"]["cost"] == "0.000000000001"


def test_an_import_error_is_a_malformed_request() -> None:
    """Whoever catches that, or a ValueError, catches this one too."""
    with pytest.raises(InvalidRequestError, match="Line 1"):
        ImportFile("").check()


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (conversation(said("m1", "m9")), 'message "m1" follows message "m9", which is not in the conversation'),
        (conversation(said("m1", "m2"), said("m2", "m1")), 'message "m1" follows itself, through its parents'),
        (conversation(said("m1", "m1")), 'message "m1" follows itself, through its parents'),
        (conversation(said("m2", "m1"), said("m1")), 'message "m2" has to stand behind message "m1", which it follows'),
        (conversation(said("m1"), said("m1")), "two messages have the same id"),
        (conversation(said("m1"), answered(run_id="r9")), 'is answered by run "r9", which is not in "runs"'),
        (conversation(said(shown=1)), "messages[0].shown: is not known"),
        (conversation(said(message=None)), 'messages[0]: needs either "message" (what was said) or "run"'),
        (conversation(said(run="r1")), 'messages[0]: needs either "message" (what was said) or "run"'),
        (conversation(said(message={"role": "bot", "content": "x"})), "messages[0].message.role: should be 'system'"),
        (conversation(said(message={"role": "user"})), "messages[0].message: a user message needs content"),
        (conversation(shown="m9"), '"shown" names message "m9", which is not in the conversation'),
        (conversation(title=7), "title: should be a text"),
        (conversation(created_at="yesterday"), "created_at: should be a time with its zone"),
        (conversation(created_at="2026-01-01T00:00:00"), "created_at: should be a time with its zone"),
        (conversation(created_at="0001-01-01T00:00:00+14:00"), "created_at: should be a time with its zone"),
        (conversation(id="a b"), "id: should be an id"),
        (conversation(owner="you"), "owner: is not known"),
        (conversation(runs=[run(), run()]), "two runs have the same id"),
        (conversation(runs=[run(prompt=2)]), 'run "r1" names prompt 2, and there are only 2'),
        (conversation(prompts=[PROMPTS[1]]), "prompts: the parent of prompt 0 has to stand before it"),
        (conversation(runs=[run(state="done")]), "runs[0].state: should be 'queued'"),
        (conversation(runs=[run(result={"usage": {"cost": 0.1}})]), "runs[0].result.usage.cost: should be an amount"),
        (conversation(runs=[run(result={"usage": {"cost": "NaN"}})]), "runs[0].result.usage.cost: should be an amount"),
        (
            conversation(runs=[run(result={"timings": {"total": -1}})]),
            "runs[0].result.timings.total: should be greater",
        ),
        (conversation(runs=[run(request={"payload": {}, "parameters": {"temperature": 9}})]), "temperature: should be"),
        (conversation(runs=[run(request={})]), "runs[0].request.payload: is missing"),
        (conversation(runs=[run(kind="No!")]), "runs[0].kind: "),
        (conversation(settings=[[]] * 3 + [json.loads("[" * 300 + "]" * 300)]), "inside each other are too deep"),
        ({"type": "letter"}, 'the line should be an object with "type": one of conversation, run, schema, end'),
        ({"type": ["run"]}, 'the line should be an object with "type"'),
        ({"kind": "run"}, 'the line should be an object with "type"'),
    ],
    ids=str,
)
def test_what_is_wrong_is_said_with_its_line(line: dict[str, Any], words: str) -> None:
    """The first complaint, at its place in the line."""
    message = complaint(export({**ALONE}, line))
    assert message.startswith(("Line 3: ", "Line 3, column "))
    assert words in message


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("", "Line 1: this is no export of OpenRouter Playground"),
        ("[1]", "Line 1: this is no export of OpenRouter Playground"),
        ('{"messages": []}', "Line 1: this is no export of OpenRouter Playground"),
        ("Dear diary", "Line 1, column 1: this is not the beginning of JSON."),
        (json.dumps(HEADER | {"version": 3}), "Line 1: the file was written by a newer version of the app"),
        (json.dumps(HEADER | {"version": "1"}), 'Line 1: "version" should be a whole number from 1.'),
        (json.dumps(HEADER | {"version": True}), 'Line 1: "version" should be a whole number from 1.'),
        (json.dumps(HEADER), "Line 1: the file ends here, before its end line: it was cut off."),
        (GOOD.rpartition("\n")[0], "Line 3: the file ends here, before its end line: it was cut off."),
        (GOOD + "\n{}", "Line 5: this stands behind the end line."),
        (GOOD.replace('"runs": 1}', '"runs": 2}'), "Line 4: there should be 2 lines of type run, and there are 1."),
        (export(ALONE, ALONE), 'Line 3: run "r2" is on line 2 already.'),
        (export(conversation(), conversation()), 'Line 3: conversation "c1" is on line 2 already.'),
        (GOOD[:-30], "Line 4, column"),
        (GOOD.replace('"title": "T"', '"title" "T"'), "Line 2, column 46: a colon is missing after the field name."),
        (GOOD.replace('"title": "T"', '"title": NaN'), "Line 2, column 47: NaN is not a JSON number."),
        (GOOD.encode("utf-16"), "Line 1, column 1: this is no UTF-8 text."),
        (GOOD.encode().replace(b"Be brief", b"\xff\xfe brief"), "Line 2, column"),
        (export(conversation(**{"bad\ud800": 1})), "Line 2: "),
        ("[" * 100_000, "Line 1, column 1: the lists and objects inside each other are too deep."),
    ],
    ids=[str(number) for number in range(20)],
)
def test_a_file_that_is_no_export_is_refused(source: str | bytes, words: str) -> None:
    """By a sentence that can be shown."""
    message = complaint(source)
    assert message.startswith(words)
    assert message.encode().decode() == message


def test_a_file_that_is_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """As a whole, or by a line of it."""
    monkeypatch.setattr(import_file, "MOST_LINE_BYTES", 1_000_000)
    monkeypatch.setattr(import_file, "MOST_BYTES", 3_000_000)
    long = export(conversation(draft="x" * 1_000_000), ALONE)
    assert complaint(long) == "Line 2: the line is longer than 1 MB."
    assert complaint(" " * 3_000_001) == "The file is larger than 3 MB, the most that can be imported."


VALUE = re.compile(r'(?<=: )(?:"[^"]*"|-?[\d.]+|true|false|null|\{\}|\[\])')
NAME = re.compile(r'"([a-z_]+)": ')
MUTATIONS = st.sampled_from(
    ["null", "true", "-1", "1e400", '"x"', "[]", "{}", "[[]]", '"\\ud800"', '"\\u0000"', '"m1"', "99999999999999999999"]
)


@st.composite
def mutated(draw: st.DrawFn) -> str | bytes:
    """A valid file in which bytes, values or lines have been changed."""
    match draw(st.sampled_from(["value", "name", "bytes", "line"])):
        case "value":
            start, end = draw(st.sampled_from([found.span() for found in VALUE.finditer(GOOD)]))
            return GOOD[:start] + draw(MUTATIONS) + GOOD[end:]
        case "name":
            names = sorted({found[1] for found in NAME.finditer(GOOD)})
            return GOOD.replace(f'"{draw(st.sampled_from(names))}":', f'"{draw(st.sampled_from([*names, "x"]))}":')
        case "line":
            return "\n".join(draw(st.permutations(GOOD.split("\n"))))
    at = draw(st.integers(0, len(GOOD)))
    junk = draw(st.binary(max_size=4))
    return GOOD.encode()[:at] + junk + GOOD.encode()[at + draw(st.integers(0, 3)) :]


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Any:
    library = Library(f"sqlite:///{tmp_path_factory.mktemp('fuzz') / 'x.sqlite3'}", patience=10.0)
    yield library
    library.close()


@settings(max_examples=400, deadline=None)
@given(source=mutated(), number=st.integers(0, 10**9))
def test_whatever_is_changed_the_import_is_whole_or_refused(places: Library, source: str | bytes, number: int) -> None:
    """Never another error, and never a part of it; what is stored can be read, exported and imported again."""
    before = table_sizes(places)
    owner = f"owner {number}"
    try:
        summary = places.import_json(owner, source)
    except ImportFileError:
        assert table_sizes(places) == before
        return
    after = table_sizes(places)
    grown = {name: after[name] - before[name] for name in ("conversations", "messages", "runs")}
    told = {"conversations": summary.conversations, "messages": summary.messages, "runs": summary.runs}
    assert summary.skipped > 0 or grown == told
    for found in places.runs(owner):
        assert found.result is not None or not found.is_ended
        _ = (found.request, found.payload, found.error, found.elapsed)
    for listed in places.recent(owner):
        opened = places.get(owner, listed.id)
        assert opened is not None
        assert places.export_markdown(opened)
    assert "".join(places.export_csv(owner))
    again = places.import_json(owner, "".join(places.export_json(owner)))
    assert (again.conversations, again.runs) == (0, 0)


def test_a_locked_database_imports_nothing_and_nothing_later(tmp_path: Path) -> None:
    """Who waits is told; the import does not come behind their back when the database is free again."""
    path = tmp_path / "x.sqlite3"
    library = Library(f"sqlite:///{path}", patience=10.0)
    try:
        assert library.flush(10)
        before = table_sizes(library)
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StorageError, match=r"locked by another program\. Nothing was imported\."):
            library.import_json("me", GOOD)
        other.execute("ROLLBACK")
        other.close()
        assert library.flush(10)
        assert table_sizes(library) == before
        assert library.import_json("me", GOOD).runs == 2
        assert library.problem is None
    finally:
        library.close()


def test_a_database_that_fails_halfway_keeps_nothing(make_library: Callable[..., Library]) -> None:
    """The disk is full after the first conversation: the whole import is taken back, and the store goes on."""
    library = make_library()
    assert library.flush(10)
    before = table_sizes(library)
    with library._database.write() as connection:
        connection.exec_driver_sql(
            "ALTER TABLE messages ADD COLUMN extra INTEGER NOT NULL DEFAULT 0 CHECK (number < 2)"
        )
    with pytest.raises(StorageError, match=r"Nothing was imported\."):
        library.import_json("me", GOOD)
    assert table_sizes(library) == before
    assert library.problem is None
    assert library.import_json("me", export(ALONE)).runs == 1


def test_a_key_in_a_request_or_an_error_is_masked(library: Library) -> None:
    """Under a name that tells what it is, whatever it looks like; an account's id goes altogether."""
    secret, account = "no-pattern-in-it", "account-of-somebody"
    inner = {"authorization": secret, "user_id": account}
    request = {"parameters": {"extra_body": inner}, "payload": {"changed": {"headers": inner}}}
    error = {"kind": "ProviderError", "message": "No.", "context": {"payload": inner}}
    library.import_json("me", export({**ALONE, "run": run(request=request, error=error, prompt=None)}))
    with library._database.read() as connection:
        row = dict(connection.execute(select(RunRow.__table__)).mappings().one())
    found = {word: word in repr(row) for word in (secret, account)}
    assert found == {secret: False, account: False}
    assert row["request"]["parameters"]["extra_body"] == {"authorization": "…n-it"}


@pytest.mark.parametrize("kind", ["TomorrowsError", "redact_text", "Any"])
def test_an_error_of_a_class_that_is_not_known_is_the_general_one(library: Library, kind: str) -> None:
    """Also where the name is that of something else."""
    library.import_json("me", export({**ALONE, "run": run(error={"kind": kind, "message": "New."}, prompt=None)}))
    (found,) = library.runs("me")
    assert type(found.error) is OpenRouterError
    assert found.error.message == "New."


def test_runs_of_a_conversation_that_no_message_shows_are_kept(library: Library) -> None:
    """They go out with it; one that was deleted does, where a message shows it, and stays deleted."""
    runs = [run("r1", deleted_at=AT), run("r2")]
    library.import_json("me", export(conversation(runs=runs)))
    told = lines_of(library)[1]
    assert [(one.get("deleted_at"), one["state"]) for one in told["runs"]] == [(AT, "completed"), (None, "completed")]
    assert told["messages"][1]["run"] == told["runs"][0]["id"]
    library.delete_run("me", told["runs"][1]["id"])
    assert len(lines_of(library)[1]["runs"]) == 1
