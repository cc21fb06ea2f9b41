"""The server itself: scripts, records, disconnects, start and stop."""

import socket
import threading

import httpx2
import pytest

from service.simulator import Reply, Simulator
from service.simulator.player import scaled
from service.simulator.record import KEEP_REQUESTS, RecordedRequest, Recorder

BODY = {"messages": [{"role": "user", "content": "Plan a launch for our espresso machine in small offices."}]}
EVENT = b'data: {"id":"gen-1","choices":[]}\n\n'


def leave_early(client, model, *, events=1):
    """Read some bytes of a stream and go away."""
    with client.http.stream("POST", "/chat/completions", json={**BODY, "model": model, "stream": True}) as response:
        chunks = response.iter_raw()
        for _ in range(events):
            next(chunks)


def test_a_reply_is_replayed_byte_for_byte_whatever_model_or_key(sim):
    sim.script(Reply(200, {"X-Generation-Id": "gen-scripted"}, [b"\xef\xbb\xbfdata: a\r\n", b"\r\n", b": c\n\n"]))
    response = httpx2.post(f"{sim.base_url}/chat/completions", json={"model": "any/thing"})
    assert response.content == b"\xef\xbb\xbfdata: a\r\n\r\n: c\n\n"
    assert response.headers["content-type"] == "text/event-stream"
    assert sim.requests[-1].generation_id == "gen-scripted"


def test_replies_are_given_in_order_and_then_the_model_answers_again(sim, client):
    sim.script(Reply(429, {"retry-after": "3"}, [b"{}"]), Reply(503, {}, [b"{}"]))
    assert [client.post().status_code for _ in range(3)] == [429, 503, 200]


def test_a_reply_can_answer_another_path(sim, client):
    sim.script_for("/models", Reply(200, {}, [b'{"data":[]}']))
    assert client.get("/models").json() == {"data": []}
    assert len(client.get("/models").json()["data"]) >= 60


def test_a_cut_reply_breaks_the_body(sim, client):
    sim.script(Reply(200, {}, [EVENT, b'data: {"id'], "cut"))
    with pytest.raises(httpx2.RemoteProtocolError, match="incomplete chunked read"):
        client.stream()


def test_a_cut_before_the_first_byte_of_the_body_still_sends_the_headers(sim, client):
    sim.script(Reply(200, {"content-type": "text/event-stream"}, [], "cut"))
    with client.http.stream("POST", "/chat/completions", json=BODY) as response:
        assert response.headers["content-type"] == "text/event-stream"
        with pytest.raises(httpx2.RemoteProtocolError):
            response.read()


def test_a_hanging_reply_ends_when_the_client_leaves(sim, client):
    sim.script(Reply(200, {}, [EVENT], "hang"))
    with client.http.stream("POST", "/chat/completions", json=BODY) as response:
        chunks = response.iter_raw()
        assert next(chunks) == EVENT
        assert sim.disconnects == []
    assert sim.wait_for_disconnect()


def test_clear_drops_scripts_records_costs_and_attempts(sim, client):
    sim.script(Reply(418, {}, [b"{}"]))
    client.get("/key")
    sim.clear()
    assert sim.requests == []
    assert client.post().status_code == 200


def test_a_request_is_recorded_as_it_arrived(sim, client):
    response = client.http.post("/chat/completions?a=1", json={**BODY, "model": "sim/echo"}, headers={"X-Own": "yes"})
    (record,) = sim.requests
    assert (record.method, record.path, record.query) == ("POST", "/api/v1/chat/completions", "a=1")
    assert (record.model, record.body["messages"]) == ("sim/echo", BODY["messages"])
    assert record.headers["x-own"] == "yes"
    assert record.generation_id == response.json()["id"]
    assert record.raw == response.request.content
    assert (record.finished, record.disconnected, record.status) == (True, False, 200)


def test_the_key_is_not_in_the_repr_of_a_request(sim, client):
    client.post()
    (record,) = sim.requests
    assert record.headers["authorization"].startswith("Bearer sk-or-v1-")
    assert "sk-or-v1-" not in repr(record)


def test_chat_requests_leave_out_the_other_routes(sim, client):
    client.get("/models")
    client.post("nobody/nothing")
    assert [record.path.rpartition("/")[2] for record in sim.requests] == ["models", "completions"]
    assert [record.model for record in sim.chat_requests] == ["nobody/nothing"]


@pytest.mark.parametrize(
    "model", ["sim/stall", "sim/stall:comments=1", "sim/hang:comments=1", "sim/bench:n=100000,ttft=0,itl=20"]
)
def test_a_client_that_leaves_in_mid_stream_is_noticed(sim, client, model):
    leave_early(client, model)
    assert sim.wait_for_disconnect()
    (record,) = sim.disconnects
    assert (record.model, record.finished) == (model, False)
    assert record.disconnected_at > record.received_at


def test_a_client_that_leaves_before_the_first_byte_is_noticed(sim):
    raw = b'{"model":"sim/hang","stream":true,"messages":[{"role":"user","content":"Hi"}]}'
    head = "POST /api/v1/chat/completions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer sk-or-v1-x\r\n"
    with socket.create_connection(("127.0.0.1", sim.port)) as connection:
        connection.sendall(f"{head}Content-Length: {len(raw)}\r\n\r\n".encode() + raw)
        assert sim.wait_for_request()
        assert sim.disconnects == []
    assert sim.wait_for_disconnect()


def test_waiting_for_what_does_not_come_ends(sim):
    assert sim.wait_for_disconnect(timeout=0.01) is False
    assert sim.wait_for_request(timeout=0.01) is False


def test_a_cancelled_generation_says_so(sim, client):
    leave_early(client, "sim/stall")
    assert sim.wait_for_disconnect()
    found = sim.disconnects[0].generation_id
    client.get("/generation", id=found)
    data = client.get("/generation", id=found).json()["data"]
    assert (data["cancelled"], data["finish_reason"], data["streamed"]) == (True, None, True)


def test_generations_can_be_found_at_once(client_of):
    with Simulator(speed=0, generation_misses=0) as simulator:
        client = client_of(simulator)
        assert client.get("/generation", id=client.post().json()["id"]).status_code == 200


def test_the_key_shows_what_it_spent_and_its_free_requests(client):
    cost = client.post("sim/writer").json()["usage"]["cost"]
    client.post("google/gemma-4-31b-it:free")
    data = client.get("/key").json()["data"]
    assert data["usage"] == data["usage_daily"] == pytest.approx(cost)
    assert data["free_model_daily_requests"] == {"used": 1, "limit": 1000, "remaining": 999}
    assert client.get("/auth/key").json()["data"] == data


def test_stop_ends_open_streams_and_the_thread(client_of):
    before = threading.active_count()
    simulator = Simulator(speed=0).start()
    client = client_of(simulator)
    assert threading.active_count() == before + 1
    with client.http.stream(
        "POST", "/chat/completions", json={**BODY, "model": "sim/stall", "stream": True}
    ) as response:
        chunks = response.iter_raw()
        next(chunks)
        simulator.stop()
        with pytest.raises(httpx2.TransportError):
            list(chunks)
    assert threading.active_count() == before
    assert simulator.disconnects == []
    with pytest.raises(httpx2.ConnectError):
        client.get("/models")


def test_stop_is_harmless_twice_and_before_start():
    simulator = Simulator()
    simulator.stop()
    simulator.start()
    assert httpx2.get(f"{simulator.base_url}/models").status_code == 200
    simulator.stop()
    simulator.stop()
    with pytest.raises(httpx2.ConnectError):
        httpx2.get(f"{simulator.base_url}/models")


def test_the_port_is_unknown_before_start():
    with pytest.raises(RuntimeError, match="call start"):
        Simulator().base_url  # noqa: B018 - reading it is the test


def test_a_taken_port_is_an_os_error(sim):
    with pytest.raises(OSError, match="in use"):
        Simulator(port=sim.port).start()


def test_the_recorder_keeps_the_last_requests_only():
    recorder = Recorder()
    for number in range(KEEP_REQUESTS + 5):
        recorder.add(RecordedRequest("GET", f"/{number}", "", {}, b""))
    assert (len(recorder.requests()), recorder.requests()[0].path) == (KEEP_REQUESTS, "/5")


def test_the_recorder_keeps_a_bounded_number_of_bytes():
    recorder = Recorder()
    for number in range(9):
        recorder.add(RecordedRequest("POST", f"/{number}", "", {}, bytes(8 * 1024 * 1024)))
    assert [request.path for request in recorder.requests()] == [f"/{number}" for number in range(1, 9)]


def test_nothing_is_recorded_when_switched_off(client_of):
    with Simulator(speed=0, record=False) as simulator:
        assert client_of(simulator).post().status_code == 200
        assert simulator.requests == []


def test_pauses_are_waited_for_at_natural_speed_and_left_out_at_none():
    assert [scaled(3.0, speed) for speed in (1.0, 2.0, 0)] == [3.0, 1.5, 0.0]


@pytest.mark.parametrize(("speed", "seconds"), [(0, "0"), (1.0, "1"), (4.0, "1"), (0.25, "4")])
def test_retry_after_follows_the_speed(client_of, speed, seconds):
    with Simulator(speed=speed) as simulator:
        assert client_of(simulator).post("sim/rate-limited").headers["retry-after"] == seconds
