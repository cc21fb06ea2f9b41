"""What an ordinary model does: call tools, answer in JSON, look at attachments, draw, or write."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from service.simulator import media, server_tools, structured, thinking, tools, writer
from service.simulator.answers import Answer, Pace
from service.simulator.ask import Ask, mappings
from service.simulator.steps import Response

ECHO_NOTE = "\n\n— Simulated: sim/echo repeats your last message."
CITATION = {
    "url": "https://example.com/simulated-search-result",
    "title": "A simulated search result",
    "start_index": 0,
    "end_index": 0,
    "content": "The simulator does not search the web.",
}

Result = Answer | Response


def answer(ask: Ask) -> Result:
    """Answer as the request asks; think first where the model or the request wants it."""
    return _considered(ask, _plain(ask), by_default=False)


def reasoner(ask: Ask) -> Result:
    """Think first, unless the request says not to, then answer."""
    return _considered(ask, _plain(ask), by_default=True)


def slow(ask: Ask) -> Result:
    """Answer as any model, slowly."""
    result = answer(ask)
    return replace(result, pace=Pace(2.5, 0.15)) if isinstance(result, Answer) else result


def echo(ask: Ask) -> Result:
    """Repeat the last user message and say so in a line of its own."""
    return Answer(ask.last_text + ECHO_NOTE)


def vision(ask: Ask) -> Result:
    """Say what was attached."""
    found = [media.attachment(part) for part in ask.parts]
    if not found:
        text = "Nothing was attached. Add a picture, a file, a sound or a video to your message."
        return Answer(f"{writer.identity(ask)}{text} {writer.SIMULATED}")
    lines = "\n".join(f"{number}. {item.describe()}" for number, item in enumerate(found, start=1))
    count = f"{len(found)} attachment{'' if len(found) == 1 else 's'}"
    text = f"You sent {count}:\n\n{lines}\n\nWith the words: “{writer.quoted(ask.last_text)}”. {writer.SIMULATED}"
    notes = [item.annotation() for item in found if item.kind == "File" and item.data is not None]
    return Answer(writer.identity(ask) + text, annotations=notes)


def draw(ask: Ask) -> Result:
    """Send a pattern in the place of a picture, of the shape that was asked for, and say so."""
    asked = ask.body.get("image_config")
    ratio = asked.get("aspect_ratio") if isinstance(asked, Mapping) else None
    text = f"{writer.identity(ask)}A drawn pattern stands in for a picture. {writer.SIMULATED}"
    return Answer(text, images=[media.picture(ask.seed, ratio)])


def refuse(ask: Ask) -> Result:
    """Refuse: with a `refusal` text, or with `form=filter` stopped by a content filter."""
    if ask.options.get("form") == "filter":
        return Answer("", finish="content_filter", native="content_filter")
    return Answer("", refusal="I can't help with that. (A simulated refusal: nothing was wrong with your prompt.)")


def empty(ask: Ask) -> Result:
    """Say nothing at all."""
    return Answer("")


def _plain(ask: Ask) -> Result:
    if ask.functions and ask.model.supports("tools") and (ask.has_tool_result or _may_call(ask)):
        return tools.answer(ask)
    if ask.format != "text":
        return structured.conforming(ask)
    if _wants_picture(ask):
        return draw(ask)
    if ask.parts:
        return vision(ask)
    return Answer(writer.answer(ask))


def _may_call(ask: Ask) -> bool:
    return ask.body.get("tool_choice") != "none"


def _wants_picture(ask: Ask) -> bool:
    asked = ask.body.get("modalities")
    outputs = ask.model.outputs
    return "image" in outputs and ("text" not in outputs or (isinstance(asked, list) and "image" in asked))


def _considered(ask: Ask, result: Result, *, by_default: bool) -> Result:
    if isinstance(result, Response):
        return result
    if searches_web(ask):
        result = replace(result, annotations=[*result.annotations, _citation()], searches=1)
    result = server_tools.used(result, ask)
    if not ask.model.supports("reasoning"):
        return result
    wanted = thinking.wanted(ask, by_default=by_default)
    return replace(result, reasoning=thinking.text(ask, wanted), hides_reasoning=wanted.hidden)


def searches_web(ask: Ask) -> bool:
    """Whether the request wants a web search: by plugin, server tool or the `:online` variant."""
    plugins = [plugin.get("id") for plugin in mappings(ask.body.get("plugins"))]
    kinds = [str(tool.get("type")) for tool in ask.tools]
    is_online = ":online" in ask.head.model
    return is_online or "web" in plugins or any(kind.split(":")[-1].startswith("web_search") for kind in kinds)


def _citation() -> dict[str, Any]:
    return {"type": "url_citation", "url_citation": CITATION}
