"""Waiting for a fact, never for a time: whoever waits says what for and how long, and hears what was seen last."""

import time
from collections.abc import Callable
from typing import TypeVar

Fact = TypeVar("Fact")
LOOK_EVERY_SECONDS = 0.05


class DeadlineError(Exception):
    """What was waited for did not come in time; the text says what, how long, and what was there instead."""


def until(
    fact: Callable[[], Fact], *, what: str, within_seconds: float, seen: Callable[[], object] | None = None
) -> Fact:
    """The first true answer of `fact`.

    `seen` is asked once, when time is up, for what to show beside the complaint.

    Raises:
        DeadlineError: no true answer within `within_seconds`.
    """
    deadline = time.monotonic() + within_seconds
    while True:
        answer = fact()
        if answer:
            return answer
        if time.monotonic() >= deadline:
            instead = f"; seen last: {seen()}" if seen else ""
            raise DeadlineError(f"{what}: not within {within_seconds:g} s{instead}")
        time.sleep(LOOK_EVERY_SECONDS)
