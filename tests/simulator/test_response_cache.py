"""The simulator's response cache answers as OpenRouter's does."""

import httpx2
import pytest

from service.simulator import Simulator
from service.simulator.answers import Answer
from service.simulator.response_cache import CacheAsk, ResponseCache, read_headers

BODY = {"model": "sim/echo", "messages": [{"role": "user", "content": "Hello"}]}


def ask(sim: Simulator, **more: str) -> httpx2.Response:
    headers = {"Authorization": "Bearer sk-or-v1-cachetest", "X-OpenRouter-Cache": "true", **more}
    return httpx2.post(f"{sim.base_url}/chat/completions", json=BODY, headers=headers)


def said(response: httpx2.Response) -> dict[str, str]:
    return {name: text for name, text in response.headers.items() if name.startswith("x-openrouter-cache")}


def test_a_hit_has_another_id_and_costs_nothing(sim: Simulator) -> None:
    """It says so, and whose answer it is."""
    first, again = ask(sim), ask(sim)
    assert said(first) == {"x-openrouter-cache-status": "MISS", "x-openrouter-cache-ttl": "300"}
    assert said(again) == {
        "x-openrouter-cache-status": "HIT",
        "x-openrouter-cache-ttl": "300",
        "x-openrouter-cache-age": "0",
        "x-openrouter-cache-source-id": first.json()["id"],
    }
    assert again.json()["choices"] == first.json()["choices"]
    assert again.json()["id"] != first.json()["id"]
    assert (again.json()["usage"]["total_tokens"], again.json()["usage"]["cost"]) == (0, 0)


def test_it_is_asked_for(sim: Simulator) -> None:
    """By header, with the same key."""
    ask(sim)
    assert said(ask(sim, **{"X-OpenRouter-Cache": "false"})) == {}
    assert said(ask(sim, Authorization="Bearer sk-or-v1-another"))["x-openrouter-cache-status"] == "MISS"
    assert said(ask(sim, **{"X-OpenRouter-Cache-Clear": "true"}))["x-openrouter-cache-status"] == "MISS"
    assert said(ask(sim))["x-openrouter-cache-status"] == "HIT"


def test_an_answer_is_kept_for_its_time() -> None:
    """And no longer."""
    now = [100.0]
    cache = ResponseCache(clock=lambda: now[0])
    cache.keep("a", Answer("x"), CacheAsk(ttl=10), "gen-1")
    now[0] = 109.9
    assert cache.find("a", CacheAsk()) is not None
    now[0] = 110.0
    assert cache.find("a", CacheAsk()) is None


@pytest.mark.parametrize(("given", "ttl"), [("", 300), ("60", 60), ("0", 1), ("100000", 86_400), ("soon", 300)])
def test_the_time_has_its_limits(given: str, ttl: int) -> None:
    """A second to a day."""
    assert read_headers({"x-openrouter-cache": "true", "x-openrouter-cache-ttl": given}) == CacheAsk(ttl)
