"""Bytes become events, however servers write them and wherever the network cuts them."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service import sse
from service.sse import EventTooLargeError, ServerSentEvent, ServerSentEvents
from tests.wire.samples import SAMPLES

RECORDED = [sample["sse"].encode() for sample in SAMPLES.values() if "sse" in sample]

CASES = {
    "one event": (b"data: a\n\n", ["a"]),
    "events in a row": (b"data: a\n\ndata: b\n\n", ["a", "b"]),
    "CRLF": (b"data: a\r\n\r\ndata: b\r\n\r\n", ["a", "b"]),
    "CR": (b"data: a\r\rdata: b\r\r", ["a", "b"]),
    "line ends mixed": (b"data: a\r\n\ndata: b\n\r\ndata: c\r\r\n", ["a", "b", "c"]),
    "no space after the colon": (b"data:a\n\n", ["a"]),
    "two spaces, of which one belongs to the data": (b"data:  a\n\n", [" a"]),
    "several data lines": (b"data: a\ndata:b\ndata: c\n\n", ["a\nb\nc"]),
    "an empty data line in the middle": (b"data: a\ndata:\ndata: b\n\n", ["a\n\nb"]),
    "comments between": (b": OPENROUTER PROCESSING\n\ndata: a\n\n:\n\n:x\n\ndata: b\n\n", ["a", "b"]),
    "a comment inside an event": (b"data: a\n: still there\ndata: b\n\n", ["a\nb"]),
    "a byte order mark": (b"\xef\xbb\xbfdata: a\n\n", ["a"]),
    "a byte order mark before a comment": (b"\xef\xbb\xbf: hello\n\ndata: a\n\n", ["a"]),
    "id and retry lines": (b"id: 7\nretry: 10\ndata: a\n\nid: 8\n\n", ["a"]),
    "unknown fields and lines without a colon": (b"datax: 1\nfoo\ndata: a\n\n", ["a"]),
    "many blank lines": (b"\n\n\ndata: a\n\n\n\n\ndata: b\n\n\n", ["a", "b"]),
    "no blank line at the end": (b"data: a\n\ndata: b", ["a", "b"]),
    "one line end at the end": (b"data: a\n\ndata: b\n", ["a", "b"]),
    "characters of several bytes": ("data: žluťoučký 🐎\n\n".encode(), ["žluťoučký 🐎"]),
    "colons in the data": (b'data: {"a": 1}\n\n', ['{"a": 1}']),
    "nothing": (b"", []),
    "only half a byte order mark": (b"\xef\xbb", []),
}


def parsed(*chunks: bytes) -> list[ServerSentEvent]:
    parser = ServerSentEvents()
    events = [event for chunk in chunks for event in parser.feed(chunk)]
    return events + parser.close()


def cut(data: bytes, places: list[int]) -> list[bytes]:
    """Return the data in pieces, cut at these places."""
    edges = [0, *sorted(place % (len(data) + 1) for place in places), len(data)]
    return [data[start:end] for start, end in pairwise(edges)]


@pytest.mark.parametrize(("stream", "data"), CASES.values(), ids=CASES.keys())
def test_a_stream_becomes_events(stream: bytes, data: list[str]) -> None:
    """Whole, and byte by byte with empty chunks between."""
    assert [event.data.decode() for event in parsed(stream)] == data
    drops = [piece for byte in stream for piece in (bytes([byte]), b"")]
    assert [event.data.decode() for event in parsed(*drops)] == data


def test_an_event_carries_its_name() -> None:
    """The name of an event belongs to that event alone."""
    stream = b'event: error\ndata: {"code": 500}\n\ndata: a\n\nevent:done\ndata: b\n\n'
    assert parsed(stream) == [(b'{"code": 500}', "error"), (b"a", ""), (b"b", "done")]


def test_a_name_without_data_is_no_event() -> None:
    assert parsed(b"event: ping\n\ndata: a\n\n") == [(b"a", "")]


def test_a_name_that_is_not_utf8_is_read_all_the_same() -> None:
    assert parsed(b"event: \xff\ndata: a\n\n") == [(b"a", "\ufffd")]


def test_an_event_comes_out_as_soon_as_its_blank_line_is_there() -> None:
    """Nothing waits for the next event, whatever the line ends are."""
    for end in (b"\n", b"\r\n", b"\r"):
        parser = ServerSentEvents()
        assert parser.feed(b"data: a" + end) == []
        assert parser.feed(end) == [(b"a", "")]
        assert parser.feed(b"data: b" + end + end) == [(b"b", "")]
        assert parser.close() == []


def test_a_closed_parser_gives_the_last_event_once() -> None:
    parser = ServerSentEvents()
    assert parser.feed(b"data: a\n") == []
    assert parser.close() == [(b"a", "")]
    assert parser.close() == []


@pytest.mark.parametrize(
    "pieces",
    [
        pytest.param([b"data: ", b"x" * 60, b"x" * 60], id="one long line"),
        pytest.param([b"data: x\n"] * 20, id="many short lines"),
        pytest.param([b"data: ok\n\ndata: " + b"x" * 120], id="after a small event"),
        pytest.param([b"data: " + b"x" * 120 + b"\n\n"], id="whole in one chunk"),
        pytest.param([b": " + b"x" * 120], id="a comment"),
    ],
)
def test_an_event_that_grows_without_end_is_refused(pieces: list[bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sse, "MAX_EVENT_BYTES", 100)
    with pytest.raises(EventTooLargeError, match="larger than 100 bytes"):
        parsed(*pieces)


def test_many_small_events_are_not_one_large_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """The limit is on an event, not on a stream or on a chunk."""
    monkeypatch.setattr(sse, "MAX_EVENT_BYTES", 100)
    assert len(parsed(b"data: 0123456789\n\n" * 50)) == 50
    assert len(parsed(*[b"data: 0123456789\n\n: still there\n\n"] * 50)) == 50


@settings(max_examples=80, deadline=None)
@given(st.sampled_from(RECORDED), st.lists(st.integers(0, 20_000), max_size=20))
def test_a_recorded_stream_may_be_cut_anywhere(stream: bytes, places: list[int]) -> None:
    assert parsed(*cut(stream, places)) == parsed(stream)


@settings(max_examples=120, deadline=None)
@given(
    st.lists(
        st.sampled_from([b"data", b":", b" ", b"\n", b"\r", b"\r\n", b"\n\n", b"a", b"event", b"\xef\xbb\xbf", b"\xc3"])
    ),
    st.lists(st.integers(0, 200), max_size=8),
)
def test_anything_like_a_stream_may_be_cut_anywhere(pieces: list[bytes], places: list[int]) -> None:
    stream = b"".join(pieces)
    assert parsed(*cut(stream, places)) == parsed(stream)


@settings(max_examples=120, deadline=None)
@given(st.lists(st.binary(max_size=200)))
def test_any_bytes_give_events_and_no_exception(chunks: list[bytes]) -> None:
    """What comes out are bytes that came in."""
    came = b"".join(chunks).replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    for event in parsed(*chunks):
        assert all(line in came for line in event.data.split(b"\n"))
