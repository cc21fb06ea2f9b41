"""While there is no model list, the page works, says so, and does not ask with every click."""

import pytest
from streamlit.testing.v1 import AppTest

from pages.parts import known_models
from service.simulator import Simulator
from tests.support import refusing

MISSING = "The model list could not be loaded"


def asked(server: Simulator) -> int:
    return sum(request.path.endswith("/models") for request in server.requests)


def is_missing(chat: AppTest) -> bool:
    return any(MISSING in warning.value for warning in chat.warning)


def test_a_list_that_fails_is_not_asked_for_with_every_click(
    chat: AppTest, server: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that says nothing would hold up each of them; after a pause it is asked again."""
    chat.session_state["chat.advanced"] = False  # which would ask for the model's providers besides
    server.script_for("/models", *[refusing(401)] * 2)
    assert is_missing(chat.run())
    assert is_missing(chat.run())
    assert asked(server) == 1
    monkeypatch.setattr(known_models, "PAUSE", 0.0)
    assert is_missing(chat.run())
    assert not is_missing(chat.run())
    assert asked(server) == 3
