"""Builds the library that shifts a program's wall clock, with the C compiler that the control plane needs anyway."""

import os
import subprocess
from pathlib import Path

SOURCE = Path(__file__).with_name("shifted.c")


class WallClock:
    """Of every program that is started with `variables`; all of them see a shift at once."""

    def __init__(self, folder: Path) -> None:
        self._offset = folder / "wall-clock-offset"
        self._library = folder / "shifted.so"
        self.shift(seconds=0)
        compiler = os.environ.get("CC", "cc")
        command = [
            compiler,
            "-shared",
            "-fPIC",
            "-O1",
            "-Wall",
            "-Werror",
            "-o",
            str(self._library),
            str(SOURCE),
            "-ldl",
        ]
        subprocess.run(command, check=True)

    @property
    def variables(self) -> dict[str, str]:
        return {"LD_PRELOAD": str(self._library), "WALL_CLOCK_OFFSET_FILE": str(self._offset)}

    def shift(self, *, seconds: int) -> None:
        """So many seconds ahead of the machine's clock from now on; 0 sets it right."""
        unfinished = self._offset.with_suffix(".new")
        unfinished.write_text(str(seconds), encoding="ascii")
        os.replace(unfinished, self._offset)
