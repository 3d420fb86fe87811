"""The tenancy file: read when the operator starts, and again whenever it changed; a mounted ConfigMap does."""

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Final

from prometheus_client import Gauge

from endpoint_operator.planning.tenancy.rules import Rules
from endpoint_operator.planning.tenancy.rules_file import TenancyFileRefused, parse_rules

log = logging.getLogger(__name__)

# The kubelet brings an edit of a mounted ConfigMap within a minute or two: this adds little to it, and costs one read
# of a small file.
LOOK_SECONDS: Final = 5.0
IN_FORCE = Gauge(
    "endpoint_operator_tenancy_file_in_force",
    "1 while the rules in force are those of the tenancy file, 0 while it is broken and the rules before it hold.",
)


class TenancyFile:
    """The file's text is compared, not its time: a ConfigMap's files are links that are exchanged."""

    def __init__(self, path: Path | None) -> None:
        """`path` is None where the operator has no such file."""
        self._path = path
        self._text = ""
        self.trouble: str | None = None
        """Why the file as it is now is not in force; None while it is."""

    def begin(self) -> Rules | None:
        """The rules to start with; None without a file. Raises TenancyFileRefused: nobody knows what is allowed."""
        if self._path is None:
            return None
        text = self._read(self._path)
        rules = self._parsed(text)
        self._text = text
        IN_FORCE.set(1)
        return rules

    async def run(self, changed: Callable[[Rules], None]) -> None:
        """Look at the file until cancelled; `changed` gets every new set of rules."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            rules = self.look()
            if rules is not None:
                changed(rules)

    def look(self) -> Rules | None:
        """The rules where the file is another one and can be read; None where those in force stay."""
        if self._path is None:
            return None
        try:
            text = self._read(self._path)
            if text == self._text and self.trouble is None:
                return None
            rules = self._parsed(text)
        except TenancyFileRefused as refused:
            self._is_broken(str(refused))
            return None
        same = text == self._text
        self._text, self.trouble = text, None
        IN_FORCE.set(1)
        log.info("the tenancy file %s was read again: %d rules are in force", self._path, len(rules.rules))
        return None if same else rules

    def _is_broken(self, why: str) -> None:
        if self.trouble != why:
            log.error("%s; the rules before it stay in force", why)
        self.trouble = why
        IN_FORCE.set(0)

    def _read(self, path: Path) -> str:
        try:
            return path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise TenancyFileRefused(f"the tenancy file {path} cannot be read: {error}") from error

    def _parsed(self, text: str) -> Rules:
        try:
            return parse_rules(text)
        except TenancyFileRefused as refused:
            raise TenancyFileRefused(f"the tenancy file {self._path} is refused: {refused}") from refused
