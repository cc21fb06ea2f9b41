"""The service's call, its request made anew each time, as a caller does."""

from bench.contenders.common import KEY, PROMPT, Answer, Ask, measure_calls
from service import ChatRequest, Message, OpenRouterConfig, OpenRouterService


def connect(base_url: str) -> Ask:
    service = OpenRouterService(OpenRouterConfig(api_key=KEY, base_url=base_url))

    def ask(model: str) -> Answer:
        result = service.chat(ChatRequest(messages=(Message.user(PROMPT),), model=model))
        usage = result.usage
        return Answer(result.text, *((usage.prompt_tokens, usage.completion_tokens) if usage else ()))

    return ask


if __name__ == "__main__":
    measure_calls(connect)
