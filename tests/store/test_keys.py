"""A marked key is pushed into everything that is stored, and then looked for in the whole database."""

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from sqlalchemy import inspect, text

from service import ChatRequest, Message, OpenRouterService
from service.simulator import Reply, Simulator
from service.store.database import Database
from service.store.library import Library
from tests.support import refusing, streamed

MARK = "MARKEDKEY4f7c2e91b8d6a350"
KEY = f"sk-or-v1-{MARK}{'0' * 28}wxyz"
LOCAL = "marked-local-word-7f3a"


def everything(url: str) -> str:
    """Every value of every table, the search index included, and the bytes of the files."""
    with closing(Database(url)) as database, database.read() as connection:
        names = inspect(connection).get_table_names()
        rows = [connection.execute(text(f"SELECT * FROM {name}")).all() for name in names]
        if not database.is_sqlite:
            return repr(rows)
    folder = Path(url.removeprefix("sqlite:///")).parent
    return repr(rows) + "".join(repr(path.read_bytes()) for path in folder.glob("*") if path.is_file())


def test_no_key_gets_into_the_database(
    make_library: Callable[..., Library],
    make_service: Callable[..., OpenRouterService],
    sim: Simulator,
    url: str,
) -> None:
    """Typed, echoed, in a title, a draft, settings, a parameter, an error, an answer, a checkpoint."""
    library = make_library(keys=[LOCAL])
    service = make_service(api_key=KEY, max_retries=0)
    conversation = library.create("me", settings={"extra_body": {"api_key": "hidden-by-name", "note": KEY}})
    said = conversation.say(f"My key is {KEY} or {LOCAL}, kept safe")
    request = ChatRequest(messages=[Message.user(f"{KEY} {LOCAL}")], extra_body={"headers": {"token": LOCAL, "x": KEY}})
    told = streamed(f"You said {KEY} and {LOCAL}, faithfully")
    sim.script(Reply(200, {"Content-Type": "text/event-stream"}, told))
    run = service.start(request)
    assert run.join(20)
    conversation.answer(said.id, run)
    sim.script(refusing(500, f"Bad key {KEY}"))
    failed = service.start(request)
    assert failed.join(20)
    conversation.answer(said.id, failed)
    stalled = service.start(replace_model(request))
    conversation.answer(said.id, stalled)
    library._journal.tick()
    conversation.keep_draft(f"{KEY} {LOCAL}")
    conversation.keep_settings({"note": f"{KEY} {LOCAL}"})
    conversation.rename(f"About {KEY} {LOCAL}")
    copy = library.duplicate(conversation)
    copy.edit(copy.tree.path()[0].id, f"again {KEY} {LOCAL}")
    stalled.stop()
    assert stalled.join(10)
    assert library.flush(20)
    assert library.problem is None
    stored = everything(url)
    assert "kept safe" in stored
    assert "faithfully" in stored
    assert "Bad key" in stored
    hidden = (MARK, MARK.lower(), LOCAL, "hidden-by-name")
    assert [(secret, secret in stored) for secret in hidden] == [(secret, False) for secret in hidden]


def replace_model(request: ChatRequest) -> ChatRequest:
    return request.model_copy(update={"model": "sim/stall:after=1"})


def test_the_mark_would_be_found(make_library: Callable[..., Library], url: str) -> None:
    """The hunt can succeed: what is no key is stored as it is."""
    library = make_library()
    library.create("me").say("nothing secret about marked-local-word-7f3a")
    assert library.flush(10)
    assert LOCAL in everything(url)
