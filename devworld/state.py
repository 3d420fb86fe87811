"""The file by which a later command finds a world again: what was asked for, and which processes are it."""

import dataclasses
import json
import os
import shlex
from pathlib import Path
from typing import Any

from tests.controlplane import proc
from tests.controlplane.source import ExistingCluster, Programs

FILE = "state.json"


@dataclasses.dataclass(frozen=True)
class State:
    """`parts` by name, as `Part.as_state` has them; `boot`: processes of another boot are nobody's."""

    settings: dict[str, str]
    source: ExistingCluster | Programs
    parts: dict[str, Any]
    boot: str = dataclasses.field(default_factory=proc.boot_id)

    @property
    def operator_replicas(self) -> int:
        """How many it was started with."""
        return int(self.settings.get("OPERATOR_REPLICAS", "1"))

    @property
    def operator_args(self) -> tuple[str, ...]:
        """The operator's further flags."""
        return tuple(shlex.split(self.settings.get("OPERATOR_ARGS", "")))

    @property
    def time_scale(self) -> float:
        """Simulated seconds per second."""
        return float(self.settings["TIME_SCALE"])

    @property
    def node(self) -> bool:
        """Whether it was started with one."""
        return self.settings.get("NODE") == "1"

    @classmethod
    def read(cls, directory: Path) -> "State | None":
        """None when no world was started in the directory, or the machine was started again since."""
        try:
            text = (directory / FILE).read_text(encoding="utf-8")
        except FileNotFoundError:
            return None
        raw = json.loads(text)
        if raw["boot"] != proc.boot_id():
            return None
        kind = ExistingCluster if raw["source"]["kind"] == "ExistingCluster" else Programs
        source = kind(**{name: Path(path) for name, path in raw["source"]["paths"].items()})
        return cls(settings=raw["settings"], source=source, parts=raw["parts"], boot=raw["boot"])

    def write(self, directory: Path) -> None:
        """Whole or not at all."""
        paths = {name: str(path) for name, path in dataclasses.asdict(self.source).items()}
        raw = {
            "boot": self.boot,
            "settings": self.settings,
            "source": {"kind": type(self.source).__name__, "paths": paths},
            "parts": self.parts,
        }
        unfinished = directory / f"{FILE}.new"
        unfinished.write_text(json.dumps(raw, indent=2) + "\n", encoding="utf-8")
        os.replace(unfinished, directory / FILE)
