"""`make demo`: from nothing to the answer of a real model, and nothing left behind."""

import contextlib
import dataclasses
import math
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from devworld import down, prerequisites
from devworld.churn import ASKED_ABOUT, ChurnModel, as_csv
from devworld.narration import Narration
from devworld.onlyone import only_one
from devworld.settings import PROJECT, Settings
from devworld.world import World
from tests.controlplane.deadlines import DeadlineError, until
from tests.controlplane.expected import ExpectedError
from tests.controlplane.interrupts import uninterrupted

EXAMPLE = PROJECT / "examples" / "realtime" / "endpoint.yaml"
NAMESPACE, NAME = "demo", "churn"
READY_WITHIN_SECONDS = 300.0
GONE_WITHIN_SECONDS = 120.0
SECONDS_BETWEEN_LOOKS = 0.4


class DemoError(ExpectedError):
    """The demo did not show what it is there to show; the text says what came instead."""


def demo(directory: Path, settings: Settings) -> None:
    """Raises DemoError, PartError or KubectlError; the logs stay then, and only then."""
    says = Narration("demo")
    with (
        only_one(directory),
        _world(directory, dataclasses.replace(settings, operator=True, node=False), says) as world,
    ):
        model = _prepare(world, says)
        _apply(world, says)
        _answer(world, model, says)
        _show(world, says)
        _delete(world, says)
        says.say("stopping")
    says.say("done; nothing is left of it")


@contextlib.contextmanager
def _world(directory: Path, settings: Settings, says: Narration) -> Iterator[World]:
    """A world for the length of a block; its folder goes with it unless something failed."""
    try:
        down.clear(directory)  # of a demo that was killed
        says.say("starting a Kubernetes control plane, a SageMaker simulator and the operator")
        world = World.start(directory, settings, die_with_parent=True)
        try:
            says.say(f"they run; simulated time passes {settings.time_scale:g} times as fast")
            yield world
        finally:
            world.stop()
    except KeyboardInterrupt:
        _remove(directory)
        raise
    except Exception:
        says.say(f"failed; the logs are in {directory / 'logs'}")
        raise
    _remove(directory)


def _remove(directory: Path) -> None:
    with uninterrupted():
        shutil.rmtree(directory)


def _prepare(world: World, says: Narration) -> ChurnModel:
    says.say("training an XGBoost model on made-up customers")
    model = ChurnModel.train()
    says.say("making the bucket demo-models with churn/model.tar.gz, and the role sagemaker-execution")
    prerequisites.put_artifact(world, bucket="demo-models", key="churn/model.tar.gz", body=model.as_artifact())
    prerequisites.make_execution_role(world)
    return model


def _apply(world: World, says: Narration) -> None:
    says.say(f"kubectl apply -f {EXAMPLE.relative_to(PROJECT)}")
    world.kubectl("create", "namespace", NAMESPACE)
    world.kubectl("apply", "-f", str(EXAMPLE))
    seen = ""
    deadline = time.monotonic() + READY_WITHIN_SECONDS
    while True:
        endpoint = world.kubectl.json("get", "iep", NAME, "-n", NAMESPACE)
        if seen != (seen := endpoint["metadata"]["resourceVersion"]):
            says.say("kubectl get iep")
            says.show(world.kubectl("get", "iep", NAME, "-n", NAMESPACE))
        if _is_ready(endpoint):
            return
        if time.monotonic() >= deadline:
            raise DemoError(f"not Ready within {READY_WITHIN_SECONDS:g} s:\n{_story(world)}")
        time.sleep(SECONDS_BETWEEN_LOOKS)


def _answer(world: World, model: ChurnModel, says: Narration) -> None:
    endpoint = world.kubectl.json("get", "iep", NAME, "-n", NAMESPACE)["status"]["endpoint"]["name"]
    body = as_csv(ASKED_ABOUT)
    says.say(f"boto3: invoke_endpoint(EndpointName={endpoint!r}, ContentType='text/csv', Body={body!r})")
    reply = world.boto3("sagemaker-runtime").invoke_endpoint(
        EndpointName=endpoint, ContentType="text/csv", Body=body.encode()
    )
    answer = reply["Body"].read().decode().strip()
    print(f"answer: {answer}", flush=True)
    expected = model.predict(ASKED_ABOUT)
    if not math.isclose(float(answer), expected, abs_tol=1e-6):
        raise DemoError(f"the endpoint answers {answer}, the model that was trained says {expected}")
    says.say("the model itself, asked without an endpoint, says the same")


def _show(world: World, says: Narration) -> None:
    says.say("kubectl get iep, and its Events")
    says.show(world.kubectl("get", "iep", "-n", NAMESPACE))
    says.show(world.kubectl("events", "-n", NAMESPACE))


def _delete(world: World, says: Narration) -> None:
    says.say(f"kubectl delete iep {NAME}")
    world.kubectl("delete", "-f", str(EXAMPLE), f"--timeout={GONE_WITHIN_SECONDS:g}s", within_seconds=150)
    world.kubectl("delete", "namespace", NAMESPACE, "--wait=false")
    sagemaker = world.boto3("sagemaker")

    def left() -> list[str]:
        return [
            *(each["EndpointName"] for each in sagemaker.list_endpoints()["Endpoints"]),
            *(each["EndpointConfigName"] for each in sagemaker.list_endpoint_configs()["EndpointConfigs"]),
            *(each["ModelName"] for each in sagemaker.list_models()["Models"]),
        ]

    try:
        until(lambda: not left(), what="SageMaker empty again", within_seconds=GONE_WITHIN_SECONDS, seen=left)
    except DeadlineError as error:
        raise DemoError(str(error)) from None
    says.say("SageMaker holds no endpoint, no config and no model any more")


def _is_ready(endpoint: dict[str, Any]) -> bool:
    conditions = endpoint.get("status", {}).get("conditions", [])
    return any(each["type"] == "Ready" and each["status"] == "True" for each in conditions)


def _story(world: World) -> str:
    return world.kubectl("describe", "iep", NAME, "-n", NAMESPACE)
