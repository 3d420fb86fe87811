"""A look at the subnets and security groups of an endpoint in EC2."""

from collections.abc import Mapping, Sequence

from endpoint_operator.api.endpoint_settings import Network
from endpoint_operator.aws.calls import Calls
from endpoint_operator.aws.finding import Finding, wrong


class SubnetLooks:
    """Looks with DescribeSubnets and DescribeSecurityGroups, by filters: an id that is not there is no error then."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    async def look(self, network: Network) -> Finding:
        """Whether all are there, in one VPC. Raises CallFailed."""
        subnets = await self._subnets(network.subnet_ids or [])
        groups = await self._groups(network.security_group_ids or [])
        missing = _missing(network.subnet_ids or [], subnets, what="subnet") or _missing(
            network.security_group_ids or [], groups, what="security group"
        )
        if missing is not None:
            return missing
        vpcs = {**subnets, **groups}
        if len(set(vpcs.values())) > 1:
            told = ", ".join(f"{name} is in {vpc}" for name, vpc in sorted(vpcs.items()))
            sentence = f"subnets and security groups lie in several VPCs ({told}); name those of one VPC"
            return wrong("NetworkInSeveralVpcs", sentence)
        return Finding(trace=",".join(sorted(set(vpcs.values()))))

    async def _subnets(self, names: Sequence[str]) -> dict[str, str]:
        answer = await self._calls.call("ec2", "describe_subnets", Filters=[_named("subnet-id", names)])
        return {item["SubnetId"]: item["VpcId"] for item in answer.get("Subnets") or ()}

    async def _groups(self, names: Sequence[str]) -> dict[str, str]:
        answer = await self._calls.call("ec2", "describe_security_groups", Filters=[_named("group-id", names)])
        return {item["GroupId"]: item["VpcId"] for item in answer.get("SecurityGroups") or ()}


def _named(name: str, values: Sequence[str]) -> dict[str, object]:
    return {"Name": name, "Values": list(values)}


def _missing(names: Sequence[str], found: Mapping[str, str], *, what: str) -> Finding | None:
    missing = [name for name in names if name not in found]
    if not missing:
        return None
    reason = "SubnetNotFound" if what == "subnet" else "SecurityGroupNotFound"
    return wrong(reason, f"there is no {what} {', '.join(missing)} in this account and region; correct the id")
