"""A conversation as Markdown: readable, and what was said stays where it belongs."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from service import ContentPart, Message, OpenRouterService, ResponseFormat, Tool
from service.store.conversation import OpenConversation
from service.store.export_markdown import fenced, prose
from service.store.library import Library
from tests.store.exports import fill
from tests.support import ask

PARSER = MarkdownIt("commonmark", {"html": True})
FENCES = ["```", "~~~", "````", "`", "    "]
BLOCKS = ["# User", "## Assistant", "> ", "---", "===", "- a", "1. b", "word", " ", "\n", "\n\n", "\r"]
HTML = ["<!--", "<div>", "<script>", "</details>"]
IMAGES = ["[a]: https://evil.example", "![a]", "![x](https://evil.example)"]
MARKS = st.sampled_from([*FENCES, *BLOCKS, *HTML, *IMAGES])
HOSTILE = st.lists(MARKS, max_size=12).map("".join)


def outline(markdown: str) -> list[str]:
    """Return the headings that are the document's own."""
    tokens = PARSER.parse(markdown)
    at = [place for place, token in enumerate(tokens) if token.type == "heading_open" and token.level == 0]
    return [f"{tokens[place].markup} {tokens[place + 1].content}" for place in at]


def asked_and_answered(
    library: Library, service: OpenRouterService, text: str, model: str = "sim/echo", **fields: object
) -> OpenConversation:
    conversation = library.create("me")
    run = service.start(ask(model, text, **fields))
    assert run.join(20)
    conversation.answer(conversation.say(text).id, run)
    return conversation


def test_the_shown_path_is_written(library: Library, service: OpenRouterService) -> None:
    """With a heading for each message, and a line on each answer."""
    conversation = fill(library, service)
    text = library.export_markdown(conversation)
    assert outline(text) == ["# The title", "## User", "## Assistant: sim/echo", "## User", "## Assistant: sim/echo"]
    assert "> one\n>\n> — Simulated: sim/echo repeats your last message.\n" in text
    assert re.search(
        r"\n\*Simulator · \d+\.\d s · 5 \+ 15 tokens · \$0\.000065 · \d{4}-\d\d-\d\d \d\d:\d\d UTC\*\n", text
    )
    assert "My own words." not in text


def test_a_structured_answer_is_a_block_of_json(library: Library, service: OpenRouterService) -> None:
    """With its verdict."""
    schema = {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]}
    shape = ResponseFormat.json_schema("shape", schema)
    text = library.export_markdown(asked_and_answered(library, service, "A shape", "sim/json", response_format=shape))
    (block,) = re.findall(r"```json\n(.+?)\n```", text, re.DOTALL)
    assert isinstance(json.loads(block)["a"], int)
    assert "\n*Valid · " in text
    cut = library.export_markdown(asked_and_answered(library, service, "A shape", "sim/cut-off", response_format=shape))
    assert "\n*Cut off · " in cut
    assert "```json\n{" in cut


def test_reasoning_refusals_errors_and_calls_are_told(library: Library, service: OpenRouterService) -> None:
    """Each in its place."""
    thought = library.export_markdown(asked_and_answered(library, service, "Think", "sim/reasoner"))
    assert outline(thought)[-2:] == ["### Reasoning", "### Answer"]
    refused = library.export_markdown(asked_and_answered(library, service, "No", "sim/refusal"))
    assert "Refused:\n\n> " in refused
    assert "*Refused · " in refused
    failed = library.export_markdown(asked_and_answered(library, service, "Fail", "sim/provider-error:status=400"))
    assert "**Error:** The request was refused as malformed." in failed
    assert "*Not accepted · " in failed
    tools = [Tool.function("weather_now", "Tell", {"type": "object", "properties": {"city": {"type": "string"}}})]
    called = library.export_markdown(asked_and_answered(library, service, "Rain?", "sim/tool-caller", tools=tools))
    assert re.search(r"Calls weather\\_now:\n\n```json\n\{.*\}\n```", called)


def test_the_system_prompt_and_attachments_are_told(library: Library, service: OpenRouterService) -> None:
    """Pictures and files by name; their bytes are not in it."""
    conversation = library.create("me")
    said = conversation.say(
        [ContentPart.text("See"), ContentPart.file(b"%PDF", filename="a_b.pdf"), ContentPart.image(b"x")]
    )
    request = ask().model_copy(update={"messages": (Message.system("Be brief."), Message.user("See"))})
    run = service.start(request)
    assert run.join(20)
    conversation.answer(said.id, run)
    text = library.export_markdown(conversation)
    assert "## System prompt\n\n> Be brief.\n" in text
    assert "> See\n\n*(file a\\_b.pdf)*\n\n*(image)*\n" in text
    assert "base64" not in text


def test_a_conversation_in_which_nothing_was_said_has_a_title(library: Library) -> None:
    assert library.export_markdown(library.create("me")).startswith("# New chat\n\nBegun ")


def test_a_run_that_goes_on_is_told_as_it_stands(library: Library, service: OpenRouterService) -> None:
    """Without waiting for it."""
    run = service.start(ask("sim/hang"))
    conversation = library.create("me")
    conversation.answer(conversation.say("Hello").id, run)
    text = library.export_markdown(conversation)
    run.stop()
    assert run.join(20)
    assert re.search(r"\n> \*\(nothing\)\*\n\n\*(Queued|Waiting) · ", text)


@given(said=HOSTILE, answer=HOSTILE)
def test_no_text_leaves_its_place(said: str, answer: str) -> None:
    """No heading, fence, comment or quote of a message reaches what follows; no picture is fetched, no HTML is run."""
    text = f"# Title\n\n{prose(said)}\n\n## Next\n\n{prose(answer)}\n\n{fenced(said, 'json')}\n\n## Last\n"
    assert outline(text) == ["# Title", "## Next", "## Last"]
    tokens = [inner for token in PARSER.parse(text) for inner in (token, *(token.children or ()))]
    assert {token.type for token in tokens} & {"html_block", "html_inline", "image"} == set()


@given(text=st.text(st.sampled_from("`a \n"), max_size=30))
def test_a_fence_holds_exactly_its_text(text: str) -> None:
    """However many backticks are in it."""
    (block,) = PARSER.parse(fenced(text))
    assert (block.type, block.content) == ("fence", f"{text}\n")


@pytest.mark.parametrize("text", ["Plain.", "# Not a heading of ours\n\n```py\nx = a < b\n```", "a < b!", "`<b>`"])
def test_ordinary_text_is_quoted_as_it_is(text: str) -> None:
    """So that it can be read, and copied line by line."""
    assert prose(text) == "\n".join(f"> {line}" if line else ">" for line in text.split("\n"))
