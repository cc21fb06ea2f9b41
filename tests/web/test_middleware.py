"""What stands before every route and socket, asked as browsers and their attackers ask."""

import asyncio
import re
import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from service import ConfigurationError
from service.web.bootstrap import backend, close_backend
from service.web.hosts import host_name, is_same_host, parse_hosts
from service.web.middleware import HostGuard, SecurityHeaders
from service.web.owner import OWNER_COOKIE, OwnerCookie

NAME = "playground.example"
LAN = "http://192.168.7.5:8501"
OWNERS = [f"{letter}" * 43 for letter in "abc"]


async def page(request: Request) -> HTMLResponse:
    return HTMLResponse(request.cookies.get(OWNER_COOKIE, "local"), headers={"Cache-Control": "no-cache"})


async def script(request: Request) -> PlainTextResponse:
    return PlainTextResponse(repr(request.cookies), headers={"Cache-Control": "public, max-age=60"})


async def talk(opened: WebSocket) -> None:
    await opened.accept()
    await opened.send_text(opened.cookies.get(OWNER_COOKIE, "local"))
    await opened.close()


def make_app() -> Starlette:
    owners = iter(OWNERS)
    routes = [
        Route("/", page, methods=["GET", "POST", "PUT", "DELETE"]),
        Route("/script.js", script),
        WebSocketRoute("/socket", talk),
    ]
    guard = Middleware(HostGuard, listed=lambda: (NAME,))
    cookie = Middleware(OwnerCookie, new_owner=lambda: next(owners))
    return Starlette(routes=routes, middleware=[Middleware(SecurityHeaders), guard, cookie])


def client_of(base_url: str) -> TestClient:
    """Return a client whose connections come in at that address of ours."""
    return TestClient(make_app(), base_url=base_url)


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.is_ready = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.is_ready.set()


@pytest.fixture
def port() -> Iterator[int]:
    """Serve the app on every address of this machine, with the server that Streamlit uses; its port."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("0.0.0.0", 0))
    server = _Server(uvicorn.Config(make_app(), lifespan="off", log_config=None, ws="websockets-sansio"))
    thread = threading.Thread(target=lambda: asyncio.run(server.serve([listener])))
    thread.start()
    assert server.is_ready.wait(10)
    yield listener.getsockname()[1]
    server.should_exit = True
    thread.join(10)
    listener.close()


def open_socket(port: int, host: str, **options: Any) -> str:
    """Open the socket through loopback under any name, and return what it says."""
    opened = socket.create_connection(("127.0.0.1", port), timeout=10)
    with connect(f"ws://{host}:{port}/socket", sock=opened, **options) as connection:
        return str(connection.recv(timeout=10))


def ask_raw(port: int, *lines: str) -> str:
    """Send a request as it stands and return the whole answer."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as opened:
        opened.sendall("\r\n".join(["GET / HTTP/1.1", *lines, "Connection: close", "", ""]).encode())
        return b"".join(iter(lambda: opened.recv(65_536), b"")).decode()


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]", "LOCALHOST.", NAME])
def test_at_loopback_its_names_and_the_operators_are_answered(port: int, host: str) -> None:
    """With any port, over HTTP and over a socket."""
    assert ask_raw(port, f"Host: {host}:{port}").startswith("HTTP/1.1 200")
    assert ask_raw(port, f"Host: {host}").startswith("HTTP/1.1 200")
    assert open_socket(port, host) == ("local" if host != NAME else OWNERS[2])


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example", "192.168.7.5"])
def test_a_rebound_name_gets_400_and_a_sentence(port: int, host: str) -> None:
    """Though the server listens everywhere, and the socket never opens."""
    answer = ask_raw(port, f"Host: {host}:{port}")
    assert answer.startswith("HTTP/1.1 400")
    assert f"does not answer to the name {host}. " in answer
    assert "OPENROUTER_ALLOWED_HOSTS" in answer
    assert "content-security-policy" in answer.lower()
    with pytest.raises(InvalidStatus) as refused:
        open_socket(port, host)
    assert refused.value.response.status_code == 400
    assert f"does not answer to the name {host}. ".encode() in (refused.value.response.body or b"")


def test_a_server_that_cannot_answer_a_socket_closes_it() -> None:
    """Not every ASGI server can refuse with a status."""
    sent: list[Any] = []
    scope = {"type": "websocket", "path": "/socket", "server": ("127.0.0.1", 80), "headers": [(b"host", b"evil.org")]}

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(HostGuard(make_app(), lambda: ())(scope, None, send))  # type: ignore[arg-type]
    assert sent == [{"type": "websocket.close", "code": 1008}]


@pytest.mark.parametrize("host", ["", "a b", "<script>", "user@localhost", "localhost:x", "[::1", "localhost/"])
def test_a_host_that_cannot_be_read_is_refused(port: int, host: str) -> None:
    """And not repeated."""
    answer = ask_raw(port, f"Host: {host}")
    assert answer.startswith("HTTP/1.1 400")
    assert host == "" or host not in answer.partition("\r\n\r\n")[2]


def test_two_hosts_are_none() -> None:
    """A proxy and the app might believe one each."""
    hosts = [("host", "localhost"), ("host", "evil.example")]
    assert client_of("http://127.0.0.1:8501").get("/", headers=hosts).status_code == 400


@pytest.mark.parametrize(
    ("host", "status"),
    [("192.168.7.5:8501", 200), ("[fe80::1]:8501", 200), (NAME, 200), ("localhost", 200), ("evil.example", 400)],
)
def test_from_another_machine_any_address_will_do_but_no_unknown_name(host: str, status: int) -> None:
    """A name can be rebound, an address cannot."""
    assert client_of(LAN).get("/", headers={"host": host}).status_code == status


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
@pytest.mark.parametrize(
    ("origin", "status"),
    [
        (None, 200),
        ("http://127.0.0.1:8501", 200),
        ("http://127.0.0.1:3000", 403),
        ("http://localhost:8501", 403),
        ("https://evil.example", 403),
        ("null", 403),
        ("file://", 403),
    ],
)
def test_only_the_apps_own_pages_change_something(method: str, origin: str | None, status: int) -> None:
    """Programs send no origin; a page on another port is another's."""
    headers = {} if origin is None else {"origin": origin}
    answer = client_of("http://127.0.0.1:8501").request(method, "/", headers=headers)
    assert (answer.status_code, answer.headers["x-content-type-options"]) == (status, "nosniff")


def test_reading_may_be_linked_from_anywhere() -> None:
    """A link on another site leads here."""
    client = client_of("http://127.0.0.1:8501")
    assert client.get("/", headers={"origin": "https://other.example"}).status_code == 200


def test_a_page_of_another_site_opens_no_socket(port: int) -> None:
    """Even one on this machine; the app's own page does."""
    for origin in ("http://localhost:3000", "https://evil.example", "null"):
        with pytest.raises(InvalidStatus) as refused:
            open_socket(port, "localhost", origin=origin)
        assert refused.value.response.status_code == 403
    assert open_socket(port, "localhost", origin=f"http://localhost:{port}") == "local"


@pytest.mark.parametrize(
    ("origin", "host", "same"),
    [
        ("https://playground.example", "playground.example:443", True),
        ("https://playground.example", "playground.example", True),
        ("http://Playground.example:80", "playground.example", True),
        ("http://playground.example:8080", "playground.example", False),
        ("https://playground.example.evil.org", "playground.example", False),
        ("http://[", "playground.example", False),
        ("", "", False),
    ],
)
def test_the_usual_port_may_be_said_or_left_out(origin: str, host: str, same: bool) -> None:
    """Proxies do either."""
    assert is_same_host(origin, host) is same


def test_at_this_machine_everybody_is_one_owner() -> None:
    """No cookie is set, and one that is sent is not seen; others stay."""
    client = client_of("http://127.0.0.1:8501")
    answer = client.get("/", headers={"cookie": f"{OWNER_COOKIE}={OWNERS[0]}; theme=dark"})
    assert (answer.text, "set-cookie" in answer.headers) == ("local", False)
    sent = {"cookie": f"a=1; {OWNER_COOKIE}={OWNERS[0]};theme=dark"}
    assert client.get("/script.js", headers=sent).text == "{'a': '1', 'theme': 'dark'}"


def test_a_browser_from_elsewhere_gets_a_cookie_with_its_first_page_and_keeps_it() -> None:
    """It is random, out of the page's reach, and not sent along from other sites; the socket sees the same."""
    client = client_of(LAN)
    first = client.get("/")
    assert first.text == OWNERS[0]
    assert re.sub(r"Max-Age=\d+", "Max-Age=n", first.headers["set-cookie"]) == (
        f"{OWNER_COOKIE}={OWNERS[0]}; Path=/; Max-Age=n; HttpOnly; SameSite=Lax"
    )
    again = client.get("/")
    assert (again.text, "set-cookie" in again.headers) == (OWNERS[0], False)
    with client.websocket_connect("ws://192.168.7.5:8501/socket") as opened:
        assert opened.receive_text() == OWNERS[0]


def test_a_cookie_of_ours_is_long_and_random() -> None:
    """Nobody guesses another's."""
    make: Callable[[], str] = OwnerCookie(make_app())._new_owner
    made = {make() for _ in range(50)}
    assert len(made) == 50
    assert all(re.fullmatch(r"[\w-]{43}", owner) for owner in made)


@pytest.mark.parametrize("cookie", ["local", "", "x", "a" * 44, "a" * 42 + "é"])
def test_nobody_becomes_the_owner_of_the_machine_by_saying_so(cookie: str) -> None:
    """A cookie that is not ours counts as none, and none is somebody new: over HTTP and over a socket."""
    client = client_of(LAN)
    headers = [(b"cookie", f"{OWNER_COOKIE}={cookie}".encode("latin-1"))]
    assert client.get("/", headers=headers).text == OWNERS[0]
    client.cookies.clear()
    with client.websocket_connect("ws://192.168.7.5:8501/socket") as opened:
        assert opened.receive_text() == OWNERS[1]


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP", "X-Forwarded-Host"])
def test_who_comes_through_a_proxy_is_not_this_machine(header: str) -> None:
    """Though the proxy runs on it and asks for localhost."""
    assert client_of("http://127.0.0.1:8501").get("/", headers={header: "9.9.9.9"}).text == OWNERS[0]


@pytest.mark.parametrize(
    ("base_url", "headers"),
    [("https://192.168.7.5", {}), (LAN, {"X-Forwarded-Proto": "https"})],
)
def test_over_https_the_cookie_is_for_https_alone(base_url: str, headers: dict[str, str]) -> None:
    """Also where a proxy speaks it for the app."""
    assert client_of(base_url).get("/", headers=headers).headers["set-cookie"].endswith("; Secure")


def test_what_is_cached_carries_no_cookie_and_keeps_its_rules() -> None:
    """Else a shared cache would hand one visitor's cookie to the next."""
    answer = client_of(LAN).get("/script.js")
    assert ("set-cookie" in answer.headers, answer.headers["cache-control"]) == (False, "public, max-age=60")
    assert client_of(LAN).get("/").headers["cache-control"] == "no-cache"


def test_nobody_else_may_frame_the_app() -> None:
    """A page under a transparent frame would catch clicks."""
    policy = client_of(LAN).get("/").headers["content-security-policy"]
    assert "frame-ancestors 'self'" in policy.split("; ")


@pytest.mark.parametrize(
    ("text", "hosts"),
    [
        ("", ()),
        ("Playground.example, gpu-box:8501,10.0.0.5 ,", (NAME, "gpu-box", "10.0.0.5")),
        ('["playground.example", "[fd00::1]"]', (NAME, "fd00::1")),
    ],
)
def test_the_operators_list_is_read(text: str, hosts: tuple[str, ...]) -> None:
    """By commas or as JSON, in lower case, without ports."""
    assert parse_hosts(text) == hosts


@pytest.mark.parametrize("text", ["https://playground.example", "*", "a b", "playground.example/x", "[1"])
def test_a_list_that_names_no_hosts_is_refused_in_words(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """At the start, with the variable, what it takes and what it got."""
    close_backend()
    monkeypatch.setenv("OPENROUTER_ALLOWED_HOSTS", text)
    with pytest.raises(ConfigurationError) as refused:
        backend()
    assert "OPENROUTER_ALLOWED_HOSTS takes host names such as playground.example.com" in str(refused.value)
    assert repr(text) in str(refused.value)


def test_the_app_reads_the_list_from_its_settings(monkeypatch: pytest.MonkeyPatch, sim: Any) -> None:
    """As every other setting."""
    close_backend()
    monkeypatch.setenv("OPENROUTER_BASE_URL", sim.base_url)
    monkeypatch.setenv("OPENROUTER_ALLOWED_HOSTS", NAME)
    assert backend().app.allowed_hosts == (NAME,)
    close_backend()


def test_a_host_is_read_without_its_port() -> None:
    """An IPv6 address without its brackets."""
    assert [host_name(text) for text in ("A.Example:1", "[::1]:8501", "::1", "x:")] == ["a.example", "::1", "", "x"]
