"""Runs in the log: what is there, what is not, and who decides where it goes."""

import io
import json
import logging
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from service import OpenRouterError, OpenRouterService
from service.redact import Redactor
from service.simulator import Simulator
from service.telemetry import configure_logging
from tests.support import KEY, ask, failing, refusing

MakeService = Callable[..., OpenRouterService]
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """Everything that the app would log at debug, as JSON."""
    stream = io.StringIO()
    undo = configure_logging("debug", "json", stream=stream, redactor=Redactor(("emails",)))
    yield stream
    undo()


def lines(written: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in written.getvalue().splitlines()]


def test_a_run_is_one_line_with_its_figures(service: OpenRouterService, written: io.StringIO) -> None:
    """By which it is found in the history, at OpenRouter, and in the sums."""
    run = service.start(ask())
    result = run.wait(5)
    assert result.usage is not None
    *_, line = lines(written)
    assert (line["event"], line["level"], line["logger"]) == ("run completed", "info", "service.runs")
    assert (line["run_id"], line["request_id"], line["model"]) == (run.id, result.id, "sim/echo")
    assert (line["attempt"], line["duration"]) == (1, round(result.timings.total, 3))
    assert (line["prompt_tokens"], line["completion_tokens"]) == (
        result.usage.prompt_tokens,
        result.usage.completion_tokens,
    )
    assert line["cost"] == str(result.usage.cost)
    assert line["timestamp"].endswith("Z")
    assert line["first_token"] >= 0


def test_each_failed_attempt_is_a_line(service: OpenRouterService, sim: Simulator, written: io.StringIO) -> None:
    """With what was wrong; a run that made it in the end is no error."""
    sim.script(*failing(2, 503))
    service.chat(ask())
    told = [(line["event"], line["level"], line["attempt"], line.get("status")) for line in lines(written)]
    assert told == [
        ("run started", "debug", 0, None),
        ("attempt failed", "warning", 1, 503),
        ("attempt failed", "warning", 2, 503),
        ("run completed", "info", 3, None),
    ]


def test_a_run_that_fails_says_why(service: OpenRouterService, written: io.StringIO) -> None:
    """The class of the error, its status, and what the provider said."""
    with pytest.raises(OpenRouterError):
        service.chat(ask("sim/moderation"))
    line = lines(written)[-1]
    assert (line["event"], line["level"], line["error"], line["status"]) == (
        "run failed",
        "error",
        "ModerationError",
        403,
    )


def test_no_prompt_no_answer_no_key_and_no_address_is_written(
    service: OpenRouterService, sim: Simulator, written: io.StringIO
) -> None:
    """Not even where the provider repeats them."""
    service.chat(ask(text="a very private question"))
    sim.script(refusing(400, f"No user ada@example.org with {KEY}."))
    with pytest.raises(OpenRouterError):
        service.chat(ask())
    text = written.getvalue()
    assert [word for word in ("private question", KEY, "ada@") if word in text] == []
    assert "No user [e-mail] with …cdef." in text


def test_a_stopped_run_is_no_error(service: OpenRouterService, sim: Simulator, written: io.StringIO) -> None:
    """Somebody has seen enough."""
    run = service.start(ask("sim/hang"))
    assert sim.wait_for_request()
    run.stop()
    assert run.join(5)
    assert [(line["event"], line["level"]) for line in lines(written)][1:] == [("run stopped", "info")]


def test_on_a_terminal_it_reads_like_prose(service: OpenRouterService) -> None:
    """One line, no braces; below the level nothing."""
    stream = io.StringIO()
    undo = configure_logging("info", "console", stream=stream)
    service.chat(ask())
    undo()
    service.chat(ask())
    (line,) = stream.getvalue().splitlines()
    assert "run completed" in line
    assert "model=sim/echo" in line
    assert "{" not in line


def test_a_traceback_is_in_the_line_with_its_keys_masked(written: io.StringIO) -> None:
    """What goes wrong elsewhere in the service is written alike."""
    try:
        raise ValueError(f"bad {KEY}")
    except ValueError:
        logging.getLogger("service.elsewhere").exception("it failed for %s", KEY)
    (line,) = lines(written)
    assert line["event"] == "it failed for …cdef"
    assert "ValueError: bad …cdef" in line["exception"]


def test_the_loggers_are_as_before_afterwards() -> None:
    """A program that configures its own keeps it."""
    logger = logging.getLogger("service")
    before = (logger.handlers[:], logger.level, logger.propagate)
    undo = configure_logging()
    assert not logger.propagate
    undo()
    assert (logger.handlers, logger.level, logger.propagate) == before


def test_a_program_with_its_own_logging_gets_the_lines(
    service: OpenRouterService, caplog: pytest.LogCaptureFixture
) -> None:
    """As words for whoever reads, as fields for whoever formats."""
    with caplog.at_level(logging.INFO, logger="service.runs"):
        run = service.start(ask())
        run.wait(5)
    (record,) = [record for record in caplog.records if record.name == "service.runs"]
    assert record.getMessage().startswith(f"run completed run_id={run.id} request_id=gen-")
    assert record.fields["model"] == "sim/echo"  # type: ignore[attr-defined]


def test_what_it_gets_is_clean_already(
    make_service: MakeService, sim: Simulator, caplog: pytest.LogCaptureFixture
) -> None:
    """As the configuration of the service says; the words as well as the fields."""
    sim.script(refusing(400, "No user ada@example.org."))
    with pytest.raises(OpenRouterError):
        make_service(redact=["emails"]).chat(ask())
    assert "No user [e-mail]." in caplog.text
    assert "ada@" not in f"{caplog.text} {[vars(record) for record in caplog.records]}"


def test_a_program_without_any_logging_is_not_written_to(sim: Simulator) -> None:
    """It has the exception, and nothing of ours on its stderr."""
    code = f"""
from service import ChatRequest, Message, OpenRouterConfig, OpenRouterError, OpenRouterService
with OpenRouterService(OpenRouterConfig(base_url={sim.base_url!r}, api_key={KEY!r})) as service:
    try:
        service.chat(ChatRequest(messages=[Message.user("Hello")], model="sim/moderation"))
    except OpenRouterError as error:
        print(type(error).__name__)
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert (done.stdout.strip(), done.stderr) == ("ModerationError", "")
