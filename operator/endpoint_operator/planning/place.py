"""Where an object's endpoint is: the region, and the role that calls are made with."""

from dataclasses import dataclass

from endpoint_operator.api.endpoint import InferenceEndpoint


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


def _region_in_status(endpoint: InferenceEndpoint) -> str | None:
    status = endpoint.status
    if status.endpoint is not None and status.endpoint.arn is not None:
        return status.endpoint.arn.split(":")[3]
    regions = [row.resolved.region for row in status.revisions if row.resolved.region is not None]
    return regions[-1] if regions else None
