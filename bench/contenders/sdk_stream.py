"""The stream as the SDK's documentation reads it: iterate over the chunks, take the text of each."""

from openai import OpenAI

from bench.contenders.common import KEY, PROMPT, Answer, Ask, measure_streams


def connect(base_url: str) -> Ask:
    client = OpenAI(api_key=KEY, base_url=base_url)

    def ask(model: str) -> Answer:
        stream = client.chat.completions.create(
            model=model, messages=[{"role": "user", "content": PROMPT}], stream=True
        )
        parts: list[str] = []
        tokens = (0, 0)
        for chunk in stream:
            if chunk.choices:
                parts.append(chunk.choices[0].delta.content or "")
            if chunk.usage:
                tokens = (chunk.usage.prompt_tokens, chunk.usage.completion_tokens)
        return Answer("".join(parts), *tokens)

    return ask


if __name__ == "__main__":
    measure_streams(connect)
