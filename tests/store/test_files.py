"""Pictures, PDFs and recordings are kept once, come back as they were, and go with the last that names them."""

import base64
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from service import ChatRequest, ContentPart, Message, OpenRouterService
from service.simulator import Simulator
from service.simulator.media import picture
from service.store.files import files_of, reference_of, with_files, without_files
from service.store.library import Library

PNG = base64.b64decode(picture(7).partition(",")[2])
PDF = b"%PDF-1.4\n1 0 obj<</Type/Page>>endobj\n%%EOF\n"
WAV = b"RIFF\x28\0\0\0WAVEfmt " + b"\0" * 24
NOW = datetime(2026, 10, 1, tzinfo=UTC)
PARTS = (
    ContentPart.text("What is this?"),
    ContentPart.image(PNG, detail="low"),
    ContentPart.file(PDF, filename="paper.pdf"),
    ContentPart.audio(WAV, format="wav"),
)


class Clock:
    """Time that goes on when it is told to."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


def count(library: Library, table: str) -> int:
    with library._database.read() as connection:
        return int(connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())


def longest(library: Library, column: str, table: str) -> int:
    with library._database.read() as connection:
        return int(connection.execute(text(f"SELECT max(length({column})) FROM {table}")).scalar_one())


@pytest.fixture
def asked(make_service: Callable[..., OpenRouterService]) -> Callable[..., None]:
    """Return what asks for an answer in a conversation and waits for its end."""
    service = make_service()

    def ask(conversation: Any, said: Any, **fields: Any) -> None:
        request = ChatRequest(messages=conversation.messages_to_send(said.id), **fields)
        run = service.start(request)
        conversation.answer(said.id, run)
        assert run.join(20)

    return ask


def test_what_is_sent_later_is_what_was_attached(make_library: Callable[..., Library]) -> None:
    """In the same process, and in another one that knows it from the database alone."""
    library = make_library()
    conversation = library.create("me")
    said = conversation.say(PARTS)
    assert conversation.messages_to_send(said.id) == [Message.user(PARTS)]
    assert library.flush(10)
    other = make_library().get("me", conversation.id)
    assert other is not None
    assert other.messages_to_send(said.id) == [Message.user(PARTS)]


def test_an_open_conversation_holds_no_file_that_is_stored(library: Library) -> None:
    """A picture that is shown with every run of a page is named there, not held."""
    conversation = library.create("me")
    said = conversation.say(PARTS)
    shown = conversation.message(said.id).content
    held = [part.payload for part in shown if isinstance(part, ContentPart)]
    named = [reference_of(held[1]["image_url"]["url"]), reference_of(held[2]["file"]["file_data"])]
    assert [(one.media_type, one.size) for one in named if one] == [
        ("image/png", len(PNG)),
        ("application/pdf", len(PDF)),
    ]
    assert base64.b64encode(PNG).decode() not in repr(shown)


def test_a_file_is_stored_once_however_often_it_is_sent(library: Library, asked: Callable[..., None]) -> None:
    """Not again with the prompts of runs, nor in another conversation of the same owner."""
    for _ in range(2):
        conversation = library.create("me")
        asked(conversation, conversation.say(PARTS), model="sim/vision")
        asked(conversation, conversation.say("And now?"), model="sim/vision")
    assert library.flush(10)
    assert count(library, "files") == 3
    for column, table in (("message", "prompts"), ("content", "messages"), ("request", "runs")):
        assert longest(library, column, table) < 2_000


def test_a_stored_run_knows_the_request_as_it_was_sent(
    make_library: Callable[..., Library], asked: Callable[..., None], sim: Simulator
) -> None:
    library = make_library()
    conversation = library.create("me")
    asked(conversation, conversation.say(PARTS), model="sim/vision")
    assert library.flush(10)
    run = make_library().runs("me")[0]
    assert run.request.messages == (Message.user(PARTS),)
    assert json.loads(json.dumps(run.payload["messages"])) == sim.requests[-1].body["messages"]


def test_a_picture_of_an_answer_is_a_file_and_goes_back_as_it_was(
    make_library: Callable[..., Library], asked: Callable[..., None], sim: Simulator
) -> None:
    library = make_library()
    conversation = library.create("me")
    asked(conversation, conversation.say("Draw a fox."), model="sim/picture")
    assert library.flush(10)
    opened = make_library().get("me", conversation.id)
    assert opened is not None
    stored = opened.path().messages[-1].run
    assert stored is not None
    assert stored.result is not None
    named = reference_of(stored.result.images[0]["image_url"]["url"])
    assert named is not None
    assert named.media_type == "image/png"
    found = library.file("me", named.key)
    assert found is not None
    assert (found.media_type, found.data[:4]) == ("image/png", b"\x89PNG")
    asked(opened, opened.say("Another one."), model="sim/picture")
    sent = sim.requests[-1].body["messages"][1]["images"][0]["image_url"]["url"]
    assert sent == "data:image/png;base64," + base64.b64encode(found.data).decode()


def test_a_file_is_its_owners_alone(library: Library) -> None:
    """Who knows what a file is known by does not have it; who has the same file has one of his own."""
    library.create("me").say(PARTS)
    (key,) = files_of(Message.user(PARTS[1:2]))
    assert library.file("you", key) is None
    library.create("you").say(PARTS)
    assert library.file("you", key) == library.file("me", key) != None  # noqa: E711 - both are there


def test_a_reference_to_somebody_elses_file_gets_nothing(library: Library) -> None:
    """Whoever writes one by hand, as in a file that is imported, has it filled from his own files."""
    library.create("me").say(PARTS)
    named, _ = without_files(Message.user(PARTS[1:2]).model_dump())
    conversation = library.create("you")
    said = conversation.say(Message.model_validate(named))
    (sent,) = conversation.messages_to_send(said.id)
    assert sent.model_dump()["content"][0]["image_url"]["url"] == "data:image/png;base64,"


def test_files_go_with_the_last_that_names_them(
    make_library: Callable[..., Library], asked: Callable[..., None]
) -> None:
    """A copy of the conversation names them, too, and so does what was sent with a run."""
    clock = Clock()
    library = make_library(now=clock)
    conversation = library.create("me")
    asked(conversation, conversation.say(PARTS), model="sim/vision")
    copy = library.duplicate(conversation)
    library.delete("me", conversation.id)
    assert library.flush(10)
    clock.now = datetime.now(UTC) + timedelta(days=31)
    reopened = make_library(now=clock)
    assert reopened.flush(10)
    assert count(reopened, "files") == 3
    reopened.delete("me", copy.id)
    reopened.delete_run("me", reopened.runs("me")[0].id)
    assert reopened.flush(10)
    clock.now += timedelta(days=31)
    last = make_library(now=clock)
    assert last.flush(10)
    assert (count(last, "messages"), count(last, "files")) == (0, 0)


def test_an_export_holds_the_files_and_an_import_brings_them(
    make_library: Callable[..., Library], make_url: Callable[[], str], asked: Callable[..., None]
) -> None:
    """Into another database, where they are named again."""
    library = make_library()
    conversation = library.create("me")
    said = conversation.say(PARTS)
    asked(conversation, said, model="sim/vision")
    asked(conversation, conversation.say("Draw it."), model="sim/picture")
    assert library.flush(10)
    lines = "".join(library.export_json("me"))
    assert base64.b64encode(PNG).decode() in lines
    assert "$file" not in lines
    elsewhere = Library(make_url(), patience=10.0)
    elsewhere.import_json("you", lines.encode())
    (summary,) = elsewhere.recent("you")
    brought = elsewhere.get("you", summary.id)
    assert brought is not None
    first = brought.path().messages[0]
    assert brought.messages_to_send(first.id) == [Message.user(PARTS)]
    assert count(elsewhere, "files") == 4
    assert longest(elsewhere, "message", "prompts") < 2_000
    elsewhere.close()


def test_files_of_a_message_without_an_answer_go_with_it(make_library: Callable[..., Library]) -> None:
    clock = Clock()
    library = make_library(now=clock)
    conversation = library.create("me")
    conversation.say(PARTS)
    library.delete("me", conversation.id)
    assert library.flush(10)
    clock.now += timedelta(days=31)
    reopened = make_library(now=clock)
    assert reopened.flush(10)
    assert count(reopened, "files") == 0


def test_a_message_with_a_file_waits_in_memory_while_the_database_is_away(
    make_library: Callable[..., Library],
) -> None:
    """It can be sent at once, whole."""
    library = make_library(patience=0.0)
    conversation = library.create("me")
    said = conversation.say(PARTS)
    assert conversation.messages_to_send(said.id) == [Message.user(PARTS)]


@pytest.mark.parametrize(
    "url",
    ["https://example.com/a.png", "data:image/png,plain", "data:image/png;base64,AB=C", "data:image/png;base64,", ""],
)
def test_what_cannot_be_written_again_as_it_was_stays(url: str) -> None:
    message = {"role": "user", "content": [{"type": "image_url", "image_url": {"url": url}}]}
    assert without_files(message) == (message, {})


@pytest.mark.parametrize("head", ["data:image/png;base64,", "data:text/html;charset=utf-8;base64,", "data:;base64,"])
def test_what_stood_before_the_base64_comes_back(head: str) -> None:
    """And the type is told by the content alone, whatever stood there."""
    url = head + base64.b64encode(PNG).decode()
    named, files = without_files({"images": [{"type": "image_url", "image_url": {"url": url}}]})
    reference = reference_of(named["images"][0]["image_url"]["url"])
    assert reference is not None
    assert reference.media_type == "image/png"
    assert with_files(named, lambda keys: files)["images"][0]["image_url"]["url"] == url
