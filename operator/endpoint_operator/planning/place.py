"""Where an object's endpoint is: the region, and the role that calls are made with."""

from dataclasses import dataclass

from endpoint_operator.api.endpoint import InferenceEndpoint
from endpoint_operator.planning.faults import Blame, Fault


@dataclass(frozen=True, kw_only=True)
class Place:
    """`assume_role_arn` is None where the operator's own role is used."""

    region: str
    assume_role_arn: str | None = None


def place_of(endpoint: InferenceEndpoint, *, default_region: str) -> Place:
    """The region that the spec names, else the one that something was made in, else the operator's.

    An operator that is moved to another region keeps working where its endpoints are (api.md, behaviour 12), and a
    deletion reads nothing but its own object (behaviour 9).
    """
    made_in = _region_in_status(endpoint)
    return Place(
        region=made_in or endpoint.spec.region or default_region, assume_role_arn=endpoint.spec.assume_role_arn
    )


def fault_in_place(endpoint: InferenceEndpoint) -> Fault | None:
    """A region that the spec began to ask for when something was already made in another.

    The API server refuses the edit while there is an endpoint; of one that is stopped only revisions are left.
    """
    wanted, made_in = endpoint.spec.region, _region_in_status(endpoint)
    if wanted is None or made_in is None or wanted == made_in:
        return None
    return Fault(
        blame=Blame.USER,
        reason="RegionChanged",
        message=f"spec.region: the revisions of this object are in {made_in}, and an endpoint does not move to "
        f"{wanted}; set it to {made_in} again, or delete the object and make another",
    )


def _region_in_status(endpoint: InferenceEndpoint) -> str | None:
    status = endpoint.status
    if status.endpoint is not None and status.endpoint.arn is not None:
        return status.endpoint.arn.split(":")[3]
    regions = [row.resolved.region for row in status.revisions if row.resolved.region is not None]
    return regions[-1] if regions else None
