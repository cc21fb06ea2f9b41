"""Many sessions of a Streamlit chat, each asking one question and watching the answer, without a browser.

A session speaks as Streamlit's own page does: it opens the socket, lets the script run, hands over what was typed, and
reads what is sent back. In our app it also opens the socket of the live view, and asks for the rerun at the end.
"""

import asyncio
import json
import re
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from html import unescape
from typing import Any

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect

from bench.contenders.common import report
from bench.lag import in_letters, largest_lag
from bench.servers import cpu_seconds, fetch_sent, fetch_text, resident_bytes
from bench.text import compact

FINISHED = (ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY)


@dataclass
class Painted:
    """The answer as the live view shows it, block by block."""

    blocks: list[str] = field(default_factory=list)
    letters: list[int] = field(default_factory=list)

    @property
    def text(self) -> str:
        """All that is shown, without its marks."""
        return "".join(self.blocks)

    def take(self, frame: dict[str, Any]) -> bool:
        """Take what has changed, the last block always, and say whether there is any other text now."""
        before = self.blocks[-1:]
        changed = [unescape(re.sub(r"<[^>]*>", "", block)) for block in (*frame["blocks"], frame["tail"])]
        self.blocks[frame["from"] :] = changed
        self.letters[frame["from"] :] = [len(compact(text, is_rendered=False)) for text in changed]
        return changed != before


@dataclass
class Session:
    """One page, as the server knows it; times are seconds since 1970, 0 while there is none.

    `seen` says when how much of the answer stood there: letters and digits in our app, characters in the tutorial's.
    """

    host: str
    socket: ClientConnection
    expected: str
    question: str
    address: str = ""
    input_id: str = ""
    input_fragment: str = ""
    live_fragment: str = ""
    entered: float = 0.0
    first: float = 0.0
    last: float = 0.0
    received: int = 0
    shown: str = ""
    seen: list[tuple[float, int]] = field(default_factory=list, repr=False)
    live: asyncio.Task[str] | None = field(default=None, repr=False)

    async def rerun(self, text: str = "", fragment_id: str = "") -> None:
        """Let the script run, or a fragment of it, with a text in the chat's input or without; read what it draws."""
        message = BackMsg()
        message.rerun_script.query_string = self.address
        message.rerun_script.fragment_id = fragment_id
        if text:
            typed = message.rerun_script.widget_states.widgets.add(id=self.input_id)
            typed.chat_input_value.data = text
        await self.socket.send(message.SerializeToString())
        await self._read()

    async def ask(self) -> None:
        """Ask, and watch the answer to its end."""
        self.entered = time.time()
        await self.rerun(self.question, self.input_fragment)
        if self.live is not None:
            live = await self.live
            if compact(live, is_rendered=False) != compact(self.expected):
                raise RuntimeError(f"The live view ended with {live[-100:]!r}.")
            await self.rerun(fragment_id=self.live_fragment)
        if compact(self.shown) != compact(self.expected):
            raise RuntimeError(f"The page ended with {self.shown[-100:]!r}.")

    async def _read(self) -> None:
        async for data in self.socket:
            self.received += len(data)
            message = ForwardMsg.FromString(bytes(data))
            match message.WhichOneof("type"):
                case "delta":
                    self._draw(message.delta.new_element, message.delta.fragment_id)
                case "page_info_changed":
                    self.address = message.page_info_changed.query_string
                case "script_finished" if message.script_finished in FINISHED:
                    return

    def _draw(self, element: Element, fragment_id: str) -> None:
        match element.WhichOneof("type"):
            case "chat_input":
                self.input_id, self.input_fragment = element.chat_input.id, fragment_id
            case "markdown" if self.expected.startswith(element.markdown.body.strip() or "-"):
                self.shown = element.markdown.body
                if self.live is None:
                    self._note(len(self.shown))
            case "bidi_component" if element.bidi_component.component_name.endswith("live_view") and not self.live:
                self.live_fragment = fragment_id
                self.live = asyncio.create_task(self._watch(json.loads(element.bidi_component.json)))

    def _note(self, length: int) -> None:
        self.last = time.time()
        self.first = self.first or self.last
        self.seen.append((self.last, length))

    async def _watch(self, wanted: dict[str, object]) -> str:
        """Do what the live view does in a browser, and return the text it ends with."""
        painted = Painted()
        async with connect(f"ws://{self.host}/live", origin=f"http://{self.host}", ping_interval=None) as socket:
            await socket.send(json.dumps({"token": wanted["token"], "runs": {run: {} for run in wanted["runs"]}}))
            async for message in socket:
                self.received += len(str(message).encode())
                for answer in (frame["answer"] for frame in json.loads(message)):
                    if painted.take(answer):
                        self._note(sum(painted.letters))
        return painted.text


@asynccontextmanager
async def opened(host: str, expected: str, question: str) -> AsyncIterator[Session]:
    """Open a page and wait until its script has run; no ping, as in a browser."""
    address, origin = f"ws://{host}/_stcore/stream", f"http://{host}"
    async with connect(address, origin=origin, subprotocols=["streamlit"], max_size=None, ping_interval=None) as socket:
        session = Session(host, socket, expected, question)
        await session.rerun()
        yield session


@dataclass(frozen=True)
class Used:
    """What the server used for all sessions together."""

    cpu_seconds: float
    bytes: int


async def watch(host: str, count: int, expected: str, pid: int) -> tuple[list[Session], Used]:
    """Open all pages, ask on all of them at once, and return the sessions and what the server used for them."""
    # What the first answer of all makes the server load is no session's.
    async with opened(host, expected, "First question.") as session:
        await session.ask()
    before = resident_bytes(pid)
    ready, done = asyncio.Barrier(count + 1), asyncio.Barrier(count + 1)

    async def one(number: int) -> Session:
        async with opened(host, expected, f"Question {number}.") as session:
            await ready.wait()
            await session.ask()
            await done.wait()
            return session

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(one(number)) for number in range(count)]
        await ready.wait()
        began = cpu_seconds(pid)
        await done.wait()
        used = Used(cpu_seconds(pid) - began, resident_bytes(pid) - before)
    return [task.result() for task in tasks], used


def main() -> None:
    """Take simulator, host, process id, number of sessions and model from the command line, and print the report."""
    base_url, host, pid, count, model = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), sys.argv[5]
    expected = fetch_text(base_url, model)
    own = time.process_time()
    sessions, used = asyncio.run(watch(host, count, expected, pid))
    own = time.process_time() - own
    sent = fetch_sent(base_url)
    report(
        {
            "largest lag after the first text": [max(_lag(each, sent[each.question]) for each in sessions)],
            "largest lag from the first token on": [
                max(_lag(each, sent[each.question], (0.0, 0)) for each in sessions)
            ],
            "first token sent to last text": [max(each.last - sent[each.question][0][0] for each in sessions)],
            "Enter to first text": [max(each.first - each.entered for each in sessions)],
            "Enter to last text": [max(each.last - each.entered for each in sessions)],
            "server CPU": [used.cpu_seconds],
            "server memory per session": [used.bytes / count / 1e6],
            "bytes received": [sum(each.received for each in sessions) / 1e6],
            "CPU of the sessions": [own],
        },
        whole_answers=len(sessions),
    )


def _lag(session: Session, sent: list[tuple[float, int]], *before: tuple[float, int]) -> float:
    """Return how far a session was behind at most; `before` is what was seen before the first text came."""
    known = sent if session.live is None else in_letters(sent, session.expected)
    return largest_lag(known, [*before, *session.seen])


if __name__ == "__main__":
    main()
