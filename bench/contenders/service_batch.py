"""Runs, which always stream, started all together; the service's own limit lets so many through at once."""

from bench.contenders.common import KEY, PROMPT, Answer, AskMany, measure_batch
from service import ChatRequest, ChatResult, Message, OpenRouterConfig, OpenRouterService


def connect(base_url: str, at_once: int) -> AskMany:
    service = OpenRouterService(OpenRouterConfig(api_key=KEY, base_url=base_url, max_concurrent_requests=at_once))

    def ask_many(model: str, calls: int) -> list[Answer]:
        request = ChatRequest(messages=(Message.user(PROMPT),), model=model)
        runs = [service.start(request) for _ in range(calls)]
        return [_answer(run.wait()) for run in runs]

    return ask_many


def _answer(result: ChatResult) -> Answer:
    usage = result.usage
    return Answer(result.text, *((usage.prompt_tokens, usage.completion_tokens) if usage else ()))


if __name__ == "__main__":
    measure_batch(connect)
