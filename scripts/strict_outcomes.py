"""A pytest plugin that fails the session when a test was skipped or expected to fail.

Continuous integration loads it (`-p scripts.strict_outcomes`), where a skipped test would look like a passed one.
"""

import pytest


class StrictOutcomes:
    """Collect every outcome that is neither a pass nor a failure, and turn it into a failed session."""

    def __init__(self) -> None:
        self.found: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if hasattr(report, "wasxfail"):
            self.found.append(f"{'xfailed' if report.skipped else 'xpassed'}: {report.nodeid}")
        elif report.skipped:
            self.found.append(f"skipped: {report.nodeid}")

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.skipped:
            self.found.append(f"skipped: {report.nodeid}")

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        if self.found and exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if self.found:
            terminalreporter.section("not allowed here: skipped and expected failures", red=True, bold=True)
            for line in self.found:
                terminalreporter.line(line)


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(StrictOutcomes(), "strict-outcomes")
