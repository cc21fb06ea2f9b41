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

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect

from bench.contenders.common import report
from bench.servers import cpu_seconds, fetch_sent, fetch_text
from bench.text import compact


@dataclass
class Session:
    """One page, as the server knows it; times are seconds since 1970, 0 while there is none."""

    host: str
    socket: ClientConnection
    expected: str
    question: str
    address: str = ""
    input_id: str = ""
    entered: float = 0.0
    first: float = 0.0
    last: float = 0.0
    received: int = 0
    shown: str = ""
    live: asyncio.Task[str] | None = field(default=None, repr=False)

    async def rerun(self, text: str = "") -> None:
        """Let the script run, with a text in the chat's input or without, and read what it draws."""
        message = BackMsg()
        message.rerun_script.query_string = self.address
        if text:
            typed = message.rerun_script.widget_states.widgets.add(id=self.input_id)
            typed.chat_input_value.data = text
        await self.socket.send(message.SerializeToString())
        await self._read()

    async def ask(self) -> None:
        """Ask, and watch the answer to its end."""
        self.entered = time.time()
        await self.rerun(self.question)
        if self.live is not None:
            live = await self.live
            if compact(live, is_rendered=False) != compact(self.expected):
                raise RuntimeError(f"The live view ended with {live[-100:]!r}.")
            await self.rerun()
        if compact(self.shown) != compact(self.expected):
            raise RuntimeError(f"The page ended with {self.shown[-100:]!r}.")

    async def _read(self) -> None:
        async for data in self.socket:
            self.received += len(data)
            message = ForwardMsg.FromString(bytes(data))
            match message.WhichOneof("type"):
                case "delta":
                    self._draw(message.delta.new_element)
                case "page_info_changed":
                    self.address = message.page_info_changed.query_string
                case "script_finished" if message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY:
                    return

    def _draw(self, element: Element) -> None:
        match element.WhichOneof("type"):
            case "chat_input":
                self.input_id = element.chat_input.id
            case "markdown" if self.expected.startswith(element.markdown.body.strip() or "-"):
                self.shown = element.markdown.body
                if self.live is None:
                    self._note()
            case "bidi_component" if element.bidi_component.component_name.endswith("live_view") and not self.live:
                self.live = asyncio.create_task(self._watch(json.loads(element.bidi_component.json)))

    def _note(self) -> None:
        self.last = time.time()
        self.first = self.first or self.last

    async def _watch(self, wanted: dict[str, object]) -> str:
        """Do what the live view does in a browser, and return the text it ends with."""
        blocks: list[str] = []
        tail = ""
        async with connect(f"ws://{self.host}/live", origin=f"http://{self.host}", ping_interval=None) as socket:
            await socket.send(json.dumps({"token": wanted["token"], "runs": {run: {} for run in wanted["runs"]}}))
            async for message in socket:
                self.received += len(str(message).encode())
                for answer in (frame["answer"] for frame in json.loads(message)):
                    if answer["blocks"] or answer["tail"] != tail:
                        self._note()
                    blocks[answer["from"] :], tail = answer["blocks"], answer["tail"]
        return unescape(re.sub(r"<[^>]*>", "", "".join([*blocks, tail])))


@asynccontextmanager
async def opened(host: str, expected: str, question: str) -> AsyncIterator[Session]:
    """Open a page and wait until its script has run; no ping, as in a browser."""
    address, origin = f"ws://{host}/_stcore/stream", f"http://{host}"
    async with connect(address, origin=origin, subprotocols=["streamlit"], max_size=None, ping_interval=None) as socket:
        session = Session(host, socket, expected, question)
        await session.rerun()
        yield session


async def watch(host: str, count: int, expected: str, pid: int) -> tuple[list[Session], float]:
    """Open all pages, ask on all of them at once, and return the sessions and the server's CPU seconds since then."""
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
        before = cpu_seconds(pid)
        await done.wait()
        used = cpu_seconds(pid) - before
    return [task.result() for task in tasks], used


def main() -> None:
    """Take simulator, host, process id, number of sessions and model from the command line, and print the report."""
    base_url, host, pid, count, model = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), sys.argv[5]
    expected = fetch_text(base_url, model)
    fetch_sent(base_url)
    own = time.process_time()
    sessions, cpu = asyncio.run(watch(host, count, expected, pid))
    sent = fetch_sent(base_url)
    report(
        {
            "first token sent to last text": [max(each.last - sent[each.question][0] for each in sessions)],
            "Enter to first text": [max(each.first - each.entered for each in sessions)],
            "Enter to last text": [max(each.last - each.entered for each in sessions)],
            "server CPU": [cpu],
            "bytes received": [sum(each.received for each in sessions) / 1e6],
            "CPU of the sessions": [time.process_time() - own],
        },
        whole_answers=len(sessions),
    )


if __name__ == "__main__":
    main()
