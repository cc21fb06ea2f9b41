"""History: every chat, every run and all answers of a schema, to find, open, run again, hand over and delete."""

from pages.parts.history_answers import history_answers
from pages.parts.history_chats import history_chats
from pages.parts.history_runs import history_runs
from pages.parts.history_view import history_view
from pages.parts.import_chats import import_chats
from pages.parts.shell import open_page

page = open_page("History", has_settings=False)
with page.centre:
    view = history_view()
    if view.shows == "chats":
        history_chats(view.query)
        import_chats()
    elif view.shows == "answers":
        history_answers(view.query)
    else:
        history_runs(view.query)
