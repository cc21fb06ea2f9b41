"""Find a Chromium that runs, or install one: `python scripts/chromium.py` prints its path.

The browser tests import `find`, which never installs anything; `make test` runs this file first.
"""

import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
PLACES = (
    "/usr/bin/chromium",
    "/usr/bin/chromium-browser",
    "/usr/bin/google-chrome",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
APT_GET = ("apt-get", "-qq", "-o", "DPkg::Lock::Timeout=120")
NOT_FOUND = "No Chromium was found. Install Chromium or Google Chrome, or set CHROMIUM to its path."


class ChromiumMissingError(Exception):
    """No Chromium that runs; the message says what to do."""


def find(environ: Mapping[str, str] = os.environ, places: Sequence[str] = PLACES) -> str:
    """Return the path of a Chromium or Chrome that runs.

    `CHROMIUM`, when set, is the only candidate; then come `PATH`, the usual places and Playwright's own.
    Raises ChromiumMissingError.
    """
    chosen = environ.get("CHROMIUM", "").strip()
    if chosen:
        if runs(chosen):
            return chosen
        raise ChromiumMissingError(f"CHROMIUM={chosen} does not run as a browser: name one that does, or unset it.")
    for path in _candidates(environ, places):
        if runs(path):
            return path
    raise ChromiumMissingError(NOT_FOUND)


def runs(path: str) -> bool:
    """Tell whether the file answers `--version` as a browser does; Ubuntu's snap placeholder does not."""
    try:
        answer = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return answer.returncode == 0 and "Chrom" in answer.stdout


def _candidates(environ: Mapping[str, str], places: Sequence[str]) -> Iterator[str]:
    for name in NAMES:
        if path := shutil.which(name, path=environ.get("PATH", "")):
            yield path
    yield from (place for place in places if os.path.exists(place))
    if own := _playwrights_own():
        yield own


def _playwrights_own() -> str | None:
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        return None
    with sync_playwright() as playwright:
        return playwright.chromium.executable_path


def ensure() -> str:
    """Return the path of a Chromium that runs, after installing one where there is none.

    Raises ChromiumMissingError, which names what was tried.
    """
    if os.environ.get("CHROMIUM", "").strip():
        return find()
    failed: list[str] = []
    for commands in ((), *_ways_to_install()):
        failed += [" ".join(command) for command in commands if _status(command) != 0]
        with contextlib.suppress(ChromiumMissingError):
            return find()
    reason = f"These commands failed: {'; '.join(failed)}." if failed else "The one that was installed does not run."
    raise ChromiumMissingError(f"{NOT_FOUND} {reason}")


def _ways_to_install() -> Iterator[list[tuple[str, ...]]]:
    """Yield lists of commands, the next list being for where the one before brought no browser."""
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    if is_root and shutil.which("apt-get"):
        # Without recommended packages no font would come, and text would be drawn as empty boxes.
        packages = ("chromium", "fonts-liberation")
        yield [(*APT_GET, "update"), (*APT_GET, "install", "-y", "--no-install-recommends", *packages)]
    yield [(sys.executable, "-m", "playwright", "install", "chromium")]


def _status(command: Sequence[str]) -> int:
    print("Installing Chromium:", *command, file=sys.stderr, flush=True)
    environ = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    # Output goes to stderr: stdout is for the path alone.
    return subprocess.run(command, stdout=sys.stderr, stdin=subprocess.DEVNULL, env=environ, check=False).returncode


if __name__ == "__main__":
    try:
        print(ensure())
    except ChromiumMissingError as error:
        sys.exit(str(error))
