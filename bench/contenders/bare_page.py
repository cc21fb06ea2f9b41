"""About the least a live answer can cost: deltas over a WebSocket, appended to a bare page as plain text.

Run it with `python -m bench.contenders.bare_page --port 8600`, with the environment of our app.
"""

import argparse
import json
import os
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

PAGE = Path(__file__).with_suffix(".html").read_text(encoding="utf-8")
client = httpx2.AsyncClient(
    base_url=os.environ["OPENROUTER_BASE_URL"],
    headers={"Authorization": f"Bearer {os.environ['OPENROUTER_API_KEY']}"},
    timeout=60,
)


async def page(request: Request) -> HTMLResponse:
    return HTMLResponse(PAGE.replace("{model}", os.environ["OPENROUTER_MODEL"]))


async def chat(socket: WebSocket) -> None:
    await socket.accept()
    async for asked in socket.iter_json():
        async for delta in _deltas(asked["model"], asked["prompt"]):
            await socket.send_text(json.dumps(delta, ensure_ascii=False))
        await socket.send_text("null")


async def _deltas(model: str, prompt: str) -> AsyncIterator[str]:
    body = {"model": model, "messages": [{"role": "user", "content": prompt}], "stream": True}
    async with client.stream("POST", "/chat/completions", json=body) as response:
        async for line in response.aiter_lines():
            if line.startswith("data: {"):
                choices = json.loads(line[6:])["choices"]
                if choices and (text := choices[0]["delta"].get("content")):
                    yield text


app = Starlette(routes=[Route("/", page), WebSocketRoute("/chat", chat)])

if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    uvicorn.run(app, port=parser.parse_args().port, log_level="warning")
