"""The stream as a user of the service reads it: iterate over the events, take the text of each."""

from bench.contenders.common import KEY, PROMPT, Answer, Ask, measure_streams
from service import ChatRequest, Message, OpenRouterConfig, OpenRouterService, TextDelta


def connect(base_url: str) -> Ask:
    service = OpenRouterService(OpenRouterConfig(api_key=KEY, base_url=base_url))

    def ask(model: str) -> Answer:
        parts: list[str] = []
        with service.stream(ChatRequest(messages=(Message.user(PROMPT),), model=model)) as stream:
            for event in stream:
                if isinstance(event, TextDelta):
                    parts.append(event.text)
            usage = stream.result.usage
        return Answer("".join(parts), *((usage.prompt_tokens, usage.completion_tokens) if usage else ()))

    return ask


if __name__ == "__main__":
    measure_streams(connect)
