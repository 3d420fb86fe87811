"""What a person sees while Go builds for minutes: how long already, and how far."""

import sys
import time
from typing import TextIO

SECONDS_BETWEEN_LINES = 15.0  # where the output is a file or a CI log
SECONDS_BETWEEN_REDRAWS = 0.2


class Progress:
    """One line that is redrawn on a terminal, a line now and then elsewhere."""

    def __init__(self, title: str, *, out: TextIO = sys.stderr) -> None:
        self.title = title
        self.out = out
        self.began = time.monotonic()
        self._terminal = out.isatty()
        self._next = self.began

    def show(self, doing: str) -> None:
        """Says it if it is time to say something."""
        now = time.monotonic()
        if now < self._next:
            return
        self._next = now + (SECONDS_BETWEEN_REDRAWS if self._terminal else SECONDS_BETWEEN_LINES)
        line = f"{self.title}: {_clock(now - self.began)}  {doing}"
        self.out.write(f"\r\033[K{line[:110]}" if self._terminal else f"{line}\n")
        self.out.flush()

    def say(self, sentence: str) -> None:
        """Says it in any case, on a line that stays."""
        self.out.write(("\r\033[K" if self._terminal else "") + f"{self.title}: {sentence}\n")
        self.out.flush()
        self._next = time.monotonic() + (0 if self._terminal else SECONDS_BETWEEN_LINES)

    def elapsed(self) -> str:
        return _clock(time.monotonic() - self.began)


def _clock(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"
