"""The programs that judge objects as Flux and Argo CD do: their own library, their own interpreter of Lua."""

import dataclasses
import json
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from devworld.settings import PROJECT
from tests.controlplane.goprogram import GoProgram

KSTATUS = GoProgram(module=Path(__file__).with_name("kstatus"), names=("kstatus",), kind="node/kstatus")
ARGO_HEALTH = GoProgram(module=Path(__file__).with_name("argohealth"), names=("argohealth",), kind="node/argohealth")
HEALTH_CHECK = PROJECT / "config" / "argocd" / "health.lua"


@dataclasses.dataclass(frozen=True)
class Verdict:
    """What a tool shows of an object."""

    status: str
    message: str


@dataclasses.dataclass(frozen=True)
class Judge:
    """A program that reads objects and answers a verdict on each."""

    command: tuple[str, ...]

    def of(self, objects: Sequence[dict[str, Any]]) -> list[Verdict]:
        """One a given object, in order. Raises AssertionError with what the program complained of."""
        done = subprocess.run(
            self.command,
            input="\n".join(json.dumps(each) for each in objects),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        verdicts = [Verdict(**json.loads(line)) for line in done.stdout.splitlines()]
        assert len(verdicts) == len(objects)
        return verdicts

    def __call__(self, thing: dict[str, Any]) -> Verdict:
        [verdict] = self.of([thing])
        return verdict


def kstatus() -> Judge:
    """By kstatus's rules."""
    return Judge((str(KSTATUS.built() / "kstatus"),))


def argo_cd(script: Path = HEALTH_CHECK) -> Judge:
    """By a health check of Argo CD's."""
    return Judge((str(ARGO_HEALTH.built() / "argohealth"), str(script)))
