"""Chat: a conversation with one model."""

from pages.parts.conversation import ask, show_conversation
from pages.parts.conversation_list import conversation_list
from pages.parts.estimate import show_estimate
from pages.parts.run_settings import run_settings
from pages.parts.shell import open_page

page = open_page("Chat")
with page.sidebar:
    conversation_list()
with page.panel:
    settings = run_settings("chat")
    show_estimate(settings)
with page.centre:
    show_conversation(settings)
ask(settings)
