"""Every fault, asked in every way, with retries and without, against the simulator; and what came of it."""

import json
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from itertools import product
from typing import Any

import httpx2

from service import (
    ChatRequest,
    ChatResult,
    OpenRouterConfig,
    OpenRouterError,
    OpenRouterService,
    ResponseFormat,
    TextDelta,
)
from service.simulator import Simulator
from tests.faults.table import FAULTS, RETRIES, SCHEMA, End, Fault, Way
from tests.support import FakeClock, RecordedSleep

__all__ = ["CELLS", "Cell", "Seen", "differences", "fill"]

WAYS: Sequence[Way] = ("chat", "stream", "structured")
PROMPT = "Plan a small garden party for twelve people"
AT_ONCE = 8
COMMENT = b": OPENROUTER PROCESSING\n\n"
"""Behind text it means that the server has nothing more to say for the moment."""

NEVER_ANSWERED = {"timeout": 0.3}
SILENT_AFTER_TEXT = {"timeout": 2.0, "first_event_timeout": 60.0}


@dataclass(frozen=True, eq=False)
class Cell:
    """One request of the matrix; no other has its key, so that what the server recorded can be told apart."""

    fault: Fault
    way: Way
    retries: bool
    key: str

    @property
    def end(self) -> End:
        return self.fault.end(self.way)

    @property
    def sent(self) -> int:
        return self.end.sent if self.retries else 1

    @property
    def outcome(self) -> str:
        return self.end.with_retries if self.passes else self.end.outcome

    @property
    def passes(self) -> bool:
        """Whether it gets through at a later attempt."""
        return self.retries and bool(self.end.with_retries)

    @property
    def keeps_text(self) -> bool:
        return self.end.keeps_text or self.passes

    @property
    def breaker(self) -> str:
        """A circuit opens when all that may be sent was sent and failed."""
        return "open" if self.end.trips and self.sent == self.most else "closed"

    @property
    def most(self) -> int:
        return 1 + RETRIES if self.retries else 1

    def __str__(self) -> str:
        return f"{self.fault}-{self.way}-{'retries' if self.retries else 'once'}"


CELLS = [
    Cell(fault, way, retries, f"{fault.key}cell{number:04}")
    for number, (fault, way, retries) in enumerate(product(FAULTS, WAYS, (False, True)))
]


@dataclass(frozen=True)
class Seen:
    """What came of a request; `attempts` is what we say, `recorded` what the server counted."""

    outcome: str
    hint: str
    attempts: int
    recorded: int
    breaker: str
    text: str
    told: str
    written: str
    warnings: tuple[str, ...] = ()


def fill(simulator: Simulator, cells: Sequence[Cell] = CELLS) -> dict[Cell, Seen]:
    """Ask everything; those that wait for a timeout first, and all of these at once."""
    silent = [cell for cell in cells if cell.fault.is_silent]
    others = [cell for cell in cells if not cell.fault.is_silent]
    with _Services(simulator) as services:
        seen = dict(_ask_all(services, silent, len(silent)))
        seen |= dict(_ask_all(services, others, AT_ONCE))
    return {cell: seen[cell] for cell in cells}


def differences(cell: Cell, seen: Seen) -> list[str]:
    """Return what is not as the table says; nothing when all is."""
    pairs = {
        "outcome": (cell.outcome, seen.outcome),
        "times sent": (cell.sent, seen.attempts),
        "breaker": (cell.breaker, seen.breaker),
        "text kept": (seen.written, seen.text),
        "text told while streaming": (seen.text if cell.way == "stream" else "", seen.told),
    }
    found = [f"{name}: {wanted!r} is due, got {got!r}" for name, (wanted, got) in pairs.items() if wanted != got]
    if bool(seen.written) != cell.keeps_text:
        found.append(f"text: {'some' if cell.keeps_text else 'none'} is due, the server wrote {seen.written!r}")
    if not cell.passes and (cell.end.hint not in seen.hint or bool(seen.hint) != bool(cell.end.hint)):
        found.append(f"hint: {cell.end.hint!r} is due, got {seen.hint!r}")
    if cell.end.warning not in " ".join(seen.warnings):
        found.append(f"warning: {cell.end.warning!r} is due, got {seen.warnings!r}")
    # Under load, what never answers may be given up before the server has noted the request.
    if seen.recorded > seen.attempts or (seen.recorded < seen.attempts and not cell.fault.is_silent):
        found.append(f"the server was asked {seen.recorded} times, and we say {seen.attempts}")
    return found


class _Services(ExitStack):
    """The services that a matrix needs: with retries and without, patient and impatient."""

    def __init__(self, simulator: Simulator) -> None:
        super().__init__()
        self.simulator = simulator
        self._made: dict[tuple[bool, tuple[tuple[str, float], ...]], OpenRouterService] = {}

    def of(self, cell: Cell) -> OpenRouterService:
        """Return a view with the cell's own key."""
        patience = {"timeout": 60.0}
        if cell.fault.is_silent:
            patience = SILENT_AFTER_TEXT if cell.end.keeps_text else NEVER_ANSWERED
        name = cell.retries, tuple(patience.items())
        if name not in self._made:
            self._made[name] = self.enter_context(self._make(cell, patience))
        return self._made[name].with_key(cell.key)

    def _make(self, cell: Cell, patience: dict[str, float]) -> OpenRouterService:
        config = OpenRouterConfig(
            api_key="sk-or-v1-matrix",
            base_url=self.simulator.base_url,
            max_retries=cell.most - 1,
            breaker_threshold=cell.most,
            max_concurrent_requests=64,
            **patience,
        )
        service = OpenRouterService(config, sleep=RecordedSleep(FakeClock()))
        # Close names are suggested only once the list is known.
        service.list_models()
        return service


def _ask_all(services: _Services, cells: Sequence[Cell], at_once: int) -> Iterator[tuple[Cell, Seen]]:
    views = [services.of(cell) for cell in cells]
    with ThreadPoolExecutor(max(1, at_once)) as pool:
        yield from zip(cells, pool.map(_see, cells, views, [services.simulator] * len(cells)), strict=True)


def _see(cell: Cell, view: OpenRouterService, simulator: Simulator) -> Seen:
    told: list[str] = []
    error, result = None, None
    try:
        result = _ask(cell, view, told)
    except OpenRouterError as failure:
        error, result = failure, failure.partial
    requests = [
        request for request in simulator.chat_requests if request.headers["authorization"] == f"Bearer {cell.key}"
    ]
    text = result.text if result is not None else ""
    return Seen(
        outcome=type(error).__name__ if error else _worth(result),
        hint=error.hint if error else "",
        attempts=_attempts(error, result),
        recorded=len(requests),
        breaker=view._guard.breakers.state(cell.key, cell.fault.model),
        text=text,
        told="".join(told),
        written=_written(simulator, requests[-1].raw, cell.key) if text or cell.keeps_text else "",
        warnings=result.warnings if result is not None else (),
    )


def _ask(cell: Cell, view: OpenRouterService, told: list[str]) -> ChatResult:
    if cell.way == "structured":
        return view.complete_structured(_request(cell.fault), SCHEMA).result
    form = ResponseFormat.json_schema("place", SCHEMA) if cell.fault.wants_json else None
    request = _request(cell.fault).model_copy(update={"response_format": form})
    if cell.way == "chat":
        return view.chat(request)
    with view.stream(request) as stream:
        told.extend(event.text for event in stream if isinstance(event, TextDelta))
        return stream.result


def _request(fault: Fault) -> ChatRequest:
    usual = {"model": fault.model, "messages": [{"role": "user", "content": PROMPT}]}
    return ChatRequest(**{**usual, **fault.fields})


def _worth(result: ChatResult | None) -> str:
    assert result is not None
    return result.verdict.kind if result.verdict is not None else "answer"


def _attempts(error: OpenRouterError | None, result: ChatResult | None) -> int:
    if error is not None and error.context.attempt:
        return error.context.attempt
    return result.attempts if result is not None else 0


def _written(simulator: Simulator, raw: bytes, key: str) -> str:
    """Send the same request once more, and return the text of what comes back, read as simply as can be."""
    body = b""
    # Then the silence is full of comments, and nobody has to guess when it has begun.
    raw = raw.replace(b'"sim/stall"', b'"sim/stall:comments=1"')
    headers = {"Authorization": f"Bearer {key}"}
    url = f"{simulator.base_url}/chat/completions"
    with (
        suppress(httpx2.HTTPError),
        httpx2.Client(timeout=60.0) as client,
        client.stream("POST", url, content=raw, headers=headers) as response,
    ):
        for chunk in response.iter_raw():
            body += chunk
            if b"data: " in body and body.endswith(COMMENT):
                break
    if not response.headers["content-type"].startswith("text/event-stream"):
        return _content(body, "message")
    return "".join(_content(line[6:], "delta") for line in body.split(b"\n") if line.startswith(b"data: "))


def _content(data: bytes, part: str) -> str:
    try:
        value: Any = json.loads(data)
    except ValueError:
        return ""
    return "".join(choice[part].get("content") or "" for choice in value.get("choices") or ())
