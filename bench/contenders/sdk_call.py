"""The SDK's own call."""

from openai import OpenAI

from bench.contenders.common import KEY, PROMPT, Answer, Ask, measure_calls


def connect(base_url: str) -> Ask:
    client = OpenAI(api_key=KEY, base_url=base_url)

    def ask(model: str) -> Answer:
        completion = client.chat.completions.create(model=model, messages=[{"role": "user", "content": PROMPT}])
        usage = completion.usage
        tokens = (usage.prompt_tokens, usage.completion_tokens) if usage else ()
        return Answer(completion.choices[0].message.content or "", *tokens)

    return ask


if __name__ == "__main__":
    measure_calls(connect)
