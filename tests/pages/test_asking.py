"""A request that is sent again with changes."""

from pages.parts.asking import with_changes
from service import ChatRequest, Message, ResponseFormat, Tool

REQUEST = ChatRequest(
    messages=(Message.user("x"),),
    model="vendor/model",
    response_format=ResponseFormat.json_object(),
    tools=(Tool.function("t"),),
    temperature=0.5,
    extra_body={"odd": 1, "kept": 2},
)


def test_a_parameter_is_set_and_another_left_out() -> None:
    changed = with_changes(REQUEST, {"max_tokens": 9, "temperature": None})
    assert changed.parameters.set_fields() == {"max_tokens": 9}
    assert changed.parameters.extra_body == {"odd": 1, "kept": 2}
    assert REQUEST.parameters.temperature == 0.5


def test_fields_beside_the_parameters_are_left_out_too() -> None:
    changed = with_changes(REQUEST, {"response_format": None, "tools": None, "odd": None})
    assert changed.response_format is None
    assert changed.tools == ()
    assert changed.parameters.extra_body == {"kept": 2}
    assert changed.messages == REQUEST.messages
