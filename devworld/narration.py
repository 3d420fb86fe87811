"""What a command says while it works: each line with the seconds since it began."""

import time
from pathlib import Path


class Narration:
    """Lines of one command."""

    def __init__(self, command: str) -> None:
        self.command = command
        self.began = time.monotonic()

    def say(self, sentence: str) -> None:
        """One line, at once, also into a pipe."""
        print(f"{self.command}: {time.monotonic() - self.began:5.1f} s  {sentence}", flush=True)

    @staticmethod
    def show(text: str) -> None:
        """What another program printed, set off."""
        for line in text.rstrip().splitlines():
            print(f"    {line}", flush=True)


def as_typed(path: Path) -> str:
    """As a user would type it: short where it can be."""
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)
