"""The answers to the app's own examples: believable, plainly simulated, and given to nothing else."""

import json
import re

import jsonschema_rs
import pytest
from markdown_it import MarkdownIt

from pages.parts.examples import EXAMPLES, Example
from service.simulator.samples import SAMPLE_NOTE
from service.simulator.writer import CONNECT, SIMULATED

WRITTEN = [example for example in EXAMPLES if example.response_format is None]
SHAPED = [example for example in EXAMPLES if example.response_format is not None]
CONTACT = SHAPED[0]


def titles(examples):
    return {"argvalues": examples, "ids": [example.title for example in examples]}


def asked(client, example: Example, model: str = "sim/writer", **changes):
    """Send an example as its card does, with changes to its schema; return the text of the answer."""
    form = example.response_format
    definition = form.definition
    sent = {**definition, "schema": {**definition["schema"], **changes}}
    return client.text(model, example.prompt, response_format={"type": "json_schema", "json_schema": sent})


@pytest.mark.parametrize("example", **titles(WRITTEN))
def test_each_example_in_words_has_an_answer_of_its_own(client, example: Example) -> None:
    """It says that it is simulated, whatever the model, and is well-formed."""
    text = client.text("sim/writer", example.prompt)
    assert text.endswith(f"*{SIMULATED} {SAMPLE_NOTE} {CONNECT}*")
    assert text == client.text("sim/writer", f"  {example.prompt}\n")
    kinds = {token.type for token in MarkdownIt("commonmark").enable("table").parse(text)}
    assert kinds & {"table_open", "fence", "bullet_list_open", "ordered_list_open"}
    assert "this is the simulator speaking" in client.text("meta-llama/llama-3.3-70b-instruct", example.prompt)


def test_together_they_show_what_an_answer_can_look_like(client) -> None:
    texts = "\n\n".join(client.text("sim/writer", example.prompt) for example in WRITTEN)
    kinds = {token.type for token in MarkdownIt("commonmark").enable("table").parse(texts)}
    assert {"heading_open", "bullet_list_open", "ordered_list_open", "table_open", "fence", "blockquote_open"} <= kinds


def test_the_program_does_what_it_says(client) -> None:
    text = client.text("sim/writer", next(example.prompt for example in WRITTEN if "Python" in example.prompt))
    code = re.search(r"```python\n(.+?)```", text, re.DOTALL)[1]
    known = {}
    exec(code.replace("print(", "said("), {"said": lambda value: known.setdefault(len(known), value)})
    assert known == {0: [("the", 3), ("dog", 2)], 1: 8}


@pytest.mark.parametrize("example", **titles(SHAPED))
@pytest.mark.parametrize("model", ["sim/writer", "sim/json"])
def test_each_example_in_a_shape_is_filled_with_what_its_prompt_says(client, example: Example, model: str) -> None:
    value = json.loads(asked(client, example, model))
    jsonschema_rs.validate(example.response_format.schema_body, value)
    told = [item for field in value.values() for item in (field if isinstance(field, list) else [field])]
    of_the_prompt = [text for text in told if isinstance(text, str) and text != "mixed"]
    assert len(of_the_prompt) >= 4
    assert all(text in example.prompt for text in of_the_prompt)


def test_a_schema_that_was_changed_gets_made_up_values(client) -> None:
    """Other fields, and the same fields with another rule."""
    fields = CONTACT.response_format.schema_body["properties"]
    more = json.loads(asked(client, CONTACT, properties={**fields, "age": {"type": "integer"}}, required=["age"]))
    assert more.get("name") != "Dana Reyes"
    other = json.loads(asked(client, CONTACT, properties={**fields, "wants_a_call": {"const": False}}))
    assert other["wants_a_call"] is False
    assert other.get("name") != "Dana Reyes"


def test_another_prompt_is_answered_as_ever(client) -> None:
    assert SAMPLE_NOTE not in client.text("sim/writer", WRITTEN[0].prompt + " in French")
    form = {"type": "json_schema", "json_schema": CONTACT.response_format.definition}
    assert json.loads(client.text("sim/json", "Dana Reyes", response_format=form))["name"] != "Dana Reyes"


def test_asked_again_it_says_the_same(client) -> None:
    """As after an answer of the wrong shape."""
    wrong = asked(client, CONTACT, "sim/wrong-shape")
    messages = [
        {"role": "user", "content": CONTACT.prompt},
        {"role": "assistant", "content": wrong},
        {"role": "user", "content": "Answer again, in JSON that follows the schema."},
    ]
    form = {"type": "json_schema", "json_schema": CONTACT.response_format.definition}
    assert json.loads(client.text("sim/wrong-shape", messages=messages, response_format=form))["name"] == "Dana Reyes"
