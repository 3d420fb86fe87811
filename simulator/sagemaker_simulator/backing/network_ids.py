"""Subnets and security groups that are asked for by id and are not there: refused in EC2's words.

Moto refuses them too, but names ids that are there as well (5.2.5: it takes ids from a set of objects).
"""

from collections.abc import Iterable, Mapping

from sagemaker_simulator.wire.errors import AwsError
from sagemaker_simulator.wire.request import Caller


def check_network_ids(operation: str, parameters: Mapping[str, str], caller: Caller) -> None:
    """Raise AwsError naming what is missing. Call on moto's thread."""
    from moto.ec2.models import ec2_backends  # takes a second and 100 MB: only where somebody asks EC2

    backend = ec2_backends[caller.account][caller.region]
    if operation == "DescribeSubnets":
        there = {subnet for zone in backend.subnets.values() for subnet in zone}
        missing = _missing(parameters, "SubnetId", there)
        code, what, verb = "InvalidSubnetID.NotFound", "subnet ID", "does not exist"
    else:
        there = {group for vpc in backend.groups.values() for group in vpc}
        missing = _missing(parameters, "GroupId", there)
        code, what, verb = "InvalidGroup.NotFound", "security group", "does not exist"
    if missing:
        if len(missing) > 1:
            what, verb = f"{what}s", "do not exist"
        raise AwsError(code, f"The {what} '{', '.join(missing)}' {verb}")


def _missing(parameters: Mapping[str, str], member: str, there: Iterable[str]) -> list[str]:
    asked = [value for name, value in parameters.items() if name.startswith(f"{member}.")]
    return sorted(set(asked) - set(there))
