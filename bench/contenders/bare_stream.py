"""The stream with nothing but the HTTP client's lines and the standard library's JSON: about the least one can do."""

import json

import httpx2

from bench.contenders.common import KEY, PROMPT, Answer, Ask, measure_streams


def connect(base_url: str) -> Ask:
    client = httpx2.Client(headers={"Authorization": f"Bearer {KEY}"})

    def ask(model: str) -> Answer:
        body = {"model": model, "messages": [{"role": "user", "content": PROMPT}], "stream": True}
        parts: list[str] = []
        tokens = (0, 0)
        with client.stream("POST", f"{base_url}/chat/completions", json=body) as response:
            for line in response.iter_lines():
                if not line.startswith("data: ") or line == "data: [DONE]":
                    continue
                chunk = json.loads(line[6:])
                if chunk["choices"]:
                    parts.append(chunk["choices"][0]["delta"].get("content") or "")
                if usage := chunk.get("usage"):
                    tokens = (usage["prompt_tokens"], usage["completion_tokens"])
        return Answer("".join(parts), *tokens)

    return ask


if __name__ == "__main__":
    measure_streams(connect)
