"""A key goes through every path there is, and then everything that was told to anybody is searched for it.

Beside the key goes a word that is no secret and names the path: one on which nothing went is noticed.
"""

import io
import json
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from sqlalchemy import inspect, text

from service import ChatRequest, Message, OpenRouterService, ResponseFormat, Run, Tool
from service.attachments import attach_file
from service.redact import KeysInUse, Redactor
from service.simulator import Reply, Simulator
from service.store.database import Database
from service.store.expected import Expected
from service.store.library import Library
from service.telemetry import Metrics, configure_logging
from tests.support import ask, refusing, streamed

MARK = "4f7c2e91b8d6a350"
KEYS = {"OpenRouter's form": f"sk-or-v1-{MARK}{'0' * 44}wxyz", "no known form": f"local-{MARK}-word-7f3a"}


@dataclass
class Ground:
    """Where the hunt is: one service and one library, with everything that listens to them."""

    key: str
    service: OpenRouterService
    library: Library
    sim: Simulator
    metrics: Metrics
    written: io.StringIO
    spans: Callable[[], list[ReadableSpan]]
    url: str
    path: str = ""

    @property
    def word(self) -> str:
        """What is no secret: it names the path."""
        return f"garden-{self.path}"

    @property
    def said(self) -> str:
        """What goes on a path."""
        return f"{self.word} {self.key}"

    def run(self, request: ChatRequest, *told: Reply) -> Run:
        """Ask in a conversation; the server answers as told, else as its model does."""
        self.sim.script(*told)
        conversation = self.library.create("me")
        said = conversation.say(request.messages[-1])
        run = self.service.start(request)
        assert run.join(20)
        conversation.answer(said.id, run)
        return run

    def everything(self) -> dict[str, str]:
        """Return all that was told, by place."""
        assert self.library.flush(20)
        assert self.library.problem is None
        told = {
            "export as JSON": self.library.export_json("me"),
            "export as CSV": self.library.export_csv("me"),
            "export as Markdown": map(self.library.export_markdown, self._conversations()),
            "answers": self._answers(),
            "log": [self.written.getvalue()],
            "spans": [span.to_json() for span in self.spans()],
            "figures": [self.metrics.render()[0].decode()],
            "database": database_text(self.url),
        }
        return {place: "\n".join(lines) for place, lines in told.items()}

    def _conversations(self) -> Iterator[Any]:
        for listed in self.library.recent("me"):
            found = self.library.get("me", listed.id)
            assert found is not None
            yield found

    def _answers(self) -> Iterator[str]:
        for found in self.library.schemas.answered("me"):
            for form in ("csv", "jsonl"):
                yield from self.library.export_answers("me", found.key, form) or ()  # type: ignore[arg-type]


def database_text(url: str) -> Iterator[str]:
    """Give every value of every table, and the bytes of the files."""
    with closing(Database(url)) as database, database.read() as connection:
        for name in inspect(connection).get_table_names():
            yield repr(connection.execute(text(f"SELECT * FROM {name}")).all())
    for path in Path(url.removeprefix("sqlite:///")).parent.glob("*"):
        if path.is_file():
            yield path.read_bytes().decode("utf-8", "replace")


@pytest.fixture
def make_ground(
    make_sqlite: Callable[[], str],
    make_service: Callable[..., OpenRouterService],
    sim: Simulator,
    spans: Callable[[], list[ReadableSpan]],
) -> Iterator[Callable[..., Ground]]:
    """Return `make(key, **settings)`: a ground whose service has that key."""
    made: list[Library] = []
    undoing: list[Callable[[], None]] = []

    def make(key: str, *, in_session: bool = False, **settings: Any) -> Ground:
        written, url = io.StringIO(), make_sqlite()
        own = "sk-or-v1-" + "c" * 64 if in_session else key
        redactor = Redactor((), KeysInUse(lambda: service.keys_in_use))
        metrics = Metrics(lambda: [service], redactor)
        undoing.append(configure_logging("debug", "json", stream=written, redactor=redactor))
        options = {"max_retries": 1, "trace_content": True, **settings}
        service = make_service(api_key=own, observers=[metrics], **options)
        made.append(Library(url, keys=redactor.secrets, patience=10.0))
        asking = service.with_key(key) if in_session else service
        return Ground(key, asking, made[-1], sim, metrics, written, spans, url)

    yield make
    for library in made:
        library.close()
    for undo in undoing:
        undo()


def schema_saying(words: str) -> dict[str, Any]:
    field = {"type": "string", "description": words}
    return {"type": "object", "properties": {"name": field}, "required": ["name"], "additionalProperties": False}


def tool_saying(words: str) -> Tool:
    return Tool.function("look", description=words, parameters=schema_saying(words))


def in_a_prompt(ground: Ground) -> None:
    """And in its answer, which sim/echo makes of it."""
    ground.run(ask(text=ground.said))


def in_a_system_prompt(ground: Ground) -> None:
    ground.run(ChatRequest(messages=(Message.system(ground.said), Message.user("Hello")), model="sim/echo"))


def in_a_tool(ground: Ground) -> None:
    ground.run(ask(tools=(tool_saying(ground.said),)))


def in_a_tool_call(ground: Ground) -> None:
    arguments = json.dumps({"name": ground.said})
    call = {"index": 0, "id": "call_1", "type": "function", "function": {"name": "look", "arguments": arguments}}
    told = Reply(chunks=streamed({"tool_calls": [call]}, finish="tool_calls"))
    ground.run(ask(tools=(tool_saying("Look it up"),)), told)


def in_a_tool_result(ground: Ground) -> None:
    in_a_tool_call(ground)
    conversation = next(ground._conversations())
    last = conversation.add_results(conversation.leaf_id, [Message.tool("call_1", ground.said)])
    assert last is not None
    run = ground.service.start(ChatRequest(messages=tuple(conversation.messages_to_send(last.id)), model="sim/echo"))
    assert run.join(20)
    conversation.answer(last.id, run)


def in_extra_body(ground: Ground) -> None:
    ground.run(ask(extra_body={"note": ground.said, "headers": {"x-token": ground.key}, "list": [[ground.said]]}))


def in_a_parameter(ground: Ground) -> None:
    ground.run(ask(stop=(ground.said,), user=ground.said, metadata={"note": ground.said}))


def in_a_model_name(ground: Ground) -> None:
    """Of a server that answers to any name, and of one that does not."""
    ground.run(ask(f"{ground.word}/{ground.key}"), Reply(chunks=streamed("Hello", model=ground.said)))
    ground.run(ask(f"{ground.word}/{ground.key}"))


def in_an_attached_text(ground: Ground) -> None:
    part = attach_file(f"{ground.key}.txt", ground.said.encode(), most_mb=1).part()
    ground.run(ChatRequest(messages=(Message.user((part,)),), model="sim/echo"))


def in_a_schema(ground: Ground) -> None:
    form = ResponseFormat.json_schema("answer", schema_saying(ground.said), description=ground.said)
    ground.run(ask("sim/json", response_format=form))


def in_an_answer_by_a_schema(ground: Ground) -> None:
    """Which is right, and one that is not, whose violation names it."""
    form = ResponseFormat.json_schema("answer", {**schema_saying("x"), "properties": {"name": {"enum": ["y"]}}})
    for value in ({"name": ground.said}, {ground.said: ground.said}):
        ground.run(ask("sim/json", response_format=form), Reply(chunks=streamed(json.dumps(value))))


def in_a_saved_schema(ground: Ground) -> None:
    saved = ground.library.schemas.save("me", ground.word, json.dumps(schema_saying(ground.said)), note=ground.said)
    ground.library.schemas.rename("me", saved.schema_id, ground.key)
    in_a_schema(ground)


def in_what_a_conversation_keeps(ground: Ground) -> None:
    """Title, draft, settings, an expected value, an edited question, preferences."""
    in_a_prompt(ground)
    conversation = next(ground._conversations())
    question = conversation.tree.path()[0].id
    conversation.rename(ground.said)
    conversation.keep_draft(ground.said)
    conversation.keep_settings({"system_prompt": ground.said})
    conversation.expect(question, Expected({"name": ground.said}))
    conversation.edit(question, ground.said)
    ground.library.preferences.keep("me", "chat", {"system_prompt": ground.said})
    ground.library.duplicate(conversation)


def in_an_answer(ground: Ground) -> None:
    """In everything that an answer is made of."""
    source = {"url": f"https://example.org/{ground.key}", "title": ground.said}
    deltas = (
        {"content": f"You said {ground.said}."},
        {"reasoning": ground.said, "reasoning_details": [{"type": "reasoning.text", "text": ground.said}]},
        {"annotations": [{"type": "url_citation", "url_citation": source}]},
        {"refusal": ground.said},
    )
    ground.run(ask(), Reply(chunks=streamed(*deltas, finish=ground.said, model=ground.said)))


def in_a_stopped_answer(ground: Ground) -> None:
    """Stored while it was still coming."""
    ground.sim.script(Reply(200, {"Content-Type": "text/event-stream"}, streamed(ground.said, finish=None), end="hang"))
    conversation = ground.library.create("me")
    said = conversation.say("Hello")
    with ground.service.stream(ask()) as stream:
        next(iter(stream))
        conversation.answer(said.id, stream.run)
        ground.library._journal.tick()
    assert stream.run.join(10)


def in_an_error(ground: Ground) -> None:
    """Told again by the server each time it is asked, in every field that it has for words."""
    fields = {"raw": f"Bearer {ground.said}", "provider_name": ground.said, "reasons": [ground.said]}
    refused = refusing(500, ground.said, headers={"x-request-id": ground.key}, **fields)
    run = ground.run(ask(text=ground.word), refused, refused)
    assert run.attempt == 2
    page = Reply(502, {"Content-Type": "text/html"}, [f"<title>{ground.said}</title>".encode()])
    ground.run(ask(text=ground.word), page, Reply(200, {}, [f"no JSON {ground.said}".encode()]))
    error = {"error": {"code": 401, "message": ground.said}}
    chunks = [*streamed("Half", finish=None), f"data: {json.dumps(error)}\n\n".encode()]
    ground.run(ask(text=ground.word), Reply(chunks=chunks))


PATHS = [
    in_a_prompt,
    in_a_system_prompt,
    in_a_tool,
    in_a_tool_call,
    in_a_tool_result,
    in_extra_body,
    in_a_parameter,
    in_a_model_name,
    in_an_attached_text,
    in_a_schema,
    in_an_answer_by_a_schema,
    in_a_saved_schema,
    in_what_a_conversation_keeps,
    in_an_answer,
    in_a_stopped_answer,
    in_an_error,
]


def take_every_path(ground: Ground) -> None:
    for path in PATHS:
        ground.path = path.__name__
        path(ground)


def import_unmasked(ground: Ground) -> None:
    """Import what was exported, as somebody wrote it who did not mask anything, and that for another owner, too."""
    lines, hidden = "".join(ground.library.export_json("me")), f"…{ground.key[-4:]}"
    assert lines.count(hidden) > 50
    for listed in ground.library.recent("me", limit=100):
        ground.library.delete("me", listed.id)
    ground.library.import_json("somebody else", lines.replace(hidden, ground.key))
    ground.library.import_json("me", "".join(ground.library.export_json("somebody else")))


def near(told: dict[str, str], word: str) -> list[str]:
    """Return what stands before a word wherever it is found."""
    return [f"{place}: {words[max(0, at - 80) : at]}" for place, words in told.items() if (at := words.find(word)) >= 0]


@pytest.mark.parametrize("key", KEYS.values(), ids=KEYS)
def test_the_apps_own_key_is_nowhere(
    make_ground: Callable[..., Ground], capfd: pytest.CaptureFixture[str], key: str
) -> None:
    """However it came there; what stood beside it is kept."""
    ground = make_ground(key)
    take_every_path(ground)
    told = ground.everything()
    import_unmasked(ground)
    again = {f"{place}, imported": words for place, words in ground.everything().items()}
    output = capfd.readouterr()
    assert near({**told, **again, "output": output.out + output.err}, MARK) == []
    words = [f"garden-{path.__name__}" for path in PATHS]
    assert [word for word in words if word not in told["database"] or word not in told["export as JSON"]] == []
    assert [place for place, words in told.items() if "garden-" not in words] == []


@pytest.mark.parametrize("key", KEYS.values(), ids=KEYS)
def test_a_sessions_key_is_nowhere(
    make_ground: Callable[..., Ground], capfd: pytest.CaptureFixture[str], key: str
) -> None:
    """Neither is one that was pasted for one browser session, which the app knows of by that session alone."""
    ground = make_ground(key, in_session=True)
    take_every_path(ground)
    told = ground.everything()
    output = capfd.readouterr()
    assert near({**told, "output": output.out + output.err}, MARK) == []
    assert [place for place, words in told.items() if "garden-" not in words] == []


def test_a_base_url_does_not_give_a_key_away(make_ground: Callable[..., Ground]) -> None:
    """Gateways take keys in the path; nobody answers at this one, however often it is tried."""
    key = KEYS["no known form"]
    ground = make_ground(key, base_url=f"http://127.0.0.1:9/{key}/v1")
    ground.path = "base_url"
    run = ground.run(ask(text=ground.word))
    assert (run.attempt, type(run.error).__name__) == (2, "NetworkError")
    shown = {"error": vars(run.error), "service": ground.service, "config": ground.service.config}
    assert near({**ground.everything(), **{name: repr(value) for name, value in shown.items()}}, MARK) == []
