"""A Pod's one container as a process: its words and variables as the kubelet expands them, its files in a folder."""

import base64
import re
import signal
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from devworld import environment
from devworld.podrunner.statuses import KILLED, End, message_of, now
from tests.controlplane.processes import Process, Program

Body = dict[str, Any]
_REFERENCE = re.compile(r"\$(?:\$|\(([A-Za-z_][A-Za-z0-9_.-]*)\))")


@dataclass(frozen=True)
class Machine:
    """What this machine gives to a Pod: a program for its image, and AWS."""

    image: str
    """The only image that there is."""
    aws_url: str
    folder: Path

    def command(self, container: Body, *, files: Path) -> tuple[str, ...]:
        """The packer itself, with the container's words, and the kubelet's file for its last ones."""
        mounts = {mount["mountPath"]: str(files / mount["name"]) for mount in container.get("volumeMounts", [])}
        variables = _given(container)
        words = [_placed(expanded(word, variables), mounts) for word in container.get("args", [])]
        last_words = f"--termination-log={files / 'termination-log'}"
        return (sys.executable, "-m", "endpoint_operator.packing", *words, last_words)

    def variables(self, container: Body) -> dict[str, str]:
        """AWS as a Pod's identity brings it; what the Pod sets itself wins, but for where AWS is."""
        aws = environment.aws_variables(endpoint_url=self.aws_url, access_key=environment.PACKER_KEY)
        own = {name: value for name, value in _given(container).items() if not name.startswith("AWS_ENDPOINT_URL")}
        return environment.for_child({**aws, **own})


class Container:
    """It runs from the moment that it is made."""

    def __init__(self, machine: Machine, pod: Body, volumes: Mapping[str, Mapping[str, bytes]]) -> None:
        """`volumes`: contents of files, by volume and path."""
        metadata = pod["metadata"]
        self._container: Body = pod["spec"]["containers"][0]
        self._grace = float(pod["spec"].get("terminationGracePeriodSeconds", 30))
        self._files = machine.folder / metadata["uid"]
        self._log = machine.folder / f"{metadata['namespace']}.{metadata['name']}.log"
        self._kill_at: float | None = None
        self._write(volumes)
        self.started_at = now()
        self._process = Process.start(
            Program(
                command=machine.command(self._container, files=self._files),
                environment=machine.variables(self._container),
                log=self._log,
                death_signal=signal.SIGTERM,
            )
        )

    @property
    def alive(self) -> bool:
        return self._process.alive

    @property
    def pid(self) -> int:
        return self._process.pid

    def stop(self) -> None:
        """SIGTERM, and SIGKILL once its grace is over; called again and again until it has ended."""
        if self._kill_at is None:
            self._kill_at = time.monotonic() + self._grace
            self._process.send(signal.SIGTERM)
        elif time.monotonic() >= self._kill_at:
            self._process.kill()

    def end(self) -> End:
        """Of one that is no longer alive."""
        code = self._process.exit_code
        exit_code = KILLED if code is None else code if code >= 0 else 128 - code
        words = self._files / "termination-log"
        message = message_of(
            last_words=words.read_bytes() if words.exists() else b"",
            log=self._log.read_bytes(),
            exit_code=exit_code,
            policy=self._container.get("terminationMessagePolicy", "File"),
        )
        return End(exit_code=exit_code, message=message, started_at=self.started_at)

    def _write(self, volumes: Mapping[str, Mapping[str, bytes]]) -> None:
        self._files.mkdir(parents=True, exist_ok=True)
        for volume, files in volumes.items():
            for path, content in files.items():
                file = self._files / volume / path
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(content)


def expanded(word: str, variables: Mapping[str, str]) -> str:
    """$(NAME) is a variable that is set, $$ is a $ (Kubernetes API, Container.args)."""

    def one(found: "re.Match[str]") -> str:
        if found.group() == "$$":
            return "$"
        return variables.get(found.group(1), found.group())

    return _REFERENCE.sub(one, word)


def files_of(volume: Body, config_map: Body) -> dict[str, bytes]:
    """What a volume of a ConfigMap holds. Raises KeyError for a key that it lacks."""
    data = {key: text.encode() for key, text in (config_map.get("data") or {}).items()}
    data |= {key: base64.b64decode(text) for key, text in (config_map.get("binaryData") or {}).items()}
    items = volume["configMap"].get("items")
    return {item["path"]: data[item["key"]] for item in items} if items else data


def _given(container: Body) -> dict[str, str]:
    """In order: a variable may hold earlier ones."""
    variables: dict[str, str] = {}
    for row in container.get("env", []):
        variables[row["name"]] = expanded(row.get("value", ""), variables)
    return variables


def _placed(word: str, mounts: Mapping[str, str]) -> str:
    for inside, outside in mounts.items():
        word = word.replace(f"={inside}/", f"={outside}/")
    return word
