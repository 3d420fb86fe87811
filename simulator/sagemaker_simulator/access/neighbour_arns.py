"""What calls of the services beside SageMaker are about, as the ARNs that a policy names."""

from collections.abc import Callable, Mapping

from sagemaker_simulator.wire.request import Call


def _repository(call: Call) -> list[str]:
    registry = call.parameters.get("registryId", call.caller.account)
    named = call.parameters.get("repositoryName")
    names = call.parameters.get("repositoryNames", []) if named is None else [named]
    return [f"arn:aws:ecr:{call.caller.region}:{registry}:repository/{name}" for name in names]


def _log_group(call: Call) -> list[str]:
    name = call.parameters.get("logGroupName", call.parameters.get("logGroupIdentifier"))
    if name is None:
        return []
    group = str(name).rpartition(":log-group:")[2]
    stream = call.parameters.get("logStreamName")
    where = group if stream is None else f"{group}:log-stream:{stream}"
    return [f"arn:aws:logs:{call.caller.region}:{call.caller.account}:log-group:{where}"]


def _alarms(call: Call) -> list[str]:
    if isinstance(call.parameters.get("ResourceARN"), str):
        return [call.parameters["ResourceARN"]]
    named = call.parameters.get("AlarmName")
    names = call.parameters.get("AlarmNames", []) if named is None else [named]
    return [f"arn:aws:cloudwatch:{call.caller.region}:{call.caller.account}:alarm:{name}" for name in names]


def _none(_call: Call) -> list[str]:
    return []


_NAMERS: Mapping[str, Callable[[Call], list[str]]] = {
    "application-autoscaling": _none,  # its targets have ids that no caller knows beforehand
    "cloudwatch": _alarms,
    "ecr": _repository,
    "logs": _log_group,
    "pricing": _none,
    "service-quotas": _none,
}
NEIGHBOURS = frozenset(_NAMERS)


def neighbour_arns(call: Call) -> list[str]:
    """Return the ARNs, none for a call that is about everything."""
    return _NAMERS[call.service](call)
