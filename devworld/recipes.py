"""How the simulator, the operator and the pod runner are started in a world."""

import functools
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from devworld import environment
from devworld.cluster import OPERATOR_NAMESPACE
from devworld.images.recipes import PACKER
from devworld.settings import PROJECT, Settings
from tests.controlplane.httpcheck import answers_ok
from tests.controlplane.part import Ports, Recipe
from tests.rights import recording

LOOPBACK = environment.LOOPBACK[0]
EXECUTION_ROLE = f"arn:aws:iam::{environment.ACCOUNT}:role/sagemaker-execution"
PACKER_IMAGE = PACKER.name
"""What the operator asks for, and a node or the pod runner runs; no registry has it."""
PACKER_NODES = "endpoint-operator.dev/runs-on=this-machine"
"""Where a cluster of the user's has nodes, none of them takes the packer's Pods: they could not reach the simulator."""


def url(port: int, *, host: str = LOOPBACK) -> str:
    """The origin of a program of the world."""
    return f"http://{host}:{port}"


def simulator(
    directory: Path,
    settings: Settings,
    *,
    hosts: Callable[[], tuple[str, ...]] = lambda: (LOOPBACK,),
    death_signal: signal.Signals | None,
) -> Recipe:
    """The whole of AWS, on one port of each of the hosts."""

    def command(ports: Ports) -> tuple[str, ...]:
        scale = f"{settings.time_scale:g}"
        return (
            *(sys.executable, "-m", "sagemaker_simulator", "--port", str(ports[0]), "--time-scale", scale),
            *(f"--host={host}" for host in hosts()),
            *recording.simulator_flags(directory),
            *settings.simulator_args,
        )

    return Recipe(
        name="simulator",
        port_count=1,
        command=command,
        environment=lambda: environment.for_child({"TMPDIR": str(_scratch(directory))}),
        log=directory / "logs" / "simulator.log",
        # Not /_sim/state: after hours of simulated time that is megabytes, and takes longer than a look may.
        answers=functools.partial(_answers, path="/_sim/clock"),
        death_signal=death_signal,
    )


def packing_by_pod_runner() -> tuple[str, ...]:
    """Flags of the operator where packing Jobs run as processes."""
    return ("--packer-image", PACKER_IMAGE, "--packer-node-selector", PACKER_NODES)


def operator(
    directory: Path,
    settings: Settings,
    *,
    kubeconfig: Path,
    simulator_url: Callable[[], str],
    packing: Callable[[], tuple[str, ...]] = packing_by_pod_runner,
    death_signal: signal.Signals | None,
    replica: int = 1,
) -> Recipe:
    """The operator, as itself to Kubernetes and as itself to AWS; all replicas are the same one to both.

    `packing`: its flags on who packs models, and how.
    """
    name = "operator" if replica == 1 else f"operator-{replica}"

    def command(ports: Ports) -> tuple[str, ...]:
        return (
            *(sys.executable, "-m", "endpoint_operator", "run"),
            *("--http-address", f"127.0.0.1:{ports[0]}"),
            *("--operator-namespace", OPERATOR_NAMESPACE),
            *("--default-execution-role-arn", EXECUTION_ROLE),
            *packing(),
            *settings.operator_args,
        )

    def variables() -> dict[str, str]:
        aws = environment.aws_variables(endpoint_url=simulator_url(), access_key=environment.OPERATOR_KEY)
        return environment.for_child({**aws, "KUBECONFIG": str(kubeconfig)})

    return Recipe(
        name=name,
        port_count=1,
        command=command,
        environment=variables,
        log=directory / "logs" / f"{name}.log",
        answers=functools.partial(_answers, path="/healthz"),
        stop_within_seconds=15,  # it promises to be gone within 10
        death_signal=death_signal,
    )


def packing_in_pods(simulator_url: str) -> tuple[str, ...]:
    """Flags of the operator where a node runs packing Jobs; the URL is the one for pods."""
    return ("--packer-image", PACKER_IMAGE, "--packer-environment", packer_environment(simulator_url))


def packer_environment(simulator_url: str) -> str:
    """As --packer-environment takes it."""
    variables = environment.aws_variables(endpoint_url=simulator_url, access_key=environment.PACKER_KEY)
    return ",".join(f"{name}={value}" for name, value in variables.items())


def pod_runner(
    directory: Path, *, kubeconfig: Path, simulator_url: Callable[[], str], death_signal: signal.Signals | None
) -> Recipe:
    """Runs the Pods of packing Jobs as processes, as the cluster's admin: it is in a kubelet's place."""

    def command(ports: Ports) -> tuple[str, ...]:
        return (
            *(sys.executable, "-m", "devworld.podrunner"),
            *("--image", PACKER_IMAGE, "--aws-url", simulator_url()),
            *("--folder", str(directory / "pods"), "--port", str(ports[0])),
        )

    return Recipe(
        name="pod-runner",
        port_count=1,
        command=command,
        environment=lambda: environment.for_child({"KUBECONFIG": str(kubeconfig), "PYTHONPATH": str(PROJECT)}),
        log=directory / "logs" / "pod-runner.log",
        answers=functools.partial(_answers, path="/"),
        death_signal=death_signal,
    )


def _scratch(directory: Path) -> Path:
    """Where the simulator unpacks models, so that they go with the world even when it was killed."""
    folder = directory / "tmp"
    folder.mkdir(exist_ok=True)
    return folder


def _answers(ports: Ports, *, path: str) -> bool:
    return answers_ok(url(ports[0]) + path)
