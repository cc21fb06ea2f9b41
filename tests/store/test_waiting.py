"""Files that wait for a message are kept in memory: by owner, until they are sent, and not without end."""

from service.attachments import Attachment, attach_file
from service.store.waiting import WaitingFiles


def file(name: str, size: int = 10) -> Attachment:
    return attach_file(name, name[:1].encode() * size, most_mb=1)


def test_only_their_owner_finds_them() -> None:
    """By an id that is the same for the same file under the same name."""
    waiting, notes = WaitingFiles(), file("notes.txt")
    waiting.keep("me", notes)
    assert waiting.find("me", file("notes.txt").id) == notes
    assert waiting.find("somebody else", notes.id) is None
    assert waiting.find("me", file("nothing.txt").id) is None


def test_what_was_sent_is_forgotten() -> None:
    """Twice over does no harm."""
    waiting, notes = WaitingFiles(), file("notes.txt")
    waiting.keep("me", notes)
    for _ in range(2):
        waiting.drop("me", notes)
    assert waiting.find("me", notes.id) is None


def test_the_oldest_go_where_there_is_too_much() -> None:
    """One that was kept again is no longer the oldest."""
    waiting = WaitingFiles(most=25)
    first, second, third = (file(name) for name in ("a.txt", "b.txt", "c.txt"))
    for one in (first, second, first, third):
        waiting.keep("me", one)
    assert [waiting.find("me", one.id) is not None for one in (first, second, third)] == [True, False, True]
