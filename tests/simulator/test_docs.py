"""The simulator's page says everything there is, and the command does what the page says."""

import re
import signal
import subprocess
import sys
from pathlib import Path

import httpx2
import pytest

from service import simulator
from service.simulator.app import PREFIX, create_app
from service.simulator.scenarios import SCENARIOS

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "simulator.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("scenario", [scenario.id for scenario in SCENARIOS])
def test_every_scenario_has_a_row(scenario):
    assert re.search(rf"^\| `{scenario}` \| ", PAGE, re.MULTILINE)


def test_no_row_is_about_a_scenario_that_does_not_exist():
    rows = re.findall(r"^\| `(sim/[\w-]+)` \|", PAGE, re.MULTILINE)
    assert rows == [scenario.id for scenario in SCENARIOS]


def test_every_route_and_public_name_is_on_the_page():
    paths = [route.path.removeprefix(PREFIX) for route in create_app().routes if route.path.startswith(PREFIX)]
    assert [path for path in paths if path not in PAGE] == []
    assert [name for name in simulator.__all__ if name not in PAGE] == []


def test_nothing_else_of_service_is_imported():
    sources = (ROOT / "service" / "simulator").rglob("*.py")
    imported = {
        name for path in sources for name in re.findall(r"(?:from|import) (service[\w.]*)", path.read_text("utf-8"))
    }
    assert {name for name in imported if not name.startswith("service.simulator")} == set()


def test_the_command_serves_until_it_is_told_to_stop():
    command = [sys.executable, "-m", "service.simulator", "--port", "0", "--speed", "0"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        first = process.stdout.readline()
        base_url = first.split()[-1]
        assert httpx2.get(f"{base_url}/models/count").json()["data"]["count"] >= 60
        process.send_signal(signal.SIGTERM)
        rest = process.stdout.read()
    assert f"OPENROUTER_BASE_URL={base_url}" in rest
    assert process.returncode == 0


def test_the_command_says_when_the_port_is_taken(sim):
    command = [sys.executable, "-m", "service.simulator", "--port", str(sim.port)]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=30, check=False)
    assert result.returncode == 1
    assert "Choose another port with --port." in result.stderr
