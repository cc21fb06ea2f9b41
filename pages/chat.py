"""Chat: a conversation with one model."""

from pages.parts.conversation import show_conversation
from pages.parts.conversation_list import conversation_list
from pages.parts.latest import Drawn, ask
from pages.parts.run_settings import run_settings
from pages.parts.shell import open_page

page = open_page("Chat")
with page.sidebar:
    first = conversation_list()
with page.panel:
    settings = run_settings("chat")
with page.centre:
    settled = show_conversation(settings)
    ask(settings, Drawn(settled, first, page.problem))
