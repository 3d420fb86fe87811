"""The operations of AWS that the operator calls, and service models cut down to them.

botocore keeps the model of a whole service in memory: SageMaker's 400 operations take 17 MiB, ours take one. It also
makes the list true: a call that is not in it does not exist on the client.
"""

from typing import Any, Final

from botocore.loaders import Loader

OPERATIONS: Final[dict[str, frozenset[str]]] = {
    "application-autoscaling": frozenset(
        {
            "DeleteScalingPolicy",
            "DeleteScheduledAction",
            "DeregisterScalableTarget",
            "DescribeScalableTargets",
            "DescribeScalingPolicies",
            "DescribeScheduledActions",
            "PutScalingPolicy",
            "PutScheduledAction",
            "RegisterScalableTarget",
        }
    ),
    "sagemaker": frozenset(
        {
            "AddTags",
            "CreateEndpoint",
            "CreateEndpointConfig",
            "CreateModel",
            "DeleteEndpoint",
            "DeleteEndpointConfig",
            "DeleteModel",
            "DeleteTags",
            "DescribeEndpoint",
            "DescribeEndpointConfig",
            "DescribeModel",
            "DescribeModelPackage",
            "ListEndpoints",
            "ListTags",
            "UpdateEndpoint",
            "UpdateEndpointWeightsAndCapacities",
        }
    ),
    "cloudwatch": frozenset({"DeleteAlarms", "DescribeAlarms", "ListTagsForResource", "PutMetricAlarm"}),
    "sagemaker-runtime": frozenset({"InvokeEndpoint"}),
    "sts": frozenset({"AssumeRole", "AssumeRoleWithWebIdentity", "GetCallerIdentity"}),
    "iam": frozenset({"GetRole", "SimulatePrincipalPolicy"}),
    "ec2": frozenset({"DescribeSecurityGroups", "DescribeSubnets"}),
    "ecr": frozenset({"BatchGetImage", "DescribeImages"}),
    "logs": frozenset({"DescribeLogStreams", "GetLogEvents"}),
    "pricing": frozenset({"GetProducts"}),
    "s3": frozenset(
        {
            "AbortMultipartUpload",
            "CompleteMultipartUpload",
            "CopyObject",
            "CreateMultipartUpload",
            "DeleteObject",
            "GetObject",
            "HeadBucket",
            "HeadObject",
            "ListMultipartUploads",
            "ListObjectsV2",
            "UploadPartCopy",
        }
    ),
    "service-quotas": frozenset(
        {"GetAWSDefaultServiceQuota", "GetServiceQuota", "ListAWSDefaultServiceQuotas", "ListServiceQuotas"}
    ),
    "sns": frozenset({"GetTopicAttributes"}),
    "resourcegroupstaggingapi": frozenset({"GetResources"}),
}


# endpoints.json, 7 MiB once parsed: the same for every session of the process.
_SHARED: dict[str, Any] = {}


class NeededOperationsLoader(Loader):
    """botocore's loader, which forgets what is not in OPERATIONS as soon as it has read it."""

    def load_data_with_path(self, name: str) -> Any:
        if name != "endpoints":
            return super().load_data_with_path(name)
        if name not in _SHARED:
            _SHARED[name] = super().load_data_with_path(name)
        return _SHARED[name]

    def load_service_model(self, service_name: str, type_name: str, api_version: str | None = None) -> Any:
        model = super().load_service_model(service_name, type_name, api_version)
        needed = OPERATIONS.get(service_name)
        if needed is None or type_name != "service-2":
            return model
        self._cache.clear()  # type: ignore[attr-defined] # where botocore keeps the whole
        return needed_part(model, needed)


def needed_part(model: dict[str, Any], operations: frozenset[str]) -> dict[str, Any]:
    """A service model with these operations and the shapes that they reach, without documentation."""
    kept = {name: operation for name, operation in model["operations"].items() if name in operations}
    reached: set[str] = set()
    waiting = list(_named_shapes(kept))
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting.extend(_named_shapes(model["shapes"][name]))
    shapes = {name: shape for name, shape in model["shapes"].items() if name in reached}
    return {**model, "operations": _without_documentation(kept), "shapes": _without_documentation(shapes)}


def _named_shapes(node: Any) -> list[str]:
    """Every name that stands behind a key `shape`, at any depth."""
    if isinstance(node, list):
        return [name for item in node for name in _named_shapes(item)]
    if not isinstance(node, dict):
        return []
    names = [node["shape"]] if isinstance(node.get("shape"), str) else []
    return names + [name for value in node.values() for name in _named_shapes(value)]


def _without_documentation(node: Any) -> Any:
    if isinstance(node, dict):
        return {key: _without_documentation(value) for key, value in node.items() if key != "documentation"}
    return node
