"""Downloads over the app's own routes: each visitor gets what is theirs, and nothing tells of the rest."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from service import ResponseFormat
from service.simulator import Simulator
from service.web.bootstrap import backend, close_backend
from service.web.exports import export_routes
from service.web.owner import OWNER_COOKIE
from tests.support import ask

MINE, THEIRS = "m" * 43, "t" * 43
SCHEMA = {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]}
PARTS = {"type": "array", "items": {"type": "object", "properties": {"part": {"type": "string"}}}}
WITH_PARTS = {"type": "object", "properties": {"name": {"type": "string"}, "parts": PARTS}, "required": ["name"]}


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """The backend with an answer of mine, by a schema that is saved, and one by another."""
    monkeypatch.chdir(tmp_path)
    with Simulator(speed=0, requires_key=False) as simulator:
        monkeypatch.setenv("OPENROUTER_BASE_URL", simulator.base_url)
        close_backend()
        library, service = backend().library, backend().service
        library.schemas.save(MINE, "Person", json.dumps(SCHEMA))
        for schema in (SCHEMA, WITH_PARTS):
            form = ResponseFormat.json_schema("answer", schema)
            run = service.start(ask("sim/json", "Who?", response_format=form))
            library.record(MINE, run, kind="batch")
            assert run.join(20)
        assert library.flush(10)
        yield
        close_backend()


def visitor(owner: str) -> TestClient:
    return TestClient(Starlette(routes=export_routes), cookies={OWNER_COOKIE: owner})


@pytest.mark.parametrize("saved", [True, False], ids=["saved", "not saved"])
def test_the_answers_of_a_schema_are_their_owners_alone(served: None, saved: bool) -> None:
    """By its id as well as by what its content is known by."""
    keys = {found.is_saved: found.key for found in backend().library.schemas.answered(MINE)}
    mine = visitor(MINE).get("/export/answers.csv", params={"schema": keys[saved]})
    assert (mine.status_code, mine.headers["content-type"]) == (200, "text/csv; charset=utf-8")
    assert mine.headers["content-disposition"].startswith('attachment; filename="answers-')
    assert len(mine.text.strip().splitlines()) == 2
    theirs = visitor(THEIRS).get("/export/answers.csv", params={"schema": keys[saved]})
    assert (theirs.status_code, theirs.text) == (404, "There is no such schema here, and no answer to it.")


def test_answers_come_as_lines_of_json_and_filtered(served: None) -> None:
    key = backend().library.schemas.answered(MINE)[0].key
    got = visitor(MINE).get("/export/answers.jsonl", params={"schema": key})
    assert got.headers["content-type"] == "application/jsonl; charset=utf-8"
    (line,) = [json.loads(line) for line in got.text.splitlines()]
    assert (line["outcome"], list(line["value"])) == ("valid", ["name"])
    none = visitor(MINE).get("/export/answers.jsonl", params={"schema": key, "verdict": "wrong_shape"})
    assert (none.status_code, none.text) == (200, "")


def test_the_items_of_a_list_come_as_rows(served: None) -> None:
    """Of a list that the schema has; of another, nothing is there."""
    key = next(found.key for found in backend().library.schemas.answered(MINE) if not found.is_saved)
    asked = {"schema": key, "items": "parts[]"}
    got = visitor(MINE).get("/export/answers.csv", params=asked)
    assert got.headers["content-disposition"].startswith('attachment; filename="items-')
    assert got.text.splitlines()[0].split(",")[5:8] == ['"item"', '"name"', '"parts.part"']
    assert visitor(MINE).get("/export/answers.csv", params={**asked, "items": "[]"}).status_code == 404


def test_another_form_is_not_there(served: None) -> None:
    assert visitor(MINE).get("/export/answers.xml").status_code == 404
    assert visitor(MINE).get("/export/answers.csv").status_code == 404
