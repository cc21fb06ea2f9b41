"""Chat: a conversation with one model."""

from pages.parts.conversation import ask, show_turns
from pages.parts.run_settings import run_settings
from pages.parts.shell import open_page

open_page("Chat")
settings = run_settings("chat")
show_turns()
ask(settings)
