"""What must be there in the end, reckoned from the spec and from api.md alone, with nothing of the operator's code."""

import dataclasses
import re
from collections.abc import Iterator, Sequence
from typing import Any

from devworld.environment import ACCOUNT, REGION
from tests.chaos.kill.aws_calls import Calls
from tests.chaos.kill.versions import Version

_TAG = "inference.endpoint-operator.dev"


@dataclasses.dataclass(frozen=True)
class Estate:
    """What SageMaker holds, as Describe answers it, by name; tags by ARN."""

    endpoints: dict[str, Any]
    configs: dict[str, Any]
    models: dict[str, Any]
    tags: dict[str, dict[str, str]]


@dataclasses.dataclass(frozen=True)
class Found:
    """Both sides, and what was called since the object was made."""

    object: dict[str, Any] | None
    estate: Estate
    calls: Calls


def complaints(
    found: Found,
    *,
    endpoint_name: str,
    object_name: str,
    cluster: str,
    asked: Sequence[Version],
    skippable: Version | None,
    deleted: bool,
) -> list[str]:
    """Everything that is not as it should be, in sentences. `skippable`: nobody may have seen that version."""
    said = list(_doubled(found.calls, endpoint_name, edits=len(asked) - 1))
    if deleted:
        return [*said, *_left(found)]
    if found.object is None:
        return [*said, "the object is gone"]
    deployed = _deployed(found.calls, asked, skippable)
    if deployed is None:
        return [*said, f"{_deployments(found.calls)} deployments of {[version.number for version in asked]}"]
    # Kept in AWS: the active revision and the last that served before it (revisionHistoryLimit is 0).
    names = _Names(found.estate, endpoint_name)
    owner = {
        f"{_TAG}/managed-by": "endpoint-operator",
        f"{_TAG}/cluster": cluster,
        f"{_TAG}/object": object_name,
        f"{_TAG}/uid": found.object["metadata"]["uid"],
    }
    said += names.complaints(kept=deployed[-2:])
    said += _endpoint(found, names, latest=asked[-1], owner=owner)
    said += _ownership(found.estate, owner)
    return [*said, *_status(found)]


class _Names:
    """Models and endpoint configs by the version that their image tells."""

    def __init__(self, estate: Estate, endpoint_name: str) -> None:
        self._estate = estate
        self._pattern = re.compile(rf"^{re.escape(endpoint_name)}-[0-9a-f]{{10}}$")

    def complaints(self, *, kept: Sequence[Version]) -> Iterator[str]:
        images = sorted(version.image for version in kept)
        found = sorted(str(self._image(name)) for name in self._estate.models)
        if found != images:
            yield f"models are of {_short(found)}, not of {_short(images)}"
        served = sorted(str(self._image(self.model_of(name))) for name in self._estate.configs)
        if served != images:
            yield f"endpoint configs are of {_short(served)}, not of {_short(images)}"
        for name in (*self._estate.models, *self._estate.configs):
            if not self._pattern.match(name):
                yield f"{name} is no name of a revision"

    def model_of(self, config: str | None) -> str | None:
        variants = self._estate.configs.get(config or "", {}).get("ProductionVariants", [])
        return variants[0]["ModelName"] if len(variants) == 1 else None

    def image_of_config(self, config: str | None) -> str | None:
        return self._image(self.model_of(config))

    def _image(self, model: str | None) -> str | None:
        container = self._estate.models.get(model or "", {}).get("PrimaryContainer", {})
        image: str | None = container.get("Image")
        return image


def _deployments(calls: Calls) -> int:
    counted = calls.effective().operations()
    return counted["CreateEndpoint"] + counted["UpdateEndpoint"]


def _deployed(calls: Calls, asked: Sequence[Version], skippable: Version | None) -> list[Version] | None:
    """The versions that were deployed, by how often SageMaker was asked to; None when that fits no history."""
    for history in (list(asked), [version for version in asked if version != skippable]):
        if len(history) == _deployments(calls):
            return history
    return None


def _doubled(calls: Calls, endpoint_name: str, *, edits: int) -> Iterator[str]:
    """Each object is made once and removed once; each edit changes the endpoint at most once in each way."""
    for (operation, resource), times in calls.effective().changing().counted().items():
        once = operation in ("CreateEndpoint", "DeleteEndpoint") or resource != endpoint_name
        if times > (1 if once else edits):
            yield f"{operation} {resource} had its effect {times} times"


def _left(found: Found) -> Iterator[str]:
    if found.object is not None:
        yield "the object is still there"
    estate = found.estate
    left = [*estate.endpoints, *estate.configs, *estate.models, *estate.tags]
    if left:
        yield f"left in AWS: {', '.join(left)}"


def _endpoint(found: Found, names: _Names, *, latest: Version, owner: dict[str, str]) -> Iterator[str]:
    estate = found.estate
    if len(estate.endpoints) != 1:
        yield f"endpoints are {sorted(estate.endpoints)}"
        return
    ((name, endpoint),) = estate.endpoints.items()
    if endpoint["EndpointStatus"] != "InService":
        yield f"the endpoint is {endpoint['EndpointStatus']}"
    image = names.image_of_config(endpoint["EndpointConfigName"])
    if image != latest.image:
        yield f"the endpoint serves {_short([str(image)])}, not {_short([latest.image])}"
    counts = [(each["DesiredInstanceCount"], each["CurrentInstanceCount"]) for each in endpoint["ProductionVariants"]]
    if counts != [(latest.instances, latest.instances)]:
        yield f"its instances (desired, current) are {counts}, not {latest.instances}"
    tags = estate.tags.get(_arn("endpoint", name), {})
    if tags != {**latest.tags, **owner}:
        yield f"its tags are {tags}, not {latest.tags} and {owner}"


def _ownership(estate: Estate, owner: dict[str, str]) -> Iterator[str]:
    parts = [_arn("model", name) for name in estate.models] + [_arn("endpoint-config", name) for name in estate.configs]
    for arn in parts:
        if not owner.items() <= estate.tags.get(arn, {}).items():
            yield f"{arn} has not our tags: {estate.tags.get(arn)}"


def _status(found: Found) -> Iterator[str]:
    assert found.object is not None
    status, generation = found.object.get("status", {}), found.object["metadata"]["generation"]
    told = {row["type"]: (row["status"], row["observedGeneration"]) for row in status.get("conditions", [])}
    good = dict.fromkeys(("Ready", "Available"), ("True", generation))
    idle = dict.fromkeys(("Reconciling", "Stalled"), ("False", generation))
    if told != {**good, **idle}:
        yield f"conditions are {told} in generation {generation}"
    rows = status.get("revisions", [])
    configs = sorted(row["configName"] for row in rows)
    models = sorted(name for row in rows for name in row["modelNames"])
    if configs != sorted(found.estate.configs) or models != sorted(found.estate.models):
        yield f"status names {configs}, {models}"
    if status.get("rollout") is not None:
        yield f"status has a rollout under way: {status['rollout']}"


def _arn(kind: str, name: str) -> str:
    return f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:{kind}/{name}"


def _short(images: Sequence[str]) -> str:
    return ", ".join(image.rpartition("/")[2] for image in images) or "none"
