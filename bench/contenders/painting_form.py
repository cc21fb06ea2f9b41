"""A stream of JSON, with or without a form that is drawn from it ten times a second."""

import hashlib
import json
import sys
import time

from bench.contenders.common import KEY, PROMPT, report
from bench.contenders.reading_json import cut, make_answer
from service import ChatRequest, Message, OpenRouterConfig, OpenRouterService, ResponseFormat, Run
from service.simulator import Reply, Simulator
from service.structured.infer import infer_schema
from service.web.painter.view import RunView, Seen

UPDATES_PER_SECOND = 10


def main() -> None:
    """Take what is drawn, characters and pause from the command line, after the base URL, and print the report."""
    is_drawn, characters, pause = sys.argv[2] == "form", int(sys.argv[3]), int(sys.argv[4])
    with Simulator(speed=0) as server:
        service = OpenRouterService(OpenRouterConfig(api_key=KEY, base_url=server.base_url))
        with service:
            stream(service, server, 1_000, pause, is_drawn=is_drawn)
            began, began_cpu = time.perf_counter(), time.process_time()
            text = stream(service, server, characters, pause, is_drawn=is_drawn)
            seconds, cpu = time.perf_counter() - began, time.process_time() - began_cpu
    fingerprint = hashlib.sha256(text.encode()).hexdigest()[:16]
    report({"time of the stream": [seconds], "CPU": [cpu * 1e3]}, characters=len(text), fingerprint=fingerprint)


def stream(service: OpenRouterService, server: Simulator, characters: int, pause: int, *, is_drawn: bool) -> str:
    """Let the server stream an answer, draw it where that is asked for, and return its text."""
    answer = make_answer(characters)
    server.script(Reply(chunks=events(cut(answer)), gap=pause / 1e3))
    asked = ResponseFormat.json_schema("invoice", infer_schema(json.loads(make_answer(400))))
    run = service.start(ChatRequest(messages=(Message.user(PROMPT),), model="sim/echo", response_format=asked))
    if is_drawn:
        draw(run)
    return run.wait().text


def draw(run: Run) -> None:
    """Make the frames of one browser, as the socket does."""
    view, seen = RunView(run), Seen()
    while not run.join(1 / UPDATES_PER_SECOND):
        view.refresh()
        if (frame := view.frame_for(seen)) is not None:
            json.dumps([frame], ensure_ascii=False)


def events(pieces: list[str]) -> list[bytes]:
    """Return the pieces as a server sends them, and an end."""
    chunks = [_chunk({"content": piece}, None) for piece in pieces]
    return [*chunks, _chunk({}, "stop"), b"data: [DONE]\n\n"]


def _chunk(delta: dict[str, str], finish: str | None) -> bytes:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return b"data: " + json.dumps({"id": "gen-1", "model": "sim/echo", "choices": [choice]}).encode() + b"\n\n"


if __name__ == "__main__":
    main()
