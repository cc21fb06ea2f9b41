"""Views with a key of their own: on the same loop and limits, and otherwise apart."""

from collections.abc import Callable

import pytest

from service import ConfigurationError, OpenRouterService
from service.simulator import Simulator
from tests.support import KEY, OTHER_KEY, ask, echoed

MakeService = Callable[..., OpenRouterService]


def keys_sent(sim: Simulator) -> list[str]:
    return [request.headers["authorization"] for request in sim.chat_requests]


def test_each_view_sends_its_own_key(service: OpenRouterService, sim: Simulator) -> None:
    """Whatever the order, and the other's is untouched."""
    other = service.with_key(OTHER_KEY)
    for asking in (service, other, service):
        asking.chat(ask())
    assert keys_sent(sim) == [f"Bearer {KEY}", f"Bearer {OTHER_KEY}", f"Bearer {KEY}"]
    assert (service.config.api_key, other.config.api_key) == (KEY, OTHER_KEY)


def test_a_view_has_everything_else_from_its_parent(make_service: MakeService, sim: Simulator) -> None:
    """Settings, model list and the registry of runs."""
    service = make_service(system_prompt="Be brief.", app_name="Mine")
    service.list_models()
    other = service.with_key(OTHER_KEY)
    assert other.list_models() == service.list_models()
    assert [request.path for request in sim.requests] == ["/api/v1/models"]
    run = other.start(ask())
    run.wait()
    assert service.runs.get(run.id) is run
    assert sim.chat_requests[0].headers["x-openrouter-title"] == "Mine"
    assert sim.chat_requests[0].body["messages"][0] == {"role": "system", "content": "Be brief."}


def test_closing_a_view_stops_its_own_runs_alone(service: OpenRouterService, sim: Simulator) -> None:
    """The parent goes on, and so do its runs."""
    other = service.with_key(OTHER_KEY)
    ours, theirs = service.start(ask("sim/hang")), other.start(ask("sim/hang"))
    assert sim.wait_for_request(2)
    other.close()
    assert sim.wait_for_disconnect()
    assert (theirs.state, ours.state) == ("stopped", "waiting")
    assert [request.headers["authorization"] for request in sim.disconnects] == [f"Bearer {OTHER_KEY}"]
    with pytest.raises(ConfigurationError, match="The service is closed"):
        other.chat(ask())
    assert service.chat(ask()).text == echoed()
    ours.stop()


def test_closing_the_parent_ends_its_views(make_service: MakeService, sim: Simulator) -> None:
    """They live on its loop; nobody who waits is left waiting."""
    service = make_service()
    other = service.with_key(OTHER_KEY)
    runs = [other.start(ask("sim/hang")) for _ in range(3)]
    assert sim.wait_for_request(3)
    service.close()
    assert [run.wait(5).is_partial for run in runs] == [True] * 3
    assert sim.wait_for_disconnect(3)
    with pytest.raises(ConfigurationError, match="The service is closed"):
        other.chat(ask())


def test_a_view_of_a_view_is_a_view(service: OpenRouterService, sim: Simulator) -> None:
    """Closing the one in the middle concerns only itself."""
    middle = service.with_key(OTHER_KEY)
    last = middle.with_key(KEY)
    middle.close()
    assert last.chat(ask()).text == echoed()
    assert keys_sent(sim) == [f"Bearer {KEY}"]


@pytest.mark.parametrize("key", ["", "  ", "two words", f"{KEY}\nX-Evil: 1"])
def test_a_key_that_is_none_is_refused(service: OpenRouterService, key: str) -> None:
    """A view without a key would send none, or the parent's."""
    with pytest.raises(ConfigurationError) as caught:
        service.with_key(key)
    assert KEY not in str(caught.value)


def test_a_dropped_view_leaves_no_connection_behind(service: OpenRouterService, sim: Simulator) -> None:
    """Pages forget their views; an unclosed socket would be a warning, and warnings are errors here."""
    service.with_key(OTHER_KEY).chat(ask())
    assert service.chat(ask()).text == echoed()
    assert len(sim.chat_requests) == 2
