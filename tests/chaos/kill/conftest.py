"""Prints what the kill test found at the end of the run, whether rows went wrong or not."""

import pytest

TABLE = "the kill test's table"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The table travels in the report's properties: so it arrives from a worker of pytest-xdist too."""
    for reports in terminalreporter.stats.values():
        for report in reports:
            for name, text in getattr(report, "user_properties", ()):
                if name == TABLE and report.when == "call":
                    terminalreporter.section(TABLE)
                    terminalreporter.write_line(text)
