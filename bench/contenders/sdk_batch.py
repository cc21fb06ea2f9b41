"""The asynchronous client with the usual semaphore and gather around it."""

import asyncio

from openai import AsyncOpenAI

from bench.contenders.common import KEY, PROMPT, Answer, AskMany, measure_batch


def connect(base_url: str, at_once: int) -> AskMany:
    client = AsyncOpenAI(api_key=KEY, base_url=base_url)
    runner = asyncio.Runner()

    async def ask(model: str, free: asyncio.Semaphore) -> Answer:
        async with free:
            completion = await client.chat.completions.create(
                model=model, messages=[{"role": "user", "content": PROMPT}]
            )
        usage = completion.usage
        tokens = (usage.prompt_tokens, usage.completion_tokens) if usage else ()
        return Answer(completion.choices[0].message.content or "", *tokens)

    async def ask_many(model: str, calls: int) -> list[Answer]:
        free = asyncio.Semaphore(at_once)
        return await asyncio.gather(*(ask(model, free) for _ in range(calls)))

    return lambda model, calls: runner.run(ask_many(model, calls))


if __name__ == "__main__":
    measure_batch(connect)
