"""The socket that live runs are painted over, spoken to as a browser does."""

import asyncio
import json
import re
import socket
import threading
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from service import OpenRouterService, ResponseFormat, Run
from service.simulator import Reply, Simulator
from service.web.painter.socket import LiveSocket
from service.web.painter.token import sign_token
from tests.support import ask, streamed


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.is_ready = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.is_ready.set()


@pytest.fixture
def live(service: OpenRouterService) -> Iterator[str]:
    """Serve the route over the runs of `service`; the address without its scheme."""
    endpoint = LiveSocket(service.runs.get)

    async def serve(opened: WebSocket) -> None:
        await endpoint(opened)

    app = Starlette(routes=[WebSocketRoute("/live", serve)])
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    server = _Server(uvicorn.Config(app, lifespan="off", log_config=None, ws="websockets-sansio"))
    thread = threading.Thread(target=lambda: asyncio.run(server.serve([listener])))
    thread.start()
    assert server.is_ready.wait(10)
    yield f"127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join(10)
    listener.close()


def watch(live: str, hello: Any, *, origin: str | None = None) -> tuple[list[dict[str, Any]], int | None]:
    """Open the socket as a page does, say hello, and return all that comes until the server closes, and its code."""
    frames: list[dict[str, Any]] = []
    with connect(f"ws://{live}/live", origin=origin or f"http://{live}", close_timeout=1) as connection:  # type: ignore[arg-type]
        connection.send(hello if isinstance(hello, str) else json.dumps(hello))
        try:
            while True:
                frames += json.loads(connection.recv(timeout=20))
        except ConnectionClosed:
            return frames, connection.close_code


def hello(*runs: Run, **state: Any) -> dict[str, Any]:
    ids = [run.id for run in runs]
    return {"token": sign_token("session", ids), "runs": dict.fromkeys(ids, state)}


def html_of(frames: list[dict[str, Any]], part: str = "answer") -> str:
    """What a browser shows after these frames."""
    blocks: list[str] = []
    tail = ""
    for frame in frames:
        section = frame[part]
        blocks[section["from"] :] = section["blocks"]
        tail = section["tail"]
    return "".join(blocks) + tail


def test_a_run_is_painted_to_its_end(service: OpenRouterService, live: str) -> None:
    """Blocks come once each, the last frame says that the run has ended, and then the server closes."""
    run = service.start(ask("sim/writer", "Plan a garden party with a table of tasks and an estimate of the costs"))
    frames = watch(live, hello(run))[0]
    shown = html_of(frames)
    assert frames[-1]["done"] is True
    assert frames[-1]["state"] == "completed"
    assert shown.startswith("<h2>")
    assert "<table>" in shown
    assert "simulated" in shown


def test_a_reconnect_gets_only_what_it_lacks(service: OpenRouterService, live: str) -> None:
    """A browser that says how many blocks it has is not sent them again."""
    run = service.start(ask("sim/writer", "Plan a garden party with a table of tasks and an estimate of the costs"))
    first = watch(live, hello(run))[0]
    had = len(first[-1]["answer"]["blocks"]) + first[-1]["answer"]["from"]
    again = watch(live, hello(run, epoch=1, answer=had, reasoning=0))[0]
    assert again[-1]["answer"]["from"] == had
    assert again[-1]["answer"]["blocks"] == []
    assert again[-1]["done"] is True


def test_reasoning_has_its_own_place(service: OpenRouterService, live: str) -> None:
    """What the model thinks aloud is not mixed into the answer."""
    run = service.start(ask("sim/reasoner", "How many days has a leap year?"))
    frames = watch(live, hello(run))[0]
    assert html_of(frames, "reasoning")
    assert html_of(frames, "reasoning") not in html_of(frames)


def test_stop_ends_the_run(service: OpenRouterService, live: str, sim: Simulator) -> None:
    """Stop is one message; the run ends, and the provider sees the connection go."""
    run = service.start(ask("sim/hang", "Wait"))
    assert sim.wait_for_request()
    watch(live, {"token": sign_token("session", [run.id]), "runs": {}, "stop": [run.id]})[0]
    assert run.join(5)
    assert run.state == "stopped"
    assert sim.wait_for_disconnect()


def test_a_run_that_is_gone_is_said_to_be(live: str) -> None:
    """After a restart the page asks for runs that nobody knows; it is told so and draws what the store has."""
    frames = watch(live, {"token": sign_token("session", ["lost"]), "runs": {"lost": {}}})[0]
    assert frames == [{"run": "lost", "gone": True, "done": True}]


@pytest.mark.parametrize(
    "message",
    [
        "not json",
        "[]",
        "{}",
        '{"token": "forged", "runs": {}}',
        '{"token": null, "runs": []}',
        '{"token": {"a": 1}, "runs": {"x": 1}}',
    ],
)
def test_without_a_token_of_ours_nothing_is_shown(live: str, message: str) -> None:
    """Whatever else is said, the server closes with 1008."""
    assert watch(live, message) == ([], 1008)


def test_a_token_is_good_for_its_own_runs_alone(service: OpenRouterService, live: str) -> None:
    """A valid token of one session does not show, and does not stop, a run of another."""
    run = service.start(ask("sim/hang", "Wait"))
    token = sign_token("somebody else", ["another-run"])
    assert watch(live, {"token": token, "runs": {run.id: {}}, "stop": [run.id]}) == ([], 1008)
    assert watch(live, {"token": token, "runs": {}, "stop": [run.id]})[0] == []
    assert not run.is_ended
    run.stop()
    assert run.join(5)


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1:1"])
def test_another_site_is_turned_away(live: str, origin: str) -> None:
    """A page of another origin cannot open the socket at all."""
    with pytest.raises(InvalidStatus) as refused:
        watch(live, "{}", origin=origin)
    assert refused.value.response.status_code == 403


@pytest.mark.parametrize("state", [{"epoch": -1}, {"epoch": "x"}, {"answer": 10**12}, {"epoch": 1, "answer": 999}, 7])
def test_a_wrong_claim_of_what_is_there_shows_all_or_the_rest(
    service: OpenRouterService, live: str, state: Any
) -> None:
    """A browser that says nonsense is painted from the beginning, or to the end, and never breaks the server."""
    run = service.start(ask("sim/echo", "One\n\nTwo\n\nThree"))
    run.wait(10)
    token = sign_token("session", [run.id])
    frames = watch(live, {"token": token, "runs": {run.id: state}})[0]
    assert frames[-1]["done"] is True
    assert "Three" in html_of(frames)


def test_many_runs_share_one_socket(service: OpenRouterService, live: str) -> None:
    """A comparison is painted over one connection, and each run ends on its own."""
    runs = [service.start(ask("sim/echo", f"number {n}")) for n in range(6)]
    frames = watch(live, hello(*runs))[0]
    for n, run in enumerate(runs):
        own = [frame for frame in frames if frame["run"] == run.id]
        assert f"number {n}" in html_of(own)
        assert own[-1]["done"] is True


def test_markup_of_a_model_never_reaches_a_browser(service: OpenRouterService, live: str, sim: Simulator) -> None:
    """A script in an answer, and in an error's words, arrives as text."""
    sim.script(Reply(200, {"content-type": "text/event-stream"}, streamed("<script>alert(1)</script> ![x](http://e/)")))
    run = service.start(ask("sim/echo"))
    shown = html_of(watch(live, hello(run))[0])
    assert "<script" not in shown
    assert "<img" not in shown
    assert "&lt;script&gt;" in shown


SCHEMA = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "age": {"type": "integer"}},
    "required": ["name", "age"],
}
PERSON = ResponseFormat.json_schema("person", SCHEMA)


def fields_of(frames: list[dict[str, Any]]) -> dict[int, str]:
    """The fields that a browser has after these frames."""
    fields: dict[int, str] = {}
    for frame in frames:
        if frame["form"] is None or frame["form"]["is_fresh"]:
            fields.clear()
        fields |= {key: html for key, _, html in (frame["form"] or {"fields": []})["fields"]}
    return fields


def test_an_answer_in_a_shape_is_painted_as_a_form(service: OpenRouterService, live: str, sim: Simulator) -> None:
    """First all fields, then those that changed; no text is painted beside them."""
    sim.script(Reply(chunks=streamed('{"name": "Da', 'na", "age": 4', "1}")))
    run = service.start(ask("sim/echo", response_format=PERSON))
    frames = watch(live, hello(run))[0]
    assert frames[0]["form"]["is_fresh"] is True
    assert not any(frame["form"]["is_fresh"] for frame in frames[1:])
    assert html_of(frames) == ""
    assert [re.sub("<[^>]+>", "", html) for html in fields_of(frames).values()] == ["NameDana✓", "Age41✓"]
    assert (frames[-1]["form"]["head"], frames[-1]["form"]["has_begun"]) == ("2 of 2 fields", True)
    assert frames[-1]["alert"] == ""


def test_the_form_stands_before_the_first_word(service: OpenRouterService, live: str) -> None:
    """Fields and names, all of them waiting."""
    run = service.start(ask("sim/hang", response_format=PERSON))
    with connect(f"ws://{live}/live", origin=f"http://{live}", close_timeout=1) as connection:  # type: ignore[arg-type]
        connection.send(json.dumps(hello(run)))
        (frame,) = json.loads(connection.recv(timeout=20))
    assert frame["form"]["has_begun"] is False
    assert [html.count('data-state="waiting"') for html in fields_of([frame]).values()] == [1, 1]
    run.stop()
    assert run.join(5)


def test_a_late_viewer_gets_the_whole_form(service: OpenRouterService, live: str) -> None:
    """And so does one that comes back, whatever it has."""
    run = service.start(ask("sim/json", response_format=PERSON))
    run.wait(10)
    for state in ({}, {"epoch": 1, "answer": 0, "reasoning": 0}):
        frames = watch(live, hello(run, **state))[0]
        assert frames[0]["form"]["is_fresh"] is True
        assert len(fields_of(frames)) == 2


def test_what_is_wrong_already_is_said_before_the_end(service: OpenRouterService, live: str, sim: Simulator) -> None:
    """In the line below, as words and not as markup."""
    sim.script(Reply(chunks=streamed('{"name": "<b>", "age": "<i>old</i>", "mo')))
    run = service.start(ask("sim/echo", response_format=PERSON))
    frames = watch(live, hello(run))[0]
    alert = 'Wrong shape already: age should be a whole number, got "<i>old</i>".'
    assert unescape(frames[-1]["alert"]) == alert
    assert "<i>" not in frames[-1]["alert"] + "".join(fields_of(frames).values())


@pytest.mark.parametrize("deltas", [("Of course: ", "**here**"), ('{"name": "x", ', "oops **here**")])
def test_what_is_no_json_is_painted_as_text(
    service: OpenRouterService, live: str, sim: Simulator, deltas: tuple[str, ...]
) -> None:
    """From its beginning, also when it had begun as JSON; the form goes."""
    sim.script(Reply(chunks=streamed(*deltas)))
    run = service.start(ask("sim/echo", response_format=PERSON))
    frames = watch(live, hello(run))[0]
    assert frames[-1]["form"] is None
    assert "<strong>here</strong>" in html_of(frames)
    assert deltas[0].split()[-1][:3].strip('"') in unescape(html_of(frames))
    assert frames[-1]["alert"].startswith("Not JSON so far")
