"""`python -m devworld chart`: the running world's node gets this checkout's images, and the line that installs them."""

import contextlib
import shutil
from pathlib import Path
from typing import Any, Final

import yaml

from devworld import cluster, environment
from devworld.images.building import built
from devworld.images.oci_image import OciImage
from devworld.images.recipes import OPERATOR, PACKER, SIMULATOR, TAG, ImageRecipe
from devworld.narration import Narration, as_typed
from devworld.node.node import Node
from devworld.onlyone import only_one
from devworld.recipes import EXECUTION_ROLE, packer_environment
from devworld.settings import PROJECT, Settings, SettingsError
from devworld.state import State
from devworld.world import World
from tests.helm.programs import HelmMissing, helm_program

VALUES = "values.yaml"
RELEASE = "operator"
CHART = PROJECT / "charts" / "sagemaker-endpoint-operator"
REPLICAS = 2
NEWEST_HELM: Final = 4
SIMULATOR_SERVICE = f"{RELEASE}-{CHART.name}-simulator"


def chart(directory: Path, *, simulated: bool) -> None:
    """Writes the values that fit the world, and prints what to type; after an edit of the operator, the same again.

    AWS is the world's simulator, the one that `env` offers; with `simulated` it is another one, in a pod.

    Raises:
        SettingsError: no world with a node runs.
        ExpectedError: an image cannot be built or loaded.
    """
    says = Narration("chart")
    with only_one(directory):
        world, node, state = _running(directory)
        digests = {recipe: _in_place(recipe, node, says) for recipe in _images(simulated=simulated)}
        values = _values(state) | (_simulator_in_a_pod(state) if simulated else _simulator_of_the_world(world))
        # The tag stays when the image changes; by this a new one is rolled out.
        values["podAnnotations"] = {"endpoint-operator.dev/image": digests[OPERATOR]}
        file = directory / VALUES
        file.write_text(yaml.safe_dump(values, sort_keys=False), encoding="utf-8")
        _provide_helm(directory, says)
        _tell(says, world, file, simulated=simulated)


def _running(directory: Path) -> tuple[World, Node, State]:
    state = State.read(directory)
    world = World.found(directory, Settings(), state) if state else None
    if state is None or world is None or not world.alive:
        raise SettingsError(f"no world runs in {directory}: make dev-up OPERATOR=0")
    if world.node is None:
        raise SettingsError("the world that runs has no node for pods; make dev-down, and NODE=1 make dev-up says why")
    missing = [name for name in world.missing() if name in ("node", "simulator")]
    if missing:
        raise SettingsError(f"of the world {' and '.join(missing)} died: make dev-up starts what is missing")
    return world, world.node, state


def _images(*, simulated: bool) -> tuple[ImageRecipe, ...]:
    return (OPERATOR, PACKER, SIMULATOR) if simulated else (OPERATOR, PACKER)


def _in_place(recipe: ImageRecipe, node: Node, says: Narration) -> str:
    """The digest of the image of these very sources, which the node has then."""
    archive = built(recipe).archive
    digest = OciImage.read(archive).digest
    if not node.has(recipe.name, digest=digest):
        says.say(f"loading {recipe.name} into the node")
        node.load(archive)
    return digest


def _values(state: State) -> dict[str, Any]:
    return {
        "replicas": REPLICAS,
        "image": {**_image(OPERATOR), "pullPolicy": "Never"},
        "packer": {"image": _image(PACKER)},
        "settings": {"defaultExecutionRoleArn": EXECUTION_ROLE},
        "extraArgs": list(state.operator_args),
        # Both came with the world, and belong to it.
        "crds": {"enabled": False},
        "serviceAccount": {"create": False, "name": cluster.service_account()},
    }


def _simulator_in_a_pod(state: State) -> dict[str, Any]:
    simulator = {**_image(SIMULATOR), "pullPolicy": "Never"}
    return {"simulator": {"enabled": True, "image": simulator, "timeScale": state.time_scale}}


def _simulator_of_the_world(world: World) -> dict[str, Any]:
    url = world.simulator_url_in_pods
    aws = environment.aws_variables(endpoint_url=url, access_key=environment.OPERATOR_KEY)
    host, _, port = url.removeprefix("http://").partition(":")
    return {
        "extraEnv": [{"name": name, "value": value} for name, value in aws.items()],
        "settings": {"defaultExecutionRoleArn": EXECUTION_ROLE, "packerEnvironment": packer_environment(url)},
        "networkPolicy": {"aws": {"ports": [int(port)], "cidrs": [f"{host}/32"]}},
    }


def _image(recipe: ImageRecipe) -> dict[str, str]:
    return {"repository": recipe.repository, "tag": TAG}


def _provide_helm(directory: Path, says: Narration) -> None:
    """Beside the world's kubectl, where the user has none."""
    if shutil.which("helm"):
        return
    link = directory / "bin" / "helm"
    try:
        program = helm_program(NEWEST_HELM)
    except HelmMissing as error:
        says.say(f"{error}; install Helm 3 or 4")
        return
    with contextlib.suppress(FileNotFoundError):
        link.unlink()
    link.symlink_to(program)


def _tell(says: Narration, world: World, values: Path, *, simulated: bool) -> None:
    if any(part.alive for part in world.operators):
        says.say("an operator runs beside the node and holds the Lease: the pods stand by. OPERATOR=0 leaves it out")
    says.say("install, or bring up to date:")
    lines = [
        f"source {as_typed(values.with_name('env'))}",
        f"helm upgrade --install {RELEASE} {as_typed(CHART)} --namespace {cluster.OPERATOR_NAMESPACE} "
        f"--values {as_typed(values)} --wait",
    ]
    if simulated:
        where = f"service/{SIMULATOR_SERVICE} -o jsonpath='{{.spec.clusterIP}}'"
        lines.append(f"address=$(kubectl --namespace {cluster.OPERATOR_NAMESPACE} get {where})")
        lines.append('export AWS_ENDPOINT_URL="http://$address:8080" SIMULATOR_URL="http://$address:8080"')
    says.show("\n".join(lines))
