"""A hosting room with an S3 and an ECR that are dictionaries: the only parts that are not real."""

import asyncio
import os
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sagemaker_simulator.hosting.contract import (
    ContainerToRun,
    Fleet,
    FleetToRun,
    Hosting,
    Invocation,
    VariantToRun,
)
from sagemaker_simulator.hosting.limits import Limits
from sagemaker_simulator.hosting.process_hosting import ProcessHosting
from sagemaker_simulator.hosting.server_command import ServerCommand

XGBOOST = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1"
CUSTOM = "123456789012.dkr.ecr.us-east-1.amazonaws.com/churn:1.4"
CONTRACT_SERVER = (sys.executable, str(Path(__file__).with_name("contract_server.py")))
DEADLINE_SECONDS = 60.0


@dataclass
class HostingWorld:
    """Objects, images and the `servers` setting may be changed at any time."""

    work_directory: Path
    limits: Limits = field(default_factory=lambda: Limits(startup_seconds=DEADLINE_SECONDS, stop_grace_seconds=5))
    objects: dict[str, bytes] = field(default_factory=dict)
    images: set[str] = field(default_factory=lambda: {XGBOOST, CUSTOM})
    servers: dict[str, ServerCommand] = field(
        default_factory=lambda: {"*/churn:*": ServerCommand(command=CONTRACT_SERVER, env={"NAME": "image"})}
    )
    network_is_up: asyncio.Event = field(default_factory=asyncio.Event)
    hosting: Hosting = field(init=False)

    def __post_init__(self) -> None:
        self.network_is_up.set()
        self.hosting = ProcessHosting(
            fetch_object=self.fetch_object,
            list_objects=self.list_objects,
            servers=lambda: self.servers,
            image_present=lambda image: image in self.images,
            work_directory=self.work_directory,
            limits=self.limits,
        )

    async def fetch_object(self, url: str, *, account: str, region: str) -> bytes:
        assert (account, region) == ("123456789012", "eu-west-1")
        await self.network_is_up.wait()
        return self.objects[url]

    async def list_objects(self, url: str, *, account: str, region: str) -> list[str]:
        assert (account, region) == ("123456789012", "eu-west-1")
        return [key.removeprefix("s3://").partition("/")[2] for key in self.objects if key.startswith(url)]

    async def start(self, *variants: VariantToRun, config: str = "churn-1") -> Fleet:
        return await self.hosting.start(fleet_to_run(*variants, config=config))

    def server_log(self) -> str:
        return "".join(path.read_text() for path in sorted((self.work_directory / "logs").rglob("*.log")))


def fleet_to_run(*variants: VariantToRun, config: str = "churn-1") -> FleetToRun:
    return FleetToRun(
        account="123456789012", region="eu-west-1", endpoint_name="churn", config_name=config, variants=variants
    )


def variant(
    *containers: ContainerToRun,
    name: str = "AllTraffic",
    startup_timeout_seconds: int | None = None,
    download_timeout_seconds: int | None = None,
) -> VariantToRun:
    return VariantToRun(
        name=name,
        model_name="churn",
        execution_role_arn="arn:aws:iam::123456789012:role/churn",
        containers=containers,
        startup_timeout_seconds=startup_timeout_seconds,
        download_timeout_seconds=download_timeout_seconds,
    )


def container(image: str = CUSTOM, *, model: str | None = None, **environment: str) -> ContainerToRun:
    return ContainerToRun(image=image, environment=environment, model_data_url=model)


def request(body: bytes, content_type: str = "text/csv", **more: str | Mapping[str, str]) -> Invocation:
    accept, headers = more.get("accept"), more.get("headers", {})
    assert accept is None or isinstance(accept, str)
    assert isinstance(headers, Mapping)
    return Invocation(body=body, content_type=content_type, accept=accept, headers=headers)


def processes_in(folder: Path) -> list[int]:
    """Processes whose current directory is or was under the folder: servers and what they started."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                directory = os.readlink(entry / "cwd")
                state = (entry / "stat").read_text().rpartition(") ")[2][:1]
            except (FileNotFoundError, ProcessLookupError, PermissionError):
                continue
            if directory.startswith(f"{folder}/") and state != "Z":
                found.append(int(entry.name))
    return found


def is_running(process_id: int) -> bool:
    try:
        stat = Path(f"/proc/{process_id}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return stat.rpartition(") ")[2][0] not in "ZX"


async def eventually(fact: Callable[[], bool], what: str) -> None:
    """Wait until a fact holds; fails with `what` after the deadline."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not fact():
        assert time.monotonic() < deadline, f"never became true: {what}"
        await asyncio.sleep(0.02)
