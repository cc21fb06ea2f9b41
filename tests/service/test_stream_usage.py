"""Token counts of a stream: OpenRouter sends them unasked, other servers want to be asked."""

import pytest

from service import OpenRouterConfig, OpenRouterService
from tests.support import KEY, ask


def payload(base_url: str, *, stream: bool, **parameters: object) -> dict[str, object]:
    config = OpenRouterConfig(api_key=KEY, base_url=base_url, model="vendor/model")
    with OpenRouterService(config) as service:
        return service._build_payload(ask("vendor/model", **parameters), stream=stream)


def test_a_stream_asks_another_server_for_its_usage() -> None:
    """Not streaming it needs no asking, and extra_body has the last word."""
    local = "http://127.0.0.1:11434/v1"
    assert payload(local, stream=True)["stream_options"] == {"include_usage": True}
    assert "stream_options" not in payload(local, stream=False)
    assert payload(local, stream=True, extra_body={"stream_options": None})["stream_options"] is None


@pytest.mark.parametrize("base_url", ["https://openrouter.ai/api/v1", "http://127.0.0.1:8787/api/v1"])
def test_openrouter_is_not_asked(base_url: str) -> None:
    """There, and at the simulator, it does nothing."""
    assert payload(base_url, stream=True).keys() == {"model", "messages", "stream"}
