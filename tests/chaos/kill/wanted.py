"""What must be there in the end, reckoned from the spec and from api.md alone, with nothing of the operator's code."""

import dataclasses
from collections.abc import Iterator
from typing import Any

from tests.chaos.kill.aws_calls import Calls
from tests.chaos.kill.estate import WAKE_UP_ALARM, Estate
from tests.chaos.kill.wanted_endpoint import arn, endpoint_complaints
from tests.chaos.kill.wanted_revisions import Revisions
from tests.chaos.kill.wanted_scaling import scaling_complaints
from tests.chaos.kill.wanted_status import status_complaints
from tests.chaos.kill.wish import Wish, kept

_TAG = "inference.endpoint-operator.dev"
_ON_TARGETS = "ScalableTarget", "ScalingPolicy", "ScheduledAction"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Found:
    """Both sides, and what was called since the object was made."""

    object: dict[str, Any] | None
    config_maps: list[Any]
    secrets_of_operator: list[str]
    estate: Estate
    calls: Calls


def complaints(found: Found, wish: Wish) -> list[str]:
    """Everything that is not as it should be, in sentences."""
    said = list(_doubled(found.calls, wish))
    if wish.deleted:
        return [*said, *_left(found)]
    if found.object is None:
        return [*said, "the object is gone"]
    counted = found.calls.effective().operations()
    times = counted["CreateEndpoint"] + counted["UpdateEndpoint"]
    deployed = wish.deployed(times)
    if deployed is None:
        return [*said, f"{times} deployments of {[version.number for version in wish.asked]}"]
    revisions = Revisions(found.estate, wish.endpoint_name)
    owner = {
        f"{_TAG}/managed-by": "endpoint-operator",
        f"{_TAG}/cluster": wish.cluster,
        f"{_TAG}/object": f"{wish.namespace}/{wish.name}",
        f"{_TAG}/uid": found.object["metadata"]["uid"],
    }
    said += revisions.complaints(kept=kept(deployed))
    said += endpoint_complaints(found.estate, revisions, wish.latest, owner)
    said += scaling_complaints(found.estate, wish.latest, endpoint=wish.endpoint_name)
    said += _ownership(found.estate, owner)
    said += _exported(found, wish)
    return [*said, *status_complaints(found.object, found.estate, wish.latest)]


def _doubled(calls: Calls, wish: Wish) -> Iterator[str]:
    """Each object is made once and removed once; each edit changes the endpoint at most once in each way."""
    for (operation, resource), times in calls.effective().changing().counted().items():
        if times > _limit(operation, resource, wish):
            yield f"{operation} {resource} had its effect {times} times"


def _limit(operation: str, resource: str, wish: Wish) -> int:
    if operation in ("CreateEndpoint", "DeleteEndpoint"):
        return 1 + wish.stops + wish.recreations
    if operation.endswith(_ON_TARGETS) or resource.startswith(WAKE_UP_ALARM):
        # Let go for an update that is then not made in time, scaling comes back first: the old fleet goes on with it.
        times = len(wish.asked) + wish.retypings + wish.recreations
        # A call on a policy names its target alone, and what may sleep has two.
        return 2 * times if wish.may_sleep and operation.endswith("ScalingPolicy") else times
    return wish.edits + wish.latest.adopts if resource == wish.endpoint_name else 1


def _left(found: Found) -> Iterator[str]:
    if found.object is not None:
        yield "the object is still there"
    left = found.estate.names()
    if left:
        yield f"left in AWS: {', '.join(left)}"
    # The garbage collector of a whole cluster takes those away that say whose they are.
    for each in found.config_maps:
        if not each["metadata"].get("ownerReferences"):
            yield f"ConfigMap {each['metadata']['name']} is left and nobody's"


def _ownership(estate: Estate, owner: dict[str, str]) -> Iterator[str]:
    parts = [arn("model", name) for name in estate.models] + [arn("endpoint-config", name) for name in estate.configs]
    for part in parts:
        if not owner.items() <= estate.tags.get(part, {}).items():
            yield f"{part} has not our tags: {estate.tags.get(part)}"


def _exported(found: Found, wish: Wish) -> Iterator[str]:
    told = {each["metadata"]["name"]: each.get("data", {}).get("endpointName") for each in found.config_maps}
    name = wish.latest.config_map_name(wish.name)
    if told != ({name: wish.endpoint_name} if name is not None else {}):
        yield f"ConfigMaps (with the endpoint's name) are {told}, not {name} alone"
    if wish.latest.secret and len(found.secrets_of_operator) != 1:
        yield f"Secrets of the operator are {found.secrets_of_operator}, not the one key"
