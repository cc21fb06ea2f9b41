"""Work that could take for ever, in a process of its own that is killed when its time is up.

A library runs to its end once it is started, and holds the interpreter meanwhile: a thread would not help.
"""

from __future__ import annotations

import json
import marshal
import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

from service.errors import InvalidSchemaError
from service.results import Issue
from service.structured.compiled import Compiled

__all__ = ["check_isolated", "limit_resources", "main", "run_isolated", "tell"]

MAX_SECONDS = 10.0
"""The longest wait by the clock; a busy machine may need much of it to start a process."""

_MAX_CPU_SECONDS = 2
_MAX_BYTES = 2 * 1024**3

# A bare `service` package: its own __init__ would load the whole client, which the child has no use for.
_START = """
import importlib, sys, types
package = types.ModuleType("service")
package.__path__ = [sys.argv[1]]
sys.modules["service"] = package
importlib.import_module(sys.argv[2]).main()
"""


def check_isolated(text: bytes, value: Any) -> list[Issue]:
    """Check a value in a process of its own, for at most 2 seconds of computing and 10 by the clock.

    Raises:
        InvalidSchemaError: The schema is not valid, or could not be prepared in time.
    """
    lines = run_isolated(__name__, marshal.dumps((text, value)))
    told = {name: content for line in lines for name, content in line.items()}
    if "refused" in told:
        raise InvalidSchemaError(told["refused"]["message"], hint=told["refused"]["hint"])
    if "ready" not in told:
        raise InvalidSchemaError(
            "The schema takes too long, or too much memory, to prepare.",
            hint="Simplify its patterns: fewer and smaller repetitions.",
        )
    if told.get("valid") or "issues" in told:
        return [Issue(path, message) for path, message in told.get("issues", ())]
    if "valid" in told:
        return [Issue("", "does not follow the schema; to find out where would take too long")]
    return [Issue("", "could not be checked: with this schema that would take too long")]


def run_isolated(module: str, task: bytes) -> list[dict[str, Any]]:
    """Run the `main` of a module with a task on its standard input, and return the lines it could tell in its time."""
    package = Path(__file__).resolve().parents[1]
    command = [sys.executable, "-X", "utf8", "-c", _START, str(package), module]
    try:
        # Nothing of the caller's is in the command.
        done = subprocess.run(command, input=task, capture_output=True, timeout=MAX_SECONDS, check=False)  # noqa: S603
        output = done.stdout
    except subprocess.TimeoutExpired as late:
        output = late.stdout or b""
    except OSError:
        return []
    whole, _, _ = output.rpartition(b"\n")
    return [json.loads(line) for line in whole.splitlines()]


def main() -> None:
    """Check the value on standard input and tell on standard output, a line as soon as something is known."""
    limit_resources()
    # Written by the parent process above, by nobody else.
    text, value = marshal.load(sys.stdin.buffer)  # noqa: S302
    try:
        schema = Compiled(text)
        validator = schema.validator
    except InvalidSchemaError as error:
        tell(refused={"message": error.message, "hint": error.hint})
        return
    tell(ready=True)
    is_valid = validator.is_valid(value)
    tell(valid=is_valid)
    if not is_valid:
        tell(issues=[(issue.path, issue.message) for issue in schema.issues(value)])


def tell(**what: Any) -> None:
    """Tell the process that waits, in a line of its own."""
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


def limit_resources() -> None:
    """Keep a hopeless case from eating the machine, where the system allows limits."""
    if os.name == "posix":
        import resource

        for limit, amount in ((resource.RLIMIT_CPU, _MAX_CPU_SECONDS), (resource.RLIMIT_AS, _MAX_BYTES)):
            with suppress(ValueError, OSError):
                resource.setrlimit(limit, (amount, amount))
