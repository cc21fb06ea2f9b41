"""Files and links on the chat page: they go along, what cannot is said before, and nothing is lost."""

import json
from base64 import b64decode
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from service.simulator import Simulator
from service.simulator.media import picture
from tests.pages.conftest import newest, settle

PNG = b64decode(picture(5).partition(",")[2])
WAV = b"RIFF\x24\0\0\0WAVEfmt \x10\0\0\0\1\0\1\0\x80>\0\0\0}\0\0\2\0\x10\0data\0\0\0\0"
PDF = b"%PDF-1.4\n1 0 obj<</Type/Page>>endobj\n%%EOF\n"


def send(chat: AppTest, text: str, *files: tuple[str, bytes, str]) -> None:
    """Send words with files, and run the page again when the answer is there."""
    box = chat.chat_input(key="chat.input").set_value(text)
    for file in files:
        box.upload(*file)
    box.run()
    if newest_or_none() is not None:
        settle(chat)


def newest_or_none() -> Any:
    try:
        return newest()
    except IndexError:
        return None


def asked(server: Simulator) -> Any:
    return server.requests[-1].body["messages"][-1]["content"]


def chats(server: Simulator) -> int:
    return sum(request.path.endswith("/chat/completions") for request in server.requests)


def html(chat: AppTest) -> str:
    return "".join(element.proto.body for element in chat.get("html"))


def test_a_picture_goes_along_and_is_shown_by_its_address(chat: AppTest, server: Simulator) -> None:
    """The page holds where it is handed out, not the picture."""
    choose(chat, "sim/vision")
    send(chat, "What is this?", ("fox.png", PNG, "image/png"))
    assert [part["type"] for part in asked(server)] == ["text", "image_url"]
    assert chats(server) == 1
    assert not chat.exception
    shown = html(chat)
    assert '<img src="/file/' in shown
    assert "base64" not in shown
    assert "96 × 96 pixels" in chat.chat_message[1].markdown[0].value


def test_files_go_without_words_too(chat: AppTest, server: Simulator) -> None:
    choose(chat, "sim/vision")
    send(chat, "", ("paper.pdf", PDF, "application/pdf"))
    assert [part["type"] for part in asked(server)] == ["file"]
    assert newest().title == "paper.pdf"


def test_pictures_without_words_have_a_number_each(chat: AppTest) -> None:
    choose(chat, "sim/vision")
    send(chat, "", ("a.png", PNG, "image/png"), ("b.png", b64decode(picture(6).partition(",")[2]), "image/png"))
    shown = html(chat)
    assert [number for number in range(4) if f'alt="Picture {number}"' in shown] == [1, 2]


def test_a_text_goes_along_as_text_and_is_shown_folded(chat: AppTest, server: Simulator) -> None:
    chat.run()
    send(chat, "Sum it up.", ("notes.md", b"# Notes", "text/markdown"))
    assert asked(server)[1]["text"] == '<file name="notes.md">\n# Notes\n</file>'
    assert [fold.label for fold in chat.chat_message[0].expander] == ["notes.md"]
    assert chat.chat_message[0].markdown[0].value == "Sum it up."
    assert newest().title == "Sum it up."


def test_a_model_that_takes_no_pictures_is_not_asked(chat: AppTest, server: Simulator) -> None:
    """The words are in the input again, the picture waits, and another model takes both."""
    chat.run()
    send(chat, "What is this?", ("fox.png", PNG, "image/png"))
    assert chats(server) == 0
    said = " ".join(warning.value for warning in chat.warning)
    assert "does not take pictures: fox.png cannot go to it" in said
    assert "Image input" in said
    assert chat.chat_input(key="chat.input").proto.value == "What is this?"
    choose(chat, "sim/vision")
    assert not chat.warning
    send(chat, "What is this?")
    assert [part["type"] for part in asked(server)] == ["text", "image_url"]
    send(chat, "And now?")
    assert asked(server) == "And now?"


def test_pictures_from_earlier_are_a_reason_not_to_change_to_such_a_model(chat: AppTest) -> None:
    """They go along with each question, and would be refused."""
    choose(chat, "sim/vision")
    send(chat, "What is this?", ("fox.png", PNG, "image/png"))
    assert not chat.warning
    choose(chat, "sim/echo")
    assert "does not take pictures, and there are some earlier in this conversation" in chat.warning[0].value


def test_what_waits_can_be_removed(chat: AppTest, server: Simulator) -> None:
    chat.run()
    send(chat, "What is this?", ("fox.png", PNG, "image/png"))
    chat.button(key="chat.chip.0.remove").click().run()
    assert not chat.warning
    send(chat, "What is this?")
    assert asked(server) == "What is this?"


def test_a_damaged_file_is_said_and_nothing_is_sent(chat: AppTest, server: Simulator) -> None:
    chat.run()
    send(chat, "What is this?", ("fox.png", PNG[:50], "image/png"))
    assert chats(server) == 0
    assert [error.value for error in chat.error] == [
        "fox.png is damaged: it begins as a PNG picture, but is not a whole one."
    ]
    assert chat.chat_input(key="chat.input").proto.value == "What is this?"


def test_all_files_of_a_message_have_a_limit(settings: Any, chat: AppTest, server: Simulator) -> None:
    settings.setenv("OPENROUTER_MAX_FILES_MB", "1")
    large = b"x" * 700_000
    chat.run()
    send(chat, "Sum up.", ("a.txt", large, "text/plain"), ("b.txt", large + b"y", "text/plain"))
    assert chats(server) == 0
    assert "all files of a message may have 1 MB together" in chat.error[0].value


def test_a_link_goes_along_and_is_shown_as_a_link(chat: AppTest, server: Simulator) -> None:
    """Nothing is loaded from there."""
    choose(chat, "sim/vision")
    chat.text_input(key="chat.link").set_value("https://example.com/fox.png").run()
    chat.button(key="chat.link.add").click().run()
    send(chat, "What is this?")
    assert asked(server)[1]["image_url"]["url"] == "https://example.com/fox.png"
    shown = html(chat)
    assert '<a class="orp-file" href="https://example.com/fox.png"' in shown
    assert "<img" not in shown


def test_what_is_no_link_is_said(chat: AppTest) -> None:
    chat.run()
    chat.text_input(key="chat.link").set_value("fox").run()
    chat.button(key="chat.link.add").click().run()
    assert [error.value for error in chat.error] == ["A link begins with https:// and has no blanks."]


def test_an_edited_question_keeps_what_goes_along(chat: AppTest, server: Simulator) -> None:
    choose(chat, "sim/vision")
    send(chat, "What is this?", ("fox.png", PNG, "image/png"), ("a.txt", b"text", "text/plain"))
    ident = newest().path().messages[0].id
    chat.button(key=f"chat.{ident}.edit").click().run()
    assert chat.text_area(key=f"chat.{ident}.text").value == "What is this?"
    chat.text_area(key=f"chat.{ident}.text").set_value("And this?").run()
    chat.button(key=f"chat.{ident}.text.send").click().run()
    settle(chat)
    parts = asked(server)
    assert [part["type"] for part in parts] == ["text", "image_url", "text"]
    assert parts[0]["text"] == "And this?"


def test_the_engine_for_pdfs_is_sent_with_a_pdf(chat: AppTest, server: Simulator) -> None:
    chat.run()
    chat.selectbox(key="chat.pdf_engine").set_value("cloudflare-ai").run()
    send(chat, "Hello")
    assert "plugins" not in server.requests[-1].body
    send(chat, "Sum up.", ("paper.pdf", PDF, "application/pdf"))
    assert server.requests[-1].body["plugins"] == [{"id": "file-parser", "pdf": {"engine": "cloudflare-ai"}}]


def test_a_picture_of_an_answer_can_be_downloaded(chat: AppTest) -> None:
    choose(chat, "sim/picture")
    send(chat, "Draw a fox.")
    assert_stored()
    chat.run()
    shown = html(chat)
    assert '<img src="/file/' in shown
    assert "Download · " in shown


def test_only_a_model_that_hears_has_a_microphone(chat: AppTest) -> None:
    """What is typed stays when it comes and goes: it is the same input."""
    found = []
    for model in ("sim/echo", "sim/vision", "openai/gpt-4o"):
        choose(chat, model)
        box = chat.chat_input(key="chat.input").proto
        found.append((box.accept_audio, box.id))
    assert [hears for hears, _ in found] == [False, True, False]
    assert len({ident for _, ident in found}) == 1


def test_a_recording_alone_is_a_question(chat: AppTest, server: Simulator) -> None:
    choose(chat, "sim/vision")
    send(chat, "", ("audio.wav", WAV, "audio/wav"))
    assert [part["type"] for part in asked(server)] == ["input_audio"]
    assert asked(server)[0]["input_audio"]["format"] == "wav"
    assert newest().title == "Recording"
    assert "<audio controls" in html(chat)


def assert_stored() -> None:
    """Wait until the end of the answer is in the database, from where it is read when the page is opened again."""
    from service.web.bootstrap import backend

    library = backend().library
    assert library.flush(10)
    library._journal.tick()


def choose(chat: AppTest, model: str) -> None:
    chat.run()
    chat.selectbox(key="chat.model").set_value(model).run()


def _reloaded(kept: dict[str, str]) -> None:
    """A page that asks for what waited before it was loaded anew, and says what waits."""
    import streamlit as st

    from pages.parts.state import library, owner
    from pages.parts.waiting import attach_again, attached, problems
    from service.attachments import attach_file

    files = [attach_file(name, text.encode(), most_mb=1) for name, text in kept.items()]
    for file in files[:-1]:
        library().waiting.keep(owner(), file)
    attach_again("", [file.id for file in files])
    st.json({"names": [one.name for one in attached("")], "problems": list(problems(""))})


def test_what_waited_waits_again_after_a_reload(settings: pytest.MonkeyPatch) -> None:
    """What is kept no more, as after a start of the app, is said to be missing."""
    kept = {"a.txt": "one", "b.txt": "two", "gone.txt": "three"}
    page = AppTest.from_function(_reloaded, kwargs={"kept": kept}, default_timeout=30).run()
    assert json.loads(page.json[0].value) == {
        "names": ["a.txt", "b.txt"],
        "problems": ["What waited here is no longer kept, or not all of it. Attach again what is missing."],
    }
