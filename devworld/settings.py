"""What a user may set for a world, read from the environment; what cannot be served is refused with a sentence."""

import dataclasses
import math
import shlex
from collections.abc import Mapping
from pathlib import Path

from tests.controlplane.expected import ExpectedError

PROJECT = Path(__file__).resolve().parents[1]
DEFAULT_TIME_SCALE = 60.0
MOST_REPLICAS = 9  # all but one only wait


class SettingsError(ExpectedError):
    """A setting cannot be used; the text names it and says what to do."""


@dataclasses.dataclass(frozen=True)
class Settings:
    """Of one world; they hold until it is taken down."""

    time_scale: float = DEFAULT_TIME_SCALE
    """Simulated seconds per second in the simulator."""
    operator: bool = True
    operator_replicas: int = 1
    """One of them acts, the others wait for its Lease."""
    operator_args: tuple[str, ...] = ()
    simulator_args: tuple[str, ...] = ()
    """For tests alone."""
    node: bool | None = False
    """Whether the cluster is a real node, in which pods run; None: where there can be one, which is not yet decided."""
    test_cluster: str = ""
    """As `tests.controlplane.source` reads it; here so that a running world is not asked to move."""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "Settings":
        """Raises SettingsError."""
        return cls(
            time_scale=_time_scale(environment.get("TIME_SCALE", "")),
            operator=_switch("OPERATOR", environment.get("OPERATOR", "")),
            operator_replicas=_replicas(environment.get("OPERATOR_REPLICAS", "")),
            operator_args=_words("OPERATOR_ARGS", environment.get("OPERATOR_ARGS", "")),
            node=_switch("NODE", environment["NODE"]) if environment.get("NODE") else None,
            test_cluster=environment.get("TEST_CLUSTER", ""),
        )

    def as_words(self) -> dict[str, str]:
        """By the names under which a user sets them; what is not decided is not among them."""
        node = {} if self.node is None else {"NODE": "1" if self.node else "0"}
        return {
            **node,
            "TIME_SCALE": f"{self.time_scale:g}",
            "OPERATOR": "1" if self.operator else "0",
            "OPERATOR_REPLICAS": str(self.operator_replicas),
            "OPERATOR_ARGS": shlex.join(self.operator_args),
            "TEST_CLUSTER": self.test_cluster,
        }


def dev_dir(environment: Mapping[str, str]) -> Path:
    """DEV_DIR, absolute; a relative one starts at the project."""
    return (PROJECT / (environment.get("DEV_DIR") or ".dev")).resolve()


def demo_dir(environment: Mapping[str, str]) -> Path:
    """The folder of `make demo`, beside that of `make dev-up`."""
    ours = dev_dir(environment)
    return ours.with_name(f"{ours.name}-demo")


def refuse_changes(*, running: Mapping[str, str], asked: Mapping[str, str]) -> None:
    """Raises SettingsError when a running world was started with other settings."""
    changed = [
        f"{name} is {running[name] or 'empty'} there and {asked[name] or 'empty'} here"
        for name in asked
        if name in running and running[name] != asked[name]
    ]
    if changed:
        raise SettingsError(
            f"the world is running with other settings: {'; '.join(changed)}. "
            "Run make dev-down first, or make dev-up with the settings of before"
        )


def _replicas(text: str) -> int:
    if not text:
        return 1
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= MOST_REPLICAS):
        raise SettingsError(
            f"OPERATOR_REPLICAS={text}: give a whole number from 1 to {MOST_REPLICAS}; OPERATOR=0 starts none"
        )
    return int(text)


def _time_scale(text: str) -> float:
    if not text:
        return DEFAULT_TIME_SCALE
    try:
        scale = float(text)
    except ValueError:
        scale = math.nan
    if not (math.isfinite(scale) and scale > 0):
        raise SettingsError(f"TIME_SCALE={text}: give a number above 0, simulated seconds per second")
    return scale


def _switch(name: str, text: str) -> bool:
    if text not in ("", "0", "1"):
        raise SettingsError(f"{name}={text}: give 0 or 1")
    return text != "0"


def _words(name: str, text: str) -> tuple[str, ...]:
    try:
        return tuple(shlex.split(text))
    except ValueError as error:
        raise SettingsError(f"{name}: {error}; quote it as for a shell") from None
