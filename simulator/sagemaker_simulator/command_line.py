"""The program: its flags, its start, and its end on SIGTERM or SIGINT."""

import argparse
import asyncio
import json
import logging
import signal
from collections.abc import Sequence
from pathlib import Path

from .access.policy import Policy, policy_of
from .backing.moto import Moto
from .backing.object_lists import ObjectLists
from .hosting.container_output import FollowOutput
from .hosting.contract import Hosting
from .hosting.wiring import build_hosting
from .http_server import application, listen
from .multi_model.model_event import TellModelEvent
from .settings import Settings
from .settings_documents import SettingsInForce, merged
from .simulator import Simulator, build

LOOPBACK = "127.0.0.1"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the simulator until it is told to end; returns the exit code."""
    options = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    settings = merged_from(options.settings)
    policy = _policy(options.enforce_policy)
    if options.enforce_policy_on is not None and policy is None:
        raise SystemExit("--enforce-policy-on names who is held to a policy: give it with --enforce-policy")
    asyncio.run(_run(options, settings, policy))
    return 0


async def _run(options: argparse.Namespace, settings: Settings, policy: Policy | None) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    simulator = await build(
        scale=options.time_scale,
        settings=SettingsInForce(settings),
        build_hosting=hosting_of_processes,
        verify_signatures=options.verify_signatures,
        policy=policy,
        policy_key=options.enforce_policy_on,
        record_actions=options.record_actions,
    )
    try:
        await _serve_until(stop, simulator, hosts=options.host or [LOOPBACK], port=options.port)
    finally:
        await simulator.close()


async def _serve_until(stop: asyncio.Event, simulator: Simulator, *, hosts: Sequence[str], port: int) -> None:
    try:
        runner, port = await listen(application(simulator), hosts=hosts, port=port)
    except OSError as problem:
        where = " and ".join(f"{host}:{port}" for host in hosts)
        raise SystemExit(f"cannot listen on {where}: {problem.strerror}; choose another --port or --host") from None
    try:
        print("listening on", *(f"http://{host}:{port}" for host in hosts), flush=True)
        await stop.wait()
    finally:
        simulator.faults.clear()  # held calls get their answers before connections are closed
        await runner.cleanup()


def hosting_of_processes(
    *,
    moto: Moto,
    settings: SettingsInForce,
    work_directory: Path,
    follow_output: FollowOutput,
    tell_model_event: TellModelEvent,
) -> Hosting:
    """Return the hosting room that starts real model servers."""
    return build_hosting(
        fetch_object=moto.fetch,
        list_objects=ObjectLists(moto).under,
        servers=lambda: settings.now.servers,
        image_present=lambda image: settings.now.image_present(image),
        work_directory=work_directory,
        follow_output=follow_output,
        instance_limits=lambda instance_type, volume_gb: settings.now.instance_limits(instance_type, volume_gb),
        tell_model_event=tell_model_event,
    )


def merged_from(path: Path | None) -> Settings:
    """Return the settings of the file merged into the built-in ones. Ends the program with a sentence if it cannot."""
    if path is None:
        return Settings()
    try:
        return merged(Settings(), json.loads(path.read_text()))
    except (OSError, ValueError) as problem:
        raise SystemExit(f"--settings {path}: {problem}") from None


def _policy(path: Path | None) -> Policy | None:
    if path is None:
        return None
    try:
        return policy_of(json.loads(path.read_text()))
    except (OSError, ValueError) as problem:
        raise SystemExit(f"--enforce-policy {path}: {problem}") from None


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m sagemaker_simulator",
        description="Amazon SageMaker inference on this machine: the API, its states, and real model servers.",
    )
    parser.add_argument(
        "--host",
        action="append",
        metavar="ADDRESS",
        help=f"address to listen on, may be given several times; empty: every address (default: {LOOPBACK})",
    )
    parser.add_argument("--port", type=int, default=0, help="port to listen on; 0 takes a free one and prints it")
    parser.add_argument(
        "--time-scale", type=_scale, default=60.0, help="simulated seconds per second (default: %(default)g)"
    )
    parser.add_argument("--settings", type=Path, help="a JSON file with what PUT /_sim/settings takes")
    parser.add_argument(
        "--verify-signatures",
        action="store_true",
        help="refuse calls that are not signed with a key that IAM or STS gave out; the key in this program's own "
        "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY is the root key, to make the first user with",
    )
    parser.add_argument(
        "--enforce-policy",
        type=Path,
        help="an IAM policy (JSON): calls that it does not allow are refused, of SageMaker and every other service but "
        "those that moto answers (S3, IAM, STS, SNS, SQS, EventBridge, EC2, KMS)",
    )
    parser.add_argument(
        "--enforce-policy-on",
        metavar="ACCESS_KEY",
        help="hold the calls of this access key alone to the policy, and then those of every service",
    )
    parser.add_argument(
        "--record-actions",
        type=Path,
        metavar="FILE",
        help="append to it, as lines of JSON, every IAM action that calls need: by access key, with the resource and "
        "the condition keys; each kind once",
    )
    return parser


def _scale(text: str) -> float:
    value = float(text)
    if not value > 0:
        raise argparse.ArgumentTypeError(f"must be above 0, got {text}")
    return value
